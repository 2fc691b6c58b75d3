"""Couriers for tests: a place with a stash, sticks, and reels small enough to be copied a thousand times."""

from __future__ import annotations

import errno
import shutil
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from magnitizdat.disk.disk import Disk
from magnitizdat.errors import MagError
from magnitizdat.formats.age import seal
from magnitizdat.formats.age_keys import X25519Identity
from magnitizdat.formats.names import opaque_name
from magnitizdat.ops.stash.book import LIST_NAME, digest_of
from magnitizdat.ops.stash.giving import GiveReport, give
from magnitizdat.ops.stash.keeping import StashReport, kept
from magnitizdat.ops.stash.rule import COPIES
from magnitizdat.ops.stash.taking import TakeReport, take
from magnitizdat.reel.copy import reel_files
from tests.fakes import FaultyDisk, Killed

NOW = datetime(2026, 11, 30, 7, tzinfo=UTC)


def tiny_reel(folder: Path, *, length: int = 600) -> str:
    """Two sealed files that nothing stands for; its digest comes back."""
    folder.mkdir(parents=True)
    stranger = X25519Identity.generate().recipient
    for _ in range(2):
        (folder / f"{opaque_name()}.age").write_bytes(seal(bytes(length), [stranger]))
    return digest_of(reel_files(folder))


def digests_in(top: Path) -> set[str]:
    """Of the reels that lie in subfolders."""
    folders = [each for each in sorted(top.iterdir()) if each.is_dir() and not each.is_symlink()]
    return {digest_of(reel_files(each)) for each in folders if any(each.glob("*.age"))}


class Courier:
    """A stash, and what is done with it."""

    def __init__(self, folder: Path, *, disk: Disk | None = None) -> None:
        self.folder, self.disk = folder, disk

    def _disk(self) -> Disk:
        return self.disk or Disk()

    def take(self, *tops: Path, now: datetime = NOW, quota: int | None = None) -> TakeReport:
        return take(self.folder, tops, self._disk(), now=now, quota=quota)

    def give(self, *sticks: Path, now: datetime = NOW) -> GiveReport:
        return give(self.folder, sticks, self._disk(), now=now)

    def kept(self) -> StashReport:
        return kept(self.folder, self._disk())

    def digests(self) -> set[str]:
        return {each.digest for each in self.kept().reels}

    def copies(self) -> dict[str, int]:
        return {each.digest: each.copies for each in self.kept().reels}


def new_stick(folder: Path, *reels: Path) -> Path:
    """A stick with copies of reels, each under the name of its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for reel in reels:
        shutil.copytree(reel, folder / reel.name)
    return folder


class History:
    """Villages with a stick each, a courier, and whatever happens between them, by chance.

    After every act the law is looked at: a reel that lay whole in the stash lies there still, or it was written onto
    sticks twice.
    """

    def __init__(self, root: Path, chance: Random, *, sticks: int = 3) -> None:
        self._root, self._chance = root, chance
        self._sticks = [new_stick(root / f"stick{number}") for number in range(sticks)]
        self._courier = Courier(root / "stash")
        self._given, self._held, self._hurt = Counter[str](), set[str](), set[str]()
        self.acts = Counter[str]()

    def go_on(self, acts: int) -> None:
        """So many acts of chance."""
        kinds = {
            self._new: 4, self._take: 5, self._give: 5, self._lose_stick: 2, self._lose_list: 1, self._hurt_one: 1,
            self._plant_link: 1,
        }  # fmt: skip
        for act in self._chance.choices(list(kinds), list(kinds.values()), k=acts):
            self.acts[act.__name__] += 1
            act()
            self._look()

    def _look(self) -> None:
        here = digests_in(self._courier.folder) if self._courier.folder.is_dir() else set()
        gone = {each for each in self._held - here - self._hurt if self._given[each] < COPIES}
        assert not gone, f"lost: {gone}"
        self._held |= self._courier.digests() & here
        assert all(copies <= self._given[each] for each, copies in self._courier.copies().items()), "counted too many"

    def _stick(self) -> Path:
        return self._chance.choice(self._sticks)

    def _new(self) -> None:
        tiny_reel(self._stick() / opaque_name(), length=self._chance.randint(1, 3000))

    def _now(self) -> datetime:
        """Mostly a week of that year; clocks are wrong, too."""
        wrong = self._chance.choice([datetime(1970, 1, 1, tzinfo=UTC), datetime(2099, 1, 1, tzinfo=UTC)])
        return wrong if self._chance.random() < 0.2 else NOW + timedelta(weeks=self._chance.randint(0, 60))

    def _disk(self) -> Disk:
        """One that dies or fills up in the midst of it, at times."""
        at, kind = self._chance.randint(1, 60), self._chance.random()
        if kind < 0.25:
            return FaultyDisk(fail_at=at, kill=True)
        return FaultyDisk(fail_at=at, code=errno.ENOSPC, forever=True) if kind < 0.4 else Disk()

    def _take(self) -> None:
        quota = self._chance.choice([None, None, 0, 4000, 20_000])
        with suppress(MagError, Killed):
            take(self._courier.folder, [self._stick()], self._disk(), now=self._now(), quota=quota)

    def _give(self) -> None:
        sticks = self._chance.sample(self._sticks, self._chance.randint(1, len(self._sticks)))
        before = {stick: digests_in(stick) for stick in sticks}
        with suppress(MagError, Killed):
            give(self._courier.folder, sticks, self._disk(), now=self._now())
        for stick in sticks:
            self._given.update(digests_in(stick) - before[stick])

    def _lose_stick(self) -> None:
        stick = self._stick()
        shutil.rmtree(stick)
        new_stick(stick)

    def _lose_list(self) -> None:
        self._courier.folder.mkdir(exist_ok=True)
        (self._courier.folder / LIST_NAME).write_bytes(self._chance.randbytes(20))

    def _hurt_one(self) -> None:
        files = sorted(self._courier.folder.glob("*/*.age")) if self._courier.folder.is_dir() else []
        if files:
            file = self._chance.choice(files)
            self._hurt.add(digest_of(reel_files(file.parent)))
            file.unlink()

    def _plant_link(self) -> None:
        place = self._chance.choice([self._courier.folder, *self._sticks])
        if place.is_dir():
            (place / opaque_name()).symlink_to(self._stick())
