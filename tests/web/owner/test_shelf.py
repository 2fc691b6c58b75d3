"""Listening through the API: lists, albums, search, sound and covers."""

from __future__ import annotations

import re

import pytest
from msgspec import structs

from magnitizdat.library.journal import AlbumRow, TrackRow
from magnitizdat.model import Artist, DiscTitle, Rendition
from magnitizdat.ops.albums import edit as editing
from magnitizdat.ops.albums.small_files import seal_small
from tests.fakes_library import contents_of


def test_albums_in_pages_and_orders(page):
    found = page.get("albums?offset=0&size=1&order=title")
    assert found["total"] == 2
    (line,) = found["albums"]
    assert (line["title"], line["artist"], line["tracks"]) == ("45", "Виктор", 3)
    assert line["own"]
    assert line["standing"] == "own"
    assert line["complete"]
    assert not line["small"]
    second = page.get("albums?offset=1&size=5&order=title")["albums"]
    assert [album["title"] for album in second] == ["Группа крови"]
    for order in ("artist", "newest", "recent", "starred"):
        assert page.get(f"albums?order={order}")["total"] == (2 if order in {"artist", "newest"} else 0)
    assert page.get("albums?standing=own")["total"] == 2
    assert page.get("albums?standing=new")["total"] == 0


def test_everything_is_shuffled_in_whole(page):
    albums = [page.get(f"albums/{line['id']}") for line in page.get("albums")["albums"]]
    whole = {song["id"] for album in albums for side in album["sides"] for song in side["tracks"]}
    songs = page.get("shuffled")["songs"]
    assert (len(songs), {song["id"] for song in songs}) == (len(whole), whole)
    orders = {tuple(song["id"] for song in page.get("shuffled")["songs"]) for _ in range(20)}
    assert len(orders) > 1


def test_an_album_has_sides_songs_and_a_verdict(page):
    (line, _) = page.get("albums?order=title")["albums"]
    album = page.get(f"albums/{line['id']}")
    assert [side["name"] for side in album["sides"]] == [""]
    songs = album["sides"][0]["tracks"]
    assert [song["title"] for song in songs] == ["Песня 1", "Песня 2", "Песня 3"]
    assert all(song["complete"] and song["album_id"] == line["id"] for song in songs)
    assert album["verdict"]["word"] == "yours"
    assert album["verdict"]["sentences"] == ["You brought this in yourself; nobody has signed it."]


def test_discs_have_their_titles(page):
    (line, _) = page.get("albums?order=title")["albums"]
    library = page.service.library()
    release = library.shelf.release(line["id"])
    with library.changes() as changes:
        titles = (DiscTitle(disc=1, title="Studio"), DiscTitle(disc=2, title="Live"))
        changes.row(AlbumRow(release=structs.replace(release, tracks=(), disc_titles=titles, released="1994")))
        last = release.tracks[-1]
        changes.row(TrackRow(release_id=release.id, track=structs.replace(last, disc=2)))
        changes.commit()
    album = page.get(f"albums/{line['id']}")
    assert [(side["name"], side["title"]) for side in album["sides"]] == [("1", "Studio"), ("2", "Live")]
    assert album["released"] == "1994"


def test_each_of_several_artists_has_a_page(page):
    (line, _) = page.get("albums?order=title")["albums"]
    library = page.service.library()
    release = library.shelf.release(line["id"])
    with library.changes() as changes:
        both = (Artist(name="Ann"), Artist(name="Bob"))
        changes.row(AlbumRow(release=structs.replace(release, tracks=(), artist="Ann & Bob", artists=both)))
        changes.commit()
    album = page.get(f"albums/{line['id']}")
    assert (album["artist"], [each["name"] for each in album["artists"]]) == ("Ann & Bob", ["Ann", "Bob"])
    assert album["artist_id"] == album["artists"][0]["id"]
    for each in album["artists"]:
        assert page.get(f"artists/{each['id']}")["albums"][0]["id"] == line["id"]


def test_sound_is_the_very_bytes_and_comes_in_ranges_without_a_header(page):
    (line, _) = page.get("albums?order=title")["albums"]
    songs = page.get(f"albums/{line['id']}")["sides"][0]["tracks"]
    del page.client.headers["x-mag-token"]
    contents = contents_of(page.service.library(), line["id"])
    for song, content in zip(songs, contents, strict=True):
        answer = page.client.get(f"/api/songs/{song['id']}/audio")
        assert answer.status_code == 200
        assert answer.content == content
    part = page.client.get(f"/api/songs/{songs[0]['id']}/audio", headers={"range": "bytes=1048570-1048579"})
    assert part.status_code == 206
    assert part.content == contents[0][1048570:1048580]


def test_a_cover_is_always_a_picture(page):
    (line, _) = page.get("albums?order=title")["albums"]
    answer = page.client.get(f"/api/covers/{line['cover']}?size=160")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("image/")
    assert page.client.get("/api/covers/al-nothing").headers["content-type"].startswith("image/")


def test_a_drawn_sleeve_comes_as_shapes_that_hold_no_word(page):
    answer = page.client.get("/api/covers/al-nothing?size=480")
    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.text.startswith("<svg")
    assert re.sub(r"<[^>]*>", "", answer.text) == ""
    assert answer.headers["cache-control"] == "no-store"


def test_search_finds_songs_their_albums_and_artists(page):
    found = page.post("search", {"q": "песня", "size": 2})
    assert len(found["songs"]) == 2
    found = page.post("search", {"q": "viktor"})
    assert found["artists"][0]["name"] == "Виктор"
    assert {album["title"] for album in found["albums"]} == {"45", "Группа крови"}
    artist = page.get(f"artists/{found['artists'][0]['id']}")
    assert len(artist["albums"]) == 2
    assert page.get("artists")["total"] == 1


def test_a_song_that_cannot_be_read_says_why(page):
    (line, _) = page.get("albums?order=title")["albums"]
    song = page.get(f"albums/{line['id']}")["sides"][0]["tracks"][0]
    assert page.get(f"songs/{song['id']}/whole") == {}
    for cell in (page.service.directory / "vault").rglob("*.age"):
        cell.write_bytes(cell.read_bytes()[:-1000] + bytes(1000))
    answer = page.client.get(f"/api/songs/{song['id']}/whole")
    assert answer.status_code >= 400
    assert answer.json()["error"].startswith("a file of the library is damaged; close Magnitizdat here")


@pytest.mark.parametrize("size", [1, 2, 4, 500])
def test_a_search_goes_on_until_nothing_is_left(page, size):
    whole = [song["id"] for song in page.post("search", {"q": "песня", "size": 500})["songs"]]
    found: list[str] = []
    more = True
    while more:
        part = page.post("search", {"q": "песня", "offset": len(found), "size": size})
        found += [song["id"] for song in part["songs"]]
        more = part["more"]
    assert found == whole
    assert len(whole) > 2


def test_what_browsers_cannot_play_comes_in_its_small_version(page):
    library, (line, _) = page.service.library(), page.get("albums?order=title")["albums"]
    content = b"a small version" * 30
    odd = structs.replace(library.shelf.release(line["id"]).tracks[0], codec="alac")
    with library.changes() as changes:
        small = Rendition(kind="opus-128", file=seal_small(library, changes, content, "audio/opus"))
        changes.row(TrackRow(release_id=line["id"], track=structs.replace(odd, renditions=(small,))))
        changes.commit()
    song = page.get(f"albums/{line['id']}")["sides"][0]["tracks"][0]
    assert page.client.get(f"/api/songs/{song['id']}/audio").content == content


@pytest.mark.parametrize("path", ["albums/" + "0" * 32, "artists/ar-0", "songs/x/waveform", "songs/x/audio"])
def test_what_is_not_here_is_one_sentence(page, path):
    answer = page.client.get(f"/api/{path}")
    assert answer.status_code == 404
    body = answer.json()
    assert body["kind"] == "notfound"
    assert body["error"]
    assert set(body) == {"error", "kind", "exit_code"}


def test_without_its_token_the_script_is_nobody(page):
    del page.client.headers["x-mag-token"]
    answer = page.client.get("/api/albums")
    assert answer.status_code == 404
    page.client.headers["x-mag-token"] = "another"
    assert page.client.get("/api/session").status_code == 404


def test_a_question_that_makes_no_sense_is_a_sentence(page):
    answer = page.client.get("/api/albums?order=colour")
    assert answer.status_code == 400
    assert answer.json()["kind"] == "usage"


def test_home_shows_what_was_begun_and_goes_on(page):
    (line, _) = page.get("albums?order=title")["albums"]
    songs = page.get(f"albums/{line['id']}")["sides"][0]["tracks"]
    for song in songs[:2]:
        page.post("played", {"song": song["id"]})
    found = page.get("home")
    (begun,) = found["begun"]
    assert (begun["id"], begun["heard"], begun["of"], begun["next"]) == (line["id"], 2, 3, songs[2]["id"])
    assert [album["title"] for album in found["added"]] == ["Группа крови"]
    assert found["picture"]["id"] in {album["id"] for album in page.get("albums")["albums"]}
    assert page.get("home")["picture"] == found["picture"]
    assert found["albums"] == 2


def test_home_of_an_empty_library_is_empty(page):
    for line in page.get("albums")["albums"]:
        page.send("DELETE", f"albums/{line['id']}")
    found = page.get("home")
    assert (found["picture"], found["begun"], found["added"], found["albums"]) == (None, [], [], 0)


def test_words_come_when_their_file_says(page, tmp_path):
    (tmp_path / "words.lrc").write_text("[offset:+500]\n[00:05.00]one\n[00:10.00]two\n", encoding="utf-8")
    (line, _) = page.get("albums?order=title")["albums"]
    editing.edit(page.service.library(), f"{line['id']}/1", {}, lyrics=tmp_path / "words.lrc")
    song = page.get(f"albums/{line['id']}")["sides"][0]["tracks"][0]
    (words,) = page.get(f"songs/{song['id']}/lyrics")["lyrics"]
    assert words["lines"] == [{"at_ms": 4500, "text": "one"}, {"at_ms": 9500, "text": "two"}]
