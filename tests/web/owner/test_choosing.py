"""What is ticked in the page's lists: named by stretches, told as songs, given to sticks and evenings."""

from __future__ import annotations

from hashlib import sha256
from urllib.parse import quote
from zipfile import ZIP_STORED, ZipFile

import pytest

from magnitizdat.ops.listen.playlists import playlists


@pytest.fixture
def albums(page):
    return page.get("albums?order=title")["albums"]


def songs(page, album):
    return [song for side in page.get(f"albums/{album['id']}")["sides"] for song in side["tracks"]]


def test_names_are_the_albums_of_a_stretch(page, albums):
    for order in ("artist", "newest", "title"):
        lines = page.get(f"albums?order={order}")["albums"]
        whole = page.get(f"albums/names?order={order}&size=100000")["names"]
        assert whole == [[each["id"], each["title"]] for each in lines]
        assert page.get(f"albums/names?order={order}&offset=1&size=1")["names"] == whole[1:2]
    assert page.get("albums/names?standing=new&size=9")["names"] == []


def test_what_is_chosen_comes_as_songs_each_once(page, albums):
    first, second = albums
    some = [song["id"] for song in songs(page, first)]
    other = songs(page, second)[-1]["id"]
    made = page.post("playlists", {"name": "Ночь", "songs": [other, some[0], other]})["id"]
    found = page.post("chosen", {"albums": [first["id"]], "playlists": [made], "songs": [other, some[1]]})
    assert found["ids"] == [*some, other]
    assert [song["id"] for song in found["songs"]] == found["ids"]
    assert page.post("chosen", {}) == {"ids": [], "songs": []}
    gone = page.post("chosen", {"playlists": ["0" * 16]}, status=400)
    assert "playlist" in gone["error"]


def test_a_stick_and_its_preview_are_of_what_is_chosen(page, albums, tmp_path):
    stick = page.stick(tmp_path / "RED")["id"]
    first, second = albums
    song = songs(page, second)[0]["id"]
    made = page.post("playlists", {"name": "Одна", "songs": [song]})["id"]
    everything = page.post("fill/preview", {"stick": stick})
    whole = page.post("fill/preview", {"stick": stick, "albums": [first["id"]]})
    one = page.post("fill/preview", {"stick": stick, "songs": [song]})
    assert one["tracks"] == 1
    listed = page.post("fill/preview", {"stick": stick, "playlists": [made]})
    assert (listed["tracks"], listed["length"]) == (1, one["length"])
    both = page.post("fill/preview", {"stick": stick, "albums": [first["id"]], "songs": [song]})
    assert both["tracks"] == whole["tracks"] + 1
    assert one["length"] < whole["length"] < everything["length"]


def saved(page, **ticked):
    """What a browser saves: its name, and its bytes."""
    offered = page.post("downloads", {"name": "Музыка", **ticked})
    answer = page.client.get(f"/api/downloads/{offered['id']}")
    assert answer.status_code == 200, answer.text
    assert quote(offered["name"], safe="") in answer.headers["content-disposition"]
    return offered["name"], answer.content


def test_a_song_is_saved_as_it_is(page, albums):
    song = songs(page, albums[0])[1]
    name, body = saved(page, songs=[song["id"]])
    line = page.service.library().browse.named([song["id"]])[song["id"]]
    assert sha256(body).hexdigest() == line.file.sha256
    assert name.endswith(".flac")
    assert "Песня 2" in name


def test_albums_and_playlists_are_saved_as_one_sound_zip(page, albums, tmp_path):
    first, second = albums
    song = songs(page, second)[0]["id"]
    made = page.post("playlists", {"name": "Ночь", "songs": [song, song]})["id"]
    name, body = saved(page, albums=[first["id"]], playlists=[made])
    assert name == "Музыка.zip"
    (tmp_path / "saved.zip").write_bytes(body)
    with ZipFile(tmp_path / "saved.zip") as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert len(names) == len(set(names))
        assert {each.compress_type for each in archive.infolist()} == {ZIP_STORED}
        assert any(each.startswith("Ночь/001 ") for each in names)
        assert any(each.startswith("Ночь/002 ") for each in names)
        assert {"Ночь/Ночь.m3u8"} < set(names)
        assert [each.rpartition("/")[2] for each in names if "/cover" in each]
    one, _ = saved(page, albums=[first["id"]])
    assert one == f"{names[0].partition('/')[0]}.zip"


def test_what_is_gone_or_locked_is_not_saved(page, albums):
    assert page.post("downloads", {"songs": ["0" * 32]}, status=404)["kind"] == "notfound"
    offered = page.post("downloads", {"albums": [albums[0]["id"]]})["id"]
    address = f"/api/downloads/{offered}"
    assert page.client.get(address).status_code == 200
    page.service.lock()
    assert page.client.get(address).status_code != 200


def test_a_playlist_is_for_the_household_or_for_me_alone(page):
    library = page.service.library()
    made = page.post("playlists", {"name": "Вместе"})["id"]
    for public in (True, False):
        assert page.send("PUT", f"playlists/{made}", {"public": public})["public"] is public
        assert [each.name for each in playlists(library, "anna")] == (["Вместе"] if public else [])
