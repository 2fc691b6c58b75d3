"""A library begins: what keeps nobody out is refused, and the words that may be typed are told."""

from __future__ import annotations

import pytest
from mnemonic import Mnemonic
from shamir_mnemonic.wordlist import WORDLIST

WORDS = "able about above absent absorb abstract"


@pytest.mark.parametrize("passphrase", [" " * 20, "\u00a0\t \u2003" * 5, "  kino  ", "a      b"])
def test_a_passphrase_that_keeps_nobody_out_makes_no_library(tmp_path, opened, passphrase):
    """Blanks count for nothing in how long it is."""
    page = opened(tmp_path / "new")
    refused = page.post("init", {"passphrase": passphrase}, status=400)
    assert "too short" in refused["error"]
    assert page.get("session")["state"] == "none"
    assert not list((tmp_path / "new").glob("*.age"))


def test_what_was_typed_once_opens_it_in_whatever_hand(tmp_path, opened):
    page = opened(tmp_path / "new")
    page.post("init", {"passphrase": f" {WORDS.upper()} "})
    page.post("lock")
    assert page.post("unlock", {"passphrase": WORDS.replace(" ", "-")})["state"] == "open"
    page.post("lock")
    assert "look at word 3" in page.post("unlock", {"passphrase": WORDS.replace("above", "abuve")}, status=423)["error"]


def test_the_words_that_may_be_typed_are_told_before_anybody_is_in(tmp_path, opened):
    page = opened(tmp_path / "new")
    assert page.get("words/passphrase")["words"] == Mnemonic("english").wordlist
    assert page.get("words/share")["words"] == WORDLIST
    assert page.send("GET", "words/else", status=404)["kind"] == "notfound"
