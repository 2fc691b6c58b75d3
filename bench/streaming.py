"""Music out of a sealed library over HTTP: the first byte after a seek, eight players at once, memory meanwhile."""

from __future__ import annotations

import json
import os
import random
import socket
import statistics
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import av

from bench.cases import Place, Row
from bench.measure import MIB
from bench.programs import Mag

PLAYERS = 8
SEEKS = 400
FILES = 4
SECONDS_A_FILE = 400
"""About 64 MiB of noise as FLAC."""


class Player(NamedTuple):
    """An address, and what opens it there."""

    host: str
    port: int
    login: str

    def path(self, song: str) -> str:
        return f"/rest/stream?{self.login}&id={song}"

    def document(self, call: str) -> Any:
        """The answer to a call of the API."""
        with urllib.request.urlopen(f"http://{self.host}:{self.port}/rest/{call}&f=json&{self.login}") as answer:
            return json.load(answer)["subsonic-response"]

    def ask(self, song: str, begin: int = 0) -> socket.socket:
        """A connection on which a song comes from a byte on."""
        connection = socket.create_connection((self.host, self.port))
        head = f"GET {self.path(song)} HTTP/1.1\r\nHost: {self.host}\r\nRange: bytes={begin}-\r\n\r\n"
        connection.sendall(head.encode())
        return connection


@contextmanager
def served(mag: Mag) -> Iterator[tuple[Player, int]]:
    """`mag serve`, with a player that may log in, and its process id."""
    app = mag.document("app", "add", f"bench {time.time()}")
    argv = [str(each) for each in mag.argv("serve", "--port", "0", "--json") if each != "--quiet"]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, env={**os.environ, **mag.environment}, text=True) as child:
        try:
            assert child.stdout is not None
            where = urllib.parse.urlsplit(json.loads(child.stdout.readline())["base"])
            login = urllib.parse.urlencode({"u": app["user"], "p": app["secret"], "v": "1.16.1", "c": "bench"})
            yield Player(where.hostname or "", where.port or 0, login), child.pid
        finally:
            child.terminate()


def first_bytes(player: Player, songs: dict[str, int]) -> list[float]:
    """Seconds from a new connection to the first byte of music, for random places in random songs."""
    chance = random.Random(45)
    seconds = []
    for _ in range(SEEKS):
        song = chance.choice(list(songs))
        begun = time.perf_counter()
        with player.ask(song, chance.randrange(songs[song])) as connection:
            _begun(connection)
            seconds.append(time.perf_counter() - begun)
    return sorted(seconds)


def _begun(connection: socket.socket) -> tuple[bytes, bytes]:
    """(head, first bytes of music), once there are some."""
    received = b""
    while not received.partition(b"\r\n\r\n")[2]:
        received += connection.recv(4096)
    assert received.startswith(b"HTTP/1.1 206"), received
    head, _, music = received.partition(b"\r\n\r\n")
    return head, music


def drained(player: Player, songs: dict[str, int]) -> float:
    """Bytes a second that as many players take together, each a song after the other."""
    names = list(songs)
    taken = [0] * PLAYERS

    def listen(number: int) -> None:
        buffer = bytearray(MIB)
        for turn in range(2):
            song = names[(number + turn) % len(names)]
            with player.ask(song) as connection:
                _, music = _begun(connection)
                left = songs[song] - len(music)
                while left > 0:
                    left -= connection.recv_into(buffer) or left + 1
                assert left == 0
            taken[number] += songs[song]

    threads = [threading.Thread(target=listen, args=(number,)) for number in range(PLAYERS)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(taken) / (time.perf_counter() - begun)


def streaming(place: Place) -> Iterator[Row]:
    """Seeks, then eight players in a process of their own."""
    mag = Mag(place.folder / "streaming").begin()
    mag("import", _songs(place.folder / "noise-flac"))
    with served(mag) as (player, pid):
        found = player.document("search3?query=&songCount=500&albumCount=0&artistCount=0")["searchResult3"]["song"]
        songs = {song["id"]: int(song["size"]) for song in found}
        seconds = first_bytes(player, songs)
        late = seconds[int(len(seconds) * 0.95)]
        median = statistics.median(seconds)
        yield Row(
            "seek in a sealed FLAC, first byte", f"p95 {late * 1e3:.1f} ms", "median", f"{median * 1e3:.1f} ms",
            late / 0.05, "p95 ≤ 50 ms", late <= 0.05,
        )  # fmt: skip
        rates = sorted(_in_another_process(player, songs) / 1e6 for _ in range(place.runs))
        rate = statistics.median(rates)
        yield Row(
            f"{PLAYERS} players streaming, in sum", f"{rate:.0f} MB/s",
            "slowest and fastest", f"{rates[0]:.0f} to {rates[-1]:.0f} MB/s",
            rate / 300, "≥ 300 MB/s", rate >= 300,
        )  # fmt: skip
        peak = _peak(pid) >> 20
        yield Row("memory of the server meanwhile", f"{peak} MiB", "–", "–", peak / 200, "≤ 200 MiB", peak <= 200)
    mag.end()


def _in_another_process(player: Player, songs: dict[str, int]) -> float:
    argv = [sys.executable, "-m", "bench.streaming", json.dumps([player, songs])]
    return float(subprocess.run(argv, capture_output=True, text=True, check=True).stdout)


def _peak(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) << 10


def _songs(folder: Path) -> Path:
    """Noise as FLAC, which no program makes smaller."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(FILES):
        path = folder / f"{number + 1:02d} Noise.flac"
        if not path.exists():
            _write_flac(path, random.Random(number))
    return folder


def _write_flac(path: Path, noise: random.Random) -> None:
    with av.open(str(path), "w", format="flac") as container:
        stream = container.add_stream("flac", rate=44100, layout="stereo", format="s16")
        for _ in range(SECONDS_A_FILE):
            frame = av.AudioFrame(format="s16", layout="stereo", samples=44100)
            frame.rate = 44100
            frame.planes[0].update(noise.randbytes(44100 * 4).ljust(frame.planes[0].buffer_size, b"\0"))
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


if __name__ == "__main__":
    shown, lengths = json.loads(sys.argv[1])
    print(drained(Player(*shown), lengths))
