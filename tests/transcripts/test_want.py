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
