"""A reel for a club is sealed to the epoch in force, or it is not cut; who was let out opens none that come."""

from __future__ import annotations

import pytest

from magnitizdat.catalogue.club_roots import club_fields
from magnitizdat.catalogue.clubs import ClubRoot
from magnitizdat.catalogue.publisher import create_label
from magnitizdat.disk.disk import Disk
from magnitizdat.errors import NotMineError, UsageError
from magnitizdat.formats.names import imprint_words
from magnitizdat.library.club_rows import ClubRow
from magnitizdat.model import Silent
from magnitizdat.ops.clubs.door import recipient_of, sealed_to
from magnitizdat.ops.clubs.staying import door_labels
from magnitizdat.ops.dub.from_sources import dub_all
from magnitizdat.ops.dub.from_spool import dub
from magnitizdat.ops.give.fill import StickWish, fill
from magnitizdat.ops.give.gathering import gather
from magnitizdat.ops.labels.friends import add_friend, my_card
from magnitizdat.ops.labels.labels import find_label, own_labels
from magnitizdat.ops.labels.of_clubs import of_clubs
from magnitizdat.ops.places.spool import FolderSpool
from tests.fakes_doors import change_door, enter, found, keep_in_club, officer_label
from tests.fakes_library import NOW, make_library, put_album
from tests.fakes_spool import publish_all, write_spool


@pytest.fixture
def promoter(tmp_path):
    with make_library(tmp_path / "promoter") as made:
        yield made


@pytest.fixture
def fan(tmp_path):
    with make_library(tmp_path / "fan") as made:
        yield made


def cut(library, folder, *friends, told=None, **wish):
    said = [] if told is None else told
    wished = StickWish(friends=friends, **wish)
    return fill(library, folder, wished, now=NOW, disk=Disk(), tell=said.append, progress=Silent())


def take(library, folder):
    return [report for _, report in dub_all(library, str(folder), now=lambda: NOW)]


@pytest.mark.parametrize("named", ["«45» by name", "imprint", "four words"])
def test_a_club_is_named_like_a_friend(promoter, fan, tmp_path, named):
    club = found(promoter, "Club 45")
    enter(fan, club, change_door(promoter, club, number=2))
    put_album(promoter, lengths=(1000,))
    name = {"«45» by name": "club 45", "imprint": club, "four words": imprint_words(club)}[named]
    done = cut(promoter, tmp_path / "reel", name)
    assert done.report.words == ""
    (report,) = take(fan, tmp_path / "reel")
    assert (report.tracks, report.refused, report.missing) == (1, 0, ())


def test_it_is_sealed_to_the_epoch_in_force_and_who_has_only_the_last_one_is_out(promoter, fan, tmp_path):
    club = found(promoter)
    old = change_door(promoter, club, number=2)
    enter(fan, club, old)
    new = change_door(promoter, club, number=3, gone=("0" * 32,))
    assert recipient_of(promoter, club) == new.recipient
    put_album(promoter, lengths=(1000,))
    cut(promoter, tmp_path / "reel", "45")
    with pytest.raises(NotMineError):
        take(fan, tmp_path / "reel")


def test_a_reel_of_an_epoch_that_is_over_still_opens(promoter, fan, tmp_path):
    club = found(promoter)
    put_album(promoter, lengths=(1000,))
    cut(promoter, tmp_path / "reel", "45")
    enter(fan, club, change_door(promoter, club, number=2))
    first = next(key for key in _keys(promoter) if key.recipient.text != recipient_of(promoter, club).text)
    enter(fan, club, first)
    assert [report.tracks for report in take(fan, tmp_path / "reel")] == [1]


def _keys(library):
    from magnitizdat.ops.places.reel_keys import reel_keys

    return list(reel_keys(library).clubs)


def test_the_door_travels_with_the_reel_and_has_room_for_what_officers_write(promoter, fan, tmp_path):
    club = found(promoter)
    enter(fan, club, change_door(promoter, club, number=2))
    cut(promoter, tmp_path / "news", "45")
    cut(promoter, tmp_path / "again", "45")
    for folder in ("news", "again"):
        take(fan, tmp_path / folder)
    officer = officer_label(promoter, club)
    assert of_clubs(fan) == {club: club, officer.imprint: club}
    assert {find_label(fan, each).standing for each in of_clubs(fan)} == {"followed"}
    assert recipient_of(fan, club) == recipient_of(promoter, club)
    assert own_labels(fan) == []


def test_where_two_officers_did_not_know_of_each_other_nothing_is_sealed(promoter, tmp_path):
    club = found(promoter)
    change_door(promoter, club, number=2, gone=("0" * 32,))
    change_door(promoter, club, number=2, gone=("1" * 32,))
    put_album(promoter, lengths=(1000,))
    with pytest.raises(UsageError, match="without knowing of each other") as refused:
        cut(promoter, tmp_path / "reel", "45")
    assert refused.value.exit_code == 2
    assert not (tmp_path / "reel").exists()


@pytest.mark.parametrize("standing", ["left", "out"])
def test_who_is_not_in_it_seals_nothing_for_it(promoter, fan, tmp_path, standing):
    club = found(promoter)
    enter(fan, club, change_door(promoter, club, number=2))
    with fan.changes() as changes:
        changes.row(ClubRow(imprint=club, name="45", standing=standing))
        changes.commit()
    put_album(fan, lengths=(1000,))
    with pytest.raises(UsageError, match="not in «45» any more"):
        cut(fan, tmp_path / "reel", "45")


def test_a_friend_and_a_club_of_one_name_are_told_apart(promoter, fan, tmp_path):
    club = found(promoter, "Natalia")
    add_friend(promoter, my_card(fan, name="Natalia"), sure=True)
    with pytest.raises(UsageError, match="four words"):
        sealed_to(promoter, ["natalia"])
    assert sealed_to(promoter, [imprint_words(club)]).club == club


def test_beside_somebody_else_it_is_no_reel_of_the_club(promoter, fan, tmp_path):
    club = found(promoter)
    change_door(promoter, club, number=2)
    other = found(promoter, "Saigon")
    fans = fan.secrets.addresses[0].recipient.text
    assert sealed_to(promoter, ["45"]).club == club
    assert [sealed_to(promoter, names).club for names in ((), (fans,), ("45", fans), ("45", "Saigon"))] == [""] * 4
    assert len(sealed_to(promoter, ("45", "Saigon", "45", fans)).recipients) == 3
    put_album(promoter, lengths=(1000,))
    cut(promoter, tmp_path / "reel", "45", fans)
    take(fan, tmp_path / "reel")
    assert not {club, other, officer_label(promoter, club).imprint} & {view.imprint for view in fan.shelf.labels()}


def test_how_many_stay_is_said_and_counted(promoter, fan, tmp_path):
    club = found(promoter)
    album, _ = put_album(promoter, lengths=(1000,))
    label = publish_all(promoter, [album], "Zoopark Tapes")
    enter(fan, club, change_door(promoter, club, number=2))
    cut(promoter, tmp_path / "reel", "45")
    take(fan, tmp_path / "reel")
    assert of_clubs(fan).get(label.imprint) == club
    put_album(fan, "Own", lengths=(500,))
    for wish, count in (({}, 1), ({"is_open": True}, 1), ({"with_club": True}, 0)):
        told = []
        done = cut(fan, tmp_path / str(wish), told=told, **wish)
        assert done.facts()["staying"] == count
        assert sum("stay in the club" in str(each) for each in told) == count


def test_nothing_of_a_club_is_on_any_other_medium(promoter, fan, tmp_path):
    """Markers: imprints, names and documents of the door, in the plain of every other reel."""
    club = found(promoter, "Klub Vosmiorka")
    officer = officer_label(promoter, club)
    keep_in_club(promoter, club, officer.imprint)
    put_album(promoter, lengths=(1000,))
    cut(promoter, tmp_path / "open", is_open=True, with_club=True)
    content = b"".join(path.read_bytes() for path in (tmp_path / "open").rglob("*") if path.is_file())
    for marker in (club, "Vosmiorka", officer.imprint, officer.name, recipient_of(promoter, club).text, "epoch"):
        assert marker.encode() not in content


def test_a_club_that_names_somebody_known_as_its_officer_locks_nobody_in(promoter, fan, tmp_path):
    """Also not the label of who is let in: they sign as it, and others hear of it, as before."""
    album, _ = put_album(promoter, lengths=(1000,))
    public = publish_all(promoter, [album], "Zoopark Tapes")
    write_spool(promoter, tmp_path / "open")
    dub(fan, FolderSpool(tmp_path / "open"), now=NOW)
    own, _ = put_album(fan, "Own", lengths=(500,))
    mine = publish_all(fan, [own], "Natalia")
    club = found(promoter)
    root = ClubRoot(name="45", officers=(public.imprint, mine.imprint))
    taken = create_label("45", now=NOW, fields=club_fields(root))
    enter(fan, taken.imprint, change_door(promoter, club, number=2))
    with fan.changes() as changes:
        changes.put_label(taken.imprint, taken.state.files, b"")
        changes.commit()
    assert door_labels(fan, taken.imprint) == {taken.imprint}
    cargo = gather(fan, now=NOW)
    going = {path.split("/")[1] for path in (file.path for file in cargo.files) if path.endswith("timestamp.json")}
    assert going == {public.imprint, mine.imprint}
    assert [each.imprint for each in own_labels(fan)] == [mine.imprint]
