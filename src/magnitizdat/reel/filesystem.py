"""The spool inside a reel as a read-only fsspec file system. The one home of `fsspec` in this package."""

from __future__ import annotations

import errno
import os
from typing import Any, NoReturn

from fsspec import AbstractFileSystem
from fsspec.spec import AbstractBufferedFile

from magnitizdat.reel.opening import OpenReel, Unreadable

__all__ = ["ReelFile", "ReelFileSystem"]


class ReelFileSystem(AbstractFileSystem):  # type: ignore[misc]  # fsspec is untyped
    """Reads an opened reel; every method that would change something raises OSError (EROFS).

    Instances are never cached, pickled, or turned into options: they hold keys. Safe in several threads.
    """

    protocol = "reel"
    cachable = False
    root_marker = ""

    def __init__(self, reel: OpenReel) -> None:
        super().__init__(use_listings_cache=False)
        self._reel = reel
        self._folders: dict[str, list[str]] = {"": []}
        for path in sorted(reel.paths()):
            self._enter(path)

    def _enter(self, path: str) -> None:
        folder = self._parent(path)
        if folder not in self._folders:
            self._folders[folder] = []
            self._enter(folder)
        self._folders[folder].append(path)

    @property
    def unreadable(self) -> list[Unreadable]:
        """Segments that did not open, with a reason each."""
        return self._reel.unreadable

    def is_whole(self, path: str) -> bool:
        """Whether no piece of a file is known to be missing."""
        return self._reel.is_whole(self._strip_protocol(path))

    @classmethod
    def _parent(cls, path: str) -> str:
        return path.rpartition("/")[0]

    @classmethod
    def _strip_protocol(cls, path: Any) -> Any:
        if isinstance(path, list):
            return [cls._strip_protocol(each) for each in path]
        return os.fspath(path).removeprefix("reel://").strip("/")

    def info(self, path: str, **_options: Any) -> dict[str, Any]:
        """Name, size and type. Raises: FileNotFoundError."""
        path = self._strip_protocol(path)
        if path in self._folders:
            return {"name": path, "size": 0, "type": "directory"}
        try:
            return {"name": path, "size": self._reel.length(path), "type": "file"}
        except FileNotFoundError:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path) from None

    def ls(self, path: str, detail: bool = True, **_options: Any) -> list[Any]:  # noqa: FBT001, FBT002 - fsspec's
        """Entries of a folder, or the one file. Raises: FileNotFoundError."""
        path = self._strip_protocol(path)
        names = self._folders.get(path)
        entries = [self.info(path)] if names is None else [self.info(name) for name in names]
        return entries if detail else [entry["name"] for entry in entries]

    def cat_file(self, path: str, start: int | None = None, end: int | None = None, **_options: Any) -> bytes:
        """Bytes `start:end` of a file, negative ones counted from its end.

        Raises: FileNotFoundError, IsADirectoryError, DamagedError.
        """
        size = self._size_of_file(path)
        first, last, _ = slice(start, end).indices(size)
        return self._reel.read(self._strip_protocol(path), first, last)

    def _size_of_file(self, path: str) -> int:
        entry = self.info(path)
        if entry["type"] == "directory":
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), entry["name"])
        return int(entry["size"])

    def _open(self, path: str, mode: str = "rb", block_size: Any = None, **options: Any) -> ReelFile:
        if mode != "rb":
            self._refuse()
        self._size_of_file(path)
        cache = options.pop("cache_options", None)
        return ReelFile(self, path, mode, block_size or "default", cache_options=cache, **options)

    def open(self, path: str, mode: str = "rb", *arguments: Any, **options: Any) -> Any:
        """A file to read. Raises: OSError (EROFS) for every other mode."""
        if set(mode) - set("rbt"):
            self._refuse()
        return super().open(path, mode, *arguments, **options)

    def created(self, path: str) -> NoReturn:
        """A reel keeps no dates. Raises: NotImplementedError."""
        raise NotImplementedError("a reel keeps no dates")

    modified = created

    def _refuse(self, *_arguments: Any, **_options: Any) -> NoReturn:
        raise OSError(errno.EROFS, "a reel cannot be changed; cut a new one")

    mkdir = makedirs = makedir = mkdirs = rmdir = _refuse
    rm = rm_file = _rm = delete = _refuse
    cp_file = copy = cp = mv = move = rename = _refuse
    pipe = pipe_file = put = put_file = upload = _refuse
    touch = write_text = write_bytes = _refuse
    start_transaction = end_transaction = _refuse
    transaction = property(_refuse)

    def _keep_secret(self, *_arguments: Any, **_options: Any) -> NoReturn:
        raise TypeError("an open reel holds keys and is not written down")

    __reduce__ = __reduce_ex__ = to_json = to_dict = _keep_secret

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)


class ReelFile(AbstractBufferedFile):  # type: ignore[misc]  # fsspec is untyped
    """A file of a reel, opened for reading."""

    def _fetch_range(self, start: int, end: int) -> bytes:
        return bytes(self.fs.cat_file(self.path, start=start, end=end))

    def __reduce__(self) -> NoReturn:
        raise TypeError("an open reel holds keys and is not pickled")
