"""What a newer mag signed, on the command line: told in one line, and nothing ends with anything but 0 for it."""

from __future__ import annotations

import pytest

from magnitizdat.catalogue.kinds import target_path
from magnitizdat.library.journal import UnknownRow
from magnitizdat.library.library import Library, unlock
from tests.fakes_library import PASSPHRASE
from tests.fakes_spool import Liar, release_of

TOLD = "3 documents of kinds that this version does not know; they are kept and passed on."


@pytest.fixture
def newer(tmp_path):
    liar = Liar(tmp_path / "newer", "Newer")
    liar.release(release_of([liar.blob(b"music" * 100)], "Later"))
    liar.sign({target_path(kind, "ab" * 16): kind.encode() for kind in ("vouch", "review", "film")})
    return liar.folder


def test_documents_from_the_future_are_told_in_one_line_and_travel_on(mag, newer, tmp_path, words_file):
    said = mag("dub", newer)
    assert (said.code, said.out.count(TOLD), "not known" in said.out) == (0, 1, False)
    assert mag("dub", newer, "--json").document["labels"][0]["unknown"] == 3
    assert mag("reel", "list", newer).code == 0
    made = mag("reel", "cut", tmp_path / "reel", "--label", "Newer", "--json").document
    listed = mag("reel", "list", tmp_path / "reel", "--words-file", words_file(made["words"]))
    assert (listed.code, "Later" in listed.out) == (0, True)
    again = mag("dub", tmp_path / "reel", "--words-file", words_file(made["words"]))
    assert (again.code, TOLD in again.out) == (0, True)
    for verb in (("status",), ("doctor",), ("doctor", "--rebuild"), ("backup", tmp_path / "copy")):
        said = mag(*verb)
        assert (said.code, TOLD in said.out) == (0, verb[0] != "backup")


def test_rows_from_the_future_are_told_in_one_line(mag, library):
    with Library(library, unlock(library, PASSPHRASE)) as opened, opened.changes() as changes:
        for number in range(2):
            changes.row(UnknownRow(kind="letter", line=b'{"row":"letter","n":%d}' % number))
        changes.commit()
    told = "2 entries of kinds that this version does not know; they are kept for a newer one."
    for verb in (("status",), ("doctor",), ("doctor", "--rebuild"), ("status",)):
        said = mag(*verb)
        assert (said.code, told in said.out) == (0, True)
    assert mag("status", "--json").document["unread"] == 2
