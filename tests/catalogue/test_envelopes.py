"""Envelopes: what is signed is what DSSE says, and a signature counts for whose keys it is."""

from __future__ import annotations

import base64
import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from magnitizdat.catalogue.envelopes import enveloped, prove, read_envelope, still_speak
from magnitizdat.catalogue.refresh import LabelState, heard
from magnitizdat.errors import DamagedError
from magnitizdat.model import Checkpoint
from tests.fakes_letters import Author

TYPE = "application/x-words"


@pytest.fixture(scope="module")
def author():
    """Three roots: the keys were replaced twice."""
    found = Author()
    found.replace_keys()
    found.replace_keys()
    return found


@pytest.fixture(scope="module")
def stranger():
    return Author("Mike")


def chain(author, first, last):
    return {version: author.roots[version - 1] for version in range(first, last + 1)}


@given(payload=st.binary(max_size=300), kind=st.text(max_size=40), seed=st.binary(min_size=32, max_size=32))
def test_what_is_signed_is_the_encoding_of_the_specification(payload, kind, seed):
    """DSSE 1.0, protocol: `DSSEv1`, length and text of the type, length and bytes of the payload."""
    told = json.loads(enveloped(payload, kind, seed=seed))
    assert base64.b64decode(told["payload"]) == payload
    assert told["payloadType"] == kind
    words = b"DSSEv1 %d %b %d %b" % (len(kind.encode()), kind.encode(), len(payload), payload)
    (signature,) = told["signatures"]
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key()
    public.verify(base64.b64decode(signature["sig"]), words)
    assert read_envelope(enveloped(payload, kind), kind).payload == payload


def test_the_encoding_of_the_example_in_the_specification():
    found = read_envelope(enveloped(b"hello world", "http://example.com/HelloWorld"), "http://example.com/HelloWorld")
    assert found.pae() == b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"


@pytest.mark.parametrize("key", range(3))
@pytest.mark.parametrize("held", range(4))
@pytest.mark.parametrize("brought", range(4))
def test_a_signature_counts_for_the_newest_root_that_names_its_key(author, key, held, brought):
    envelope = read_envelope(enveloped(b"words", TYPE, seed=author.seeds[key]), TYPE)
    found = prove(envelope, author.held(held), chain(author, 1, brought))
    known = max(held, brought)
    if key >= known:
        assert found is None
        return
    assert (found.imprint, found.signed, found.newest) == (author.imprint, key + 1, known)
    assert still_speak(found, author.held(held)) == (key == known - 1)
    assert still_speak(found, author.held(3)) == (key == 2)


def test_of_roots_that_are_held_others_are_not_asked(author, stranger):
    """A label of the same name brings its own: neither in the place of held ones, nor behind them, does it count."""
    envelope = read_envelope(enveloped(b"words", TYPE, seed=stranger.seeds[0]), TYPE)
    assert prove(envelope, author.held(1), chain(stranger, 1, 1)) is None
    assert prove(envelope, author.held(0), chain(stranger, 1, 1)) is None
    assert prove(envelope, author.held(1), {2: stranger.roots[0]}) is None
    assert prove(envelope, stranger.held(0), chain(stranger, 1, 1)) is not None


def test_a_chain_that_misses_a_root_which_somebody_told_of_proves_nothing(author):
    envelope = read_envelope(enveloped(b"words", TYPE, seed=author.seeds[0]), TYPE)
    told = heard(LabelState(imprint=author.imprint), Checkpoint(version=2, sha256=64 * "0"))
    assert prove(envelope, LabelState(imprint=author.imprint), chain(author, 1, 3)) is not None
    assert prove(envelope, told, chain(author, 1, 3)) is None
    assert prove(envelope, told, chain(author, 1, 1)) is None


def test_a_chain_with_a_gap_ends_before_it(author):
    envelope = read_envelope(enveloped(b"words", TYPE, seed=author.seeds[0]), TYPE)
    found = prove(envelope, author.held(1), chain(author, 3, 3))
    assert (found.signed, found.newest) == (1, 1)


@given(at=st.integers(0, 10_000), bit=st.integers(0, 7))
@settings(max_examples=150)
def test_whatever_bit_is_flipped_nothing_else_is_proven(author, at, bit):
    whole = bytearray(enveloped(b"a letter of some words", TYPE, seed=author.seeds[-1]))
    whole[at % len(whole)] ^= 1 << bit
    try:
        found = read_envelope(bytes(whole), TYPE)
    except DamagedError:
        return
    proof = prove(found, author.held(3), {})
    assert proof is None or found.payload == b"a letter of some words"


NESTED = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
ODD = st.fixed_dictionaries(
    {},
    optional={
        "payload": NESTED | st.just("aGVsbG8="),
        "payloadType": NESTED | st.just(TYPE),
        "signatures": NESTED | st.lists(st.fixed_dictionaries({"keyid": NESTED, "sig": NESTED}), max_size=12),
    },
)


@given(told=NESTED | ODD)
def test_what_is_no_envelope_is_refused_in_our_words(told):
    try:
        found = read_envelope(json.dumps(told).encode(), TYPE)
    except DamagedError:
        return
    assert found.payload_type == TYPE
    assert len(found.signatures) <= 8


@given(noise=st.binary(max_size=200))
def test_noise_is_no_envelope(noise):
    with pytest.raises(DamagedError):
        read_envelope(noise, TYPE)


def test_two_signatures_under_one_name_are_refused(author):
    told = json.loads(enveloped(b"words", TYPE, seed=author.seeds[0]))
    told["signatures"] *= 2
    with pytest.raises(DamagedError):
        read_envelope(json.dumps(told).encode(), TYPE)


def test_a_letter_is_not_what_else_was_signed(author):
    """The same bytes under another type are another statement, and what a label's list signs is none of ours."""
    with pytest.raises(DamagedError):
        read_envelope(enveloped(b"words", "application/x-other", seed=author.seeds[0]), TYPE)
    told = json.loads(enveloped(b"words", "application/x-other", seed=author.seeds[0]))
    told["payloadType"] = TYPE
    assert prove(read_envelope(json.dumps(told).encode(), TYPE), author.held(3), {}) is None
