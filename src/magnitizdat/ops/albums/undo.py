"""`mag log` and `mag undo`: what was done here, and a whole command taken back.

Field by field (ADR 0055): what was changed again since is not lost. An undo is a command as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any, NamedTuple

import msgspec

from magnitizdat.errors import UsageError
from magnitizdat.library.index.commands import DoneCommand
from magnitizdat.library.index.pages import RowPlace
from magnitizdat.library.journal import AlbumGone, AlbumRow, Row, TrackGone, TrackRow
from magnitizdat.library.library import Changes, Library
from magnitizdat.model import Outcome, Value
from magnitizdat.ops.albums.changed_fields import ChangedFields, changed_fields
from magnitizdat.ops.albums.corrections import read_row
from magnitizdat.ops.albums.edit import own_album
from magnitizdat.ops.albums.put_back import in_their_turn
from magnitizdat.sentence import Sentence, advice, listed, say

_ORDER = (AlbumRow, TrackGone, TrackRow, AlbumGone)
"""An album is there before its tracks are, and goes after them; a file goes before another of the same sound comes."""
_WORDS = {
    "edit": say("Corrected: {albums}."),
    "merge": say("Merged into one: {albums}."),
    "split": say("Split: {albums}."),
    "remove": say("Removed: {albums}."),
    "repair": say("Old tags repaired: {albums}."),
    "update": say("Tags as another program wrote them: {albums}."),
    "undo": say("Taken back: {albums}."),
}


class Command(Value, frozen=True, kw_only=True, omit_defaults=False):
    """A command of a person's: its `number` in the order of commands, when, its verb, the albums and how many.

    `undoes` is the number of one that it took back; `is_undone` where one took this back, and that stands. `fields` and
    `song_fields` are what it changed of albums and of `songs` songs, as the model names them.
    """

    number: int
    id: str
    at: str
    verb: str
    albums: tuple[str, ...]
    count: int
    undoes: int = 0
    is_undone: bool = False
    fields: tuple[str, ...] = ()
    song_fields: tuple[str, ...] = ()
    songs: int = 0

    def sentence(self) -> Sentence:
        """In words."""
        changed = ChangedFields(self.fields, self.song_fields, self.songs)
        return _in_words(self.verb, self.albums, self.count, changed)


def _in_words(verb: str, albums: Sequence[str], count: int, changed: ChangedFields) -> Sentence:
    names = listed(albums) if count <= len(albums) else say("{n} albums", n=count)
    return _WORDS.get(verb, say("{verb}: {albums}.")).filled(albums=changed.named(names), verb=verb)


class UndoReport(Value, frozen=True, kw_only=True):
    """A command taken back: which, what it was, how many entries, and the ids of albums that are as they were."""

    number: int
    what: Sentence
    changed: int
    albums: tuple[str, ...]

    def outcome(self) -> Outcome:
        """How to take that back, too."""
        return Outcome(
            headline=advice(
                terminal=say(
                    "{changed} {changed:entry is as it was|entries are as they were}; `mag undo` does it again.",
                    changed=self.changed,
                ),
                page=say("{changed} {changed:entry is as it was|entries are as they were}.", changed=self.changed),
            ),
            lines=(say("It was command {number}. {what}", number=self.number, what=self.what),),
        )


class Log(Value, frozen=True, kw_only=True, omit_defaults=False):
    """Some of what was done here, the newest first, and how much there is in all."""

    commands: tuple[Command, ...]
    total: int


def log(library: Library, *, offset: int = 0, count: int = 20) -> Log:
    """What was done here."""
    everything = library.index.commands.all()
    numbers = {each.row.id: len(everything) - place for place, each in enumerate(everything)}
    undone = _undone(everything)
    shown = everything[offset : offset + count]
    commands = (_command(library, each, numbers, is_undone=each.row.id in undone) for each in shown)
    return Log(commands=tuple(commands), total=len(everything))


def _command(library: Library, done: DoneCommand, numbers: Mapping[str, int], *, is_undone: bool) -> Command:
    row, changed = done.row, changed_fields(library, done)
    return Command(
        number=numbers[row.id],
        id=row.id,
        at=row.at,
        verb=row.verb,
        albums=row.albums,
        count=row.count,
        undoes=numbers.get(row.undoes, 0),
        is_undone=is_undone,
        fields=changed.album,
        song_fields=changed.song,
        songs=changed.songs,
    )


def _undone(everything: Sequence[DoneCommand]) -> set[str]:
    """Commands that were taken back by one that stands: the newest stands, and each that it does not undo."""
    undone = set[str]()
    for each in everything:
        if each.row.undoes and each.row.id not in undone:
            undone.add(each.row.undoes)
    return undone


def undo(library: Library, number: int = 0, *, now: datetime | None = None) -> UndoReport:
    """Take a command back, all of it or nothing; the newest where `number` is 0.

    Raises: UsageError where there is none, it is taken back already, or what it did was changed again.
    """
    with library.changes() as changes:  # first: nobody else takes it back, or changes it again, meanwhile
        everything = library.index.commands.all()
        place = _place_of(everything, number)
        return _take_back(library, changes, everything[place], len(everything) - place, now)


def _place_of(everything: Sequence[DoneCommand], number: int) -> int:
    """Where among all commands, the newest first, the one stands that is to be taken back.

    Raises: UsageError where there is none, or it is taken back already.
    """
    if not 0 <= number <= len(everything) or not everything:
        raise UsageError(
            advice(
                terminal=say("there is no command {number} to take back; `mag log` lists them", number=number),
                page=say("there is nothing of number {number} to take back; look at the list again", number=number),
            )
            if number
            else say("nothing was done here yet that could be taken back")
        )
    place = len(everything) - number if number else 0
    if everything[place].row.id in _undone(everything):
        raise UsageError(say("command {number} is taken back already", number=number))
    return place


def undo_on(library: Library, target: str, *, now: datetime | None = None) -> int:
    """Take back the last command about an own album, or what an older mag did there; again: do it again. Rows changed.

    Raises: UsageError where nothing was done.
    """
    with library.changes() as changes:
        view, _ = own_album(library, target)
        by_subject = library.index.pages.of_album(view.release_id)
        edits = [edit for rows in by_subject.values() if (edit := _last_edit(library, rows)) is not None]
        newest = max((edit.place.counter for edit in edits), default=-1)
        for place in sorted((place for rows in by_subject.values() for place in rows), key=_by_counter, reverse=True):
            done = library.index.commands.of_row(place.device, place.counter)
            if done is not None and place.counter >= newest:
                return _take_back(library, changes, done, 0, now).changed
        page = max((edit.place.first for edit in edits if edit.place.counter == newest), default=None)
        back = [_with_files_of(library, edit.before, edit.now) for edit in edits if edit.place.first == page]
        if not back:
            raise UsageError(say("nothing on «{title}» was edited, so there is nothing to undo", title=view.title))
        for row in back:
            changes.row(row)
        changes.done("undo", [view.title], now=now)
        changes.commit()
        return len(back)


def _by_counter(place: RowPlace) -> int:
    return place.counter


def _take_back(library: Library, changes: Changes, done: DoneCommand, number: int, now: datetime | None) -> UndoReport:
    rows = in_their_turn(library, _rows_back(library, done), done.start)
    rows.sort(key=lambda row: _ORDER.index(type(row)))
    for row in rows:
        changes.row(row)
    changes.done("undo", done.row.albums, now=now, undoes=done.row.id)
    changes.commit()
    albums = tuple(dict.fromkeys(_album_of(row) for row in rows))
    what = _in_words(done.row.verb, done.row.albums, done.row.count, changed_fields(library, done))
    return UndoReport(number=number, what=what, changed=len(rows), albums=albums)


def _album_of(row: Any) -> str:
    return str(row.release.id if isinstance(row, AlbumRow) else row.release_id)


def _rows_back(library: Library, done: DoneCommand) -> list[Row]:
    """What has to be written so that a command was never given.

    Raises: UsageError where something that it did was changed again, or is not here any more.
    """
    written = dict(library.index.pages.between(done.device, done.start, done.counter))
    found = list[Row]()
    for subject, place in written.items():
        rows = library.index.pages.of_subject(subject)
        earlier = next((each for each in rows if each.counter < done.start), None)
        before = read_row(library, *earlier) if earlier else None
        made, current = read_row(library, *place), read_row(library, *rows[0])
        found += _row_back(library, before, made, current)
    return found


def _row_back(library: Library, before: Row | None, made: Row, current: Row) -> list[Row]:
    match before, made, current:
        case AlbumRow(release=old), AlbumRow(release=new), AlbumRow(release=now):
            bare = AlbumRow(release=_fields_back(old, new, now, old.title))
            return [_with_files_of(library, bare, current)]
        case TrackRow(track=old), TrackRow(track=new), TrackRow(track=now):
            track = _fields_back(old, new, now, old.title)
            return [_with_files_of(library, TrackRow(release_id=current.release_id, track=track), current)]
    if _bare(made) != _bare(current):
        raise _changed_since(_title(current))
    match made:
        case AlbumRow(release=release):
            return [AlbumGone(release_id=release.id)]
        case TrackRow(release_id=album, track=track):
            return [TrackGone(release_id=album, track=track)]
        case AlbumGone() if isinstance(before, AlbumRow):
            return [before, *_tracks_of(library, before)]
        case TrackGone() if isinstance(before, TrackRow):
            return [_here(library, before)]
    raise UsageError(
        advice(
            terminal=say("what a label signed does not come back by an undo; `mag dub --again` takes it again"),
            page=say("what a label signed does not come back by an undo; take it again from a stick"),
        )
    )


def _fields_back(old: Any, made: Any, now: Any, title: str) -> Any:
    """The value as it is, with what was changed as it was before.

    Raises: UsageError where one of these was changed again.
    """
    changed = [name for name in old.__struct_fields__ if getattr(old, name) != getattr(made, name)]
    changed = [name for name in changed if name not in {"renditions", "images"}]
    if any(getattr(now, name) != getattr(made, name) for name in changed):
        raise _changed_since(title)
    return msgspec.structs.replace(now, **{name: getattr(old, name) for name in changed})


def _changed_since(title: str) -> UsageError:
    return UsageError(
        advice(
            terminal=say(
                "«{title}» was changed again since; take that back first (`mag log` lists all of it)", title=title
            ),
            page=say("«{title}» was changed again since; take that back first", title=title),
        )
    )


def _title(row: Any) -> str:
    if isinstance(row, AlbumRow):
        return row.release.title
    return str(row.track.title) if isinstance(row, TrackRow | TrackGone) else str(row.release_id)[:8]


def _tracks_of(library: Library, album: AlbumRow) -> Iterable[Row]:
    """The tracks that an album had when it was removed.

    Raises: UsageError where their space was given back.
    """
    for subject, rows in library.index.pages.of_album(album.release.id).items():
        row = read_row(library, *rows[0])
        if subject.startswith("track:") and isinstance(row, TrackRow):
            yield _here(library, row)


def _here(library: Library, row: TrackRow) -> TrackRow:
    if not library.shelf.holds(row.track.file):
        raise UsageError(
            say("the space of «{title}» was given back; import it again, or dub it", title=row.track.title)
        )
    return row


class _Edit(NamedTuple):
    place: RowPlace
    before: Row
    now: Row


def _last_edit(library: Library, rows: Sequence[RowPlace]) -> _Edit | None:
    """The newest of a subject's rows that a person made: a small version that was put on a track is no edit.

    What was removed and taken in again has its edits since then: removing is none, and is not put on again.
    """
    now = newest = read_row(library, *rows[0])
    for place, earlier in pairwise(rows):
        before = read_row(library, *earlier)
        if isinstance(before, AlbumGone | TrackGone):
            return None
        if _bare(before) != _bare(now):
            return _Edit(place, before, newest)
        now = before
    return None


def _bare(row: Row) -> Row:
    if isinstance(row, AlbumRow):  # an image that came in later is no edit either
        return AlbumRow(release=msgspec.structs.replace(row.release, images=()))
    if not isinstance(row, TrackRow):
        return row
    return TrackRow(release_id=row.release_id, track=msgspec.structs.replace(row.track, renditions=()))


def _with_files_of(library: Library, before: Row, now: Row) -> Row:
    """Covers and words whose space was given back do not come again: the present ones stay, and small versions do."""
    match before, now:
        case AlbumRow(release=old), AlbumRow(release=new):
            cover = new.cover if old.cover and not library.shelf.holds(old.cover) else old.cover
            return AlbumRow(release=msgspec.structs.replace(old, cover=cover, images=new.images))
        case TrackRow(track=old), TrackRow(track=new):
            cover = new.cover if old.cover and not library.shelf.holds(old.cover) else old.cover
            words = old.lyrics if all(library.shelf.holds(each.file) for each in old.lyrics) else new.lyrics
            kept = msgspec.structs.replace(old, cover=cover, lyrics=words, renditions=new.renditions)
            return TrackRow(release_id=before.release_id, track=kept)
    return before
