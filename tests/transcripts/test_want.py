"""What one asks for, at the terminal."""

from __future__ import annotations

from functools import partial

from magnitizdat.errors import EXIT_USAGE
from tests.fakes_library import make_library

UNHEARD = 32 * "a"


def test_what_is_asked_for_is_listed_and_dropped(mag):
    assert "You ask for nothing" in mag("want").out
    assert f"Asked for: {UNHEARD}." in mag("want", UNHEARD).out
    document = mag("want", "--json").document
    assert [(each["id"], each["here"]) for each in document["wishes"]] == [(UNHEARD, False)]
    refused = mag("want", "Gruppa krovi")
    assert refused.code == EXIT_USAGE
    assert "no album and no label «Gruppa krovi» is known here" in refused.err
    assert mag("want", "--drop").code == EXIT_USAGE
    assert mag("want", "--drop", UNHEARD[:8], "--json").document["wishes"] == []


def test_what_a_stick_would_carry_is_said_with_why_and_not_written(mag, tmp_path):
    said = mag("reel", "cut", tmp_path / "stick", "--size", "64M", "--dry-run")
    assert said.code == 0
    assert "1 album would go" in said.out
    assert "«45»" in said.out
    assert "few others are known to have it" in said.out
    document = mag("reel", "cut", tmp_path / "stick", "--dry-run", "--plan", "city", "--json").document
    (album,) = document["albums"]
    assert (album["title"], album["reason"], album["quality"], document["left_out"]) == ("45", "scarce", "full", [])
    assert not (tmp_path / "stick").exists()
    assert mag("reel", "cut", tmp_path / "stick", "--plan", "village").code == EXIT_USAGE


def test_who_opens_a_reel_that_asks_sends_a_slip_when_they_say_so(mag, bare, tmp_path, passphrase):
    make_library(tmp_path / "hers").close()
    hers = partial(bare, "--library", tmp_path / "hers", "--passphrase-file", passphrase)
    words = mag("reel", "cut", tmp_path / "stick", "--slip", "--json").document["words"]
    (tmp_path / "words").write_text(words)
    dubbed = hers("dub", tmp_path / "stick", "--words-file", tmp_path / "words")
    assert dubbed.code == 0
    assert "`mag want --slip` sends that" in dubbed.out
    hers("want", UNHEARD)
    assert "Slips that are on their way, each a small sealed letter like any other: 1." in hers("want", "--slip").out
    assert hers("want", "--slip", "--json").document["sent"] == 0
    assert hers("want", UNHEARD, "--slip").code == EXIT_USAGE
    back = hers("reel", "cut", tmp_path / "back", "--json")
    assert back.code == 0
    (tmp_path / "words").write_text(back.document["words"])
    told = mag("dub", tmp_path / "back", "--words-file", tmp_path / "words")
    assert "1 slip came" in told.out
    plan = mag("reel", "cut", tmp_path / "next", "--plan", "city", "--dry-run", "--json")
    assert plan.code == 0
    assert mag("reel", "cut", tmp_path / "open", "--open", "--slip").code == EXIT_USAGE


def test_what_a_friend_had_is_forgotten(mag):
    assert mag("friend", "forget", "Nobody").code == EXIT_USAGE
