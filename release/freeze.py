"""Freeze `mag` into one executable file for the system this runs on: `python release/freeze.py [FOLDER]`.

The folder is `dist/` unless given. Prints the file's name, length and fingerprint, and on which systems it runs.
Freezes the magnitizdat of its environment, which needs the extra `release`; on Linux also `binutils`, and a Python that
has its shared library.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from parts import Needed, name_of
from PyInstaller.archive.readers import CArchiveReader

from magnitizdat.ops.give.builds import own_name

HERE = Path(__file__).resolve().parent
LARGEST = 5
ELF = b"\x7fELF"

# What else could make two builds differ: the order of sets in compiled modules, and the clock.
STEADY = {"PYTHONHASHSEED": "0", "SOURCE_DATE_EPOCH": "0", "TZ": "UTC"}


def freeze(folder: Path) -> Path:
    """Build, and give the file its name."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="freeze-", dir=folder) as work:
        options = ["--noconfirm", "--log-level", "WARN", "--distpath", work, "--workpath", f"{work}/parts"]
        command = [sys.executable, "-m", "PyInstaller", *options, str(HERE / "mag.spec")]
        subprocess.run(command, check=True, env={**os.environ, **STEADY, "PYINSTALLER_CONFIG_DIR": f"{work}/cache"})
        name = own_name()
        built = Path(work) / ("mag.exe" if name.endswith(".exe") else "mag")
        return built.replace(folder / name)


def waiting(archive: CArchiveReader) -> Iterator[tuple[str, int, bytes]]:
    """Place, length inside and content of every part that waits until a module needs it."""
    modules = archive.open_embedded_archive("PYZ.pyz")
    said: dict[str, Needed] = {"NEEDED": {}}
    if "parts_needed" in modules.toc:
        exec(modules.extract("parts_needed"), said)
    for place in sorted({place for _, places in said["NEEDED"].values() for place in places}):
        yield place, modules.toc[name_of(place)][2], modules.extract(name_of(place)).co_consts[0]


def at_start(archive: CArchiveReader) -> Iterator[tuple[str, int, bytes]]:
    """The same of every part that is unpacked at each start."""
    for name, (_, length, _, _, kind) in archive.toc.items():
        if kind in {"b", "x"}:
            yield name, length, archive.extract(name)


def least_c_library(contents: Iterable[bytes]) -> str:
    """The oldest C library of Linux that has all that the parts ask for."""
    asked = (re.findall(rb"\0GLIBC_(\d+)\.(\d+)(?=[.\0])", content) for content in contents if content[:4] == ELF)
    return ".".join(
        map(str, max(((int(major), int(minor)) for found in asked for major, minor in found), default=(0, 0)))
    )


def main() -> None:
    """Build, and say what came of it."""
    built = freeze(Path(sys.argv[1] if len(sys.argv) > 1 else "dist"))
    archive = CArchiveReader(str(built))
    with built.open("rb") as file:
        print(f"{hashlib.file_digest(file, 'sha256').hexdigest()}  {built}")
    first, later = list(at_start(archive)), list(waiting(archive))
    print(f"{built.stat().st_size} bytes; unpacked at each start {told(first)}, later what is needed of {told(later)}")
    rows = sorted(((length, place) for place, length, _ in first + later), reverse=True)
    print("largest: " + ", ".join(f"{place} {length / 1e6:.1f} MB" for length, place in rows[:LARGEST]))
    if sys.platform == "linux":
        least = least_c_library(content for _, _, content in first + later)
        print(f"runs where the C library (glibc) is {least} or newer, and libz.so.1 is there")


def told(rows: list[tuple[str, int, bytes]]) -> str:
    """Their length once unpacked, and their number."""
    return f"{sum(len(content) for _, _, content in rows)} in {len(rows)} files"


if __name__ == "__main__":
    main()
