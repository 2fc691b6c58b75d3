"""Writing an open spool: the same tree, not sealed, with pages for people, on any fsspec place.

Order of writes (law 5): blobs, documents, metadata with `timestamp.json` last, then the hint and the pages.
"""

from __future__ import annotations

import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import chain
from pathlib import Path
from typing import Any, Protocol

from magnitizdat import language, program
from magnitizdat.disk.disk import Disk
from magnitizdat.disk.reading import FileReader
from magnitizdat.errors import NotFoundError, SourceError, TargetError, UsageError
from magnitizdat.formats import spool_index
from magnitizdat.formats.spool_paths import INDEX_PATH, begins_like_markup, text_path
from magnitizdat.library.library import Library
from magnitizdat.model import TEXT_TYPES, AlbumName, Progress, Quality, Release, Silent, SpoolFile, Value
from magnitizdat.ops.give.cargo import Cargo
from magnitizdat.ops.give.loading import Loaded
from magnitizdat.ops.give.voices import Voiced
from magnitizdat.ops.places.spool import MAX_INDEX_LENGTH
from magnitizdat.pages import site as pages
from magnitizdat.sentence import Voice, say
from magnitizdat.ways import AGAIN

MAX_NOTES_LENGTH = 1 << 20
PAGES = frozenset("html htm xhtml xht shtml svg svgz xml xsl xslt php js mjs css mht mhtml hta pdf swf wasm".split())
"""Ends of names that servers and browsers run or show as pages."""


class OpenReport(Value, frozen=True, kw_only=True):
    """What was written. `without_small` went in full though small ones were asked for, `only_small` the other way."""

    files: int
    length: int
    already: int
    labels: tuple[str, ...]
    quality: Quality
    without_small: tuple[AlbumName, ...] = ()
    only_small: tuple[AlbumName, ...] = ()
    voices: tuple[Voiced, ...] = ()
    staying: int = 0
    """Labels that stay in clubs, and would have gone."""


class TreeTarget(Protocol):
    """A place to write a tree."""

    def length_of(self, path: str) -> int | None:
        """Bytes of a file that is there, or None. Raises: TargetError where the place does not answer."""
        ...

    def read(self, path: str) -> bytes | None:
        """A small file that is there, or None. Raises: TargetError where the place does not answer."""
        ...

    def write(self, path: str, parts: Iterator[bytes]) -> None:
        """Write a whole file, or none of it."""
        ...

    def finish(self) -> None:
        """Make all durable."""
        ...


class FolderTarget:
    """A local folder: drafts get their name when they are whole."""

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
            raise _unread(path) from exc
        return status.st_size if stat.S_ISREG(status.st_mode) else None

    def read(self, path: str) -> bytes | None:
        """A small file that is there, or None."""
        try:
            with FileReader(self._directory / path) as reader:
                return reader.read_at(0, MAX_INDEX_LENGTH)
        except NotFoundError:
            return None
        except (OSError, SourceError) as exc:
            raise _unread(path) from exc

    def write(self, path: str, parts: Iterator[bytes]) -> None:
        """Write a whole file, or none of it."""
        target = self._directory / path
        self._disk.mkdir(target.parent)
        draft = target.with_name(f"{target.name[:60]}.new")
        self._disk.remove(draft)
        self._disk.write_new(draft, parts)
        if path.startswith("blobs/"):
            self._disk.flush()  # its length will be taken for the whole of it: never a name before the bytes
        self._disk.rename(draft, target)

    def finish(self) -> None:
        """Make all durable."""
        self._disk.flush()


class FsspecTarget:
    """Anything that fsspec writes to: S3, WebDAV, SFTP, …; a file appears there when it is closed."""

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
            raise _unread(path) from exc  # libraries of others say in their own ways that a place did not answer

    def read(self, path: str) -> bytes | None:
        """A small file that is there, or None."""
        try:
            return bytes(self._filesystem.cat_file(self._root + path, start=0, end=MAX_INDEX_LENGTH))
        except (FileNotFoundError, NotADirectoryError):
            return None
        except Exception as exc:
            raise _unread(path) from exc

    def write(self, path: str, parts: Iterator[bytes]) -> None:
        """Write a whole file, or none of it."""
        full = self._root + path
        with _writing():
            self._filesystem.makedirs(full.rsplit("/", 1)[0], exist_ok=True)
            file, place = self._begin(full)
        try:
            for part in parts:
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

    def finish(self) -> None:
        """Nothing more to do: each file was whole when it was closed."""


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
        raise TargetError(say("writing there failed; check the place and run the same command again")) from exc


def _unread(path: str) -> TargetError:
    """Taken for absent, what others listed there would be lost."""
    return TargetError(say("the place did not let {path} be read; check it, and {then}", path=path, then=AGAIN))


def open_target(place: str, *, disk: Disk) -> TreeTarget:
    """A folder, or any address with a scheme that fsspec can write to.

    Raises: UsageError where nothing is installed for the scheme.
    """
    if "://" not in place:
        return FolderTarget(Path(place), disk=disk)
    import fsspec

    try:
        filesystem, root = fsspec.core.url_to_fs(place)
    except (ImportError, ValueError) as exc:
        scheme = place.split("://", 1)[0]
        raise UsageError(
            say("{scheme}:// cannot be written to {by_this_one}", scheme=scheme, by_this_one=program.by_this_one())
        ) from exc
    filesystem.invalidate_cache()  # of listings: others write there too
    return FsspecTarget(filesystem, root)


def write_open(library: Library, cargo: Cargo, target: TreeTarget, *, progress: Progress | None = None) -> OpenReport:
    """Write or bring up to date an open spool. Blobs that are there in full length are not written again."""
    watcher = progress or Silent()
    watcher.start(say("Writing"), cargo.length)
    small, blobs = cargo.files[: cargo.first_blob], cargo.files[cargo.first_blob :]
    written = length = already = 0
    flushed = False
    for file in [*blobs, *sorted(small, key=_write_rank)]:
        if not flushed and _write_rank(file) > 1:
            target.finish()
            flushed = True
        path = text_path(file.path) if file.is_text else file.path
        if path.startswith("blobs/") and target.length_of(path) == file.length:
            already += 1
        else:
            content = iter([_merged_index(target, cargo)]) if file.path == INDEX_PATH else cargo.pieces(file)
            path, content = _inert(path, content)
            if path:
                target.write(path, content)
            written, length = written + 1, length + file.length
        watcher.advance(file.length)
    for path, page in _pages(library, cargo):
        target.write(path, iter([page]))
    target.finish()
    return OpenReport(
        files=written,
        length=length,
        already=already,
        labels=tuple(label.view.name for label in cargo.loaded),
        quality=cargo.quality,
        without_small=cargo.without_small,
        only_small=cargo.only_small,
        voices=cargo.voices,
        staying=cargo.staying,
    )


def _inert(path: str, parts: Iterator[bytes]) -> tuple[str, Iterator[bytes]]:
    """Under which name something may lie on a web site: one that no server or browser takes for a page's.

    What is signed as sound or picture and begins like a page is named as a text: nobody will play it. A document of a
    kind to come that is a page by its name or its beginning has no name there; it goes in reels.
    """
    begin = next(parts, b"")
    whole = chain([begin], parts)
    if "/targets/" in path and path.rpartition(".")[2].lower() in PAGES:
        return "", whole
    if path.endswith((".json", ".txt")) or not begins_like_markup(begin):
        return path, whole
    return (text_path(path) if path.startswith("blobs/") else ""), whole


def _write_rank(file: SpoolFile) -> int:
    if "/targets/" in file.path:
        return 0
    return {"timestamp.json": 2, "index.json": 3}.get(file.path.rsplit("/", 1)[-1], 1)


def _merged_index(target: TreeTarget, cargo: Cargo) -> bytes:
    """The hint for sources that cannot list folders: what goes there now, and what was there before."""
    now = b"".join(cargo.pieces(next(file for file in cargo.files if file.path == INDEX_PATH)))
    return spool_index.merged(target.read(INDEX_PATH) or b"", now, cargo.release_ids())


def _pages(library: Library, cargo: Cargo) -> Iterator[tuple[str, bytes]]:
    def notes_of(release: Release) -> dict[str, str]:
        found = {}
        for written_in, file in release.notes.items():
            if file.length <= MAX_NOTES_LENGTH and file.media_type in TEXT_TYPES:
                content = b"".join(library.blob(file.sha256).pieces())
                found[written_in] = content.decode("utf-8", "replace")
        return found

    voices = tuple(language.voices(program.data_folder()))
    ordered = sorted(cargo.loaded, key=lambda label: (label.view.name, label.view.imprint))  # and not own ones first
    shelves = ((_page_label(label, voices), list(cargo.releases(label))) for label in ordered)
    return pages.site_files(shelves, notes_of)


def _page_label(label: Loaded, voices: tuple[Voice, ...]) -> pages.ShownLabel:
    return pages.ShownLabel(name=label.view.name, imprint=label.view.imprint, voices=voices)
