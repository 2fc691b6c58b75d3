"""A reel as one file: a stored ZIP of what would lie in its folder, for ways that take one file and not sixty.

Its paths go on within the file: `k3f9a2qz.zip/556x4fnq.age`. Who opens the reel reads the ZIP as strictly as every
other; who checks it, mends it or carries it on without a key takes what is left of a broken one too, since spare parts
say what is whole.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from magnitizdat.disk.reading import REFUSED, FileReader, Portion
from magnitizdat.errors import DamagedError, NotFoundError, SourceError
from magnitizdat.formats import budgets, zip_store
from magnitizdat.formats.zip_salvage import salvage_table
from magnitizdat.formats.zip_store import Member
from magnitizdat.reel.layout import FOLDER_FILES
from magnitizdat.reel.paths import is_parity_name, is_segment_name
from magnitizdat.sentence import advice, say

SUFFIX = ".zip"
_DEPTH = 2
"""Folders that a path within the file may have."""
_FIRST_LENGTH = 256
_ZIP = b"PK\x03\x04"
_KINDS = re.compile(rb"age-encryption\.org/v1\n|PAR2\x00PKT")


class FoundFiles(NamedTuple):
    """What lies in a reel as one file, by path; `is_strict`: the archive around it is as it was written."""

    members: dict[str, Member]
    is_strict: bool


def is_one_file(path: Path) -> bool:
    """Whether a file looks like a reel as one, by its beginning alone."""
    try:
        with FileReader(path) as source:
            beginning = source.read_at(0, _FIRST_LENGTH)
    except REFUSED:
        return False
    first = zip_store.member_at(beginning, 0)
    return first is not None and is_of_reel(first.name) and _KINDS.match(beginning, first.offset) is not None


def is_of_reel(path: str) -> bool:
    """Whether something of a reel may lie there, by its name."""
    name = path.rpartition("/")[2]
    return is_segment_name(name) or is_parity_name(name)


def holds_reel(path: Path) -> bool:
    """Whether anything of a reel is in a file, be it broken: all of it is looked through."""
    try:
        table_of(path)
    except budgets.OverBudgetError:
        return True
    except REFUSED:
        return False
    return True


def files_in(folder: Path) -> list[Path]:
    """Reels as one file that lie in a folder, by their suffix and beginning; none where it cannot be listed."""
    try:
        found = sorted(each for each in folder.iterdir() if each.suffix.lower() == SUFFIX and each.name[:1] != ".")
    except OSError:
        return []
    return [each for each in found[:FOLDER_FILES] if not each.is_symlink() and is_one_file(each)]


def table_of(path: Path, *, strict: bool = False) -> FoundFiles:
    """What lies in a reel as one file; of a broken archive what can be found, unless `strict`.

    Raises: SourceError where nothing of a reel is in it, DamagedError where it is `strict` and the archive is broken,
    OverBudgetError for more members than any honest reel of its length has, OSError.
    """
    said = path.stat()
    found = _read(path, said.st_size, said.st_mtime_ns, said.st_ino)
    if strict and not found.is_strict:
        raise DamagedError(
            advice(
                terminal=say(
                    "the file {name} breaks off or is damaged; ask for it again, or `mag reel mend` takes what is whole"
                    " into a folder, from which `mag dub` takes it",
                    name=path.name,
                ),
                page=say(
                    "the file {name} breaks off or is damaged; ask for it again, or mend it and take from the folder"
                    " that comes of that",
                    name=path.name,
                ),
            )
        )
    return found


def is_broken(path: Path) -> bool:
    """Whether it is a reel as one file whose archive is not as it was written. Raises: as `table_of`."""
    return path.is_file() and not table_of(path).is_strict


@lru_cache(maxsize=8)
def _read(path: Path, _length: int, _changed_ns: int, _number: int) -> FoundFiles:
    """Of a file that stays as it is; raises as `table_of`."""
    with FileReader(path) as source:
        is_zip = source.read_at(0, len(_ZIP)) == _ZIP
        most = min(budgets.ZIP_MEMBERS.allowed(source.length), budgets.REEL_FILES.most)
        try:
            members = zip_store.read_table(source, max_members=most)
            for member in members:
                zip_store.check_local(source, member)
            is_strict = True
        except budgets.OverBudgetError:
            raise
        except (DamagedError, OSError):
            members, is_strict = salvage_table(source, max_members=most), False
    if not any(is_of_reel(each.name) for each in members):
        if is_zip:  # perhaps one that somebody packed again
            raise SourceError(
                say(
                    "{path} is no reel as one file; take it apart with any ZIP program, then name the folder that comes"
                    " of it",
                    path=path,
                )
            )
        raise SourceError(
            say("{path} is no reel as one file; name the folder that holds a reel, or its file", path=path)
        )
    return FoundFiles({each.name: each for each in members}, is_strict)


def reader_of(path: Path, *, keep_open: bool = True) -> FileReader:
    """A file of a reel, in its folder or in the one file. Raises: as `FileReader`."""
    try:
        return FileReader(path, keep_open=keep_open)
    except NotFoundError:
        archive = one_file_above(path)
        if archive is None:
            raise
        member = table_of(archive).members.get(path.relative_to(archive).as_posix())
        if member is None:
            raise
        return FileReader(archive, keep_open=keep_open, part=Portion(path, member.offset, member.length))


def one_file_above(path: Path) -> Path | None:
    """The file that a path leads into, if it does."""
    for above in list(path.parents)[:_DEPTH]:
        if above.is_file():
            return above
        if above.exists():
            return None
    return None
