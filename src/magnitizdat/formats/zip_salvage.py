"""What is left of a stored ZIP that broke on its way: its members by the list alone, or by their headers alone. PURE.

Nothing that is found so is to be believed: whoever asks has other means to tell what is whole (parity, seals). The
strict reader is `zip_store.read_table`.
"""

from __future__ import annotations

from magnitizdat.errors import DamagedError
from magnitizdat.formats import budgets, zip_store
from magnitizdat.formats.zip_store import LOCAL_MAGIC, Member, local_length, member_at
from magnitizdat.model import ReadAt

_LOOKED_THROUGH = 1 << 20
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
    at, tries = 0, 0
    while 0 <= at < source.length and len(found) < max_members and tries < _MOST_TRIES:
        tries += 1
        member = member_at(_peek(source, at, local_length("") + budgets.NAME.most), at)
        if member is None:
            at = _next_header(source, at + 1)
        else:
            found.setdefault(member.name, _within(source, member))
            at = member.offset + member.length
    return tuple(found.values())


def _next_header(source: ReadAt, at: int) -> int:
    """Where the next header seems to begin; -1 for nowhere."""
    while at < source.length:
        content = _peek(source, at, _LOOKED_THROUGH)
        if not content:
            at += _SECTOR
            continue
        if (within := content.find(LOCAL_MAGIC)) >= 0:
            return at + within
        at += max(1, len(content) - len(LOCAL_MAGIC) + 1)
    return -1


def _peek(source: ReadAt, at: int, length: int) -> bytes:
    """What the medium gives of it, at worst nothing."""
    try:
        return source.read_at(at, length)
    except OSError:
        pass
    try:
        return source.read_at(at, min(length, _SECTOR))
    except OSError:
        return b""
