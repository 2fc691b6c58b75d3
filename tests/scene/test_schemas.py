"""The published schemas are those of the source, and say what the readers take: both are asked the same values."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Literal, get_args

import jsonschema
import msgspec
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from magnitizdat.catalogue.documents import schema
from magnitizdat.library import rows
from magnitizdat.scene.schemas import forms, schemas
from magnitizdat.scene.slips import ReturnNote

PUBLISHED = forms()
ROWS = {kind.name: kind.form for kind in rows.KINDS if kind.name}
FORMS = {**PUBLISHED, **ROWS, "return.json": ReturnNote}
ODD = [
    "",
    " ",
    "x",
    "\n",
    "0" * 32,
    "0" * 64,
    "0" * 64 + "\n",
    "mag1" + "q" * 58,
    "age1" + "q" * 58,
    "en",
    "2026-01-01",
]
ODD += [None, True, 0, -1, 7, 1.5, 1 << 62, [], [""], {}, {"": ""}]


def test_the_published_schemas_are_current():
    folder = Path(__file__).parents[2] / "docs" / "schema"
    published = {path.name: path.read_bytes() for path in folder.glob("*.json")}
    assert published == schemas(), "run: python docs/schema/make.py"


@cache
def schema_of(name):
    form = FORMS[name]
    return schema(form) if name in PUBLISHED else msgspec.json.schema(form)


@cache
def validator(name):
    return jsonschema.Draft202012Validator(schema_of(name))


def number(node, at_least, at_most):
    return max(node.get("minimum", at_least), at_least), min(node.get("maximum", at_most), at_most)


def values(node, defs):
    """Values that fit a node of a schema; of what may be left out only some is there, and nothing is long."""
    match node:
        case {"$ref": name}:
            return st.deferred(lambda: values(defs[name.rpartition("/")[2]], defs))
        case {"anyOf": nodes}:
            return st.one_of([values(each, defs) for each in nodes])
        case {"enum": known}:
            return st.sampled_from(known)
        case {"type": "array"}:
            least = node.get("minItems", 0)
            return st.lists(values(node.get("items") or {"type": "null"}, defs), min_size=least, max_size=least + 1)
        case {"properties": fields}:
            needed = {name: values(fields[name], defs) for name in node.get("required", ())}
            more = {name: values(each, defs) for name, each in fields.items() if name not in needed}
            return st.fixed_dictionaries(needed, optional=more)
        case {"type": "object"}:
            names = texts(node.get("propertyNames", {}))
            return st.dictionaries(
                names, values(node.get("additionalProperties") or {"type": "null"}, defs), max_size=1
            )
    return PLAIN[node["type"]](node)


def texts(node):
    characters = st.characters(codec="utf-8")
    if "pattern" in node:
        return st.from_regex(node["pattern"].removesuffix(r"$(?!\n)"), fullmatch=True, alphabet=characters)
    least = node.get("minLength", 0)
    return st.text(characters, min_size=least, max_size=min(node.get("maxLength", 12), least + 12))


PLAIN = {
    "string": texts,
    "integer": lambda node: st.integers(*number(node, -(1 << 53), 1 << 53)),
    "number": lambda node: st.floats(*number(node, -1e9, 1e9)),
    "boolean": lambda _node: st.booleans(),
    "null": lambda _node: st.none(),
}


def fitting(name):
    found = schema_of(name)
    return values({"$ref": found["$ref"]}, found["$defs"])


def leaves(value, place=()):
    """Where something stands in a value that holds nothing else."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = [leaf for key, each in inside for leaf in leaves(each, (*place, key))]
    return found or [place]


def put(value, place, other):
    """The value with something else at a place."""
    if not place:
        return other
    first, *rest = place
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[first] = put(copy[first], rest, other)
    return copy


def is_taken(name, value):
    try:
        msgspec.json.decode(json.dumps(value).encode(), type=FORMS[name])
    except msgspec.ValidationError:
        return False
    return True


@pytest.mark.parametrize("name", sorted(FORMS))
@settings(max_examples=25)
@given(data=st.data())
def test_what_fits_a_schema_is_taken(name, data):
    value = data.draw(fitting(name))
    assume(validator(name).is_valid(value))  # in a pattern $ is the end of a line too, for the one who draws
    assert is_taken(name, value)


@pytest.mark.parametrize("name", sorted(FORMS))
@settings(max_examples=25)
@given(data=st.data())
def test_of_what_is_odd_in_one_place_schema_and_reader_say_the_same(name, data):
    value = data.draw(fitting(name))
    place = data.draw(st.sampled_from(leaves(value)))
    assume(place)
    odd = put(value, place, data.draw(st.sampled_from(ODD)))
    assert is_taken(name, odd) == validator(name).is_valid(odd)


@pytest.mark.parametrize("name", sorted(FORMS))
def test_nothing_is_empty_by_a_union(name):
    """msgspec asks the pattern of the first of the empty text as well, and refuses what the schema says."""
    for form in {FORMS[name], *structs_in(FORMS[name])}:
        for field in msgspec.structs.fields(form):
            assert not any(Literal[""] == each for each in get_args(field.type)), (form, field.name)


def structs_in(form, known=frozenset()):
    """All structs that a type is made of."""
    found = {form} if isinstance(form, type) and issubclass(form, msgspec.Struct) else set()
    parts = [field.type for field in msgspec.structs.fields(form)] if found else get_args(form)
    for part in parts:
        if part not in (known | found):
            found |= structs_in(part, known | found) if not isinstance(part, str | int) else set()
    return found
