"""A library on a medium that takes no writes: everything reads, and each write says why it cannot be."""

from __future__ import annotations

import errno
import os

import apsw
import pytest

from magnitizdat.disk.disk import Disk
from magnitizdat.errors import LibraryError, NoSpaceError
from magnitizdat.library.index import database
from magnitizdat.library.index.database import Database
from magnitizdat.library.index.refusals import refusal
from magnitizdat.library.library import INDEX_NAME, Library
from magnitizdat.ops.keep.backup import backup
from tests.fakes_library import contents_of, database_of, make_library, put_album

SENTENCE = "read-only medium; copy it somewhere writable first, with `mag backup DEST`"


@pytest.fixture
def read_only(tmp_path, monkeypatch):
    """(the library opened where nothing may be written, an album, its bytes)"""
    with make_library(tmp_path / "ro ? 100%") as library:
        album, contents = put_album(library, lengths=(1_100_000, 10))
        secrets = library.secrets
    writable = os.access
    here = str(tmp_path / "ro ? 100%")
    monkeypatch.setattr(
        database.os,
        "access",
        lambda path, mode: not (mode == os.W_OK and str(path).startswith(here)) and writable(path, mode),
    )
    with Library(library.directory, secrets) as library:
        yield library, album, contents


def test_everything_reads(read_only):
    library, album, contents = read_only
    assert contents_of(library, album)[: len(contents)] == contents
    assert [view.title for view in library.shelf.albums()] == ["45"]
    assert library.index.is_sound()
    assert {path.name for path in library.directory.glob("index*")} == {INDEX_NAME}


@pytest.mark.parametrize(
    "write",
    [
        lambda library: put_album(library, "New", lengths=(10,)),
        lambda library: library.rewrap("other words", work_factor=1),
        lambda library: library.set_job("a", "b", b"c"),
        lambda library: database_of(library).set_meta("a", 1),
        lambda library: library.sweep(),
    ],
)
def test_every_write_says_so(read_only, write):
    library, album, contents = read_only
    with pytest.raises(LibraryError, match=SENTENCE):
        write(library)
    assert contents_of(library, album)[: len(contents)] == contents


def test_changes_that_wait_in_the_journal_are_read_or_refused_but_never_passed_over(tmp_path):
    with make_library(tmp_path / "library") as library:
        put_album(library, lengths=(10,))
        path, key = library.directory / INDEX_NAME, library.secrets.database_key
        beside = Database(path, key, read_only=True)
        assert beside.one("SELECT count(*) FROM album") == (1,)
        beside.close()


def test_what_the_sentence_advises_works(read_only, tmp_path):
    library, album, contents = read_only
    backup(library, tmp_path / "elsewhere", disk=Disk(private=True))
    with Library(tmp_path / "elsewhere", library.secrets) as copy:
        assert contents_of(copy, album)[: len(contents)] == contents
        put_album(copy, "New", lengths=(10,))


@pytest.mark.parametrize(
    ("code", "kind", "words"),
    [
        (errno.ENOSPC, NoSpaceError, "disk of the library is full"),
        (errno.EDQUOT, NoSpaceError, "quota"),
        (errno.EIO, LibraryError, "medium of the library fails"),
    ],
)
def test_no_room_for_the_memory_beside_the_index(code, kind, words):
    """SQLite calls all of them an input/output error; `mag doctor` would find nothing."""
    said = refusal(apsw.exception_for(apsw.SQLITE_IOERR_SHMSIZE), code)
    assert isinstance(said, kind)
    assert words in str(said)
