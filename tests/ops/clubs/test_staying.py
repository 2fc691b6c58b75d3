"""What is first heard of through a club stays there, with what anybody says of it, until somebody says otherwise."""

from __future__ import annotations

import pytest

from magnitizdat.disk.disk import Disk
from magnitizdat.errors import UsageError
from magnitizdat.formats.age_keys import X25519Identity
from magnitizdat.formats.names import imprint_text
from magnitizdat.library.journal import LabelRow
from magnitizdat.library.library import Library
from magnitizdat.ops.albums.contents import song_ids
from magnitizdat.ops.clubs.staying import IN_THE_CLUB, STAYS, gate
from magnitizdat.ops.dub.from_sources import dub_all
from magnitizdat.ops.give.cut import cut_reel
from magnitizdat.ops.give.downloading import download
from magnitizdat.ops.give.gathering import gather
from magnitizdat.ops.labels.friends import add_friend, my_card, remove_friend
from magnitizdat.ops.labels.labels import follow, own_labels
from magnitizdat.ops.labels.of_clubs import let_out, of_clubs
from magnitizdat.ops.places.reel_keys import reel_keys
from magnitizdat.workers.pool import ParserPool
from tests.fakes_doors import give_key, voice_in_club
from tests.fakes_library import NOW, make_library, put_album
from tests.fakes_speech import review_of, say, voices_of, vouch_for
from tests.fakes_spool import new_label, publish_all

CLUB, OTHER = imprint_text(bytes(32)), imprint_text(bytes([1] * 32))
"""Clubs of which nothing is held."""


@pytest.fixture
def promoter(tmp_path):
    with make_library(tmp_path / "promoter") as made:
        yield made


@pytest.fixture
def fan(tmp_path):
    with make_library(tmp_path / "fan") as made:
        yield made


def labels_in(cargo):
    return {file.path.split("/")[1] for file in cargo.files if file.path.endswith("timestamp.json")}


def everything_in(cargo) -> bytes:
    return b"".join(each for file in cargo.files if not file.path.startswith("blobs/") for each in cargo.pieces(file))


def give(library: Library, folder, key: X25519Identity) -> None:
    cut_reel(library, gather(library, now=NOW), folder, recipients=[key.recipient], disk=Disk())


def take(library: Library, folder):
    return [report for _, report in dub_all(library, str(folder), now=lambda: NOW)]


@pytest.fixture
def heard(promoter, fan, tmp_path):
    """The fan heard of a label through the club: its imprint and its album there, and the club's."""
    album, _ = put_album(promoter, lengths=(1000,))
    label = publish_all(promoter, [album], "Zoopark Tapes")
    club, key = CLUB, X25519Identity.generate()
    give_key(fan, club, key)
    give(promoter, tmp_path / "for the club", key)
    (report,) = take(fan, tmp_path / "for the club")
    assert report.tracks == 1
    (view,) = (each for each in fan.shelf.albums() if each.imprint == label.imprint)
    return label, view, club


def test_who_has_the_key_of_the_door_opens_what_is_sealed_to_it_and_knows_where_a_label_came_from(heard, fan):
    label, _, club = heard
    assert of_clubs(fan) == {label.imprint: club}


def test_all_keys_that_are_here_open_old_and_new_and_own_addresses_come_first(fan):
    old, young, destroyed = (X25519Identity.generate() for _ in range(3))
    give_key(fan, CLUB, old, number=3)
    give_key(fan, OTHER, young, number=7)
    keys = reel_keys(fan)
    assert keys.identities == (*fan.secrets.addresses, young, old)
    assert [keys.club_of(each) for each in (young, old, fan.secrets.addresses[0], destroyed)] == [
        OTHER,
        CLUB,
        "",
        "",
    ]


def test_a_label_that_came_with_a_reel_for_me_is_of_no_club(promoter, fan, tmp_path):
    give_key(fan, CLUB, X25519Identity.generate())
    album, _ = put_album(promoter, lengths=(1000,))
    publish_all(promoter, [album], "Zoopark Tapes")
    give(promoter, tmp_path / "for me", fan.secrets.addresses[0])
    take(fan, tmp_path / "for me")
    assert of_clubs(fan) == {}


@pytest.mark.parametrize("known", ["label", "friend"])
def test_whom_i_knew_before_stays_nowhere(promoter, fan, tmp_path, known):
    album, _ = put_album(promoter, lengths=(1000,))
    publish_all(promoter, [album], "Zoopark Tapes")
    if known == "label":
        give(promoter, tmp_path / "for me", fan.secrets.addresses[0])
        take(fan, tmp_path / "for me")
    else:
        add_friend(fan, my_card(promoter))
    key = X25519Identity.generate()
    give_key(fan, CLUB, key)
    give(promoter, tmp_path / "for the club", key)
    take(fan, tmp_path / "for the club")
    assert of_clubs(fan) == {}


def test_it_stays_out_of_what_goes_to_others_and_is_counted(heard, fan):
    label, _, club = heard
    put_album(fan, "Own", lengths=(500,))
    others, members = gather(fan, now=NOW), gather(fan, now=NOW, passes=gate(fan, club=club))
    assert (label.imprint in labels_in(others), others.staying, others.lacking) == (False, 1, ())
    assert (label.imprint in labels_in(members), members.staying) == (True, 0)
    assert label.imprint.encode() not in everything_in(others)
    let_out = gather(fan, now=NOW, passes=gate(fan, with_club=True))
    assert (label.imprint in labels_in(let_out), let_out.staying) == (True, 0)


def test_what_is_known_through_one_club_does_not_go_to_another(heard, fan):
    label, _, _ = heard
    put_album(fan, "Own", lengths=(500,))
    assert label.imprint not in labels_in(gather(fan, now=NOW, passes=gate(fan, club=OTHER)))


def test_where_it_is_asked_for_by_name_that_is_said(heard, fan):
    label, view, _ = heard
    own, _ = put_album(fan, "Own", lengths=(500,))
    with pytest.raises(UsageError) as refused:
        gather(fan, now=NOW, labels=[label])
    assert refused.value.sentence == STAYS
    with pytest.raises(UsageError, match="stays in the club"):
        gather(fan, now=NOW, albums=[view])
    cargo = gather(fan, now=NOW, albums=[view, fan.shelf.find(own)])
    assert [(each.what, each.reason) for each in cargo.lacking] == [(view.title, STAYS)]
    (song,) = (line.song for line in fan.browse.songs_of(view.id))
    cargo = gather(fan, now=NOW, songs=[song], albums=[fan.shelf.find(own)])
    assert [each.reason for each in cargo.lacking] == [STAYS]


def test_what_one_says_of_it_stays_too(heard, fan):
    label, view, club = heard
    own, _ = put_album(fan, "Own", lengths=(500,))
    mine = publish_all(fan, [own], "Natalia")
    own_view = next(each for each in fan.shelf.albums() if each.imprint == mine.imprint)
    said = review_of(fan, own_view.id)
    secret = [vouch_for(fan, label), review_of(fan, view.id, "Hush")]
    say(fan, mine, said, *secret)
    others, members = gather(fan, now=NOW), gather(fan, now=NOW, passes=gate(fan, club=club))
    paths = [file.path for file in others.files]
    assert len(voices_of(paths)) == 1
    assert len(voices_of([file.path for file in members.files])) == 3
    assert not any(word in everything_in(others) for word in (label.imprint.encode(), b"Hush", b"Zoopark"))


def test_doors_go_nowhere_else_whatever_is_said(heard, fan):
    _, _, club = heard
    door = new_label(fan, "k3f9a2qz")
    voice_in_club(fan, club, door.imprint)
    put_album(fan, "Own", lengths=(500,))
    for passes in (gate(fan), gate(fan, with_club=True), gate(fan, club=OTHER, with_club=True)):
        assert door.imprint not in labels_in(gather(fan, now=NOW, passes=passes))
    with pytest.raises(UsageError) as refused:
        gather(fan, now=NOW, labels=[door], passes=gate(fan, with_club=True))
    assert refused.value.sentence == IN_THE_CLUB
    assert door.imprint in labels_in(gather(fan, now=NOW, passes=gate(fan, club=club)))


def test_a_reel_for_the_club_brings_its_door_whatever_else_is_chosen(heard, fan):
    _, _, club = heard
    door = new_label(fan, "k3f9a2qz")
    voice_in_club(fan, club, door.imprint)
    own, _ = put_album(fan, "Own", lengths=(500,))
    cargo = gather(fan, now=NOW, albums=[fan.shelf.find(own)], along="none", passes=gate(fan, club=club))
    assert door.imprint in labels_in(cargo)
    assert [each.title for each in cargo.albums()] == ["Own"]


def test_what_became_ones_own_is_ones_own(heard, fan):
    """As a label that is handed over, taken back with its paper words, or comes with another library."""
    label, view, _ = heard
    with fan.changes() as changes:
        changes.row(LabelRow(imprint=label.imprint, name=label.name, standing="own"))
        changes.commit()
    assert of_clubs(fan) == {}
    assert [each.imprint for each in own_labels(fan)] == [label.imprint]
    assert label.imprint in labels_in(gather(fan, now=NOW, albums=[view]))


def test_whose_card_one_keeps_one_knows_from_elsewhere(heard, fan, promoter):
    label, _, club = heard
    name = add_friend(fan, my_card(promoter), sure=True)
    assert of_clubs(fan) == {}
    remove_friend(fan, name)
    assert of_clubs(fan) == {label.imprint: club}


def test_a_person_lets_it_out_for_good_but_not_the_door(heard, fan):
    label, _, club = heard
    door = new_label(fan, "k3f9a2qz")
    voice_in_club(fan, club, door.imprint)
    follow(fan, label.imprint)
    assert label.imprint in of_clubs(fan)
    follow(fan, label.imprint, with_club=True)
    assert of_clubs(fan) == {door.imprint: club}
    assert label.imprint in labels_in(gather(fan, now=NOW))
    with fan.changes() as changes:
        let_out(fan, changes, door.imprint)
        changes.commit()
    assert of_clubs(fan) == {door.imprint: club}
    assert door.imprint not in labels_in(gather(fan, now=NOW, passes=gate(fan, with_club=True)))


def test_that_it_comes_by_another_way_later_lets_nothing_out(heard, fan, promoter, tmp_path):
    label, _, club = heard
    give(promoter, tmp_path / "for me", fan.secrets.addresses[0])
    take(fan, tmp_path / "for me")
    assert of_clubs(fan) == {label.imprint: club}


def test_who_saves_a_song_that_stays_is_told_so_and_not_that_it_is_gone(heard, fan):
    _, view, _ = heard
    with ParserPool() as pool, pytest.raises(UsageError, match="stays in the club"):
        download(fan, pool, [], [("", song_ids(fan, view.id))], name="45")
