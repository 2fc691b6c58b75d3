"""Collecting post: what opens goes to the inbox, the rest is carried on.

A letter to one is tried by its header alone, with every address that letters may be sealed to. One to several costs as
much as all its recipients, so only who belongs to a club tries some, and what is not tried waits for the next time; it
is carried on also where it opened, for it is for others too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from random import Random, SystemRandom
from typing import NamedTuple, TypeVar

from msgspec.structs import replace

from magnitizdat.disk.reading import REFUSED
from magnitizdat.errors import DamagedError, NotMineError
from magnitizdat.formats import budgets
from magnitizdat.formats.age import BytesReader
from magnitizdat.formats.age_keys import X25519Identity
from magnitizdat.formats.letter_file import LENGTHS, LONGEST_HEADER, SHORT_HEADER, is_for, open_letter, recipients_of
from magnitizdat.library.library import Changes, Library
from magnitizdat.model import Value
from magnitizdat.ops.labels.of_clubs import of_clubs
from magnitizdat.ops.post.addresses import destroy_retired, letter_identities
from magnitizdat.ops.post.arriving import Arrivals
from magnitizdat.ops.post.carrying import CarriedLetter, drop, forget_old, is_known, mailbag, put, read, room, tried
from magnitizdat.reel.one_file import first_of, reader_of
from magnitizdat.scene.post import kept
from magnitizdat.sentence import Sentence, advice, say

Receive = Callable[[dict[str, bytes]], object]
"""Takes the members of a letter that opened; None where it keeps nothing of it."""
T = TypeVar("T")
_ADDRESSES = ("post", "addresses")


class PostReport(Value, frozen=True, kw_only=True):
    """What became of the letters of a source: opened and new, kept to be carried, left there being too many.

    `slips` say what arrived of reels from here. `waiting` are letters to several that are tried another time. `full`
    says for which letters the inbox has no room. `ended` are own ones that go along no more and were not answered.
    """

    opened: int = 0
    kept: int = 0
    left: int = 0
    waiting: int = 0
    full: tuple[Sentence, ...] = ()
    ended: int = 0
    slips: int = 0

    def sentences(self) -> Iterator[Sentence]:
        """For the report of a dub."""
        if self.opened:
            yield advice(
                terminal=say("New letters: {opened}; `mag inbox` shows them.", opened=self.opened),
                page=say("New letters: {opened}; they lie under Post.", opened=self.opened),
            )
        if self.slips:
            yield say(
                "{slips} {slips:slip|slips} came: who opened a reel of yours says what arrived and what they ask for.",
                slips=self.slips,
            )
        if self.kept:
            yield say("Sealed letters that you carry on, for others or for nobody: {kept}.", kept=self.kept)
        if self.left:
            yield say("Letters that were left there, being more than are taken at once: {left}.", left=self.left)
        if self.waiting:
            yield say("Letters to clubs that are tried when you dub again: {waiting}.", waiting=self.waiting)
        yield from self.full
        if self.ended:
            yield say(
                "Letters of yours that nobody answered in 180 days, and that go along no more: {ended}.",
                ended=self.ended,
            )


class _LeftLetter(NamedTuple):
    """A letter file that somebody left; `is_mine`: it names one, and that is us."""

    path: Path
    length: int
    recipients: int
    is_mine: bool

    def read(self) -> bytes:
        """All of it; nothing where the medium refuses."""
        try:
            return reader_of(self.path, table=first_of).read_at(0, self.length)
        except REFUSED:
            return b""


def collect(library: Library, files: Sequence[Path], *, now: datetime, chance: Random | None = None) -> PostReport:
    """Take in the letters of a source. What goes along no more is let go of, once it rested.

    Raises: LibraryBusyError, NoSpaceError.
    """
    if not files:
        return PostReport()
    with library.changes() as changes:
        if destroy_retired(library, changes, now=now):
            changes.commit()
        ended = forget_old(library, changes, now=now)
        arrivals = Arrivals(library, changes, now=now)
        identities = letter_identities(library)
        collecting = _Collecting(
            library, changes, identities, arrivals.receive, now=now, chance=chance or SystemRandom()
        )
        collecting.try_again()
        report = collecting.take(files)
        changes.commit()
    left = report.left + arrivals.left
    return replace(report, left=left, full=tuple(arrivals.full), ended=ended, slips=arrivals.slips)


class _Collecting:
    """One source."""

    def __init__(
        self,
        library: Library,
        changes: Changes,
        identities: Sequence[X25519Identity],
        receive: Receive,
        *,
        now: datetime,
        chance: Random,
    ) -> None:
        self._library, self._changes, self._now = library, changes, now
        self._identities, self._receive, self._chance = identities, receive, chance
        self._tried: set[str] = set()
        """Letters to several, by digest, that were tried now."""
        self._kept: set[str] = set()
        self._content, self._sha256 = b"", ""
        """Of the letter that was asked for last."""
        self._opened = self._asked = self._waiting = 0

    def try_again(self) -> None:
        """With an address that is new here, what was carried for others may be ours."""
        addresses = " ".join(sorted(each.recipient.text for each in self._identities)).encode()
        if self._library.job(*_ADDRESSES) == hashlib.sha256(addresses).digest():
            return
        self._changes.then(lambda index: index.jobs.put(*_ADDRESSES, hashlib.sha256(addresses).digest()))
        for letter in mailbag(self._library, now=self._now).others:
            content = read(self._library, letter)
            if is_for(content[:SHORT_HEADER], self._identities) and self._open(content):
                drop(self._changes, letter)

    def take(self, files: Sequence[Path]) -> PostReport:
        """Open what is ours; of the rest chance keeps what finds room."""
        found = list(self._look(self._some(files, budgets.LETTERS.most)))
        mine = [each for each in found if each.is_mine]
        others = [each for each in found if not each.is_mine]
        for letter in self._some(mine, budgets.OPENED.most):
            self._open(letter.read())
        self._try_several([each for each in others if each.recipients > 1])
        for letter in kept(others, room(self._library), self._chance, self._is_wanted):
            untried = letter.recipients > 1 and self._sha256 not in self._tried
            put(self._changes, self._content, now=self._now, untried=untried)
            self._kept.add(self._sha256)
        left = (
            len(others)
            - self._asked
            + sum(
                max(0, len(each) - budget.most) for each, budget in ((files, budgets.LETTERS), (mine, budgets.OPENED))
            )
        )
        return PostReport(opened=self._opened, kept=len(self._kept), left=left, waiting=self._waiting)

    def _some(self, letters: Sequence[T], most: int) -> list[T]:
        """As many as are looked at: chance picks them, for whoever sends more than that also orders them."""
        return self._chance.sample(letters, min(most, len(letters)))

    def _look(self, files: Sequence[Path]) -> Iterator[_LeftLetter]:
        """Those that have the form of a letter, and whether each is ours, if it is to one."""
        for path in files:
            try:
                source = reader_of(path, table=first_of)
                if source.length not in LENGTHS:
                    continue
                header = source.read_at(0, SHORT_HEADER)
                recipients = recipients_of(source.length, header)
                if recipients == 0:
                    recipients = recipients_of(source.length, source.read_at(0, LONGEST_HEADER))
            except REFUSED:
                continue
            if recipients:
                is_mine = recipients == 1 and is_for(header, self._identities)
                yield _LeftLetter(path, source.length, recipients, is_mine)

    def _open(self, content: bytes) -> bool:
        """Whether it opens; it goes to the inbox then."""
        try:
            members = open_letter(BytesReader(content), self._identities)
        except (DamagedError, NotMineError):
            return False
        self._opened += self._receive(members) is not None
        return True

    def _is_wanted(self, letter: _LeftLetter) -> bool:
        """Whether it is to be carried from now on."""
        self._asked += 1
        return self._is_new(letter) and self._sha256 not in self._kept

    def _is_new(self, letter: _LeftLetter) -> bool:
        """Whether it is whole, and was never carried here; what it holds is remembered for the one who asked."""
        self._content = letter.read()
        self._sha256 = hashlib.sha256(self._content).hexdigest()
        return len(self._content) == letter.length and not is_known(self._library, self._sha256)

    # -- letters to several ------------------------------------------------------------------------------------------

    def _try_several(self, coming: Sequence[_LeftLetter]) -> None:
        """Some of those that come or were never tried, if we belong to a club."""
        if not (self._library.index.cells.members_like("epoch/*") or of_clubs(self._library)):
            return
        waiting: list[CarriedLetter | _LeftLetter] = [*coming]
        waiting += [each for each in mailbag(self._library, now=self._now).others if each.untried]
        for letter in self._some(waiting, len(waiting)):
            if len(self._tried) < budgets.TRIED.most:
                self._try(letter)
            else:
                self._waiting += 1

    def _try(self, letter: CarriedLetter | _LeftLetter) -> None:
        if isinstance(letter, CarriedLetter):
            self._open(read(self._library, letter))
            self._tried.add(letter.sha256)
            tried(self._changes, letter)
        elif self._is_new(letter) and self._sha256 not in self._tried:
            self._tried.add(self._sha256)
            self._open(self._content)
