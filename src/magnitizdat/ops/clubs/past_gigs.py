"""Gigs that are over: they rest, as a clock may be wrong, and then leave this library and its labels (ADR 0106)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec

from magnitizdat.catalogue.clubs import GIG, Gig
from magnitizdat.catalogue.kinds import read
from magnitizdat.catalogue.refresh import stored_path
from magnitizdat.errors import MagError
from magnitizdat.formats.spool_paths import label_path
from magnitizdat.library.index.index import Index
from magnitizdat.library.library import Changes, Library
from magnitizdat.library.members import keys_name
from magnitizdat.library.reclaim import destroy
from magnitizdat.ops.voices.saying import withdraw
from magnitizdat.scene.gigs import is_past
from magnitizdat.scene.resting import Rest, rest

_MEMBERS = f"labels/*.{GIG}.json"
"""Names in the vault of gigs, also of those that were said anew."""
_STEP = timedelta(days=1)
"""Between looks that count: where people met is not to lie here for months, and who announced it can say it again."""
_RESTS = "rest"
"""Kind of what looks noted, in the index alone: a journal would tell for years that there was a gig."""


class GigHere(NamedTuple):
    """A gig as it stands here; None for what a newer version said in other words, which stays."""

    imprint: str
    path: str
    member: str
    gig: Gig | None


def gigs_here(library: Library) -> Iterator[GigHere]:
    """All that labels list."""
    for imprint, held in library.index.documents.of_kinds([GIG]):
        said = read(held.path, library.index.documents.content(imprint, held.path)).value
        member = label_path(imprint, stored_path(held.path, held.sha256))
        yield GigHere(imprint, held.path, member, said if isinstance(said, Gig) else None)


def forget_past(library: Library, *, now: datetime) -> int:
    """What has been over for a week, and rested, leaves library and, where it is signed here, label: how many went.

    So do, at once, the words of a gig that was said anew since.
    """
    found, noted = list(gigs_here(library)), _noted(library)
    looks = {each.member: _look(each.gig, noted.get(each.member, Rest()), now) for each in found}
    past = [each for each in found if looks[each.member].has_rested]
    gone = {*library.index.cells.members_like(_MEMBERS)} - {each.member for each in found if each not in past}
    resting = {member: look for member, look in looks.items() if look.over and not look.has_rested}
    if gone or past or resting != noted:
        with library.changes(frees=True) as changes:
            destroy(library, changes, gone)
            for imprint in dict.fromkeys(each.imprint for each in past):
                _drop(library, changes, imprint, [each.path for each in past if each.imprint == imprint], now=now)
            changes.then(lambda index: _note(index, noted, resting))
            changes.commit()
    return len(past)


def _look(gig: Gig | None, noted: Rest, now: datetime) -> Rest:
    return rest(noted, now, is_over=gig is not None and is_past(gig, now), step=_STEP)


def _noted(library: Library) -> dict[str, Rest]:
    """What earlier looks found, by member."""
    kept = library.index.jobs.of_kind(_RESTS)
    return {member: msgspec.json.decode(body, type=Rest) for member, body in kept.items()}


def _note(index: Index, noted: dict[str, Rest], resting: dict[str, Rest]) -> None:
    for member in noted.keys() - resting.keys():
        index.jobs.drop(_RESTS, member)
    for member, look in resting.items():
        index.jobs.put(_RESTS, member, msgspec.json.encode(look))


def _drop(library: Library, changes: Changes, imprint: str, paths: list[str], *, now: datetime) -> None:
    """A list that may not be signed here names them for a while yet."""
    own = {view.imprint: view for view in library.shelf.labels() if view.standing == "own"}
    if imprint in own and library.has_member(keys_name(imprint)):
        with suppress(MagError):
            withdraw(library, changes, own[imprint], paths, now=now)
            return
    changes.then(lambda index: index.documents.drop(imprint, paths))
