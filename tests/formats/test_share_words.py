"""Six words of a share: the same in any hand, and the same as another implementation makes of them."""

from __future__ import annotations

from base64 import b32encode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from magnitizdat.errors import EXIT_LOCKED, WrongPassphraseError
from magnitizdat.formats import share_words
from magnitizdat.formats.names import word_list
from magnitizdat.formats.share_words import derive
from tests.formats.test_typed_words import typed

# Made with libsodium 1.0.18: crypto_pwhash_scryptsalsa208sha256_ll(N=2^17, r=8, p=1), crypto_sign_seed_keypair of the
# first 32 bytes, crypto_hash_sha256 of 302a300506032b6570032100 (RFC 8410) and the public key.
VECTORS = [
    (
        "abandon ability able about above absent",
        "45fcbd830c836d168162680a75f5a5ae77f736049baf8434129c6105ee138224b14968488342e3218fce3de36015a14d",
        "8846d4790fc9828b6747befb14a4ee8effe8d5c9c60c8aea1d3a35b876c03432",
    ),
    (
        "zoo zone zero youth young yellow",
        "8cd62efad1667f227d693c6d71c36f89ff4bbd85efcf3c8dd6bea8732efea73c1bc533b51124936fe4117bad09c0256f",
        "9a82fda43dae9838fa78c803c7d0a45de345d4a805a8058ea532fad285e83909",
    ),
]
WORDS = st.lists(st.sampled_from(word_list()), min_size=6, max_size=6)


@pytest.mark.parametrize(("words", "derived", "pin"), VECTORS)
def test_another_implementation_makes_the_same_of_them(words, derived, pin):
    secret = derive(words)
    assert secret.seed.hex() == derived[:64]
    assert secret.code == b32encode(bytes.fromhex(derived[64:])).decode().rstrip("=").lower()
    assert secret.pin.hex() == pin
    assert repr(secret) == "ShareSecret(…)"


@given(words=WORDS, data=st.data())
@settings(max_examples=30)
def test_the_words_are_the_same_in_any_hand(words, data):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(share_words, "WORK_FACTOR", 1)
        assert derive(data.draw(typed(words))) == derive(" ".join(words))


@given(words=WORDS, other=WORDS)
@settings(max_examples=30)
def test_other_words_are_another_share(words, other):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(share_words, "WORK_FACTOR", 1)
        one, two = derive(" ".join(words)), derive(" ".join(other))
    assert (words == other) == (one.code == two.code) == (one.pin == two.pin)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", "not the six words"),
        ("abandon ability able about above", "not the six words"),
        ("abandon ability able about above absent absorb", "not the six words"),
        ("one of my own passphrases here", "not the six words"),
        ("abandon ability able abotu above absent", "word 4 is none"),
    ],
)
def test_what_are_no_six_words_is_said_before_any_work(words, said):
    with pytest.raises(WrongPassphraseError, match=said) as caught:
        derive(words)
    assert caught.value.exit_code == EXIT_LOCKED
