"""Reels that older versions cut open in the page: every folder of `tests/fixtures/`, each as its version left it."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import missing
from tests.test_fixtures import FOLDERS

SCRIPT = Path(__file__).with_name("open_songs.js")


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_reel_of_an_older_version_gives_every_song(folder):
    if (node := shutil.which("node")) is None:
        missing("no node here")
    facts = json.loads((folder / "facts.json").read_text(encoding="utf-8"))
    asked = subprocess.run(
        [node, SCRIPT, folder / "reel"], input=facts["words"].encode(), capture_output=True, check=True
    )
    said = json.loads(asked.stdout)
    assert said["albums"] == facts["albums"]
    assert said["refused"] == []
    assert set(said["notes"]) <= {"note.newer_albums", "note.other_papers"}
