"""What one asks for, at the terminal."""

from __future__ import annotations

from magnitizdat.errors import EXIT_USAGE

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
