"""What is known of clubs outlasts a lost index, a second library, and a copy of one's own."""

from __future__ import annotations

import shutil

import pytest

from magnitizdat.disk.disk import Disk
from magnitizdat.library.library import Library, unlock
from magnitizdat.ops.clubs.admitting import admit
from magnitizdat.ops.clubs.expelling import expel
from magnitizdat.ops.clubs.keys import keys_here
from magnitizdat.ops.clubs.leaving import leave
from magnitizdat.ops.clubs.listing import members
from magnitizdat.ops.clubs.rosters import club_view, clubs
from magnitizdat.ops.keep.rebuild import rebuild
from magnitizdat.ops.keep.upkeep import doctor
from magnitizdat.ops.merge.merging import merge
from tests.fakes_clubs import CLUB, Person, founder, identities
from tests.fakes_library import NOW, PASSPHRASE
from tests.ops.merge.test_merging import become_copy


@pytest.fixture
def two(tmp_path):
    """An officer, and somebody who is in: (they, the club)."""
    officer, imprint = founder(tmp_path)
    viktor = Person(tmp_path, "Виктор")
    admit(officer.library, viktor.card, name="Виктор", now=NOW)
    viktor.join(viktor.collect(officer.post()))
    yield officer, viktor, imprint
    for each in (officer, viktor):
        each.close()


def rebuilt(person):
    person.library.close()
    for path in person.library.directory.glob("index*"):
        path.unlink()
    secrets = unlock(person.library.directory, PASSPHRASE)
    assert not rebuild(person.library.directory, secrets, now=NOW, disk=Disk(private=True)).missing
    person.library = Library(person.library.directory, secrets)


def test_a_library_that_is_rebuilt_knows_all_of_it(two):
    officer, viktor, _ = two
    before = clubs(officer.library), members(officer.library), clubs(viktor.library), identities(viktor.library)
    for each in (officer, viktor):
        rebuilt(each)
    assert before == (
        clubs(officer.library),
        members(officer.library),
        clubs(viktor.library),
        identities(viktor.library),
    )
    assert expel(officer.library, "Виктор", now=NOW, only_copy=True).epoch == 2
    assert not doctor(viktor.library).missing


def test_what_was_left_stays_left_after_a_rebuild(two):
    _, viktor, _ = two
    leave(viktor.library, CLUB, now=NOW)
    rebuilt(viktor)
    assert [line.role for line in clubs(viktor.library)] == ["left"]
    assert keys_here(viktor.library) == []


def test_another_library_of_ones_own_brings_its_keys(two, tmp_path):
    _, viktor, _ = two
    phone = Person(tmp_path, "Телефон")
    merge(phone.library, viktor.library, now=NOW)
    assert identities(phone.library) == identities(viktor.library)
    assert [(line.name, line.role, line.key) for line in clubs(phone.library)] == [(CLUB, "member", True)]
    phone.close()


def test_what_one_library_destroyed_the_other_has_no_more_after_a_merge(two, tmp_path):
    _, viktor, _ = two
    phone = Person(tmp_path, "Телефон")
    merge(phone.library, viktor.library, now=NOW)
    leave(phone.library, CLUB, now=NOW)
    merge(viktor.library, phone.library, now=NOW)
    assert [line.role for line in clubs(viktor.library)] == ["left"]
    assert viktor.library.index.cells.members_like("epoch/*") == []
    phone.close()


def test_two_copies_of_an_officers_library_lose_nobody(two, tmp_path):
    officer, _, imprint = two
    shutil.copytree(officer.library.directory, tmp_path / "copy")
    with Library(tmp_path / "copy", unlock(tmp_path / "copy", PASSPHRASE)) as copy:
        become_copy(copy)
        for library, name in ((officer.library, "Здесь"), (copy, "Там")):
            person = Person(tmp_path, name)
            admit(library, person.card, name=name, now=NOW, only_copy=True)
            person.close()
        merge(officer.library, copy, now=NOW)
    assert {each.name for each in members(officer.library).members} == {"Виктор", "Здесь", "Там"}
    assert club_view(officer.library, imprint).forked == ()
