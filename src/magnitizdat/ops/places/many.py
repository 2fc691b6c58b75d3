"""Several spools as one: whoever answers soonest is asked, and each piece is hashed as it comes.

A piece that takes long is asked of another meanwhile. Whoever sends what was not signed, stops answering, or lies about
lengths is named and asked no more. Only pieces are asked for here: what labels say is read from each spool by itself,
lest a fork be overlooked.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from magnitizdat.errors import NotFoundError, SourceError, UnreachableError
from magnitizdat.formats import budgets
from magnitizdat.formats.spool_index import Hints
from magnitizdat.model import Shortfall
from magnitizdat.ops.places.spool import Spool
from magnitizdat.sentence import Sentence, say

STALLS = 3
"""Times in a row that a source may not answer before it is left alone."""
_MOST_ABREAST = 8
_WEIGHT = 0.3
"""Of the newest piece in what is thought of how long a source takes."""

_STOPPED = say("it stopped answering, and was asked for nothing more")
_WRONG = say("it sent other bytes than a label signed, and was asked for nothing more")
_LENGTH = say("it sent more or less than a label signed, and was asked for nothing more")
_LACKING = say("the source does not have this file")


class _OneOfMany:
    """One of the spools, and what is known of it by now. Guarded by whoever holds several."""

    def __init__(self, name: str, spool: Spool) -> None:
        self.name = name
        self.spool = spool
        self.left: Sentence | None = None
        """Why it is asked no more."""
        self.lacks: set[str] = set()
        self.asked = 0
        """Pieces that it has been asked for and that have not come."""
        self.stalls = 0
        self.piece_s = 0.0
        self.sent = 0
        """Bytes of music that came from it and are what was signed."""

    def wait_s(self, usual_s: float) -> float:
        """How long one more piece would probably take; as long as is usual where it has not sent any."""
        return (self.asked + 1) * (self.piece_s or usual_s)

    def answered(self, seconds: float) -> None:
        self.stalls = 0
        self.piece_s = seconds if not self.piece_s else (1 - _WEIGHT) * self.piece_s + _WEIGHT * seconds

    def stalled(self, seconds: float) -> None:
        self.stalls += 1
        self.piece_s = max(self.piece_s, seconds)
        if self.stalls >= STALLS:
            self.left = self.left or _STOPPED


class _Asking:
    """One piece, and what came of whom was asked for it."""

    def __init__(self, path: str, offset: int, length: int, digest: str) -> None:
        self.path, self.offset, self.length, self.digest = path, offset, length, digest
        self.wrong: list[tuple[_OneOfMany, bytes]] = []
        self.failed: dict[str, SourceError] = {}
        self.late: set[Future[bytes]] = set()

    def is_right(self, content: bytes) -> bool:
        return not self.digest or hashlib.sha256(content).hexdigest() == self.digest

    def outcome(self) -> bytes:
        """Where nobody sent what was signed: what was sent, for whoever can tell by the whole.

        Raises: SourceError.
        """
        if self.wrong:
            return self.wrong[0][1]
        raise next(iter(self.failed.values()), NotFoundError(_LACKING))


class ManySpools(Spool):
    """Spools by name. They stay open: whoever opened them closes them."""

    def __init__(
        self,
        spools: Iterable[tuple[str, Spool]],
        *,
        patience_s: float = budgets.PIECE_S.most,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._members = [_OneOfMany(name, spool) for name, spool in spools]
        self.abreast = min(_MOST_ABREAST, max(1, sum(each.spool.abreast for each in self._members)))
        self._patience_s = patience_s
        self._clock = clock
        self._guard = threading.Lock()
        self._pool = ThreadPoolExecutor(4 * self.abreast, "ask")

    def labels(self) -> list[str]:
        """Those of all that answer."""
        return sorted({imprint for each in self._members if each.left is None for imprint in each.spool.labels()})

    def seen_from(self, spool: Spool) -> Spool:
        """What the labels of one of them say, with pieces from all."""
        return _SeenFrom(spool, self)

    def left(self) -> tuple[Shortfall, ...]:
        """Whom nothing more is asked for, and why."""
        return tuple(Shortfall(what=each.name, reason=each.left) for each in self._members if each.left is not None)

    def sent(self) -> dict[str, int]:
        """Bytes of pieces, as they were signed, that came from each by now."""
        return {each.name: each.sent for each in self._members}

    def leave(self, name: str, reason: Sentence) -> None:
        """Ask it for nothing more."""
        with self._guard:
            for each in self._members:
                each.left = each.left or (reason if each.name == name else None)

    def fetch_range(self, path: str, offset: int, length: int) -> bytes:
        """Bytes of a blob that somebody has. Raises: SourceError."""
        return self.fetch_piece(path, offset, length, "")

    def fetch_piece(self, path: str, offset: int, length: int, digest: str) -> bytes:
        """A piece, from whoever has it; what nobody has as it was signed comes as somebody has it.

        Raises: NotFoundError where nobody has it, UnreachableError where nobody is left, DamagedError.
        """
        piece, asked = _Asking(path, offset, length, digest), dict[Future[bytes], _OneOfMany]()
        while True:
            member = self._soonest(piece, asked.values())
            if member is not None:
                asked[self._pool.submit(self._ask, member, piece)] = member
            elif not asked:
                break
            content = self._await(piece, asked)
            if content is not None:
                return content
        if all(each.left is not None for each in self._members) and not piece.wrong:
            raise UnreachableError(budgets.PIECE_S.sentence)
        return piece.outcome()

    def _soonest(self, piece: _Asking, asked: Iterable[_OneOfMany]) -> _OneOfMany | None:
        """Who will probably answer first, of those that may have it."""
        with self._guard:
            busy = {id(each) for each in asked} | {id(each) for each, _ in piece.wrong}
            able = [
                each
                for each in self._members
                if each.left is None and piece.path not in each.lacks and each.name not in piece.failed
            ]
            free = [each for each in able if id(each) not in busy]
            if not free:
                return None
            usual_s = min((each.piece_s for each in self._members if each.piece_s), default=0.0)
            soonest = min(free, key=lambda each: (each.wait_s(usual_s), each.asked, each.piece_s > 0))
            soonest.asked += 1
            return soonest

    def _ask(self, member: _OneOfMany, piece: _Asking) -> bytes:
        begun = self._clock()
        try:
            content = member.spool.fetch_range(piece.path, piece.offset, piece.length)
        finally:
            with self._guard:
                member.asked -= 1
        if piece.digest:  # a question after what is there says nothing of how long a piece takes
            with self._guard:
                member.answered(self._clock() - begun)
        return content

    def _await(self, piece: _Asking, asked: dict[Future[bytes], _OneOfMany]) -> bytes | None:
        """What the first of them sends, if it is what was signed. After a while, or a failure, another can be asked."""
        done, waiting = wait(asked, timeout=self._patience_s, return_when=FIRST_COMPLETED)
        if not done:
            self._note_late(piece, asked, waiting)
        for future in done:
            member = asked.pop(future)
            content = self._answer(piece, member, future)
            if content is not None:
                return content
        return None

    def _note_late(self, piece: _Asking, asked: dict[Future[bytes], _OneOfMany], waiting: set[Future[bytes]]) -> None:
        with self._guard:
            for future in waiting - piece.late:
                asked[future].stalled(self._patience_s)
        piece.late |= waiting

    def _answer(self, piece: _Asking, member: _OneOfMany, future: Future[bytes]) -> bytes | None:
        try:
            content = future.result()
        except NotFoundError:
            member.lacks.add(piece.path)
        except UnreachableError:
            if future not in piece.late:
                with self._guard:
                    member.stalled(self._patience_s)
        except SourceError as exc:
            piece.failed[member.name] = exc
        else:
            if piece.is_right(content):
                with self._guard:
                    member.sent += len(content) if piece.digest else 0
                self._blame(piece)
                return content
            piece.wrong.append((member, content))
        return None

    def _blame(self, piece: _Asking) -> None:
        """Who sent something else than another did that was right. Alone, it may be the label that erred."""
        with self._guard:
            for member, content in piece.wrong:
                member.left = member.left or (_WRONG if len(content) == piece.length else _LENGTH)

    def hang_up(self) -> None:
        """With all of them."""
        for each in self._members:
            each.spool.hang_up()

    def close(self) -> None:
        """Wait for nobody."""
        self._pool.shutdown(wait=False, cancel_futures=True)


class _SeenFrom(Spool):
    """One spool of several."""

    def __init__(self, spool: Spool, many: ManySpools) -> None:
        self._spool, self._many = spool, many
        self.abreast = many.abreast

    def labels(self) -> list[str]:
        """Of that one."""
        return self._spool.labels()

    def index(self) -> bytes:
        """Of that one."""
        return self._spool.index()

    def hints(self) -> Hints:
        """Of that one."""
        return self._spool.hints()

    def fetch(self, path: str, max_length: int) -> bytes:
        """What that one has."""
        return self._spool.fetch(path, max_length)

    def fetch_range(self, path: str, offset: int, length: int) -> bytes:
        """From any of them."""
        return self._many.fetch_range(path, offset, length)

    def fetch_piece(self, path: str, offset: int, length: int, digest: str) -> bytes:
        """From any of them."""
        return self._many.fetch_piece(path, offset, length, digest)

    def hang_up(self) -> None:
        """With all of them."""
        self._many.hang_up()

    def close(self) -> None:
        """Whoever opened it closes it."""
