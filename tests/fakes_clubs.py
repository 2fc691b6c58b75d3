"""Clubs for tests: people with libraries, letters that go from one to another, and what they hear of each other."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from magnitizdat.catalogue.club_roots import club_fields
from magnitizdat.catalogue.clubs import ClubRoot
from magnitizdat.catalogue.publisher import create_label
from magnitizdat.errors import SourceError
from magnitizdat.formats.age import BytesReader
from magnitizdat.formats.age_keys import X25519Identity
from magnitizdat.formats.letter_file import open_letter
from magnitizdat.library.club_rows import ClubRow
from magnitizdat.library.journal import LabelRow
from magnitizdat.library.library import Library
from magnitizdat.model import Card
from magnitizdat.ops.clubs.creating import create_club, new_club_label, speak_in, stay_in
from magnitizdat.ops.clubs.keeping import Kept, keep_clubs
from magnitizdat.ops.clubs.keys import identity, keys_here
from magnitizdat.ops.clubs.receiving import TakenIn, join, take_in
from magnitizdat.ops.dub.from_spool import dub
from magnitizdat.ops.labels.friends import my_card
from magnitizdat.ops.labels.labels import keep_new
from magnitizdat.ops.labels.of_clubs import of_clubs
from magnitizdat.ops.merge.other import LibrarySpool
from magnitizdat.ops.post.addresses import letter_identities
from magnitizdat.ops.post.inbox import Arrivals
from tests.fakes_library import NOW, make_library

CLUB = "Камчатка"


def identities(library: Library) -> tuple[X25519Identity, ...]:
    """Keys of doors that are here: whatever is sealed to an epoch that was lived through opens."""
    return tuple(identity(library, row.club, row.id) for row in keys_here(library))


class Person:
    """Somebody with a library, and letters that they have seen."""

    def __init__(self, folder: Path, name: str) -> None:
        self.name = name
        self.library: Library = make_library(folder / name)
        self.seen = set[bytes]()

    @property
    def card(self) -> Card:
        """Theirs; their label is made with it."""
        return my_card(self.library, name=self.name)

    def post(self) -> list[bytes]:
        """Letter files that they carry."""
        return [self.library.member(name) for name in self.library.index.cells.members_like("post/*")]

    def collect(self, letters: list[bytes], *, now: datetime = NOW) -> TakenIn:
        """Take in letters as a dub does, and act on those of clubs."""
        with self.library.changes() as changes:
            arrivals = Arrivals(self.library, changes, now=now)
            for sealed in letters:
                try:
                    members = open_letter(BytesReader(sealed), letter_identities(self.library))
                except SourceError:
                    continue
                arrivals.receive(members)
            changes.commit()
        return take_in(self.library)

    def hear(self, other: Person, *, now: datetime = NOW) -> Kept:
        """Dub what somebody holds of clubs, their letters first."""
        self.collect(other.post(), now=now)
        labels = {imprint: other.library.label_files(imprint) for imprint in of_clubs(other.library)}
        wanted = {imprint: files for imprint, files in labels.items() if "timestamp.json" in files}
        dub(self.library, LibrarySpool(other.library, wanted), now=now)
        return keep_clubs(self.library, now=now)

    def join(self, taken: TakenIn, *, now: datetime = NOW) -> None:
        """Join the club that waits."""
        (waiting,) = taken.waiting
        join(self.library, waiting.letter, now=now)

    def close(self) -> None:
        self.library.close()


def founder(folder: Path, name: str = "Майк", *, now: datetime = NOW) -> tuple[Person, str]:
    """Somebody with a club of their own: (they, its imprint)."""
    person = Person(folder, name)
    return person, create_club(person.library, CLUB, now=now).imprint


def several_officers(folder: Path, *names: str, now: datetime = NOW) -> tuple[list[Person], str]:
    """A club with an officer of each name, who know of each other's labels: (they, its imprint)."""
    people = [Person(folder, name) for name in names]
    labels = []
    for each in people:
        with each.library.changes() as changes:
            labels.append(new_club_label(each.library, changes, now=now))
            changes.commit()
    made = create_label(CLUB, now=now, fields=club_fields(ClubRoot(name=CLUB, officers=tuple(labels))))
    for each, label in zip(people, labels, strict=True):
        with each.library.changes() as changes:
            if each is people[0]:
                keep_new(each.library, changes, made, CLUB, standing="own", now=now)
            for imprint in (made.imprint, *labels):
                (speak_in if imprint == label else stay_in)(changes, imprint, made.imprint)
                if imprint != label and (imprint != made.imprint or each is not people[0]):
                    changes.row(LabelRow(imprint=imprint, name=imprint[:12], standing="followed", heard=""))
            changes.row(ClubRow(imprint=made.imprint, name=CLUB, at=now.isoformat()))
            changes.commit()
    for _ in people:
        for each in people:
            for other in people:
                if other is not each:
                    each.hear(other, now=now)
    return people, made.imprint
