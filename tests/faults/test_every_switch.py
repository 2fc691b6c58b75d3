"""One log under everything: a workflow fails, or dies, at every change of a file and of the index once.

What was acknowledged before the accident is there after it, and the same workflow goes on to its end.
"""

from __future__ import annotations

import errno
import random
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import apsw
import pytest

from magnitizdat.errors import MagError, NoSpaceError
from magnitizdat.library.library import Library, unlock
from magnitizdat.ops.labels import labels
from magnitizdat.ops.labels.publish import publish
from magnitizdat.ops.listen.listening import star, starred
from tests.fakes import FaultyDisk, Killed
from tests.fakes_library import NOW, PASSPHRASE, contents_of, make_library, put_album
from tests.fakes_spool import is_sound, new_label

SEED = 45


class Step(NamedTuple):
    """A verb, and whether what it promises is there."""

    do: Callable[[Library], object]
    holds: Callable[[Library], bool]


def album_of(library: Library, title: str) -> str:
    return next((view.id for view in library.shelf.albums() if view.title == title and view.complete), "")


def sign(library: Library) -> None:
    publish(library, [album_of(library, "Kept")], labels.find_label(library, "Zoopark Tapes"), now=NOW)


WORKFLOW = {
    "import": Step(
        lambda library: put_album(library, "New", lengths=(1_100_000, 10)),
        lambda library: bool(album_of(library, "New")) and len(contents_of(library, album_of(library, "New"))) == 2,
    ),
    "star": Step(
        lambda library: star(library, "", "album", [album_of(library, "Kept")], now=NOW),
        lambda library: starred(library, "", "album") == [album_of(library, "Kept")],
    ),
    "publish": Step(
        sign,
        lambda library: bool(library.shelf.album(album_of(library, "Kept")).imprint),
    ),
}


class Prepared(NamedTuple):
    folder: Path
    contents: list[bytes]
    operations: list[tuple[str, Path]]
    """Of a run that nothing disturbs."""


def run(library: Library, acknowledged: list[str]) -> None:
    """What is not there yet."""
    for name, step in WORKFLOW.items():
        if not step.holds(library):
            step.do(library)
        acknowledged.append(name)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory) -> Prepared:
    folder = tmp_path_factory.mktemp("prepared")
    with make_library(folder / "library") as library:
        _, contents = put_album(library, "Kept", lengths=(50_000,))
        new_label(library)
    shutil.copytree(folder / "library", folder / "undisturbed")
    disk = FaultyDisk(sqlite=True)
    with Library(folder / "undisturbed", unlock(folder / "library", PASSPHRASE), disk=disk) as library:
        run(library, [])
    return Prepared(folder / "library", contents, disk.operations)


def accident(prepared: Prepared, folder: Path, number: int, how: dict) -> list[str]:
    """The workflow in a copy of the library with an accident at the `number`th change: what was acknowledged."""
    shutil.copytree(prepared.folder, folder)
    disk, acknowledged = FaultyDisk(fail_at=number, sqlite=True, **how), list[str]()
    with suppress(Killed, apsw.Error):  # at the end SQLite tidies up, and takes no failure of that for one
        try:
            with Library(folder, unlock(folder, PASSPHRASE), disk=disk) as library:
                run(library, acknowledged)
        except MagError as exc:
            assert disk.failed
            assert how.get("code") != errno.ENOSPC or isinstance(exc, NoSpaceError)  # noqa: PT017
    assert disk.failed
    if how.get("kill"):
        disk.lose_power(random.Random(SEED + number))
    return acknowledged


def require_nothing_lost(prepared: Prepared, folder: Path, acknowledged: list[str]) -> None:
    with Library(folder, unlock(folder, PASSPHRASE)) as library:
        assert contents_of(library, album_of(library, "Kept")) == prepared.contents
        for name in acknowledged:
            assert WORKFLOW[name].holds(library), name
        run(library, [])
        assert all(step.holds(library) for step in WORKFLOW.values())
        assert library.index.is_sound()
        assert is_sound(library)


@pytest.mark.parametrize(
    ("how", "stride"),
    [({"kill": True}, 3), ({"code": errno.EIO}, 9), ({"code": errno.ENOSPC, "forever": True}, 9)],
    ids=["power cut", "EIO", "full"],
)
def test_nothing_acknowledged_is_lost_at_any_switch(prepared, tmp_path, how, stride):
    """Each `stride`th change, and each kind of change to each kind of file; all of them with a stride of 1."""
    first: dict[tuple[str, str], int] = {}
    for number, (kind, path) in enumerate(prepared.operations, 1):
        first.setdefault((kind, path.suffix), number)
    numbers = {*first.values(), *range(1 + SEED % stride, len(prepared.operations) + 1, stride)}
    for number in sorted(numbers):
        acknowledged = accident(prepared, tmp_path / str(number), number, how)
        require_nothing_lost(prepared, tmp_path / str(number), acknowledged)
        shutil.rmtree(tmp_path / str(number))
    assert len(numbers) > 20


def test_one_log_has_files_and_the_index_in_order(prepared):
    """The commit rule, as it was done: cells, their flush, then the index."""
    kinds = [(kind, path.suffix) for kind, path in prepared.operations]
    written = kinds.index(("write", ".age"))
    flushed = kinds.index(("sync file", ".age"), written)
    committed = kinds.index(("sync file", ".db-wal"), flushed)
    assert written < flushed < committed
    assert ("sync folder", "") in kinds[written:committed]
    assert {"truncate", "remove"} <= {kind for kind, suffix in kinds if suffix.startswith(".db")}
