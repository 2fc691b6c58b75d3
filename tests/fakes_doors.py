"""Doors of clubs for tests: a club that is a label like any other, its key, and what is known through it alone."""

from __future__ import annotations

import hashlib

from magnitizdat.catalogue.clubs import Epoch
from magnitizdat.formats.age_keys import X25519Identity
from magnitizdat.library.club_rows import ClubLabelRow, ClubRow, EpochRow
from magnitizdat.library.index.views import LabelView
from magnitizdat.library.library import Library
from magnitizdat.library.members import epoch_name
from magnitizdat.library.reclaim import rewrite
from magnitizdat.ops.clubs.creating import create_club, speak_in
from magnitizdat.ops.clubs.keys import keep_key
from magnitizdat.ops.clubs.rosters import club_root
from magnitizdat.ops.voices.saying import say_voices
from tests.fakes_library import NOW


def give_key(library: Library, club: str, key: X25519Identity, *, number: int = 1) -> None:
    """The key of a club's door comes into a library."""
    epoch = hashlib.sha256(key.text.encode()).hexdigest()[:32]
    with library.changes() as changes:
        rewrite(library, changes, epoch_name(club, epoch), key.text.encode())
        changes.row(EpochRow(club=club, id=epoch, number=number, recipient=key.recipient.text))
        changes.commit()


def keep_in_club(library: Library, club: str, *imprints: str, made: bool = False) -> None:
    """These labels were first heard of through the club, or made for it."""
    with library.changes() as changes:
        for imprint in imprints:
            changes.row(ClubLabelRow(imprint=imprint, club=club, made=made))
        changes.commit()


def voice_in_club(library: Library, club: str, imprint: str) -> None:
    """This label was made here to speak in the club."""
    with library.changes() as changes:
        speak_in(changes, imprint, club)
        changes.commit()


def found(library: Library, name: str = "45") -> str:
    """A club whose only officer this library's person is, with a first epoch: its imprint."""
    club = create_club(library, name, now=NOW)
    change_door(library, club.imprint, number=1)
    return club.imprint


def officer_label(library: Library, club: str) -> LabelView:
    """In which this library's person writes as an officer."""
    own = {view.imprint: view for view in library.shelf.labels() if view.standing == "own"}
    return next(own[each] for each in club_root(library, club).officers if each in own)


def change_door(library: Library, club: str, *, number: int, gone: tuple[str, ...] = ()) -> X25519Identity:
    """The next epoch of a club, made by this library's officer: its key."""
    key, officer = X25519Identity.generate(), officer_label(library, club)
    epoch_id = hashlib.sha256(key.text.encode()).hexdigest()[:32]
    epoch = Epoch(id=epoch_id, club=club, number=number, recipient=key.recipient.text, gone=gone)
    with library.changes() as changes:
        keep_key(library, changes, epoch, key, officer=officer.imprint)
        say_voices(library, changes, officer, [epoch], now=NOW)
        changes.commit()
    return key


def enter(library: Library, club: str, key: X25519Identity, *, name: str = "45") -> None:
    """Somebody has the key of a door, and knows that they are in."""
    give_key(library, club, key)
    with library.changes() as changes:
        changes.row(ClubRow(imprint=club, name=name))
        changes.row(ClubLabelRow(imprint=club, club=club))
        changes.commit()
