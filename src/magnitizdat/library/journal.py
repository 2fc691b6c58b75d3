"""Rows: what a person did to the library, keyed by (device, counter), never changed once written (law 11).

Rows go into the vault beside the music, as JSON lines, so that slot and cells alone rebuild the catalogue and
libraries can be merged. The newest row about a subject wins; `*Gone` rows are tombstones. What each kind does to the
index, and how it comes back, stands in the table of `rows`.
"""

from __future__ import annotations

from typing import Annotated, Literal, NamedTuple

import msgspec

from magnitizdat.errors import LibraryError
from magnitizdat.library.club_rows import ClubsRow
from magnitizdat.library.given_rows import GivenRows
from magnitizdat.library.holder_rows import SigningRow
from magnitizdat.library.index.smart import Smart
from magnitizdat.library.post_rows import PostRow
from magnitizdat.library.slip_rows import SlipsRow
from magnitizdat.library.wish_rows import WishesRow
from magnitizdat.model import Card, Name, Release, Track, Value
from magnitizdat.ways import JOURNAL_DAMAGED

Standing = Literal["own", "carrier", "followed", "new"]
Kind = Literal["track", "album", "artist"]
"""What stars and ratings hang on: the digest of a track's audio, an album's id, or an artist's."""


class AlbumRow(Value, frozen=True, kw_only=True, tag="album", tag_field="row"):
    """The fields of an own, unsigned album; `release.tracks` stays empty."""

    release: Release

    @property
    def subject(self) -> str:
        return f"album:{self.release.id}"


class TrackRow(Value, frozen=True, kw_only=True, tag="track", tag_field="row"):
    """A track on an own album: right `before` another, as `turns` names it; else where it stood, or behind all."""

    release_id: str
    track: Track
    before: Annotated[str, msgspec.Meta(max_length=128)] = ""

    @property
    def subject(self) -> str:
        return track_subject(self.release_id, self.track)


class TrackGone(Value, frozen=True, kw_only=True, tag="track-gone", tag_field="row"):
    """Tombstone of a track on an own album."""

    release_id: str
    track: Track

    @property
    def subject(self) -> str:
        return track_subject(self.release_id, self.track)


class AlbumGone(Value, frozen=True, kw_only=True, tag="album-gone", tag_field="row"):
    """Tombstone of an album: own (`imprint` empty), or a label's release that is not wanted here."""

    release_id: str
    imprint: str = ""

    @property
    def subject(self) -> str:
        return f"album:{self.imprint}{self.release_id}"


class AlbumBack(Value, frozen=True, kw_only=True, tag="album-back", tag_field="row"):
    """A label's release that was removed is wanted here again; a dub brings it."""

    release_id: str
    imprint: str

    @property
    def subject(self) -> str:
        return f"album:{self.imprint}{self.release_id}"


class LabelRow(Value, frozen=True, kw_only=True, tag="label", tag_field="row"):
    """How we stand to a label, and the day on which we last heard of it."""

    imprint: str
    name: str
    standing: Standing
    heard: str = ""
    frozen: str = ""

    @property
    def subject(self) -> str:
        return f"label:{self.imprint}"


class LabelGone(Value, frozen=True, kw_only=True, tag="label-gone", tag_field="row"):
    """Tombstone of a label that is not known here any more; it may come again."""

    imprint: str

    @property
    def subject(self) -> str:
        return f"label:{self.imprint}"


class PublishedRow(Value, frozen=True, kw_only=True, tag="published", tag_field="row"):
    """An own album stands in an own label since version `version` of its list (0: not known); else in none."""

    release_id: str
    imprint: str
    version: int = 0

    @property
    def subject(self) -> str:
        return f"published:{self.imprint}{self.release_id}"


class FriendRow(Value, frozen=True, kw_only=True, tag="friend", tag_field="row"):
    """A friend's card, under the name that we gave it."""

    name: str
    card: Card

    @property
    def subject(self) -> str:
        return f"friend:{self.name}"


class FriendGone(Value, frozen=True, kw_only=True, tag="friend-gone", tag_field="row"):
    """Tombstone of a friend's card."""

    name: str

    @property
    def subject(self) -> str:
        return f"friend:{self.name}"


class StarRow(Value, frozen=True, kw_only=True, tag="star", tag_field="row"):
    """A listener's star, given at that time; taken back where `at` is empty. The owner's listener name is empty."""

    kind: Kind
    target: str
    listener: str = ""
    at: str = ""

    @property
    def subject(self) -> str:
        return f"star:{self.listener}:{self.kind}:{self.target}"


class RatingRow(Value, frozen=True, kw_only=True, tag="rating", tag_field="row"):
    """One to five stars of a listener; 0 takes them back."""

    kind: Kind
    target: str
    listener: str = ""
    stars: Annotated[int, msgspec.Meta(ge=0, le=5)] = 0

    @property
    def subject(self) -> str:
        return f"rating:{self.listener}:{self.kind}:{self.target}"


class PlayRow(Value, frozen=True, kw_only=True, tag="play", tag_field="row"):
    """A track was heard, `count` times by then, from that album. Plays add up: no row replaces another."""

    track: str
    at: str
    listener: str = ""
    album: str = ""
    count: Annotated[int, msgspec.Meta(ge=1, le=1 << 31)] = 1

    @property
    def subject(self) -> str:
        return f"play:{self.listener}:{self.track}"


class PlaylistRow(Value, frozen=True, kw_only=True, tag="playlist", tag_field="row"):
    """A playlist: songs in their order, or the rule that finds them."""

    id: str
    name: str
    owner: str = ""
    comment: str = ""
    public: bool = False
    created: str = ""
    changed: str = ""
    entries: tuple[str, ...] = ()
    rule: Smart | None = None
    source: str = ""
    """What tells the list of another player that it was taken from; empty where a person made it."""
    taken: str = ""
    """What tells the entries as they were when it was taken: as long as it does, nobody changed them."""
    compiled: str = ""
    """A secret of chance, 32 hex digits, once it was signed: what labels call it is made of that."""

    @property
    def subject(self) -> str:
        return f"playlist:{self.id}"


class PlaylistGone(Value, frozen=True, kw_only=True, tag="playlist-gone", tag_field="row"):
    """Tombstone of a playlist; of one that was taken from a list it tells whose it was, and from which."""

    id: str
    owner: str = ""
    source: str = ""

    @property
    def subject(self) -> str:
        return f"playlist:{self.id}"


class QueueRow(Value, frozen=True, kw_only=True, tag="queue", tag_field="row"):
    """What a listener was about to hear: songs, the place of the current one, and how far in it."""

    listener: str = ""
    entries: tuple[str, ...] = ()
    current: int = 0
    position_ms: int = 0
    changed: str = ""
    changed_by: str = ""

    @property
    def subject(self) -> str:
        return f"queue:{self.listener}"


class BookmarkRow(Value, frozen=True, kw_only=True, tag="bookmark", tag_field="row"):
    """A place in a song that a listener wants to come back to."""

    song: str
    listener: str = ""
    position_ms: int = 0
    comment: str = ""
    created: str = ""
    changed: str = ""

    @property
    def subject(self) -> str:
        return f"bookmark:{self.listener}:{self.song}"


class BookmarkGone(Value, frozen=True, kw_only=True, tag="bookmark-gone", tag_field="row"):
    """Tombstone of a bookmark."""

    song: str
    listener: str = ""

    @property
    def subject(self) -> str:
        return f"bookmark:{self.listener}:{self.song}"


class AppRow(Value, frozen=True, kw_only=True, tag="app", tag_field="row"):
    """A player of somebody of the household. Its secret must be here: Subsonic's tokens are made of it."""

    id: str
    name: str
    user: str
    secret: str
    listener: str = ""
    created: str = ""

    @property
    def subject(self) -> str:
        return f"app:{self.id}"

    def __repr__(self) -> str:
        return f"AppRow(id={self.id!r})"


class AppGone(Value, frozen=True, kw_only=True, tag="app-gone", tag_field="row"):
    """Tombstone of an app: its secret opens nothing any more."""

    id: str

    @property
    def subject(self) -> str:
        return f"app:{self.id}"


class DoneRow(Value, frozen=True, kw_only=True, tag="done", tag_field="row"):
    """A command of a person's, which wrote the `rows` rows right before this one; `undoes` one that it takes back.

    `albums` are the names of those that it was about, the first of `count`.
    """

    id: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{16}$")]
    verb: Annotated[str, msgspec.Meta(max_length=32)]
    at: Annotated[str, msgspec.Meta(max_length=32)]
    rows: Annotated[int, msgspec.Meta(ge=0, le=1 << 40)]
    albums: Annotated[tuple[Name, ...], msgspec.Meta(max_length=8)] = ()
    count: Annotated[int, msgspec.Meta(ge=0, le=1 << 40)] = 0
    undoes: Annotated[str, msgspec.Meta(max_length=16)] = ""

    @property
    def subject(self) -> str:
        return f"done:{self.id}"


class PastRow(Value, frozen=True, kw_only=True, tag="past", tag_field="row"):
    """Fills the place of a counter on a page that says nothing: a newer row came before this one was sealed."""

    @property
    def subject(self) -> str:
        return ""


class UnknownRow(Value, frozen=True, kw_only=True):
    """A row of a newer mag: of a kind, or with a value, that this one does not know. It stays the line that it is."""

    kind: str
    line: bytes

    @property
    def subject(self) -> str:
        return f"unknown:{self.kind}"


class Entry(NamedTuple):
    """A row where it stands in the journal; `line` is the row as it was written, without its end."""

    device: str
    counter: int
    row: Row
    line: bytes


JournalLine = tuple[str, int, str, bytes]
"""Device, counter, subject and line of a row: one that the next commit shall seal."""

AlbumsRow = AlbumRow | TrackRow | TrackGone | AlbumGone | AlbumBack
CatalogueRow = AlbumsRow | LabelRow | LabelGone | PublishedRow | FriendRow | FriendGone
ListeningRow = (
    StarRow
    | RatingRow
    | PlayRow
    | PlaylistRow
    | PlaylistGone
    | QueueRow
    | BookmarkRow
    | BookmarkGone
    | AppRow
    | AppGone
    | DoneRow
)
KnownRow = CatalogueRow | ListeningRow | SigningRow | ClubsRow | PostRow | GivenRows | WishesRow | SlipsRow | PastRow
Row = KnownRow | UnknownRow


class _AnyRow(Value, frozen=True, kw_only=True):
    row: str


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(KnownRow)
_any_decoder = msgspec.json.Decoder(_AnyRow)
_NOT_A_ROW = (msgspec.MsgspecError, RecursionError, UnicodeDecodeError)


def track_subject(release_id: str, track: Track) -> str:
    """What names a track on an album through all edits of its tags."""
    return file_subject(release_id, track.id, track.file.sha256)


def file_subject(release_id: str, track: str, sha256: str) -> str:
    """The same by the track's id and the digest of its file."""
    return f"track:{release_id}:{track}:{sha256[:16]}"


def member_name(device: str, first: int, *, sealer: str = "") -> str:
    """Name in the vault of the rows that begin with counter `first`.

    A copy of a library that seals rows of the original says so: the original may seal more rows from the same one on.
    """
    return f"rows/{device}/{first:012d}{f'.{sealer}' if sealer not in {'', device} else ''}.jsonl"


def page_pattern(device: str, first: int) -> str:
    """Names that such a page has, whoever sealed it, and those of its parts."""
    return f"rows/{device}/{first:012d}.*"


def encode_row(row: Row) -> bytes:
    """One line of a page, without its end."""
    return row.line if isinstance(row, UnknownRow) else _encoder.encode(row)


def decode_row(line: bytes) -> Row:
    """The inverse of `encode_row`.

    Raises: LibraryError where it is not a row, of whatever kind.
    """
    try:
        row: Row = _decoder.decode(line)
    except _NOT_A_ROW:
        return _unknown(line)
    return row


def _unknown(line: bytes) -> UnknownRow:
    try:
        return UnknownRow(kind=_any_decoder.decode(line).row, line=line)
    except _NOT_A_ROW as exc:
        raise LibraryError(JOURNAL_DAMAGED) from exc


def split_page(page: bytes) -> list[bytes]:
    """The lines of a page, in the order of their counters."""
    return page.removesuffix(b"\n").split(b"\n")
