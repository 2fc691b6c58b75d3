"""An index is made anew by one switch: whatever ends it before or after, what was acknowledged is there."""

from __future__ import annotations

import errno
import random
import shutil
from contextlib import suppress

import apsw
import pytest

from magnitizdat.errors import LibraryError, MagError
from magnitizdat.library.library import INDEX_NAME, Library, unlock
from magnitizdat.ops.keep.rebuild import rebuild
from magnitizdat.ops.listen.listening import star, starred
from magnitizdat.sentence import say
from tests.fakes import FaultyDisk, Killed
from tests.fakes_library import NOW, PASSPHRASE, contents_of, make_library, put_album

SEED = 13


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """A library whose owner was killed: a star that was acknowledged is in the log of the index alone."""
    folder = tmp_path_factory.mktemp("prepared")
    with make_library(folder / "alive") as library:
        album, contents = put_album(library, "Kept", lengths=(50_000,))
        library.index.settle()
        star(library, "", "album", [album], now=NOW)
        shutil.copytree(library.directory, folder / "library")
    assert (folder / "library" / f"{INDEX_NAME}-wal").stat().st_size
    return folder / "library", album, contents


def rebuilt(folder, disk):
    rebuild(folder, unlock(folder, PASSPHRASE), now=NOW, disk=disk)


def require_nothing_lost(folder, album, contents):
    with Library(folder, unlock(folder, PASSPHRASE)) as library:
        assert starred(library, "", "album") == [album]
        assert contents_of(library, album)[:1] == contents
        assert library.index.is_sound()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # killed while SQLite tidies up
@pytest.mark.parametrize(
    "how",
    [{"kill": True}, {"code": errno.EIO}, {"code": errno.ENOSPC, "forever": True}],
    ids=["power cut", "EIO", "full"],
)
def test_nothing_acknowledged_is_lost_at_any_step_of_a_rebuild(prepared, tmp_path, how):
    """Every step around a switch, and each seventh of the others."""
    source, album, contents = prepared
    shutil.copytree(source, tmp_path / "whole")
    undisturbed = FaultyDisk(sqlite=True)
    rebuilt(tmp_path / "whole", undisturbed)
    require_nothing_lost(tmp_path / "whole", album, contents)
    kinds = [kind for kind, _ in undisturbed.operations]
    last = len(kinds) - kinds[::-1].index("rename")
    numbers = {*range(1, 30), *range(last - 12, len(kinds) + 1), *range(30, len(kinds), 7)}
    for number in sorted(numbers):
        folder = tmp_path / str(number)
        shutil.copytree(source, folder)
        disk = FaultyDisk(fail_at=number, sqlite=True, **how)
        with suppress(MagError, Killed, apsw.Error):
            rebuilt(folder, disk)
        if how.get("kill"):
            disk.lose_power(random.Random(SEED + number))
        require_nothing_lost(folder, album, contents)
        rebuilt(folder, FaultyDisk(sqlite=True))
        require_nothing_lost(folder, album, contents)
        shutil.rmtree(folder)
    assert len(numbers) > 40


def test_the_log_of_the_old_index_is_emptied_and_never_removed_before_the_switch(prepared, tmp_path):
    shutil.copytree(prepared[0], tmp_path / "library")
    disk = FaultyDisk(sqlite=True)
    rebuilt(tmp_path / "library", disk)
    done = [(kind, path.name) for kind, path in disk.operations]
    switch = done.index(("rename", INDEX_NAME))
    logged, kept = done.index(("sync file", f"{INDEX_NAME}-wal")), done.index(("sync file", INDEX_NAME))
    assert logged < kept < done.index(("remove", f"{INDEX_NAME}-wal")) < switch  # SQLite's own, once nobody has it open
    assert [name for kind, name in done[switch + 1 :] if kind != "sync folder"] in ([], [INDEX_NAME])


def test_a_rebuild_that_fails_leaves_nothing(prepared, tmp_path):
    shutil.copytree(prepared[0], tmp_path / "library")
    before = {path.name for path in (tmp_path / "library").iterdir()}
    for number in (40, 60, 80):
        with suppress(MagError):
            rebuilt(tmp_path / "library", FaultyDisk(fail_at=number, sqlite=True, code=errno.ENOSPC))
        after = {path.name for path in (tmp_path / "library").iterdir()}
        assert after <= before | {"holders", "lock"}


def test_an_index_that_fails_to_be_read_is_not_taken_for_one_that_says_nothing(prepared, tmp_path, monkeypatch):
    """A drive that fails for a moment is no reason to forget what waits in the old index."""
    shutil.copytree(prepared[0], tmp_path / "library")

    from magnitizdat.library.index.tail import Tail

    def fails(_tail):
        raise LibraryError(say("the index could not be used ({name}); run `mag doctor`", name="IOError"))

    with monkeypatch.context() as patched:
        patched.setattr(Tail, "waiting", fails)
        with pytest.raises(MagError, match="could not be used"):
            rebuilt(tmp_path / "library", FaultyDisk())
    require_nothing_lost(tmp_path / "library", *prepared[1:])
