"""`mag label hand-over`: a holder becomes keeper of a label: new online keys, and the last list that is stood by.

What the key before signed besides that list is marked where the new root arrives, whatever its date.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

from magnitizdat.catalogue.carrying_on import holders_of, list_in, need_of, newest_list, root_of
from magnitizdat.catalogue.forms import MAX_VERSION
from magnitizdat.catalogue.holder_cards import HolderCard, public_of
from magnitizdat.catalogue.proposals import propose
from magnitizdat.catalogue.publisher import SEED_LENGTH, paper_words
from magnitizdat.catalogue.refresh import LabelState
from magnitizdat.catalogue.voices import HeardList
from magnitizdat.errors import UsageError
from magnitizdat.formats.spool_paths import label_path
from magnitizdat.library.library import Library
from magnitizdat.library.members import online_name
from magnitizdat.ops.labels.holder_keys import seeds_for, state_now
from magnitizdat.ops.labels.holders import WantedHolders, arrange, drop_unsigned, given_first
from magnitizdat.ops.labels.labels import find_label
from magnitizdat.ops.labels.signing import ProposalReport, Work, put_forward, report
from magnitizdat.sentence import advice, say


def hand_over(
    library: Library,
    label: str,
    *,
    up_to: int | None = None,
    cards: Sequence[HolderCard] = (),
    papers: int = 0,
    out: Sequence[str] = (),
    need: int = 0,
    now: datetime,
    instead: bool = False,
    only_copy: bool = False,
) -> ProposalReport:
    """Propose that this library signs the label from now on; holders who are `out` go, those of `cards` come.

    Its holders stand by the list of version `up_to`, the newest that is held where none is named.

    Raises: UsageError where no root key of the label is here, or that list is not; NotVerifiedError.
    """
    with library.changes() as changes:
        view = find_label(library, label)
        state = state_now(library, view.imprint)
        _require_holder(library, state, view.name)
        work = Work(library, changes, view, state, now)
        lists = _stood_by(library, state, up_to)
        arranged = arrange(work, WantedHolders(cards, papers, out=out, need=need))
        online = secrets.token_bytes(SEED_LENGTH)
        proposed = propose(
            root_of(state),
            imprint=view.imprint,
            roots=state.roots(),
            holders=arranged.keys,
            need=arranged.need,
            lists=lists,
            online=public_of(online),
            continues=True,
            now=now,
        )
        changes.put_member(online_name(proposed.sha256), online)
        drop_unsigned(work)
        given = given_first(arranged, online=online, instead=instead, only_copy=only_copy)
        done = put_forward(work, proposed, given)
        changes.commit()
    return report(library, view, done, papers=[paper_words(seed) for seed in arranged.papers])


def _require_holder(library: Library, state: LabelState, name: str) -> None:
    if need_of(state) == 1:
        raise UsageError(
            advice(
                terminal=say(
                    "«{name}» has no holders yet, so nobody can hand it over: `mag label holders` appoints them,"
                    " and `mag label restore` takes it back with its paper words",
                    name=name,
                ),
                page=say(
                    "«{name}» has no holders yet, so nobody can hand it over: name some first, or take it back"
                    " with its paper words",
                    name=name,
                ),
            )
        )
    if not seeds_for(library, state.imprint).keys() & {*holders_of(state)}:
        raise UsageError(say("this library holds no root key of «{name}»; one of its holders hands it over", name=name))


def _stood_by(library: Library, state: LabelState, up_to: int | None) -> HeardList:
    held = newest_list(state)
    if held is None:
        raise UsageError(say("no list of this label is here; dub it from somewhere first"))
    if up_to is None or up_to == held.version:
        return _with_room(held)
    name = label_path(state.imprint, f"metadata/{up_to}.targets.json")
    if not library.has_member(name):
        raise UsageError(
            say(
                "list {version} of this label is not here; the newest that is has version {held}",
                version=up_to,
                held=held.version,
            )
        )
    return _with_room(list_in(state, library.member(name)))


def _with_room(list_: HeardList) -> HeardList:
    """Refused before anybody signs: a thief may sign the highest version that there is, and leave none for the next."""
    if list_.version >= MAX_VERSION // 2:
        raise UsageError(
            advice(
                terminal=say(
                    "list {version} leaves no room for a next one; say with --up-to which earlier one the"
                    " holders stand by",
                    version=list_.version,
                ),
                page=say(
                    "list {version} leaves no room for a next one; choose an earlier one that the holders stand by",
                    version=list_.version,
                ),
            )
        )
    return list_
