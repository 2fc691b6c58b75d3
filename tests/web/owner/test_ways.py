"""Ways into the shelf: genres, decades, letters, an artist."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from magnitizdat.library.journal import AlbumRow, TrackRow
from magnitizdat.ops.listen import browsing


@given(names=st.lists(st.text(min_size=1)))
def test_each_letter_is_met_where_it_begins(names):
    keys = sorted(names)
    found = browsing.letters(keys)
    assert len({letter for letter, _ in found}) == len(found)
    for letter, at in found:
        first = keys[at][0].upper()
        assert letter == (first if first.isalpha() else "#")
        assert all(letter != (key[0].upper() if key[0].upper().isalpha() else "#") for key in keys[:at])


def dated(page, title, date, genres):
    library = page.service.library()
    line = next(each for each in page.get("albums")["albums"] if each["title"] == title)
    release = library.shelf.release(line["id"])
    with library.changes() as changes:
        changes.row(AlbumRow(release=structs.replace(release, tracks=(), date=date, genres=genres)))
        for track in release.tracks:
            changes.row(TrackRow(release_id=release.id, track=structs.replace(track, genres=genres)))
        changes.commit()
    return line["id"]


def test_genres_and_decades_lead_to_their_albums(page):
    one, other = dated(page, "45", "1982-05-14", ("Rock", "New wave")), dated(page, "Группа крови", "1988", ("rock",))
    found = page.get("ways")
    assert found["decades"] == [{"id": "1980", "name": "1980", "albums": 2}]
    assert [(way["name"].lower(), way["albums"]) for way in found["genres"]] == [("rock", 2), ("new wave", 1)]
    for way in found["genres"]:
        assert page.get(f"albums?genre={way['id']}")["total"] == way["albums"]
    assert [each["id"] for each in page.get("albums?since=1980&until=1985")["albums"]] == [one]
    names = page.get(f"albums/names?genre={found['genres'][0]['id']}&size=9")["names"]
    assert [album for album, _ in names] == [one, other]
    assert page.get("albums?genre=ge-none")["total"] == 0
    assert page.get("letters?of=albums")["letters"] == page.get("letters?of=artists")["letters"] == [["В", 0]]


def test_an_artist_has_albums_by_year_what_was_heard_most_and_a_radio(page):
    dated(page, "45", "1988", ())
    dated(page, "Группа крови", "1982", ())
    line = page.get("albums")["albums"][0]
    song = page.get(f"albums/{line['id']}")["sides"][0]["tracks"][1]
    page.post("played", {"song": song["id"]})
    page.post("star", {"artists": [line["artist_id"]], "on": True})
    found = page.get(f"artists/{line['artist_id']}")
    assert (found["own"], found["starred"]) == (2, True)
    assert [album["year"] for album in found["albums"]] == [1982, 1988]
    assert [each["id"] for each in found["top"]] == [song["id"]]
    everything = {each["id"] for each in page.get(f"artists/{line['artist_id']}/songs")["songs"]}
    radio = [each["id"] for each in page.get(f"artists/{line['artist_id']}/songs?mix=radio")["songs"]]
    assert len(everything) == 5
    assert set(radio) <= everything
    assert len(radio) == len(set(radio)) > 0
    assert page.send("GET", "artists/ar-none/songs", status=404)["kind"] == "notfound"


def test_the_table_of_songs_comes_page_by_page_and_a_song_tells_all(page):
    found = page.get("songs?sort=title&down=true&size=3")
    assert (found["total"], [each["at"] for each in found["songs"]]) == (5, [0, 1, 2])
    rest = page.get("songs?sort=title&down=true&offset=3&size=9")["songs"]
    titles = [each["title"] for each in [*found["songs"], *rest]]
    assert titles == sorted(titles, reverse=True)
    song = found["songs"][0]
    page.post("rate", {"song": song["id"], "stars": 4})
    page.post("played", {"song": song["id"]})
    told = page.get(f"songs/{song['id']}")
    assert (told["rating"], told["play_count"], told["title"]) == (4, 1, song["title"])
    assert told["played"]
    assert [each["id"] for each in page.get("songs?only=rated")["songs"]] == [song["id"]]
    assert page.send("GET", "songs?sort=colour", status=400)["kind"] == "usage"


def test_each_song_of_a_compilation_leads_to_whoever_it_is_by(page):
    library = page.service.library()
    line = page.get("albums")["albums"][0]
    release = library.shelf.release(line["id"])
    with library.changes() as changes:
        for track, artist in zip(release.tracks, ("Doug Kaufman", release.artist, "Zoopark"), strict=False):
            changes.row(TrackRow(release_id=release.id, track=structs.replace(track, artist=artist, artists=())))
        changes.commit()
    songs = page.get("songs?offset=0&size=99")["songs"]
    assert "Doug Kaufman" in {song["artist"] for song in songs}
    for song in songs:
        found = page.get(f"artists/{song['artist_id']}")
        assert found["name"] == song["artist"]
        assert song["album_id"] in {album["id"] for album in found["albums"]}
