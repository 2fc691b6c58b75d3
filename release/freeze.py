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
from collections.abc import Iterator
from pathlib import Path

from PyInstaller.archive.readers import CArchiveReader

from magnitizdat.ops.give.builds import own_name

HERE = Path(__file__).resolve().parent
LARGEST = 5

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


def parts(archive: CArchiveReader) -> list[tuple[int, int, str]]:
    """Length inside, length unpacked and name of every part, largest first."""
    rows = [(packed, unpacked, name) for name, (_, packed, unpacked, _, _) in archive.toc.items()]
    return sorted(rows, reverse=True)


def least_c_library(archive: CArchiveReader) -> str:
    """The oldest C library of Linux that has all that the parts ask for."""

    def asked() -> Iterator[tuple[int, int]]:
        for name, (*_, kind) in archive.toc.items():
            if kind == "b":
                for major, minor in re.findall(rb"\0GLIBC_(\d+)\.(\d+)(?=[.\0])", archive.extract(name)):
                    yield int(major), int(minor)

    return ".".join(map(str, max(asked(), default=(0, 0))))


def main() -> None:
    """Build, and say what came of it."""
    built = freeze(Path(sys.argv[1] if len(sys.argv) > 1 else "dist"))
    archive = CArchiveReader(str(built))
    with built.open("rb") as file:
        print(f"{hashlib.file_digest(file, 'sha256').hexdigest()}  {built}")
    rows = parts(archive)
    print(f"{built.stat().st_size} bytes; {sum(row[1] for row in rows)} in {len(rows)} files once unpacked")
    print("largest: " + ", ".join(f"{name} {packed / 1e6:.1f} MB" for packed, _, name in rows[:LARGEST]))
    if sys.platform == "linux":
        print(f"runs where the C library (glibc) is {least_c_library(archive)} or newer, and libz.so.1 is there")


if __name__ == "__main__":
    main()
