"""Fail or kill at the Nth disk operation of whatever changes a library, for every N: nothing committed is lost."""

from __future__ import annotations

import errno
import json
import random

import pytest

from magnitizdat.disk.disk import Disk
from magnitizdat.errors import MagError, NoSpaceError, UnsureError
from magnitizdat.library.library import DEAD_CELLS, Library, unlock
from magnitizdat.ops.albums import edit as editing
from magnitizdat.ops.dub.from_spool import dub
from magnitizdat.ops.keep.rebuild import rebuild
from magnitizdat.ops.keep.upkeep import doctor
from magnitizdat.ops.labels import publish
from magnitizdat.ops.places.spool import FolderSpool
from tests.fakes import FaultyDisk, Killed
from tests.fakes_library import NOW, PASSPHRASE, contents_of, make_library, put_album
from tests.fakes_spool import catalogue_of, is_sound, new_label, publish_all, write_spool

ACCIDENTS = [
    {"code": errno.EIO},
    {"code": errno.ENOSPC, "forever": True},
    {"code": errno.ENODEV, "forever": True},
    {"kill": True},
]


@pytest.fixture(scope="module")
def spool(tmp_path_factory):
    folder = tmp_path_factory.mktemp("maker")
    with make_library(folder / "library") as maker:
        publish_all(maker, [put_album(maker, "Dubbed", lengths=(1_100_000, 30_000))[0]])
        write_spool(maker, folder / "spool")
    return folder / "spool"


VERBS = {
    "import": lambda library, _spool: put_album(library, "New", lengths=(1_100_000, 30_000)),
    "edit": lambda library, _spool: editing.edit(library, "Kept", {"date": "1982"}),
    "remove": lambda library, _spool: editing.remove(library, ["Other"]),
    "merge": lambda library, _spool: editing.merge_albums(library, "Kept", ["Other"]),
    "label": lambda library, _spool: new_label(library, "A second label"),
    "publish": lambda library, _spool: publish.publish(library, ["Kept"], library.shelf.labels()[0], now=NOW),
    "dub": lambda library, spool: dub(library, FolderSpool(spool), now=NOW),
    "doctor": lambda library, _spool: doctor(library),
    "rewrap": lambda library, _spool: library.rewrap("other words", work_factor=1),
}


def opened(folder, disk=None):
    try:
        secrets = unlock(folder, PASSPHRASE)
    except MagError:
        secrets = unlock(folder, "other words")
    return Library(folder, secrets, disk=disk)


def prepare(folder):
    """A library with something committed: (the album that stays, its bytes)."""
    with make_library(folder) as library:
        kept, contents = put_album(library, "Kept", lengths=(50_000, 10))
        put_album(library, "Other", lengths=(1_100_000, 20_000))
        new_label(library)
    return kept, contents


@pytest.mark.parametrize("how", ACCIDENTS, ids=["EIO once", "full", "pulled", "killed"])
@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_survives_every_accident(tmp_path, spool, verb, how):
    number, passed = 0, False
    while not passed:
        number += 1 if number < 6 else 3
        folder = tmp_path / str(number)
        kept, contents = prepare(folder)
        disk = FaultyDisk(fail_at=number, **how)
        library = opened(folder, disk)
        before = catalogue_of(library)
        try:
            VERBS[verb](library, spool)
            passed = not disk.failed
            assert passed or library.left_undone, "a failed operation was taken for success"
        except UnsureError:
            assert verb == "rewrap"  # the new slot is there
        except (MagError, Killed) as exc:
            assert how.get("code") != errno.ENOSPC or isinstance(exc, NoSpaceError)  # noqa: PT017
        library.close()
        if disk.failed and how.get("kill"):
            disk.lose_power(random.Random(number))
        with opened(folder) as again:
            assert is_sound(again)
            assert contents_of(again, kept)[: len(contents)] == contents
            after = catalogue_of(again)
            if verb == "doctor":
                assert after == before
            elif passed:
                VERBS["import"](again, spool)
                assert is_sound(again)
            else:
                _again(again, verb, spool)
    assert number >= 2 or verb == "doctor"


def _again(library, verb, spool):
    """The same command after the accident: done now, or it was done already and says so."""
    try:
        VERBS[verb](library, spool)
    except MagError as exc:
        assert verb in {"remove", "merge", "label"}
        assert "no album" in str(exc) or "already a label" in str(exc)  # noqa: PT017
    assert is_sound(library)
    expected = {"import": "New", "dub": "Dubbed"}.get(verb, "Kept")
    assert library.shelf.find(expected).complete
    if verb in {"remove", "merge"}:
        assert "Other" not in {view.title for view in library.shelf.albums()}


@pytest.mark.parametrize("how", ACCIDENTS, ids=["EIO once", "full", "pulled", "killed"])
def test_a_library_is_made_whole_or_not_at_all(tmp_path, how):
    number, passed = 0, False
    while not passed:
        number += 1
        folder = tmp_path / str(number)
        disk = FaultyDisk(fail_at=number, **how)
        try:
            Library.create(folder, PASSPHRASE, work_factor=1, disk=disk).close()
            passed = not disk.failed
        except (MagError, Killed):
            pass
        if not (folder / "key.age").exists():
            make_library(folder).close()
        with opened(folder) as library:
            put_album(library, lengths=(10,))
            assert is_sound(library)
    assert number > 3


@pytest.mark.parametrize("how", ACCIDENTS, ids=["EIO once", "full", "pulled", "killed"])
def test_a_rebuild_that_fails_leaves_the_old_index(tmp_path, how):
    folder = tmp_path / "library"
    kept, contents = prepare(folder)
    secrets = unlock(folder, PASSPHRASE)
    with opened(folder) as library:
        before = catalogue_of(library)
    number, passed = 0, False
    while not passed:
        number += 1
        disk = FaultyDisk(fail_at=number, **how)
        try:
            rebuild(folder, secrets, now=NOW, disk=disk)
            passed = not disk.failed
        except (MagError, Killed):
            pass
        with opened(folder) as library:
            assert catalogue_of(library) == before
            assert contents_of(library, kept) == contents
    assert number > 3


def test_space_that_was_not_given_back_in_time_is_given_back_next_time(tmp_path):
    """The process dies between the commit and the removal of the cells that it let go of."""
    number, leaked, passed = 0, 0, False
    while not passed:
        number += 1
        folder = tmp_path / str(number)
        prepare(folder)
        disk = FaultyDisk(fail_at=number, kill=True)
        with opened(folder, disk) as library:
            try:
                editing.remove(library, ["Other"])
                passed = not disk.failed
            except Killed:
                pass
        with opened(folder) as library:
            dead = library.job(*DEAD_CELLS)
            if dead is not None:
                paths = [library.vault.cell_path(cell) for cell in json.loads(dead)]
                leaked += any(path.exists() for path in paths)
                put_album(library, "More", lengths=(10,))
                assert not any(path.exists() for path in paths)
                assert is_sound(library)
    assert leaked


def test_another_disk_is_used_for_everything(tmp_path):
    """The accidents above mean something only if no write passes the fake by."""
    prepare(tmp_path / "library")
    disk = FaultyDisk()
    with opened(tmp_path / "library", disk) as library:
        put_album(library, "New", lengths=(10,))
    assert {kind for kind, _ in disk.operations} >= {"open", "write"}
    assert isinstance(Disk(), Disk)
