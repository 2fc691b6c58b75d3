"""`mag dub TICKET --give`: giving in the same meeting, without a port of one's own.

Four lanes bring answers and take the next ask home (`ops/places/asked`). Answered is out of a table made at the start:
whatever is not in it is not there.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime
from typing import NamedTuple, Protocol, TypeVar
from urllib.parse import urlencode

import msgspec

from magnitizdat.errors import (
    EXIT_PARTLY,
    DamagedError,
    LibraryError,
    NotFoundError,
    SourceError,
    UnreachableError,
    UsageError,
)
from magnitizdat.formats import budgets
from magnitizdat.formats.tickets import is_address, is_ticket
from magnitizdat.library.library import Library
from magnitizdat.model import Outcome, Progress, ReadAt, Silent, Value
from magnitizdat.ops.albums.named import find_albums
from magnitizdat.ops.give.gathering import gather
from magnitizdat.ops.give.table import Table
from magnitizdat.ops.places.asked import ABSENT, FOUND, LANES, MOST, SILENCE_S, UNREAD, Turn
from magnitizdat.ops.places.asked import Ask as Asked
from magnitizdat.ops.places.http import HttpSpool
from magnitizdat.ops.places.remote import Ask, open_far
from magnitizdat.ops.places.socks import Proxy
from magnitizdat.sentence import advice, say, size_words

T = TypeVar("T")

PAUSE_S = 0.5
"""Seconds before somebody who did not answer is asked again."""
IDLE_S = 3600.0
"""Seconds in which a host may ask for nothing: others give to it, one after the other."""
ASKS, ASKS_PER_PIECE = 10_000, 16
"""So often a host asks at most: for what the table does not have, and for each piece of what it has."""
SPARE_LENGTH = 64 << 20
"""Bytes that it may ask for beside twice of all that there is: what broke off on the way goes again."""
_GREEDY = say("the other laptop asked for the same again and again, so nothing more was given; ask for a new ticket")
_IDLE = say("the other laptop asked for nothing for an hour; what it has is kept: give again later")
_TAKES_NOTHING = advice(
    terminal=say("the other laptop takes nothing; ask for a share with --take"),
    page=say("the other laptop takes nothing; ask for a share that takes music too"),
)


class Carry(Protocol):
    """Sends a body to the host, `path` being below the folder of the share, and brings what is answered.

    Raises: NotFoundError where the host takes nothing (any more), UnreachableError.
    """

    def __call__(self, path: str, body: bytes, most: int, /) -> bytes: ...


class GivenBack(Value, frozen=True, kw_only=True):
    """What the host took: tracks, and bytes of them; `sent`: bytes of all that it asked for."""

    tracks: int
    length: int
    sent: int
    failed: bool = False
    """It stopped before it had all."""

    def outcome(self) -> Outcome:
        """How it ended."""
        if self.failed:
            reason = say("The other laptop stopped taking; its screen says why. What it has is kept: give again.")
            return Outcome(headline=reason, exit_code=EXIT_PARTLY)
        if not self.tracks:
            return Outcome(headline=say("All of that music was there already: no track had to be sent."))
        return Outcome(
            headline=say("Tracks given: {tracks}, {length}.", tracks=self.tracks, length=size_words(self.length))
        )


class Guest(msgspec.Struct, frozen=True):
    """What the host calls somebody who gives."""

    guest: str


def give_back(
    table: Mapping[str, ReadAt],
    post: Carry,
    *,
    progress: Progress | None = None,
    silence_s: float = SILENCE_S,
    pause_s: float = PAUSE_S,
    idle_s: float = IDLE_S,
    hang_up: Callable[[], None] = lambda: None,
) -> GivenBack:
    """Answer what the host asks until it has what it lacked. What it says to have taken is no more than there is.

    `hang_up` makes `post` wait for nobody, where somebody stops us.

    Raises: NotFoundError where the host takes nothing; UnreachableError where it says nothing for `silence_s`, or asks
    for nothing for `idle_s`; DamagedError where it is no host, or asks for more than anybody lacks.
    """
    watcher = progress or Silent()
    watcher.start(say("give music"), None)
    guest = _decoded(post("back", b"", budgets.ASKED.most + 1), Guest).guest
    giving = _Lanes(table, post, guest, watcher, silence_s=silence_s, pause_s=pause_s, idle_s=idle_s)
    with ThreadPoolExecutor(LANES, "lane") as lanes:
        try:
            ended = [each.result() for each in [lanes.submit(giving.run, lane) for lane in range(LANES)]]
        except KeyboardInterrupt:
            giving.stop()
            hang_up()
            raise
    turn = max(ended, key=lambda turn: turn.tracks)
    tracks, length = min(turn.tracks, len(table)), min(turn.length, giving.length)
    return GivenBack(tracks=tracks, length=length, sent=giving.sent, failed=turn.failed)


class _Brought(NamedTuple):
    number: int
    status: int
    content: bytes


class _Lanes:
    def __init__(
        self,
        table: Mapping[str, ReadAt],
        post: Carry,
        guest: str,
        progress: Progress,
        *,
        silence_s: float,
        pause_s: float,
        idle_s: float,
    ) -> None:
        self._table, self._post, self._guest, self._progress = table, post, guest, progress
        self._silence_s, self._pause_s, self._idle_s = silence_s, pause_s, idle_s
        self._heard = self._asked = time.monotonic()
        lengths = [file.length for file in table.values()]
        self.length = sum(lengths)
        self._most_asks = ASKS + ASKS_PER_PIECE * sum(1 + length // MOST for length in lengths)
        self._most_length = SPARE_LENGTH + 2 * self.length
        self._over = threading.Event()
        self._end: Turn | None = None
        self._guard = threading.Lock()
        self.sent = 0

    def stop(self) -> None:
        """Nothing more is given."""
        self._over.set()

    def run(self, lane: int) -> Turn:
        """One lane, until the host has asked for all. Raises: as `give_back`."""
        answer: _Brought | None = None
        try:
            while not (told := self._turn(lane, answer)).over:
                if self._over.is_set() and self._end is None:
                    return Turn(over=True, failed=True)  # another lane says why
                answer = self._next_answer(told)
            self._end = told
        finally:
            self._over.set()
        return told

    def _turn(self, lane: int, answer: _Brought | None) -> Turn:
        """Carry an answer there, again where the way broke; what comes back."""
        query = {"guest": self._guest, "lane": lane}
        if answer is not None:
            query |= {"ask": answer.number, "status": answer.status}
        path, body = f"back?{urlencode(query)}", b"" if answer is None else answer.content
        while True:
            try:
                told = _decoded(self._post(path, body, budgets.ASKED.most + 1), Turn)
            except UnreachableError:
                if self._end is not None:  # the others were told, and it was not waited for
                    return self._end
                if self._over.is_set() or time.monotonic() - self._heard > self._silence_s:
                    raise
                self._over.wait(self._pause_s)
            else:
                self._count(len(body))
                return told

    def _count(self, length: int) -> None:
        with self._guard:
            self._heard = time.monotonic()
            self.sent += length
        self._progress.advance(length)

    def _next_answer(self, told: Turn) -> _Brought | None:
        """Raises: UnreachableError, DamagedError where a host has no end."""
        if told.ask is None:
            if time.monotonic() - self._asked > self._idle_s:
                raise UnreachableError(_IDLE)
            self._over.wait(self._pause_s)
            return None
        answer = self._answer(told.ask)
        with self._guard:
            self._asked = time.monotonic()
            self._most_asks -= 1
            self._most_length -= len(answer.content)
            if min(self._most_asks, self._most_length) < 0:
                raise DamagedError(_GREEDY)
        return answer

    def _answer(self, ask: Asked) -> _Brought:
        """Out of the table alone."""
        file = self._table.get(ask.path)
        if file is None or ask.offset < 0 or not 0 <= ask.length <= MOST:
            return _Brought(ask.number, ABSENT, b"")
        try:
            return _Brought(ask.number, FOUND, file.read_at(ask.offset, ask.length))
        except (LibraryError, SourceError):
            return _Brought(ask.number, UNREAD, b"")


def _decoded(content: bytes, kind: type[T]) -> T:
    """Raises: DamagedError, OverBudgetError."""
    budgets.ASKED.check(len(content))
    try:
        return msgspec.json.decode(content, type=kind)
    except (msgspec.MsgspecError, ValueError, RecursionError) as exc:
        raise DamagedError(say("what it answered is not what another laptop says; ask for a new ticket")) from exc


def chosen(library: Library, albums: Sequence[str], *, now: datetime) -> Table:
    """What may be asked for: these albums, all where none is named. Made first, so that nothing taken is given back.

    Raises: UsageError for an album that is not here, or where nothing is left to give.
    """
    found = list(find_albums(library, albums))
    cargo = gather(library, now=now, albums=found)
    return Table(library, cargo)


def require_share(source: str) -> None:
    """Raises: UsageError where nobody takes anything."""
    if not (is_ticket(source) or is_address(source)):
        raise UsageError(
            say("only another laptop that shares takes what you give; name its ticket, or its address and six words")
        )


def give_to(
    source: str, table: Table, *, words: str, ask: Ask | None, proxy: Proxy | None, progress: Progress
) -> GivenBack:
    """Give to the share at this address. Raises: as `give_back` and `open_far`."""
    require_share(source)
    _, spool = open_far(source, words=words, ask=ask, proxy=proxy)
    assert isinstance(spool, HttpSpool)
    with closing(spool):
        try:
            return give_back(table, spool.post, progress=progress, hang_up=spool.hang_up)
        except NotFoundError as exc:
            raise NotFoundError(_TAKES_NOTHING) from exc
