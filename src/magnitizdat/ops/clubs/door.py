"""Whom a reel is sealed to: friends, addresses, or the members of a club (ADR 0069)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from magnitizdat.errors import UsageError
from magnitizdat.formats.age_keys import X25519Recipient
from magnitizdat.library.library import Library
from magnitizdat.ops.clubs.rosters import Club, club_view, known_clubs
from magnitizdat.ops.labels.friends import recipients
from magnitizdat.scene.clubs import closed_because
from magnitizdat.sentence import advice, say


class SealedTo(NamedTuple):
    """Recipients; `club` where they are the members of that one and nobody else."""

    recipients: tuple[X25519Recipient, ...] = ()
    club: str = ""


def sealed_to(library: Library, names: Sequence[str]) -> SealedTo:
    """Friends by name, clubs by name, imprint or four words, and `age1…` as it is.

    Raises: UsageError for what is none of these, or a name that is a friend's and a club's; as `recipient_of`.
    """
    doors = {name: _club_named(library, name) for name in names}
    people = recipients(library, [name for name in names if doors[name] is None])
    clubs = tuple(dict.fromkeys(door.imprint for door in doors.values() if door is not None))
    opened = (recipient_of(library, club) for club in clubs)
    return SealedTo((*people, *opened), clubs[0] if len(clubs) == 1 and not people else "")


def recipient_of(library: Library, club: str) -> X25519Recipient:
    """What the door of a club is sealed with now.

    Raises: UsageError where this library is not in it, or no epoch is in force.
    """
    line = next((each for each in known_clubs(library) if each.imprint == club), None)
    if line is None:
        raise UsageError(
            advice(
                terminal=say("you are in no such club; `mag club list` shows yours"),
                page=say("you are in no such club; look under Clubs"),
            )
        )
    if line.role in {"left", "out"}:
        raise UsageError(say("you are not in «{name}» any more, so nothing is sealed for it here", name=line.name))
    stands = club_view(library, club)
    if not stands.epochs and line.role == "officer":
        raise UsageError(
            advice(
                terminal=say("nobody is in «{name}» yet; let somebody in with `mag club admit` first", name=line.name),
                page=say("nobody is in «{name}» yet; let somebody in first, under Clubs", name=line.name),
            )
        )
    if stands.in_force is None:
        raise UsageError(closed_because(stands, line.name))
    return X25519Recipient.from_text(stands.in_force.recipient)


def _club_named(library: Library, text: str) -> Club | None:
    """The club that is meant, if one is. Raises: UsageError where a friend is called so as well, or two clubs."""
    wanted = text.strip().casefold()
    exactly = [each for each in known_clubs(library) if wanted in {each.imprint, each.words}]
    found = exactly or [each for each in known_clubs(library) if each.name.casefold() == wanted]
    is_friend = not exactly and wanted in {name.casefold() for name in library.shelf.friends()}
    if len(found) + is_friend > 1:
        words = ", ".join(each.words for each in found)
        raise UsageError(
            say(
                "«{text}» can mean several; name a club by its four words: {words}",
                text=text,
                words=words,
            )
        )
    return found[0] if found else None
