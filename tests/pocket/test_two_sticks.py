"""One reel from two sticks, of which one is damaged: both were chosen, and the page takes what is whole."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.pocket.readers import Reader
from tests.pocket.tapes import Reel, Tape

pytestmark = [pytest.mark.debian, pytest.mark.slow]


@pytest.fixture
def reel(tmp_path) -> Reel:
    tape = Tape(tmp_path / "tape")
    tape.album("Twice", [("Song", tape.song("vorbis"))], notes={"en": tape.text("Recorded in a kitchen.")})
    return tape.sealed()


def damaged(reel: Reel, folder: Path) -> list[Path]:
    """A copy of its files with their names, lengths and times, in which no segment is whole."""
    folder.mkdir()
    copies = []
    for path in reel.files:
        copy = shutil.copy2(path, folder / path.name)
        if copy.suffix == ".age":
            with copy.open("r+b") as file:
                file.seek(-20, os.SEEK_END)
                file.write(bytes(20))
            shutil.copystat(path, copy)
        copies.append(copy)
    return copies


@pytest.mark.parametrize("last", ["damaged", "whole"])
def test_a_damaged_copy_pushes_out_no_whole_one(start, page_at, tmp_path, reel, last):
    copies = damaged(reel, tmp_path / "other")
    reader = Reader(start("chromium"))
    browser = reader.browser
    reader.enters(page_at("file"))
    sticks = [list(reel.files), copies]
    for files in sticks if last == "damaged" else reversed(sticks):
        browser.give("Choose files", *files)
        browser.wait("count => document.querySelector('.chosen b')?.textContent.startsWith(count)", f"{len(copies)} ")
    browser.type("The six words", reel.words)
    browser.press("Open")
    reader.looks_at("Twice")
    browser.sees("Recorded in a kitchen.")
    reader.plays("Song")
