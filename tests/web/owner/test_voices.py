"""What people say, over the API: said under a label, shown by name, averaged, taken back; and what is worth hearing."""

from __future__ import annotations

import pytest

from magnitizdat.catalogue.voices import Compilation, CompiledTrack
from magnitizdat.ops.dub.from_spool import dub
from magnitizdat.ops.labels import labels
from magnitizdat.ops.places.spool import FolderSpool
from tests.fakes_library import NOW
from tests.fakes_voices import review_of, speaker

TEXT = "Line one.\n\n<b>Line</b> two: https://example.org/"


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


def label_named(page, name):
    return next(each["id"] for each in page.get("labels") if each["name"] == name)


def said(page, album):
    found = page.get(f"albums/{album}/voices")
    return [(each["label"], each["own"], each["recommended"], each["rating"]) for each in found["voices"]]


def test_my_word_is_signed_shown_changed_and_withdrawn(page):
    album = album_of(page)
    assert page.get(f"albums/{album}/voices")["labels"] == []
    page.post("labels", {"name": "Zoopark"})
    (signer,) = page.get(f"albums/{album}/voices")["labels"]
    word = {"rating": 4, "headline": "Loud", "text": TEXT, "language": "en", "recommended": True}
    assert page.post(f"albums/{album}/review", {"label": signer["id"], **word})["sentence"]
    (voice,) = page.get(f"albums/{album}/voices")["voices"]
    assert {key: voice[key] for key in word} == word
    assert (voice["label"], voice["own"], len(voice["date"])) == ("Zoopark", True, 10)
    page.post(f"albums/{album}/review", {"recommended": True})
    (voice,) = page.get(f"albums/{album}/voices")["voices"]
    assert (voice["rating"], voice["headline"], voice["text"]) == (None, "", ""), "the last word stands for all"
    page.send("DELETE", f"albums/{album}/review?label={signer['id']}")
    assert said(page, album) == []


def test_of_several_labels_none_signs_that_nobody_named(page):
    album = album_of(page)
    for name in ("Zoopark", "Night owl"):
        page.post("labels", {"name": name})
    assert page.post(f"albums/{album}/review", {"rating": 3}, status=400)["kind"] == "usage"
    assert said(page, album) == []
    page.post(f"albums/{album}/review", {"rating": 3, "label": label_named(page, "Night owl")})
    assert said(page, album) == [("Night owl", True, False, 3)]
    assert page.post(f"albums/{album}/review", {"rating": 3, "label": "0" * 32}, status=404)["kind"] == "notfound"


@pytest.mark.parametrize("word", [{"rating": 6}, {"rating": 0}, {"text": "x" * 20_001}, {"headline": "x" * 513}])
def test_more_than_others_take_is_refused_at_the_door(page, word):
    album = album_of(page)
    page.post("labels", {"name": "Zoopark"})
    assert page.post(f"albums/{album}/review", word, status=400)["kind"] == "usage"
    assert said(page, album) == []


def test_those_whom_i_follow_by_name_and_strangers_as_a_number(page, hear):
    album = album_of(page)
    tracks = tracks_of(page, album)
    hear("Anna", review_of(*tracks, rating_value=5, review_body=TEXT, recommended=True))
    hear("Boris", review_of(*tracks, rating_value=2))
    for name in ("Vera", "Gleb", "Dima"):
        hear(name, review_of(*tracks, rating_value=1), follow=False)
    found = page.get(f"albums/{album}/voices")
    assert {(each["label"], each["rating"]) for each in found["voices"]} == {("Anna", 5), ("Boris", 2)}
    assert (found["average"], found["ratings"], found["strangers"]) == (3.5, 2, 3)
    assert TEXT in [each["text"] for each in found["voices"]], "it is the page that shows it as nothing but text"


def test_an_album_that_is_not_here_has_no_voices(page):
    assert page.send("GET", f"albums/{'0' * 32}/voices", status=404)["kind"] == "notfound"


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


def test_a_playlist_is_signed_and_read_by_its_songs(page):
    album = album_of(page)
    songs = [song["id"] for song in page.get(f"albums/{album}")["sides"][0]["tracks"]]
    made = page.post("playlists", {"name": "Night trams", "songs": songs})
    assert page.post(f"playlists/{made['id']}/sign", {}, status=400)["kind"] == "usage"
    page.post("labels", {"name": "Zoopark"})
    page.post(f"playlists/{made['id']}/sign", {"notes": "For the last one.", "language": "en"})
    (line,) = page.get("compilations")["compilations"]
    assert (line["name"], line["label"], line["own"], line["count"], line["here"]) == (
        "Night trams",
        "Zoopark",
        True,
        3,
        3,
    )
    found = page.get(f"compilations/{line['id']}")
    assert [track["song"]["id"] for track in found["tracks"]] == songs
    assert found["notes"] == {"en": "For the last one."}
    page.send("DELETE", f"compilations/{line['id']}")
    assert page.get("compilations")["compilations"] == []
    assert page.send("GET", f"compilations/{line['id']}", status=404)["kind"] == "notfound"


def test_of_a_playlist_of_others_what_is_not_here_is_named(page, hear):
    album = album_of(page)
    (first, *_) = tracks_of(page, album)
    tracks = (
        CompiledTrack(track_id=first, title="Here", artist="Виктор"),
        CompiledTrack(track_id="f" * 64, title="Away", artist="Akvarium", duration_s=61),
    )
    hear("Anna", Compilation(playlist="0" * 32, name="Trams", tracks=tracks))
    (line,) = page.get("compilations")["compilations"]
    assert (line["own"], line["count"], line["here"]) == (False, 2, 1)
    assert "mag1" not in line["id"], "its address says nothing in a browser's history"
    here, away = page.get(f"compilations/{line['id']}")["tracks"]
    assert here["song"]["title"] == "Песня 1"
    assert (away["song"], away["title"], away["duration_s"]) == (None, "Away", 61)
    assert page.send("DELETE", f"compilations/{line['id']}", status=400)["kind"] == "usage"
