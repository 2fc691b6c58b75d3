"""An index of an older version becomes one of this version when it is opened; one from the future does not."""

from __future__ import annotations

import pytest

from magnitizdat.errors import LibraryError
from magnitizdat.library.database import SCHEMA_VERSION
from magnitizdat.library.library import Library, unlock
from tests.fakes_library import PASSPHRASE, contents_of, make_library, put_album


def age_the_index(directory, version, *statements):
    with Library(directory, unlock(directory, PASSPHRASE)) as library:
        for statement in (*statements, f"PRAGMA user_version = {version}"):
            library.db.run(statement)


def test_an_index_of_version_1_is_taken_over(tmp_path):
    with make_library(tmp_path / "library") as library:
        album, contents = put_album(library, lengths=(1000, 20))
    age_the_index(tmp_path / "library", 1, "ALTER TABLE track DROP COLUMN small")
    for _ in range(2):
        with Library(tmp_path / "library", unlock(tmp_path / "library", PASSPHRASE)) as library:
            view = library.shelf.album(album)
            assert view is not None
            assert (view.complete, view.small, view.tracks) == (True, 0, 2)
            assert contents_of(library, album) == contents
            put_album(library, "More", lengths=(10,))


def test_an_index_of_a_newer_mag_is_let_be(tmp_path):
    make_library(tmp_path / "library").close()
    age_the_index(tmp_path / "library", SCHEMA_VERSION + 1)
    with pytest.raises(LibraryError, match="version"):
        Library(tmp_path / "library", unlock(tmp_path / "library", PASSPHRASE))
