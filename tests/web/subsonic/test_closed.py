"""Players of a household hear and see nothing of an album that its maker has closed, whatever they ask for."""

from __future__ import annotations

from magnitizdat.ops.premieres.making import make
from magnitizdat.web.subsonic.table import HANDLERS
from tests.fakes_library import NOW, put_album
from tests.fakes_premieres import MARK, WISH, marked
from tests.fakes_spool import new_label

TITLE, ARTIST = "Тайна-МЕТКА", "Никто-МЕТКА"
CHANGING = {"savePlayQueue", "savePlayQueueByIndex", "unstar", "deletePlaylist", "deleteBookmark"}


def asked(house, album, artist, song):
    """Every endpoint, with everything that it could ask for."""
    places = {"albumId": album, "artistId": artist, "artist": ARTIST, "title": TITLE, "query": "МЕТКА"}
    more = {"type": "newest", "size": 160, "count": 500, "any": "МЕТКА", "genre": "Rock", "playlistId": "1"}
    for name in sorted({*HANDLERS} - CHANGING):
        for wanted in (song, album, artist, f"al-{album}", f"mf-{song}"):
            yield name, house.phone.raw(name, **{**places, **more, "id": wanted})


def test_players_are_told_nothing_of_it(house):
    library, phone = house.library, house.phone
    album, _ = put_album(library, TITLE, artist=ARTIST, contents=[marked(5000), marked(4000, 1)])
    line = library.browse.album(album)
    song = library.browse.songs_of(album)[0].song
    phone.ask("star", id=song)
    phone.ask("star", albumId=album)
    phone.ask("star", artistId=line.artist_id)
    phone.ask("createPlaylist", name="Mine", songId=song)
    phone.ask("createBookmark", id=song, position=1)
    phone.ask("savePlayQueue", id=song)
    phone.ask("scrobble", id=song)
    before = [response.content for _, response in asked(house, album, line.artist_id, song)]
    assert "МЕТКА".encode() in b"".join(before)
    assert MARK in b"".join(before)
    pictures = {body for body in before if body.startswith((b"\x89PNG", b"\xff\xd8"))}
    assert pictures
    make(library, album, new_label(library), WISH, now=NOW, small=False)
    faces = set()
    for name, response in asked(house, album, line.artist_id, song):
        assert MARK not in response.content, name
        assert "Тайна".encode() not in response.content, name
        if name == "getCoverArt":
            faces.add(response.content)
    drawn = {phone.raw("getCoverArt", id=line.artist_id, size=160).content}  # from the id that was asked with
    assert (faces - drawn).isdisjoint(pictures - drawn)
    (kept,) = phone.ask("getPlaylists")["playlists"]["playlist"]
    assert kept["songCount"] == 0
