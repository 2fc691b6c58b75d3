"""Verbs of clubs, for the table of `verbs`."""

from __future__ import annotations

from datetime import timedelta

from magnitizdat.catalogue.carrying_on import root_of
from magnitizdat.catalogue.club_roots import club_of
from magnitizdat.formats.age import BytesReader
from magnitizdat.formats.age_keys import X25519Identity
from magnitizdat.formats.letter_file import open_letter
from magnitizdat.library.members import keys_name
from magnitizdat.model import Card
from magnitizdat.ops.clubs.admitting import admit
from magnitizdat.ops.clubs.creating import create_club
from magnitizdat.ops.clubs.expelling import expel
from magnitizdat.ops.clubs.gigs import GigWish, announce, programme_of, write_calendar
from magnitizdat.ops.clubs.keeping import keep_clubs
from magnitizdat.ops.clubs.keys import keys_here
from magnitizdat.ops.clubs.leaving import leave
from magnitizdat.ops.clubs.listing import members
from magnitizdat.ops.clubs.officers import WantedOfficers, appoint, officer_card, officers
from magnitizdat.ops.clubs.receiving import invitations, join, take_in
from magnitizdat.ops.clubs.rosters import club_view, clubs, find_club
from magnitizdat.ops.labels.holder_keys import Names, own_seeds
from magnitizdat.ops.labels.labels import held_state
from magnitizdat.ops.labels.of_clubs import of_clubs
from magnitizdat.ops.post.addresses import letter_identities
from magnitizdat.ops.post.inbox import Arrivals, held
from magnitizdat.scene.club_news import CLUB_NEWS
from magnitizdat.scene.resting import LOOKS
from tests.fakes_library import NOW, make_library
from tests.faults.accidents import NotDoneError, Verb
from tests.faults.world import World

GIG = GigWish(summary="Зоопарк", starts="2026-05-09T20:00+03:00", place="Рубинштейна 13")
NAME, GUEST = "Клуб 45", "Somebody"


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


def _found(world: World) -> None:
    create_club(world.library, NAME, now=NOW)


def _guest(world: World) -> Card:
    """Somebody's card; the same one at every try."""
    imprint = world.library.shelf.labels()[0].imprint
    return Card(name=GUEST, imprint=imprint, recipient=X25519Identity(bytes(range(32))).recipient.text)


def _with_guest(world: World) -> None:
    _found(world)
    admit(world.library, _guest(world), now=NOW)


def _is_admitted(world: World) -> bool:
    """On the list once; the key in force is here, and a letter with it on its way."""
    found = [each.name for each in members(world.library).members]
    return found == [GUEST] and _has_key(world) and bool(_letters(world))


def _expel(world: World) -> None:
    if members(world.library).members:
        expel(world.library, GUEST, now=NOW)


def _keep(world: World) -> None:
    for each in keep_clubs(world.library, now=NOW).unkept:
        raise NotDoneError(each.reason)


def _is_expelled(world: World) -> bool:
    return not members(world.library).members and _has_key(world)


def _has_key(world: World) -> bool:
    """Whatever epoch is in force, its key is here: who made it never loses it."""
    stands = club_view(world.library, find_club(world.library).imprint)
    return stands.in_force is not None and stands.in_force.id in {each.id for each in keys_here(world.library)}


def _is_whole(world: World) -> bool:
    """No epoch is in force whose key is not here."""
    stands = club_view(world.library, find_club(world.library).imprint)
    return stands.in_force is None or _has_key(world)


def _letters(world: World) -> list[str]:
    return world.library.index.cells.members_like("post/*")


def _invite(world: World) -> None:
    """Another library's officer lets this one's person in, and the letter came."""
    with make_library(world / "second" / "officer") as officer:
        create_club(officer, NAME, now=NOW)
        address = world.library.secrets.addresses[0].recipient.text
        imprint = world.library.shelf.labels()[0].imprint
        admit(officer, Card(name=GUEST, imprint=imprint, recipient=address), now=NOW)
        letters = [officer.member(name) for name in officer.index.cells.members_like("post/*")]
    with world.library.changes() as changes:
        arrivals = Arrivals(world.library, changes, now=NOW)
        for each in letters:
            arrivals.receive(open_letter(BytesReader(each), letter_identities(world.library)))
        changes.commit()
    take_in(world.library)


def _join(world: World) -> None:
    for each in invitations(world.library):
        join(world.library, each.letter, sure=True, now=NOW)


def _invited_and_in(world: World) -> None:
    _invite(world)
    _join(world)


def _is_in(world: World) -> bool:
    (line,) = clubs(world.library)
    return line.role == "member" and line.key and not list(held(world.library, CLUB_NEWS))


def _leave(world: World) -> None:
    if find_club(world.library).role != "left":
        leave(world.library, NAME, now=NOW)


def _is_out(world: World) -> bool:
    (line,) = clubs(world.library)
    return line.role == "left" and not keys_here(world.library)


def _announce(world: World) -> None:
    if not programme_of(world.library, now=NOW).gigs:
        announce(world.library, NAME, GIG, now=NOW)


def _with_gig(world: World) -> None:
    _found(world)
    _announce(world)


def _is_announced(world: World) -> bool:
    return [each.summary for each in programme_of(world.library, now=NOW).gigs] == [GIG.summary]


def _look_later(world: World) -> None:
    """A month later, some days in a row: what is over and rested goes, and what is left is written as a calendar."""
    for day in range(LOOKS + 1):
        found = programme_of(world.library, now=NOW + timedelta(days=30 + day))
    write_calendar(found, world / "stick" / "club.ics", now=NOW, disk=world.disk())


def _is_forgotten(world: World) -> bool:
    return not programme_of(world.library, now=NOW).gigs and (world / "stick" / "club.ics").is_file()


def _has_card(world: World) -> bool:
    """One label for the club, and one root key: a second try makes no others."""
    (club,) = clubs(world.library)
    labels = [each for each in of_clubs(world.library) if world.library.has_member(keys_name(each))]
    names = map(Names(world.library).label, own_seeds(world.library))
    return club.role == "member" and len(labels) == 1 and list(names) == labels


def _appoint(world: World) -> None:
    appoint(world.library, NAME, WantedOfficers(papers=2), now=NOW)


def _is_asked(world: World) -> bool:
    """Nothing is in force before somebody saw the words of the papers, and signed."""
    found = officers(world.library, NAME)
    return (found.need, found.of, len(found.waiting)) == (1, 2, 1)


CLUBS = {
    "club-create": Verb(lambda world: create_club(world.library, NAME, now=NOW), _is_founded),
    "club-admit": Verb(
        lambda world: admit(world.library, _guest(world), now=NOW), _is_admitted, before=_found, meanwhile=_is_whole
    ),
    "club-expel": Verb(_expel, _is_expelled, before=_with_guest, meanwhile=_is_whole),
    "club-keep": Verb(_keep, _has_key, before=_found, meanwhile=_is_whole),
    "club-join": Verb(_join, _is_in, before=_invite),
    "club-gig": Verb(_announce, _is_announced, before=_found),
    "club-programme": Verb(_look_later, _is_forgotten, before=_with_gig),
    "club-officer-card": Verb(
        lambda world: officer_card(world.library, NAME, "Anna", now=NOW), _has_card, before=_invited_and_in
    ),
    "club-officers": Verb(_appoint, _is_asked, before=_found, meanwhile=_is_whole),
    "club-leave": Verb(_leave, _is_out, before=_invited_and_in),
}
CLUB_COMMANDS = {
    "club create": ("club-create",),
    "club admit": ("club-admit",),
    "club expel": ("club-expel", "club-keep"),
    "club join": ("club-join",),
    "club leave": ("club-leave",),
    "club gig": ("club-gig",),
    "club programme": ("club-programme",),
    "club officer-card": ("club-officer-card",),
    "club officers": ("club-officers",),
}
