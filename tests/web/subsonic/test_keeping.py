"""What people do with music: each listener for themselves, and still there when the server starts again."""

from __future__ import annotations

import pytest

from magnitizdat.ops.listen import playlists
from tests.fakes_library import NOW


def test_stars_of_every_kind(house):
    ids = house.ids
    house.phone.ask("star", id=[ids["song"], ids["other"]], albumId=ids["album"], artistId=ids["artist"])
    found = house.phone.ask("getStarred2")["starred2"]
    assert {song["id"] for song in found["song"]} == {ids["song"], ids["other"]}
    assert [album["id"] for album in found["album"]] == [ids["album"]]
    assert [artist["id"] for artist in found["artist"]] == [ids["artist"]]
    assert house.phone.ask("getSong", id=ids["song"])["song"]["starred"].endswith("Z")
    assert [each["name"] for each in house.phone.ask("getAlbumList2", type="starred")["albumList2"]["album"]] == [
        "Группа крови"
    ]
    assert house.natalia.ask("getStarred2")["starred2"] == {"artist": [], "album": [], "song": []}
    house.phone.ask("unstar", id=ids["song"], albumId=ids["album"])
    found = house.phone.ask("getStarred")["starred"]
    assert ([song["id"] for song in found["song"]], found["album"]) == ([ids["other"]], [])
    house.phone.ask("star", id=ids["album"])  # a folder is starred by its id
    assert house.phone.ask("getMusicDirectory", id=ids["album"])["directory"]["starred"]
    assert house.phone.error("star") == 10
    assert house.phone.error("star", id="nothing") == 70


def test_ratings(house):
    house.phone.ask("setRating", id=house.ids["song"], rating=4)
    house.phone.ask("setRating", id=house.ids["album"], rating=5)
    assert house.phone.ask("getSong", id=house.ids["song"])["song"]["userRating"] == 4
    assert house.phone.ask("getAlbumList2", type="highest")["albumList2"]["album"][0]["userRating"] == 5
    house.phone.ask("setRating", id=house.ids["song"], rating=0)
    assert "userRating" not in house.phone.ask("getSong", id=house.ids["song"])["song"]
    assert house.phone.error("setRating", id=house.ids["song"], rating=6) == 0
    assert house.phone.error("setRating", id=house.ids["song"]) == 10


def test_plays_are_counted_here_alone(house):
    song = house.ids["song"]
    house.phone.ask("scrobble", id=song, submission="false")
    assert house.phone.ask("getSong", id=song)["song"]["playCount"] == 0
    (playing,) = house.phone.ask("getNowPlaying")["nowPlaying"]["entry"]
    assert (playing["id"], playing["username"], playing["minutesAgo"]) == (song, house.phone.user, 0)
    assert house.natalia.ask("getNowPlaying")["nowPlaying"]["entry"] == []
    house.phone.ask("scrobble", id=[song, house.ids["other"]], time=[1_700_000_000_000, 1_700_000_100_000])
    house.phone.ask("scrobble", id=song)
    played = house.phone.ask("getSong", id=song)["song"]
    assert played["playCount"] == 2
    assert house.phone.ask("getAlbumList2", type="frequent")["albumList2"]["album"][0]["playCount"] == 3
    assert house.phone.ask("getAlbumList2", type="recent")["albumList2"]["album"][0]["id"] == house.ids["album"]
    top = house.phone.ask("getTopSongs", artist="кино", count=2)["topSongs"]["song"]
    assert [each["id"] for each in top] == [song, house.ids["other"]]
    assert house.phone.error("scrobble", id="nothing") == 70
    assert house.phone.error("scrobble", id=song, time="yesterday") == 0
    house.clock.seconds += 4000
    assert house.phone.ask("getNowPlaying")["nowPlaying"]["entry"] == []


def test_what_plays_may_be_reported(house):
    fields = {"mediaId": house.ids["song"], "mediaType": "song", "positionMs": 5}
    house.phone.ask("reportPlayback", state="playing", **fields)
    assert len(house.phone.ask("getNowPlaying")["nowPlaying"]["entry"]) == 1
    house.phone.ask("reportPlayback", state="stopped", **fields)
    assert house.phone.ask("getNowPlaying")["nowPlaying"]["entry"] == []


def test_a_queue_goes_from_player_to_player(house):
    songs = [house.ids["song"], house.ids["other"], house.ids["song"]]
    assert house.phone.ask("getPlayQueue")["playQueue"]["entry"] == []
    house.phone.ask("savePlayQueue", id=songs, current=songs[1], position=4321)
    queue = house.phone.ask("getPlayQueue")["playQueue"]
    assert ([song["id"] for song in queue["entry"]], queue["current"], queue["position"]) == (songs, songs[1], 4321)
    assert queue["changedBy"] == "tests"
    house.phone.ask("savePlayQueueByIndex", id=songs, currentIndex=2, position=7)
    assert house.phone.ask("getPlayQueueByIndex")["playQueueByIndex"]["currentIndex"] == 2
    assert house.natalia.ask("getPlayQueueByIndex")["playQueueByIndex"]["entry"] == []
    assert house.phone.error("savePlayQueueByIndex", id=songs, currentIndex=3) == 10
    assert house.phone.error("savePlayQueueByIndex", id=songs) == 10
    assert house.phone.error("savePlayQueue", id=songs, current="nothing") == 0
    house.phone.ask("savePlayQueue")
    assert house.phone.ask("getPlayQueue")["playQueue"]["entry"] == []


def test_bookmarks(house):
    song = house.ids["song"]
    house.phone.ask("createBookmark", id=song, position=90_000, comment="here")
    (bookmark,) = house.phone.ask("getBookmarks")["bookmarks"]["bookmark"]
    assert (bookmark["position"], bookmark["comment"], bookmark["entry"]["id"]) == (90_000, "here", song)
    assert house.natalia.ask("getBookmarks")["bookmarks"]["bookmark"] == []
    house.phone.ask("deleteBookmark", id=song)
    house.phone.ask("deleteBookmark", id=song)
    assert house.phone.ask("getBookmarks")["bookmarks"]["bookmark"] == []
    assert house.phone.error("createBookmark", id=song) == 10


def test_playlists(house):
    song, other = house.ids["song"], house.ids["other"]
    made = house.phone.ask("createPlaylist", name="Evening", songId=[song, other, song])["playlist"]
    assert (made["songCount"], made["owner"], made["duration"]) == (3, house.phone.user, 541)
    house.phone.ask(
        "updatePlaylist",
        playlistId=made["id"],
        songIndexToRemove=[0, 1],
        songIdToAdd=[other],
        comment="c",
        name="Night",
    )
    found = house.phone.ask("getPlaylist", id=made["id"])["playlist"]
    assert [entry["id"] for entry in found["entry"]] == [song, other]
    assert (found["name"], found["comment"], found["public"]) == ("Night", "c", False)
    replaced = house.phone.ask("createPlaylist", playlistId=made["id"], songId=[other])["playlist"]
    assert ([entry["id"] for entry in replaced["entry"]], replaced["name"]) == ([other], "Night")
    assert house.phone.error("createPlaylist") == 10
    assert house.phone.error("createPlaylist", name="x", songId="nothing") == 70
    assert house.phone.error("updatePlaylist", playlistId=made["id"], songIndexToRemove="-1") == 0
    house.phone.ask("deletePlaylist", id=made["id"])
    assert house.phone.error("getPlaylist", id=made["id"]) == 70
    assert house.phone.ask("getPlaylists")["playlists"]["playlist"] == []


def test_a_song_goes_that_the_player_saw_and_what_is_not_here_stays(house):
    song, other, gone = house.ids["song"], house.ids["other"], "0" * 32
    made = playlists.create(house.library, "", "Long", entries=[gone, song, gone, other], now=NOW)
    house.phone.ask("updatePlaylist", playlistId=made.id, songIndexToRemove=[0])
    kept = playlists.playlist(house.library, "", made.id).entries
    assert kept == (gone, gone, other)
    house.phone.ask("createPlaylist", playlistId=made.id, songId=[other, song])
    assert playlists.playlist(house.library, "", made.id).entries == (gone, gone, other, song)


def test_a_playlist_is_ones_own_until_it_is_public(house):
    made = house.phone.ask("createPlaylist", name="Evening")["playlist"]
    absent = house.natalia.answer("getPlaylist", id="nothing")
    assert house.natalia.answer("getPlaylist", id=made["id"]) == absent
    assert house.natalia.answer("updatePlaylist", playlistId=made["id"], name="mine") == absent
    assert house.natalia.ask("getPlaylists")["playlists"]["playlist"] == []
    house.phone.ask("updatePlaylist", playlistId=made["id"], public="true")
    (seen,) = house.natalia.ask("getPlaylists")["playlists"]["playlist"]
    assert (seen["id"], seen["readonly"], seen["owner"]) == (made["id"], True, house.phone.user)
    assert house.natalia.error("deletePlaylist", id=made["id"]) == 70
    assert house.natalia.ask("getPlaylists", username="phone")["playlists"]["playlist"] == []


@pytest.mark.parametrize("name", ["getUser"])
def test_nobody_asks_for_others(house, name):
    assert house.phone.ask(name, username=house.phone.user)["user"]["scrobblingEnabled"] is True
    assert house.phone.answer(name, username=house.natalia.user) == house.phone.answer(name, username="nobody")
    assert house.phone.error(name, username="nobody") == 50
    (user,) = house.phone.ask("getUsers")["users"]["user"]
    assert user["username"] == house.phone.user
