"""Reading a spool wherever it lies: a folder, a stick, the inside of a reel, a bucket; `http` has those of the web.

All of them answer the same three questions, so that `dub` is written once. "Not there" (NotFoundError) and "did not
answer" (UnreachableError) never mix.
"""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from magnitizdat.errors import DamagedError, NotFoundError, SourceError, UnreachableError
from magnitizdat.formats import budgets
from magnitizdat.formats.spool_index import Hints
from magnitizdat.formats.spool_index import hints as read_hints
from magnitizdat.formats.spool_paths import INDEX_PATH, parse_label_file
from magnitizdat.sentence import say

MAX_INDEX_LENGTH = budgets.LABEL_LIST.most
"""Bytes of `labels/index.json` that we look at."""
_NO_NAMES = {errno.ENAMETOOLONG, errno.EINVAL, errno.EILSEQ, errno.ELOOP}
"""How file systems say that they can have no file of such a name."""


def at_most(data: bytes, max_length: int) -> bytes:
    """What is no longer than it may be. Raises: DamagedError."""
    if len(data) > max_length:
        raise DamagedError(say("a file of the source is longer than it may be; it was left out"))
    return data


class Spool(Protocol):
    """A place that shows the one tree."""

    abreast: int = 2
    """Questions that it is best asked at a time."""

    def labels(self) -> list[str]:
        """Imprints of the labels that it says it has, sorted. A hint: nothing here is believed."""
        ...

    def index(self) -> bytes:
        """Its `labels/index.json`. Raises: as `fetch`."""
        return self.fetch(INDEX_PATH, MAX_INDEX_LENGTH)

    def hints(self) -> Hints:
        """What need not be asked for. Where asking costs nothing nothing is said: its list may be older than it is."""
        return {}

    def fetch(self, path: str, max_length: int) -> bytes:
        """A whole small file.

        Raises: NotFoundError, UnreachableError, DamagedError if it is longer than `max_length` bytes.
        """
        return at_most(self.fetch_range(path, 0, max_length + 1), max_length)

    def fetch_range(self, path: str, offset: int, length: int) -> bytes:
        """Bytes of a blob; fewer than `length` where it ends.

        Raises: NotFoundError, UnreachableError, DamagedError.
        """
        ...

    def fetch_piece(self, path: str, offset: int, length: int, digest: str) -> bytes:
        """A piece of a blob, as it lies there. By what was signed of it (`digest`) several sources are told apart.

        Raises: as `fetch_range`.
        """
        del digest
        return self.fetch_range(path, offset, length)

    def hang_up(self) -> None:
        """Somebody stopped us: what is on its way fails soon, and nothing more is asked. From any thread."""
        return

    def close(self) -> None:
        """Let go of connections."""
        ...


def _checked_imprints(names: Iterable[str]) -> list[str]:
    """Imprints alone, and hardly more than are looked at: a name with a path behind it is none."""
    imprints = (name for name in names if parse_label_file(f"labels/{name}/-") == (name, "-"))
    return sorted({*islice(imprints, budgets.LABELS.most + 1)})


def read_labels(index: bytes) -> list[str]:
    """What a `labels/index.json` lists. Raises: DamagedError."""
    try:
        return _checked_imprints([str(entry["imprint"]) for entry in json.loads(index)["labels"]])
    except (ValueError, KeyError, TypeError, RecursionError) as exc:
        raise DamagedError(say("its list of labels cannot be read; ask for another copy")) from exc


class FarSpool(Spool):
    """A spool that is asked over a net, where each question takes time: what its list says spares some."""

    abreast = 4
    _index: bytes | None = None

    def index(self) -> bytes:
        """Asked for once."""
        if self._index is None:
            self._index = super().index()
        return self._index

    def hints(self) -> Hints:
        """What its list says; nothing where there is none."""
        try:
            return read_hints(self.index())
        except UnreachableError:
            raise
        except SourceError:
            return {}


class FsspecSpool(Spool):
    """A spool on any fsspec file system, `root` being the folder that holds `labels/` and `blobs/`."""

    gone = say("the source stopped answering; plug it in again and repeat the command")
    """Said where it cannot be read."""

    def __init__(self, filesystem: Any, root: str = "") -> None:
        self._filesystem = filesystem
        self._root = root.rstrip("/") + "/" if root else ""

    def labels(self) -> list[str]:
        """Folders under `labels/`."""
        try:
            found = self._filesystem.ls(f"{self._root}labels", detail=False)
        except (FileNotFoundError, NotADirectoryError):
            return []
        except SourceError:
            raise
        except Exception as exc:
            raise UnreachableError(self.gone) from exc
        return _checked_imprints([str(name).rstrip("/").rsplit("/", 1)[-1] for name in found])

    def fetch_range(self, path: str, offset: int, length: int) -> bytes:
        """Bytes of a file."""
        full = self._root + path
        try:
            return bytes(self._filesystem.cat_file(full, start=offset, end=offset + length))
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as exc:
            raise NotFoundError(say("the source does not have this file")) from exc
        except SourceError:
            raise
        except Exception as exc:  # libraries of others say in their own ways that a place did not answer
            if isinstance(exc, OSError) and exc.errno == errno.EINVAL:  # how s3fs says what HTTP calls 416
                return b""
            raise UnreachableError(self.gone) from exc

    def close(self) -> None:
        """Nothing to let go of."""


class FolderSpool(Spool):
    """A spool in a local folder. Links are not followed out of it, pipes are not waited for."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def labels(self) -> list[str]:
        """Folders under `labels/`."""
        try:
            with os.scandir(self._directory / "labels") as entries:
                return _checked_imprints(entry.name for entry in entries)
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as exc:
            raise UnreachableError(
                say("the source stopped answering; plug it in again and repeat the command")
            ) from exc

    def file_at(self, path: str) -> Path:
        """Where a file of the spool lies. Raises: SourceError."""
        return self._directory / path

    def fetch_range(self, path: str, offset: int, length: int) -> bytes:
        """Bytes of a file."""
        from magnitizdat.disk.reading import FileReader

        try:
            with FileReader(self.file_at(path)) as reader:
                return reader.read_at(offset, length)
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as exc:
            raise NotFoundError(say("the source does not have this file")) from exc
        except OSError as exc:
            if exc.errno in _NO_NAMES:
                raise NotFoundError(say("the source does not have this file")) from exc
            if exc.errno == errno.EIO and any(self._directory.iterdir()):
                raise DamagedError(say("a part of the source cannot be read; dub it from another copy")) from exc
            raise UnreachableError(say("the source could not be read here; plug it in again and repeat")) from exc

    def close(self) -> None:
        """Nothing to let go of."""
