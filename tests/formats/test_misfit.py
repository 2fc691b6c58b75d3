"""What msgspec says is said in words of ours: with the field, and without a word of the library."""

from __future__ import annotations

from typing import Annotated

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Meta

from magnitizdat.formats.misfit import misfit


class Sheet(msgspec.Struct, forbid_unknown_fields=True):
    """Of each kind one."""

    title: Annotated[str, Meta(min_length=1, max_length=4)]
    date: Annotated[str, Meta(pattern="^[0-9]{4}$")] = "1982"
    genres: Annotated[tuple[str, ...], Meta(max_length=2)] = ()
    tracks: tuple[Sheet, ...] = ()


def said(value: object) -> str:
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.convert(value, Sheet)
    return str(misfit(caught.value))


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ({"title": "45678"}, "«title» is longer than 4 characters"),
        ({"title": "45", "genres": ["a", "b", "c"]}, "«genres» has more than 2 entries"),
        ({"title": ""}, "«title» is empty"),
        ({}, "«title» is missing"),
        ({"title": "45", "label": "x"}, "«label» means nothing here"),
        ({"title": "45", "date": "May"}, "«date» is not written as it should be"),
        ({"title": 45}, "«title» is not written as it should be"),
        ({"title": "45", "tracks": [{"title": "45"}, {"title": "45678"}]}, "«title» is longer than 4 characters"),
        ([], "it is not written as it should be"),
    ],
)
def test_the_field_is_named(value, sentence):
    assert said(value) == sentence


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["title", "date", "tracks"]), inner),
    max_leaves=8,
)


@given(value=JSON)
def test_no_word_of_the_library_comes_out(value):
    try:
        msgspec.convert(value, Sheet)
    except msgspec.ValidationError as error:
        sentence = str(misfit(error))
        assert not any(word in sentence for word in ("Expected", "`", "$", "regex", "Object")), sentence
