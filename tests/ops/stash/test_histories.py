"""Any order, losses, a full disk, death in the midst: nothing that may be the last copy goes by itself."""

from __future__ import annotations

import tempfile
from pathlib import Path
from random import Random

from tests.fakes_stash import History
from tests.faults.accidents import fast_place


def test_no_last_copy_goes_whatever_happens():
    """A share of what `python -m bench.stash` does."""
    for seed in range(60):
        with tempfile.TemporaryDirectory(dir=fast_place()) as place:
            History(Path(place), Random(seed)).go_on(12)
