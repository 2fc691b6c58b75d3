"""What is left of a stored ZIP that broke on its way: its members by their headers, and by its list. PURE.

Nothing that is found so is to be believed: whoever asks has other means to tell what is whole (parity, seals). No two
members overlap, so that together they are no longer than the archive. The strict reader is `zip_store.read_table`.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable
from typing import NamedTuple

from magnitizdat.errors import DamagedError
from magnitizdat.formats import budgets, zip_store
from magnitizdat.formats.zip_store import CENTRAL_MAGIC, LOCAL_MAGIC, MAX_LENGTH, Member, local_length
from magnitizdat.model import ReadAt

_LOADED = 1 << 20
_SECTOR = 4096
_HEADER_LENGTH = local_length("") + budgets.NAME.most
_PLAIN_HEADER = re.compile(re.escape(LOCAL_MAGIC) + rb"..\0\0\0\0.{8}(.{4})\1[\x01-\xff]\0\0\0[a-z0-9]", re.DOTALL)
"""Of a stored member with a plain name. What looks otherwise costs no try: four letters are soon written often."""
_MOST_TRIES = 1 << 21
"""Headers that are looked at: some seconds of work, and far more than any archive of ours has."""
_MOST_LIES = 1024
"""Lengths that may lead nowhere until none is followed any more: to look somewhere else takes a stick its time."""
_MOST_OF_A_NAME = 10


class Salvaged(NamedTuple):
    """In their order in the archive; `is_all`: none was left out for being one too many."""

    members: tuple[Member, ...]
    is_all: bool


def salvage_table(
    source: ReadAt,
    *,
    max_members: int,
    passed: Callable[[int], None] = lambda _amount: None,
    data_from: Callable[[int], int] = lambda offset: offset,
) -> Salvaged:
    """Members by their headers, wherever these stand; then what the list alone names, where nothing else lies.

    A header may lie about a length, so that a member ends where the next begins, unless the archive goes on behind it.
    Of several with one name the longest keeps it, the others are called `name.1` and on. Of more than `max_members` the
    longest are kept, since those of ours are long. What the medium refuses (OSError) is passed over, and what lies
    behind 4 GiB too: no archive of ours goes there. `passed` is told how many bytes more were passed.
    `data_from` says of an offset where the first byte lies from there on that is none of a hole, where anybody knows.
    """
    beginning = _Beginning(source)
    walk = _Walk(beginning, max_members, _LastRead(beginning, passed, data_from))
    walk.go()
    members = _beside(walk.found, _listed(beginning, max_members), beginning.length)
    kept = _longest(members, max_members)
    return Salvaged(tuple(_told_apart(kept)), walk.is_all and len(kept) == len(members))


class _Beginning:
    """As much of a file as an archive of ours may have (a `ReadAt`)."""

    def __init__(self, source: ReadAt) -> None:
        self._source, self.length = source, min(source.length, MAX_LENGTH)

    def read_at(self, offset: int, length: int) -> bytes:
        return self._source.read_at(offset, max(0, min(length, self.length - offset)))


class _Walk:
    """From header to header. Behind a broken one, and behind a length that leads nowhere, the next is searched for."""

    def __init__(self, source: ReadAt, max_members: int, window: _LastRead) -> None:
        self.found: list[Member] = []
        self.is_all = True
        self._window, self._length, self._most = window, source.length, max_members
        self._lies = 0
        """Lengths that led nowhere."""

    def go(self) -> None:
        """All the way, or until too much was looked at."""
        at = tries = 0
        while 0 <= at < self._length and tries < _MOST_TRIES:
            tries += 1
            self._window.tell(at)
            member = zip_store.member_at(self._window.read_at(at, _HEADER_LENGTH), at)
            if member is None:
                at = self._window.find(at + 1)
            else:
                self._add(member)
                at = self._behind(member)
        self._end_last_at(self._length)
        self.is_all &= not 0 <= at < self._length

    def _add(self, member: Member) -> None:
        self._end_last_at(_start(member))
        if len(self.found) > 2 * self._most:
            self.found, self.is_all = _longest(self.found, self._most), False
        self.found.append(member)

    def _end_last_at(self, end: int) -> None:
        if self.found:
            last = self.found[-1]
            self.found[-1] = last._replace(length=max(0, min(last.length, end - last.offset)))

    def _behind(self, member: Member) -> int:
        """Where the next header may stand; -1 for nowhere."""
        end = _end(member)
        if self._lies < _MOST_LIES:
            begin = self._window.read_at(end, _HEADER_LENGTH)
            if end == self._length or begin.startswith(CENTRAL_MAGIC) or zip_store.member_at(begin, end):
                return end
            self._lies += 1
        return self._window.find(member.offset)


def _listed(source: ReadAt, max_members: int) -> list[Member]:
    try:
        return zip_store.listed_members(source, max_members=max_members)
    except (DamagedError, OSError):
        return []


def _beside(found: list[Member], listed: Iterable[Member], length: int) -> list[Member]:
    """What was found, in order, and what is listed alone: of other names, where none of these lies."""
    known, added, reached = {each.name for each in found}, list[Member](), 0
    for each in sorted(listed, key=_start):
        at = bisect_left(found, each.offset, key=lambda member: member.offset)
        before = max(reached, _end(found[at - 1]) if at else 0)
        behind = _start(found[at]) if at < len(found) else length
        if each.name not in known and before <= _start(each) and _end(each) <= behind:
            known.add(each.name)
            added.append(each)
            reached = _end(each)
    return sorted([*found, *added], key=_start)


def _start(member: Member) -> int:
    return member.offset - local_length(member.name)


def _end(member: Member) -> int:
    return member.offset + member.length


def _longest(members: list[Member], most: int) -> list[Member]:
    """So many of them, in order."""
    if len(members) <= most:
        return members
    kept = sorted(members, key=lambda each: -each.length)[:most]
    return sorted(kept, key=lambda each: each.offset)


def _told_apart(members: list[Member]) -> list[Member]:
    """Under names of their own; too many of one name are left out."""
    named = dict[str, Member]()
    by_name = dict[str, int]()
    for each in sorted(members, key=lambda each: -each.length):
        count = by_name[each.name] = by_name.get(each.name, -1) + 1
        if count < _MOST_OF_A_NAME:
            named.setdefault(f"{each.name}.{count}" if count else each.name, each)
    return sorted((each._replace(name=name) for name, each in named.items()), key=lambda each: each.offset)


class _LastRead:
    """What was searched last, of a source that may refuse: headers that stand close together cost one reading."""

    def __init__(self, source: ReadAt, passed: Callable[[int], None], data_from: Callable[[int], int]) -> None:
        self._source, self._passed, self._data_from = source, passed, data_from
        self._start, self._content, self._reached = 0, b"", 0
        self._sparing_until = 0
        """Up to there the medium refused something: less is asked of it at once."""

    def read_at(self, at: int, length: int) -> bytes:
        """As much of it as the medium gives."""
        if not (self._start <= at and at + length <= self._start + len(self._content)):
            return self._given(at, length)
        return self._content[at - self._start : at - self._start + length]

    def find(self, at: int) -> int:
        """Where the next header of a plain name may stand; -1 for nowhere."""
        overlap = local_length("")
        while at < self._source.length:
            if not self._start <= at < self._start + len(self._content) - overlap:
                at = min(self._data_from(at), self._source.length)
                self._load(at)
                self.tell(at)
            if (within := self._search(at - self._start)) >= 0:
                return self._start + within
            at = max(at + 1, self._start + len(self._content) - overlap) if self._content else at + _SECTOR
        return -1

    def _search(self, at: int) -> int:
        magic = self._content.find(LOCAL_MAGIC, at)  # many times as fast where there is none
        found = _PLAIN_HEADER.search(self._content, magic) if magic >= 0 else None
        return found.start() if found else -1

    def tell(self, at: int) -> None:
        """That everything before was passed."""
        self._passed(max(0, at - self._reached))
        self._reached = max(self._reached, at)

    def _load(self, at: int) -> None:
        is_sparing = at < self._sparing_until
        content = self._given(at, _SECTOR if is_sparing else _LOADED)
        if not content and not is_sparing:
            self._sparing_until = at + _LOADED
            content = self._given(at, _SECTOR)
        self._start, self._content = at, content

    def _given(self, at: int, length: int) -> bytes:
        try:
            return self._source.read_at(at, length)
        except OSError:
            return b""
