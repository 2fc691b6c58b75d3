"""`mag premiere make` at the terminal: from one library, closed, to another, where friends open it."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from magnitizdat.errors import EXIT_PARTLY, EXIT_UNEXPECTED, EXIT_USAGE
from tests.fakes_library import make_library
from tests.transcripts.test_bad_days import start

HOLDERS = [word for name in ("Anna", "Boris", "Vera", "Gleb", "Dina") for word in ("--holder", name)]
MAKE = ("premiere", "make", "45", "--opens", "2026-12-24", "--need", "3", *HOLDERS, "--no-small")


@pytest.fixture
def friends(bare, tmp_path, passphrase):
    """The command line of the friends' library."""
    make_library(tmp_path / "friends").close()
    return lambda *words: bare("--library", tmp_path / "friends", "--passphrase-file", passphrase, *words)


@pytest.fixture
def label(mag):
    assert mag("label", "create", "Zoopark Tapes").code == 0


def test_it_is_closed_travels_and_opens_without_its_maker(mag, friends, label, tmp_path):
    made = mag(*MAKE, "--json").document
    assert (made["title"], made["label"], made["opens"], made["need"]) == ("45", "Zoopark Tapes", "2026-12-24", 3)
    assert [each["holder"] for each in made["shares"]] == ["Anna", "Boris", "Vera", "Gleb", "Dina"]
    for each in made["shares"][1:4]:
        (tmp_path / each["holder"]).write_text(each["words"])
    reel = tmp_path / "reel"
    words = mag("reel", "cut", reel, "--json").document["words"]
    (tmp_path / "words").write_text(words)
    taken = friends("dub", reel, "--words-file", tmp_path / "words", "--json").document
    assert [each["title"] for each in taken["closed"]] == ["45"]
    assert friends("play", "45/1").code == EXIT_USAGE
    (sleeve,) = friends("premiere", "list", "--json").document["premieres"]
    assert (sleeve["title"], sleeve["opened"], sleeve["here"]) == ("45", False, True)
    few = friends("premiere", "open", "45", "--share", tmp_path / "Boris", "--share", tmp_path / "Vera")
    assert (few.code, "One more is needed" in few.out) == (EXIT_PARTLY, True)
    shares = [word for name in ("Boris", "Vera", "Gleb") for word in ("--share", tmp_path / name)]
    opened = friends("premiere", "open", "45", *shares)
    assert "«45» is open. 3 of 5 friends opened it; nobody had to ask its author." in opened.out
    assert [each["title"] for each in friends("list", "--json").document["releases"]] == ["45"]
    assert friends("export", "45", tmp_path / "plain").code == 0


def test_shares_are_shown_once_and_printed_where_a_page_is_named(mag, label, tmp_path):
    page = tmp_path / "shares.html"
    said = mag(*MAKE, "--paper", page)
    assert said.code == 0
    assert "Any 3 of these 5 shares open it" in said.out
    printed = page.read_text()
    shown = dict(re.findall(r"^(\w+): ((?:[a-z]+ ){19}[a-z]+)$", said.out, re.MULTILINE))
    assert list(shown) == ["Anna", "Boris", "Vera", "Gleb", "Dina"]
    assert all(words in printed for words in shown.values())
    assert printed.count("<svg") == 5
    assert page.stat().st_mode & 0o077 == 0
    again = mag(*MAKE)
    assert (again.code, "nothing of it leaves before it is open" in again.err) == (EXIT_USAGE, True)
    assert mag(*MAKE, "--paper", page).code == EXIT_USAGE


def test_a_friend_gets_a_letter_and_others_none(mag, friends, label, tmp_path):
    card = tmp_path / "card.json"
    assert friends("card", "--name", "Anna", "--to", card).code == 0
    assert mag("friend", "add", card).code == 0
    made = mag(*MAKE, "--json").document
    assert {each["holder"]: each["letter"] for each in made["shares"]}["Anna"] is True
    assert sum(each["letter"] for each in made["shares"]) == 1
    mag("reel", "cut", tmp_path / "reel", "--for", "Anna")
    assert friends("dub", tmp_path / "reel").code == 0
    (line,) = friends("inbox", "--json").document["letters"]
    assert line["attachment"] == "share"


def test_what_cannot_be_closed_is_refused_in_a_sentence(mag, label):
    few = mag("premiere", "make", "45", "--opens", "2026-12-24", "--need", "3", *HOLDERS[:6])
    assert (few.code, "3 of 3 is no choice" in few.err) == (EXIT_USAGE, True)
    day = mag("premiere", "make", "45", "--opens", "soon", "--need", "2", *HOLDERS)
    assert (day.code, "«soon» is no day; write it as 2026-12-24" in day.err) == (EXIT_USAGE, True)
    assert mag("publish", "45", "--no-small").code == 0
    out = mag(*MAKE)
    assert (out.code, "no secret any more" in out.err) == (EXIT_USAGE, True)


@pytest.mark.parametrize("words", [("export", "45", "out"), ("publish", "45"), ("share", "45")])
def test_nothing_of_it_leaves_by_any_verb(mag, label, tmp_path, words):
    assert mag(*MAKE).code == 0
    refused = mag(*(str(tmp_path / word) if word == "out" else word for word in words))
    assert (refused.code, "nothing of it leaves before it is open" in refused.err) == (EXIT_USAGE, True)
    assert not (tmp_path / "out").exists()


def _gone_reader():
    reading, writing = os.pipe()
    os.close(reading)
    return os.fdopen(writing, "wb")


def _full():
    return Path("/dev/full").open("wb")


@pytest.mark.parametrize("output", [_gone_reader, _full])
@pytest.mark.parametrize("how", [[], ["--json"]])
@pytest.mark.usefixtures("label")
def test_where_nobody_can_read_the_shares_nothing_is_signed(mag, library, passphrase, output, how):
    before = mag("label", "list", "--json").document
    with output() as stdout:
        running = start("--library", library, "--passphrase-file", passphrase, *MAKE, *how, stdout=stdout)
        _, err = running.communicate(timeout=60)
    assert running.returncode == EXIT_UNEXPECTED
    assert b"nothing was done" in err
    assert b"Traceback" not in err
    assert mag("label", "list", "--json").document == before
    assert mag("premiere", "list", "--json").document == {"premieres": []}
    assert mag(*MAKE).code == 0, "and it can be closed by whoever reads them"


def test_a_page_that_cannot_be_written_is_found_out_before_anything_is_signed(mag, label, tmp_path):
    nowhere = mag(*MAKE, "--paper", tmp_path / "absent" / "shares.html")
    assert (nowhere.code, "is no folder" in nowhere.err, nowhere.out) == (EXIT_USAGE, True, "")
    refused = mag(*MAKE, "--paper", tmp_path / ("x" * 254))
    assert refused.code == EXIT_UNEXPECTED
    assert "shares that were shown open nothing" in refused.err
    assert mag("premiere", "list", "--json").document == {"premieres": []}


def test_shares_that_nobody_would_see_are_not_made(mag, label, tmp_path):
    silent = mag("--quiet", *MAKE)
    assert (silent.code, "name a page" in silent.err) == (EXIT_USAGE, True)
    assert mag("--quiet", *MAKE, "--paper", tmp_path / "shares.html").code == 0
    assert (tmp_path / "shares.html").read_text().count("<svg") == 5


def test_whoever_lost_the_shares_has_an_ordinary_album_again(mag, label, tmp_path):
    made = mag(*MAKE, "--json").document
    refused = mag("sleeve", "45", "--to", tmp_path / "sleeve.html")
    assert (refused.code, "nothing of it leaves before it is open" in refused.err) == (EXIT_USAGE, True)
    assert not (tmp_path / "sleeve.html").exists()
    dropped = mag("premiere", "drop", "45", "--json").document
    assert (dropped["title"], dropped["version"]) == ("45", made["version"] + 1)
    assert mag("premiere", "list", "--json").document == {"premieres": []}
    assert mag("premiere", "drop", "45").code == EXIT_USAGE
    assert mag("publish", "45", "--no-small").code == 0
    assert mag("sleeve", "45", "--to", tmp_path / "sleeve.html").code == 0
