"""The folder of a reel: which files lie in it, which of them are sealed, and the letters beside them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from magnitizdat.disk.reading import REFUSED, FileReader
from magnitizdat.errors import NotFoundError, SourceError
from magnitizdat.formats import budgets
from magnitizdat.model import ReadAt
from magnitizdat.reel.layout import POST_FOLDER, is_named_as_sealed
from magnitizdat.sentence import say

AGE_MAGIC = b"age-encryption.org/v1\n"


class FolderFile(NamedTuple):
    """A regular file in the folder of a reel: `path` from there, with forward slashes."""

    path: str
    length: int


def survey(folder: Path) -> list[FolderFile]:
    """Regular files of a reel's folder and its subfolders, sorted; letters, links and hidden files left out.

    Raises: NotFoundError if it is not there, SourceError if it cannot be listed or holds too many.
    """
    found: list[FolderFile] = []
    try:
        _add_files(found, folder, "")
        for entry in sorted(os.scandir(folder), key=lambda each: each.name):
            hidden = entry.name.startswith(".") or entry.name == POST_FOLDER
            if entry.is_dir(follow_symlinks=False) and not hidden:
                _add_files(found, Path(entry.path), f"{entry.name}/")
    except FileNotFoundError as exc:
        raise NotFoundError(
            say("{folder} cannot be read: it is not there; check the path, or plug the stick in", folder=folder)
        ) from exc
    except NotADirectoryError as exc:
        raise SourceError(
            say("{folder} is not a folder; name the folder that the reel lies in", folder=folder)
        ) from exc
    except OSError as exc:
        raise SourceError(
            say("{folder} cannot be read; plug it in again and repeat the command", folder=folder)
        ) from exc
    return sorted(found)


def _add_files(found: list[FolderFile], folder: Path, prefix: str) -> None:
    """Raises: OverBudgetError before there are many more than a reel has."""
    found.extend(islice(_files(folder, prefix), budgets.REEL_FILES.most + 1 - len(found)))
    budgets.REEL_FILES.check(len(found))


def _files(folder: Path, prefix: str) -> Iterator[FolderFile]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_file(follow_symlinks=False) and not entry.name.startswith("."):
                yield FolderFile(prefix + entry.name, entry.stat(follow_symlinks=False).st_size)


def letters(folder: Path) -> list[FolderFile]:
    """Sealed files in the folder for letters; none where it cannot be listed."""
    try:
        found = sorted(_files(folder / POST_FOLDER, f"{POST_FOLDER}/"))
    except OSError:
        return []
    return [each for each in found if is_sealed(folder / each.path)]


def is_sealed(path: Path) -> bool:
    """Whether a file is sealed, by its name or its beginning."""
    if is_named_as_sealed(path.name):
        return True
    try:
        with FileReader(path) as reader:
            return begins_as_age(reader)
    except REFUSED:
        return False


def begins_as_age(source: ReadAt) -> bool:
    """Whether the first line is that of a sealed file. Raises: OSError."""
    return source.read_at(0, len(AGE_MAGIC)) == AGE_MAGIC
