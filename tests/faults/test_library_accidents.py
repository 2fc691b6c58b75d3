"""What a library does by itself about what an accident left."""

from __future__ import annotations

import json

from magnitizdat.library.changes import DEAD_CELLS
from magnitizdat.ops.albums import edit as editing
from tests.fakes import FaultyDisk, Killed
from tests.fakes_library import make_library, put_album
from tests.fakes_spool import is_sound
from tests.faults.world import open_library


def prepare(folder):
    with make_library(folder) as library:
        put_album(library, "Kept", lengths=(50_000, 10))
        put_album(library, "Other", lengths=(1_100_000, 20_000))


def test_space_that_was_not_given_back_in_time_is_given_back_next_time(tmp_path):
    """The process dies between the commit and the removal of the cells that it let go of."""
    number, leaked, passed = 0, 0, False
    while not passed:
        number += 1
        folder = tmp_path / str(number)
        prepare(folder)
        disk = FaultyDisk(fail_at=number, kill=True)
        with open_library(folder, disk) as library:
            try:
                editing.remove(library, ["Other"])
                passed = not disk.failed
            except Killed:
                pass
        with open_library(folder) as library:
            dead = library.job(*DEAD_CELLS)
            if dead is not None:
                paths = [library.vault.cell_path(cell) for cell in json.loads(dead)]
                leaked += any(path.exists() for path in paths)
                put_album(library, "More", lengths=(10,))
                assert not any(path.exists() for path in paths)
                assert is_sound(library)
    assert leaked
