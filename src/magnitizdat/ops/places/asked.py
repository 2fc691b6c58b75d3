"""A spool behind somebody who opens no port: its owner asks us what we ask, and brings the answers.

Each of their requests carries the answer to the last ask of its lane, and gets the next: a path, an offset, at most
1 MiB. A lane that comes again without an answer has lost it: the ask is then given out anew.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Annotated

import msgspec
from msgspec import Meta

from magnitizdat.errors import DamagedError, MagError, NotFoundError, SourceError, UnreachableError
from magnitizdat.formats import budgets
from magnitizdat.model import PIECE_LENGTH
from magnitizdat.ops.places.spool import FarSpool, read_labels
from magnitizdat.sentence import say

LANES = 4
"""Asks on their way at a time."""
MOST = PIECE_LENGTH
"""Bytes of one answer."""
SILENCE_S = 10.0
"""Seconds without a byte of an answer, while something is asked, after which nobody is there."""
FOUND, ABSENT, UNREAD = 200, 404, 500
"""What an answer says of itself, as HTTP does."""


Count = Annotated[int, Meta(ge=0, le=(1 << 53) - 1)]
"""What another laptop counts, as far as JSON does."""


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """So many bytes of a file of the spool, fewer where it ends."""

    number: Count
    path: str
    offset: int
    length: int


class Turn(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What comes back for an answer: the next ask, or none yet; at the end how much was taken, and if it `failed`."""

    ask: Ask | None = None
    over: bool = False
    failed: bool = False
    tracks: Count = 0
    length: Count = 0


class _Question:
    """An ask, and what became of it."""

    def __init__(self, ask: Ask) -> None:
        self.ask = ask
        self.came = 0
        self.content: bytes | None = None
        self.error: MagError | None = None

    @property
    def is_answered(self) -> bool:
        return self.content is not None or self.error is not None


class AskedSpool(FarSpool):
    """Safe in several threads: some ask, some carry. `check` hears how many bytes came, and may raise.

    `silence_s`: how long nobody may say anything while something is asked.
    """

    def __init__(
        self,
        *,
        check: Callable[[int], None] = lambda _length: None,
        silence_s: float = SILENCE_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._check, self._silence_s, self._clock = check, silence_s, clock
        self._changed = threading.Condition()
        self._numbers = count(1)
        self._open: dict[int, _Question] = {}
        self._waiting = deque[int]()
        self._lanes: dict[int, int] = {}
        self._heard = clock()
        self._end: Turn | None = None

    @property
    def is_over(self) -> bool:
        """Whether nothing more is asked."""
        return self._end is not None

    # -- who asks -----------------------------------------------------------------------------------------------------

    def labels(self) -> list[str]:
        """What its list of labels says."""
        return read_labels(self.index())

    def fetch_range(self, path: str, offset: int, length: int) -> bytes:
        """Bytes of a file, asked for step by step."""
        parts = list[bytes]()
        for start in range(offset, offset + length, MOST):
            step = min(MOST, offset + length - start)
            parts.append(self._asked(path, start, step))
            if len(parts[-1]) < step:
                break
        return b"".join(parts)

    def close(self) -> None:
        """Ask for nothing more: whoever comes before an `end` is told that it is over, and was not all."""
        self.end(Turn(over=True, failed=True))

    def end(self, told: Turn) -> None:
        """Over, with these words to whoever carried; the first end counts."""
        with self._changed:
            self._end = self._end or told
            self._changed.notify_all()

    def _asked(self, path: str, offset: int, length: int) -> bytes:
        with self._changed:
            question = _Question(Ask(number=next(self._numbers), path=path, offset=offset, length=length))
            self._open[question.ask.number] = question
            self._waiting.append(question.ask.number)
            self._changed.notify_all()
            try:
                self._wait_for(question)
            finally:
                del self._open[question.ask.number]
        if question.error is not None:
            raise question.error
        content = question.content or b""
        self._check(len(content))
        return content

    def _wait_for(self, question: _Question) -> None:
        """Raises: UnreachableError where it is over, nobody answers any more, or what comes is not worth the time.

        To come without an answer is silence: whoever only asks what is to be brought would keep others from giving.
        """
        begun = self._clock()
        while not question.is_answered:
            now, beyond_s = self._clock(), LANES * question.came / budgets.PIECE_S.per
            rest_s = self._silence_s - max(now - max(self._heard, begun), now - begun - beyond_s)
            if self._end is not None or rest_s <= 0:
                raise UnreachableError(say("the other laptop stopped answering; what came is kept"))
            self._changed.wait(rest_s)

    # -- who carries --------------------------------------------------------------------------------------------------

    def heard(self, number: int, length: int) -> None:
        """So many bytes of an answer came. Of one that nobody waits for they are nothing."""
        with self._changed:
            question = self._open.get(number)
            if question is not None and length:
                question.came += length
                self._heard = self._clock()
                self._changed.notify_all()

    def answer(self, number: int, status: int, content: bytes) -> None:
        """What was asked. One that nobody waits for (any more) is passed over."""
        with self._changed:
            question = self._open.get(number)
            if question is None or question.is_answered:
                return
            self._heard = self._clock()
            question.error = _problem(question.ask, status, content)
            question.content = content
            self._changed.notify_all()

    def next_ask(self, lane: int, *, patience_s: float) -> Turn:
        """What is to be brought next by this lane; nothing where so many seconds pass without an ask."""
        until = self._clock() + patience_s
        with self._lane(lane):
            while self._end is None:
                number = self._next_number()
                if number is not None:
                    self._lanes[lane] = number
                    return Turn(ask=self._open[number].ask)
                rest_s = until - self._clock()
                if rest_s <= 0:
                    return Turn()
                self._changed.wait(rest_s)
            return self._end

    @contextmanager
    def _lane(self, lane: int) -> Iterator[None]:
        """What it had and did not bring is asked anew, before all else."""
        with self._changed:
            lost = self._open.get(self._lanes.pop(lane, 0))
            if lost is not None and not lost.is_answered:
                self._waiting.appendleft(lost.ask.number)
            yield

    def _next_number(self) -> int | None:
        while self._waiting:
            question = self._open.get(number := self._waiting.popleft())
            if question is not None and not question.is_answered:
                return number
        return None


def _problem(ask: Ask, status: int, content: bytes) -> SourceError | None:
    if status == ABSENT:
        return NotFoundError(say("the source does not have this file"))
    if status != FOUND or len(content) > ask.length:
        return DamagedError(say("a part of the source cannot be read; dub it from another copy"))
    return None
