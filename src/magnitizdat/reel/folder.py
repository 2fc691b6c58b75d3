"""The folder of a reel, or the one file: which files lie in it, which of them are sealed, and the letters beside."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from magnitizdat.disk.reading import REFUSED
from magnitizdat.errors import NotFoundError, SourceError
from magnitizdat.formats import budgets
from magnitizdat.model import ReadAt
from magnitizdat.reel.layout import PARITY_SUFFIX, POST_FOLDER, is_named_as_sealed
from magnitizdat.reel.one_file import FoundFiles, TableOf, first_of, reader_of, table_of
from magnitizdat.reel.par2_packets import HEADER_LENGTH
from magnitizdat.reel.paths import is_parity_name, is_segment_name
from magnitizdat.sentence import say

AGE_MAGIC = b"age-encryption.org/v1\n"
LEAST_SEALED = 180
"""Bytes of an age file of nothing, for words; whatever is shorter is none, and not worth a file of its own."""


class FolderFile(NamedTuple):
    """A regular file in the folder of a reel: `path` from there, with forward slashes."""

    path: str
    length: int


def survey(folder: Path) -> list[FolderFile]:
    """Regular files of a reel's folder and its subfolders, sorted; letters, links and hidden files left out.

    Of a reel as one file the same, or, where its archive is broken, what is left of it.

    Raises: NotFoundError if it is not there, SourceError if it cannot be listed or holds too many.
    """
    found: list[FolderFile] = []
    try:
        if folder.is_file():
            return sorted(each for each in _files_of(table_of(folder)) if not _is_post(each.path))
        _add_files(found, folder, "")
        for name in parts_of(folder):
            _add_files(found, folder / name, f"{name}/")
    except FileNotFoundError as exc:
        raise NotFoundError(
            say("{folder} cannot be read: it is not there; check the path, or plug the stick in", folder=folder)
        ) from exc
    except NotADirectoryError as exc:
        raise SourceError(
            say("{folder} is not a folder; name the folder that the reel lies in, or its one file", folder=folder)
        ) from exc
    except OSError as exc:
        raise SourceError(
            say("{folder} cannot be read; plug it in again and repeat the command", folder=folder)
        ) from exc
    return sorted(found)


def parts_of(folder: Path) -> list[str]:
    """Subfolders whose files are of the reel of a folder; where that has spare parts itself, another reel's are not.

    Raises: OSError.
    """
    with os.scandir(folder) as entries:
        found = sorted(each.name for each in entries if each.is_dir(follow_symlinks=False))
    names = [each for each in found if not each.startswith(".") and each != POST_FOLDER]
    if not names or not _is_complete_alone(folder):
        return names
    return [each for each in names if not _is_complete_alone(folder / each)]


def _is_complete_alone(folder: Path) -> bool:
    """Whether segments lie there beside spare parts, as those of no reel do that lies in subfolders, but of each."""
    names = [each.path.lower() for each in islice(_files(folder, ""), budgets.REEL_FILES.most)]
    return any(map(is_segment_name, names)) and any(map(is_parity_name, names))


def glance(file: Path) -> list[FolderFile]:
    """Of a reel as one file what `survey` says; where its archive is broken only what is near its beginning.

    Raises: SourceError, OSError.
    """
    return sorted(each for each in _files_of(first_of(file)) if not _is_post(each.path))


def _files_of(found: FoundFiles) -> list[FolderFile]:
    """Of what lies more deeply than a reel does, nothing."""
    return [FolderFile(each.name, each.length) for each in found.members.values() if each.name.count("/") <= 1]


def _is_post(path: str) -> bool:
    return path.startswith(f"{POST_FOLDER}/")


def _add_files(found: list[FolderFile], folder: Path, prefix: str) -> None:
    """Raises: OverBudgetError before there are many more than a reel has."""
    found.extend(islice(_files(folder, prefix), budgets.REEL_FILES.most + 1 - len(found)))
    budgets.REEL_FILES.check(len(found))


def _files(folder: Path, prefix: str) -> Iterator[FolderFile]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_file(follow_symlinks=False) and not entry.name.startswith("."):
                yield FolderFile(prefix + entry.name, entry.stat(follow_symlinks=False).st_size)


def letters(folder: Path, *, table: TableOf = table_of) -> list[FolderFile]:
    """Sealed files in the folder for letters; none where it cannot be listed."""
    try:
        if folder.is_file():
            found = sorted(each for each in _files_of(table(folder)) if _is_post(each.path))
        else:
            found = sorted(_files(folder / POST_FOLDER, f"{POST_FOLDER}/"))
    except REFUSED:
        return []
    return [each for each in found if is_sealed(folder / each.path, table=table)]


def is_sealed(path: Path, *, table: TableOf = table_of) -> bool:
    """Whether a file is sealed, by its name or its beginning."""
    if is_named_as_sealed(path.name):
        return True
    try:
        with reader_of(path, table=table) as reader:
            return begins_as_age(reader)
    except REFUSED:
        return False


def is_long_enough(file: FolderFile) -> bool:
    """Whether something of a reel can be in it."""
    return file.length >= (HEADER_LENGTH if file.path.lower().endswith(PARITY_SUFFIX) else LEAST_SEALED)


def begins_as_age(source: ReadAt) -> bool:
    """Whether the first line is that of a sealed file. Raises: OSError."""
    return source.read_at(0, len(AGE_MAGIC)) == AGE_MAGIC
