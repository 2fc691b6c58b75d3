"""The world that a verb is tried in: a library with something in it, sticks, music in a folder, another's spool.

It lies at one path for ever: what a library remembers of places holds after every accident.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, Self

from magnitizdat.disk.disk import Disk
from magnitizdat.errors import MagError
from magnitizdat.library.library import Library, unlock
from magnitizdat.ops.dub.from_spool import dub
from magnitizdat.ops.give import export
from magnitizdat.ops.intake import importing
from magnitizdat.ops.jobs import preparing
from magnitizdat.ops.labels import friends, labels, publish
from magnitizdat.ops.listen import listening, playlists
from magnitizdat.ops.places.spool import FolderSpool
from magnitizdat.workers.pool import ParserPool
from tests.fakes import FaultyDisk, Log
from tests.fakes_audio import PNG
from tests.fakes_library import NOW, PASSPHRASE, contents_of, make_library, put_album
from tests.fakes_spool import is_sound, new_label, publish_all, write_spool
from tests.ops.music import song, write

OTHER_WORDS = "other words"
LINKED_LENGTH = 50_000
"""Files from this length on are copied by a second name; nothing writes into them, but they may be replaced."""
PLACES = ("library", "stick", "second", "out", "music", "temporary")


class Promise(NamedTuple):
    """What holds once so many changes are made."""

    after: int
    holds: Callable[[World], bool]


class World:
    """A folder, and what a person has opened of it. With a log all of it is written through disks of that log."""

    def __init__(self, root: Path, log: Log | None = None, promises: list[Promise] | None = None) -> None:
        self.root, self.log = root, log
        self.promises = [] if promises is None else promises
        self._library: Library | None = None

    def disk(self, *, private: bool = False) -> Disk:
        """A disk of its own: what one flushes, the others have not flushed."""
        return Disk(private=private) if self.log is None else FaultyDisk(log=self.log, sqlite=True)

    @property
    def library(self) -> Library:
        if self._library is None:
            self._library = open_library(self.root / "library" / "mine", self.disk(private=True))
        return self._library

    def __truediv__(self, name: str) -> Path:
        return self.root / name

    def told(self, holds: Callable[[World], bool]) -> None:
        """The person heard that it is done: from now on it holds."""
        self.promises.append(Promise(0 if self.log is None else len(self.log.entries), holds))

    def close(self) -> None:
        if self._library is not None:
            library, self._library = self._library, None
            library.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_library(folder: Path, disk: Disk | None = None) -> Library:
    """With the passphrase, or the one that it may have been changed to."""
    try:
        secrets = unlock(folder, PASSPHRASE)
    except MagError:
        secrets = unlock(folder, OTHER_WORDS)
    return Library(folder, secrets, disk=disk)


@contextmanager
def temporary_below(root: Path) -> Iterator[None]:
    """What is temporary lies in the world too."""
    before, tempfile.tempdir = tempfile.tempdir, str(root / "temporary")
    try:
        yield
    finally:
        tempfile.tempdir = before


class _LastingPool(ParserPool):
    """One pool for thousands of worlds: its workers, which know no world, are not started anew for each."""

    def close(self) -> None:
        pass


@contextmanager
def lasting_workers() -> Iterator[None]:
    """Verbs that parse do it with the same workers from here on."""
    pool = _LastingPool()
    before = {module: module.ParserPool for module in (importing, preparing, export)}
    try:
        for module in before:
            module.ParserPool = lambda *_, **__: pool
        yield
    finally:
        for module, kind in before.items():
            module.ParserPool = kind
        ParserPool.close(pool)


def copy_world(source: Path, target: Path) -> None:
    """A copy that shares the bytes of what nobody writes into."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target, copy_function=_copy, symlinks=True)


def _copy(source: str, target: str) -> None:
    if Path(source).stat().st_size >= LINKED_LENGTH and not Path(source).name.startswith("index."):
        Path(target).hardlink_to(source)
    else:
        shutil.copy2(source, target)


def make_world(root: Path) -> Kept:
    """Something of everything, committed and told."""
    for name in PLACES:
        (root / name).mkdir(parents=True)
    write(root / "music", {"45/1.mp3": song(1), "45/2.mp3": song(2), "45/cover.png": PNG})
    spool = root / "stick" / "spool"
    with make_library(root / "out" / "somebody") as somebody, make_library(root / "library" / "mine") as mine:
        publish_all(somebody, [put_album(somebody, "Dubbed", lengths=(30_000,))[0]], "Natalia's")
        write_spool(somebody, spool)
        kept, contents = put_album(mine, "Kept", lengths=(50_000, 10))
        put_album(mine, "Other", lengths=(1_100_000, 20_000))
        new_label(mine)
        publish.publish(mine, [kept], labels.find_label(mine, "Zoopark Tapes"), now=NOW)
        dub(mine, FolderSpool(spool), now=NOW)
        friends.add_friend(mine, friends.my_card(somebody, name="Natalia"))
        listening.star(mine, "", "album", [kept], now=NOW)
        listening.rate(mine, "", "album", kept, 4)
        listening.flush_tail(mine)
        playlists.create(mine, "", "Mix", entries=[f"{kept}-1"], now=NOW)
        newer, _ = put_album(somebody, "Newer", lengths=(1_100_000, 40_000))
        publish.publish(somebody, [newer], labels.find_label(somebody, "Natalia's"), now=NOW)
        write_spool(somebody, spool)  # as it is a month later
    return Kept(kept, [hashlib.sha256(each).hexdigest() for each in contents])


class Kept:
    """What was committed and told before any accident."""

    def __init__(self, album: str, digests: list[str]) -> None:
        self.album, self._digests = album, digests

    def require(self, library: Library, *, sound: bool = True) -> None:
        """All of it is there, and the library is sound."""
        assert not sound or is_sound(library), "the library is not sound"
        found = [hashlib.sha256(each).hexdigest() for each in contents_of(library, self.album)]
        assert found[: len(self._digests)] == self._digests, "an album that was committed is not what it was"
        mark = listening.marks(library, "", "album", [self.album]).get(self.album)
        assert mark is not None, "a star is lost"
        assert mark.starred, "a star is lost"
        assert mark.rating, "a rating is lost"
        assert "Natalia" in library.shelf.friends(), "a friend is lost"
        assert any(each.name == "Mix" and each.entries for each in playlists.playlists(library, "")), (
            "a playlist is lost"
        )
        labels.label_keys(library, labels.find_label(library, "Zoopark Tapes").imprint)
        assert any(view.title == "Dubbed" and view.complete for view in library.shelf.albums()), (
            "what was dubbed is lost"
        )
