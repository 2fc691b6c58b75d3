"""Search at the size of a large library: how long a person waits for each kind of query, and in how much memory."""

from __future__ import annotations

import hashlib
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from bench.measure import fresh
from magnitizdat.formats.spelling.habits import spellings
from magnitizdat.formats.spelling.keyboards import swap
from magnitizdat.library.library import Library, unlock
from magnitizdat.model import File, Release, Track
from magnitizdat.ops.listen.searching import find
from tests.fakes_library import PASSPHRASE, database_of, make_library, rows

TRACKS_AN_ALBUM, ALBUMS_AN_ARTIST = 10, 10
ASKED = 400
_SYLLABLES = (
    "ба ве ги до жу за ки ла мо ню пи ро су та фё хо цы че шо щу ямь рен дол гар вик тор ман лю сне жи во".split(),
    "ba ve gi do ju za ki la mo ny pi ro su ta fe ho cy che sho wa ran del gar vic tor man lu sno ri wo".split(),
)
_COMMON = (
    "моя твоя ночь песня любовь дорога город дом снег утро в на и не ты я".split(),
    "my your night song love road city house snow morning in on and the you i".split(),
)
_body = msgspec.msgpack.Encoder().encode


def _rank(chance: random.Random, most: int) -> int:
    """Small numbers often, large ones seldom, as words are in titles."""
    return int(most ** chance.random()) - 1


def _vocabulary(chance: random.Random, script: int, count: int) -> list[str]:
    made = {"".join(chance.choices(_SYLLABLES[script], k=chance.randint(2, 4))) for _ in range(count)}
    return _COMMON[script] + sorted(made)


def stock(library: Library, tracks: int) -> None:
    """Rows of so many tracks, not by way of audio; the index of names is not filled."""
    chance = random.Random(45)
    words = [_vocabulary(chance, script, max(2000, tracks // 10)) for script in (0, 1)]

    def name(script: int, least: int, most: int) -> str:
        chosen = (words[script][_rank(chance, len(words[script]))] for _ in range(chance.randint(least, most)))
        return " ".join(chosen).capitalize()

    with library.index.transaction():
        albums, lines = [], []
        for number in range(tracks // TRACKS_AN_ALBUM):
            if number % ALBUMS_AN_ARTIST == 0:
                script = chance.randrange(2)
                pool = words[script]
                artist = " ".join(chance.choices(pool[16:], k=chance.randint(1, 2))).title()
            album = hashlib.sha256(b"%d" % number).hexdigest()[:32]
            release = Release(id=album, title=name(script, 1, 3), artist=artist)
            albums.append((album, "", album, release.title, artist, "", 1, _body(release), number))
            for position in range(TRACKS_AN_ALBUM):
                digest = hashlib.sha256(b"%d/%d" % (number, position)).digest()
                lines.append(_line(album, digest, position, name(script, 1, 4), artist))
            if len(lines) >= 20_000:
                _put(library, albums, lines)
                albums, lines = [], []
        _put(library, albums, lines)


def _line(album: str, digest: bytes, position: int, title: str, artist: str) -> tuple[object, ...]:
    file = File(sha256=digest.hex(), length=1, media_type="audio/flac")
    track = Track(id=digest.hex(), title=title, artist=artist, file=file, duration_s=1, position=position)
    song = f"{digest.hex()[:24]}{album[:8]}"
    return (album, digest, 1, position, digest, title, artist, 1.0, _body(track), song)


def _put(library: Library, albums: list[tuple[object, ...]], lines: list[tuple[object, ...]]) -> None:
    database_of(library).many("INSERT INTO album VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", albums)
    database_of(library).many(
        "INSERT INTO track (album, id, disc, position, blob, title, artist, duration_s, body, song)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        lines,
    )


def queries(library: Library) -> dict[str, list[str]]:
    """What people type, by kind, of names that are there."""
    chance = random.Random(2)
    artists = [name for (name,) in rows(library, "SELECT DISTINCT artist FROM album ORDER BY artist")]
    titles = [title for (title,) in rows(library, "SELECT title FROM track WHERE key % 97 = 0 LIMIT 5000")]

    def some(of: list[str], change: Callable[[str], str]) -> list[str]:
        return [change(each) for each in chance.choices(of, k=ASKED)]

    def typo(name: str) -> str:
        at = chance.randrange(1, len(name))
        return name[:at] + chance.choice(["", "o", name[at] * 2]) + name[at + 1 :]

    def variant(name: str) -> str:
        return " ".join(chance.choice(spellings(word)) for word in name.casefold().split())

    return {
        "exact": some(artists, str),
        "a title": some(titles, str),
        "spelled by habit": some(artists, variant),
        "one typo": some(artists, typo),
        "wrong keyboard": some(artists, lambda name: swap(name, "ru")),
        "as one types": some(artists, lambda name: name[: chance.randint(1, 6)]),
        "two letters": some(artists, lambda name: name[:2]),
        "nothing there": ["".join(chance.choices("qwxzjkvb", k=9)) for _ in range(ASKED)],
    }


class Searched(msgspec.Struct):
    """95th percentile in seconds of all queries and by kind, and the most memory of the process in bytes."""

    all: float
    by_kind: dict[str, float]
    memory: int


def measure(folder: Path) -> Searched:
    """Ask everything once, with the library open."""
    with Library(folder, unlock(folder, PASSPHRASE)) as library:
        asked = queries(library)
        find(library, "warm")
        times: dict[str, list[float]] = {}
        for kind, texts in asked.items():
            for text in texts:
                begun = time.perf_counter()
                find(library, text, artists=(0, 20), albums=(0, 20), tracks=(0, 20))
                times.setdefault(kind, []).append(time.perf_counter() - begun)
    every = [second for each in times.values() for second in each]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10
    return Searched(_p95(every), {kind: _p95(each) for kind, each in times.items()}, memory)


def _p95(times: list[float]) -> float:
    return sorted(times)[len(times) * 95 // 100]


def measured(folder: Path, tracks: int) -> Searched:
    """The same in a process of its own, in a library of so many tracks."""
    place = folder / f"search-{tracks}"
    with make_library(fresh(place)) as library:
        stock(library, tracks)
        library.shelf.finding.refill()
    argv = [sys.executable, "-m", "bench.search", str(place)]
    done = subprocess.run(argv, capture_output=True, check=True)
    return msgspec.json.decode(done.stdout, type=Searched)


if __name__ == "__main__":
    print(msgspec.json.encode(measure(Path(sys.argv[1]))).decode())
