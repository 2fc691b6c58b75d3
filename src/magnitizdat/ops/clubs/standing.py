"""How we stand to a club, by the ids under which its officers let us in and out: in whatever order their letters come.

An id that was let out never comes back; who is let in again gets another one.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from magnitizdat.library.club_rows import MAX_IDS, ClubRow
from magnitizdat.library.library import Library
from magnitizdat.scene.club_news import ClubNews, unpacked_ids


def standing(library: Library, club: str) -> ClubRow | None:
    """What was noted of a club; None for who never was in it."""
    return library.index.listening.kept_one(ClubRow, f"club:{club}")


def let_in(row: ClubRow, admission: str) -> ClubRow:
    """With an id under which we were let in; one that was let out since is none."""
    new = {admission} - {"", *row.ids, *row.gone}
    return replace(row, ids=(*row.ids, *new)[-MAX_IDS:])


def let_out(row: ClubRow, news: ClubNews, day: str, held: Iterable[int]) -> ClubRow:
    """What a goodbye makes of it; `held` are the numbers of the epochs whose keys are here.

    It lets us out of the ids that it names. Where we know none of our own, a key as new as the goodbye says that we
    were let in again. Raises: DamagedError.
    """
    named = unpacked_ids(news.gone)
    ids = tuple(each for each in row.ids if each not in named) if named else ()
    gone = (*row.gone, *(each for each in named if each not in row.gone))[-MAX_IDS:]
    row, knew = replace(row, ids=ids, gone=gone, until=max(row.until, news.until)), bool(row.ids)
    is_in = bool(ids) or (not knew and 0 < news.until <= max(held, default=0))
    return row if is_in or row.standing != "member" else replace(row, standing="out", at=day)


def is_past(row: ClubRow | None, news: ClubNews, *, to_one: bool) -> bool:
    """Whether a letter lets nobody in any more: it is from before we were let out, or went.

    Who went is let in by a letter to them alone; who was let out also by keys that are newer than the goodbye.
    """
    if row is None:
        return False
    if news.admission:
        return news.admission in row.gone
    newest = max((each.number for each in news.epochs), default=0)
    return (row.standing == "left" and not to_one) or (row.standing == "out" and newest < row.until)
