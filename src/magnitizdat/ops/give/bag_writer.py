"""Writing a BagIt bag: each file once, hashed on its way; what stands there whole is left alone.

Order of writes (law 5): what says whose bag it is, then the payload, a flush, the manifest, `bag-info.txt` with the
sums, and the manifest of these last: it counts when that is there.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import chain
from pathlib import Path

from magnitizdat.disk.disk import Disk
from magnitizdat.disk.reading import FileReader
from magnitizdat.errors import LibraryError, MagError, SourceError, UsageError
from magnitizdat.formats import bagit
from magnitizdat.formats.bagit import ABOUT_NAME, DECLARATION_NAME, MANIFEST_NAME, PAYLOAD, TAG_MANIFEST_NAME
from magnitizdat.formats.names import folded_name
from magnitizdat.ops.give.exported import has_bytes, write_whole
from magnitizdat.sentence import say
from magnitizdat.ways import DOCTOR

IDENTIFIER = "External-Identifier"
_DRAFT = re.compile(r"[0-9a-f]{16}\.new")
_ABOUT_LENGTH = 1 << 16
_STEP = 1 << 20

Facts = Sequence[tuple[str, str]]
"""Lines of `bag-info.txt`."""


class BagWriter:
    """One bag. `written`: bytes that are new; `already`: files that stood there whole; `removed`: of an earlier run."""

    def __init__(self, folder: Path, facts: Facts, *, disk: Disk) -> None:
        """Raises: UsageError where something else is there, TargetError."""
        self._folder = folder
        self._facts = list(facts)
        self._disk = disk
        self._digests: dict[str, str] = {}
        self._length = 0
        self.written = self.already = self.removed = 0
        _require_own(folder, dict(facts)[IDENTIFIER])
        disk.confine(folder)
        self._before = _listed(folder)

    def begin(self) -> None:
        """From here on the folder is known for what it is."""
        self._disk.mkdir(self._folder)
        if not (self._folder / ABOUT_NAME).is_file():
            self._disk.write_atomic(self._folder / ABOUT_NAME, bagit.about_lines(self._facts))

    @property
    def files(self) -> int:
        """Files of the payload."""
        return len(self._digests)

    def has_list(self) -> bool:
        """Whether an earlier run came to its end."""
        return bool(self._before)

    def length_of(self, path: str) -> int | None:
        """Bytes of a file that is there, whatever they are."""
        with suppress(OSError):
            return (self._folder / path).lstat().st_size
        return None

    def put(self, path: str, sha256: str, length: int, parts: Iterator[bytes]) -> None:
        """A file of the payload, of these bytes and no others.

        Raises: LibraryError where they are not what they should be, NoSpaceError, TargetError: nothing of it is there.
        """
        target = self._folder / path
        self._disk.refuse_link(target.parent)
        if has_bytes(target, sha256):
            self.already += 1
        else:
            self._disk.mkdir(target.parent)
            self.written += write_whole(self._disk, target, _verified(parts, sha256))
        self._digests[path] = sha256
        self._length += length

    def put_small(self, path: str, content: bytes) -> None:
        """The same of what is made now."""
        self.put(path, hashlib.sha256(content).hexdigest(), len(content), iter([content]))

    def finish(self) -> list[str]:
        """Remove what an earlier run wrote and this one did not, and commit; paths of what no run wrote.

        Raises: NoSpaceError, TargetError.
        """
        strange = self._clear()
        self._disk.flush()
        lines = (bagit.manifest_line(self._digests[path], path) for path in sorted(self._digests))
        tags = {MANIFEST_NAME: self._write_list(MANIFEST_NAME, lines)}
        sums = ("Payload-Oxum", f"{self._length}.{self.files}")
        for name, content in (
            (DECLARATION_NAME, bagit.DECLARATION),
            (ABOUT_NAME, bagit.about_lines([*self._facts, sums])),
        ):
            self._disk.write_atomic(self._folder / name, content)
            tags[name] = hashlib.sha256(content).hexdigest()
        content = b"".join(bagit.manifest_line(tags[name], name) for name in sorted(tags))
        self._disk.write_atomic(self._folder / TAG_MANIFEST_NAME, content)
        return strange

    def _write_list(self, name: str, lines: Iterator[bytes]) -> str:
        digest = hashlib.sha256()

        def hashed() -> Iterator[bytes]:
            for line in lines:
                digest.update(line)
                yield line

        write_whole(self._disk, self._folder / name, _joined(hashed()))
        self._disk.flush()
        return digest.hexdigest()

    def _clear(self) -> list[str]:
        """What lies in the payload and is not of this run: ours goes, as long as it has the bytes that we wrote."""
        ours, strange = {folded_name(path) for path in self._digests}, []
        for path in sorted(_files(self._folder / PAYLOAD)):
            within = path.relative_to(self._folder).as_posix()
            if folded_name(within) in ours:
                continue
            if _DRAFT.fullmatch(path.name) or has_bytes(path, self._before.get(within, "")):
                self._remove(path)
            else:
                strange.append(within)
        return strange

    def _remove(self, path: Path) -> None:
        self._disk.remove(path)
        self.removed += not _DRAFT.fullmatch(path.name)
        if not any(path.parent.iterdir()):
            self._disk.remove_folder(path.parent)


def _require_own(folder: Path, identifier: str) -> None:
    if folder.exists() and not folder.is_dir():
        raise UsageError(say("the destination is a file; name a folder"))
    there = [path.name for path in folder.iterdir() if not path.name.endswith(".new")] if folder.is_dir() else []
    if there and bagit.fact(_about(folder), IDENTIFIER) != identifier:
        raise UsageError(
            say("{folder} holds something else than an archive of this label; name a new folder", folder=folder)
        )


def _about(folder: Path) -> bytes:
    try:
        with FileReader(folder / ABOUT_NAME) as reader:
            return reader.read_at(0, _ABOUT_LENGTH)
    except (OSError, SourceError):
        return b""


def _listed(folder: Path) -> dict[str, str]:
    """What an earlier run wrote, by path."""
    try:
        with FileReader(folder / MANIFEST_NAME) as reader:
            parts = (reader.read_at(at, _STEP) for at in range(0, reader.length, _STEP))
            return {path: sha256 for sha256, path in bagit.read_manifest(parts).entries()}
    except (OSError, MagError):
        return {}


def _files(folder: Path) -> Iterator[Path]:
    """All that is no folder, links too."""
    for top, folders, names in os.walk(folder):
        links = (name for name in folders if (Path(top) / name).is_symlink())
        yield from (Path(top) / name for name in chain(names, links))


def _verified(parts: Iterator[bytes], sha256: str) -> Iterator[bytes]:
    """Raises: LibraryError at the end, where they are not these bytes."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
        yield part
    if digest.hexdigest() != sha256:
        raise LibraryError(say("it is damaged in the library; {then}", then=DOCTOR))


def _joined(lines: Iterator[bytes]) -> Iterator[bytes]:
    """A thousand lines a write."""
    held: list[bytes] = []
    for line in lines:
        held.append(line)
        if len(held) == 1000:
            yield b"".join(held)
            held.clear()
    yield b"".join(held)
