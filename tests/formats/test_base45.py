"""Base45 against the examples of RFC 9285, and its laws."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magnitizdat.formats.base45 import ALPHABET, decode, encode


@pytest.mark.parametrize(
    ("plain", "text"),
    [(b"AB", "BB8"), (b"Hello!!", "%69 VD92EX0"), (b"base-45", "UJCLQE7W581"), (b"ietf!", "QED8WEX0")],
)
def test_the_examples_of_the_standard(plain, text):
    assert encode(plain) == text
    assert decode(text) == plain


@given(st.binary(max_size=200))
def test_what_was_written_is_read(plain):
    assert decode(encode(plain)) == plain
    assert set(encode(plain)) <= set(ALPHABET)
    assert len(encode(plain)) == len(plain) // 2 * 3 + len(plain) % 2 * 2


@given(st.text(alphabet=ALPHABET + "aä", max_size=60))
def test_what_is_read_was_written_like_that(text):
    try:
        plain = decode(text)
    except ValueError:
        return
    assert encode(plain) == text


@pytest.mark.parametrize("text", ["GGW", "::", ":::", "A", "AAAA", "ab8"])
def test_what_no_bytes_give_is_refused(text):
    with pytest.raises(ValueError, match=r"base45|alone"):
        decode(text)
