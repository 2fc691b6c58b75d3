"""The API of players against Supysonic: the same generated catalogue in both, asked by the same client in one run.

Scanning 100 000 files would take hours and measure parsers, so both databases are filled directly. Supysonic is the
`supysonic-server` of the path, or that of the environment's BENCH_SUPYSONIC, with gunicorn beside it.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import random
import shutil
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

from bench.cases import Place, Row
from bench.measure import fresh, surroundings
from bench.programs import PASSPHRASE, Mag, build_before
from magnitizdat.library.library import Library
from magnitizdat.model import File, Release, Track
from tests.fakes_library import rows

TRACKS = 100_000
A_TRACK = 10
CLIENTS = 4
PAGE = 500
SUPYSONIC_PASSWORD = "bench"
WORDS = 6_000
_SYLLABLES = (
    "ka lo mi ren tu sha vel dor in ast ber ol nu pri tor gan le sun mar wo".split(),
    "ка ло ми рен ту ша вель дор ин аст бер ол ну при тор ган ле сун мар во".split(),
)
_GENRES = ("Rock", "Post-Punk", "Jazz", "Шансон", "Electronic", "Folk")

FILL = """
import json, sys, uuid
from supysonic import db
db.init_database("sqlite:///" + sys.argv[1])
db.open_connection(True)
from supysonic.managers.user import UserManager
UserManager.add("bench", "bench", admin=True)
with db.db.atomic():
    root = db.Folder.create(root=True, name="root", path="/music")
    artists, at = {}, 0
    for line in open(sys.argv[2], encoding="utf-8"):
        album = json.loads(line)
        if album["artist"] not in artists:
            artists[album["artist"]] = db.Artist.create(name=album["artist"])
        artist = artists[album["artist"]]
        at += 1
        folder = db.Folder.create(root=False, name=album["title"], path="/music/%d" % at, parent=root)
        made = db.Album.create(name=album["title"], artist=artist)
        for number, title in enumerate(album["tracks"], 1):
            db.Track.create(disc=1, number=number, title=title, year=album["year"], genre=album["genre"], duration=200,
                album=made, artist=artist, bitrate=900, path="/music/%d/%d.flac" % (at, number),
                last_modification=0, root_folder=root, folder=folder)
db.close_connection()
"""


FILL_OURS = """
import sys
from pathlib import Path
from bench.subsonic import fill_ours
from magnitizdat.library.library import Library, unlock
with Library(Path(sys.argv[1]), unlock(Path(sys.argv[1]), sys.argv[2])) as library:
    fill_ours(library, int(sys.argv[3]))
"""
"""By the program that is measured: another build may write another index."""


class Speed(NamedTuple):
    """Requests a second over all clients, and what 95 of 100 requests take at most, in milliseconds."""

    rate: float
    p95_ms: float


class Target(NamedTuple):
    """A server to ask."""

    host: str
    port: int
    login: dict[str, str]

    def path(self, name: str, **fields: object) -> str:
        return f"/rest/{name}.view?{urlencode({**self.login, 'f': 'json', 'c': 'bench', 'v': '1.16.1', **fields})}"


class Words:
    """Made-up words in two scripts, few of them often and most of them seldom, as in titles."""

    def __init__(self) -> None:
        chance = random.Random(12)
        self._words = [self._word(chance, script) for _ in range(WORDS // 2) for script in _SYLLABLES]
        self._weights = [1 / (rank + 10) for rank in range(len(self._words))]

    @staticmethod
    def _word(chance: random.Random, script: list[str]) -> str:
        return "".join(chance.choices(script, k=chance.randint(2, 4))).capitalize()

    def some(self, chance: random.Random, count: int) -> str:
        return " ".join(chance.choices(self._words, self._weights, k=count))


def albums(tracks: int) -> Iterator[dict[str, object]]:
    """A catalogue, the same every time; an artist has five albums or so."""
    chance, words = random.Random(45), Words()
    artist = ""
    for number in range(tracks // A_TRACK):
        artist = words.some(chance, 2) if number % 5 == 0 else artist
        yield {
            "artist": artist,
            "title": f"{words.some(chance, 2)} {number}",
            "year": 1960 + number % 60,
            "genre": _GENRES[number % len(_GENRES)],
            "tracks": [words.some(chance, chance.randint(1, 4)) for _ in range(A_TRACK)],
        }


def fill_ours(library: Library, tracks: int) -> None:
    """Rows as an import makes them, of blobs that are said to be here."""
    with library.index.transaction():
        for album in albums(tracks):
            _shelve(library, album)
        rows(library, "UPDATE blob SET complete = 1")
        # Nothing is left for the background to do: it is measured by itself.
        rows(library, "INSERT INTO loudness SELECT digest, NULL, NULL FROM blob")
        rows(library, "UPDATE album SET own = 0")
        rows(library, "INSERT OR REPLACE INTO meta VALUES ('changed', 1)")


def _shelve(library: Library, album: dict[str, object]) -> None:
    name = hashlib.sha256(str(album["title"]).encode()).hexdigest()[:32]
    genres = (str(album["genre"]),)
    release = Release(
        id=name, title=str(album["title"]), artist=str(album["artist"]), date=str(album["year"]), genres=genres
    )
    library.shelf.put_own(release)
    for number, title in enumerate(list(album["tracks"]), 1):  # type: ignore[call-overload]
        digest = hashlib.sha256(f"{name}{number}".encode()).hexdigest()
        track = Track(
            id=digest,
            title=title,
            artist=release.artist,
            file=File(sha256=digest, length=22_500_000, media_type="audio/flac"),
            duration_s=200.0,
            position=number,
            bit_rate=900_000,
            genres=genres,
        )
        library.shelf.put_tracks(name, [track])


@contextmanager
def our_server(place: Place, tracks: int, program: Path | None = None) -> Iterator[tuple[Target, int]]:
    """`mag serve` over a filled library: where it is, and its process.

    Another build is the `.venv/bin/mag` of a checkout, which fills its own.
    """
    mag = Mag(place.folder / f"subsonic-{tracks}{'-before' if program else ''}", program)
    if not (mag.library / "filled").exists():
        mag.begin()
        python, checkout = (program.parent / "python", program.parents[2]) if program else (sys.executable, None)
        argv = [str(python), "-c", FILL_OURS, str(mag.library), PASSPHRASE, str(tracks)]
        subprocess.run(argv, check=True, cwd=checkout, env=surroundings())
        (mag.library / "filled").touch()
    mag("--passphrase-file", mag.folder / "passphrase", "unlock")
    login = mag.document("app", "add", f"Bench {time.time_ns()}")
    child = subprocess.Popen(
        [str(each) for each in (mag.program, "--library", mag.library, "--json", "--yes", "serve", "--port", "0")],
        env=surroundings(mag.environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert child.stdout is not None
        url = urlsplit(json.loads(child.stdout.readline())["url"])
        yield Target(url.hostname or "", url.port or 0, {"u": str(login["user"]), "p": str(login["secret"])}), child.pid
    finally:
        child.terminate()
        child.wait()
        mag.end()


@contextmanager
def their_server(place: Place, tracks: int, program: str) -> Iterator[Target]:
    """Supysonic behind gunicorn, two workers, over the same catalogue."""
    folder = place.folder / f"supysonic-{tracks}"
    database = folder / "supysonic.db"
    if not (folder / "filled").exists():
        catalogue = fresh(folder) / "catalogue.jsonl"
        catalogue.write_text("\n".join(json.dumps(album) for album in albums(tracks)), encoding="utf-8")
        python = Path(program).parent / "python"
        subprocess.run([str(python), "-c", FILL, str(database), str(catalogue)], check=True, env=surroundings())
        (folder / "filled").touch()
    settings = folder / "supysonic.conf"
    settings.write_text(f"[base]\ndatabase_uri = sqlite:///{database}\n[webapp]\ncache_dir = {folder}/cache\n")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    argv = [program, "-S", "gunicorn", "-h", "127.0.0.1", "-p", str(port), "--processes", "2", "--threads", "4"]
    child = subprocess.Popen(argv, cwd=folder, env=surroundings(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port)
        yield Target("127.0.0.1", port, {"u": "bench", "p": SUPYSONIC_PASSWORD})
    finally:
        child.terminate()
        child.wait()


def _wait_for(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError("supysonic did not start")


def speed(target: Target, asked: Callable[[random.Random], str], *, seconds: float) -> Speed:
    """Several clients, each on one connection, for so long; the first request of each is not counted."""
    taken: list[float] = []

    def client(seed: int) -> None:
        chance = random.Random(seed)
        connection = http.client.HTTPConnection(target.host, target.port, timeout=120)
        _get(connection, asked(chance))
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            path = asked(chance)
            begun = time.perf_counter()
            _get(connection, path)
            taken.append(time.perf_counter() - begun)
        connection.close()

    threads = [threading.Thread(target=client, args=(seed,)) for seed in range(CLIENTS)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rate = len(taken) / (time.perf_counter() - begun)
    p95 = statistics.quantiles(taken, n=20)[-1] if len(taken) > 1 else sum(taken)
    return Speed(rate, p95 * 1000)


def _get(connection: http.client.HTTPConnection, path: str) -> bytes:
    connection.request("GET", path)
    response = connection.getresponse()
    body = response.read()
    if response.status != 200 or (b'"status": "ok"' not in body and b'"status":"ok"' not in body):
        raise RuntimeError(f"{path.partition('?')[0]}: {response.status} {body[:200]!r}")
    return body


def questions(target: Target, tracks: int) -> dict[str, Callable[[random.Random], str]]:
    """What is asked: pages at random places, so that few are asked for twice."""
    last, words = tracks // A_TRACK - 20, Words()

    def lists(chance: random.Random) -> str:
        return target.path("getAlbumList2", type="alphabeticalByName", size=20, offset=chance.randrange(max(1, last)))

    def search(chance: random.Random) -> str:
        return target.path("search3", query=words.some(chance, chance.randint(1, 2)))

    def artists(_chance: random.Random) -> str:
        return target.path("getArtists")

    return {"getAlbumList2": lists, "search3": search, "getArtists": artists}


def mirror(target: Target, tracks: int) -> float:
    """Seconds that a player takes to copy the whole catalogue, page by page."""
    connection = http.client.HTTPConnection(target.host, target.port, timeout=120)
    begun, seen = time.perf_counter(), set[str]()
    for offset in range(0, tracks + PAGE, PAGE):
        path = target.path("search3", query="", songCount=PAGE, songOffset=offset, artistCount=0, albumCount=0)
        songs = json.loads(_get(connection, path))["subsonic-response"]["searchResult3"]["song"]
        seen.update(song["id"] for song in songs)
    seconds = time.perf_counter() - begun
    if len(seen) != tracks:
        raise RuntimeError(f"{len(seen)} of {tracks} songs came")
    return seconds


def subsonic(place: Place, *, tracks: int = TRACKS, seconds: float = 5.0) -> Iterator[Row]:
    """Requests a second against Supysonic, and another build; a whole mirror; memory of the server."""
    program = os.environ.get("BENCH_SUPYSONIC") or shutil.which("supysonic-server")

    def speeds(target: Target) -> dict[str, Speed]:
        return {name: speed(target, asked, seconds=seconds) for name, asked in questions(target, tracks).items()}

    with our_server(place, tracks) as (target, pid):
        first = time.perf_counter()
        speed(target, questions(target, tracks)["getArtists"], seconds=0.1)
        print(f"  first answer after {time.perf_counter() - first:.2f} s", flush=True)
        ours = speeds(target)
        taken = mirror(target, tracks)
        held = _resident(pid)
    theirs = dict[str, Speed]()
    if program:
        with their_server(place, tracks, program) as target:
            theirs = speeds(target)
    yield from _compared(tracks, ours, "Supysonic", theirs, reach={"search3": 4.0}, others=3.0)
    before = build_before()
    if before:
        with our_server(place, tracks, before) as (target, _):
            speed(target, questions(target, tracks)["getArtists"], seconds=0.1)
            yield from _compared(tracks, ours, "the other build", speeds(target), reach={"search3": 1.8}, others=0.0)
    yield Row(f"mirror of {tracks} songs", f"{taken:.1f} s", "–", "–", 20 / taken, "≤ 20 s", taken <= 20)
    yield Row("memory of the server", f"{held >> 20} MiB", "–", "–", (200 << 20) / held, "≤ 200 MiB", held <= 200 << 20)


def _compared(
    tracks: int, ours: dict[str, Speed], name: str, theirs: dict[str, Speed], *, reach: dict[str, float], others: float
) -> Iterator[Row]:
    """A row for each question; `reach` is how many times as fast we want to be, of questions not in it `others`."""
    for question, found in ours.items():
        other, least = theirs.get(question), reach.get(question, others)
        ratio = found.rate / other.rate if other else 0.0
        yield Row(
            f"{question} at {tracks} tracks",
            f"{found.rate:.0f}/s, p95 {found.p95_ms:.0f} ms",
            name,
            f"{other.rate:.1f}/s, p95 {other.p95_ms:.0f} ms" if other else "not here",
            ratio,
            f"≥ {least:g} ×, p95 ≤ 50 ms" if least else "–",
            not least or ((other is None or ratio >= least) and found.p95_ms <= 50),
        )


def _resident(pid: int) -> int:
    """Peak bytes of a process."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) << 10
    return 0
