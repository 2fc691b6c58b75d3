"""An index that fails says what failed: each number of the system has its own sentence, on every way to the medium."""

from __future__ import annotations

import errno
import os
import subprocess
import sys

import pytest

from magnitizdat.errors import LibraryError, MagError, NoSpaceError
from magnitizdat.library.library import Library, unlock
from tests.fakes import FaultyDisk
from tests.fakes_library import PASSPHRASE, database_of, make_library

SENTENCES = {
    errno.EIO: (LibraryError, "medium of the library fails"),
    errno.ENOSPC: (NoSpaceError, "disk of the library is full"),
    errno.EDQUOT: (NoSpaceError, "quota"),
    errno.EROFS: (LibraryError, "read-only medium"),
    errno.EACCES: (LibraryError, "may not be read or written"),
    errno.EPIPE: (LibraryError, os.strerror(errno.EPIPE)),
}


@pytest.fixture
def library(tmp_path):
    make_library(tmp_path / "library").close()
    return tmp_path / "library"


def operations_of(library: Library) -> list[str]:
    database_of(library).set_meta("planted", bytes(50_000))
    return [kind for kind, _ in library.disk.operations]


@pytest.mark.parametrize(("code", "expected"), SENTENCES.items(), ids=lambda each: errno.errorcode.get(each, ""))
def test_each_number_has_its_sentence_wherever_it_strikes(library, code, expected):
    kind, words = expected
    secrets = unlock(library, PASSPHRASE)
    with Library(library, secrets, disk=FaultyDisk(sqlite=True)) as undisturbed:
        count = len(operations_of(undisturbed))
    told = set()
    for number in range(1, count + 1):
        disk = FaultyDisk(fail_at=number, code=code, forever=True, sqlite=True)
        try:
            with Library(library, secrets, disk=disk) as opened:
                operations_of(opened)
        except MagError as exc:
            told.add((type(exc), str(exc)))
    assert len(told) == 1
    said = told.pop()
    assert said[0] is kind
    assert words in said[1]


@pytest.mark.debian
@pytest.mark.parametrize("code", [errno.EIO, errno.ENOSPC, errno.EDQUOT])
def test_the_system_itself_says_no(library, tmp_path, require_program, code):
    """Without a disk of ours between: what the kernel answers SQLite for the memory beside the index."""
    strace = require_program("strace")
    script = (
        "import sys, pathlib\nfrom magnitizdat.errors import MagError\n"
        "from magnitizdat.library.library import Library, unlock\nfolder = pathlib.Path(sys.argv[1])\n"
        "try: Library(folder, unlock(folder, sys.argv[2]))\nexcept MagError as exc: print(type(exc).__name__, exc)"
    )
    inject = f"inject=pwrite64,ftruncate,fallocate:error={errno.errorcode[code]}"
    traced = [strace, "-f", "-o", str(tmp_path / "trace"), "-P", str(library / "index.db-shm"), "-e", inject]
    done = subprocess.run(
        [*traced, sys.executable, "-c", script, str(library), PASSPHRASE], capture_output=True, text=True, check=True
    )
    kind, words = SENTENCES[code]
    assert done.stdout.startswith(kind.__name__)
    assert words in done.stdout


def test_an_index_that_may_not_be_read_is_not_told_as_a_lost_one(library, monkeypatch):
    from magnitizdat.library.index import database

    secrets = unlock(library, PASSPHRASE)
    monkeypatch.setattr(database, "why_not_opened", lambda _path: errno.EACCES)  # root may read everything
    (library / "index.db").rename(library / "elsewhere")
    with pytest.raises(LibraryError, match="change the permissions"):
        Library(library, secrets)
    monkeypatch.undo()
    with pytest.raises(LibraryError, match="doctor --rebuild"):
        Library(library, secrets)
