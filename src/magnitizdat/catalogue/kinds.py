"""Kinds of documents that a label lists: the target path of each, and how its bytes are read. PURE.

The kind stands in the path: `00/label.json`, `ab/<id>.json` for a release, `ab/<id>.<kind>.json` for every other; `id`
is 32 hex characters, `ab` its first two. What a version does not know under such a path, or under any other that a
target may have, it carries unread (ADR 0032).
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from magnitizdat.catalogue.clubs import CLUB_KINDS, Epoch, Gig, Roster
from magnitizdat.catalogue.documents import (
    LABEL_PATH,
    MAX_LABEL_LENGTH,
    MAX_RELEASE_LENGTH,
    LabelDocument,
    UnknownSchemaError,
    decode,
)
from magnitizdat.catalogue.premieres import PREMIERE, PREMIERE_KINDS, Opening, Premiere
from magnitizdat.catalogue.voices import VOICES, Voice
from magnitizdat.errors import DamagedError
from magnitizdat.formats import budgets
from magnitizdat.model import Release
from magnitizdat.sentence import say

LABEL = "label"
RELEASE = "release"

MAX_DOCUMENT_LENGTH = budgets.DOCUMENT.most
"""Bytes of one document of any other kind."""

_PATH = re.compile(r"([0-9a-f]{2})/(\1[0-9a-f]{30})(?:\.([a-z][a-z0-9-]{0,31}))?\.json")
_ID = re.compile("[0-9a-f]{32}")
_KIND = re.compile("[a-z][a-z0-9-]{0,31}")


Said = Voice | Roster | Epoch | Gig | Premiere | Opening
SCENE: dict[str, type[Roster | Epoch | Gig | Premiere | Opening]] = {**CLUB_KINDS, **PREMIERE_KINDS}
SAID: dict[str, type[Said]] = {**VOICES, **SCENE}
"""What a label says beside its albums and itself, by kind."""


class Place(NamedTuple):
    """What a target path says. The label's own document has no id; a path of no such form has no kind either."""

    kind: str
    id: str


class DocumentKind(NamedTuple):
    """How documents of one kind are read: what they decode to, and the most bytes of one."""

    form: type[Any]
    max_length: int


class Read(NamedTuple):
    """A document whose digest its label signed. `value` is None where nobody here knows the kind."""

    kind: str
    value: Any


KINDS = {
    LABEL: DocumentKind(LabelDocument, MAX_LABEL_LENGTH),
    RELEASE: DocumentKind(Release, MAX_RELEASE_LENGTH),
    **{kind: DocumentKind(form, MAX_DOCUMENT_LENGTH) for kind, form in SAID.items()},
    PREMIERE: DocumentKind(Premiere, budgets.PREMIERE.most),
}


def target_path(kind: str, document_id: str = "") -> str:
    """Target path of a document; only the label's own has no id.

    Raises: ValueError if `kind` or `document_id` cannot stand in one.
    """
    if kind == LABEL:
        return LABEL_PATH
    if not _ID.fullmatch(document_id) or not _KIND.fullmatch(kind):
        raise ValueError("an id is 32 lower-case hex characters, a kind at most 32 of a-z, 0-9 and -")
    return f"{document_id[:2]}/{document_id}{'' if kind == RELEASE else f'.{kind}'}.json"


def parse_target(path: str) -> Place:
    """The inverse of `target_path`."""
    if path == LABEL_PATH:
        return Place(LABEL, "")
    found = _PATH.fullmatch(path)
    if found is None or found[3] in {LABEL, RELEASE}:
        return Place("", "")
    return Place(found[3] or RELEASE, found[2])


def max_length(path: str) -> int:
    """Most bytes of the document at a target path."""
    kind = KINDS.get(parse_target(path).kind)
    return kind.max_length if kind is not None else MAX_DOCUMENT_LENGTH


def read(path: str, data: bytes) -> Read:
    """The document at a target path, of which `data` are the bytes that were signed.

    Raises: DamagedError where it is a label's own or a release, and cannot be read or says that it is another than its
    path says. Any other of which that is so is carried unread.
    """
    place = parse_target(path)
    kind = KINDS.get(place.kind)
    if kind is None:
        return Read(place.kind, None)
    try:
        return Read(place.kind, _value(kind, place, data))
    except UnknownSchemaError as exc:
        if place.kind == LABEL:
            raise  # without its name there is no label to show
        return Read(exc.schema, None)
    except DamagedError:
        if place.kind in {LABEL, RELEASE}:
            raise
        return Read(place.kind, None)  # a newer mag may say it in other words; the rest of its label is no worse


def _value(kind: DocumentKind, place: Place, data: bytes) -> Any:
    value = decode(kind.form, data, max_length=kind.max_length)
    if place.id and place.id != value.id:
        raise DamagedError(say("it stands under another document's name"))
    return value
