from __future__ import annotations

import json
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magnitizdat.catalogue.strict_json import MAX_DEPTH, parse
from magnitizdat.errors import DamagedError

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


def read(data: bytes, **limits: int) -> object:
    return parse(data, **{"max_length": 1 << 20, **limits}, what="it")


@given(VALUES, st.booleans())
def test_sound_json_is_read_as_it_is(value, ascii_only):
    assert read(json.dumps(value, ensure_ascii=ascii_only).encode()) == value


@given(st.binary(max_size=200) | st.text('[]{}"\\,:a1 ').map(str.encode))
def test_any_bytes_are_read_or_refused_in_a_sentence(data):
    try:
        found = read(data)
    except DamagedError as exc:
        assert re.match(r"it (is|cannot be) ", str(exc))  # noqa: PT017
    else:
        assert found == json.loads(data)


@given(st.lists(st.sampled_from([b"[", b'{"a":']), min_size=1, max_size=60))
def test_nesting_is_measured_before_anything_is_built(opening):
    closing = b"".join(b"]" if sign == b"[" else b"}" for sign in reversed(opening))
    data = b"".join(opening) + b"1" + closing
    if len(opening) <= MAX_DEPTH:
        read(data)
    else:
        with pytest.raises(DamagedError, match="deep"):
            read(data)


@pytest.mark.parametrize(
    "data",
    [
        b'{"a":1,"a":1}',
        b'{"a":1,"\\u0061":2}',
        b'[{"b":{"k":0,"k":0}}]',
        b"NaN",
        b"[Infinity]",
        b"\xef\xbb\xbf{}",
        b'"\xff"',
        b"",
        "{}".encode("utf-16"),
        b"1" * 5000,
        b"[" * 100_000,
        b'"' + b'\\"' * 100_000,
        b'"\\ud83c"',
        b'{"\\uDFB8":1}',
        b'["\\udfb8\\ud83c"]',
        b'"\\ud83cx\\udfb8"',
    ],
)
def test_what_two_parsers_could_read_differently_is_refused(data):
    with pytest.raises(DamagedError):
        read(data)


@given(st.text(st.characters(categories=["L", "Cs"]), max_size=6))
def test_half_a_pair_is_refused_and_a_whole_one_is_read(text):
    data = json.dumps(text).encode()  # every letter beyond ASCII is escaped, half a pair as it is
    try:
        whole = text.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        with pytest.raises(DamagedError):
            read(data)
    else:
        assert read(data) == whole


def test_brackets_inside_strings_do_not_count():
    assert read(json.dumps(["[" * 100, '\\"[[{{' * 100]).encode()) == ["[" * 100, '\\"[[{{' * 100]


def test_size_is_capped_to_the_byte():
    assert read(b'"abc"', max_length=5) == "abc"
    with pytest.raises(DamagedError, match="longer than 4 bytes"):
        read(b'"abc"', max_length=4)


def test_hostile_strings_cost_no_more_than_their_length():
    started = time.process_time()
    for data in (b'"' + b'\\"' * 2_000_000, b'"\\' * 2_000_000, b'"' * 3_000_001):
        with pytest.raises(DamagedError):
            read(data, max_length=1 << 23)
    assert time.process_time() - started < 10
