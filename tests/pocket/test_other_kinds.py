"""Papers of kinds that the page does not show (what a label says of others, what a newer mag may sign) are told of."""

from __future__ import annotations

import json
import shutil
import subprocess

from magnitizdat.catalogue.kinds import target_path
from tests.conftest import missing
from tests.pocket.tapes import Tape
from tests.pocket.test_older import SCRIPT


def test_papers_of_a_kind_that_the_page_does_not_show_are_told(tmp_path):
    if (node := shutil.which("node")) is None:
        missing("no node here")
    tape = Tape(tmp_path / "tape")
    tape.album("Known", [("Song", tape.blob(b"fLaC", "audio/flac"))])
    tape.liar.sign({target_path("review", "ab" * 16): b"{}", target_path("not-yet", "cd" * 16): b"{}"})
    reel = tape.sealed()
    folder = reel.files[0].parent
    asked = subprocess.run([node, SCRIPT, folder], input=reel.words.encode(), capture_output=True, check=True)
    said = json.loads(asked.stdout)
    assert list(said["albums"]) == ["Known"]
    assert said["notes"] == ["note.other_papers"]
