"""What a stranger stumbled over once, so that nobody does again."""

from __future__ import annotations

import shutil

import pytest

from magnitizdat.disk.disk import Disk
from magnitizdat.errors import UsageError
from magnitizdat.ops.albums.edit import merge_albums
from magnitizdat.ops.albums.ids import numbered_track, track_numbers
from magnitizdat.ops.dub.from_spool import dub
from magnitizdat.ops.give.gathering import gather
from magnitizdat.ops.give.open_spool import write_open
from magnitizdat.ops.labels.labels import create, find_label, follow, take_back
from magnitizdat.ops.labels.publish import publish
from magnitizdat.ops.listen.searching import find
from magnitizdat.ops.places.spool import FolderSpool
from magnitizdat.ops.places.targets import FolderTarget
from tests.fakes_library import NOW, make_library, put_album


@pytest.fixture
def viktor(tmp_path):
    with make_library(tmp_path / "viktor") as library:
        yield library


@pytest.fixture
def natalia(tmp_path):
    with make_library(tmp_path / "natalia") as library:
        yield library


def spool_of(library, folder):
    write_open(library, gather(library, now=NOW), FolderTarget(folder, disk=Disk()))
    return FolderSpool(folder)


def sign(library, *albums):
    publish(library, list(albums), find_label(library, "Zoopark Tapes"), now=NOW)


def test_a_source_without_its_labels_papers_is_no_success(tmp_path, viktor, natalia):
    create(viktor, "Zoopark Tapes", now=NOW)
    sign(viktor, put_album(viktor)[0])
    spool = spool_of(viktor, tmp_path / "open")
    shutil.rmtree(tmp_path / "open" / "labels")
    report = dub(natalia, spool, now=NOW)
    assert report.refused == 1
    assert "nothing can be verified" in report.missing[0].reason


def test_releases_that_are_elsewhere_are_counted(tmp_path, viktor, natalia):
    create(viktor, "Zoopark Tapes", now=NOW)
    first, second = put_album(viktor, "45")[0], put_album(viktor, "46")[0]
    sign(viktor, first, second)
    spool = spool_of(viktor, tmp_path / "open")
    for document in tmp_path.glob(f"open/labels/*/targets/*/*{second}.json"):
        document.unlink()
    report = dub(natalia, spool, now=NOW)
    assert report.labels[0].elsewhere == 1
    assert [album.title for album in natalia.shelf.albums()] == ["45"]


def test_following_a_look_alike_needs_a_second_word(tmp_path, viktor, natalia):
    create(natalia, "Zoopark Tapes", now=NOW)
    create(viktor, "Zoopark Tapes", now=NOW)
    sign(viktor, put_album(viktor)[0])
    report = dub(natalia, spool_of(viktor, tmp_path / "open"), now=NOW)
    assert report.labels[0].looks_like == "Zoopark Tapes"
    with pytest.raises(UsageError, match="is NOT your"):
        follow(natalia, report.labels[0].imprint)
    assert follow(natalia, report.labels[0].imprint, sure=True).name == "Zoopark Tapes"


def test_changed_keys_of_a_label_are_told(tmp_path, viktor, natalia):
    _, paper = create(viktor, "Zoopark Tapes", now=NOW)
    sign(viktor, put_album(viktor)[0])
    assert not dub(natalia, spool_of(viktor, tmp_path / "before"), now=NOW).labels[0].keys_changed
    take_back(viktor, "Zoopark Tapes", paper, now=NOW)
    assert dub(natalia, spool_of(viktor, tmp_path / "after"), now=NOW).labels[0].keys_changed


def test_a_signed_album_is_not_merged_away(viktor):
    create(viktor, "Zoopark Tapes", now=NOW)
    signed, plain = put_album(viktor, "45")[0], put_album(viktor, "46")[0]
    sign(viktor, signed)
    with pytest.raises(UsageError, match="withdraw"):
        merge_albums(viktor, plain, [signed])


def test_every_track_has_a_number_of_its_own(viktor):
    album, _ = put_album(viktor, lengths=(10, 20, 30))
    release = viktor.shelf.release(album)
    assert track_numbers(release) == ["1", "2", "3"]
    from msgspec import structs

    twins = structs.replace(release, tracks=tuple(structs.replace(track, position=1) for track in release.tracks))
    assert track_numbers(twins) == ["1", "2", "3"]
    assert numbered_track(twins, "2") == twins.tracks[1]
    assert numbered_track(twins, "4") is None


def test_other_spellings_find_an_album(viktor):
    from msgspec import structs

    from magnitizdat.library.journal import AlbumRow

    album, _ = put_album(viktor)
    bare = structs.replace(viktor.shelf.release(album), tracks=(), aliases=("Битва за Веснот",))
    with viktor.changes() as changes:
        changes.row(AlbumRow(release=bare))
        changes.commit()
    assert {found.album_id for found in find(viktor, "Веснот").tracks} == {album}
