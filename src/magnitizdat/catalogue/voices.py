"""Voices: what one label says of others, as signed documents. PURE.

A label says one thing about one subject: the id of a voice is made of its kind and subject, so saying it again stands
in the place of what was said before. Text is plain, never a link. Field names follow schema.org and MusicBrainz.
"""

from __future__ import annotations

import hashlib
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from magnitizdat.model import (
    END,
    Checkpoint,
    DigestField,
    Document,
    Imprint,
    ImprintOrNone,
    LanguageTag,
    Name,
    ReleaseIdOrNone,
    ShortText,
    Value,
)

VOUCH: Final = "vouch"
REVIEW: Final = "review"
COMPILATION: Final = "compilation"

MAX_NAMED_TRACKS = 64
"""Track ids by which a voice names an album."""
MAX_COMPILED = 1000
"""Tracks of one compilation."""
ID_LENGTH = 32
LanguageTagOrNone = Annotated[str, Meta(pattern="^([a-z]{2,3}(-[A-Za-z0-9]{2,8})*)?" + END)]


class HeardList(Value, frozen=True, kw_only=True):
    """The newest list (targets) of a label that its voucher holds: version, SHA-256 of its canonical `signed` part."""

    version: Annotated[int, Meta(ge=1)]
    sha256: DigestField


class Vouch(Document, frozen=True, kw_only=True):
    """Somebody knows who is behind a label, and that it is this one. `checkpoint` is its newest root as he holds it."""

    schema: Literal["magnitizdat/vouch/1"] = "magnitizdat/vouch/1"
    imprint: Imprint
    name: Name
    checkpoint: Checkpoint
    heard: HeardList | None = None
    note: ShortText = ""

    @property
    def id(self) -> str:
        """One for each label."""
        return voice_id(VOUCH, self.imprint)


class NamedAlbum(Value, frozen=True, kw_only=True):
    """An album by the name that it has where it was signed, if it was, and by what it consists of.

    `tracks` are ids of up to 64 of its tracks, in the order of listening.
    """

    artist: Name
    title: Name
    imprint: ImprintOrNone = ""
    release_id: ReleaseIdOrNone = ""
    tracks: Annotated[tuple[DigestField, ...], Meta(max_length=MAX_NAMED_TRACKS)] = ()


class Review(Document, frozen=True, kw_only=True):
    """What a label says of an album; all but the album may be left out. A pick is `recommended` alone."""

    schema: Literal["magnitizdat/review/1"] = "magnitizdat/review/1"
    item_reviewed: NamedAlbum
    recommended: bool = False
    rating_value: Annotated[int, Meta(ge=1, le=5)] | None = None
    headline: Annotated[str, Meta(max_length=512)] = ""
    review_body: Annotated[str, Meta(max_length=20_000)] = ""
    in_language: LanguageTagOrNone = ""
    date_published: Annotated[str, Meta(pattern=r"^(\d{4}-\d{2}-\d{2})?" + END)] = ""

    @property
    def id(self) -> str:
        """One for each album: by the label's name of it, where it has one, else by its tracks in any order."""
        album = self.item_reviewed
        if album.imprint and album.release_id:
            return voice_id(REVIEW, album.imprint, album.release_id)
        return voice_id(REVIEW, *sorted(set(album.tracks)))


class CompiledTrack(Value, frozen=True, kw_only=True):
    """One track of a compilation: `track_id` finds it wherever it is, the rest tells what it is where it is not."""

    track_id: DigestField
    title: Name
    artist: Name
    imprint: ImprintOrNone = ""
    release_id: ReleaseIdOrNone = ""
    duration_s: Annotated[float, Meta(ge=0, le=1e7)] = 0.0


class Compilation(Document, frozen=True, kw_only=True):
    """A signed playlist. `playlist` is a name of chance of the one that it was made of; `notes` are by language."""

    schema: Literal["magnitizdat/compilation/1"] = "magnitizdat/compilation/1"
    playlist: Annotated[str, Meta(pattern="^[0-9a-f]{32}" + END)]
    name: Name
    notes: Annotated[dict[LanguageTag, Annotated[str, Meta(max_length=20_000)]], Meta(max_length=16)] = msgspec.field(
        default_factory=dict
    )
    tracks: Annotated[tuple[CompiledTrack, ...], Meta(max_length=MAX_COMPILED)] = ()
    date_published: Annotated[str, Meta(pattern=r"^(\d{4}-\d{2}-\d{2})?" + END)] = ""

    @property
    def id(self) -> str:
        """One for each playlist."""
        return voice_id(COMPILATION, self.playlist)


Voice = Vouch | Review | Compilation
VOICES: dict[str, type[Voice]] = {VOUCH: Vouch, REVIEW: Review, COMPILATION: Compilation}


def voice_id(kind: str, *subject: str) -> str:
    """32 hex of the SHA-256 over `magnitizdat voice`, the kind and what it is about, with 0x1f between them (UTF-8)."""
    words = "\x1f".join(("magnitizdat voice", kind, *subject))
    return hashlib.sha256(words.encode()).hexdigest()[:ID_LENGTH]
