"""The overview that is kept for the next start: the same as one that is read, or none."""

from __future__ import annotations

import pytest

from magnitizdat.errors import MagError
from magnitizdat.library.index import browse as browse_module
from magnitizdat.library.index import kept_overview
from magnitizdat.library.index.browse import Browse
from magnitizdat.library.index.overview import read_overview
from tests.fakes_library import database_of, make_library, put_album


@pytest.fixture
def library(tmp_path):
    library = make_library(tmp_path / "library")
    put_album(library)
    put_album(library, "Группа крови", lengths=(400_000, 20))
    yield library
    library.close()


def test_what_is_kept_is_what_was_read(library):
    read = read_overview(database_of(library))
    kept_overview.keep(database_of(library), read, library.changed())
    assert kept_overview.kept(database_of(library), library.changed()) == read


def test_it_is_of_one_state_of_the_catalogue(library, monkeypatch):
    monkeypatch.setattr(browse_module, "_QUICK_S", -1.0)
    assert len(library.browse.overview().albums) == 2
    library.browse.keep()
    monkeypatch.setattr(browse_module, "read_overview", lambda _db: pytest.fail("it was kept"))
    assert len(Browse(database_of(library), library.changed).overview().albums) == 2
    monkeypatch.undo()
    put_album(library, "46")
    assert len(Browse(database_of(library), library.changed).overview().albums) == 3


@pytest.mark.parametrize("body", [b"", b"\xff", b"\x92\x01\x02"])
def test_nonsense_is_as_nothing(library, body):
    with library.index.transaction():
        database_of(library).set_meta(kept_overview.NAME, body)
    assert kept_overview.kept(database_of(library), library.changed()) is None


def test_what_was_read_quickly_is_not_worth_keeping(library):
    library.browse.overview()
    library.browse.keep()
    assert database_of(library).meta(kept_overview.NAME) is None


def test_a_library_that_takes_no_writes_says_so(library, monkeypatch):
    monkeypatch.setattr(browse_module, "_QUICK_S", -1.0)
    library.browse.overview()
    database_of(library).read_only = True
    with pytest.raises(MagError):
        library.browse.keep()
