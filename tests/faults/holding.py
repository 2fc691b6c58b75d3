"""Verbs about who carries a label on, for the table of verbs."""

from __future__ import annotations

from magnitizdat.catalogue.carrying_on import need_of
from magnitizdat.catalogue.publisher import speaks_for
from magnitizdat.library.members import online_name
from magnitizdat.ops.labels import labels
from magnitizdat.ops.labels.handing_over import hand_over
from magnitizdat.ops.labels.holder_keys import Names, own_seeds, waiting
from magnitizdat.ops.labels.holders import appoint, holder_card
from magnitizdat.ops.labels.signing import sign
from tests.fakes_library import NOW
from tests.faults.accidents import Verb
from tests.faults.world import World

NAME = "In several hands"


def _state(world: World):
    return labels.held_state(world.library, labels.find_label(world.library, NAME).imprint)


def _keys(world: World):
    return labels.label_keys(world.library, labels.find_label(world.library, NAME).imprint)


def _born(world: World) -> None:
    labels.create(world.library, NAME, now=NOW)


def _appoint(world: World):
    return appoint(world.library, NAME, need=2, papers=2, with_me=True, now=NOW)


def _appointed(world: World) -> None:
    _born(world)
    asked = _appoint(world)
    (world / "out" / "words").write_text(asked.paper_words[0])
    sign(world.library, [asked.proposal.encode()], now=NOW)


def _proposed(world: World) -> None:
    _appointed(world)
    proposal = hand_over(world.library, NAME, now=NOW).proposal
    (world / "out" / "proposal.json").write_text(proposal)


def _sign(world: World) -> None:
    words = (world / "out" / "words").read_text()
    sign(world.library, [(world / "out" / "proposal.json").read_bytes()], words=[words], now=NOW)


def _is_asked(world: World) -> bool:
    """Nothing is in force before somebody saw the words of the papers, and signed."""
    is_whole = need_of(_state(world)) == 1 and _keys(world).root_seed is not None
    return is_whole and len(waiting(world.library, _state(world))) == 1


def _speaks(world: World) -> bool:
    """At any time the keys that are here sign for the label as it is here."""
    return speaks_for(_state(world), _keys(world))


def _has_card(world: World) -> bool:
    names = Names(world.library)
    return "Mike" in map(names.name, own_seeds(world.library))


def _is_proposed(world: World) -> bool:
    """With the online key that it brings: without it nobody could sign the list once it is in force."""
    found = waiting(world.library, _state(world))
    return bool(found) and all(world.library.has_member(online_name(each.sha256)) for each in found)


HOLDING = {
    "label-holder-card": Verb(lambda world: holder_card(world.library, "Mike", now=NOW), _has_card),
    "label-holders": Verb(_appoint, _is_asked, before=_born, meanwhile=_speaks),
    "label-hand-over": Verb(
        lambda world: hand_over(world.library, NAME, now=NOW), _is_proposed, before=_appointed, meanwhile=_speaks
    ),
    "label-sign": Verb(
        _sign, lambda world: len(_state(world).roots()) == 3 and _speaks(world), before=_proposed, meanwhile=_speaks
    ),
}
HOLDING_COMMANDS = {
    "label holder-card": ("label-holder-card",),
    "label holders": ("label-holders",),
    "label hand-over": ("label-hand-over",),
    "label sign": ("label-sign",),
}
