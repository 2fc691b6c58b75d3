"""`python -m bench.premieres [MIB]`: a premiere is opened, beside a dub of as much music from a reel, in turns."""

from __future__ import annotations

import json
import os
import shutil
import sys
import wave
from collections.abc import Callable
from pathlib import Path

from bench.measure import MIB, bytes_in, fresh, in_turns, machine
from bench.programs import Mag

WORK = Path("/tmp/magnitizdat-premieres")
TRACKS, RUNS = 5, 5
HOLDERS = "abc"


def music(folder: Path, album: str, length: int) -> Path:
    """An album of noise: a WAV file for each track."""
    target = fresh(folder / album)
    for number in range(TRACKS):
        with wave.open(str(target / f"{number + 1:02d}.wav"), "wb") as track:
            track.setparams((2, 2, 44_100, 0, "NONE", ""))
            track.writeframes(os.urandom(length // TRACKS // 4 * 4))
    return target


def reel_of(maker: Mag, reader: Mag, name: str, *words: str) -> Path:
    """A reel for a reader."""
    person = str(json.loads(reader.card("me").read_text())["recipient"])
    folder = fresh(WORK / "reels" / name)
    maker("reel", "cut", folder, "--for", person, *words)
    return folder


def main() -> int:
    """Print both, and the ratio of their medians."""
    length = int(sys.argv[1]) * MIB if len(sys.argv) > 1 else 500 * MIB
    fresh(WORK)
    maker, reader = Mag(WORK / "maker").begin(), Mag(WORK / "reader").begin()
    for album in ("Open", "Closed"):
        maker("import", music(WORK / "music", album, length))
        maker("label", "create", f"Label {album}")
    albums = {str(each["title"]): str(each["id"]) for each in maker.document("list")["releases"]}
    maker("publish", albums["Open"], "--label", "Label Open", "--no-small")
    asked = [word for name in HOLDERS for word in ("--holder", name)]
    made = maker.document(
        "--yes", "premiere", "make", albums["Closed"], "--label", "Label Closed", "--opens", "2030-01-01",
        "--need", "2", *asked, "--no-small",
    )  # fmt: skip
    shares = WORK / "shares"
    shares.write_text("\n".join(str(each["words"]) for each in made["shares"][:2]))
    reels = {name: reel_of(maker, reader, name, "--label", f"Label {name}") for name in albums}
    work: dict[str, Callable[[], float]] = {
        "dub": lambda: _begun(reader)("dub", reels["Open"]),
        "open": lambda: _opened(reader, reels["Closed"], shares),
    }
    timings = in_turns(work, RUNS)
    print(machine())
    print(f"{bytes_in(WORK / 'music' / 'Open') / MIB:.0f} MiB: ", end="")
    print(", ".join(f"{name} {each.median:.2f} s ± {each.spread:.0%}" for name, each in timings.items()), end="")
    print(f"; a premiere opens at {timings['dub'].median / timings['open'].median:.2f} × dub")
    for mag in (maker, reader):
        mag.end()
    fresh(WORK)
    return 0


def _begun(reader: Mag) -> Mag:
    """Its library, empty, with the address that reels are for."""
    kept = WORK / "kept"
    if not kept.exists():
        shutil.copytree(reader.library, kept)
    shutil.rmtree(reader.library)
    shutil.copytree(kept, reader.library)
    return reader


def _opened(reader: Mag, reel: Path, shares: Path) -> float:
    _begun(reader)("dub", reel)
    return reader("premiere", "open", "Closed", "--share", shares)


if __name__ == "__main__":
    sys.exit(main())
