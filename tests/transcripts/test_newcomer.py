"""Wrong turns of somebody's first hour: each is told as what it is, and what to do next does what is said."""

from __future__ import annotations

import pytest

from magnitizdat.disk.space import Space
from magnitizdat.errors import EXIT_USAGE, NoSpaceError
from magnitizdat.ops.give import cut, fitting, placing
from magnitizdat.reel import writer


@pytest.fixture
def free(monkeypatch):
    """Sticks with so many free bytes, or as they are."""

    def say_so(length: int | None) -> None:
        for module in (placing, cut, fitting, writer):
            found = placing_space if length is None else lambda _, length=length: Space(free=length, total=length)
            monkeypatch.setattr(module, "space", found)

    placing_space = placing.space
    return say_so


@pytest.mark.parametrize("short", ["n", "kort", "       n "])
def test_a_passphrase_that_keeps_nobody_out_makes_no_library(bare, mag, tmp_path, passphrase, short):
    typed = tmp_path / "typed"
    typed.write_text(short + "\n", encoding="utf-8")
    refused = bare("--library", tmp_path / "new", "--passphrase-file", typed, "init")
    assert (refused.code, "too short" in refused.err) == (EXIT_USAGE, True)
    assert not (tmp_path / "new").exists()
    changed = mag("passwd", "--new-passphrase-file", typed)
    assert (changed.code, "too short" in changed.err) == (EXIT_USAGE, True)
    assert mag("list").code == 0


@pytest.mark.parametrize(("typed", "near"), [("4", True), ("КИНО", True), ("Neurons", False), ("", False)])
def test_an_album_that_is_called_otherwise_is_named(mag, typed, near):
    refused = mag("show", typed)
    assert (refused.code, "these are near it: «45»" in refused.err) == (EXIT_USAGE, near)


def test_passwd_asks_for_what_it_lacks(mag):
    said = mag("passwd")
    assert (said.code, "--new-passphrase-file" in said.err) == (EXIT_USAGE, True)


def test_a_reel_that_was_refused_was_not_begun(mag, free, tmp_path):
    stick = tmp_path / "reel"
    mag("friend", "add", card(mag, tmp_path))
    free(4096)
    refused = mag("reel", "cut", stick, "--for", "Anna")
    assert (refused.code, "nothing was written" in refused.err) == (NoSpaceError.exit_code, True)
    free(None)
    again = mag("reel", "cut", stick, "--for", "Anna")
    assert (again.code, "begun" in again.out + again.err) == (0, False)


def card(mag, tmp_path):
    mag("card", "--name", "Anna", "--to", tmp_path / "anna.card")
    return tmp_path / "anna.card"


def test_the_page_on_a_full_stick_says_all_that_it_needs(mag, free, tmp_path):
    free(400_000)
    refused = mag("pass-on", "--pocket", tmp_path)
    assert (refused.code, "400.0 kB are free" in refused.err) == (NoSpaceError.exit_code, True)
    needed = float(refused.err.split("the files take ")[1].split(" kB")[0])
    assert needed > 400


def test_the_first_playlist_is_made_as_is_said(mag):
    refused = mag("playlist", "add", "Evening", "45/1")
    assert (refused.code, "`mag playlist make`" in refused.err) == (EXIT_USAGE, True)
    assert mag("playlist", "make", "Evening", "45/1").code == 0
    assert "«Evening»" in mag("playlist", "add", "Morning", "45/1").err


def test_a_label_comes_back_on_a_new_computer_once_something_of_it_is_there(
    mag, bare, tmp_path, words_file, passphrase
):
    created = mag("label", "create", "Zoopark Tapes", "--json").document
    assert mag("publish", "45").code == 0
    assert mag("reel", "cut", tmp_path / "open", "--open").code == 0
    words = words_file(created["paper_words"])

    def new(*arguments):
        return bare("--library", tmp_path / "new", "--passphrase-file", passphrase, *arguments)

    assert new("init").code == 0
    refused = new("label", "restore", "Zoopark Tapes", "--words-file", words)
    assert (refused.code, "dub a reel" in refused.err) == (EXIT_USAGE, True)
    assert new("dub", tmp_path / "open").code == 0
    assert "give the whole name" in new("label", "restore", "Zoo", "--words-file", words).err
    assert new("label", "restore", "Zoopark Tapes", "--words-file", words).code == 0


def test_words_in_another_order_are_said_to_be_possible(mag, words_file):
    words = mag("label", "create", "Zoopark Tapes", "--json").document["paper_words"].split()
    said = {
        mag("label", "restore", "Zoopark Tapes", "--words-file", words_file(" ".join(words[at:] + words[:at]))).err
        for at in range(1, 6)
    }
    assert any("the order" in each for each in said)


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("club admit Rubinstein Mike", "mag club admit"),
        ("reel cut", "mag reel cut"),
        ("list --bogus", "mag list"),
        ("bogus", "mag"),
    ],
)
def test_a_line_written_wrongly_names_the_help_of_its_own_command(mag, line, command):
    refused = mag(*line.split())
    assert (refused.code, f"`{command} --help` shows how" in refused.err) == (EXIT_USAGE, True)
    assert mag(*command.split()[1:], "--help").code == 0


def test_a_file_that_is_no_card_is_no_blurred_photo(mag, tmp_path):
    (tmp_path / "letter.txt").write_text("Dear Mike", encoding="utf-8")
    refused = mag("friend", "add", tmp_path / "letter.txt")
    assert "neither a card nor a picture" in refused.err
