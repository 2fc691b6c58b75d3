"""Documents that a label signs, to and from JSON, and their published schemas. PURE.

`decode` is the one way in: msgspec alone keeps the last of two equal keys and answers hostile
nesting with RecursionError.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any, Final, Literal, TypeVar, cast

import msgspec
from msgspec import Meta

from magnitizdat.catalogue import strict_json
from magnitizdat.catalogue.clubs import CLUB_KINDS
from magnitizdat.catalogue.premieres import PREMIERE_KINDS
from magnitizdat.catalogue.voices import VOICES
from magnitizdat.errors import DamagedError, UsageError
from magnitizdat.formats import budgets
from magnitizdat.formats.misfit import misfit
from magnitizdat.model import (
    MEDIA_TYPES,
    AgeRecipientOrNone,
    Card,
    Document,
    File,
    LanguageTag,
    Name,
    Release,
    ShortText,
)
from magnitizdat.sentence import Sentence, say

LABEL_SCHEMA: Final = "magnitizdat/label/1"
LABEL_PATH = "00/label.json"
"""Target path of a label's own document."""

MAX_RELEASE_LENGTH = budgets.RELEASE.most
"""Bytes of one release document: room for some 10 000 tracks."""
MAX_LABEL_LENGTH = budgets.LABEL_DOCUMENT.most
"""Bytes of `label.json`."""
MAX_CARD_LENGTH = budgets.CARD.most
"""Bytes of a card file."""

T = TypeVar("T")
_RUNS = re.compile("svg|html|xml|script|css")
_SCHEMA = re.compile(r"magnitizdat/[a-z][a-z0-9-]{0,31}/[0-9]{1,9}")


class UnknownSchemaError(DamagedError):
    """A document that names another schema of ours than was looked for: nobody here knows what it says."""

    def __init__(self, sentence: Sentence, schema: str) -> None:
        super().__init__(sentence)
        self.schema = schema


_schema_names: dict[type, str] = {}  # reading a class's fields takes longer than decoding a document


class LabelDocument(Document, frozen=True, kw_only=True):
    """What a label says of itself. `notes` are the home page's lines by language; `letters` an address for letters."""

    schema: Literal["magnitizdat/label/1"] = LABEL_SCHEMA
    name: Name
    language: LanguageTag = "und"
    aliases: Annotated[tuple[Name, ...], Meta(max_length=64)] = ()
    notes: dict[LanguageTag, Annotated[str, Meta(max_length=65536)]] = msgspec.field(default_factory=dict)
    support: ShortText = ""
    letters: AgeRecipientOrNone = ""


def decode(kind: type[T], data: bytes, *, max_length: int) -> T:
    """A document of `kind` out of at most `max_length` bytes. Unknown fields are ignored: newer writers may add some.

    Raises: DamagedError if it is too long, too deep, not JSON, has a key twice, does not name or fit the schema, or (a
    release) lists a file of a media type that is not carried or whose piece digests do not fit its length;
    UnknownSchemaError if it names another schema.
    """
    parsed = strict_json.parse(data, max_length=max_length, what=say("the document"))
    expected = _schema_name(kind)
    if expected and (not isinstance(parsed, dict) or parsed.get("schema") != expected):
        named = parsed.get("schema") if isinstance(parsed, dict) else None
        message = say("the document is of another kind than is looked for; ask for a fresh copy")
        if isinstance(named, str) and _SCHEMA.fullmatch(named):
            raise UnknownSchemaError(message, named)
        raise DamagedError(message)
    try:
        value = msgspec.json.decode(data, type=kind)
    except msgspec.ValidationError as exc:
        raise DamagedError(
            say("the document is not one that this program can read ({why}); ask for a fresh copy", why=misfit(exc))
        ) from exc
    except (msgspec.DecodeError, RecursionError) as exc:
        raise DamagedError(say("the document cannot be read; ask for a fresh copy")) from exc
    if isinstance(value, Release):
        _check_release(value)
        return cast("T", _without_images(value))
    return value


def encode(value: object) -> bytes:
    """Compact UTF-8 JSON with sorted keys, the same bytes for the same value; defaults are left out, not `schema`.

    Neither is read or signed what tracks of a release were cut from: images stay in the library that cut them.

    Raises: UsageError if `value` does not fit its own schema: nothing is signed that `decode` would refuse.
    """
    plain = msgspec.to_builtins(_without_images(value) if isinstance(value, Release) else value)
    if schema_name := _schema_name(type(value)):
        plain["schema"] = schema_name
    try:
        if isinstance(msgspec.convert(plain, type(value)), Release):
            _check_release(cast("Release", value))
    except (msgspec.ValidationError, DamagedError) as exc:
        why = exc.sentence if isinstance(exc, DamagedError) else misfit(exc)
        raise UsageError(say("this cannot be signed as it is ({why}); correct it and try again", why=why)) from exc
    return msgspec.json.encode(plain, order="sorted")


def _schema_name(kind: type) -> str:
    """What `schema` must say, so that no signed document is taken for one of another kind; empty for other values."""
    if kind not in _schema_names:
        fields = msgspec.structs.fields(kind) if issubclass(kind, msgspec.Struct) else ()
        _schema_names[kind] = next((str(field.default) for field in fields if field.name == "schema"), "")
    return _schema_names[kind]


def _without_images(release: Release) -> Release:
    return msgspec.structs.replace(release, images=()) if release.images else release


def _check_release(release: Release) -> None:
    for file, place in _typed_files(release):
        if not _is_carried(file.media_type, place):
            raise DamagedError(say("the album lists a file of a kind that is not passed on; ask the label for another"))
        if not file.is_consistent():
            raise DamagedError(say("the album's list does not fit the length of a file; ask for a fresh copy"))


def _is_carried(media_type: str, place: str) -> bool:
    """Known, or of a newer mag: then it fits its place, is nothing that a browser runs, and is carried unopened."""
    return (media_type in MEDIA_TYPES and media_type.startswith(place)) or (
        re.fullmatch(rf"{place}[a-z0-9][a-z0-9.+-]{{0,50}}", media_type) is not None
        and _RUNS.search(media_type) is None
    )


def _typed_files(release: Release) -> Iterator[tuple[File, str]]:
    """Each file, and how a media type begins that may stand in its place."""
    covers = [release.cover, *(track.cover for track in release.tracks)]
    yield from ((cover, "image/") for cover in covers if cover is not None)
    yield from ((note, "text/") for note in release.notes.values())
    yield from ((image.file, "audio/") for image in release.images)
    yield from ((image.sheet, "text/") for image in release.images if image.sheet is not None)
    for track in release.tracks:
        yield track.file, "audio/"
        yield from ((rendition.file, "audio/") for rendition in track.renditions)
        yield from ((lyrics.file, "text/") for lyrics in track.lyrics)


def schema(kind: type) -> dict[str, Any]:
    """JSON Schema (2020-12) of a document."""
    found = {"$schema": "https://json-schema.org/draft/2020-12/schema", **msgspec.json.schema(kind)}
    found["$defs"][kind.__name__]["required"] = ["schema", *found["$defs"][kind.__name__].get("required", [])]
    return found


def forms() -> dict[str, type]:
    """By the file name of its schema: all that labels sign or people hand to each other."""
    from magnitizdat.catalogue.holder_cards import HolderCard
    from magnitizdat.catalogue.proposals import Proposal

    kinds: dict[str, type] = {"release.json": Release, "label.json": LabelDocument, "card.json": Card}
    kinds |= {"holder.json": HolderCard, "proposal.json": Proposal}
    return kinds | {f"{kind}.json": form for kind, form in {**VOICES, **CLUB_KINDS, **PREMIERE_KINDS}.items()}
