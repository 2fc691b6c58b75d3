"""A merge that is cut off at any change loses nothing of either library, and the next one ends where it would have."""

from __future__ import annotations

import random
import shutil
from contextlib import suppress

import apsw
import pytest

from magnitizdat.errors import MagError
from magnitizdat.library.library import Library, unlock
from magnitizdat.ops.listen import listening, playlists
from tests.fakes import FaultyDisk, Killed
from tests.fakes_library import NOW, PASSPHRASE, make_library, put_album
from tests.fakes_spool import is_sound, publish_all
from tests.ops.merge.test_merging import become_copy, known, opened, sign, take

SEED = 2
STRIDE = 7


@pytest.fixture(scope="module")
def apart(tmp_path_factory):
    """(the one, the other): copies that both signed, starred and took in music since."""
    folder = tmp_path_factory.mktemp("apart")
    with make_library(folder / "one") as library:
        label = publish_all(library, [put_album(library, "Kept", lengths=(900,))[0]])
    shutil.copytree(folder / "one", folder / "two")
    for name in ("one", "two"):
        with opened(folder / name) as library:
            if name == "two":
                become_copy(library)
            sign(library, name, label, only_copy=name == "two")
            put_album(library, f"Own {name}", lengths=(1_100_000, 20_000))
            listening.star(library, "", "artist", [name], now=NOW)
            playlists.create(library, "", name, entries=[name], now=NOW)
    return folder / "one", folder / "two"


def merged(folder, other, disk):
    with Library(folder, unlock(folder, PASSPHRASE), disk=disk) as library:
        take(library, other)


def without_days(seen):
    return {
        **seen,
        "labels": {imprint: (standing, listed) for imprint, (standing, _, listed) in seen["labels"].items()},
    }


def test_the_next_run_ends_where_this_one_would_have(apart, tmp_path):
    one, other = apart
    shutil.copytree(one, tmp_path / "undisturbed")
    disk = FaultyDisk(sqlite=True)
    merged(tmp_path / "undisturbed", other, disk)
    with opened(tmp_path / "undisturbed") as library:
        expected = without_days(known(library))
    for number in range(1 + SEED % STRIDE, len(disk.operations) + 1, STRIDE):
        folder = tmp_path / str(number)
        shutil.copytree(one, folder)
        faulty = FaultyDisk(fail_at=number, sqlite=True, kill=True)
        with suppress(Killed, apsw.Error, MagError):
            merged(folder, other, faulty)
        assert faulty.failed
        faulty.lose_power(random.Random(SEED + number))
        with opened(folder) as library:
            assert take(library, other).missing == ()
            assert without_days(known(library)) == expected, number
            assert is_sound(library)
        shutil.rmtree(folder)
