"""Whatever is asked for, the answer is a picture of a prepared size."""

from __future__ import annotations

import hashlib
import io

import av
import pytest

from magnitizdat.formats.drawing import Disc, Drawing, png
from magnitizdat.library.journal import AlbumRow
from magnitizdat.model import Release
from magnitizdat.ops.albums import covers
from magnitizdat.ops.albums.small_files import seal_small
from magnitizdat.workers.pool import ParserPool
from tests.fakes_library import database_of, make_library, put_album, rows

RED = png(Drawing("c2211c", (Disc(300, 300, 200, "e9dfc8"),)), 700)
HOSTILE = {
    "cut off": RED[:900],
    "only a beginning": RED[:8],
    "a bomb": RED[:16] + (60_000).to_bytes(4, "big") * 2 + RED[24:],
    "not what it says": b"\xff\xd8\xff" + b"MZ" * 400,
    "empty": b"",
}


@pytest.fixture(scope="module")
def pool():
    with ParserPool(1) as workers:
        yield workers


@pytest.fixture
def library(tmp_path):
    with make_library(tmp_path / "library") as made:
        yield made


def put_cover(library, content, title="45", media_type="image/png"):
    album = hashlib.sha256(title.encode()).hexdigest()[:32]
    with library.changes() as changes:
        cover = seal_small(library, changes, content, media_type)
        changes.row(AlbumRow(release=Release(id=album, title=title, artist="Виктор", cover=cover)))
        changes.commit()
    return album


def measured(picture):
    with av.open(io.BytesIO(picture.body)) as container:
        frame = next(container.decode(video=0))
        return frame.width, frame.height


@pytest.mark.parametrize(
    ("size", "side"), [(1, 160), (160, 160), (161, 480), (480, 480), (600, 700), (0, 700), (9999, 700)]
)
def test_the_smallest_version_that_fills_it(library, pool, size, side):
    album = put_cover(library, RED)
    picture = covers.cover(library, pool, f"al-{album}", size)
    assert picture.media_type == "image/jpeg"
    assert measured(picture) == (side, side)
    assert covers.cover(library, pool, album, size) == picture


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_cover_gives_way_to_a_sleeve(library, pool, kind):
    album = put_cover(library, HOSTILE[kind])
    picture = covers.cover(library, pool, f"al-{album}", 160)
    assert picture.media_type == "image/png"
    assert measured(picture) == (160, 160)
    assert "circle" in (covers.sleeve_svg(library, f"al-{album}") or "") or "polygon" in covers.sleeve_svg(
        library, album
    )


def test_what_was_made_when_asked_for_is_kept(library, pool):
    album = put_cover(library, RED)
    first = covers.cover(library, pool, f"al-{album}", 480)
    sha256 = hashlib.sha256(RED).hexdigest()
    assert library.index.prepared.thumbnail(sha256, 480) == first.body
    assert covers.sleeve_svg(library, f"al-{album}") is None
    assert library.index.prepared.unseen() == []


def test_where_there_is_no_room_the_largest_is_made_each_time(library, pool, monkeypatch):
    monkeypatch.setattr(covers, "KEPT_LENGTH", 0)
    album = put_cover(library, RED)
    assert measured(covers.cover(library, pool, f"al-{album}", 1200)) == (700, 700)
    sha256 = hashlib.sha256(RED).hexdigest()
    assert library.index.prepared.thumbnail(sha256, 1200) is None
    assert library.index.prepared.thumbnail(sha256, 160)
    assert measured(covers.cover(library, pool, f"al-{album}", 1200)) == (700, 700)


@pytest.mark.parametrize(
    "name", ["", "al-", "mf-", "pl-7", "ar-0123456789abcdef", "al-" + "0" * 32, "mf-" + "0" * 34, "../x"]
)
def test_every_name_has_a_picture_and_always_the_same(library, pool, name):
    picture = covers.cover(library, pool, name, 160)
    assert measured(picture) == (160, 160)
    assert covers.cover(library, pool, name, 100) == picture


def test_a_track_shows_its_album_also_where_it_left_it(library, pool):
    album, contents = put_album(library, lengths=(500,))
    song = database_of(library).one("SELECT song FROM track")[0]
    shown = covers.cover(library, pool, f"mf-{song}", 160)
    assert shown == covers.cover(library, pool, f"al-{album}", 160)
    assert shown == covers.cover(library, pool, f"mf-{song[:24]}{'0' * 8}-2", 160)
    assert contents


def test_pictures_go_with_their_blob(library, pool):
    album = put_cover(library, RED)
    covers.cover(library, pool, album, 160)
    rows(library, "DELETE FROM blob WHERE digest = ?", (hashlib.sha256(RED).digest(),))
    assert rows(library, "SELECT * FROM thumbnail") == []


def test_memory_is_bounded_by_bytes(monkeypatch):
    monkeypatch.setattr(covers, "MEMORY_LENGTH", 100)
    memory = covers._PictureCache()
    for number in range(10):
        memory.keep((str(number), 160), bytes(40))
        memory.keep(("again", 160), b"same")
    assert memory.get(("again", 160)) == b"same"
    assert memory.get(("9", 160)) is not None
    assert memory.get(("0", 160)) is None
