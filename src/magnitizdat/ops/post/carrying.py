"""What this library carries: letters of its own on the way and those of others, sealed as they lie in the vault."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple

from msgspec.structs import replace

from magnitizdat.errors import LibraryError
from magnitizdat.formats import budgets
from magnitizdat.library.library import Changes, Library
from magnitizdat.library.members import post_name
from magnitizdat.library.post_rows import CarriedGone, CarriedRow
from magnitizdat.library.reclaim import destroy, reclaim
from magnitizdat.model import Value
from magnitizdat.scene.post import is_over
from magnitizdat.scene.resting import Rest, rest

_POST = "carried:"


class Carried(Value, frozen=True, kw_only=True, omit_defaults=False):
    """How many letters lie here to go along: own ones, those of others, and bytes of the latter."""

    own: int
    others: int
    bytes: int


class CarriedLetter(NamedTuple):
    """A letter file in the vault."""

    sha256: str
    length: int
    since: str
    letter: str
    untried: bool


class Mailbag(NamedTuple):
    """Letters that go along: own ones, the newest first, and those of others."""

    own: tuple[CarriedLetter, ...] = ()
    others: tuple[CarriedLetter, ...] = ()


NO_MAIL = Mailbag()


def send(changes: Changes, sealed: bytes, *, letter_id: str, now: datetime) -> None:
    """Put an own letter on the way: it goes onto every reel for 180 days, or until it is answered."""
    put(changes, sealed, now=now, letter_id=letter_id)


def put(changes: Changes, sealed: bytes, *, now: datetime, letter_id: str = "", untried: bool = False) -> None:
    """Keep a letter file to go along."""
    sha256 = hashlib.sha256(sealed).hexdigest()
    changes.put_member(post_name(sha256), sealed)
    since = now.isoformat(timespec="seconds")
    changes.row(CarriedRow(sha256=sha256, length=len(sealed), since=since, letter=letter_id, untried=untried))


def read(library: Library, letter: CarriedLetter) -> bytes:
    """The letter file; nothing where its cell is hurt."""
    try:
        return library.member(post_name(letter.sha256))
    except LibraryError:
        return b""


def drop(changes: Changes, letter: CarriedLetter) -> None:
    """It goes along no more."""
    changes.row(CarriedGone(sha256=letter.sha256))


def of_others(library: Library) -> list[CarriedLetter]:
    """Letters of others whose files are here, also those that go along no more."""
    return [each for each in _held(library) if not each.letter]


def destroy_carried(library: Library, changes: Changes, letters: Sequence[CarriedLetter]) -> None:
    """They go along no more, and nothing of them stays here; before anything else is put."""
    destroy(library, changes, [post_name(each.sha256) for each in letters])
    for each in letters:
        drop(changes, each)


def tried(changes: Changes, letter: CarriedLetter) -> None:
    """One to several that nobody here had tried was tried."""
    changes.row(CarriedRow(sha256=letter.sha256, length=letter.length, since=letter.since))


def answered(library: Library, changes: Changes, letter_id: str) -> None:
    """An own letter was answered: it goes along no more."""
    for row in _rows(library):
        if row.letter == letter_id != "":
            changes.row(CarriedGone(sha256=row.sha256))


def mailbag(library: Library, *, now: datetime) -> Mailbag:
    """What goes along now."""
    held = [each for each in _held(library) if not _is_over(each.since, now)]
    own = sorted((each for each in held if each.letter), key=lambda each: each.since, reverse=True)
    return Mailbag(tuple(own), tuple(each for each in held if not each.letter))


def carried(library: Library, *, now: datetime) -> Carried:
    """How much this library carries."""
    own, others = mailbag(library, now=now)
    return Carried(own=len(own), others=len(others), bytes=sum(each.length for each in others))


def room(library: Library) -> int:
    """Bytes that are left for letters of others: those that rest are still here."""
    return budgets.CARRIED.most - sum(each.length for each in of_others(library))


def is_known(library: Library, sha256: str) -> bool:
    """Whether a letter is carried here, or was."""
    listening, subject = library.index.listening, _POST + sha256
    if listening.kept_one(CarriedRow, subject) is not None:
        return library.has_member(post_name(sha256))
    return listening.kept_one(CarriedGone, subject) is not None


def forget_old(library: Library, changes: Changes, *, now: datetime) -> int:
    """Let go of what has rested, and give its space back: how many own letters ended, each told when it begins to rest.

    Commits `changes` where there is any space.
    """
    ended, wanted = 0, set[str]()
    for row in _rows(library):
        noted = Rest(row.over, row.looks)
        found = rest(noted, now, is_over=_is_over(row.since, now))
        if found.has_rested:
            changes.row(CarriedGone(sha256=row.sha256))
            continue
        wanted.add(post_name(row.sha256))
        if found != noted:
            changes.row(replace(row, over=found.over, looks=found.looks))
            ended += row.letter != "" and not row.over
    _give_back(library, changes, wanted)
    return ended


def _give_back(library: Library, changes: Changes, wanted: set[str]) -> None:
    names = [name for name in library.index.cells.members_like("post/*") if name not in wanted]
    if names:
        cells = {each.cell for name in names for each in library.index.cells.member(name)}
        changes.then(lambda index: index.cells.forget_members(names))
        changes.commit()
        reclaim(library, changes, cells)


def take_over(library: Library, other: Library, changes: Changes) -> None:
    """Letters that another library carries, whose rows are here by now: own ones all, of others what finds room."""
    left = room(library)
    for row in _rows(library):
        name = post_name(row.sha256)
        if library.has_member(name) or not other.has_member(name):
            continue
        if row.letter or row.length <= left:
            left -= 0 if row.letter else row.length
            with suppress(LibraryError):  # a hurt cell there
                changes.put_member(name, other.member(name))


def _rows(library: Library) -> list[CarriedRow]:
    return library.index.listening.kept(CarriedRow, _POST)


def _held(library: Library) -> Iterator[CarriedLetter]:
    """Letters whose files are here."""
    names = set(library.index.cells.members_like("post/*"))
    for row in _rows(library):
        if post_name(row.sha256) in names:
            yield CarriedLetter(row.sha256, row.length, row.since, row.letter, row.untried)


def _is_over(since: str, now: datetime) -> bool:
    with suppress(ValueError, TypeError):  # a row of another mag may say it otherwise
        return is_over(datetime.fromisoformat(since), now)
    return True
