"""Rows: what a person did to the library, keyed by (device, counter), never changed once written (law 11).

Rows go into the vault beside the music, as JSON lines, so that slot and cells alone rebuild the catalogue and
libraries can be merged. The newest row about a subject wins; `*Gone` rows are tombstones.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from magnitizdat.errors import LibraryError
from magnitizdat.model import Card, Release, Track, Value

Standing = Literal["own", "carrier", "followed", "new"]


class AlbumRow(Value, frozen=True, kw_only=True, tag="album", tag_field="row"):
    """The fields of an own, unsigned album; `release.tracks` stays empty."""

    release: Release

    @property
    def subject(self) -> str:
        return f"album:{self.release.id}"


class TrackRow(Value, frozen=True, kw_only=True, tag="track", tag_field="row"):
    """A track on an own album."""

    release_id: str
    track: Track

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


class PublishedRow(Value, frozen=True, kw_only=True, tag="published", tag_field="row"):
    """An own album stands in an own label since then."""

    release_id: str
    imprint: str

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


Row = AlbumRow | TrackRow | TrackGone | AlbumGone | LabelRow | PublishedRow | FriendRow

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Row)


def track_subject(release_id: str, track: Track) -> str:
    """What names a track on an album through all edits of its tags."""
    return f"track:{release_id}:{track.id}:{track.file.sha256[:16]}"


def member_name(device: str, first: int) -> str:
    """Name in the vault of the rows that begin with counter `first`."""
    return f"rows/{device}/{first:012d}.jsonl"


def encode_rows(rows: Sequence[Row]) -> bytes:
    """JSON lines, in the order of their counters."""
    return _encoder.encode_lines(rows)


def decode_rows(lines: bytes) -> list[Row]:
    """The inverse of `encode_rows`.

    Raises: LibraryError where a line is not a row.
    """
    try:
        return _decoder.decode_lines(lines)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as exc:
        raise LibraryError("a page of the library's journal is damaged; run `mag doctor --rebuild`") from exc
