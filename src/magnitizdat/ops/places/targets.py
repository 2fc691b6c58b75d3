"""Places that a tree of files is written to: a folder, or what fsspec reaches. A file is there whole, or not at all.

"Not there" and "did not answer" never mix: taken for absent, what others listed there would be lost. One of the homes
of `fsspec` outside `reel`.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, ClassVar, NamedTuple, Protocol

from magnitizdat import program
from magnitizdat.disk.disk import Disk
from magnitizdat.disk.reading import FileReader
from magnitizdat.errors import NotFoundError, SourceError, TargetError, UsageError
from magnitizdat.formats import budgets
from magnitizdat.ops.places.schemes import refuse_password, scheme_of
from magnitizdat.sentence import say
from magnitizdat.ways import AGAIN

_SMALL = budgets.LABEL_LIST.most
_FORGETFUL = {"memory"}
"""Schemes of what is gone with this program."""


class Content(NamedTuple):
    """A file to be: its bytes, and as often as they are wanted their parts."""

    length: int
    parts: Callable[[], Iterator[bytes]]


def content_of(data: bytes) -> Content:
    """A small file."""
    return Content(len(data), lambda: iter([data]))


class Seen(NamedTuple):
    """What a place had as a small file when it was read, None where it had none; `tag` is its own name for that."""

    content: bytes | None
    tag: str = ""


class TreeTarget(Protocol):
    """A place to write a tree."""

    is_near: ClassVar[bool] = False
    """Whether a question costs nothing."""

    @property
    def lanes(self) -> int:
        """How many files it takes at a time."""
        return 1

    def length_of(self, path: str) -> int | None:
        """Bytes of a file that is there, or None. Raises: TargetError where the place does not answer."""
        ...

    def read(self, path: str, most: int = _SMALL) -> Seen:
        """At most so many bytes of a small file. Raises: TargetError where the place does not answer."""
        ...

    def write(self, path: str, content: Content) -> None:
        """Write a whole file, or none of it. Raises: TargetError, and what `content` raises."""
        ...

    def replace(self, path: str, content: bytes, seen: Seen) -> Seen | None:
        """Write a small file in the place of what was seen there; None where that is another one by now."""
        if self.read(path, len(seen.content or b"") + 1).content != seen.content:
            return None
        self.write(path, content_of(content))
        return Seen(content)

    def lengths(self, prefix: str) -> Iterator[tuple[str, int]]:
        """Path and bytes of all that lies below a folder of the tree. Raises: TargetError."""
        ...

    def finish(self) -> None:
        """Make all durable."""
        ...


class FolderTarget(TreeTarget):
    """A local folder: drafts get their name when they are whole."""

    is_near = True

    def __init__(self, directory: Path, *, disk: Disk) -> None:
        self._directory = directory
        self._disk = disk
        disk.confine(directory)

    def length_of(self, path: str) -> int | None:
        """Bytes of a file that is there, or None."""
        found = self._directory / path
        self._disk.refuse_link(found.parent)
        try:
            status = found.lstat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as exc:
            raise unread(path) from exc
        return status.st_size if stat.S_ISREG(status.st_mode) else None

    def read(self, path: str, most: int = _SMALL) -> Seen:
        """At most so many bytes of a small file."""
        try:
            with FileReader(self._directory / path) as reader:
                return Seen(reader.read_at(0, most))
        except NotFoundError:
            return Seen(None)
        except (OSError, SourceError) as exc:
            raise unread(path) from exc

    def write(self, path: str, content: Content) -> None:
        """Write a whole file, or none of it."""
        target = self._directory / path
        self._disk.mkdir(target.parent)
        draft = target.with_name(f"{target.name[:60]}.new")
        self._disk.remove(draft)
        self._disk.write_new(draft, content.parts())
        if path.startswith("blobs/"):
            self._disk.flush()  # its length will be taken for the whole of it: never a name before the bytes
        self._disk.rename(draft, target)

    def lengths(self, prefix: str) -> Iterator[tuple[str, int]]:
        """Path and bytes of all that lies below; links are not followed."""

        def fail(exc: OSError) -> None:
            if not isinstance(exc, FileNotFoundError):
                raise unread(prefix) from exc

        for folder, _, names in os.walk(self._directory / prefix, onerror=fail):
            within = Path(folder).relative_to(self._directory)
            for name in names:
                path = (within / name).as_posix()
                length = self.length_of(path)
                if length is not None:
                    yield path, length

    def finish(self) -> None:
        """Make all durable."""
        self._disk.flush()


class FsspecTarget(TreeTarget):
    """Anything that fsspec writes to: WebDAV, SFTP, …; a file appears there when it is closed."""

    def __init__(self, filesystem: Any, root: str) -> None:
        self._filesystem = filesystem
        self._root = root.rstrip("/") + "/" if root else ""

    def length_of(self, path: str) -> int | None:
        """Bytes of a file that is there, or None."""
        try:
            return int(self._filesystem.info(self._root + path)["size"])
        except (FileNotFoundError, NotADirectoryError, KeyError, TypeError):
            return None
        except Exception as exc:
            raise unread(path) from exc  # libraries of others say in their own ways that a place did not answer

    def read(self, path: str, most: int = _SMALL) -> Seen:
        """At most so many bytes of a small file."""
        try:
            return Seen(bytes(self._filesystem.cat_file(self._root + path, start=0, end=most)))
        except (FileNotFoundError, NotADirectoryError):
            return Seen(None)
        except Exception as exc:
            raise unread(path) from exc

    def write(self, path: str, content: Content) -> None:
        """Write a whole file, or none of it."""
        full = self._root + path
        with _writing():
            self._filesystem.makedirs(full.rsplit("/", 1)[0], exist_ok=True)
            file, place = self._begin(full)
        try:
            for part in content.parts():
                with _writing():
                    file.write(part)
            with _writing():
                file.close()
                if place != full:
                    self._filesystem.mv(place, full)
        except BaseException:
            self._take_back(file, place)
            raise

    def _begin(self, full: str) -> tuple[Any, str]:
        """What to write to, and where that lies until it is whole: in a bucket nothing lies there before the end."""
        draft = f"{full}.new"
        file = self._filesystem.open(draft, "wb")
        if not _is_upload(file):
            return file, draft
        _forget(file)
        return self._filesystem.open(full, "wb"), full

    def _take_back(self, file: Any, place: str) -> None:
        """Closing half a file would put it there: buckets forget its parts, elsewhere what was begun is removed."""
        with suppress(Exception):
            if _is_upload(file):
                _forget(file)
            else:
                file.close()
        if not _is_upload(file):
            with suppress(Exception):
                self._filesystem.rm_file(place)

    def lengths(self, prefix: str) -> Iterator[tuple[str, int]]:
        """Path and bytes of all that lies below."""
        try:
            found = self._filesystem.find(self._root + prefix, detail=True)
        except (FileNotFoundError, NotADirectoryError):
            return
        except Exception as exc:
            raise unread(prefix) from exc
        for path, about in found.items():
            yield path.lstrip("/").removeprefix(self._root.lstrip("/")), int(about.get("size") or 0)

    def finish(self) -> None:
        """Nothing more to do: each file was whole when it was closed."""


class ListedTarget(TreeTarget):
    """A place of which a list was taken: a question costs nothing, so everything is looked at, as in a folder."""

    is_near = True

    def __init__(self, target: TreeTarget, lengths: Mapping[str, int]) -> None:
        self._target = target
        self._lengths = lengths

    @property
    def lanes(self) -> int:
        """How many files it takes at a time."""
        return self._target.lanes

    def length_of(self, path: str) -> int | None:
        """Bytes of a file that is there, or None."""
        return self._lengths.get(path)

    def read(self, path: str, most: int = _SMALL) -> Seen:
        """At most so many bytes of a small file."""
        return self._target.read(path, most)

    def write(self, path: str, content: Content) -> None:
        """Write a whole file, or none of it."""
        self._target.write(path, content)

    def replace(self, path: str, content: bytes, seen: Seen) -> Seen | None:
        """Write a small file in the place of what was seen there; None where that is another one by now."""
        return self._target.replace(path, content, seen)

    def lengths(self, prefix: str) -> Iterator[tuple[str, int]]:
        """Path and bytes of all that lies below."""
        return self._target.lengths(prefix)

    def finish(self) -> None:
        """Make all durable."""
        self._target.finish()


def listed(target: TreeTarget) -> TreeTarget:
    """The same place, with a list of its blobs. Raises: TargetError."""
    return target if target.is_near else ListedTarget(target, dict(target.lengths("blobs")))


def _is_upload(file: Any) -> bool:
    """Whether it is there when it is closed, and not before."""
    from fsspec.spec import AbstractBufferedFile

    return isinstance(file, AbstractBufferedFile)


def _forget(file: Any) -> None:
    file.closed = True  # else its end, or that of the program, closes it
    file.discard()


@contextmanager
def _writing() -> Iterator[None]:
    """Raises: TargetError, whatever the library of a place raises."""
    try:
        yield
    except Exception as exc:
        raise unwritten() from exc


def unwritten() -> TargetError:
    """What a place did not take, for no reason that it gave."""
    return TargetError(say("writing there failed; check the place and run the same command again"))


def unread(path: str) -> TargetError:
    """Taken for absent, what others listed there would be lost."""
    return TargetError(say("the place did not let {path} be read; check it, and {then}", path=path, then=AGAIN))


def open_target(place: str, *, disk: Disk) -> TreeTarget:
    """A folder, or any address with a scheme that fsspec can write to.

    Raises: UsageError where nothing is installed for the scheme, for one that keeps nothing, and for an address with a
    password in it.
    """
    if "://" not in place:
        return FolderTarget(Path(place), disk=disk)
    refuse_password(place)
    import fsspec

    from magnitizdat.ops.places.bucket_target import BUCKETS, BucketTarget, bucket_options

    scheme = scheme_of(place)
    if scheme in _FORGETFUL:
        raise _unwritable(scheme)
    is_bucket = scheme in BUCKETS
    try:
        filesystem, root = fsspec.core.url_to_fs(place, **(bucket_options() if is_bucket else {}))
    except (ImportError, ValueError) as exc:
        raise _unwritable(scheme) from exc
    filesystem.invalidate_cache()  # of listings: others write there too
    return BucketTarget(filesystem, root) if is_bucket else FsspecTarget(filesystem, root)


def _unwritable(scheme: str) -> UsageError:
    return UsageError(
        say("{scheme}:// cannot be written to {by_this_one}", scheme=scheme, by_this_one=program.by_this_one())
    )
