"""Files on their way to a worker: many small ones at once, each large one alone. PURE."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Generic, NamedTuple, TypeVar

from magnitizdat.model import ReadAt
from magnitizdat.workers import protocol

Token = TypeVar("Token")


class Item(NamedTuple, Generic[Token]):
    """One file, by whatever its caller calls it."""

    token: Token
    source: ReadAt
    name_hint: str


def batches(items: Iterable[tuple[Token, ReadAt, str]]) -> Iterator[list[Item[Token]]]:
    """Small files together up to 64 or 4 MiB; each large one alone."""
    batch: list[Item[Token]] = []
    total = 0
    for item in (Item(*each) for each in items):
        large = item.source.length > protocol.SMALL_FILE
        full = len(batch) == protocol.BATCH_FILES or total + item.source.length > protocol.BATCH_LENGTH
        if batch and (large or full):
            yield batch
            batch, total = [], 0
        if large:
            yield [item]
        else:
            batch.append(item)
            total += item.source.length
    if batch:
        yield batch
