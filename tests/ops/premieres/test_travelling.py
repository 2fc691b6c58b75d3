"""Closed files travel like any file of their label, and nothing of the album that is in them does."""

from __future__ import annotations

from hashlib import sha256

import pytest
from msgspec import structs

from magnitizdat.catalogue.documents import encode
from magnitizdat.catalogue.kinds import RELEASE, target_path
from magnitizdat.catalogue.premieres import PREMIERE, SEALED_TYPE
from magnitizdat.disk.disk import Disk
from magnitizdat.errors import NoSpaceError
from magnitizdat.formats import budgets
from magnitizdat.formats.spool_paths import blob_path
from magnitizdat.library.library import Library
from magnitizdat.model import File
from magnitizdat.ops.albums.small_files import describe
from magnitizdat.ops.dub import from_spool
from magnitizdat.ops.dub.from_sources import outcome
from magnitizdat.ops.dub.previewing import preview
from magnitizdat.ops.give.cut import cut_reel
from magnitizdat.ops.give.gathering import gather
from magnitizdat.ops.give.open_spool import write_open
from magnitizdat.ops.keep.rebuild import rebuild
from magnitizdat.ops.keep.upkeep import doctor
from magnitizdat.ops.labels import publish
from magnitizdat.ops.labels.labels import find_label, follow
from magnitizdat.ops.places.spool import FolderSpool, FsspecSpool
from magnitizdat.ops.places.targets import FolderTarget
from magnitizdat.ops.premieres.withheld import premiere_of as premiere_of_shown
from magnitizdat.ops.premieres.withheld import premieres
from magnitizdat.reel.filesystem import ReelFileSystem
from magnitizdat.reel.opening import open_reel
from tests.fakes_library import NOW, make_library, put_album
from tests.fakes_premieres import MARK, premiere_of, put_closed
from tests.fakes_spool import Liar, release_of


@pytest.fixture
def maker(tmp_path):
    with make_library(tmp_path / "maker") as library:
        yield library


@pytest.fixture
def friend(tmp_path):
    with make_library(tmp_path / "friend") as library:
        yield library


def closed_blob(library):
    (each,) = library.index.closed.all()
    return each


def everything_in(folder):
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_an_open_spool_has_the_closed_file_and_no_byte_of_the_album(maker, friend, tmp_path):
    album, _, label, report = put_closed(maker)
    spool = tmp_path / "spool"
    write_open(maker, gather(maker, now=NOW), FolderTarget(spool, disk=Disk()))
    held = closed_blob(maker)
    assert (spool / blob_path(held.sha256)).stat().st_size == report.length
    found = everything_in(spool)
    assert MARK not in found
    assert album.encode() in found  # its label lists it
    document = maker.member(f"withheld/{label.imprint}/{album}.json")
    assert b"tracks" in document
    assert document not in found
    (line,), _, _ = preview(friend, FolderSpool(spool), now=NOW)
    assert (line.title, line.closed, line.tracks, line.here) == ("Тайна", "2026-12-24", 0, False)
    taken = from_spool.dub(friend, FolderSpool(spool), now=NOW)
    assert not taken.missing
    assert [each.title for each in taken.closed] == ["Тайна"]
    assert [label.elsewhere for label in taken.labels] == [0]
    assert taken.length == report.length
    (shown,) = premieres(friend)
    assert (shown.here, shown.opened, shown.own) == (True, False, False)
    assert not list(friend.shelf.albums())
    assert "came closed" in str(outcome(taken).lines)
    again = from_spool.dub(friend, FolderSpool(spool), now=NOW)
    assert (again.closed, again.length, again.missing) == ((), 0, ())


def test_a_reel_carries_it_to_whoever_carries_it_on(maker, friend, tmp_path):
    put_closed(maker)
    other = tmp_path / "third"
    first, second = tmp_path / "first", tmp_path / "second"
    for library, folder, taker in ((maker, first, friend), (friend, second, make_library(other))):
        report = cut_reel(library, gather(library, now=NOW), folder, disk=Disk(), work_factor=1)
        assert [each.title for each in report.albums] == ["Тайна"]
        reel = open_reel(folder, [], words=report.words)
        taken = from_spool.dub(taker, FsspecSpool(ReelFileSystem(reel)), now=NOW)
        assert [each.title for each in taken.closed] == ["Тайна"]
        assert premieres(taker)[0].here
        assert not doctor(taker).missing
    taker.close()


def test_a_closed_album_is_left_out_whole_where_it_does_not_fit(maker, tmp_path):
    _, _, label, report = put_closed(maker)
    other, _ = put_album(maker, "Старое", lengths=(200_000,))
    publish.publish(maker, [other], label, now=NOW, small=False)
    cargo = gather(maker, now=NOW)
    assert [each.title for each in cargo.albums()] == ["Старое", "Тайна"]
    small, left = cargo.within(600_000)
    assert ([each.title for each in small.albums()], [each.title for each in left]) == (["Старое"], ["Тайна"])
    held = closed_blob(maker)
    paths = {file.path for file in small.files}
    assert not [path for path in paths if held.sha256 in path or ".premiere.json" in path]
    assert {file.path for file in cargo.files} > paths
    with pytest.raises(NoSpaceError):
        cargo.within(1000)
    with_all, left = cargo.within(report.length + 600_000)
    assert (len(with_all.albums()), left) == (2, ())


def test_an_album_that_is_chosen_by_name_takes_no_closed_one_along(maker):
    _, _, label, _ = put_closed(maker)
    other, _ = put_album(maker, "Старое", lengths=(2000,))
    publish.publish(maker, [other], label, now=NOW, small=False)
    chosen = gather(maker, now=NOW, albums=[maker.shelf.album(other)])
    assert [each.title for each in chosen.albums()] == ["Старое"]
    named = gather(maker, now=NOW, labels=[find_label(maker, label.imprint)])
    assert len(named.albums()) == 2


def test_what_strangers_closed_has_a_limit_and_what_is_followed_has_none(maker, friend, tmp_path, monkeypatch):
    _, _, label, report = put_closed(maker)
    spool = tmp_path / "spool"
    write_open(maker, gather(maker, now=NOW), FolderTarget(spool, disk=Disk()))
    little = budgets.STRANGE_CLOSED._replace(most=report.length - 1)
    monkeypatch.setattr(budgets, "STRANGE_CLOSED", little)
    taken = from_spool.dub(friend, FolderSpool(spool), now=NOW)
    assert ([each.reason for each in taken.missing], taken.closed) == ([little.sentence], ())
    assert not premieres(friend)[0].here
    follow(friend, label.imprint)
    assert from_spool.dub(friend, FolderSpool(spool), now=NOW).closed
    assert premieres(friend)[0].here


def test_a_file_that_did_not_come_whole_is_told_and_comes_from_another_copy(maker, friend, tmp_path):
    put_closed(maker)
    spool = tmp_path / "spool"
    write_open(maker, gather(maker, now=NOW), FolderTarget(spool, disk=Disk()))
    path = spool / blob_path(closed_blob(maker).sha256)
    whole = path.read_bytes()
    path.write_bytes(whole[:-5000] + bytes(5000))
    taken = from_spool.dub(friend, FolderSpool(spool), now=NOW)
    assert [each.what for each in taken.missing] == ["Тайна"]
    assert not premieres(friend)[0].here
    path.unlink()
    taken = from_spool.dub(friend, FolderSpool(spool), now=NOW)
    assert "not on this source" in taken.missing[0].reason
    path.write_bytes(whole)
    assert not from_spool.dub(friend, FolderSpool(spool), now=NOW).missing
    assert premieres(friend)[0].here


def test_a_premiere_of_a_long_album_is_longer_than_other_documents_and_stays_known(friend, tmp_path):
    release = release_of([describe(b"x", "audio/flac")])
    content, path = encode(release), target_path(RELEASE, release.id)
    pieces = tuple(f"{number:064x}" for number in range(3_600))
    file = File(sha256="ab" * 32, length=len(pieces) << 20, media_type=SEALED_TYPE, pieces=pieces)
    closed = premiere_of(file, document=sha256(content).hexdigest(), release_id=release.id)
    liar = Liar(tmp_path / "spool", "Long")
    liar.sign({path: content, target_path(PREMIERE, closed.id): encode(closed)})
    next(liar.root.glob(f"targets/*/*.{release.id}.json")).unlink()
    taken = from_spool.dub(friend, FolderSpool(liar.folder), now=NOW)
    assert [each.reason for each in taken.missing] == [budgets.STRANGE_CLOSED.sentence]
    (shown,) = premieres(friend)
    assert (shown.length, shown.here) == (file.length, False)
    assert premiere_of_shown(friend, shown) == closed
    directory, keys, disk = friend.directory, friend.secrets, friend.disk
    friend.close()
    rebuild(directory, keys, now=NOW, disk=disk)
    with Library(directory, keys) as again:
        assert premieres(again) == (shown,)


def test_what_fits_the_form_and_is_no_premiere_is_carried_and_not_shown(friend, tmp_path):
    file = describe(b"sealed", SEALED_TYPE)
    void = (
        premiere_of(file, id="a" * 32, document="a" * 64, need=5),
        premiere_of(structs.replace(file, media_type="audio/flac"), id="b" * 32, document="a" * 64),
        premiere_of(structs.replace(file, length=3 << 20), id="c" * 32, document="a" * 64),
        premiere_of(file, id="d" * 32, document="a" * 64),  # its label lists no such album
    )
    liar = Liar(tmp_path / "spool", "Void")
    liar.sign({target_path(PREMIERE, each.id): encode(each) for each in void})
    liar.put(file.sha256, b"sealed")
    taken = from_spool.dub(friend, FolderSpool(liar.folder), now=NOW)
    assert (taken.closed, taken.missing) == ((), ())
    assert not friend.shelf.is_complete(file.sha256)
    assert len(friend.index.documents.of_kinds([PREMIERE])) == 4
    assert [(each.id, each.here) for each in premieres(friend)] == [("d" * 32, False)]
