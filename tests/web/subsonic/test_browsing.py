"""Browsing by tags and by folders, lists, search; every answer is held against the specification."""

from __future__ import annotations

import pytest
from msgspec import structs

from magnitizdat.library.journal import AlbumRow, TrackGone, TrackRow
from magnitizdat.model import Artist, DiscTitle, Gain
from tests.fakes_player import put


def test_every_read_answers(house):
    phone, ids = house.phone, house.ids
    for name, fields in READS.items():
        filled = {key: ids.get(str(value), value) for key, value in fields.items()}
        assert phone.answer(name, **filled)["status"] == "ok", name
        assert phone.xml(name, **filled).attrib["status"] == "ok", name
        assert phone.answer(f"{name}.view", method="POST", **filled)["status"] == "ok", name


READS: dict[str, dict[str, object]] = {
    "ping": {},
    "getLicense": {},
    "getMusicFolders": {},
    "getIndexes": {},
    "getArtists": {},
    "getGenres": {},
    "getMusicDirectory": {"id": "album"},
    "getArtist": {"id": "artist"},
    "getAlbum": {"id": "album"},
    "getSong": {"id": "song"},
    "getAlbumInfo": {"id": "album"},
    "getAlbumInfo2": {"id": "album"},
    "getArtistInfo": {"id": "artist"},
    "getArtistInfo2": {"id": "artist"},
    "getSimilarSongs": {"id": "song"},
    "getSimilarSongs2": {"id": "artist"},
    "getTopSongs": {"artist": "Кино"},
    "getAlbumList": {"type": "newest"},
    "getAlbumList2": {"type": "alphabeticalByName"},
    "getRandomSongs": {"size": 3},
    "getSongsByGenre": {"genre": "rock"},
    "getStarred": {},
    "getStarred2": {},
    "getNowPlaying": {},
    "search2": {"query": "Кино"},
    "search3": {"query": ""},
    "search": {"any": "45"},
    "getPlaylists": {},
    "getBookmarks": {},
    "getPlayQueue": {},
    "getPlayQueueByIndex": {},
    "getUsers": {},
    "getScanStatus": {},
    "startScan": {},
    "tokenInfo": {},
    "getLyrics": {},
    "getLyricsBySongId": {"id": "song", "enhanced": "true"},
    "getPodcasts": {},
    "getNewestPodcasts": {},
    "getInternetRadioStations": {},
    "getShares": {},
    "getChatMessages": {},
    "getVideos": {},
    "getOpenSubsonicExtensions": {},
}


def test_a_song_says_all_that_is_known(house):
    song = house.phone.ask("getSong", id=house.ids["song"])["song"]
    assert song["title"] == "Группа крови 1"
    assert song["path"] == "Кино/Группа крови/01 Группа крови 1.flac"
    assert (song["duration"], song["bitRate"], song["samplingRate"], song["suffix"]) == (180, 900, 44100, "flac")
    assert song["replayGain"] == {"trackGain": -7.25, "trackPeak": 0.99}
    assert song["sortName"].isascii()
    assert song["genres"] == [{"name": "Rock"}, {"name": "Post-Punk"}]
    assert song["isrc"] == ["USSM18300073"]
    assert "starred" not in song
    assert song["created"].endswith("Z")
    assert song["size"] == len(b"x" * len(f"{'a1' * 16} 1")) * 1000


def test_artists_by_letter(house):
    index = house.phone.ask("getArtists")["artists"]["index"]
    assert [(each["name"], [artist["name"] for artist in each["artist"]]) for each in index] == [
        ("V", ["Various Artists"]),
        ("К", ["Кино"]),
    ]
    assert index[1]["artist"][0]["albumCount"] == 2


def test_whom_nobody_named_has_one_name_in_all_languages(house):
    """Players know an artist by the name, and keep it: another name would be another artist."""
    put(house.library, "d4" * 16, "Kassette", "Unknown Artist", 1)
    asked = (("getArtists", {}), ("getAlbum", {"id": "d4" * 16}), ("search3", {"query": "Kassette"}))
    for name, fields in asked:
        said = {house.phone.raw(name, headers={"accept-language": each}, **fields).text for each in ("en", "da", "ru")}
        assert len(said) == 1
        assert "Unknown Artist" in said.pop()


def test_whoever_is_heard_on_others_albums_has_a_page(house):
    (guest,) = house.phone.ask("search3", query="Guest 2", songCount=0, albumCount=0)["searchResult3"]["artist"]
    albums = house.phone.ask("getArtist", id=guest["id"])["artist"]["album"]
    assert [album["name"] for album in albums] == ['Various <&> "Hits"']
    assert albums[0]["isCompilation"] is True
    assert len(house.phone.ask("getTopSongs", id=guest["id"])["topSongs"]["song"]) == 1


def test_folders_lead_to_songs(house):
    (folder,) = house.phone.ask("getMusicFolders")["musicFolders"]["musicFolder"]
    artists = house.phone.ask("getMusicDirectory", id=folder["id"])["directory"]["child"]
    albums = house.phone.ask("getMusicDirectory", id=artists[-1]["id"])["directory"]["child"]
    songs = house.phone.ask("getMusicDirectory", id=albums[-1]["id"])["directory"]["child"]
    assert [song["isDir"] for song in songs] == [False] * 3
    assert [album["isDir"] for album in albums] == [True] * 2


def test_indexes_that_a_player_has(house):
    found = house.phone.ask("getIndexes")["indexes"]
    again = house.phone.ask("getIndexes", ifModifiedSince=found["lastModified"])["indexes"]
    assert found["index"]
    assert again == {**found, "index": []}


def test_players_that_search_by_themselves_find_latin_spellings(house):
    """In `sortName`: names folded and without their articles, then what else a release says people look for."""
    said = {"sort_name": "Aigi, Gennady", "aliases": ("Gennadij Ajgi", "Чувашия")}
    put(house.library, "d4" * 16, "The Ёлка", "Геннадий Айги", 1, **said)
    (album,) = house.phone.ask("search3", query="ёлка", artistCount=0, songCount=0)["searchResult3"]["album"]
    assert album["sortName"] == "elka gennadij ajgi chuvashiya"
    whole = house.phone.ask("getAlbum", id=album["id"])["album"]
    assert (whole["sortName"], whole["discTitles"]) == (album["sortName"], [])
    assert whole["song"][0]["sortName"] == "elka 1"
    artist = house.phone.ask("getArtist", id=album["artistId"])["artist"]
    assert artist["sortName"] == "aigi gennady gennadij ajgi chuvashiya"
    assert artist["album"][0]["sortName"] == album["sortName"]
    index = house.phone.ask("getArtists")["artists"]["index"]
    assert [(each["name"], each["artist"][0]["sortName"]) for each in index] == [
        ("A", artist["sortName"]),
        ("V", "various artists"),
        ("К", "kino"),
    ]


def test_what_tags_say_of_people_dates_and_discs_reaches_players(house):
    ann, ogura = Artist(name="Ann"), Artist(name="小倉唯", sort_name="Ogura, Yui")
    said = {"date": "1971-11-08", "released": "1994", "title_sort": "Box, A"}
    put(house.library, "d4" * 16, "A Box", "Ann & 小倉唯", 1, **said, disc_titles=(DiscTitle(disc=1, title="Live"),))
    release = house.library.shelf.release("d4" * 16)
    (track,) = release.tracks
    fields = {
        "artists": (ogura,),
        "artist": "小倉唯",
        "title_sort": "Piece, The",
        "composer": "J. S. Bach",
        "composer_sort": "Bach",
        "pregap": True,
        "position": 0,
        "album_gain": Gain(gain_db=-4.25, peak=0.95),
    }
    with house.library.changes() as changes:
        changes.row(AlbumRow(release=structs.replace(release, tracks=(), artists=(ann, ogura))))
        changes.row(TrackGone(release_id="d4" * 16, track=track))
        changes.row(TrackRow(release_id="d4" * 16, track=structs.replace(track, **fields)))
        changes.commit()
    album = house.phone.ask("getAlbum", id="d4" * 16)["album"]
    (song,) = album["song"]
    names = {each["name"]: each for each in album["artists"]}
    assert (album["displayArtist"], list(names)) == ("Ann & 小倉唯", ["Ann", "小倉唯"])
    assert names["小倉唯"]["sortName"] == "Ogura, Yui"
    assert (album["originalReleaseDate"], album["releaseDate"]) == (
        {"year": 1971, "month": 11, "day": 8},
        {"year": 1994},
    )
    assert (album["year"], album["sortName"], album["discTitles"]) == (1971, "Box, A", [{"disc": 1, "title": "Live"}])
    assert (song["track"], song["sortName"], song["displayArtist"]) == (0, "Piece, The", "小倉唯")
    assert [(each["name"], each["sortName"]) for each in song["artists"]] == [("小倉唯", "Ogura, Yui")]
    assert [each["id"] for each in song["albumArtists"]] == [names["Ann"]["id"], names["小倉唯"]["id"]]
    (composer,) = song["contributors"]
    assert (composer["role"], composer["artist"]["name"], composer["artist"]["sortName"]) == (
        "composer",
        "J. S. Bach",
        "Bach",
    )
    assert song["replayGain"] == {"trackGain": -7.25, "trackPeak": 0.99, "albumGain": -4.25, "albumPeak": 0.95}
    for name in ("Ann", "小倉唯"):
        assert house.phone.ask("getArtist", id=names[name]["id"])["artist"]["album"][0]["id"] == "d4" * 16
    found = house.phone.ask("search3", query="Ogura")["searchResult3"]
    assert [each["sortName"] for each in found["artist"]] == ["Ogura, Yui"]
    assert [each["id"] for each in found["song"]] == [song["id"]]


def test_an_album_among_folders_has_its_name_too(house):
    """By `name` and `songCount` Feishin shows what is starred."""
    house.phone.ask("star", albumId=house.ids["album"])
    for name, inside in (("getStarred", "starred"), ("getAlbumList", "albumList")):
        album = house.phone.ask(name, type="starred")[inside]["album"][0]
        assert (album["name"], album["title"], album["songCount"]) == ("Группа крови", "Группа крови", 3)


@pytest.mark.parametrize("query", ["", '""', '"', "''", None])
def test_no_query_mirrors_everything(house, query):
    fields = {} if query is None else {"query": query}
    seen = []
    for offset in range(0, 12, 3):
        found = house.phone.ask("search3", songCount=3, songOffset=offset, artistCount=0, albumCount=0, **fields)
        seen += [song["id"] for song in found["searchResult3"]["song"]]
        assert found["searchResult3"]["artist"] == found["searchResult3"]["album"] == []
    assert len(seen) == len(set(seen)) == 8


@pytest.mark.parametrize(
    ("order", "titles"),
    [
        ("alphabeticalByName", ["45", 'Various <&> "Hits"', "Группа крови"]),
        ("alphabeticalByArtist", ['Various <&> "Hits"', "45", "Группа крови"]),
        ("newest", ['Various <&> "Hits"', "45", "Группа крови"]),
        ("starred", []),
        ("frequent", []),
        ("recent", []),
        ("highest", []),
    ],
)
def test_orders(house, order, titles):
    albums = house.phone.ask("getAlbumList2", type=order)["albumList2"]["album"]
    assert [album["name"] for album in albums] == titles
    if titles:
        (second,) = house.phone.ask("getAlbumList2", type=order, size=1, offset=1)["albumList2"]["album"]
        assert second["name"] == titles[1]
    assert house.phone.ask("getAlbumList2", type=order, size=0)["albumList2"]["album"] == []
    assert house.phone.ask("getAlbumList2", type=order, musicFolderId=7)["albumList2"]["album"] == []


def test_years_and_genres(house):
    def names(**fields):
        return [album["name"] for album in house.phone.ask("getAlbumList2", **fields)["albumList2"]["album"]]

    assert names(type="byYear", fromYear=1980, toYear=1990) == ["45", "Группа крови"]
    assert names(type="byYear", fromYear=1990, toYear=1980) == ["Группа крови", "45"]
    assert names(type="byYear", fromYear=1988, toYear=1988) == ["Группа крови"]
    assert names(type="byGenre", genre="POST-punk") == ["Группа крови"]
    assert len(names(type="random", size=2)) == 2
    assert house.phone.error("getAlbumList2", type="byYear") == 10
    assert house.phone.error("getAlbumList2", type="byGenre") == 10
    assert house.phone.error("getAlbumList2") == 10
    assert house.phone.error("getAlbumList2", type="worst") == 0
    songs = house.phone.ask("getRandomSongs", size=500, fromYear=1982, toYear=1982)["randomSongs"]["song"]
    assert {song["album"] for song in songs} == {"45"}


def test_a_release_date_as_far_as_it_is_known(house):
    albums = house.phone.ask("getAlbumList2", type="byYear", fromYear=1980, toYear=1990)["albumList2"]["album"]
    assert [album["originalReleaseDate"] for album in albums] == [{"year": 1982}, {"year": 1988, "month": 1, "day": 5}]


@pytest.mark.parametrize("name", ["getSong", "getAlbum", "getArtist", "getMusicDirectory", "getSimilarSongs", "stream"])
@pytest.mark.parametrize("wanted", ["nothing", "", "0" * 32, "../etc", "\x00", "%27"])
def test_what_is_not_there_is_said_to_be_missing(house, name, wanted):
    assert house.phone.error(name, id=wanted) == 70
    assert house.phone.error(name) == 10


def test_words_in_layers(house):
    song = house.ids["song"]
    plain = house.phone.ask("getLyricsBySongId", id=song)["lyricsList"]["structuredLyrics"]
    assert [(each["lang"], each["synced"], len(each["line"])) for each in plain] == [("ru", True, 2)]
    layers = house.phone.ask("getLyricsBySongId", id=song, enhanced="true")["lyricsList"]["structuredLyrics"]
    assert [(each["lang"], each["kind"]) for each in layers] == [
        ("ru", "main"),
        ("en", "translation"),
        ("ru-Latn", "pronunciation"),
    ]
    assert layers[2]["line"][0] == {"value": "Gruppa krovi", "start": 1000}
    (line,) = layers[0]["cueLine"]
    whole = line["value"].encode()
    assert [whole[cue["byteStart"] : cue["byteEnd"] + 1].decode() for cue in line["cue"]] == ["На", "рукаве"]
    found = house.phone.ask("getLyrics", artist="Кино", title="Группа крови 1")["lyrics"]
    assert found["value"] == "Группа крови\nНа рукаве"
    assert house.phone.ask("getLyrics", artist="Nobody", title="Nothing")["lyrics"] == {"value": ""}
