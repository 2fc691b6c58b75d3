"""The table of row kinds: what each does to the index, and how it comes back where its page of the journal is hurt.

A kind is one entry here and one class in `journal`; commits, the tail, `doctor` and `doctor --rebuild` know no other
list, and `docs/formats.md` is compared with it. Rows of kinds that are not in it are carried (ADR 0032).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Any, NamedTuple, cast

import msgspec

from magnitizdat.errors import LibraryBusyError
from magnitizdat.library import listening, unread
from magnitizdat.library.database import Database
from magnitizdat.library.journal import (
    AlbumGone,
    AlbumRow,
    AppGone,
    AppRow,
    BookmarkGone,
    BookmarkRow,
    Entry,
    FriendGone,
    FriendRow,
    JournalLine,
    LabelRow,
    PastRow,
    PlaylistGone,
    PlaylistRow,
    PlayRow,
    PublishedRow,
    QueueRow,
    RatingRow,
    Row,
    StarRow,
    TrackGone,
    TrackRow,
    UnknownRow,
    decode_row,
)
from magnitizdat.library.shelf import Shelf

Apply = Callable[[Shelf, Entry], object]
Restore = Callable[[Database, str, int], list[JournalLine]]
MendRows = Callable[[Shelf], Iterable[Row]]


class RowKind(NamedTuple):
    """All that is known of one kind of row.

    `apply` makes the index say what an entry says, inside a transaction. Of a hurt page (device, first counter),
    `restore` gives the lines that the index still holds, to be sealed again under their own counters; `mend` gives new
    rows that say how things are now, where lines are not kept. Several kinds may share one of these: it then answers
    for all of them.
    """

    form: type[Any]
    apply: Apply
    restore: Restore
    mend: MendRows
    about: str

    @property
    def name(self) -> str:
        """What `row` says in its lines; empty for those of which this version knows no kind."""
        return str(getattr(self.form.__struct_config__, "tag", None) or "")


def _nothing(_shelf: Shelf, _entry: Entry) -> None:
    """It says nothing about the library."""


def _no_lines(_db: Database, _device: str, _first: int) -> list[JournalLine]:
    return []


def _no_rows(_shelf: Shelf) -> Iterator[Row]:
    return iter(())


def _album(shelf: Shelf, entry: Entry) -> None:
    shelf.put_own(cast("AlbumRow", entry.row).release)


def _album_gone(shelf: Shelf, entry: Entry) -> None:
    row = cast("AlbumGone", entry.row)
    shelf.remove(row.release_id, row.imprint)


def _track(shelf: Shelf, entry: Entry) -> None:
    row = cast("TrackRow", entry.row)
    shelf.put_track(row.release_id, row.track)


def _track_gone(shelf: Shelf, entry: Entry) -> None:
    row = cast("TrackGone", entry.row)
    shelf.drop_track(row.release_id, row.track)


def _published(shelf: Shelf, entry: Entry) -> None:
    row = cast("PublishedRow", entry.row)
    shelf.put_published(row.release_id, row.imprint)


def _label(shelf: Shelf, entry: Entry) -> None:
    shelf.put_label(cast("LabelRow", entry.row))


def _friend(shelf: Shelf, entry: Entry) -> None:
    row = cast("FriendRow", entry.row)
    shelf.put_friend(row.name, row.card)


def _friend_gone(shelf: Shelf, entry: Entry) -> None:
    shelf.drop_friend(cast("FriendGone", entry.row).name)


def _play(shelf: Shelf, entry: Entry) -> None:
    listening.apply_play(shelf.db, entry.device, entry.counter, cast("PlayRow", entry.row))


def _keep(shelf: Shelf, entry: Entry) -> None:
    listening.apply(shelf.db, entry)


def _carry(shelf: Shelf, entry: Entry) -> None:
    unread.keep(shelf.db, entry)


def _albums_now(shelf: Shelf) -> Iterator[Row]:
    """Tombstones first: what a hurt page said is not known."""
    for (album,) in shelf.db.all("SELECT DISTINCT substr(subject, 7) FROM row WHERE subject GLOB 'album:*'"):
        if not album.startswith("mag1"):
            yield AlbumGone(release_id=album)
    for imprint, release_id in shelf.db.all("SELECT imprint, release_id FROM release WHERE gone"):
        yield AlbumGone(release_id=release_id, imprint=imprint)
    for view in list(shelf.albums("a.own")):
        release = shelf.release(view.id)
        if release is not None:
            yield AlbumRow(release=msgspec.structs.replace(release, tracks=()))
            yield from (TrackRow(release_id=release.id, track=track) for track in release.tracks)
            if view.imprint:
                yield PublishedRow(release_id=release.id, imprint=view.imprint)


def _labels_now(shelf: Shelf) -> Iterator[Row]:
    for label in shelf.labels():
        yield LabelRow(
            imprint=label.imprint, name=label.name, standing=label.standing, heard=label.heard, frozen=label.frozen
        )


def _friends_now(shelf: Shelf) -> Iterator[Row]:
    friends = shelf.friends()
    for (name,) in shelf.db.all("SELECT DISTINCT substr(subject, 8) FROM row WHERE subject GLOB 'friend:*'"):
        if name not in friends:
            yield FriendGone(name=name)
    yield from (FriendRow(name=name, card=card) for name, card in friends.items())


def _of_shelf(form: type[Any], apply: Apply, mend: MendRows, about: str) -> RowKind:
    return RowKind(form, apply, _no_lines, mend, about)


def _of_listening(form: type[Any], about: str) -> RowKind:
    return RowKind(form, _keep, listening.lines_of_page, _no_rows, about)


KINDS = (
    _of_shelf(AlbumRow, _album, _albums_now, "fields of an own album; its `release` has no tracks"),
    _of_shelf(TrackRow, _track, _albums_now, "a track on an own album"),
    _of_shelf(TrackGone, _track_gone, _albums_now, "it is no longer on it"),
    _of_shelf(AlbumGone, _album_gone, _albums_now, "an album was removed; with `imprint` it is a label's"),
    _of_shelf(PublishedRow, _published, _albums_now, "an own album stands in an own label"),
    _of_shelf(LabelRow, _label, _labels_now, "how we stand to a label, and when we last heard of it"),
    _of_shelf(FriendRow, _friend, _friends_now, "a friend's card, under our name for it"),
    _of_shelf(FriendGone, _friend_gone, _friends_now, "it was removed"),
    _of_listening(StarRow, "a listener's star, given at that time; taken back where `at` is empty"),
    _of_listening(RatingRow, "one to five stars of a listener; 0 takes them back"),
    RowKind(PlayRow, _play, listening.plays_of_page, _no_rows, "a track was heard; plays add up"),
    _of_listening(PlaylistRow, "a playlist: songs in their order, or the rule that finds them"),
    _of_listening(PlaylistGone, "it was removed"),
    _of_listening(QueueRow, "what a listener was about to hear"),
    _of_listening(BookmarkRow, "a place in a song"),
    _of_listening(BookmarkGone, "it was removed"),
    _of_listening(AppRow, "a player of the household, and its secret"),
    _of_listening(AppGone, "it was removed"),
    _of_shelf(PastRow, _nothing, _no_rows, "nothing: it fills the place of a counter"),
    RowKind(UnknownRow, _carry, unread.lines_of_page, _no_rows, "what a newer mag wrote: kept as it is"),
)
_BY_FORM = {kind.form: kind for kind in KINDS}
_NAMES = " ".join(sorted(kind.name for kind in KINDS))
_KNOWN = "row kinds"


def apply(shelf: Shelf, entry: Entry) -> None:
    """Make the index say what a row says; inside a transaction."""
    _BY_FORM[type(entry.row)].apply(shelf, entry)


def restore(db: Database, device: str, first: int) -> list[JournalLine]:
    """Of a page, by the counter that it begins with, the lines that the index still holds."""
    ways = dict.fromkeys(kind.restore for kind in KINDS)
    return sorted(line for way in ways for line in way(db, device, first))


def mend(shelf: Shelf) -> Iterator[Row]:
    """Rows that say how things are now, for what pages said of which no line is kept."""
    for way in dict.fromkeys(kind.mend for kind in KINDS):
        yield from way(shelf)


def recognise(shelf: Shelf) -> None:
    """Rows that an older mag only carried are read, where this one knows their kinds."""
    if shelf.db.read_only or not unread.count(shelf.db) or shelf.db.meta(_KNOWN) == _NAMES:
        return
    with suppress(LibraryBusyError), shelf.db.transaction():  # where it is busy: the next time that it is opened
        for device, counter, line in unread.lines(shelf.db):
            row = decode_row(line)
            if not isinstance(row, UnknownRow):
                apply(shelf, Entry(device, counter, row, line))
                unread.forget(shelf.db, device, counter)
        shelf.db.set_meta(_KNOWN, _NAMES)
