"""Verbs of clubs, for the table of `verbs`."""

from __future__ import annotations

from magnitizdat.catalogue.carrying_on import root_of
from magnitizdat.catalogue.club_roots import club_of
from magnitizdat.library.members import keys_name
from magnitizdat.ops.clubs.creating import create_club
from magnitizdat.ops.labels.labels import held_state
from magnitizdat.ops.labels.of_clubs import of_clubs
from tests.fakes_library import NOW
from tests.faults.accidents import Verb
from tests.faults.world import World

NAME = "Клуб 45"


def _is_founded(world: World) -> bool:
    """Its officer can sign as such, and nothing of either label goes to anybody else."""
    found = [view for view in world.library.shelf.labels() if view.name == NAME]
    if not found:
        return False
    club = club_of(root_of(held_state(world.library, found[0].imprint)).signed)
    assert club is not None
    (officer,) = club.officers
    assert world.library.has_member(keys_name(officer))
    assert of_clubs(world.library) == dict.fromkeys((officer, found[0].imprint), found[0].imprint)
    return True


CLUBS = {"club-create": Verb(lambda world: create_club(world.library, NAME, now=NOW), _is_founded)}
CLUB_COMMANDS = {"club create": ("club-create",)}
