"""What goes where not everything fits: what is asked for, rare or new first, and nothing that came there before."""

from __future__ import annotations

from datetime import timedelta

import pytest

from magnitizdat.disk.disk import Disk
from magnitizdat.errors import MagError, NoSpaceError, UsageError
from magnitizdat.model import Silent
from magnitizdat.ops.give.chosen import StickWish
from magnitizdat.ops.give.cut import begun_albums
from magnitizdat.ops.give.fill import fill
from magnitizdat.ops.give.rehearsing import rehearse
from magnitizdat.ops.labels.friends import add_friend, my_card
from tests.fakes import FaultyDisk
from tests.fakes_library import NOW, make_library, put_album
from tests.fakes_spool import publish_all
from tests.ops.albums.test_quality import put_small

MIB = 1 << 20
OLD, NEW = {"released": "2024-05-01"}, {"released": (NOW - timedelta(weeks=1)).date().isoformat()}


@pytest.fixture
def mine(tmp_path):
    """Three albums of a mebibyte, two of them with small versions; one is old."""
    with make_library(tmp_path / "mine") as mine, make_library(tmp_path / "hers") as hers:
        add_friend(mine, my_card(hers, name="Natalia"))
        ids = [
            put_album(mine, title, lengths=(MIB // 2, MIB // 2), **said)[0]
            for title, said in (("Ashes", OLD), ("Bread", NEW), ("Copper", NEW))
        ]
        for album in ids[:2]:
            put_small(mine, album, lengths=(40_000, 30_000))
        publish_all(mine, ids)
        yield mine


def cut(library, folder, *, disk=None, now=NOW, **wish):
    return fill(
        library, folder, StickWish(**wish), now=now, disk=disk or Disk(), tell=lambda _said: None, progress=Silent()
    )


def would(library, folder, *, now=NOW, **wish):
    return rehearse(library, folder, StickWish(**wish), now=now, tell=lambda _said: None, progress=Silent())


def stowed(plan):
    return [(each.title, each.quality) for each in plan.albums]


def titles(done):
    return [each.title for each in done.report.albums]


def test_new_before_old_by_byte_and_in_full_where_room_is_left(mine, tmp_path):
    folder = tmp_path / "stick"
    assert stowed(would(mine, folder, size=64 * MIB)) == [("Bread", "full"), ("Copper", "full"), ("Ashes", "full")]
    assert stowed(would(mine, folder, size=9 * MIB)) == [("Bread", "full"), ("Copper", "full"), ("Ashes", "small")]
    plan = would(mine, folder, size=2 * MIB)
    assert stowed(plan) == [("Bread", "small"), ("Ashes", "small")], "by byte"
    assert [each.title for each in plan.left_out] == ["Copper"]
    assert [each.reason for each in plan.albums] == ["scarce", "scarce"]
    assert not folder.exists()


@pytest.mark.parametrize("is_open", [True, False])
def test_never_more_than_was_said_and_what_was_planned_is_what_goes(mine, tmp_path, is_open):
    most = None
    for size in (700_000, 1_500_000, 2_500_000, 3_500_000, 6_000_000, 64_000_000):
        plan = would(mine, tmp_path / "none", size=size, is_open=is_open)
        done = cut(mine, tmp_path / f"stick{size}", size=size, is_open=is_open)
        assert plan.length <= size
        if not is_open:
            assert done.length == plan.length
            assert titles(done) == [each.title for each in plan.albums]
        most = len(plan.albums)
    assert most == 3


def test_what_came_there_before_is_not_planned_again_unless_it_is_named(mine, tmp_path):
    first = cut(mine, tmp_path / "one", friends=("Natalia",), size=2 * MIB)
    assert titles(first) == ["Bread", "Ashes"]
    plan = would(mine, tmp_path / "two", friends=("natalia",), size=64 * MIB)
    assert (stowed(plan), plan.had) == ([("Copper", "full")], 2)
    assert titles(cut(mine, tmp_path / "two", friends=("Natalia",), size=64 * MIB)) == ["Copper"]
    with pytest.raises(UsageError, match="earlier reels"):
        cut(mine, tmp_path / "three", friends=("Natalia",), size=64 * MIB)
    assert titles(cut(mine, tmp_path / "four", friends=("Natalia",), size=64 * MIB, albums=("Ashes",))) == ["Ashes"]
    assert len(titles(cut(mine, tmp_path / "five", size=64 * MIB))) == 3, "who opens it with words is nobody known"


def test_a_courier_takes_what_few_have(mine, tmp_path):
    for name in ("Mike", "Sveta"):
        with make_library(tmp_path / name) as other:
            add_friend(mine, my_card(other, name=name))
        cut(mine, tmp_path / f"to{name}", friends=(name,), albums=("Bread",))
    plan = would(mine, tmp_path / "stick", scope="city")
    assert stowed(plan) == [("Copper", "full"), ("Ashes", "full")]
    assert {each.reason for each in plan.albums} == {"scarce"}
    assert ("Bread", "full") in stowed(would(mine, tmp_path / "stick")), "room is left for it otherwise"


def test_an_unfinished_reel_goes_on_as_it_was_planned(mine, tmp_path):
    """Weeks later other albums would be newer; with another size it is another reel."""
    folder, size = tmp_path / "reel", 8 * MIB
    with pytest.raises(MagError):
        cut(mine, folder, friends=("Natalia",), size=size, disk=FaultyDisk(fail_at=9, forever=True))
    planned = begun_albums(mine, folder, size)
    assert sorted(planned.values()) == [False, True, True]
    assert begun_albums(mine, folder, size + 1) == {}
    put_album(mine, "Newest", lengths=(1000,), released=(NOW + timedelta(weeks=9)).date().isoformat())
    done = cut(mine, folder, friends=("Natalia",), size=size, now=NOW + timedelta(weeks=10))
    assert titles(done) == ["Bread", "Copper", "Ashes"]
    assert sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) == done.length


def test_where_nothing_fits_it_is_told_before_the_first_byte(mine, tmp_path):
    for is_open in (True, False):
        for ask in (cut, would):
            with pytest.raises(NoSpaceError, match="not even one"):
                ask(mine, tmp_path / "stick", size=30_000, is_open=is_open)
    assert not (tmp_path / "stick").exists()
