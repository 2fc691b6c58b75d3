"""A medium on paper: what of a log of changes a power cut may leave, whichever file they are of.

Bytes of a file count once it was synced, names once their folder was. All else is there, or not, or torn, each change
by itself: no order holds between two of them but that of a sync.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple

Kind = Literal[
    "found", "found folder", "open", "open existing", "write", "truncate", "sync file", "failed sync", "sync folder",
    "sync all", "rename", "remove", "mkdir", "rmdir", "link", "chmod", "adopt",
]  # fmt: skip
TORN, ZEROS = 0.3, 0.15
"""Of the writes that did not arrive whole: how many arrive in part, or as zeros of their length."""


class Operation(NamedTuple):
    """One change. `found` is none: a file or a folder as it lay there before anything touched it.

    `source` is what a rename or link comes from, `offset` where bytes are written or a file is cut off.
    """

    kind: Kind
    path: Path
    source: Path | None = None
    offset: int = 0
    content: bytes = b""

    def __str__(self) -> str:
        extent = f" {len(self.content)} bytes at {self.offset}" if self.kind == "write" else ""
        return f"{self.kind} {self.path}{extent}{f' from {self.source}' if self.source else ''}"


class Folder:
    """A folder, where files are looked for."""


Entry = bytes | Path | Folder | None
"""What a name stands for: a file's bytes, where a link leads, a folder, nothing."""


class _Write(NamedTuple):
    """Bytes at an offset; None cuts the file off there. No sync makes those durable that one failed for."""

    offset: int
    content: bytes | None
    fate: Literal["waiting", "doubtful", "durable"] = "waiting"


@dataclass(eq=False)
class _Node:
    """A file without its names, or what else a name may stand for."""

    durable: bytes = b""
    later: list[_Write] = field(default_factory=list)
    stands_for: Folder | Path | None = None

    def sync(self, fate: Literal["doubtful", "durable"] = "durable") -> None:
        self.later = [each._replace(fate=fate) if each.fate == "waiting" else each for each in self.later]
        if all(each.fate == "durable" for each in self.later):
            self.durable, self.later = _changed(self.durable, self.later), []

    def whole(self) -> Entry:
        return _changed(self.durable, self.later) if self.stands_for is None else self.stands_for

    def after(self, chance: random.Random, keep: float) -> Entry:
        if self.stands_for is not None:
            return self.stands_for
        return _changed(self.durable, [_arrived(each, chance, keep) for each in self.later])


class _Naming(NamedTuple):
    """A change of names that no sync of its folder covered yet."""

    path: Path
    node: _Node | None
    source: Path | None = None

    @property
    def folders(self) -> set[Path]:
        own = {self.path} if self.node is not None and isinstance(self.node.stands_for, Folder) else set[Path]()
        return own | {self.path.parent} | ({self.source.parent} if self.source else set())

    def apply(self, names: dict[Path, _Node | None]) -> None:
        if self.node is None and any(path.parent == self.path and node for path, node in names.items()):
            return  # a folder that still holds something does not go
        names[self.path] = self.node
        if self.source is not None:
            names[self.source] = None


class Medium:
    """What was changed of a medium, and what of it is durable. `device` tells file systems of a `sync all` apart."""

    def __init__(self, device: Callable[[Path], object] = lambda _path: None) -> None:
        self._device = device
        self._now: dict[Path, _Node | None] = {}
        self._durable: dict[Path, _Node | None] = {}
        self._waiting: list[_Naming] = []

    def knows(self, path: Path) -> bool:
        return path in self._now

    def apply(self, operation: Operation) -> None:
        change = getattr(self, f"_{operation.kind.replace(' ', '_')}", None)
        if change is not None:
            change(operation)

    def whole(self) -> dict[Path, Entry]:
        """Every name that was touched as it stands now: what a killed process leaves."""
        return {path: node and node.whole() for path, node in self._now.items()}

    def after(self, chance: random.Random, keep: float) -> dict[Path, Entry]:
        """The same after a power cut: what is not durable is there with the chance `keep` each, or in part."""
        names = dict.fromkeys(self._now) | self._durable
        for each in self._waiting:
            if chance.random() < keep:
                each.apply(names)
        found = {path: node and node.after(chance, keep) for path, node in names.items()}
        return {path: None if _is_cut_off(path, found) else entry for path, entry in found.items()}

    def _name(self, path: Path, node: _Node | None, source: Path | None = None) -> None:
        naming = _Naming(path, node, source)
        self._now[path] = node
        if source is not None:
            self._now[source] = None
        self._waiting.append(naming)

    def _node(self, path: Path) -> _Node:
        return self._now.get(path) or _Node()

    def _found(self, operation: Operation) -> None:
        self._now[operation.path] = self._durable[operation.path] = _Node(operation.content)

    def _found_folder(self, operation: Operation) -> None:
        self._now[operation.path] = self._durable[operation.path] = _Node(stands_for=Folder())

    def _open(self, operation: Operation) -> None:
        self._name(operation.path, _Node())

    def _write(self, operation: Operation) -> None:
        self._node(operation.path).later.append(_Write(operation.offset, operation.content))

    def _truncate(self, operation: Operation) -> None:
        self._node(operation.path).later.append(_Write(operation.offset, None))

    def _sync_file(self, operation: Operation) -> None:
        self._node(operation.path).sync()
        if operation.path.name.endswith(("-wal", "-journal")):  # SQLite syncs the folder of a new one by itself
            self._settle(lambda naming: naming.path == operation.path)

    def _failed_sync(self, operation: Operation) -> None:
        self._node(operation.path).sync("doubtful")

    def _sync_folder(self, operation: Operation) -> None:
        self._settle(lambda naming: operation.path in naming.folders)

    def _sync_all(self, operation: Operation) -> None:
        device = self._device(operation.path)
        self._settle(lambda naming: self._device(naming.path) == device)
        for path, node in self._now.items():
            if node is not None and self._device(path) == device:
                node.sync()

    def _settle(self, is_covered: Callable[[_Naming], bool]) -> None:
        for each in self._waiting:
            if is_covered(each):
                each.apply(self._durable)
        self._waiting = [each for each in self._waiting if not is_covered(each)]

    def _rename(self, operation: Operation) -> None:
        self._name(operation.path, self._now.get(operation.source), operation.source)

    def _remove(self, operation: Operation) -> None:
        self._name(operation.path, None)

    def _mkdir(self, operation: Operation) -> None:
        self._name(operation.path, _Node(stands_for=Folder()))

    def _link(self, operation: Operation) -> None:
        self._name(operation.path, _Node(stands_for=operation.source))

    _rmdir = _remove


def _changed(content: bytes, writes: list[_Write]) -> bytes:
    if not writes:
        return content
    changed = bytearray(content)
    for offset, written, _ in writes:
        if written is None:
            del changed[offset:]
            continue
        changed.extend(bytes(max(0, offset + len(written) - len(changed))))
        changed[offset : offset + len(written)] = written
    return bytes(changed)


def _arrived(write: _Write, chance: random.Random, keep: float) -> _Write:
    """What arrives of a write: all, a part, a length of zeros, nothing; with a `keep` of 0 nothing at all does."""
    luck = chance.random()
    if write.fate == "durable" or luck < keep:
        return write
    if not keep:
        return _Write(0, b"")
    part = (write.content or b"")[: chance.randint(0, len(write.content or b""))]
    if write.content is not None and luck < keep + (1 - keep) * TORN:
        return write._replace(content=part)
    if write.content is not None and luck < keep + (1 - keep) * (TORN + ZEROS):
        return _Write(write.offset + len(part), b"")
    return _Write(0, b"")


def _is_cut_off(path: Path, found: dict[Path, Entry]) -> bool:
    """Whether a folder above it did not survive."""
    return any(above in found and found[above] is None for above in path.parents)


def lay(entries: dict[Path, Entry], place: Callable[[Path], Path] = lambda path: path) -> None:
    """Put names and bytes as they are here onto a real file system; what else lies there is let be."""
    gone = [path for path, entry in entries.items() if entry is None]
    for path in map(place, sorted(gone, key=lambda path: -len(path.parts))):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    for known, entry in sorted(entries.items(), key=lambda each: len(each[0].parts)):
        path = place(known)
        if isinstance(entry, Folder):
            path.mkdir(exist_ok=True)
        elif entry is not None:
            path.unlink(missing_ok=True)  # it may have a second name elsewhere
            if isinstance(entry, Path):
                path.symlink_to(place(entry))
            else:
                path.write_bytes(entry)
