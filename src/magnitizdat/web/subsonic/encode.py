"""Answers as bytes: JSON, JSON with a callback, or XML, from one value. PURE.

Every answer says version, type and `openSubsonic`. The type and the version of the server are neutral: whoever reaches
the port can ask for them, and must not learn which program this is (docs/adr/0028-a-neutral-server.md).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Literal, NamedTuple

import msgspec

from magnitizdat.web.subsonic.model import Error, Node

API_VERSION = "1.16.1"
SERVER_TYPE = "library"
SERVER_VERSION = "1"

Form = Literal["xml", "json", "jsonp"]
Payload = Node | Sequence[Node] | None

MEDIA_TYPES: dict[Form, str] = {  # players tell a refusal from sound by `text/xml`, as the specification says
    "xml": "text/xml; charset=utf-8",
    "json": "application/json",
    "jsonp": "application/javascript; charset=utf-8",
}
_COMMON = {
    "version": API_VERSION,
    "type": SERVER_TYPE,
    "serverVersion": SERVER_VERSION,
}
_json = msgspec.json.Encoder().encode
_SPECIAL = re.compile('[&<>"\t\n\r\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]')
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}


class _Plan(NamedTuple):
    """Of each field of a class Python's name, the name outside, and what it is in XML: attribute, element or text."""

    fields: tuple[tuple[str, str, str], ...]


def encode(form: Form, name: str = "", payload: Payload = None, *, callback: str = "") -> bytes:
    """A good answer that holds `payload` under `name`, or nothing."""
    return _envelope(form, "ok", name, payload, callback)


def encode_error(form: Form, code: int, message: str, *, callback: str = "") -> bytes:
    """A failure, as the specification numbers them."""
    return _envelope(form, "failed", "error", Error(code=code, message=message), callback)


def plain(text: str) -> str:
    """Text without what XML cannot hold: control characters, halves of surrogate pairs."""
    return _SPECIAL.sub(lambda found: found[0] if found[0] in _ENTITIES else "", text)


def _envelope(form: Form, status: str, name: str, payload: Payload, callback: str) -> bytes:
    if form == "xml":
        return _xml_envelope(status, name, payload)
    head = _json({"status": status, **_COMMON, "openSubsonic": True})[:-1]
    body = b',"' + name.encode() + b'":' + _json(payload) if name else b""
    document = b'{"subsonic-response":' + head + body + b"}}"
    return callback.encode() + b"(" + document + b");" if form == "jsonp" else document


def _xml_envelope(status: str, name: str, payload: Payload) -> bytes:
    out = ['<?xml version="1.0" encoding="UTF-8"?>\n<subsonic-response xmlns="http://subsonic.org/restapi"']
    attributes = {"status": status, **_COMMON, "openSubsonic": "true"}
    out += [f' {key}="{value}"' for key, value in attributes.items()]
    out.append(">")
    if isinstance(payload, Node):
        _element(out, name, payload)
    elif payload is not None:
        for each in payload:
            _element(out, name, each)
    out.append("</subsonic-response>")
    return "".join(out).encode()


@cache
def _plan(kind: type[Node]) -> _Plan:
    special = dict.fromkeys(kind.elements, "element") | {kind.text: "text"}
    fields = msgspec.structs.fields(kind)
    return _Plan(tuple((each.name, each.encode_name, special.get(each.name, "attribute")) for each in fields))


def _element(out: list[str], tag: str, node: Node) -> None:
    """Scalars first, as attributes; then elements for what holds more, one for each of a list."""
    out.append(f"<{tag}")
    inner: list[tuple[str, object]] = []
    text = ""
    for field, name, place in _plan(type(node)).fields:
        value = getattr(node, field)
        if value is None:
            continue
        if isinstance(value, Node | tuple) or place == "element":
            inner.append((name, value))
        elif place == "text":
            text = _escaped(value)
        else:
            out.append(f' {name}="{_scalar(value)}"')
    if not inner and not text:
        out.append("/>")
        return
    out.append(f">{text}")
    for name, value in inner:
        for each in value if isinstance(value, tuple) else (value,):
            if isinstance(each, Node):
                _element(out, name, each)
            else:
                out.append(f"<{name}>{_scalar(each)}</{name}>")
    out.append(f"</{tag}>")


def _scalar(value: object) -> str:
    if isinstance(value, str):
        return _escaped(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value)


def _escaped(text: str) -> str:
    return _SPECIAL.sub(lambda found: _ENTITIES.get(found[0], ""), text) if _SPECIAL.search(text) else text
