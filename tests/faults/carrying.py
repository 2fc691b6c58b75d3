"""What to carry, for the table of `verbs`: what is asked for."""

from __future__ import annotations

from magnitizdat.ops.post.wanting import want, want_no_more, wanted_ids
from tests.fakes_library import NOW
from tests.faults.accidents import Verb
from tests.faults.world import World

ASKED = (32 * "a", 32 * "b")


def _ask(world: World) -> None:
    want(world.library, ASKED, now=NOW)


def _drop(world: World) -> None:
    if wanted_ids(world.library):
        want_no_more(world.library, ASKED)


def _all_or_nothing(world: World) -> bool:
    return len(wanted_ids(world.library)) in {0, len(ASKED)}


CARRYING = {
    "want": Verb(_ask, lambda world: set(wanted_ids(world.library)) == {*ASKED}, meanwhile=_all_or_nothing),
    "want-drop": Verb(_drop, lambda world: not wanted_ids(world.library), before=_ask, meanwhile=_all_or_nothing),
}
CARRYING_COMMANDS = {"want": ("want", "want-drop")}
