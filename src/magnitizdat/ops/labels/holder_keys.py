"""Root keys that this library holds for labels, and whose the others are, as far as anybody here was told."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime

from magnitizdat.catalogue.carrying_on import ahead, caught_up, holders_of
from magnitizdat.catalogue.holder_cards import HolderCard, make_card, public_of
from magnitizdat.catalogue.proposals import NextRoot, read_proposal, root_keys
from magnitizdat.catalogue.publisher import SEED_LENGTH, LabelKeys
from magnitizdat.catalogue.refresh import LabelState
from magnitizdat.errors import SourceError
from magnitizdat.formats.names import clean_line
from magnitizdat.library.holder_rows import HolderRow, ProposalRow
from magnitizdat.library.library import Changes, Library
from magnitizdat.library.members import holder_name, keys_name
from magnitizdat.ops.labels.labels import held_state
from magnitizdat.sentence import Sentence, say


def holder_card(library: Library, name: str, *, label: str = "", now: datetime) -> HolderCard:
    """A card of a root key that is made and stays here. One of that name which no label knows yet is shown again.

    Each label gets a key of its own: two that named one key would be seen to have a holder in common. `label` is the
    club label of who would be an officer.
    """
    with library.changes() as changes:
        known = _unused(library, name, label)
        if known is not None:
            return make_card(name, known, label=label)
        seed = new_holder(changes, name, label=label, now=now)
        changes.commit()
    return make_card(name, seed, label=label)


def new_holder(changes: Changes, name: str, *, label: str = "", now: datetime) -> bytes:
    """The seed of a new root key that this library holds from now on."""
    seed = secrets.token_bytes(SEED_LENGTH)
    changes.put_member(holder_name(public_of(seed)), seed)
    changes.row(HolderRow(key=public_of(seed), name=name, label=label, at=_moment(now)))
    return seed


def own_seeds(library: Library) -> dict[str, bytes]:
    """Seeds of root keys that are held here, by their public half in hex."""
    names = library.index.cells.members_like("holder/*")
    return {name.removeprefix("holder/"): library.member(name) for name in names}


def seeds_for(library: Library, imprint: str) -> dict[str, bytes]:
    """The same, with the root key of an own label that was born here."""
    found = own_seeds(library)
    if library.has_member(keys_name(imprint)):
        seed = LabelKeys.from_bytes(library.member(keys_name(imprint))).root_seed
        found |= {public_of(seed): seed} if seed is not None else {}
    return found


def proposals(library: Library, imprint: str = "") -> list[NextRoot]:
    """Next roots that were proposed and are known here, of all labels or of one."""
    found = []
    for row in library.index.listening.kept(ProposalRow, f"proposal:{imprint}"):
        with suppress(SourceError):  # of a newer mag, which says more in it
            found.append(read_proposal(row.body.encode()))
    return found


def waiting(library: Library, state: LabelState) -> list[NextRoot]:
    """Those of a label that its roots have not reached."""
    return [each for each in proposals(library, state.imprint) if each.version > len(state.roots())]


def state_now(library: Library, imprint: str) -> LabelState:
    """A label as held, with next roots that enough have signed."""
    state = held_state(library, imprint)
    return ahead(state, waiting(library, state))


def state_under(library: Library, proposed: NextRoot) -> LabelState:
    """The same as far as a proposal follows on it, with roots that it brings along.

    Raises: NotVerifiedError, DamagedError.
    """
    state = held_state(library, proposed.proposal.imprint)
    state = ahead(state, [each for each in waiting(library, state) if each.version < proposed.version])
    return caught_up(state, proposed)


class Names:
    """Who holds which key, in words."""

    def __init__(self, library: Library) -> None:
        self._rows = {row.key: row for row in library.index.listening.kept(HolderRow, "holder:")}
        self._own = own_seeds(library).keys()
        self._born = set(_born_here(library))

    def of(self, key: str) -> Sentence:
        """A key by the name that is known of it here, and how its hex begins."""
        row, short = self._rows.get(key), key[:8]
        if key in self._own:
            return say("you ({key})", key=short)
        if key in self._born:
            return say("this library ({key})", key=short)
        if self.name(key):
            return say("«{name}» ({key})", name=self.name(key), key=short)
        return say("a paper ({key})", key=short) if row is not None and row.paper else say("key {key}", key=short)

    def name(self, key: str) -> str:
        """The bare name; empty where none is known."""
        return clean_line(self._rows[key].name) if key in self._rows else ""

    def label(self, key: str) -> str:
        """The club label of the officer whose it is; empty where none is known."""
        return self._rows[key].label if key in self._rows else ""

    def labels(self) -> dict[str, str]:
        """Names of officers by their club labels."""
        return {row.label: clean_line(row.name) for row in self._rows.values() if row.label}

    def find(self, text: str, among: Iterable[str]) -> list[str]:
        """Those of these keys that a name, or the beginning of a key, means."""
        wanted = text.strip().casefold()
        keys = list(among)
        named = [key for key in keys if wanted and self.name(key).casefold() == wanted]
        return named or [key for key in keys if len(wanted) >= 4 and key.startswith(wanted)]


def note_holders(changes: Changes, cards: Iterable[HolderCard], papers: Iterable[bytes], *, now: datetime) -> None:
    """Whose keys these are."""
    for card in cards:
        changes.row(HolderRow(key=card.key, name=card.name, label=card.label, at=_moment(now)))
    for seed in papers:
        changes.row(HolderRow(key=public_of(seed), paper=True, at=_moment(now)))


def _born_here(library: Library) -> Iterator[str]:
    """Root keys that labels which were born here got with their online keys."""
    for name in library.index.cells.members_like("keys/*"):
        seed = LabelKeys.from_bytes(library.member(name)).root_seed
        if seed is not None:
            yield public_of(seed)


def _unused(library: Library, name: str, label: str) -> bytes | None:
    used = {key for each in proposals(library) for key in root_keys(each.statement.signed)}
    for view in library.shelf.labels():
        with suppress(SourceError):
            used |= set(holders_of(held_state(library, view.imprint)))
    names = Names(library)
    own = ((key, seed) for key, seed in own_seeds(library).items() if key not in used)
    return next((seed for key, seed in own if (names.name(key), names.label(key)) == (name, label)), None)


def _moment(now: datetime) -> str:
    return now.isoformat(timespec="seconds")
