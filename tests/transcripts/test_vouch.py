"""`mag vouch` at the terminal, and what it does for who follows: shown, refused, taken nevertheless."""

from __future__ import annotations

import pytest

from magnitizdat.catalogue.publisher import create_label, restore
from magnitizdat.errors import EXIT_SOURCE, EXIT_USAGE
from magnitizdat.formats.spool_paths import label_path
from tests.fakes_library import NOW, make_library

KINO = create_label("Kino", now=NOW)
TRUE, FORGED = (restore(KINO.state, [KINO.paper_words], now=NOW) for _ in range(2))


def put(folder, made):
    metadata = {f"metadata/{name}": body for name, body in made.state.files.items()}
    for path, body in {**KINO.files, **made.files, **metadata}.items():
        target = folder / label_path(made.imprint, path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(body)
    return folder


@pytest.fixture
def hers(bare, tmp_path, passphrase):
    """The command line of somebody else's library."""
    make_library(tmp_path / "hers").close()
    return lambda *words: bare("--library", tmp_path / "hers", "--passphrase-file", passphrase, *words)


def test_a_word_is_signed_travels_and_keeps_the_false_one_out(mag, hers, tmp_path):
    mag("label", "create", "Zoopark Tapes")
    assert mag("vouch", "Kino", "--yes").code == EXIT_USAGE  # nothing is known of it
    mag("dub", put(tmp_path / "true", TRUE))
    asked = mag("vouch", "Kino")
    assert asked.code == EXIT_USAGE
    assert "I know who is behind «Kino»" in asked.out
    assert "--yes" in asked.err
    signed = mag("vouch", "Kino", "--note", "We met", "--as", "Zoopark Tapes", "--yes", "--json").document
    assert (signed["name"], signed["imprint"], len(signed["said"]["said"])) == ("Kino", KINO.imprint, 1)
    assert (signed["withdrawn"], signed["said"]["unchanged"], signed["said"]["withdrawn"]) == (False, [], [])
    assert "did not change" in mag("vouch", "Kino", "--note", "We met", "--yes").out
    assert "vouching for it: Zoopark Tapes" in mag("label", "list").out
    mag("publish", "45", "--to", tmp_path / "open")

    assert hers("dub", tmp_path / "open").code == 0
    assert hers("dub", put(tmp_path / "forged", FORGED), "--json").code == 0  # nobody whom she follows says otherwise
    assert hers("label", "remove", "Kino", "--yes").code == 0
    assert hers("follow", "Zoopark Tapes").code == 0
    refused = hers("dub", tmp_path / "forged")
    assert refused.code == EXIT_SOURCE
    assert "this is not the «Kino» that Zoopark Tapes knows" in refused.out + refused.err
    assert hers("reel", "list", tmp_path / "forged").code != 0
    taken = hers("dub", tmp_path / "forged", "--without", "Zoopark Tapes", "--json")
    assert taken.code == 0
    (line,) = taken.document["labels"][0]["vouched_by"]
    assert (line["name"], line["agrees"]) == ("Zoopark Tapes", False)
    assert "Kino: not the «Kino» that Zoopark Tapes knows" in hers("label", "list").out
    known = {each["name"]: each for each in hers("label", "list", "--json").document["labels"]}
    assert known["Kino"]["vouched_by"][0]["note"] == "We met"
    assert known["Zoopark Tapes"]["vouched_by"] == []


def test_taken_back_it_is_shown_no_more(mag, tmp_path):
    mag("label", "create", "Zoopark Tapes")
    mag("dub", put(tmp_path / "true", TRUE))
    mag("vouch", "Kino", "--yes")
    assert mag("vouch", "Kino", "--withdraw", "--json").document["withdrawn"] is True
    assert "vouched" not in mag("label", "list").out
    assert mag("vouch", "Kino", "--withdraw").code == EXIT_USAGE
    assert mag("vouch", "Zoopark Tapes", "--yes").code == EXIT_USAGE
    assert mag("dub", tmp_path / "true", "--without", "Nobody").code == EXIT_USAGE


def test_a_blocked_label_is_listed_with_what_lets_it_in_again(hers, mag, tmp_path):
    mag("label", "create", "Zoopark Tapes")
    mag("publish", "45", "--to", tmp_path / "open")
    assert hers("dub", tmp_path / "open").code == 0
    assert "Albums of it that were here went along: 1" in hers("label", "block", "Zoopark Tapes", "--yes").out
    assert "«Zoopark Tapes». `mag label unblock` ends that" in hers("label", "list").out
    assert [each["name"] for each in hers("label", "list", "--json").document["blocked"]] == ["Zoopark Tapes"]
    assert "--again" in hers("label", "unblock", "zoopark tapes").out
    assert hers("label", "list", "--json").document["blocked"] == []


def test_what_nobody_signed_has_no_tick_and_no_date_of_a_signature(hers, mag, tmp_path):
    assert mag("reel", "cut", tmp_path / "open", "--open").code == 0
    said = hers("dub", tmp_path / "open").out
    assert "What came is only passed on: its makers did not sign it" in said
    assert "genuine" not in said
    assert "✓" not in said
    assert "signed on" not in hers("list").out
