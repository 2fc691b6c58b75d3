"""What people say, over the API: what is worth a listen."""

from __future__ import annotations

import pytest

from magnitizdat.ops.dub.from_spool import dub
from magnitizdat.ops.labels import labels
from magnitizdat.ops.places.spool import FolderSpool
from tests.fakes_library import NOW
from tests.fakes_voices import review_of, speaker


@pytest.fixture
def hear(page, tmp_path):
    """A label that says something, taken from a stick; followed, unless it is not."""

    def take(name, *voices, follow=True):
        liar = speaker(tmp_path / name, name, *voices)
        dub(page.service.library(), FolderSpool(liar.folder), now=NOW)
        if follow:
            labels.follow(page.service.library(), name, sure=True)

    return take


def album_of(page, title="45"):
    return next(each["id"] for each in page.get("albums")["albums"] if each["title"] == title)


def tracks_of(page, album):
    return [track.id for track in page.service.library().shelf.release(album).tracks]


def test_what_is_worth_a_listen_and_whom_to_ask(page, hear):
    album = album_of(page)
    assert page.get("discover")["lines"] == []
    elsewhere = review_of("f" * 64, title="Acrobat", artist="Akvarium", recommended=True)
    hear("Anna", review_of(*tracks_of(page, album), recommended=True, rating_value=5), elsewhere)
    here, away = page.get("discover")["lines"]
    assert (here["album"], here["title"], here["ask"]) == (album, "45", "")
    assert here["cover"]
    assert here["reasons"][0] == "picked by Anna"
    assert (away["album"], away["cover"], away["title"]) == ("", "", "Acrobat")
    assert away["ask"]
