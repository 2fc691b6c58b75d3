"""`mag prepare` on the command line: what it says, what scripts get, and that `mag status` knows of what waits."""

from __future__ import annotations


def test_what_waits_is_said_and_then_made(mag):
    assert mag("status", "--json").document["waiting"] > 0
    assert "to be prepared" in mag("status").out
    first = mag("prepare")
    assert (first.code, first.err) == (0, "")
    assert first.out.startswith("To be made: covers 1, loudness and waveforms 2, small versions 1.")
    assert "Ctrl-C" in first.out
    assert first.out.endswith("Nothing waits any more.\n")
    assert "To be made" not in mag("prepare").out
    again = mag("prepare", "--json").document
    assert (again["covers"], again["tracks"], again["small"], again["missing"]) == (0, 0, 0, [])
    assert mag("status", "--json").document["waiting"] == 0
    assert "to be prepared" not in mag("status").out
