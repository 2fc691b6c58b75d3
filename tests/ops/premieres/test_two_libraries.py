"""Two libraries of one maker: what one closed stays closed in both, also where the other heard of it later."""

from __future__ import annotations

import shutil

import pytest
from msgspec import structs

from magnitizdat.disk.disk import Disk
from magnitizdat.errors import UsageError
from magnitizdat.library.library import Library, unlock
from magnitizdat.ops.dub.from_spool import dub
from magnitizdat.ops.give.gathering import gather
from magnitizdat.ops.give.open_spool import write_open
from magnitizdat.ops.keep.upkeep import doctor
from magnitizdat.ops.labels.shelving import recognise
from magnitizdat.ops.merge.merging import merge
from magnitizdat.ops.merge.other import opened
from magnitizdat.ops.places.spool import FolderSpool
from magnitizdat.ops.places.targets import FolderTarget
from magnitizdat.ops.premieres.making import make
from magnitizdat.ops.premieres.withheld import premieres
from tests.fakes_library import NOW, PASSPHRASE, database_of, make_library, put_album
from tests.fakes_premieres import WISH, put_closed
from tests.fakes_spool import new_label


@pytest.mark.parametrize("untitled", [False, True])
def test_a_merge_brings_what_is_closed_and_what_stays(tmp_path, untitled):
    wish = structs.replace(WISH, untitled=untitled)
    with make_library(tmp_path / "first") as first:
        album, _, _, _ = put_closed(first, wish=wish)
        known = premieres(first)
    with make_library(tmp_path / "second") as second:
        with opened(second, tmp_path / "first", unlock(tmp_path / "first", PASSPHRASE)) as other:
            assert not merge(second, other, now=NOW).missing
        assert premieres(second) == known
        assert second.index.closed.albums() == {album}
        assert second.shelf.album(album).complete
        with pytest.raises(UsageError, match="nothing of it leaves"):
            gather(second, now=NOW, albums=[second.shelf.album(album)])


def test_a_copy_that_hears_of_it_holds_it_back_too(tmp_path):
    with make_library(tmp_path / "first") as first:
        label = new_label(first)
        album, _ = put_album(first, "45", lengths=(3000,))
    shutil.copytree(tmp_path / "first", tmp_path / "copy")
    with Library(tmp_path / "first", unlock(tmp_path / "first", PASSPHRASE)) as first:
        make(first, album, label, WISH, now=NOW, small=False)
        write_open(first, gather(first, now=NOW), FolderTarget(tmp_path / "spool", disk=Disk()))
    with Library(tmp_path / "copy", unlock(tmp_path / "copy", PASSPHRASE)) as copy:
        assert not dub(copy, FolderSpool(tmp_path / "spool"), now=NOW).missing
        assert copy.index.closed.albums() == {album}
        assert [each.title for each in gather(copy, now=NOW).albums()] == ["45"]  # closed


def test_doctor_names_a_closed_album_of_which_a_cell_is_hurt(tmp_path):
    with make_library(tmp_path / "first") as first:
        put_closed(first)
        (closed,) = first.index.closed.all()
        cell = min(first.index.cells.cells_of(closed.sha256))
        path = first.vault.cell_path(cell)
        path.write_bytes(bytes(path.stat().st_size))
        report = doctor(first)
        assert "Тайна" in {each.what for each in report.missing}
        assert not premieres(first)[0].here


def test_an_index_that_only_carried_premieres_reads_them_when_it_is_opened(tmp_path):
    with make_library(tmp_path / "first") as first:
        album, _, _, _ = put_closed(first)
        for statement in ("DELETE FROM closed", "DELETE FROM withheld", "DELETE FROM meta WHERE name = 'voices'"):
            database_of(first).run(statement)
    with Library(tmp_path / "first", unlock(tmp_path / "first", PASSPHRASE)) as again:
        recognise(again)
        assert [each.is_here for each in again.index.closed.all()] == [True]
        assert again.index.closed.albums() == {album}
        assert [each.own for each in premieres(again)] == [True]
