"""Files that another program tagged anew, imported again: the same sound is the same track, with the new tags.

Three words meet in each field: what the file said that is here, what it says now, and what stands here. Where a person
corrected something here, that stays; elsewhere the file's new word counts (ADR 0049).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from msgspec import structs

from magnitizdat.errors import MagError
from magnitizdat.library.index.tracks import OwnPlace
from magnitizdat.library.journal import AlbumRow, Row, TrackGone, TrackRow, file_subject
from magnitizdat.library.library import Changes, Library
from magnitizdat.library.turns import named
from magnitizdat.model import File, Lyrics, ReadAt, Release, Track
from magnitizdat.ops.intake.grouping import Taken, group
from magnitizdat.ops.intake.likeness import UNKNOWN
from magnitizdat.ops.intake.one_file import track_of
from magnitizdat.ops.intake.origins import Origin, Origins, is_place_of
from magnitizdat.ops.intake.scan import ScannedFile
from magnitizdat.sentence import advice, say
from magnitizdat.workers.pool import ParserPool
from magnitizdat.workers.values import Parsed

_OF_THE_SOUND = frozenset(
    "id file duration_s codec bit_rate sample_rate channels bit_depth cut_off promised_s".split()
    + "renditions credits cover lyrics chapters".split()
)
TRACK_WORDS = tuple(name for name in Track.__struct_fields__ if name not in _OF_THE_SOUND)
"""Fields of a track that tags say."""
_OF_THE_LABEL = frozenset(
    "schema id cover tracks notes licence support credits aliases carried withdrawn withdrawn_reason images".split()
)
ALBUM_WORDS = tuple(name for name in Release.__struct_fields__ if name not in _OF_THE_LABEL)
_GO_ALONG = {"artists": "artist", "sort_name": "artist", "title_sort": "title"}
"""Whoever corrected the second said something of the first too."""
SIGNED = advice(
    terminal=say(
        "its album is signed, so the signed file stays; what this one says anew stands here, the"
        " next `mag publish` signs it, and `mag undo` takes it back"
    ),
    page=say(
        "its album is signed, so the signed file stays; what this one says anew stands here, and is"
        " signed when you publish it again"
    ),
)


class Retagged(NamedTuple):
    """A file that stands on own albums as it was before."""

    found: ScannedFile
    parsed: Parsed
    taken: Taken
    origin: Origin


class _Change(NamedTuple):
    """A track as its old file says it, as its new file does, and that file; `following` stands behind it."""

    before: Track
    retagged: Retagged
    old: Parsed | None
    following: str


class Retagging:
    """Gathers them while an import goes on, and changes their tracks at its end, when whole albums are known."""

    def __init__(self, library: Library, changes: Changes, pool: ParserPool, roots: Iterable[Path]) -> None:
        self._library = library
        self._origins = Origins(library.index.sources, roots)
        self._changes = changes
        self._pool = pool
        self._waiting: list[Retagged] = []

    def origin(self, found: ScannedFile, parsed: Parsed, standing: Sequence[OwnPlace]) -> Origin | None:
        """What a file was before."""
        return self._origins.of(found, parsed, standing)

    def is_decided(self, parsed: Parsed, file: File, standing: Iterable[OwnPlace]) -> bool:
        """Whether a file adds nothing: its sound is where it says, or it was there itself and a person took it back."""
        return any(is_place_of(each, parsed) or self._stood(each, file) for each in standing)

    def _stood(self, place: OwnPlace, file: File) -> bool:
        return self._library.index.pages.says(file_subject(place.album, place.track, file.sha256))

    def wait(self, retagged: Retagged) -> None:
        """One more."""
        self._waiting.append(retagged)

    def apply(self) -> Iterator[tuple[Retagged, str]]:
        """Change all tracks that wait; each with the digest of the file that its track has now. Nothing is committed.

        It is empty where another file did the same for that track.
        """
        waiting, self._waiting = self._waiting, []
        by_album: dict[str, dict[str, Retagged]] = {}
        for each in waiting:
            for place in each.origin.places:
                by_album.setdefault(place.album, {}).setdefault(place.sha256, each)
        stands: dict[int, str] = {}
        for album, found in by_album.items():
            stands |= self._album(album, found)
        yield from ((each, stands.get(id(each), "")) for each in waiting)

    def _album(self, album: str, found: Mapping[str, Retagged]) -> dict[int, str]:
        release = self._library.shelf.release(album)
        view = self._library.shelf.album(album)
        if release is None or view is None:
            return {}
        said = self._said(release, found)
        album_cover = _album_cover(release, found, said)
        stands, rows = dict[int, str](), list[Row]()
        for place, track in enumerate(release.tracks, 1):
            each = found.get(track.file.sha256)
            if each is not None:
                following = _following(track, release.tracks[place:])
                change = _Change(track, each, said.get(track.file.sha256), following)
                cover = _cover(change, album_cover)
                stands[id(each)], new = _rows(release, change, cover, is_signed=bool(view.imprint))
                rows += new
        changed = structs.replace(release, tracks=(), cover=album_cover, **_album_words(release, found, said))
        rows += [AlbumRow(release=changed)] if changed != structs.replace(release, tracks=()) else []
        self._write(release.title, rows)
        return stands

    def _write(self, title: str, rows: Sequence[Row]) -> None:
        """A command of its own, so that it can be taken back."""
        for row in rows:
            self._changes.row(row)
        if rows:
            self._changes.done("update", [title], rows=len(rows))

    def _said(self, release: Release, found: Mapping[str, Retagged]) -> dict[str, Parsed]:
        """What the files that are here say, by their digests."""
        hints = {sha256: each.origin.place for sha256, each in found.items()}
        folder = _folder(found)
        parsed = self._pool.parse(self._files(release, hints, folder))
        return {sha256: each for sha256, each in parsed if isinstance(each, Parsed)}

    def _files(self, release: Release, hints: Mapping[str, str], folder: str) -> Iterator[tuple[str, ReadAt, str]]:
        for track in release.tracks:
            with suppress(MagError):
                name = track.file.sha256
                yield name, self._library.blob(name), hints.get(name, f"{folder}/{track.title}")


def _rows(release: Release, change: _Change, cover: File | None, *, is_signed: bool) -> tuple[str, list[Row]]:
    """The track with its new file, and its digest; what a label signed keeps its own, and only says something else."""
    before, new = change.before, change.retagged.taken.track
    words = _track_words(change)
    lyrics = _lyrics(before.lyrics, change)
    if is_signed:
        now = structs.replace(before, **words, lyrics=lyrics, cover=cover)
        return now.file.sha256, [TrackRow(release_id=release.id, track=now)] if now != before else []
    facts = {name: getattr(new, name) for name in Track.__struct_fields__ if name not in TRACK_WORDS}
    kept = {"credits": before.credits, "renditions": before.renditions, "chapters": before.chapters}
    stays = {name: words.get(name, getattr(before, name)) for name in TRACK_WORDS}
    now = Track(**{**facts, **kept, **stays, "lyrics": lyrics, "cover": cover})
    return now.file.sha256, [
        TrackGone(release_id=release.id, track=before),
        TrackRow(release_id=release.id, track=structs.replace(new, cover=cover), before=change.following),
        TrackRow(release_id=release.id, track=now),
    ]


def _following(track: Track, behind: Sequence[Track]) -> str:
    """The song behind one whose place on the album is the same, since neither says a number; as rows call it."""
    return named(behind[0]) if behind and behind[0].place == track.place else ""


def _track_words(change: _Change) -> dict[str, Any]:
    """What a track says otherwise. A file that moved may have lost words on its way: none of these erases one."""
    if change.old is None:
        return {}
    retagged = change.retagged
    new = retagged.taken.track
    words = _merged(change.before, _as_track(change), new, TRACK_WORDS)
    if not retagged.origin.has_moved:
        return words
    unsaid = set() if retagged.parsed.tags.title else {"title"}
    return {name: word for name, word in words.items() if _says(word) and name not in unsaid}


def _says(word: object) -> bool:
    return bool(word) and word != UNKNOWN


def _album_words(release: Release, found: Mapping[str, Retagged], said: Mapping[str, Parsed]) -> dict[str, Any]:
    """What an album says otherwise, once all its tracks do; where a person corrected it, that stays."""
    old = {sha256: _taken(sha256, each, release, found) for sha256, each in said.items()}
    now = group([found[sha256].taken if sha256 in found else each for sha256, each in old.items()])
    if len(old) < len({track.file.sha256 for track in release.tracks}) or len(now) != 1:
        return {}
    whole = group(list(old.values()))
    before = [each.release for part in (whole, *(group([each]) for each in old.values())) for each in part]
    corrected = {name for name in ALBUM_WORDS if getattr(release, name) not in [getattr(each, name) for each in before]}
    changed = [
        name
        for name in ALBUM_WORDS
        if len(whole) != 1 or getattr(whole[0].release, name) != getattr(now[0].release, name)
    ]
    words = {name: getattr(now[0].release, name) for name in changed if name not in corrected}
    has_moved = any(each.origin.has_moved for each in found.values())
    return {
        name: word
        for name, word in words.items()
        if _GO_ALONG.get(name) not in corrected and (_says(word) or not has_moved)
    }


def _album_cover(release: Release, found: Mapping[str, Retagged], said: Mapping[str, Parsed]) -> File | None:
    """The picture that all its files have now, where its own is one that they had."""
    new = {each.taken.cover for each in found.values()}
    old = {_sha256(cover.data) for each in said.values() for cover in each.covers}
    is_theirs = release.cover is None or release.cover.sha256 in old
    picture = next(iter(new)) if len(new) == 1 and len(found) == len(release.tracks) and is_theirs else None
    return picture or release.cover


def _as_track(change: _Change) -> Track:
    """What the old file says."""
    old = change.old
    if old is None:
        return change.before
    return track_of(old.tags, old, change.before.file, change.retagged.origin.place, ())


def _merged(here: Track, old: Track, new: Track, names: Iterable[str]) -> dict[str, Any]:
    """Fields that the file says otherwise than before, where here is what it said before."""
    corrected = {name for name in names if getattr(here, name) != getattr(old, name)}
    changed = {name for name in names if getattr(new, name) != getattr(old, name)} - corrected
    return {name: getattr(new, name) for name in changed if _GO_ALONG.get(name) not in corrected}


def _lyrics(here: tuple[Lyrics, ...], change: _Change) -> tuple[Lyrics, ...]:
    """Words in the new file in place of those in the old one; those of a file beside it, or of a person, stay."""
    old = {_sha256(each.text.encode()) for each in change.old.lyrics} if change.old is not None else set[str]()
    new = change.retagged.taken.track.lyrics
    if not new or {each.file.sha256 for each in new} == old:
        return here
    kept = tuple(each for each in here if each.file.sha256 not in old and each not in new)
    return (*new, *kept) if len(kept) < len(here) or not here else here


def _cover(change: _Change, of_album: File | None) -> File | None:
    """The picture in the new file, where here is the one in the old file."""
    here, new = change.before.cover, change.retagged.taken.cover
    if new is None or new == of_album:
        return here if new is None else None
    old = {_sha256(each.data) for each in change.old.covers} if change.old is not None else set[str]()
    if new.sha256 in old:
        return here
    return new if here is None or here.sha256 in old else here


def _taken(sha256: str, parsed: Parsed, release: Release, found: Mapping[str, Retagged]) -> Taken:
    track = next(track for track in release.tracks if track.file.sha256 == sha256)
    hint = found[sha256].origin.place if sha256 in found else f"{_folder(found)}/{track.title}"
    return Taken(hint, parsed.tags, track_of(parsed.tags, parsed, track.file, hint, ()))


def _folder(found: Mapping[str, Retagged]) -> str:
    """Where the others of an album lay, as far as that is known."""
    return next(iter(found.values())).origin.place.rpartition("/")[0]


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
