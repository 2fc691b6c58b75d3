"""Histories of a dub by chance: connections cut anywhere, the host gone, the taker killed; and again until it is here.

What was committed is never lost, what comes is what was signed, and hardly anything is sent twice.
"""

from __future__ import annotations

import random
import subprocess
import sys
from contextlib import closing, suppress
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from magnitizdat.errors import UnreachableError
from magnitizdat.library.library import Library, unlock
from magnitizdat.model import PIECE_LENGTH
from magnitizdat.ops.dub.from_spool import dub
from magnitizdat.ops.keep.upkeep import doctor
from magnitizdat.ops.places.http import HttpSpool
from tests.fakes_library import NOW, PASSPHRASE, contents_of, make_library, put_album, rows
from tests.fakes_spool import http_server, publish_all, write_spool
from tests.net.cuts import Cutting

LENGTHS = (4_300_000, 1_200_000, 40_000, 700)
RATE = 8e6
"""Bytes a second of a connection, so that what was received is sealed before a taker is killed."""
PAPERS = 1 << 16
"""Bytes of headers, and of what each run asks for to see what is new."""
RUNS = 8
FATES = ("cut", "gone", "killed")
STEP = 1 << 17
"""Bytes that a cut connection loses at most: it goes on behind what came."""
ABREAST = 4
"""Pieces on their way at a time; each is lost where a side goes."""
SEALED = 4
"""Pieces that came and were not yet written down when their taker was killed."""


class Offered(NamedTuple):
    """A spool in a folder, and the bytes of its tracks."""

    folder: Path
    contents: list[bytes]

    @property
    def length(self) -> int:
        return sum(map(len, self.contents))


class Loss(NamedTuple):
    """What a history cost: bytes that were sent beside those that were lacking, and what broke off."""

    twice: int
    cuts: int
    gone: int
    kills: int

    def most(self) -> int:
        """What it may have cost."""
        pieces = ABREAST * self.gone + (ABREAST + SEALED) * self.kills
        return self.cuts * STEP + pieces * PIECE_LENGTH


def offer(place: Path) -> Offered:
    """One album, signed and open, for all histories."""
    with make_library(place / "host") as host:
        album, contents = put_album(host, lengths=LENGTHS)
        publish_all(host, [album])
        write_spool(host, place / "spool")
    return Offered(place / "spool", contents)


class _Taker:
    """A library, and what of it is committed by now."""

    def __init__(self, folder: Path) -> None:
        make_library(folder).close()
        self.folder = folder
        self._have: set[tuple[object, ...]] = set()

    def open(self) -> Library:
        return Library(self.folder, unlock(self.folder, PASSPHRASE))

    def dub(self, address: str) -> None:
        with self.open() as library, closing(HttpSpool(address)) as spool, suppress(UnreachableError):
            dub(library, spool, now=NOW)

    def start(self, address: str) -> subprocess.Popen[bytes]:
        """The same in another process."""
        return subprocess.Popen([sys.executable, "-m", "tests.net.taker", str(self.folder), address])

    def look(self) -> None:
        """Nothing that was committed is lost."""
        with self.open() as library:
            have = {*rows(library, "SELECT blob, number FROM piece"), *rows(library, "SELECT name FROM member")}
        assert self._have <= have
        self._have = have

    def contents(self) -> list[bytes]:
        """What came, bit by bit; none where no album is whole."""
        with self.open() as library:
            assert doctor(library).damaged == 0
            return [content for album in library.shelf.albums() for content in contents_of(library, album.id)]


def history(place: Path, offered: Offered, seed: int, *, fates: tuple[str, ...] = FATES) -> Loss:
    """Until all is here. Raises: AssertionError where a law is broken."""
    chance, taker, sent, loss = random.Random(seed), _Taker(place / "library"), 0, Loss(0, 0, 0, 0)
    for run in range(RUNS):
        fate = chance.choice(fates) if run < RUNS - 1 else "whole"
        most = chance.randrange(offered.length)
        with http_server(offered.folder, ranges=True) as address:
            passed, cuts, broke = _run(taker, (urlsplit(address).hostname, urlsplit(address).port), fate, most, chance)
        sent += passed
        loss = Loss(0, loss.cuts + cuts, loss.gone + (fate == "gone") * broke, loss.kills + (fate == "killed") * broke)
        taker.look()
        if not broke and fate != "cut":
            break
    assert taker.contents() == offered.contents
    loss = loss._replace(twice=max(0, sent - offered.length - (run + 1) * PAPERS))
    assert loss.twice <= loss.most(), loss
    return loss


def _run(taker: _Taker, target: object, fate: str, most: int, chance: random.Random) -> tuple[int, int, bool]:
    """One run of a dub: bytes that were sent, connections that were cut, whether one side went."""
    cuts = [chance.randrange(most + 1) for _ in range(3)] if fate == "cut" else []
    if fate != "killed":
        with Cutting(target, cuts, most=most if fate == "gone" else 1 << 62) as proxy:
            taker.dub("http://{}:{}/".format(*proxy.address))
            return proxy.passed, proxy.cuts, fate == "gone" and proxy.passed >= most
    killed: list[subprocess.Popen[bytes]] = []
    with Cutting(target, most=most, then=lambda: killed[0].kill(), rate=RATE) as proxy:  # noqa: PLW0108 -- it starts later
        killed.append(taker.start("http://{}:{}/".format(*proxy.address)))
        killed[0].wait()
        return proxy.passed, 0, killed[0].returncode != 0
