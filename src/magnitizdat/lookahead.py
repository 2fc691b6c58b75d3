"""Work done ahead of whoever takes it, in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from typing import TypeVar

Item = TypeVar("Item")
Made = TypeVar("Made")


def ahead(
    pool: Executor, make: Callable[[Item], Made], items: Iterable[Item], *, most: int
) -> Iterator[tuple[Item, Future[Made]]]:
    """Each item with the future of `make(item)`, in order; what is not taken is cancelled.

    `most` of them exist at a time: waiting, under way, done, and the one in the taker's hands until the next is asked
    for, so that as many buffers are enough. `items` is iterated in the taker's thread, no further ahead than that.
    """
    begun: deque[tuple[Item, Future[Made]]] = deque()
    try:
        for item in items:
            begun.append((item, pool.submit(make, item)))
            if len(begun) >= most:
                yield begun[0]
                begun.popleft()
        while begun:
            yield begun[0]
            begun.popleft()
    finally:
        for _, future in begun:
            future.cancel()
