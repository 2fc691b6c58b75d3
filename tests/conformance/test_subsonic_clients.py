"""Other people's client libraries against a real server, and requests as five players make them.

The sequences are in `data/players/*.json`, each with its sources: repository and path, or the issue that has a log.
"""

from __future__ import annotations

import asyncio
import base64
import json
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

import httpx
import libopensonic
import libsonic
import pytest
from libsonic.errors import CredentialError, DataNotFoundError, SonicError

from magnitizdat.library.journal import AlbumRow, TrackRow
from magnitizdat.library.library import Library
from magnitizdat.model import Release, Track
from magnitizdat.ops.albums.small_files import describe, seal_small
from magnitizdat.ops.dub.from_spool import dub
from magnitizdat.ops.labels.labels import follow
from magnitizdat.ops.places.spool import FolderSpool
from magnitizdat.web.stand import Stand
from tests.fakes_audio import make_audio
from tests.fakes_library import NOW, make_library
from tests.fakes_player import Player, shelve
from tests.fakes_voices import review_of, speaker
from tests.fakes_web import apart, running, service_for

PLAYERS = sorted((Path(__file__).parent / "data" / "players").glob("*.json"))


class Server(NamedTuple):
    url: str
    phone: Player
    ids: dict[str, str]
    library: Library


@pytest.fixture
def server(tmp_path) -> Iterator[Server]:
    """A real one, on a socket, with a library that is open."""
    library = make_library(tmp_path / "library")
    ids = shelve(library)
    service = service_for(library)
    with Stand(service) as stand, running(stand), httpx.Client(base_url=stand.base_url(), timeout=60) as client:
        yield Server(stand.base_url(), Player(client, library), ids, library)


@pytest.mark.parametrize("by_key", [False, True])
def test_py_opensonic_has_an_evening(server, by_key):
    """Log in, browse, play, seek, star, rate, keep a playlist and a place: each answer parsed by the library."""
    apart(lambda: asyncio.run(_evening(server, by_key=by_key)))


async def _evening(server, *, by_key: bool) -> None:
    url = urlsplit(server.url)
    login = (
        {"api_key": server.phone.secret} if by_key else {"username": server.phone.user, "password": server.phone.secret}
    )
    player = libopensonic.AsyncConnection(f"{url.scheme}://{url.hostname}", port=url.port, **login)
    try:
        assert await player.ping()
        await _listen(player)
        await _keep(player)
    finally:
        await player.cleanup()


async def _listen(player) -> None:
    artists = [artist for index in (await player.get_artists()).index for artist in index.artist]
    band = next(artist for artist in artists if artist.name == "Кино")
    album = await player.get_album((await player.get_artist(band.id)).album[0].id)
    song = await player.get_song(album.song[0].id)
    assert (song.title, song.album_id) == (album.song[0].title, album.id)
    sound = await player.stream(song.id)
    whole = await sound.read()
    assert len(whole) == song.size
    part = await player.stream(song.id, byte_range="bytes=1000-")
    assert (part.status, await part.read()) == (206, whole[1000:])
    picture = await player.get_cover_art(song.cover_art)
    assert (await picture.read())[:4] in {b"\x89PNG", b"\xff\xd8\xff\xe0"}
    assert [artist.name for artist in (await player.search3("Кино")).artist] == ["Кино"]
    assert await player.get_lyrics_by_song_id(song.id)
    assert len(await player.get_random_songs(size=4)) == 4
    assert {genre.value for genre in await player.get_genres()} == {"Rock", "Post-Punk"}
    assert await player.get_indexes()
    assert await player.get_open_subsonic_extensions()


async def _keep(player) -> None:
    songs = (await player.search3('""', song_count=3)).song
    song = songs[0]
    await player.star(sids=[song.id], album_ids=[song.album_id], artist_ids=[song.artist_id])
    assert [each.id for each in (await player.get_starred2()).song] == [song.id]
    await player.set_rating(song.id, 5)
    await player.scrobble(song.id)
    heard = await player.get_song(song.id)
    assert (heard.user_rating, heard.play_count) == (5, 1)
    assert await player.create_playlist(name="Evening", song_ids=[each.id for each in songs])
    (made,) = await player.get_playlists()
    assert [each.id for each in (await player.get_playlist(made.id)).entry] == [each.id for each in songs]
    await player.delete_playlist(made.id)
    await player.create_bookmark(song.id, 1234)
    assert [each.position for each in await player.get_bookmarks()] == [1234]
    await player.save_play_queue([song.id], current=song.id, position=7)
    assert (await player.get_play_queue()).position == 7


def test_both_libraries_read_what_labels_say(server, tmp_path):
    """A label's picks as a playlist that cannot be changed, its review among the notes of the album, an average."""
    album = server.ids["album"]
    tracks = [line.track.id for line in server.library.browse.songs_of(album)]
    review = review_of(*tracks, recommended=True, rating_value=4, headline="Loud")
    dub(server.library, FolderSpool(speaker(tmp_path / "anna", "Anna", review).folder), now=NOW)
    follow(server.library, "Anna")
    older = _py_sonic(server)
    (listed,) = older.getPlaylists()["playlists"]["playlist"]
    songs = [entry["id"] for entry in older.getPlaylist(listed["id"])["playlist"]["entry"]]
    assert songs == [line.song for line in server.library.browse.songs_of(album)]
    with pytest.raises(SonicError, match="signed by a label"):
        older.deletePlaylist(listed["id"])
    apart(lambda: asyncio.run(_signed(server, listed["id"], songs)))


async def _signed(server, playlist: str, songs: list[str]) -> None:
    url = urlsplit(server.url)
    player = libopensonic.AsyncConnection(
        f"{url.scheme}://{url.hostname}", port=url.port, username=server.phone.user, password=server.phone.secret
    )
    try:
        (listed,) = await player.get_playlists()
        assert (listed.id, listed.owner, listed.song_count) == (playlist, "Anna", len(songs))
        assert [entry.id for entry in (await player.get_playlist(listed.id)).entry] == songs
        assert (await player.get_album_info2(server.ids["album"])).notes == "Anna: ★★★★☆ Pick. Loud"
        assert (await player.get_album(server.ids["album"])).name == "Группа крови"
    finally:
        await player.cleanup()


def _sounding(server) -> str:
    """A song of nine seconds that is here as ALAC."""
    with server.library.changes() as changes:
        sound = make_audio("alac", 9.0)
        changes.row(AlbumRow(release=Release(id="d6" * 16, title="Sound", artist="Zoo")))
        seal_small(server.library, changes, sound, "audio/mp4")
        file = describe(sound, "audio/mp4")
        track = Track(id="d6" * 32, title="Sound", artist="Zoo", file=file, duration_s=9.0, codec="alac")
        changes.row(TrackRow(release_id="d6" * 16, track=track))
        changes.commit()
    (line,) = server.library.browse.songs_of("d6" * 16)
    return line.song


def test_both_libraries_ask_for_other_formats_and_begin_in_the_middle(server):
    """Opus and MP3 of what is here as ALAC, as these clients ask for them; bytes and seconds are found again."""
    sound, song = make_audio("alac", 9.0), _sounding(server)
    older = _py_sonic(server)
    assert older.stream(song, tformat="mp3", maxBitRate=128).read()[:2] == b"\xff\xfb"
    assert older.stream(song, tformat="raw").read() == sound
    said = server.phone.ask("getOpenSubsonicExtensions")["openSubsonicExtensions"]
    assert "transcodeOffset" in {each["name"] for each in said}
    apart(lambda: asyncio.run(_seek(server, song)))


@pytest.mark.parametrize("codec", ["opus", "mp3"])
@pytest.mark.parametrize("program", ["ffmpeg", "mpv"])
def test_stock_players_seek_by_ranges(server, tmp_path, program, codec):
    """Both jump over HTTP, in a file that nobody has made, to where they are in the same file on a disk."""
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")
    song = _sounding(server)
    login = urlencode({"u": server.phone.user, "p": server.phone.secret, "v": "1.16.1", "c": "t", "id": song})
    url = f"{server.url}/rest/stream?{login}&format={codec}"
    (tmp_path / "whole").write_bytes(httpx.get(url, timeout=60).content)
    heard = []
    for place in (url, str(tmp_path / "whole")):
        target = tmp_path / f"{len(heard)}.wav"
        if program == "ffmpeg":
            argv = ["ffmpeg", "-v", "error", "-ss", "7", "-i", place, str(target)]
        else:
            argv = ["mpv", "--no-config", "--really-quiet", "--start=7", "--ao=pcm", f"--ao-pcm-file={target}", place]
        apart(lambda argv=argv: subprocess.run(argv, check=True, timeout=60, stdin=subprocess.DEVNULL))
        heard.append(target.read_bytes())
    assert heard[0] == heard[1]
    assert len(heard[0]) > 2 * 48_000  # two seconds are left


async def _seek(server, song: str) -> None:
    url = urlsplit(server.url)
    player = libopensonic.AsyncConnection(
        f"{url.scheme}://{url.hostname}", port=url.port, username=server.phone.user, password=server.phone.secret
    )
    try:
        whole = await (await player.stream(song, tformat="opus")).read()
        part = await player.stream(song, tformat="opus", byte_range="bytes=90000-")
        assert (part.status, await part.read()) == (206, whole[90_000:])
        later = await (await player.stream(song, tformat="opus", time_offset=6)).read()
        assert later[28:36] == b"OpusHead"
        assert len(later) == pytest.approx(len(whole) / 3, rel=0.02)
    finally:
        await player.cleanup()


@pytest.mark.parametrize("legacy", [False, True])
def test_py_sonic_has_an_evening(server, legacy):
    """The older library posts forms: token and salt, or the secret in hex; each answer read as the library reads it."""
    player = _py_sonic(server, legacyAuth=legacy)
    assert player.ping()
    assert player.getLicense()["license"]["valid"]
    song = _py_sonic_listens(server, player)
    _py_sonic_keeps(player, song)


def test_py_sonic_is_refused_in_its_own_words(server):
    player = _py_sonic(server)
    for name in (player.getSong, player.stream, player.getArtist):
        with pytest.raises(DataNotFoundError, match="There is no"):
            name("nothing")
    player.setPassword("wrong")
    with pytest.raises(CredentialError, match="Wrong user name or password"):
        player.getArtists()


def _py_sonic(server, **options) -> libsonic.Connection:
    url = urlsplit(server.url)
    address = f"{url.scheme}://{url.hostname}"
    return libsonic.Connection(address, server.phone.user, server.phone.secret, port=url.port, **options)


def _py_sonic_listens(server, player) -> dict[str, Any]:
    """By tags and by folders, searching, and from the middle of a song; what was heard."""
    index = player.getArtists()["artists"]["index"]
    band = next(artist for each in index for artist in each["artist"] if artist["name"] == "Кино")
    albums = player.getArtist(band["id"])["artist"]["album"]
    assert [album["name"] for album in albums] == ["45", "Группа крови"]
    song: dict[str, Any] = player.getAlbum(albums[1]["id"])["album"]["song"][0]
    (folder,) = player.getMusicFolders()["musicFolders"]["musicFolder"]
    indexes = player.getIndexes(folder["id"])["indexes"]["index"]
    child = player.getMusicDirectory(indexes[-1]["artist"][0]["id"])["directory"]["child"]
    assert [each["title"] for each in child] == ["45", "Группа крови"]
    assert player.getMusicDirectory(child[1]["id"])["directory"]["child"][0]["id"] == song["id"]
    newest = player.getAlbumList2("newest", size=2)["albumList2"]["album"]
    assert [album["name"] for album in newest] == ['Various <&> "Hits"', "45"]
    found = player.search3("gruppa krovi", artistCount=0)["searchResult3"]
    assert (found["album"][0]["id"], found["song"][0]["album"]) == (albums[1]["id"], "Группа крови")
    assert {genre["value"] for genre in player.getGenres()["genres"]["genre"]} == {"Rock", "Post-Punk"}

    whole = player.stream(song["id"], estimateContentLength=True).read()
    assert (len(whole), player.download(song["id"]).read()) == (song["size"], whole)
    part = _py_sonic(server, customHeaders={"Range": "bytes=1000-1999"}).stream(song["id"])
    assert (part.status, part.headers["content-range"]) == (206, f"bytes 1000-1999/{song['size']}")
    assert part.read() == whole[1000:2000]
    assert player.getCoverArt(song["coverArt"], 160).headers["content-type"] == "image/png"
    assert player.getLyrics("Кино", song["title"])["lyrics"]["value"].startswith("Группа крови")
    return song


def _py_sonic_keeps(player, song: dict[str, Any]) -> None:
    """Stars, a rating, a play, a playlist, the queue and a place in a song."""
    player.star([song["id"]], [song["albumId"]], [song["artistId"]])
    starred = player.getStarred2()["starred2"]
    assert [[each["id"] for each in starred[kind]] for kind in ("song", "album", "artist")] == [
        [song["id"]], [song["albumId"]], [song["artistId"]]
    ]  # fmt: skip
    player.unstar([song["id"]])
    assert player.getStarred2()["starred2"]["song"] == []
    player.setRating(song["id"], 4)
    player.scrobble(song["id"], submission=False)
    player.scrobble(song["id"], listenTime=1_700_000_000)
    heard = player.getSong(song["id"])["song"]
    assert (heard["userRating"], heard["playCount"], heard["played"]) == (4, 1, "2023-11-14T22:13:20.000Z")
    assert [each["id"] for each in player.getNowPlaying()["nowPlaying"]["entry"]] == [song["id"]]

    songs = [each["id"] for each in player.getRandomSongs(size=3)["randomSongs"]["song"]]
    made = player.createPlaylist(name="Evening", songIds=songs)["playlist"]
    player.updatePlaylist(made["id"], name="Night", songIdsToAdd=[song["id"]], songIndexesToRemove=[0])
    kept = player.getPlaylist(made["id"])["playlist"]
    assert (kept["name"], [each["id"] for each in kept["entry"]]) == ("Night", [*songs[1:], song["id"]])
    player.deletePlaylist(made["id"])
    assert player.getPlaylists()["playlists"]["playlist"] == []

    player.savePlayQueue([*songs, song["id"]], current=song["id"], position=4000)
    queue = player.getPlayQueue()["playQueue"]
    assert (queue["current"], queue["position"], queue["changedBy"]) == (song["id"], 4000, "py-sonic")
    assert [each["id"] for each in queue["entry"]] == [*songs, song["id"]]
    player.createBookmark(song["id"], 1234, "here")
    (mark,) = player.getBookmarks()["bookmarks"]["bookmark"]
    assert (mark["position"], mark["comment"], mark["entry"]["id"]) == (1234, "here", song["id"])
    player.deleteBookmark(song["id"])
    assert player.getBookmarks()["bookmarks"]["bookmark"] == []


@pytest.mark.parametrize("path", PLAYERS, ids=[path.stem for path in PLAYERS])
def test_a_players_session_is_answered(server, path):
    """Every request as this player makes it; of every answer, what it reads of it."""
    session = json.loads(path.read_text(encoding="utf-8"))
    user, secret = server.phone.user, server.phone.secret
    basic = base64.b64encode(f"{user}:{secret}".encode()).decode()
    known = {**server.ids, **server.phone.login(), "hex": secret.encode().hex(), "basic": basic}
    with httpx.Client(base_url=server.url, timeout=60) as client:
        for step in session["steps"]:
            asked = {**step.get("always", session["always"]), **step["fields"]}
            fields = {name: _filled(value, known) for name, value in asked.items()}
            method = step.get("method", session.get("method", "GET"))
            place = {"data": fields} if method == "POST" else {"params": fields}
            said = {**session["headers"], **step.get("headers", {})}
            headers = {name: _filled(value, known) for name, value in said.items()}
            response = client.request(method, f"/rest/{step['name']}", headers=headers, **place)
            assert response.status_code == step.get("status", 200), (step, response.text[:500])
            _check(response, step, known)


def _filled(value: Any, known: dict[str, str]) -> Any:
    if isinstance(value, list):
        return [_filled(each, known) for each in value]
    return re.sub(r"\{(\w+)\}", lambda found: str(known[found[1]]), str(value))


def _check(response: httpx.Response, step: dict[str, Any], known: dict[str, str]) -> None:
    for name, value in step.get("has_headers", {}).items():
        assert re.fullmatch(_filled(value, known), response.headers.get(name, "")), (step, dict(response.headers))
    if "refused" in step:
        (error,) = _at(_json_or_xml(response), ["error"])
        assert str(error["code"]) == step["refused"], (step, response.text[:500])
    if "needs" not in step:
        return
    body = _json_or_xml(response)
    assert body["status"] == "ok", (step, response.text[:500])
    for path, wanted in step["needs"].items():
        found = _at(body, path.split("."))
        assert found, (step["name"], path, response.text[:800])
        if isinstance(wanted, dict) and "keep" in wanted:
            known[wanted["keep"]] = str(found[0])
        elif wanted is not True:
            assert str(found[0]) == _filled(wanted, known), (step["name"], path, found[0])


def _json_or_xml(response: httpx.Response) -> Any:
    if response.headers["content-type"].startswith("application/json"):
        body = response.json()["subsonic-response"]
    else:
        body = _tree(ET.fromstring(response.content))
    return body


def _tree(element: Any) -> dict[str, Any]:
    """An element as players read it: attributes, and a list of elements for each name."""
    found: dict[str, Any] = dict(element.attrib)
    if element.text:
        found["text"] = element.text
    for child in element:
        found.setdefault(child.tag.rpartition("}")[2], []).append(_tree(child))
    return found


def _at(body: Any, path: list[str]) -> list[Any]:
    """Every value at a path, through lists."""
    found = [body]
    for name in path:
        here = [each for value in found for each in (value if isinstance(value, list) else [value])]
        found = [value[name] for value in here if isinstance(value, dict) and name in value]
    return [each for value in found for each in (value if isinstance(value, list) else [value])]
