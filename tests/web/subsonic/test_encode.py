"""Both forms of an answer carry the same facts, whatever is in them; and XML is read by whoever reads XML."""

from __future__ import annotations

import json
import types
import typing
import xml.etree.ElementTree as ET

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from magnitizdat.web.subsonic import model, model_kept
from magnitizdat.web.subsonic.encode import API_VERSION, encode, encode_error, plain
from magnitizdat.web.subsonic.model import Node
from tests.fakes_player import COMMON, NAMESPACE

KINDS = sorted(
    {
        kind
        for module in (model, model_kept)
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, Node) and kind is not Node
    },
    key=lambda kind: kind.__name__,
)
TEXTS = st.text(max_size=12) | st.sampled_from(["<&\">'", "\x00\x1b[31m", "]]>", "\r\n\t", "\ufffe", "Цой", "&#0;"])


def values(kind: type[Node], depth: int = 0):
    hints = typing.get_type_hints(kind)
    required = {field.name for field in msgspec.structs.fields(kind) if field.required}
    fields = {
        field.name: of(hints[field.name], depth) if field.name in required else st.none() | of(hints[field.name], depth)
        for field in msgspec.structs.fields(kind)
    }
    return st.builds(kind, **fields)


def of(hint, depth: int):
    if isinstance(hint, types.UnionType):
        return of(next(each for each in typing.get_args(hint) if each is not type(None)), depth)
    if typing.get_origin(hint) is tuple:
        inner = typing.get_args(hint)[0]
        return st.lists(of(inner, depth + 1), max_size=0 if depth > 1 else 2).map(tuple)
    if isinstance(hint, type) and issubclass(hint, Node):
        return values(hint, depth + 1)
    return {
        str: TEXTS,
        int: st.integers(-(2**31), 2**53),
        bool: st.booleans(),
        float: st.floats(allow_nan=False, allow_infinity=False, width=32),
    }[hint]


def told(node: Node, element: ET.Element) -> None:
    """That an element says what a value says, and nothing else."""
    attributes, children = dict(element.attrib), list(element)
    for field in msgspec.structs.fields(type(node)):
        value = getattr(node, field.name)
        if value is None:
            continue
        if isinstance(value, Node | tuple) or field.name in node.elements:
            for each in value if isinstance(value, tuple) else (value,):
                child = children.pop(0)
                assert child.tag == NAMESPACE + field.encode_name
                if isinstance(each, Node):
                    told(each, child)
                else:
                    assert (child.text or "") == scalar(each)
        elif field.name == node.text:
            assert (element.text or "") == scalar(value)
        else:
            assert attributes.pop(field.encode_name) == scalar(value)
    assert (attributes, children) == ({}, [])


def scalar(value) -> str:
    return plain(value) if isinstance(value, str) else json.dumps(value)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_both_forms_say_the_same(kind):
    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(values(kind))
    def law(value):
        body = json.loads(encode("json", "thing", value))["subsonic-response"]
        assert {name: body[name] for name in COMMON} == COMMON
        assert body["thing"] == json.loads(json.dumps(msgspec.to_builtins(value)))
        root = ET.fromstring(encode("xml", "thing", value))
        assert (root.attrib["status"], root.attrib["version"]) == ("ok", API_VERSION)
        (element,) = root
        told(value, element)

    law()


@given(TEXTS)
def test_errors_in_both_forms(message):
    body = json.loads(encode_error("json", 70, message))["subsonic-response"]
    (element,) = ET.fromstring(encode_error("xml", 70, message))
    assert body["status"] == "failed"
    assert body["error"] == {"code": 70, "message": message}
    assert element.attrib == {"code": "70", "message": plain(message)}


def test_a_known_list_is_there_where_it_is_empty():
    value = model.AlbumList2(album=())
    assert json.loads(encode("json", "albumList2", value))["subsonic-response"]["albumList2"] == {"album": []}
    (element,) = ET.fromstring(encode("xml", "albumList2", value))
    assert (element.attrib, len(element)) == ({}, 0)


def test_nothing_is_an_empty_envelope():
    assert list(json.loads(encode("json"))["subsonic-response"]) == [
        "status", "version", "type", "serverVersion", "openSubsonic",
    ]  # fmt: skip
    assert len(ET.fromstring(encode("xml"))) == 0
