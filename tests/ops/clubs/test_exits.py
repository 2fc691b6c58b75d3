"""Every way by which music and words leave a library: what stays in a club goes by none of them, and that is said."""

from __future__ import annotations

import pytest

from magnitizdat.disk.disk import Disk
from magnitizdat.errors import UsageError
from magnitizdat.ops.clubs.staying import STAYS, gate
from magnitizdat.ops.dub.from_spool import dub
from magnitizdat.ops.give.archive import archive
from magnitizdat.ops.give.export import export
from magnitizdat.ops.give.gathering import gather
from magnitizdat.ops.give.inlays import write_inlay
from magnitizdat.ops.give.open_spool import write_open
from magnitizdat.ops.give.sharing import choose
from magnitizdat.ops.places.spool import FolderSpool
from magnitizdat.ops.places.targets import FolderTarget
from magnitizdat.sentence import IN_ENGLISH
from tests.fakes_doors import change_door, enter, found, voice_in_club
from tests.fakes_library import NOW, make_library, put_album
from tests.fakes_speech import review_of, say, vouch_for
from tests.fakes_spool import publish_all, write_spool

SECRET = "Tamizdat"


@pytest.fixture
def library(tmp_path):
    """One album of one's own label, with words about another label, which is known through a club alone."""
    with make_library(tmp_path / "promoter") as promoter, make_library(tmp_path / "fan") as fan:
        club = found(promoter)
        secret, _ = put_album(promoter, SECRET, SECRET, lengths=(1000,))
        label = publish_all(promoter, [secret], SECRET)
        write_spool(promoter, tmp_path / "spool")
        enter(fan, club, change_door(promoter, club, number=2))
        dub(fan, FolderSpool(tmp_path / "spool"), now=NOW, club=club)
        own, _ = put_album(fan, "Own", lengths=(500,))
        mine = publish_all(fan, [own], "Natalia")
        view = next(each for each in fan.shelf.albums() if each.title == SECRET)
        say(fan, mine, vouch_for(fan, label), review_of(fan, view.id, SECRET))
        yield fan


def albums(library):
    views = {each.title: each for each in library.shelf.albums()}
    return views["Own"], views[SECRET]


def markers_in(folder, library):
    """How many files tell something of it, by their bytes or by their names."""
    _, secret = albums(library)
    told = (SECRET.encode(), secret.imprint.encode(), *track_bytes(library, secret))
    files = [path for path in folder.rglob("*") if path.is_file()]
    return sum(any(each in path.read_bytes() or each in str(path).encode() for each in told) for path in files)


def track_bytes(library, album):
    release = library.shelf.release(album.id)
    return [b"".join(library.blob(track.file.sha256).pieces()) for track in release.tracks]


def test_an_export_of_all_says_how_many_stay(library, tmp_path):
    report = export(library, albums(library), tmp_path / "out", disk=Disk(), named=False)
    assert (report.albums, report.staying, report.missing) == (1, 1, ())
    assert "stay in their club" in str(report.outcome(tmp_path).lines[-1])
    assert markers_in(tmp_path / "out", library) == 0
    report = export(library, albums(library), tmp_path / "all", disk=Disk(), passes=gate(library, with_club=True))
    assert (report.albums, report.staying) == (2, 0)


def test_an_export_of_named_albums_says_which_stay(library, tmp_path):
    own, secret = albums(library)
    report = export(library, [own, secret], tmp_path / "out", disk=Disk())
    assert [(each.what, each.reason) for each in report.missing] == [(SECRET, STAYS)]
    assert report.outcome(tmp_path).exit_code == 3
    with pytest.raises(UsageError, match="stays in the club"):
        export(library, [secret], tmp_path / "none", disk=Disk())
    assert not (tmp_path / "none").exists()


def test_a_playlist_goes_without_its_songs(library, tmp_path):
    songs = [line.song for album in albums(library) for line in library.browse.songs_of(album.id)]
    report = export(library, [], tmp_path / "out", lists=[("Mix", songs)], disk=Disk())
    assert (report.tracks, [each.reason for each in report.missing]) == (len(songs) - 1, [STAYS])
    assert markers_in(tmp_path / "out", library) == 0


def test_guests_of_an_evening_do_not_see_it(library):
    own, secret = albums(library)
    shared = choose(library, [own, secret], named=False)
    assert ([each.release.title for each in shared.albums], shared.staying, shared.missing) == (["Own"], 1, ())
    assert [each.reason for each in choose(library, [own, secret]).missing] == [STAYS]
    with pytest.raises(UsageError, match="stays in the club"):
        choose(library, [secret])
    assert len(choose(library, [secret], passes=gate(library, with_club=True)).albums) == 1


def test_no_sleeve_is_printed_of_it(library, tmp_path):
    _, secret = albums(library)
    with pytest.raises(UsageError, match="stays in the club"):
        write_inlay(library, secret, tmp_path / "sleeve.html", IN_ENGLISH, disk=Disk())
    passes = gate(library, with_club=True)
    write_inlay(library, secret, tmp_path / "sleeve.html", IN_ENGLISH, disk=Disk(), passes=passes)


def test_no_archive_is_made_of_it_and_one_s_own_keeps_quiet_about_it(library, tmp_path):
    labels = {view.name: view for view in library.shelf.labels()}
    with pytest.raises(UsageError, match="stays in the club"):
        archive(library, labels[SECRET], tmp_path / "none", now=NOW, disk=Disk())
    report = archive(library, labels["Natalia"], tmp_path / "bag", now=NOW, disk=Disk())
    assert (report.staying, report.missing) == (2, ())
    assert markers_in(tmp_path / "bag", library) == 0
    passes = gate(library, with_club=True)
    whole = archive(library, labels["Natalia"], tmp_path / "whole", now=NOW, disk=Disk(), passes=passes)
    assert (whole.staying, markers_in(tmp_path / "whole", library) > 0) == (0, True)


def test_an_open_spool_has_nothing_of_it(library, tmp_path):
    write_open(library, gather(library, now=NOW), FolderTarget(tmp_path / "open", disk=Disk()))
    assert markers_in(tmp_path / "open", library) == 0


def test_a_door_leaves_by_no_exit_at_all(library, tmp_path):
    labels = {view.name: view for view in library.shelf.labels()}
    club = found(library, "Kamchatka")
    door = next(view for view in library.shelf.labels() if view.imprint == club)
    voice_in_club(library, club, labels["Natalia"].imprint)
    passes = gate(library, with_club=True)
    for label in (door, labels["Natalia"]):
        with pytest.raises(UsageError, match="for that club alone"):
            archive(library, label, tmp_path / "bag", now=NOW, disk=Disk(), passes=passes)
