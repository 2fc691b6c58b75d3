"""The journal of another library goes into this one: its rows under their devices, and what they say of things.

A row is known by its counter, its line and what it is about. Two folders that were copied by hand may have given out
one counter under one name: then the rows that come get a device that nobody else has, and none replaces another.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache, partial
from itertools import groupby
from secrets import token_hex
from typing import NamedTuple

from magnitizdat.errors import LibraryError
from magnitizdat.library import rows
from magnitizdat.library.index.index import Index
from magnitizdat.library.index.pages import RowPlace
from magnitizdat.library.index.tail import WaitingRow
from magnitizdat.library.journal import Entry, PlayRow, Row, UnknownRow, decode_row
from magnitizdat.library.library import Changes, Library, Step
from magnitizdat.library.sealed_rows import page_lines
from magnitizdat.model import Progress
from magnitizdat.ops.merge import albums
from magnitizdat.ops.merge.saying import Saying, newest, settle
from magnitizdat.sentence import say

ROWS_A_COMMIT = 4096
LENGTH_A_COMMIT = 8 << 20
"""Bytes of rows that are sealed and committed together."""
_PAGES = 16
"""Pages of each journal that are kept in memory."""


class Topic(NamedTuple):
    """All that two libraries say of one thing; `fresh` are those of their rows that are not here."""

    name: str
    ours: list[Saying]
    theirs: list[Saying]
    fresh: list[Saying]


class JournalTally:
    """What came; `contested` counts fields and ratings that were changed on both sides, one of which counts."""

    def __init__(self) -> None:
        self.rows = self.contested = self.removed = self.unreadable = 0
        self.beside = list[str]()


class Journal:
    """Lines of one library's rows."""

    def __init__(self, library: Library) -> None:
        self.index = library.index
        self.device = library.device
        self._page = lru_cache(_PAGES)(partial(page_lines, library))

    def line(self, place: RowPlace) -> bytes:
        """A row as it was written; nothing where its page is damaged."""
        if place.first < 0:
            return self.index.tail.line(place.device, place.counter)
        try:
            return self._page(place.device, place.first).get(place.counter, b"")
        except LibraryError:
            return b""

    def has(self, subject: str, counter: int, line: bytes, *, apart_from: str = "") -> bool:
        """Whether this row is here, under whatever name of a device.

        One that this library wrote itself is another than one that `apart_from` did, the other library's own device,
        be they alike to the letter: two who never met may say the same.
        """
        return any(
            self.line(place) == line
            for place in self.index.pages.known(subject, counter)
            if not apart_from or place.device == apart_from or place.device != self.device
        )


def join_journals(
    library: Library, other: Library, changes: Changes, *, namesake: str = "", progress: Progress
) -> JournalTally:
    """Take in the rows that are not here, some thousand a commit: what is said of one thing never in two.

    `namesake` is the device that both libraries wrote as, if one.
    """
    joining = _Joining(library, other, changes, namesake)
    progress.start(say("Reading the journal"), None, unit="files")
    for topic in joining.topics():
        joining.take(topic)
        progress.advance(1)
    joining.commit()
    return joining.tally


class _Joining:
    def __init__(self, library: Library, other: Library, changes: Changes, namesake: str) -> None:
        self._namesake = namesake
        self._index = library.index
        self._changes = changes
        self._ours, self._theirs = Journal(library), Journal(other)
        self._aliases: dict[str, str] = {}
        self._waiting = self._length = 0
        self.tally = JournalTally()

    def topics(self) -> Iterator[Topic]:
        """Things of which the other library says something that is not here."""
        for name, group in groupby(self._theirs.index.pages.everything(), lambda each: _topic(each[0])):
            theirs = list(self._said(group, self._theirs, self._ours))
            fresh = [each for each in theirs if not each.is_shared]
            if fresh:
                places = self._index.pages.about(name)
                yield Topic(name, list(self._said(places, self._ours, self._theirs)), theirs, fresh)

    def _said(self, places: Iterable[tuple[str, RowPlace]], source: Journal, other: Journal) -> Iterator[Saying]:
        for subject, place in places:
            line = source.line(place)
            if line:
                row = decode_row(line)
                own = place.device if place.device == source.device else ""
                is_shared = other.has(subject, place.counter, line, apart_from=own) or self._is_past(row, place, other)
                yield Saying(place.counter, line, row, place.device, is_shared)
            elif source is self._theirs:
                self.tally.unreadable += 1

    def _is_past(self, row: Row, place: RowPlace, other: Journal) -> bool:
        """Whether the other side had this row, and a newer one of the same device took its place before it was sealed.

        Of a device that both bear that cannot be told.
        """
        is_replaced = rows.is_kept(row) and place.device != self._namesake
        return is_replaced and other.index.pages.went_on(row.subject, place)

    def take(self, topic: Topic) -> None:
        """Adopt what is not here of one thing, and say what counts of it."""
        adopted = [each._replace(device=self._device(each)) for each in topic.fresh]
        self._changes.adopted += [
            WaitingRow(each.device, each.counter, each.row.subject, each.line) for each in adopted
        ]
        if all(isinstance(each.row, PlayRow | UnknownRow) for each in adopted):
            self._apply(adopted)
        elif _is_own_album(topic.name):
            self._join_album(topic, adopted)
        else:
            self._settle(topic, adopted)
        self.tally.rows += len(adopted)
        self._waiting += len(adopted)
        self._length += sum(len(each.line) for each in adopted)
        if self._waiting >= ROWS_A_COMMIT or self._length >= LENGTH_A_COMMIT:
            self.commit()

    def commit(self) -> None:
        """Seal what waits, if anything does."""
        if self._waiting:
            self._changes.commit()
        self._waiting = self._length = 0

    def _device(self, said: Saying) -> str:
        """Its own, or where that gave the counter to another row here, one that nobody else has."""
        if said.device not in self._aliases and not self._index.pages.is_taken(said.device, said.counter):
            return said.device
        return self._aliases.setdefault(said.device, token_hex(8))

    def _apply(self, said: Iterable[Saying]) -> None:
        for each in said:
            self._changes.then(_applied(Entry(each.device, each.counter, each.row, each.line)))

    def _say(self, row: Row) -> None:
        """Make the index say what rows that are here say already."""
        self._changes.then(_applied(Entry("", 0, row, b"")))

    def _join_album(self, topic: Topic, adopted: list[Saying]) -> None:
        joined = albums.join(topic.ours, topic.theirs)
        naive, now = albums.replayed([*topic.ours, *adopted]), albums.replayed(topic.ours)
        self.tally.contested += joined.contested
        self.tally.removed += now.fields is not None and joined.album.fields is None
        if naive.contents() == joined.album.contents():
            for row in albums.needed(now, joined.album):
                self._say(row)
        else:  # in the order of their counters the rows would say something else
            for row in albums.whole(joined.album, naive):
                self._changes.row(row)

    def _settle(self, topic: Topic, adopted: list[Saying]) -> None:
        settled = settle(topic.ours, topic.theirs)
        if rows.is_kept(settled.row):
            self._apply(adopted)
            last = newest([*topic.ours, *adopted])
        else:
            last = max([*topic.ours, *adopted], key=lambda each: (each.counter, each.device))
        if last is None or last.row != settled.row:
            self._changes.row(settled.row)
        elif not rows.is_kept(settled.row):
            self._say(settled.row)
        self.tally.contested += settled.is_contested
        for row in settled.beside:
            if not any(journal.index.pages.about(row.subject) for journal in (self._ours, self._theirs)):
                self._changes.row(row)
                self.tally.beside.append(getattr(row, "name", ""))


def _topic(subject: str) -> str:
    return f"album:{subject[6:38]}" if subject.startswith("track:") else subject


def _is_own_album(topic: str) -> bool:
    return topic.startswith("album:") and not topic.startswith("album:mag1")


def _applied(entry: Entry) -> Step:
    def apply(index: Index) -> None:
        rows.apply(index, entry)

    return apply
