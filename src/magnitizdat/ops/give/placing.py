"""What is left on the sticks of others: written as a draft, flushed, read back from the medium, and only then named."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from magnitizdat.disk.disk import Disk
from magnitizdat.disk.reading import FileReader
from magnitizdat.disk.space import space
from magnitizdat.errors import MagError, NoSpaceError, SourceError, TargetError, UsageError
from magnitizdat.model import Progress, Silent
from magnitizdat.ops.give.builds import fingerprint
from magnitizdat.sentence import Sentence, say, size_words

_LEAFLET_SPACE = 1 << 18
_LOOKED_AT = 1 << 16


def place(
    content: Iterable[bytes], wanted: str, target: Path, disk: Disk, *, runs: bool = False, progress: Progress
) -> None:
    """Write `target`, whose SHA-256 is to be `wanted`; `runs`: it is a program.

    Raises: TargetError, and what reading `content` raises; then nothing of that name is there.
    """
    draft = target.with_name(f"{target.name}.new")
    disk.remove(draft)  # left by a run that was cut off
    try:
        disk.write_new(draft, content)
        if runs:
            disk.make_executable(draft)
        disk.flush()
        _read_back(draft, wanted, progress)
        disk.rename(draft, target)
        disk.flush()
    except BaseException:
        _withdraw(draft, disk)
        raise


def place_leaflet(files: Mapping[str, bytes], destination: Path, disk: Disk) -> None:
    """Write it last: it speaks of what lies there. Raises: TargetError."""
    for name, content in files.items():
        disk.write_atomic(destination / name, content)
    for name, content in files.items():
        try:
            _read_back(destination / name, hashlib.sha256(content).hexdigest(), Silent())
        except BaseException:
            _withdraw(destination / name, disk)
            raise


def is_there(target: Path, wanted: str, progress: Progress, *, otherwise: Sentence) -> bool:
    """Whether an earlier run wrote it; another file of that name is never touched.

    Raises: UsageError(`otherwise`) where it is something else.
    """
    if not os.path.lexists(target):
        return False
    if not target.is_symlink() and target.is_file() and fingerprint(target, uncached=True, progress=progress) == wanted:
        return True
    raise UsageError(otherwise)


def refuse_foreign(target: Path, is_ours: Callable[[bytes], bool]) -> None:
    """A leaflet of ours may be brought up to date; `is_ours` is given its beginning.

    Raises: UsageError for anything else of that name.
    """
    if not os.path.lexists(target):
        return
    try:
        with FileReader(target) as reader:
            if is_ours(reader.read_at(0, _LOOKED_AT)):
                return
    except (MagError, OSError):
        pass
    raise UsageError(
        say(
            "{target} is there already and is not one of our leaflets; move it away, or choose another folder",
            target=target,
        )
    )


def refuse_what_will_not_fit(destination: Path, length: int) -> None:
    """Raises: NoSpaceError before the first byte; a leaflet comes on top of `length` bytes."""
    free = space(destination).free
    if length and free is not None and free < length + _LEAFLET_SPACE:
        raise NoSpaceError(
            say(
                "the files take {length} and {free} are free in {destination}; nothing was written; take another stick",
                length=size_words(length + _LEAFLET_SPACE),
                free=size_words(free),
                destination=destination,
            )
        )


def _read_back(path: Path, wanted: str, progress: Progress) -> None:
    try:
        found = fingerprint(path, uncached=True, progress=progress)
    except SourceError:
        found = ""
    if found != wanted:
        raise TargetError(
            say("{parent} does not give back what was written there; take another stick", parent=path.parent)
        )


def _withdraw(draft: Path, disk: Disk) -> None:
    try:
        disk.remove(draft)
    except MagError:  # the medium fails; what failed first is said
        return
