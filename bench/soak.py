"""`python -m bench.soak`: the whole way with much music; time and memory of each step, and nothing lost.

Takes from minutes to hours, and some five times the music's space on the disk.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench import damage, material
from bench.measure import MIB, bytes_in, surroundings
from bench.programs import Mag


def main() -> None:
    """Go the way with one huge file, and with very many small ones."""
    options = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__)
    options.add_argument("--mib", type=int, default=3 << 10, help="MiB of the one file, under 4096")
    options.add_argument("--tracks", type=int, default=100_000, help="small tracks")
    options.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "magnitizdat-soak")
    asked = options.parse_args()
    print("| music | step | seconds | peak memory of one process |\n|---|---|---|---|")
    if asked.mib:
        go_the_way(
            asked.work, f"1 file of {asked.mib} MiB", material.large(asked.work / "file", mib=asked.mib, files=1)
        )
    if asked.tracks:
        music = material.small(asked.work / f"small-{asked.tracks}", tracks=asked.tracks)
        go_the_way(asked.work, f"{asked.tracks} tracks", music)


def go_the_way(work: Path, title: str, music: Path) -> None:
    """Import, publish, cut, hurt the reel in each group, check, mend, dub, export, archive; the same bytes."""
    viktor, natalia, anna = (Mag(work / name).begin() for name in ("viktor", "natalia", "anna"))
    reel, exported, bag = work / "reel", work / "exported", work / "bag"
    for folder in (reel, exported, bag):
        shutil.rmtree(folder, ignore_errors=True)
    viktor("friend", "add", natalia.card("natalia"))

    def step(name: str, mag: Mag, *words: str | Path, keyless: bool = False, ok: tuple[int, ...] = (0,)) -> None:
        begun = time.perf_counter()
        child = subprocess.Popen(
            [str(each) for each in mag.argv(*words, keyless=keyless)],
            env=surroundings(mag.environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        assert child.returncode in ok, f"{name} ended with {child.returncode}"
        print(f"| {title} | {name} | {time.perf_counter() - begun:.1f} | {usage.ru_maxrss >> 10} MiB |", flush=True)

    step("import", viktor, "import", music)
    step("label", viktor, "label", "create", "Noise")
    step("publish", viktor, "publish", "--all", "--label", "Noise", "--no-small")
    step("list", viktor, "list")
    step("search", viktor, "search", "song 17")
    step("cut", viktor, "reel", "cut", reel, "--for", "natalia")
    print(f"| {title} | reel: {bytes_in(reel) / 1e6:.0f} MB, audio: {bytes_in(music) / 1e6:.0f} MB | | |")
    step("check", viktor, "reel", "check", reel, keyless=True)
    damage.bursts(reel, percent=2, count=3, lose_one=True)
    step("check, hurt", viktor, "reel", "check", reel, keyless=True, ok=(3,))
    step("mend", viktor, "reel", "mend", reel, keyless=True)
    step("dub", natalia, "dub", reel)
    step("doctor", natalia, "doctor")
    step("export", natalia, "export", "--all", exported)
    assert sorted(_audio(music)) == sorted(_audio(exported)), "audio is not what it was"
    step("archive", natalia, "archive", "Noise", bag)
    step("archive again", natalia, "archive", "Noise", bag)
    assert sorted(_audio(music)) == sorted(_audio(bag)), "audio of the archive is not what it was"
    shutil.rmtree(exported)
    step("dub of the archive", anna, "dub", bag)
    step("export of that", anna, "export", "--all", exported)
    assert sorted(_audio(music)) == sorted(_audio(exported)), "audio is not what it was"
    for folder in (reel, exported, bag, viktor.library, natalia.library, anna.library):
        shutil.rmtree(folder)


def _audio(folder: Path) -> Iterator[bytes]:
    for path in folder.rglob("*"):
        if path.suffix in {".wav", ".flac"}:
            digest = hashlib.sha256()
            with path.open("rb") as opened:
                while content := opened.read(MIB):
                    digest.update(content)
            yield digest.digest()


if __name__ == "__main__":
    main()
