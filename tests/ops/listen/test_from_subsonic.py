"""Switching from a real Supysonic, and from servers that are none."""

from __future__ import annotations

import http.server
import importlib.util
import json
import os
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing, contextmanager
from urllib.parse import parse_qs, urlencode
from urllib.request import urlopen

import pytest

from magnitizdat.errors import DamagedError, MagError, SourceError, UnreachableError, UsageError
from magnitizdat.library.index.overview import artist_id
from magnitizdat.ops.intake.importing import import_music
from magnitizdat.ops.listen import listening, playlists
from magnitizdat.ops.listen.from_subsonic import switch
from magnitizdat.ops.listen.subsonic_server import SubsonicServer
from tests.conftest import missing
from tests.fakes_library import NOW, make_library, rows
from tests.ops.music import song, write

PASSWORD = "пароль & more"
_START = """
import sys
from werkzeug.serving import make_server
from supysonic.config import IniConfig
from supysonic.web import create_application
server = make_server("127.0.0.1", int(sys.argv[2]), create_application(IniConfig([sys.argv[1]])), threaded=True)
server.serve_forever()
"""
_FILL = """
import sys
from supysonic.config import IniConfig
from supysonic.db import init_database, open_connection
from supysonic.managers.folder import FolderManager
from supysonic.managers.user import UserManager
from supysonic.scanner import Scanner
init_database(IniConfig([sys.argv[1]]).BASE["database_uri"])
open_connection(True)
UserManager.add("viktor", sys.argv[3])
FolderManager.add("music", sys.argv[2])
scanner = Scanner()
scanner.queue_folder("music")
scanner.run()
"""


def music():
    return {
        "45/1.mp3": song(1),
        "45/2.flac": song(2, "flac"),
        "Noch/1.mp3": song(11, album="Ночь", title="Видели ночь"),
        "Noch/2.mp3": song(12, album="Ночь", title="Мама, анархия"),
    }


class Supysonic:
    """A server on loopback with the owner's music, and its user's own requests."""

    def __init__(self, url):
        self.url = url

    def ask(self, view, **fields):
        login = {"u": "viktor", "p": PASSWORD, "c": "test", "f": "json", "v": "1.12.0"}
        with urlopen(f"{self.url}/rest/{view}.view?{urlencode({**login, **fields}, doseq=True)}") as answer:
            found = json.load(answer)["subsonic-response"]
        assert found["status"] == "ok", found
        return found


@pytest.fixture
def supysonic(tmp_path):
    if importlib.util.find_spec("supysonic") is None:
        missing("supysonic is not installed")
    folder = write(tmp_path / "server-music", {**music(), "Else/1.mp3": song(21, artist="Зоопарк", title="Трамвай")})
    config = tmp_path / "supysonic.conf"
    config.write_text(
        f"[base]\ndatabase_uri = sqlite:///{tmp_path}/supysonic.db\n[webapp]\ncache_dir = {tmp_path}/cache\n"
        f"log_level = ERROR\n[daemon]\nsocket = {tmp_path}/sock\n",
        encoding="utf-8",
    )
    (tmp_path / "cache").mkdir()
    environment = {**os.environ, "HOME": str(tmp_path)}
    fill = [sys.executable, "-c", _FILL, str(config), str(folder), PASSWORD]
    subprocess.run(fill, check=True, env=environment, capture_output=True, timeout=60)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    started = subprocess.Popen(
        [sys.executable, "-c", _START, str(config), str(port)], env=environment, stderr=subprocess.DEVNULL
    )
    try:
        until = time.monotonic() + 30
        while time.monotonic() < until and started.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.05)
        yield Supysonic(f"http://127.0.0.1:{port}")
    finally:
        started.terminate()
        started.wait(timeout=10)


@pytest.fixture
def mine(tmp_path):
    with make_library(tmp_path / "library") as library:
        import_music(library, [write(tmp_path / "Music", music())])
        yield library


def tracks(library):
    return {track.title: track.id for view in library.shelf.albums() for track in library.shelf.release(view.id).tracks}


def bring(library, url, **options):
    with closing(SubsonicServer(url, "viktor", PASSWORD)) as server:
        return switch(library, server, now=NOW, **options)


def test_stars_ratings_counts_and_playlists_come_along_and_only_once(supysonic, mine):
    answer = supysonic.ask("search3", query="", songCount=50, albumCount=50, artistCount=50)["searchResult3"]
    songs = {each["title"]: each["id"] for each in answer["song"]}
    albums = {each["name"]: each["id"] for each in answer["album"]}
    artists = {each["name"]: each["id"] for each in answer["artist"]}
    supysonic.ask("star", id=[songs["Song 1"], songs["Трамвай"]], albumId=albums["Ночь"], artistId=artists["Кино"])
    supysonic.ask("setRating", id=songs["Song 2"], rating=4)
    supysonic.ask("createPlaylist", name="Вечер", songId=[songs["Мама, анархия"], songs["Трамвай"], songs["Song 1"]])

    report = bring(mine, supysonic.url)
    here = tracks(mine)
    found = listening.marks(mine, "", "track", here.values())
    assert found[here["Song 1"]].starred
    assert found[here["Song 2"]].rating == 4
    (noch,) = [view.id for view in mine.shelf.albums() if view.title == "Ночь"]
    assert listening.starred(mine, "", "album") == [noch]
    assert listening.starred(mine, "", "artist") == [artist_id("Кино")]
    (evening,) = playlists.playlists(mine, "")
    wanted = [here["Мама, анархия"], here["Song 1"]]
    assert (evening.name, [entry[:24] for entry in evening.entries]) == ("Вечер", [each[:24] for each in wanted])
    assert (report.songs, report.stars, report.ratings, report.playlists) == (5, 3, 1, 1)
    assert [each.what for each in report.missing] == ["Зоопарк - Трамвай", "Вечер: Зоопарк - Трамвай"]
    assert PASSWORD not in repr(rows(mine, "SELECT body FROM kept"))

    again = bring(mine, supysonic.url)
    assert (again.stars, again.ratings) == (0, 0)
    assert found == listening.marks(mine, "", "track", here.values())
    assert playlists.playlists(mine, "") == [evening]
    hers = bring(mine, supysonic.url, listener="Наталья")
    assert (hers.stars, hers.ratings) == (3, 1)


def test_a_wrong_password_is_told(supysonic, mine):
    with (
        closing(SubsonicServer(supysonic.url, "viktor", "wrong")) as server,
        pytest.raises(SourceError, match="password"),
    ):
        switch(mine, server, now=NOW)


# -- servers that are none --------------------------------------------------------------------------------------------


@contextmanager
def serving(answer):
    """A server that answers each question as the function says: (status, body)."""
    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            fields = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode(), keep_blank_values=True)
            asked.append((self.path, {name: values[0] for name, values in fields.items()}))
            status, body = answer(self.path.rsplit("/", 1)[-1].removesuffix(".view"), asked[-1][1])
            self.send_response(status)
            if status == 302:
                self.send_header("Location", "http://127.0.0.1:1/")
            if status == 503:
                self.send_header("Retry-After", "86400")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}", asked
        finally:
            server.shutdown()
            thread.join()


def said(**fields):
    return 200, json.dumps({"subsonic-response": {"status": "ok", "version": "1.16.1", **fields}}).encode()


def refused(code):
    return 200, json.dumps({"subsonic-response": {"status": "failed", "error": {"code": code}}}).encode()


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ((404, b""), SourceError),
        ((302, b""), SourceError),
        ((503, b""), DamagedError),
        ((200, b"<html>"), DamagedError),
        ((200, b'{"subsonic-response": 1}'), DamagedError),
        ((200, b"[" * 100_000), DamagedError),
        (refused(40), SourceError),
        (refused(50), SourceError),
        (refused("no"), SourceError),
    ],
    ids=["not-found", "elsewhere", "busy for a day", "html", "number", "deep", "password", "forbidden", "odd"],
)
def test_what_is_no_server_is_told(mine, answer, kind):
    with serving(lambda *_: answer) as (url, _), pytest.raises(kind) as caught:
        bring(mine, url)
    assert ";" in str(caught.value)


def test_nobody_there_and_addresses_that_are_none(mine):
    with pytest.raises(UnreachableError):
        bring(mine, "http://127.0.0.1:1")
    for url in (
        "music.example",
        "ftp://music.example",
        "https://viktor:secret@music.example",
        "https://a.example/?p=1",
    ):
        with pytest.raises(UsageError):
            SubsonicServer(url, "viktor", PASSWORD)


def test_tokens_where_they_are_taken_and_never_the_password_in_the_open(mine, monkeypatch):
    with serving(lambda *_: said()) as (url, asked):
        bring(mine, f"{url}/base/rest/")
    assert all(path.startswith("/base/rest/") and {"t", "s"} <= set(fields) for path, fields in asked)
    assert not any("p" in fields or PASSWORD in str(fields) for _, fields in asked)
    assert len({fields["s"] for _, fields in asked}) == len(asked)
    monkeypatch.setattr("magnitizdat.ops.listen.subsonic_server._is_loopback", lambda _: False)
    with serving(lambda *_: refused(41)) as (url, asked), pytest.raises(SourceError, match="https"):
        bring(mine, url)
    assert not any("p" in fields for _, fields in asked)


def test_a_server_of_odd_answers_is_taken_for_what_can_be_understood(mine):
    odd = {
        "title": "Song 1", "artist": "КИНО", "album": "45", "id": 7, "starred": "2024-01-02T03:04:05Z", "duration": 0,
        "userRating": "9", "playCount": "1e400", "played": "yesterday",
    }  # fmt: skip
    answers = {
        "search3": said(searchResult3={"song": odd}),
        "getStarred2": said(starred2={"album": [{"name": None}, 3], "artist": {"name": "Никто"}}),
        "getAlbumList2": said(albumList2=[]),
        "getPlaylists": said(playlists={"playlist": [{"id": "1", "name": "\x1b[2J"}]}),
        "getPlaylist": said(playlist={"entry": [odd, odd]}),
        "getBookmarks": said(bookmarks={"bookmark": [{"position": 5, "entry": odd}, {"entry": 3}]}),
        "getPlayQueue": said(playQueue={"entry": [odd], "current": 7, "position": 1234}),
    }
    with serving(lambda view, _: answers.get(view, said())) as (url, _):
        report = bring(mine, url)
    track = tracks(mine)["Song 1"]
    mark = listening.marks(mine, "", "track", [track])[track]
    assert (mark.starred, mark.rating, mark.plays) == ("2024-01-02T03:04:05.000Z", 5, 0)
    assert [each.what for each in report.missing] == [" - ", "Никто", "bookmarks"]
    (found,) = playlists.playlists(mine, "")
    assert ("\x1b" not in found.name, len(found.entries)) == (True, 2)
    queue = listening.queue(mine, "")
    assert (queue.entries, queue.current, queue.position_ms) == (found.entries[:1], 0, 1234)
    assert [each.position_ms for each in listening.bookmarks(mine, "")] == [5]


def test_counts_come_once_and_grow_with_the_server(mine):
    """Supysonic keeps its counts to itself; Navidrome tells them, with the time of the last play."""
    heard = {"title": "Song 1", "artist": "Кино", "playCount": 3, "played": "2024-05-01T10:00:00Z"}
    track = tracks(mine)["Song 1"]
    listening.scrobble(mine, "", track, at=NOW)
    for count, expected in ((3, 3), (3, 3), (5, 5), (4, 5)):
        songs = [{**heard, "playCount": count}]
        with serving(lambda view, _, songs=songs: said(searchResult3={"song": songs})) as (url, _):
            bring(mine, url)
        mark = listening.marks(mine, "", "track", [track])[track]
        assert (mark.plays, mark.played) == (expected, listening.stamp(NOW))


def test_pages_are_asked_for_until_they_end_and_albums_where_there_is_no_empty_search(mine):
    many = [{"id": n, "title": f"No {n}", "artist": "Nobody", "starred": "2024-01-01"} for n in range(1200)]

    def paged(view, fields):
        if view == "search3":
            start = int(fields["songOffset"])
            return said(searchResult3={"song": many[start : start + int(fields["songCount"])]})
        return said()

    def by_album(view, fields):
        if view == "getAlbumList2":
            return said(albumList2={"album": [{"id": "a"}, {"id": "b"}] if fields["offset"] == "0" else []})
        if view == "getAlbum":
            return said(album={"song": many[:2] if fields["id"] == "a" else many[2:3]})
        return said()

    for answer, expected in ((paged, 1200), (by_album, 3)):
        with serving(answer) as (url, _):
            report = bring(mine, url)
        assert (report.songs, len(report.missing)) == (expected, expected)


def test_a_server_that_breaks_off_leaves_nothing_half_said(mine):
    song_1 = {"title": "Song 1", "artist": "Кино", "starred": "2024-01-01"}
    answers = {"ping": said(), "search3": said(searchResult3={"song": [song_1]})}
    breaking = serving(lambda view, _: answers.get(view, (200, b"{")))
    with breaking as (url, _), pytest.raises(MagError):
        bring(mine, url)
    assert listening.marks(mine, "", "track", tracks(mine).values()) == {}
