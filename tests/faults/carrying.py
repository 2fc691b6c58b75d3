"""What to carry, for the table of `verbs`: what is asked for, and slips."""

from __future__ import annotations

from magnitizdat.formats.age_keys import X25519Identity
from magnitizdat.library.given_rows import GivenRow
from magnitizdat.ops.give.forgetting import forget_given
from magnitizdat.ops.post.carrying import carried
from magnitizdat.ops.post.slips import due_slips, note_due, send_slips
from magnitizdat.ops.post.wanting import want, want_no_more, wanted_ids
from magnitizdat.scene.slips import ReturnNote
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


def _asks(world: World) -> None:
    """A reel of somebody's came, and asks for a slip."""
    key = X25519Identity.generate().recipient.text
    note_due(world.library, ReturnNote(reel=32 * "c", address=key), ["d" * 32], whole=True, damaged=0, now=NOW)


def _answer(world: World) -> None:
    send_slips(world.library, now=NOW)


def _is_answered(world: World) -> bool:
    """One slip for one reel, however often the command ran."""
    return not due_slips(world.library) and carried(world.library, now=NOW).own == 1


def _waits_or_went(world: World) -> bool:
    return len(due_slips(world.library)) + carried(world.library, now=NOW).own == 1


def _was_given(world: World) -> None:
    imprint = world.library.shelf.friends()["Natalia"].imprint
    with world.library.changes() as changes:
        changes.row(GivenRow(friend=imprint, at=NOW.isoformat(timespec="seconds"), album=32 * "e"))
        changes.commit()


def _knows(world: World) -> bool:
    return bool(world.library.index.given.friends())


CARRYING = {
    "friend-forget": Verb(
        lambda world: forget_given(world.library, "Natalia", now=NOW),
        lambda world: not _knows(world),
        before=_was_given,
    ),
    "want-slip": Verb(_answer, _is_answered, before=_asks, meanwhile=_waits_or_went),
    "want": Verb(_ask, lambda world: set(wanted_ids(world.library)) == {*ASKED}, meanwhile=_all_or_nothing),
    "want-drop": Verb(_drop, lambda world: not wanted_ids(world.library), before=_ask, meanwhile=_all_or_nothing),
}
CARRYING_COMMANDS = {"friend forget": ("friend-forget",), "want": ("want", "want-drop", "want-slip")}
