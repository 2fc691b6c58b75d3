"""Old code pages that a file alone does not show: the files beside it do."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs
from mutagen import id3

from magnitizdat.model import File, Track
from magnitizdat.ops.albums.undo import undo
from magnitizdat.ops.intake.grouping import Taken
from magnitizdat.ops.intake.importing import import_music
from magnitizdat.ops.intake.together import read_together, repairs
from magnitizdat.workers.code_pages import CENTRAL, judge
from magnitizdat.workers.values import Tags, Undecided
from tests.fakes_audio import make_audio
from tests.fakes_library import NOW
from tests.ops.music import only, write

PAGES = ["cp1251", "koi8-r", "cp866"]
LONG = ["Группа крови", "Звезда по имени Солнце", "Восьмиклассница", "Пачка сигарет"]
SHORT = ["Яд", "Мы", "Он", "ТЫ"]


def old_song(number, title, encoding):
    """An MP3 whose tags were written in an old code page and declared latin-1; only its title is not ASCII."""
    tags = id3.ID3()
    for frame, text in ((id3.TIT2, title), (id3.TPE1, "Kino"), (id3.TALB, "45"), (id3.TRCK, str(number))):
        tags.add(frame(0, text.encode(encoding).decode("latin-1")))
    file = io.BytesIO(make_audio("mp3", 0.3, {}, tone=200.0 + number))
    tags.save(file)
    return file.getvalue()


def taken(title, number=1):
    """A file of which the title alone says something."""
    page, better = judge({"title": title})
    said = better.get("title", title)
    file = File(sha256=f"{number:064x}", length=1, media_type="audio/mpeg")
    track = Track(id=file.sha256, title=said, artist="Kino", file=file, duration_s=1.0)
    undecided = (Undecided(field="title", text=title),) if page in {"", CENTRAL} and not title.isascii() else ()
    raw, written = Tags(title=title), structs.replace(track, title=title)
    return Taken(f"45/{number}.mp3", Tags(title=said), track, None, raw, written, page, undecided)


@pytest.mark.parametrize("encoding", PAGES)
def test_short_titles_follow_the_long_ones_beside_them_and_undo_is_exact(library, tmp_path, encoding):
    titles = [title for pair in zip(LONG, SHORT, strict=True) for title in pair]
    files = {f"45/{n}.mp3": old_song(n, title, encoding) for n, title in enumerate(titles, 1)}
    report = import_music(library, [write(tmp_path / "Music", files)])
    assert [track.title for track in only(library).tracks] == titles
    assert {each.after for each in report.repaired} == {*titles}
    undo(library, 0, now=NOW)
    alone = [track.title for track in only(library).tracks]
    assert not {*alone} & {*titles}


@given(
    st.lists(st.sampled_from(LONG), min_size=2, max_size=6), st.lists(st.sampled_from(SHORT)), st.sampled_from(PAGES)
)
def test_whatever_the_order_the_titles_come_right(longer, shorter, encoding):
    titles = [*longer, *shorter[: len(longer)]]
    found = [taken(title.encode(encoding).decode("latin-1"), n) for n, title in enumerate(titles)]
    assert [each.track.title for each in read_together(found)] == titles
    assert [each.track.title for each in read_together(found[::-1])] == titles[::-1]


@given(st.lists(st.sampled_from(["Ænima", "Über", "Ça", "Señorita", "naïve", "Ó", "Öð", "é"]), min_size=1, max_size=9))
def test_western_albums_are_left_alone(titles):
    found = [taken(title, n) for n, title in enumerate(titles)]
    assert read_together(found) == found
    assert repairs(found, {}) == []


def test_one_old_file_does_not_decide_for_many():
    found = [taken("Группа крови".encode("cp1251").decode("latin-1")), *(taken("Ó", n) for n in range(2, 5))]
    assert [each.track.title for each in read_together(found)][1:] == ["Ó"] * 3
