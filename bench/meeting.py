"""`python -m bench.meeting [CASE…]`: two laptops meet, and one dubs what the other shares; others who copy beside it.

`loopback`: as fast as one machine can be both (rsync over ssh, syncthing; neither seals). `far`: 100 Mbit/s, 50 ms
there and back, one frame of a hundred lost (`curl`, four connections). `cut`: how long nothing comes after a laptop was
away.
Linux; `far` and `cut` as root. Debian's rsync, openssh-server, syncthing and curl.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from bench import material
from bench.cases import Place, Row, against, rate, stocked
from bench.copiers import Rsync, Syncthing
from bench.measure import bytes_in, command, fresh, in_turns, surroundings
from bench.programs import Mag
from tests.net.meeting import Laptop, meeting

FAR = {"rate": "100mbit", "delay_s": 0.025, "loss": 0.01}
AWAY_S = 3.0


def loopback(place: Place) -> Iterator[Row]:
    """All of a library, taken into an empty one: sealed, flushed and committed."""
    music = place.large()
    viktor, rsync, syncthing = stocked(place, "meeting", music), Rsync(place.folder), Syncthing(place.folder)
    natalia = Mag(place.folder / "natalia-meeting")
    with _shared(viktor) as ticket, rsync.serving():

        def dub() -> float:
            natalia.begin()
            return natalia("dub", ticket)

        work = {"mag": dub, "rsync over ssh": lambda: rsync.copy(music), "syncthing": lambda: syncthing.copy(music)}
        timings = in_turns(work, place.runs)
    natalia.end()
    reach = {"rsync over ssh": 0.9, "syncthing": 0.6}
    yield from against(timings, "dub over TLS on the loopback", reach, rate(bytes_in(music)))


@contextmanager
def _shared(viktor: Mag) -> Iterator[str]:
    """The ticket of an evening for laptops alone."""
    words = [str(each) for each in viktor.argv("share", "--all", "--no-guests", "--json")]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=surroundings(viktor.environment)) as program:
        try:
            yield _ticket(program)
        finally:
            program.terminate()


def _ticket(program: subprocess.Popen[str]) -> str:
    assert program.stdout is not None
    ticket: str = json.loads(program.stdout.readline())["ticket"]
    return ticket


class Room:
    """Viktor's laptop, which shares, and Natalia's, with a long and bad wire between."""

    def __init__(self, folder: Path, mib: int, ends: ExitStack, link: dict[str, Any]) -> None:
        met = ends.enter_context(meeting(fresh(folder)))
        self.viktor, self.natalia = met.laptop("viktor", **link), met.laptop("natalia")
        for words in (("init",), ("import", str(material.large(folder / "music", mib=mib)))):
            _done(self.viktor, *words)
        for words in (("label", "create", "Noise"), ("publish", "--all", "--no-small", "--to", str(folder / "spool"))):
            _done(self.viktor, *words)
        self.blobs = [each.relative_to(folder / "spool") for each in sorted((folder / "spool").glob("blobs/*/*"))]
        self.length = bytes_in(folder / "spool" / "blobs")
        ends.callback(self.natalia.mag, "lock")
        program = met.ending(self.viktor.start_mag("--yes", "share", "--all", "--no-guests", "--json"))
        self.ticket = _ticket(program)
        self.folder = folder

    def begin(self) -> None:
        """An empty library, unlocked."""
        self.natalia.mag("lock")
        command(["rm", "-rf", self.natalia.home / "library"])
        _done(self.natalia, "init")
        _done(self.natalia, "unlock")

    def dub(self) -> float:
        """Seconds of a dub of all."""
        self.begin()
        begun = time.perf_counter()
        _done(self.natalia, "dub", self.ticket)
        return time.perf_counter() - begun

    def curl(self) -> float:
        """Seconds in which `curl` takes the same files from the same place, four at a time, into nothing."""
        url = self.ticket.partition("#")[0]
        here = fresh(self.folder / "curl")
        (here / "urls").write_text(
            "".join(f'url = "{url}{each}"\noutput = "{here}/{each.name}"\n' for each in self.blobs)
        )
        words = ("curl", "-sSk", "--fail", "--http1.1", "--parallel", "--parallel-max", "4", "--config", f"{here}/urls")
        begun = time.perf_counter()
        done = self.natalia.run(*words, timeout_s=3600)
        assert done.returncode == 0, done.stderr
        return time.perf_counter() - begun

    def silence_s(self) -> float:
        """Seconds from when Natalia is back in the room until something comes again."""
        self.begin()
        program = self.natalia.start_mag("--yes", "dub", self.ticket)
        try:
            self._comes(self.viktor.sent() + (4 << 20))
            self.natalia.leave()
            time.sleep(AWAY_S)
            self.natalia.come_back()
            begun = time.perf_counter()
            self._comes(self.viktor.sent() + (1 << 18))
            return time.perf_counter() - begun
        finally:
            program.kill()
            program.communicate()

    def _comes(self, sent: int) -> None:
        end = time.monotonic() + 120
        while self.viktor.sent() < sent and time.monotonic() < end:
            time.sleep(0.02)


def _done(laptop: Laptop, *words: str) -> None:
    done = laptop.mag("--yes", *words, timeout_s=3600)
    assert done.returncode == 0, done.stderr


def far(place: Place) -> Iterator[Row]:
    """Over a long and bad wire, of which half is enough to tell."""
    with ExitStack() as ends:
        room = Room(place.folder / "far", max(1, place.mib // 2), ends, FAR)
        timings = in_turns({"mag": room.dub, "curl, four connections": room.curl}, place.slow_runs)
        reach = {"curl, four connections": 0.9}
        yield from against(timings, "dub: 100 Mbit/s, 50 ms, 1 % lost", reach, rate(room.length))


def cut(place: Place) -> Iterator[Row]:
    """A laptop that walks out of the room for some seconds, and back."""
    with ExitStack() as ends:
        room = Room(place.folder / "cut", max(1, place.mib // 10), ends, {"rate": FAR["rate"]})
        found = in_turns({"mag": room.silence_s}, place.slow_runs)["mag"].median
        away = f"away for {AWAY_S:g} s"
        yield Row("silence after a cut", f"{found:.1f} s", away, "–", found, "≤ 5 s", found <= 5)


CASES = {"loopback": loopback, "far": far, "cut": cut}


def main() -> int:
    """Measure what is asked for; ends with 1 where something is not reached."""
    options = argparse.ArgumentParser(prog="python -m bench.meeting")
    options.add_argument("cases", nargs="*", metavar="CASE", help=f"some of {', '.join(CASES)}; all without")
    options.add_argument("--mib", type=int, default=1024)
    options.add_argument("--runs", type=int, default=5)
    options.add_argument("--slow-runs", type=int, default=3)
    options.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "magnitizdat-meeting")
    asked = options.parse_args()
    place = Place(asked.work, asked.mib, 0, asked.runs, asked.slow_runs)
    rows = [row for name in asked.cases or CASES for row in CASES[name](place)]
    for row in rows:
        sys.stdout.write(
            f"{row.work}: {row.ours}, {row.against} {row.theirs}, {row.ratio:.2f} ({row.reach})"
            f"{'' if row.reached else ' NOT REACHED'}\n"
        )
    return 0 if all(row.reached for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
