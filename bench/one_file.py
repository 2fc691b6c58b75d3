"""`python -m bench.one_file`: what it costs to cut a reel as one file, beside a folder; times, memory, room beside it.

Each way in a process of its own, the music made as it is read: what is measured is sealing, writing, reading back and
spare parts. `--mib` of music, in files of 8 MiB.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import tempfile
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from magnitizdat.disk.disk import Disk
from magnitizdat.formats.age_keys import X25519Identity
from magnitizdat.model import SpoolFile
from magnitizdat.reel.check import check
from magnitizdat.reel.one_file_writer import cut_one_file
from magnitizdat.reel.paths import random_names
from magnitizdat.reel.plan import plan
from magnitizdat.reel.writer import cut

MIB = 1 << 20
_NOISE = os.urandom(MIB)


def main() -> None:
    """Both ways, and a check of each."""
    options = argparse.ArgumentParser(prog="python -m bench.one_file", description=__doc__)
    options.add_argument("--mib", type=int, default=1024)
    options.add_argument("--on", type=Path, default=Path(tempfile.gettempdir()), help="a folder on the medium")
    options.add_argument("--runs", type=int, default=3)
    asked = options.parse_args()
    print("| way | cut, s | check, s | bytes | most on the medium | memory, MiB |\n|---|---|---|---|---|---|")
    for way in ("folder", "one file") * asked.runs:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            print(pool.submit(measured, way, asked.mib, asked.on).result(), flush=True)


def measured(way: str, mib: int, place: Path) -> str:
    """A row."""
    files = [SpoolFile(path=f"blobs/aa/{number:064x}", length=8 * MIB) for number in range(mib // 8)]
    me = X25519Identity.generate().recipient
    top = Path(tempfile.mkdtemp(dir=place))
    most, over = [0], threading.Event()
    watcher = threading.Thread(target=_watch, args=(top, most, over))
    watcher.start()
    try:
        begun = time.monotonic()
        if way == "folder":
            reel = plan(files)
            cut(reel, _read, [me], top / "reel", Disk())
            made = top / "reel"
        else:
            reel = plan(files, as_one_file=True)
            cut_one_file(reel, _read, [me], top / "reel", Disk(), names=random_names())
            (made,) = (top / "reel").iterdir()
        cut_s = time.monotonic() - begun
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        begun = time.monotonic()
        if not check(made).is_valid:
            raise SystemExit("it is not whole")
        check_s = time.monotonic() - begun
    finally:
        over.set()
        watcher.join()
        shutil.rmtree(top)
    return f"| {way} | {cut_s:.1f} | {check_s:.1f} | {reel.total_bytes:,} | {most[0]:,} | {memory} |"


def _read(_path: str, _piece: int, buffer: memoryview) -> int:
    buffer[:] = _NOISE[: len(buffer)]
    return len(buffer)


def _watch(top: Path, most: list[int], over: threading.Event) -> None:
    while not over.wait(0.1):
        length = 0
        for folder, _, names in os.walk(top):
            for name in names:
                try:
                    length += (Path(folder) / name).stat().st_size
                except OSError:
                    continue
        most[0] = max(most[0], length)


if __name__ == "__main__":
    main()
