"""What a killed run had sealed is not sent again: its pieces are kept where they are whole, and compared if wanted."""

from __future__ import annotations

import hashlib
import os

import pytest

from magnitizdat.formats.spool_paths import piece_name
from magnitizdat.model import PIECE_LENGTH
from tests.fakes_library import make_library, put_album

PIECES = [os.urandom(PIECE_LENGTH) for _ in range(3)]
DIGEST = hashlib.sha256(b"".join(PIECES)).hexdigest()


def killed(library, pieces=PIECES):
    """Seal these pieces, and end as a process does that is killed: nothing is committed, nothing tidied up."""
    batch = library.vault.batch(first_cell=library.index.settings.next_cell())
    for number, piece in enumerate(pieces):
        batch.add(piece_name(DIGEST, number, len(pieces)), piece)
    batch.flush()


def held(library):
    return {number: library.vault.read(place) for number, place in library.placements(DIGEST).items()}


@pytest.fixture
def library(tmp_path):
    with make_library(tmp_path / "library") as made:
        put_album(made, lengths=(1000,))
        yield made


def test_pieces_of_a_killed_run_are_kept_by_whoever_looks_before_writing(library):
    killed(library)
    assert held(library) == {}
    library.salvage()
    assert held(library) == dict(enumerate(PIECES))
    with library.changes():
        pass
    assert held(library) == dict(enumerate(PIECES))
    put_album(library, "46", lengths=(1000,))  # and nothing takes their cells
    assert held(library) == dict(enumerate(PIECES))


def test_without_that_they_go_as_ever(library):
    killed(library)
    with library.changes():
        pass
    library.salvage()
    assert held(library) == {}


def test_a_torn_cell_goes_and_a_bent_one_too(library):
    first = library.index.settings.next_cell()
    killed(library)
    with library.vault.cell_path(first).open("r+b") as cell:
        cell.truncate(5000)
    with library.vault.cell_path(first + 1).open("r+b") as cell:
        cell.seek(300_000)
        cell.write(b"bent")
    library.salvage()
    assert len(library.placements(DIGEST)) == 1
    assert not library.vault.cell_path(first).exists()
    assert not library.vault.cell_path(first + 1).exists()


def test_what_is_named_already_stays_where_it_is(library):
    killed(library)
    library.salvage()
    before = library.placements(DIGEST)
    cells = library.vault.length_on_disk()
    killed(library)
    library.salvage()
    assert library.placements(DIGEST) == before
    assert library.vault.length_on_disk() == cells


def test_cells_of_a_newer_index_are_left_alone(library):
    first = library.index.settings.next_cell()
    batch = library.vault.batch(first_cell=first)
    batch.add("rows/of/a/newer/index", b"{}")
    batch.flush()
    library.salvage()
    assert library.vault.cell_path(first).exists()
    assert held(library) == {}


def test_pieces_that_nobody_wants_go_with_the_next_album_that_goes(library):
    killed(library)
    library.salvage()
    assert DIGEST in library.index.shelf.unused_blobs()
