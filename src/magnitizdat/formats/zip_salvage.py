"""What is left of a stored ZIP that broke on its way: its members by the list alone, or by their headers alone. PURE.

Nothing that is found so is to be believed: whoever asks has other means to tell what is whole (parity, seals). The
strict reader is `zip_store.read_table`.
"""

from __future__ import annotations

from magnitizdat.errors import DamagedError
from magnitizdat.formats import budgets, zip_store
from magnitizdat.formats.zip_store import LOCAL_MAGIC, Member, local_length
from magnitizdat.model import ReadAt

_LOADED = 1 << 20
_HEADER_LENGTH = local_length("") + budgets.NAME.most
_SECTOR = 4096
_MOST_TRIES = 1 << 17
"""Beginnings of headers that are looked at: more than any honest archive has, and a second of work."""


def salvage_table(source: ReadAt, *, max_members: int) -> tuple[Member, ...]:
    """Members as they are listed, where the list is whole; else by their headers, the first of each name.

    Behind a broken header the next one is searched for. A last member ends where the archive does. What the medium
    refuses (OSError) is passed over.
    """
    try:
        listed = zip_store.listed_members(source, max_members=max_members)
        return tuple({each.name: _within(source, each) for each in listed}.values())
    except (DamagedError, OSError):
        return _walk(source, max_members)


def _within(source: ReadAt, member: Member) -> Member:
    offset = min(member.offset, source.length)
    return member._replace(offset=offset, length=min(member.length, source.length - offset))


def _walk(source: ReadAt, max_members: int) -> tuple[Member, ...]:
    found: dict[str, Member] = {}
    window, at, tries = _LastRead(source), 0, 0
    while 0 <= at < source.length and len(found) < max_members and tries < _MOST_TRIES:
        tries += 1
        member = zip_store.member_at(window.read_at(at, _HEADER_LENGTH), at)
        if member is None:
            at = window.find(LOCAL_MAGIC, at + 1)
        else:
            found.setdefault(member.name, _within(source, member))
            at = member.offset + member.length
    return tuple(found.values())


class _LastRead:
    """What was read last, of a source that may refuse: headers that stand close together cost one reading."""

    def __init__(self, source: ReadAt) -> None:
        self._source, self._start, self._content = source, 0, b""

    def read_at(self, at: int, length: int) -> bytes:
        """As much of it as the medium gives."""
        if not (self._start <= at and at + length <= self._start + len(self._content)):
            self._load(at)
        return self._content[at - self._start : at - self._start + length]

    def find(self, wanted: bytes, at: int) -> int:
        """Where it stands next; -1 for nowhere."""
        while at < self._source.length:
            if not self._start <= at < self._start + len(self._content) - len(wanted):
                self._load(at)
            if (within := self._content.find(wanted, at - self._start)) >= 0:
                return self._start + within
            at = max(at + 1, self._start + len(self._content) - len(wanted) + 1) if self._content else at + _SECTOR
        return -1

    def _load(self, at: int) -> None:
        self._start, self._content = at, self._given(at, _LOADED) or self._given(at, _SECTOR)

    def _given(self, at: int, length: int) -> bytes:
        try:
            return self._source.read_at(at, length)
        except OSError:
            return b""
