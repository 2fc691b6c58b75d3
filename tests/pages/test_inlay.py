"""Sleeves to print: whatever an album is called, each line fits its place, and nothing leaves it."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from magnitizdat.language import voices
from magnitizdat.pages.inlay import Inlay, inlay_page
from magnitizdat.pages.markup import one_line
from magnitizdat.pages.qr import qr_path
from magnitizdat.pages.typewriter import Area, TypedLine, cells, height, largest, room, wrapped
from magnitizdat.sentence import IN_ENGLISH
from tests.pages.test_site import HOSTILE, IMPRINT, Page, release, titles, track

BOX = Area(3, 4, 50, 30)


def page_of(
    title: str = "45", artist: str = "Виктор", *, songs: int = 5, notes: str = "", label: str = "Zoopark", **how
):
    tracks = tuple(track(f"{title} {number}", number, artist=artist) for number in range(1, songs + 1))
    shown = release(title, artist=artist, tracks=tracks)
    return inlay_page(Inlay(release=shown, label=label, imprint=IMPRINT, code=IMPRINT, notes=notes, **how), IN_ENGLISH)


def texts(page: bytes) -> list[str]:
    return Page(page).texts["text"]


@given(st.text(max_size=300), st.integers(4, 60))
@example("x" * 200, 4)
@example("日本 " * 30, 7)
def test_wrapped_lines_are_narrow_and_lose_nothing(written, width):
    lines = wrapped(written, width)
    assert all(cells(line) <= width or len(line) == 1 for line in lines)
    assert "".join(lines).replace(" ", "") == one_line(written).replace(" ", "")


@given(st.lists(st.text(max_size=60), max_size=60), st.sampled_from([(3.0, 2.0), (2.0, (1.5, 2)), (4.0, (1.0, 3))]))
def test_what_is_typed_fits_or_is_counted(paragraphs, sizes):
    def make(width):
        return [TypedLine(part) for each in paragraphs for part in wrapped(each, width)]

    typing = largest(make, BOX, sizes)
    assert len(typing.lines) <= height(BOX, typing.size) * typing.columns
    assert typing.tall(BOX) <= BOX.height + 1e-6
    narrow = room((BOX.width - 4 * (typing.columns - 1)) / typing.columns, typing.size)
    assert typing.lines + typing.lost == make(narrow)


@given(title=titles, artist=titles, label=titles, notes=titles)
@example(*HOSTILE[:4])
def test_no_name_breaks_out_of_the_sleeve(title, artist, label, notes):
    page = Page(page_of(title, artist, label=label, notes=notes))
    assert {tag for tag, _ in page.elements} <= set(
        "html head meta title style body svg text rect path g image".split()
    )
    assert page.texts["title"] == [f"{one_line(title)} · {one_line(artist)}"]
    assert not [each for _, each in page.elements if {"style", "onload", "onerror"} & each.keys()]


@pytest.mark.parametrize("songs", [1, 12, 30, 180, 900])
def test_each_song_is_on_it_or_counted(songs):
    shown = texts(page_of("Song", songs=songs))
    listed = {found[1] for each in shown if (found := re.match(r"\s*(\d+) Song \d+$", each))}
    more = [int(found[1]) for each in shown if (found := re.fullmatch(r"and (\d+) more", each))]
    assert len(listed) + sum(more) == songs
    assert bool(more) == (songs == 900)


def test_it_says_what_it_is_in_each_language():
    said = {voice.language: inlay_page(Inlay(release(), "Zoopark", IMPRINT, IMPRINT), voice) for voice in voices()}
    assert "ПОДПИСАНО".encode() in said["ru"]
    assert b"UNDERSKREVET" in said["da"]
    assert len(set(said.values())) == len(said)


def test_whom_nobody_named_is_told_in_each_language_beside_the_same_picture():
    shown = release("45", artist="Unknown Artist", tracks=(track("Bro", artist="Unknown Artist"),))
    pages = {voice.language: inlay_page(Inlay(shown, "Zoopark", IMPRINT, IMPRINT), voice) for voice in voices()}
    for language, nobody in (("en", "Unknown Artist"), ("da", "Ukendt kunstner"), ("ru", "Неизвестный исполнитель")):
        assert nobody in texts(pages[language])
        assert (b"Unknown Artist" in pages[language]) == (language == "en")
    assert len({Page(page).all("image")[0]["href"] for page in pages.values()}) == 1


def test_a_cover_is_in_the_page_and_notes_lose_a_title_said_again():
    page = page_of("45", cover=b"\x89PNG", cover_type="image/png", notes="# 45\n\nOn the roof.")
    assert Page(page).all("image")[0]["href"].startswith("data:image/png;base64,iVBORw")
    assert "On the roof." in texts(page)
    assert "# 45" not in texts(page)


def test_a_code_is_drawn_as_wide_as_it_says():
    drawn, modules = qr_path("x" * 200)
    corners = [(int(x), int(y), int(run)) for x, y, run in re.findall(r"M(\d+) (\d+)h(\d+)", drawn)]
    assert min(x for x, _, _ in corners) == 4 == modules - max(x + run for x, _, run in corners)
