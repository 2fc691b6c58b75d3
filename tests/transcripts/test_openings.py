"""`mag premiere open` and `list` at the terminal, and closed sleeves in `list` and `show`."""

from __future__ import annotations

import io
import os

import pytest

from magnitizdat.errors import EXIT_LOCKED, EXIT_PARTLY, EXIT_SOURCE, EXIT_USAGE
from magnitizdat.formats import shares
from magnitizdat.pages.qr import png_qr
from magnitizdat.scene.premieres import qr_text
from tests.fakes_closing import Closing, made
from tests.fakes_library import make_library


@pytest.fixture
def label(tmp_path):
    return Closing(tmp_path / "spool", "Zoopark Tapes")


@pytest.fixture
def closed(mag, label):
    """A premiere that lies closed in the library."""
    each = made(title="46", lengths=[2000, 1000])
    label.premiere(each)
    assert mag("dub", label.folder).code == 0
    return each


@pytest.fixture
def files(tmp_path, closed):
    """The shares as friends bring them: as text, or as a photo of a code."""
    found = []
    for number, share in enumerate(closed.shares):
        path = tmp_path / f"friend{number}.txt"
        path.write_text(f"A share of «46». Keep it.\n\n{share.upper()}\n")
        found.append(path)
    found[1] = tmp_path / "friend1.png"
    found[1].write_bytes(png_qr(qr_text(closed.shares[1])))
    return found


def test_a_closed_album_is_a_sleeve_with_its_date_and_nothing_to_hear(mag, closed):
    (sleeve,) = mag("list", "--json").document["premieres"]
    assert (sleeve["title"], sleeve["opens"], sleeve["need"], sleeve["of"]) == ("46", "2026-12-24", 3, 5)
    assert "Closed until 2026-12-24: «46», Somebody" in mag("list").out
    shown = mag("show", "46")
    assert "any 3 of them open it" in shown.out
    assert mag("show", closed.premiere.id[:8], "--json").document["closed"] is True
    assert mag("search", "46", "--json").document["releases"] == []
    assert mag("play", "46").code == EXIT_USAGE
    assert mag("show", "47").code == EXIT_USAGE
    assert "closed" in mag("premiere", "list").out


def test_three_of_five_friends_open_it(mag, closed, files):
    opened = mag("premiere", "open", "46", "--share", files[0], files[1], files[4])
    assert opened.code == 0
    assert "«46» is open. 3 of 5 friends opened it; nobody had to ask its author." in opened.out
    assert closed.words in opened.out
    (line,) = mag("premiere", "list", "--json").document["premieres"]
    assert (line["opened"], line["title"]) == (True, "46")
    assert {each["title"] for each in mag("list", "--json").document["releases"]} == {"45", "46"}
    assert mag("list", "--json").document["premieres"] == []
    assert mag("show", "46", "--json").document["release"]["title"] == "46"


def test_scripts_are_told_the_words(mag, closed, files):
    options = [word for path in files[2:] for word in ("--share", path)]
    document = mag("premiere", "open", "46", *options, "--json").document
    assert (document["words"], document["lacking"], document["exit_code"]) == (closed.words, 0, 0)
    assert (document["title"], document["tracks"], document["missing"]) == ("46", 2, [])


def test_two_of_three_are_one_too_few(mag, files):
    asked = mag("premiere", "open", "46", "--share", files[0], files[3])
    assert asked.code == EXIT_PARTLY
    assert "One more is needed" in asked.out
    document = mag("premiere", "open", "46", "--share", files[0], files[0], "--json").document
    assert (document["lacking"], document["words"]) == (2, "")


def test_a_share_of_something_else_is_named(mag, files, tmp_path):
    other = tmp_path / "Mike.txt"
    other.write_text(shares.split(os.urandom(16), 3, 5)[0])
    refused = mag("premiere", "open", "46", "--share", files[0], other, files[2])
    assert refused.code == EXIT_SOURCE
    assert "the share of Mike is not the one that was given out" in refused.err


@pytest.mark.parametrize("content", [b"", b"no share", b"music " * 20, b"\x89PNG\r\n\x1a\n", bytes(100)], ids=str)
def test_a_file_without_a_share_is_named(mag, closed, tmp_path, content):
    other = tmp_path / "Mike.txt"
    other.write_bytes(content)
    refused = mag("premiere", "open", "46", "--share", other)
    assert refused.code == EXIT_SOURCE
    assert "there is no share in Mike" in refused.err


def test_a_share_may_stand_in_several_lines(mag, closed, files, tmp_path):
    words = closed.shares[2].split()
    files[2].write_text("\n".join(" ".join(words[start : start + 4]) for start in range(0, 20, 4)))
    assert mag("premiere", "open", "46", "--share", *files[2:]).code == 0


def test_its_words_open_it_from_where_nobody_reads_along(mag, closed, tmp_path, monkeypatch):
    wrong = tmp_path / "wrong"
    wrong.write_text("legal winner thank year wave sausage worth useful legal winner thank yellow\n")
    assert mag("premiere", "open", "46", "--words-file", wrong).code == EXIT_LOCKED
    monkeypatch.setattr("sys.stdin", io.StringIO(closed.words.title() + "\n"))
    opened = mag("premiere", "open", "46", "--words-file", "-")
    assert (opened.code, "«46» is open, by its words" in opened.out, "friends" in opened.out) == (0, True, False)


def test_what_opens_it_has_to_be_said(mag, closed, files, tmp_path):
    assert mag("premiere", "open", "46").code == EXIT_PARTLY
    assert mag("premiere", "open", "46", "--words").code == EXIT_USAGE
    assert mag("premiere", "open", "46", "--words", "--share", files[0]).code == EXIT_USAGE
    assert mag("premiere", "open", "47", "--share", files[0]).code == EXIT_USAGE
    assert mag("premiere", "open", "46", "--share", *files, "--as", "Nobody").code != 0
    assert "No premiere is here" not in mag("premiere", "list").out


@pytest.fixture
def hers(bare, tmp_path, passphrase):
    """The command line of somebody else's library."""
    make_library(tmp_path / "hers").close()
    return lambda *words: bare("--library", tmp_path / "hers", "--passphrase-file", passphrase, *words)


def test_who_opens_it_may_say_so(mag, hers, files, tmp_path, label):
    mag("label", "create", "Mike")
    opened = mag("premiere", "open", "46", "--share", *files, "--as", "Mike")
    assert "«Mike» says these words" in opened.out
    assert mag("reel", "cut", tmp_path / "open", "--open", "--label", "Mike").code == 0
    assert hers("dub", label.folder).code == 0
    dubbed = hers("dub", tmp_path / "open")
    assert "«46» is open. 3 of 5 friends opened it" in dubbed.out
    assert "opened" not in hers("dub", tmp_path / "open", "--json").document
    assert [each["title"] for each in hers("list", "--json").document["releases"]] == ["46"]
