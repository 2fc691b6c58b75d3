"""Reading what a server answers: no more than is wanted, no longer than it is worth, and as it came."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

from magnitizdat.errors import UnreachableError
from magnitizdat.formats import budgets

_STEP = 1 << 16


class Incoming(Protocol):
    """An answer of `urllib3` whose body is still to come."""

    def read1(self, amt: int | None, decode_content: bool | None) -> bytes: ...  # noqa: FBT001 -- urllib3's


def read_answer(answer: Incoming, most: int, *, clock: Callable[[], float] = time.monotonic) -> bytes:
    """At most so many bytes of an answer. What is packed is not unpacked: we never ask for that.

    Raises: UnreachableError where they come too slowly, and what `answer` raises.
    """
    parts, length, begun = list[bytes](), 0, clock()
    while length < most:
        part = answer.read1(min(_STEP, most - length), False)
        if not part:
            break
        parts.append(part)
        length += len(part)
        if clock() - begun > budgets.ANSWER_S.allowed(length):
            raise UnreachableError(budgets.ANSWER_S.sentence)
    return b"".join(parts)
