"""The search of a flat: panic in the midst of verbs, and fifty planted markers are found nowhere."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from tests.faults.accidents import Theatre, fast_place
from tests.faults.planted import found_in_files, found_in_memory, plant, seize, spellings
from tests.faults.verbs import VERBS
from tests.faults.world import World


@pytest.fixture(scope="module")
def theatre():
    with tempfile.TemporaryDirectory(dir=fast_place()) as place:
        yield Theatre(Path(place))


@pytest.mark.parametrize("spelled", spellings("Planted-Title-739"))
def test_a_marker_is_found_in_whatever_spelling(tmp_path, spelled):
    (tmp_path / "file").write_bytes(b"\xff" * 1000 + spelled + b"\xff" * 1000)
    assert found_in_files([spelled], [tmp_path])


def test_fifty_markers_are_planted_and_a_library_that_is_locked_shows_none(theatre):
    theatre.stage()
    with World(theatre.root) as world:
        markers = plant(world)
    assert len(markers) > 50
    assert found_in_files(markers, [theatre.root / "library"]) == []


@pytest.mark.parametrize(("name", "after_s"), [("import", 0.2), ("dub", 0.0), ("rebuild", 0.05)])
def test_panic_in_the_midst_of_a_verb_leaves_no_marker(theatre, name, after_s):
    seize(theatre, name, VERBS[name], after_s, unlocked=name == "import")


def test_nothing_is_found_of_a_process_that_is_gone():
    assert found_in_memory([b"x"], 2**22 + 1) == []
