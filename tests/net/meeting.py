"""Laptops that meet: a network namespace each, one Wi-Fi between them, and no route to anywhere else.

Needs Linux and root. Everything is gone with the process that made it: a namespace lives as long as a `cat` of ours.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

from tests.conftest import missing

MAG = (sys.executable, "-m", "magnitizdat.cli")
CARD = "wlan0"
"""The name of a laptop's network card, when it has one."""
_SHAPE = ("burst", "64kb", "latency", "200ms")


def _root(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, (command, done.stderr)
    return done.stdout


class Namespace:
    """A network namespace with loopback alone, for as long as this is open."""

    def __init__(self) -> None:
        self._holder = subprocess.Popen(["unshare", "--net", "cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._say(b"open\n")
        self.path = f"/proc/{self._holder.pid}/ns/net"
        self.do("ip", "link", "set", "lo", "up")

    def _say(self, line: bytes) -> None:
        assert self._holder.stdin is not None
        assert self._holder.stdout is not None
        self._holder.stdin.write(line)
        self._holder.stdin.flush()
        if self._holder.stdout.readline() != line:
            missing("no network namespace may be made here")

    @property
    def pid(self) -> str:
        """A process that lives in it."""
        return str(self._holder.pid)

    def within(self, command: Sequence[str]) -> list[str]:
        """The command that runs `command` there."""
        return ["nsenter", f"--net={self.path}", "--", *command]

    def do(self, *command: str) -> str:
        """What a command of the system says there; it has to succeed."""
        return _root(*self.within(command))

    def close(self) -> None:
        """The namespace and all its cards vanish, when nobody else is in it."""
        self._holder.communicate()


class Laptop(Namespace):
    """A machine of somebody: a home, a library, and a card in each Wi-Fi that it has joined."""

    def __init__(self, name: str, home: Path) -> None:
        super().__init__()
        self.name, self.home = name, home
        home.mkdir(parents=True, exist_ok=True)
        (home / "passphrase").write_text("one two three four five six\n")
        self._addresses: dict[str, list[str]] = {}
        self._wires: list[subprocess.Popen[bytes]] = []

    def join(self, room: Room, *, rate: str = "", delay_s: float = 0.0, loss: float = 0.0) -> str:
        """A card in this room: its name. `rate` as `tc` writes it; `delay_s` one way; `loss` of each frame."""
        number = next(room.numbers)
        card, port = f"{CARD[:-1]}{len(self._addresses)}", f"port{number}"
        if delay_s or loss:
            self._wires.append(_wire([self.path, card, room.path, port], delay_s, loss))
        else:
            room.do("ip", "link", "add", port, "type", "veth", "peer", "name", card, "netns", self.pid)
        room.do("ip", "link", "set", port, "master", "air", "up")
        self._addresses[card] = [f"169.254.7.{number}/16", f"fe80::{number:x}/64"]
        if rate:
            room.do("tc", "qdisc", "add", "dev", port, "root", "tbf", "rate", rate, *_SHAPE)
            self.do("tc", "qdisc", "add", "dev", card, "root", "tbf", "rate", rate, *_SHAPE)
        self.come_back(card)
        return card

    def leave(self, card: str = CARD) -> None:
        """Walk out of the room: the card hears nothing any more."""
        self.do("ip", "link", "set", card, "down")

    def come_back(self, card: str = CARD) -> None:
        """Walk into it again."""
        four, six = self._addresses[card]
        self.do("ip", "link", "set", card, "addrgenmode", "none")
        self.do("ip", "link", "set", card, "up")
        self.do("ip", "address", "replace", four, "dev", card)
        self.do("ip", "-6", "address", "replace", six, "dev", card, "nodad")

    def address(self, card: str = CARD, *, six: bool = False) -> str:
        """Its address there: link-local, for it has no other."""
        return self._addresses[card][six].partition("/")[0]

    def sent(self, card: str = CARD) -> int:
        """Bytes that went out of this card, headers and all."""
        lines = Path(f"/proc/{self.pid}/net/dev").read_text().splitlines()
        (counts,) = [line.partition(":")[2].split() for line in lines if line.strip().startswith(f"{card}:")]
        return int(counts[8])

    def routes(self) -> str:
        """All ways that it knows: those of its own cards."""
        return self.do("ip", "route") + self.do("ip", "-6", "route")

    def environment(self, **more: str) -> dict[str, str]:
        """What a program sees there: a home of its own."""
        kept = {name: value for name, value in os.environ.items() if name in {"PATH", "LANG", "PYTHONPATH"}}
        return {
            **kept,
            "HOME": str(self.home),
            "XDG_RUNTIME_DIR": str(self.home),
            "MAG_LIBRARY": str(self.home / "library"),
            "MAG_PASSPHRASE_FILE": str(self.home / "passphrase"),
            **more,
        }

    def start(self, *command: str, **options: Any) -> subprocess.Popen[str]:
        """A program that runs on, with pipes; who starts it ends it."""
        environment = self.environment(**options.pop("env", {}))
        options = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
        return subprocess.Popen(self.within(command), env=environment, cwd=self.home, text=True, **options)

    def run(self, *command: str, timeout_s: float = 120, **options: Any) -> subprocess.CompletedProcess[str]:
        """A program, to its end. `input`: what is typed."""
        environment = self.environment(**options.pop("env", {}))
        return subprocess.run(
            self.within(command),
            env=environment,
            cwd=self.home,
            text=True,
            capture_output=True,
            timeout=timeout_s,
            check=False,
            **options,
        )

    def mag(self, *arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
        """`mag`, to its end."""
        return self.run(*MAG, *arguments, **options)

    def start_mag(self, *arguments: str, **options: Any) -> subprocess.Popen[str]:
        """`mag`, running on."""
        return self.start(*MAG, *arguments, **options)

    def close(self) -> None:
        """Off, and out of every room."""
        for wire in self._wires:
            wire.communicate()
        super().close()


class Room(Namespace):
    """A Wi-Fi: whoever joins hears all others, and nobody has an address of anything else."""

    def __init__(self) -> None:
        super().__init__()
        self.numbers = count(1)
        self.do("ip", "link", "add", "air", "type", "bridge")
        self.do("ip", "link", "set", "air", "up")


def _wire(ends: list[str], delay_s: float, loss: float) -> subprocess.Popen[bytes]:
    program = Path(__file__).with_name("wire.py")
    command = [sys.executable, str(program), *ends, str(delay_s), str(loss)]
    wire = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert wire.stdout is not None
    assert wire.stdout.readline() == b"ready\n"
    return wire


Space = TypeVar("Space", bound=Namespace)


class Meeting:
    """One room, and laptops by name; further rooms where somebody stands between two of them."""

    def __init__(self, folder: Path, ends: ExitStack) -> None:
        self._folder, self._ends = folder, ends
        self.room = self.another_room()

    def another_room(self) -> Room:
        """A second Wi-Fi that does not hear the first."""
        return self._kept(Room())

    def laptop(self, name: str, *rooms: Room, **link: Any) -> Laptop:
        """A laptop in these rooms; without any in the one that there is. `link`: as `Laptop.join` takes it."""
        laptop = self._kept(Laptop(name, self._folder / name))
        for room in rooms or (self.room,):
            laptop.join(room, **link)
        return laptop

    def ending(self, program: subprocess.Popen[Any]) -> subprocess.Popen[Any]:
        """That program, which is ended with the meeting if it has not ended by then."""
        self._ends.callback(_end, program)
        return program

    def _kept(self, space: Space) -> Space:
        self._ends.callback(space.close)
        return space


def _end(program: subprocess.Popen[Any]) -> None:
    program.kill()
    program.communicate()


@cache
def why_not() -> str:
    """Why laptops cannot meet here; empty where they can."""
    absent = [name for name in ("ip", "tc", "nsenter", "unshare") if shutil.which(name) is None]
    if not sys.platform.startswith("linux") or absent:
        return f"no network of namespaces here: {', '.join(absent) or 'not Linux'}"
    tried = subprocess.run(
        ["unshare", "--net", "ip", "link", "add", "near", "type", "veth", "peer", "name", "far"],
        capture_output=True,
        text=True,
        check=False,
    )
    return "" if tried.returncode == 0 else f"no network of namespaces may be made here: {tried.stderr.strip()}"


@contextmanager
def meeting(folder: Path) -> Iterator[Meeting]:
    """People meet; at the end all of them go, and whatever still ran is ended."""
    if reason := why_not():
        missing(reason)
    with ExitStack() as ends:
        yield Meeting(folder, ends)
