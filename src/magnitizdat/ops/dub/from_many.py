"""Taking from several places at once: what the labels of each say, and every piece from whoever answers soonest."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from datetime import datetime
from typing import Any

from msgspec import structs

from magnitizdat.errors import MagError, SourceError, WrongPassphraseError
from magnitizdat.library.library import Library
from magnitizdat.ops.dub.arrived import note_arrived
from magnitizdat.ops.dub.dubbed import DubReport, SentBy
from magnitizdat.ops.dub.from_spool import dub
from magnitizdat.ops.places.many import ManySpools
from magnitizdat.ops.places.remote import Ask
from magnitizdat.ops.places.socks import Proxy
from magnitizdat.ops.places.sources import PassedOver, Source, open_sources

_FAILURES = (SourceError, WrongPassphraseError)


def dub_together(
    library: Library,
    sources: Sequence[str],
    *,
    now: Callable[[], datetime],
    words: str,
    ask: Ask | None,
    proxy: Proxy | None,
    **options: Any,
) -> Iterator[tuple[str, DubReport]]:
    """Each spool at `sources`, its name and report; one that fails is told as missing, and stops no other.

    Raises: as `open_sources` and `dub`, where each of them failed.
    """
    failed, unread = dict[str, MagError](), list[PassedOver]()
    with ExitStack() as until_the_end:
        found = list(_opened(library, sources, failed, words=words, ask=ask, proxy=proxy, unread=unread))
        failed |= dict(unread)
        for each in found:
            until_the_end.enter_context(closing(each.spool))
        many = until_the_end.enter_context(closing(ManySpools((each.name, each.spool) for each in found)))
        told = set[str]()
        for each in found:
            before = many.sent()
            try:
                report = dub(library, many.seen_from(each.spool), now=now(), club=each.club, **options)
            except _FAILURES as exc:
                failed[each.name] = exc
                many.leave(each.name, exc.sentence)
            else:
                left = tuple(gone for gone in many.left() if gone.what not in {*told, *failed})
                told.update(gone.what for gone in left)
                slips = note_arrived(library, each, report, wishes=options["wishes"], now=now())
                missing = (*report.missing, *each.shortfalls)
                yield (
                    each.name,
                    structs.replace(report, missing=missing, left=left, slips=slips, sent=_since(before, many.sent())),
                )
    if failed and len(failed) >= len({*failed, *(each.name for each in found)}):
        raise next(iter(failed.values()))
    yield from ((name, nothing_of(PassedOver(name, exc))) for name, exc in failed.items())


def _since(before: dict[str, int], now: dict[str, int]) -> tuple[SentBy, ...]:
    lengths = {name: length - before[name] for name, length in now.items()}
    return tuple(SentBy(source=name, length=length) for name, length in lengths.items() if length)


def _opened(library: Library, sources: Sequence[str], failed: dict[str, MagError], **how: Any) -> Iterator[Source]:
    for source in sources:
        try:
            yield from open_sources(library, source, **how)
        except _FAILURES as exc:
            failed[source] = exc


def nothing_of(source: PassedOver) -> DubReport:
    """What a source gave that cannot be read."""
    return DubReport(labels=(), releases=0, tracks=0, length=0, already=0, missing=(source.shortfall,), refused=1)
