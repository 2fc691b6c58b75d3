"""A club's root says whom it likes: labels of others become nobody's officer, and stay where they are."""

from __future__ import annotations

from datetime import timedelta

import pytest

from magnitizdat.catalogue.club_roots import club_fields
from magnitizdat.catalogue.clubs import ClubRoot
from magnitizdat.catalogue.publisher import create_label
from magnitizdat.library.club_rows import ClubRow, ClubVoiceRow
from magnitizdat.library.journal import LabelRow
from magnitizdat.library.library import unlock
from magnitizdat.ops.clubs import creating
from magnitizdat.ops.clubs.admitting import admit
from magnitizdat.ops.clubs.creating import new_club_label, speak_in, stay_in
from magnitizdat.ops.clubs.gigs import GigWish, announce
from magnitizdat.ops.clubs.keys import keys_here
from magnitizdat.ops.clubs.leaving import leave
from magnitizdat.ops.clubs.officers import WantedOfficers, appoint
from magnitizdat.ops.clubs.receiving import join
from magnitizdat.ops.clubs.rosters import club_root, clubs
from magnitizdat.ops.clubs.staying import door_labels, gate
from magnitizdat.ops.give.gathering import gather
from magnitizdat.ops.labels.holder_keys import holder_card
from magnitizdat.ops.labels.labels import held_state, keep_new
from magnitizdat.ops.labels.of_clubs import made_for, of_clubs
from magnitizdat.ops.merge import other as others
from magnitizdat.ops.merge.merging import merge
from tests.fakes_clubs import Person, founder
from tests.fakes_library import NOW, PASSPHRASE, put_album
from tests.fakes_spool import new_label, publish_all

PLACE = "Рубинштейна 13"


class Scene:
    """A fan with a label of their own, in a club; and another club, whose root names both labels as its officers'."""

    def __init__(self, folder):
        self.mike, self.club = founder(folder)
        self.fan, self.other = Person(folder, "Наташа"), Person(folder, "Сосед")
        album, _ = put_album(self.fan.library, lengths=(1000,))
        self.own = publish_all(self.fan.library, [album], "Natalia")
        admit(self.mike.library, self.fan.card, club=self.club, now=NOW)
        self.fan.join(self.fan.collect(self.mike.post()))
        self.officer = club_root(self.fan.library, self.club).officers[0]
        self.elsewhere = self._found("Подвал", self.officer, self.own.imprint)

    def _found(self, name, *named):
        library = self.other.library
        with library.changes() as changes:
            mine = new_club_label(library, changes, now=NOW)
            made = create_label(name, now=NOW, fields=club_fields(ClubRoot(name=name, officers=(mine, *named))))
            keep_new(library, changes, made, name, standing="own", now=NOW)
            speak_in(changes, mine, made.imprint)
            stay_in(changes, made.imprint, made.imprint)
            changes.row(ClubRow(imprint=made.imprint, name=name, at=NOW.isoformat()))
            changes.commit()
        return made.imprint

    def invite(self, *, now=NOW):
        admit(self.other.library, self.fan.card, club=self.elsewhere, now=now)
        return self.fan.collect(self.other.post(), now=now)

    def join(self):
        (waiting,) = self.invite().waiting
        join(self.fan.library, waiting.letter, now=NOW)

    def reel(self, **wish):
        return gather(self.fan.library, now=NOW, passes=gate(self.fan.library, **wish))

    def close(self):
        for each in (self.mike, self.fan, self.other):
            each.close()


@pytest.fixture
def scene(tmp_path):
    made = Scene(tmp_path)
    yield made
    made.close()


def labels_in(cargo):
    return {file.path.split("/")[1] for file in cargo.files if file.path.endswith("timestamp.json")}


def everything_in(cargo) -> bytes:
    return b"".join(each for file in cargo.files if not file.path.startswith("blobs/") for each in cargo.pieces(file))


def roles(library):
    return {each.imprint: each.role for each in clubs(library)}


def test_who_did_not_join_is_in_no_club_whatever_its_root_says(scene):
    signed = held_state(scene.fan.library, scene.own.imprint)
    for day in range(3):
        taken = scene.invite(now=NOW + timedelta(days=day))
        assert (taken.keys, taken.waiting[0].club) == ((), scene.elsewhere)
    scene.fan.hear(scene.other)
    assert keys_here(scene.fan.library, scene.elsewhere) == []
    assert roles(scene.fan.library).get(scene.elsewhere, "left") == "left"
    assert held_state(scene.fan.library, scene.own.imprint) == signed
    assert scene.own.imprint in labels_in(scene.reel())


def test_who_joins_is_a_member_signs_nothing_and_may_leave(scene):
    signed = held_state(scene.fan.library, scene.own.imprint)
    scene.join()
    scene.fan.hear(scene.other)
    assert roles(scene.fan.library)[scene.elsewhere] == "member"
    assert held_state(scene.fan.library, scene.own.imprint) == signed
    assert scene.own.imprint in labels_in(scene.reel())
    assert leave(scene.fan.library, scene.elsewhere, now=NOW).keys == 1
    standing = {view.imprint: view.standing for view in scene.fan.library.shelf.labels()}
    assert (standing[scene.own.imprint], standing[scene.officer]) == ("own", "followed")


def test_an_officers_label_of_one_club_goes_on_no_reel_of_another(scene):
    starts = (NOW + timedelta(days=3)).isoformat()
    announce(scene.mike.library, scene.club, GigWish(summary="Зоопарк", starts=starts, place=PLACE), now=NOW)
    scene.fan.hear(scene.mike)
    scene.join()
    scene.fan.hear(scene.other)
    assert of_clubs(scene.fan.library)[scene.officer] == scene.club
    assert {scene.officer, scene.own.imprint}.isdisjoint(door_labels(scene.fan.library, scene.elsewhere))
    theirs, ours = scene.reel(club=scene.elsewhere), scene.reel(club=scene.club)
    assert PLACE.encode() in everything_in(ours)
    assert PLACE.encode() not in everything_in(theirs)
    assert (scene.officer in labels_in(ours), scene.officer in labels_in(theirs)) == (True, False)


def test_what_an_officer_of_two_clubs_says_of_one_stays_there(scene):
    """Whatever label it is signed in: here one for both."""
    starts = (NOW + timedelta(days=3)).isoformat()
    announce(scene.mike.library, scene.club, GigWish(summary="Зоопарк", starts=starts, place=PLACE), now=NOW)
    scene.fan.hear(scene.mike)
    scene.join()
    with scene.fan.library.changes() as changes:
        stay_in(changes, scene.officer, scene.elsewhere)
        changes.commit()
    theirs = scene.reel(club=scene.elsewhere)
    assert scene.officer in labels_in(theirs)
    assert PLACE.encode() not in everything_in(theirs)


def test_who_founded_a_club_with_an_older_mag_is_its_officer_still(tmp_path, monkeypatch):
    """It said where the label stays, and not that it was made to speak there."""
    monkeypatch.setattr(creating, "speak_in", stay_in)
    mike, club = founder(tmp_path)
    assert mike.library.index.listening.kept(ClubVoiceRow, "club-voice:") == []
    (officer,) = made_for(mike.library, club)
    assert of_clubs(mike.library) == {club: club, officer: club}
    assert [(line.imprint, line.role) for line in clubs(mike.library)] == [(club, "officer")]
    guest = Person(tmp_path, "Гость")
    admit(mike.library, guest.card, club=club, now=NOW)
    guest.close()
    mike.close()


def test_what_another_library_of_mine_heard_of_my_label_makes_me_no_officer(scene, tmp_path):
    """A laptop that never met it joins a club whose root names it; then the two become one."""
    laptop = Person(tmp_path, "Ноутбук")
    admit(scene.other.library, laptop.card, club=scene.elsewhere, now=NOW)
    laptop.join(laptop.collect(scene.other.post()))
    assert of_clubs(laptop.library)[scene.own.imprint] == scene.elsewhere
    laptop.close()
    with others.opened(
        scene.fan.library, laptop.library.directory, unlock(laptop.library.directory, PASSPHRASE)
    ) as other:
        merge(scene.fan.library, other, now=NOW)
    assert made_for(scene.fan.library, scene.elsewhere) == frozenset()
    assert scene.own.imprint not in of_clubs(scene.fan.library)
    assert {line.imprint: line.role for line in clubs(scene.fan.library)}[scene.elsewhere] == "member"


def test_a_label_that_is_new_here_is_not_followed_for_a_clubs_sake(scene):
    stranger = new_label(scene.fan.library, "Stranger")
    with scene.fan.library.changes() as changes:
        changes.row(_new(stranger))
        changes.commit()
    scene.elsewhere = scene._found("Чердак", stranger.imprint)
    scene.join()
    standing = {view.imprint: view.standing for view in scene.fan.library.shelf.labels()}
    assert (standing[stranger.imprint], standing[scene.elsewhere]) == ("new", "followed")
    assert stranger.imprint not in of_clubs(scene.fan.library)


def test_a_card_with_the_label_of_somebody_known_locks_nobody_in(scene):
    """It names a label that the officers know as somebody's; they go on hearing of it and passing it on."""
    album, _ = put_album(scene.mike.library, lengths=(1000,))
    public = publish_all(scene.mike.library, [album], "Zoopark Tapes")
    card = holder_card(scene.fan.library, "Наташа", label=public.imprint, now=NOW)
    appoint(scene.mike.library, scene.club, WantedOfficers([card], papers=1), now=NOW)
    assert public.imprint not in of_clubs(scene.mike.library)
    assert public.imprint in labels_in(gather(scene.mike.library, now=NOW))


def test_a_reel_for_a_club_is_cut_right_after_one_joined_it(scene):
    """Of its door there are roots by then and no list: nothing of it goes yet."""
    assert labels_in(scene.reel(club=scene.club)) == {scene.own.imprint}


def _new(view):
    return LabelRow(imprint=view.imprint, name=view.name, standing="new", heard="2026-05-01")
