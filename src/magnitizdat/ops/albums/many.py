"""`mag edit --where`: the same correction of all own albums and tracks that say something, in one command."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from magnitizdat.errors import UsageError
from magnitizdat.formats.folding import folded
from magnitizdat.library.journal import AlbumRow, Row, TrackRow
from magnitizdat.library.library import Library
from magnitizdat.model import Outcome, Release, Track, Value
from magnitizdat.ops.albums.edit import album_rows, replaced, require_dates, require_kind
from magnitizdat.sentence import listed, say

FIELDS = ("artist", "date", "released", "kind", "genres")
"""What many may be given at once."""
_WORDS = ("artist", "date", "kind", "genre")
_ON_TRACKS = ("artist", "genres")
_NAMES = ("artist", "album", "title", "genre", "year", "kind")
_OF_TRACKS = {"artist", "title", "genre"}
_CONDITION = re.compile(rf"(?:^|\s)({'|'.join(_NAMES)}):")
ASKED_FROM = 10
"""Corrected entries from which on a person is asked first."""


class ManyReport(Value, frozen=True, kw_only=True):
    """How many albums and tracks say something else now; the ids of albums that this is about."""

    albums: int
    tracks: int
    ids: tuple[str, ...]

    def outcome(self) -> Outcome:
        """How to take it back."""
        return Outcome(
            headline=say(
                "Corrected {albums} {albums:album|albums}, {tracks} {tracks:track|tracks}; `mag undo` takes it back.",
                albums=self.albums,
                tracks=self.tracks,
            )
        )


class _Planned(NamedTuple):
    release: Release
    rows: list[Row]


def count_where(library: Library, where: str, fields: Mapping[str, Any]) -> ManyReport:
    """What `edit_where` would change.

    Raises: UsageError where `where` or a field is none that can be used here, or nothing says that.
    """
    return _report(_planned(library, where, fields))


def edit_where(library: Library, where: str, fields: Mapping[str, Any]) -> ManyReport:
    """Correct all that say it. `where` is for example `artist:Kino year:1982`: all of it has to hold, in any case.

    Raises: UsageError, as `count_where`.
    """
    with library.changes() as changes:
        planned = _planned(library, where, fields)
        for album in planned:
            for row in album.rows:
                changes.row(row)
        changes.done("edit", [album.release.title for album in planned])
        changes.commit()
    return _report(planned)


def _report(planned: list[_Planned]) -> ManyReport:
    rows = [row for album in planned for row in album.rows]
    return ManyReport(
        albums=sum(isinstance(row, AlbumRow) for row in rows),
        tracks=sum(isinstance(row, TrackRow) for row in rows),
        ids=tuple(album.release.id for album in planned),
    )


def _planned(library: Library, where: str, fields: Mapping[str, Any]) -> list[_Planned]:
    conditions = _conditions(where)
    wrong = [name for name in fields if name not in FIELDS]
    if wrong or not fields:
        raise UsageError(
            say(
                "--where corrects {fields} of many at once; name one of these",
                fields=listed(("artist", "date", "kind", "genre")),
            )
        )
    require_kind(dict(fields))
    require_dates(dict(fields))
    releases = [library.shelf.release(view.id) for view in list(library.shelf.own_albums())]
    planned = [
        _Planned(release, list(_rows(release, conditions, fields))) for release in releases if release is not None
    ]
    found = [album for album in planned if album.rows]
    if not found:
        raise UsageError(
            say("nothing of yours says «{where}», or it says so already; nothing was changed", where=where)
        )
    return found


def _conditions(where: str) -> dict[str, str]:
    parts = _CONDITION.split(where)
    found = {name: folded(text) for name, text in zip(parts[1::2], parts[2::2], strict=True)}
    if parts[0].strip() or not found or not all(found.values()):
        raise UsageError(
            say(
                "«{where}» does not say what; for example --where 'artist:Kino year:1982' ({names})",
                where=where,
                names=listed(_NAMES),
            )
        )
    return found


def _rows(release: Release, conditions: Mapping[str, str], fields: Mapping[str, Any]) -> Iterator[Row]:
    """What corrects one album: it, where it says all of that, and tracks that do."""
    by_track = {track.file.sha256 + track.id: track for track in release.tracks}
    if _holds(conditions, _said_by_album(release)):
        for row in album_rows(release, dict(fields)):
            if isinstance(row, TrackRow):
                by_track[row.track.file.sha256 + row.track.id] = row.track
            elif isinstance(row, AlbumRow) and row.release != _bare(release):
                yield row
    if _OF_TRACKS & set(conditions):
        given = {name: value for name, value in fields.items() if name in _ON_TRACKS}
        for track in release.tracks:
            if given and _holds(conditions, _said_by_track(release, track)):
                by_track[track.file.sha256 + track.id] = replaced(track, given)
    for track in release.tracks:
        now = by_track[track.file.sha256 + track.id]
        if now != track:
            yield TrackRow(release_id=release.id, track=now)


def _bare(release: Release) -> Release:
    """The fields of an album as a row has them."""
    return replaced(release, {"tracks": ()})


def _holds(conditions: Mapping[str, str], said: Mapping[str, set[str]]) -> bool:
    return all(text in {folded(each) for each in said.get(name, set())} for name, text in conditions.items())


def _said_by_album(release: Release) -> dict[str, set[str]]:
    return {
        "artist": {release.artist},
        "album": {release.title},
        "genre": set(release.genres),
        "year": {release.date[:4]},
        "kind": {release.kind},
    }


def _said_by_track(release: Release, track: Track) -> dict[str, set[str]]:
    genres = set(track.genres or release.genres)
    return _said_by_album(release) | {"artist": {track.artist}, "title": {track.title}, "genre": genres}
