"""Stars, ratings, plays, queue and bookmarks: what a listener does to music, kept for ever (law 11).

The listener's name is empty for the owner. Each act is a row in the tail of the journal: on the medium when it returns,
without the library's write lock, so that a player may star while an import runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime

from magnitizdat.errors import LibraryBusyError, UsageError
from magnitizdat.library import rows as journal_rows
from magnitizdat.library.index.listening import Mark, Ranking
from magnitizdat.library.journal import (
    BookmarkGone,
    BookmarkRow,
    Kind,
    ListeningRow,
    PlayRow,
    QueueRow,
    RatingRow,
    StarRow,
)
from magnitizdat.library.library import Library
from magnitizdat.library.reclaim import refill
from magnitizdat.sentence import say

MAX_STARS = 5


def record(library: Library, rows: Sequence[ListeningRow]) -> None:
    """Write rows into the tail; where enough wait, and nobody else writes, they are sealed.

    Raises: LibraryBusyError where another process holds the index for longer than five seconds.
    """
    if rows:
        record_what(library, lambda: rows)


def record_what(library: Library, decide: Callable[[], Sequence[ListeningRow]]) -> None:
    """The same for rows that follow from what is there: nobody else writes between `decide` and them.

    Raises: LibraryBusyError; what `decide` raises, and then nothing is written.
    """
    with library.index.transaction():
        journal_rows.append(library.index, library.device, decide())
    if library.index.tail.is_long():
        flush_tail(library)


def flush_tail(library: Library) -> None:
    """Seal what waits in the tail. Where another process writes, that one's next commit does it."""
    if not library.index.tail.waiting():
        return
    with suppress(LibraryBusyError), library.changes() as changes:
        refill(library, changes)
        changes.commit()


def stamp(moment: datetime) -> str:
    """A time as rows hold it: ISO 8601 in UTC with milliseconds, so that text sorts as time does."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


# -- stars, ratings, plays ------------------------------------------------------------------------------------------


def star(library: Library, listener: str, kind: Kind, targets: Iterable[str], *, now: datetime) -> None:
    """Star tracks (by their 64 hex digits), albums or artists; what is starred keeps its time."""
    wanted = list(dict.fromkeys(targets))
    at = stamp(now)

    def fresh() -> list[ListeningRow]:
        known = marks(library, listener, kind, wanted)
        without = [target for target in wanted if not known.get(target, Mark()).starred]
        return [StarRow(listener=listener, kind=kind, target=target, at=at) for target in without]

    record_what(library, fresh)


def unstar(library: Library, listener: str, kind: Kind, targets: Iterable[str]) -> None:
    """Take stars back."""
    wanted = list(targets)

    def gone() -> list[ListeningRow]:
        known = marks(library, listener, kind, wanted)
        return [StarRow(listener=listener, kind=kind, target=target) for target, mark in known.items() if mark.starred]

    record_what(library, gone)


def rate(library: Library, listener: str, kind: Kind, target: str, stars: int) -> None:
    """Give one to five stars; 0 takes them back.

    Raises: UsageError for any other number.
    """
    if not 0 <= stars <= MAX_STARS:
        raise UsageError(say("a rating is one to five stars, or 0 to take it back"))
    record(library, [RatingRow(listener=listener, kind=kind, target=target, stars=stars)])


def scrobble(
    library: Library, listener: str, track: str, *, at: datetime, submission: bool = True, album: str = ""
) -> None:
    """Count a play of a track, and of the album that it was heard from; "now playing" (no submission) is none."""
    if submission:
        record(library, [PlayRow(listener=listener, track=track, album=album, at=stamp(at))])


def marks(library: Library, listener: str, kind: Kind, targets: Iterable[str]) -> dict[str, Mark]:
    """What the listener did with each of these; what nothing was done with is left out. One query for all."""
    return library.index.listening.marks(listener, kind, targets)


def starred(library: Library, listener: str, kind: Kind, *, offset: int = 0, count: int = -1) -> list[str]:
    """What is starred and here, newest first."""
    return ranked(library, listener, kind, "starred", offset=offset, count=count)


def ranked(
    library: Library, listener: str, kind: Kind, ranking: Ranking, *, offset: int = 0, count: int = -1
) -> list[str]:
    """Targets that are here: `starred` and `recent` newest first, `frequent` and `highest` best first."""
    return library.index.listening.ranking(listener, kind, ranking, offset=offset, count=count)


# -- queue and bookmarks --------------------------------------------------------------------------------------------


def save_queue(
    library: Library,
    listener: str,
    entries: Sequence[str],
    *,
    current: int = 0,
    position_ms: int = 0,
    changed_by: str = "",
    now: datetime,
) -> None:
    """Keep what the listener was about to hear, in place of what was kept before.

    Raises: UsageError where `current` is not the place of an entry.
    """
    if not (0 <= current < len(entries) or (not entries and current == 0)) or position_ms < 0:
        raise UsageError(say("the current song must be one of the queue, and its position not before its beginning"))
    queue_row = QueueRow(
        listener=listener,
        entries=tuple(entries),
        current=current,
        position_ms=position_ms,
        changed=stamp(now),
        changed_by=changed_by,
    )
    record(library, [queue_row])


def queue(library: Library, listener: str) -> QueueRow | None:
    """What was kept last."""
    return library.index.listening.kept_one(QueueRow, f"queue:{listener}")


def save_bookmark(
    library: Library, listener: str, song: str, *, position_ms: int, comment: str = "", now: datetime
) -> None:
    """Keep a place in a song; a song has one bookmark of each listener."""
    subject = f"bookmark:{listener}:{song}"

    def bookmark() -> list[ListeningRow]:
        earlier = library.index.listening.kept_one(BookmarkRow, subject)
        kept = BookmarkRow(
            listener=listener,
            song=song,
            position_ms=max(0, position_ms),
            comment=comment,
            created=earlier.created if earlier else stamp(now),
            changed=stamp(now),
        )
        return [kept]

    record_what(library, bookmark)


def remove_bookmark(library: Library, listener: str, song: str) -> None:
    """Forget the place in a song."""

    def gone() -> list[ListeningRow]:
        kept = library.index.listening.kept_one(BookmarkRow, f"bookmark:{listener}:{song}")
        return [] if kept is None else [BookmarkGone(listener=listener, song=song)]

    record_what(library, gone)


def bookmarks(library: Library, listener: str) -> list[BookmarkRow]:
    """All places that the listener kept, newest first."""
    found = library.index.listening.kept(BookmarkRow, f"bookmark:{listener}:")
    return sorted(found, key=lambda each: each.changed, reverse=True)
