"""What guests search and read: only what is shared, whole, and without a script."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from magnitizdat.library.journal import AlbumRow, TrackRow
from magnitizdat.model import Lyrics
from magnitizdat.ops.albums.small_files import seal_small
from magnitizdat.ops.give.shared_names import QUERY_LENGTH
from magnitizdat.ops.give.sharing import choose
from magnitizdat.web.guests.pages import PAGE_LENGTH
from magnitizdat.web.guests.reading import _blocks, wrapped
from tests.fakes_library import put_album
from tests.web.guests.test_guests import home

SUNG = ["Я помню этот трамвай", "Он ушёл без нас", "<b>не жирно</b>"]


@pytest.fixture
def read(evening, library):
    """An album with words and long notes beside the one that is shared; the number of its pages."""
    album, _ = put_album(library, "Трамвай", "Наталья", lengths=(10, 20))
    notes = "\n\n".join(f"Абзац {number}. " + "очень длинный рассказ о трамвае " * 12 for number in range(90))
    release = library.shelf.release(album)
    with library.changes() as changes:
        told = {"ru": seal_small(library, changes, notes.encode(), "text/markdown")}
        words = [
            seal_small(library, changes, "\n".join(lines).encode(), "text/plain") for lines in (SUNG, ["I recall"])
        ]
        changes.row(AlbumRow(release=structs.replace(release, notes=told, tracks=())))
        layers = tuple(Lyrics(language=each, file=file) for each, file in zip(("ru", "en"), words, strict=True))
        changes.row(TrackRow(release_id=album, track=structs.replace(release.tracks[0], lyrics=layers)))
        changes.commit()
    evening.shared = choose(library, [library.shelf.find("45"), library.shelf.find("Трамвай")])
    return next(number for number, each in enumerate(evening.shared.albums) if each.release.title == "Трамвай")


@pytest.mark.parametrize("query", ["трамвай", "ТРАМ", "tramvaj", "Наталья", "natalya трамвай", "nhfvdfq"])
def test_albums_are_found_in_any_script_case_and_on_the_wrong_keyboard(evening, guest, read, query):
    page = guest.get(home(evening), params={"q": query})
    assert f'href="a{read}"' in page.text
    assert 'href="a0"' not in page.text or read == 0


def test_songs_are_found_where_they_stand(evening, guest, library):
    put_album(library, "Long", lengths=(10,) * 150)
    evening.shared = choose(library, [library.shelf.find("Long")])
    page = guest.get(home(evening), params={"q": "песня 149"}).text
    place = re.search(r'href="(a0\?page=\d+)#(t148)"', page)
    assert place, page
    assert f'id="{place[2]}"' in guest.get(home(evening) + place[1]).text


def test_what_is_not_shared_is_not_found(evening, guest):
    """«46» lies in the library, and is nobody's business."""
    page = guest.get(home(evening), params={"q": "46"}).text
    assert "Nothing in this room bears that name." in page
    assert 'href="a' not in page


def test_a_long_list_of_finds_goes_on_with_what_was_typed(evening, guest, library):
    for number in range(4):
        put_album(library, f"Long {number}", lengths=(10,) * 150)
    evening.shared = choose(library, [view for view in library.shelf.albums() if view.title.startswith("Long")])
    seen, address = 0, "?q=%D0%BF%D0%B5%D1%81%D0%BD%D1%8F"
    while address:
        page = guest.get(home(evening) + address)
        assert len(page.content) <= PAGE_LENGTH
        seen += page.text.count("#t")
        further = re.search(r'href="(\?q=[^"]+)" rel="next"', page.text)
        address = further[1].replace("&amp;", "&") if further else ""
    assert seen == 600


@pytest.mark.parametrize("query", ["", "   ", "?" * 5000, "\0", "а" * QUERY_LENGTH * 3, "%", "\u202e"])
def test_nothing_that_is_typed_is_an_error(evening, guest, query):
    page = guest.get(home(evening), params={"q": query})
    assert page.status_code == 200
    assert len(page.content) <= PAGE_LENGTH


def test_the_words_of_a_song_are_read_in_their_layers(evening, guest, read):
    album = guest.get(f"{home(evening)}a{read}").text
    assert re.findall(rf'href="(w{read}\?song=\d+)"', album) == [f"w{read}?song=0"]
    page = guest.get(f"{home(evening)}w{read}?song=0").text
    assert SUNG[0] in page
    assert "&lt;b&gt;не жирно" in page
    assert "I recall" in page
    assert 'lang="ru-Latn"' in page
    for none in ("1", "2", "-1", "x", "9" * 30, ""):
        assert guest.get(f"{home(evening)}w{read}?song={none}").status_code == 404


def test_notes_are_read_to_their_end(evening, guest, read):
    assert f'href="n{read}"' in guest.get(f"{home(evening)}a{read}").text
    seen, address = set(), f"n{read}"
    while address:
        page = guest.get(home(evening) + address)
        assert len(page.content) <= PAGE_LENGTH
        seen |= set(re.findall(r"Абзац (\d+)\.", page.text))
        further = re.search(r'href="(n\d+\?page=\d+)" rel="next"', page.text)
        address = further[1] if further else ""
    assert seen == {str(number) for number in range(90)}
    assert guest.get(f"{home(evening)}n{1 - read}").status_code == 404


@given(words=st.lists(st.text(st.sampled_from("абв &<>*_[]\"'"), max_size=300), max_size=40), most=st.integers(5, 200))
def test_a_long_paragraph_is_read_in_pieces_and_nothing_of_it_is_lost(words, most):
    written = " ".join(words)
    pieces = list(wrapped(written, most))
    assert all(0 < len(piece) <= most for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(written.split())


@pytest.mark.parametrize("written", ["я" * 300_000, "> " * 20_000, "* " * 20_000, "<&>" * 30_000, "a " * 100_000])
def test_no_notes_fill_more_than_a_page(written):
    blocks = list(_blocks(written))
    assert all(len(block.encode()) <= PAGE_LENGTH // 4 for block in blocks)
