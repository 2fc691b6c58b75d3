"""Tags that mean harm are nothing but text in every answer."""

from __future__ import annotations

import pytest

from tests.fakes_player import put

NASTY = [
    "<script>alert(1)</script>",
    '"/><error code="0" message="x"/>',
    "\x00\x01\x1b]0;x\x07",
    "../../../../etc/passwd",
    "CON",
    "\u202egpj.exe",
    "a" * 500,
    "]]>&xxe;",
    "%s%n{0}",
]


@pytest.mark.parametrize("title", NASTY)
def test_a_nasty_name_everywhere(house, title):
    put(house.library, "d4" * 16, title, title, 1, genres=(title,))
    phone = house.phone
    album = phone.ask("getAlbum", id="d4" * 16)["album"]
    song = album["song"][0]
    assert album["name"] == title
    assert ".." not in song["path"].split("/")
    assert not song["path"].startswith("/")
    assert all(char.isprintable() for char in song["path"])
    for name, fields in {
        "getAlbum": {"id": album["id"]},
        "getArtists": {},
        "getIndexes": {},
        "getGenres": {},
        "getMusicDirectory": {"id": album["id"]},
        "search3": {"query": ""},
        "search2": {"query": title},
        "getSongsByGenre": {"genre": title},
        "getTopSongs": {"artist": title},
        "getAlbumList": {"type": "newest"},
        "getSimilarSongs": {"id": song["id"]},
    }.items():
        assert phone.answer(name, **fields)["status"] == "ok", name
        assert phone.xml(name, **fields).attrib["status"] == "ok", name
    made = phone.ask("createPlaylist", name=title, songId=song["id"])["playlist"]
    assert phone.xml("getPlaylist", id=made["id"]).attrib["status"] == "ok"
    said = phone.raw("download", id=song["id"]).headers["content-disposition"]
    assert said.isascii()
    assert phone.raw("getCoverArt", id=song["coverArt"]).headers["content-type"].startswith("image/")


@pytest.mark.parametrize("name", ["stream", "getCoverArt", "getAlbum", "search3", "createPlaylist", "star", "scrobble"])
def test_nasty_requests_are_answered(house, name):
    for value in [*NASTY, "", "-1", "9" * 40, "1e309", "\ud800".encode("utf-8", "surrogatepass").decode("latin-1")]:
        for field in (
            "id",
            "query",
            "size",
            "songCount",
            "songOffset",
            "f",
            "callback",
            "time",
            "songId",
            "maxBitRate",
        ):
            response = house.phone.raw(name, **{"f": "json", "id": house.ids["song"], field: value})
            assert response.status_code in {200, 206, 304}, (field, value)
