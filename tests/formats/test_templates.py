"""Templates: any values come back out of a sentence, or the sentence is left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magnitizdat.formats.templates import Template, is_number
from magnitizdat.sentence import fill, holes

LITERALS = st.text(alphabet="ab ,;«»", min_size=1, max_size=6)


@st.composite
def rendered(draw):
    """A template, values for it, and the sentence that they make."""
    literals = [draw(LITERALS), *draw(st.lists(LITERALS, min_size=1, max_size=4)), draw(LITERALS)]
    names = [f"hole{number}" for number in range(len(literals) - 1)]
    values = {name: draw(st.text(max_size=12)) for name in names}
    text = "".join(f"{literal}{{{name}}}" for literal, name in zip(literals, names, strict=False)) + literals[-1]
    return text, values, fill(text, values, plural=int)


@given(rendered())
def test_values_come_back_or_nothing_does(made):
    text, values, sentence = made
    found = Template.parse(text).match(sentence)
    if found is not None:
        assert {name: value.text for name, value in found.items()} == values


@given(rendered(), st.text(max_size=60))
def test_no_text_is_too_odd(made, text):
    found = Template.parse(made[0]).match(text)
    if found is not None:
        assert fill(made[0], {name: value.text for name, value in found.items()}, plural=int) == text


def test_the_only_reading_is_found():
    template = Template.parse("{path} is not there; plug {stick} in, or check «{name}»")
    found = template.match("/a is b is not there; plug the stick in, or check «45»")
    assert found is not None
    assert {name: value.text for name, value in found.items()} == {
        "path": "/a is b",
        "stick": "the stick",
        "name": "45",
    }
    assert [value.quoted for value in found.values()] == [False, False, True]
    assert template.match("x is not there; plug y in, or check «z» in, or check «»") is None, "two readings"


def test_words_follow_their_number():
    russian = "{n} {n:трек|трека|треков}"
    forms = [fill(russian, {"n": n}, plural=lambda number: number) for n in ("0", "1", "2", "7")]
    assert forms == ["0 трек", "1 трека", "2 треков", "7 треков"]
    assert fill(russian, {"n": "ни одного"}, plural=int) == "ни одного треков"
    assert holes(russian) == {"n"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3", True),
        ("14.2 GB", True),
        ("2:30", True),
        ("2026-11-26", True),
        ("1 file and 2", False),
        ("a 3", False),
        ("", False),
    ],
)
def test_numbers(text, expected):
    assert is_number(text) is expected


def test_time_grows_with_the_length_alone():
    """A name made to be ambiguous everywhere costs one pass, not all ways of cutting it."""
    template = Template.parse("{a}, {b}, {c}, {d}, {e}, {f}, {g} end")
    assert template.match(", " * 200_000 + " end") is None
