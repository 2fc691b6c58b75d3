"""A way back: an own premiere that nobody opened is an ordinary album again, here and after a rebuild."""

from __future__ import annotations

import pytest
from msgspec import structs

from magnitizdat.catalogue.kinds import RELEASE, target_path
from magnitizdat.catalogue.refresh import review
from magnitizdat.disk.disk import Disk
from magnitizdat.errors import UsageError
from magnitizdat.library.library import Library
from magnitizdat.ops.dub.from_spool import dub
from magnitizdat.ops.give.gathering import gather
from magnitizdat.ops.give.open_spool import write_open
from magnitizdat.ops.keep.rebuild import rebuild
from magnitizdat.ops.labels.labels import held_state
from magnitizdat.ops.labels.publish import publish
from magnitizdat.ops.places.spool import FolderSpool
from magnitizdat.ops.places.targets import FolderTarget
from magnitizdat.ops.premieres.dropping import drop
from magnitizdat.ops.premieres.making import make
from magnitizdat.ops.premieres.opening import GivenShare, open_premiere
from magnitizdat.ops.premieres.withheld import premieres
from tests.fakes_library import NOW, make_library, put_album
from tests.fakes_premieres import WISH, put_closed


@pytest.fixture
def maker(tmp_path):
    with make_library(tmp_path / "maker") as library:
        yield library


@pytest.mark.parametrize("untitled", [False, True])
def test_what_is_dropped_is_signed_or_closed_anew_like_any_album(maker, tmp_path, untitled):
    album, _, label, made = put_closed(maker, wish=structs.replace(WISH, untitled=untitled))
    length = sum(cell.stat().st_size for cell in maker.directory.rglob("*.cell"))
    report = drop(maker, made.id[:8], now=NOW)
    assert (report.title, report.version) == ("Тайна", made.version + 1)
    assert not premieres(maker)
    assert not maker.index.closed.albums() | maker.index.closed.tracks()
    assert not maker.index.closed.all()
    assert not maker.index.shelf.unused_blobs()
    assert sum(cell.stat().st_size for cell in maker.directory.rglob("*.cell")) <= length
    assert target_path(RELEASE, made.release_id) not in review(held_state(maker, label.imprint), now=NOW).targets
    view = maker.shelf.album(album)
    assert (view.complete, view.imprint) == (True, "")
    make(maker, album, label, WISH, now=NOW, small=False)
    assert maker.index.closed.albums() == {album}
    drop(maker, label.name, now=NOW)
    publish(maker, [album], label, now=NOW, small=False)
    assert [each.id for each in gather(maker, now=NOW, albums=[maker.shelf.album(album)]).albums()] == [album]


def test_a_rebuild_knows_that_it_was_dropped(maker):
    album, _, _, made = put_closed(maker)
    drop(maker, made.id, now=NOW)
    directory, keys = maker.directory, maker.secrets
    maker.close()
    assert not rebuild(directory, keys, now=NOW, disk=maker.disk).missing
    with Library(directory, keys) as again:
        assert not premieres(again)
        assert not again.index.closed.albums()
        assert (again.shelf.album(album).imprint, again.shelf.album(album).complete) == ("", True)


def test_elsewhere_it_goes_with_the_next_list(maker, tmp_path):
    _, _, label, made = put_closed(maker)
    other, _ = put_album(maker, "45", lengths=(1000,))
    publish(maker, [other], label, now=NOW, small=False)
    spools = [FolderTarget(tmp_path / name, disk=Disk()) for name in ("before", "after")]
    write_open(maker, gather(maker, now=NOW), spools[0])
    drop(maker, made.id, now=NOW)
    write_open(maker, gather(maker, now=NOW), spools[1])
    with make_library(tmp_path / "fan") as fan:
        dub(fan, FolderSpool(tmp_path / "before"), now=NOW)
        assert [each.id for each in premieres(fan)] == [made.id]
        with pytest.raises(UsageError, match=r"not your label|closed in this library|no label"):
            drop(fan, made.id, now=NOW)
        dub(fan, FolderSpool(tmp_path / "after"), now=NOW)
        assert not premieres(fan)


def test_what_was_opened_is_not_dropped(maker):
    _, _, _, made = put_closed(maker)
    open_premiere(maker, made.id, shares=[GivenShare(each.holder, each.words) for each in made.shares], now=NOW)
    with pytest.raises(UsageError, match="was opened"):
        drop(maker, made.id, now=NOW)
