"""What opens something is said where nobody reads along; keys that change keep what they opened."""

from __future__ import annotations

import io
import sys

import pytest

from magnitizdat.errors import EXIT_PARTLY, EXIT_USAGE
from tests.transcripts.conftest import Mag

WORDS = "planted zebra marker never seen anywhere"


@pytest.mark.parametrize(
    "line",
    [
        ["dub", "DIR", "--words", WORDS],
        ["dub", "DIR", f"--words={WORDS}"],
        ["reel", "check", "DIR", "--words", WORDS],
        ["reel", "list", "DIR", "--words", WORDS],
        ["label", "restore", "Zoopark Tapes", "--words", WORDS],
    ],
)
def test_words_on_the_command_line_are_refused_and_not_repeated(mag: Mag, tmp_path, line):
    said = mag(*[tmp_path if each == "DIR" else each for each in line])
    assert said.code == EXIT_USAGE
    assert "leave --words out and be asked" in said.err
    assert "--words-file" in said.err
    assert "zebra" not in said.out + said.err


def test_no_help_offers_words_on_the_command_line(mag: Mag):
    for verb in (["dub"], ["reel", "check"], ["reel", "list"], ["label", "restore"]):
        page = mag(*verb, "--help").out
        assert "--words-file" in page
        assert "--words " not in page


def test_words_come_from_a_file_or_a_pipe(mag: Mag, tmp_path, monkeypatch, words_file):
    made = mag("reel", "cut", tmp_path / "reel", "--json").document
    whole = mag("reel", "list", tmp_path / "reel", "--words-file", words_file(made["words"]), "--json").document
    assert [each["title"] for each in whole["releases"]] == ["45"]
    monkeypatch.setattr(sys, "stdin", io.StringIO(made["words"] + "\n"))
    assert mag("reel", "list", tmp_path / "reel", "--words-file", "-", "--json").document == whole
    for wrong in (tmp_path / "none", words_file(" ")):
        said = mag("reel", "list", tmp_path / "reel", "--words-file", wrong)
        assert said.code == EXIT_USAGE


def test_a_new_card_and_a_reel_to_the_old_one(mag: Mag, tmp_path):
    first = mag("card", "--name", "Me", "--to", tmp_path / "old", "--json").document
    mag("friend", "add", tmp_path / "old", "--name", "old me")
    mag("reel", "cut", tmp_path / "reel", "--for", "old me")
    said = mag("card", "--new", "--to", tmp_path / "new", "--json").document
    assert said["recipient"] != first["recipient"]
    assert said["missing"] == []
    assert mag("card", "--json").document["recipient"] == said["recipient"]
    assert "45" in mag("reel", "list", tmp_path / "reel").out
    assert "print a new paper copy" in mag("card", "--new").out


def test_an_address_with_a_password_is_refused(mag: Mag):
    said = mag("dub", "https://user:planted@example.org/spool")
    assert said.code == EXIT_USAGE
    assert "planted" not in said.err


def test_what_is_shown_once_is_shown_though_the_stick_is_full(bare, passphrase, tmp_path):
    """A label's paper words and a library's passphrase exist nowhere else: no failure after their birth hides them."""
    blocked = tmp_path / "file"
    blocked.write_bytes(b"")
    made = bare("--library", tmp_path / "new", "init", "--paper", blocked / "paper.html", "--json")
    assert made.code == EXIT_PARTLY
    assert len(made.document["passphrase"].split()) == 6
    assert "not a folder" in made.err
    bare("--library", tmp_path / "other", "--passphrase-file", passphrase, "init")
    card = bare(
        "--library",
        tmp_path / "other",
        "--passphrase-file",
        passphrase,
        "card",
        "--name",
        "Viktor",
        "--to",
        blocked / "card",
        "--json",
    )
    assert card.code == EXIT_PARTLY
    assert len(card.document["paper_words"].split()) == 24
    assert "not a folder" in card.document["missing"][0]["reason"]


def test_what_is_signed_is_told_though_its_spool_is_not_written(mag: Mag, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_bytes(b"")
    mag("label", "create", "Zoopark Tapes")
    said = mag("publish", "45", "--to", blocked / "spool", "--json")
    assert said.code == EXIT_PARTLY
    assert [each["title"] for each in said.document["releases"]] == ["45"]
    assert said.document["missing"][-1]["what"] == str(blocked / "spool")
    again = mag("publish", "--to", blocked / "spool", "--label", "Zoopark Tapes")
    assert again.code not in {0, EXIT_PARTLY}
