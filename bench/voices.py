"""`python -m bench.voices`: histories of voices from sticks in any order, and what a label's words cost to take.

A history is a seed: labels say, say again and take back; sticks lose some of it, and come in any order and twice. What
fails is printed with its seed. Ten thousand take an hour or so; tests try some on every run.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import sys
import tempfile
import time
import traceback
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from magnitizdat.library import reserve
from magnitizdat.ops.dub.from_spool import dub
from magnitizdat.ops.labels import labels
from magnitizdat.ops.places.spool import FolderSpool
from tests.fakes_library import NOW, make_library
from tests.fakes_voices import as_documents, review_of, speaker
from tests.faults.accidents import fast_place
from tests.ops.voices.histories import reading, run

LIBRARY = 40
"""Histories that one library goes through."""
WORDS, TRACKS = 4096, 20


def main() -> int:
    """Try so many; 1 where one ended otherwise than its sticks say."""
    options = argparse.ArgumentParser(prog="python -m bench.voices", description=__doc__)
    options.add_argument("--histories", type=int, default=10_000)
    options.add_argument("--first", type=int, default=0, help="the first seed")
    options.add_argument("--jobs", type=int, default=2)
    asked = options.parse_args()
    seeds = range(asked.first, asked.first + asked.histories)
    batches = [seeds[start : start + LIBRARY] for start in range(0, len(seeds), LIBRARY)]
    failed = tried = 0
    with ProcessPoolExecutor(asked.jobs) as pool:
        for count, failures in pool.map(histories, batches):
            tried += count
            failed += len(failures)
            for failure in failures:
                print(failure, flush=True)
    print(f"{tried} histories, {failed} of them wrong")
    if not asked.histories:
        take_words()
    return 1 if failed else 0


def histories(seeds: range) -> tuple[int, list[str]]:
    """Go through some, in one library: how many there were, and what failed of them."""
    reserve.LENGTH = 1 << 16  # most of the time would go into writing it
    failures: list[str] = []
    place = Path(tempfile.mkdtemp(dir=fast_place()))
    try:
        with reading(place / "library") as reader:
            for seed in seeds:
                try:
                    run(reader, seed)
                except Exception:  # noqa: BLE001 - told with the others
                    failures.append(f"--first {seed} --histories 1\n{traceback.format_exc()}")
                    break  # the others of this library begin where it left off
    finally:
        shutil.rmtree(place, ignore_errors=True)
    return (seed - seeds[0] + 1 if seeds else 0), failures


def take_words() -> None:
    """As many as a followed label may say, taken in, and taken again."""
    with tempfile.TemporaryDirectory() as place, make_library(Path(place) / "library") as library:
        said = [review_of(*_tracks(number), rating_value=4, review_body="x" * 300) for number in range(WORDS)]
        label = speaker(Path(place) / "label", "Natalia")
        dub(library, FolderSpool(label.folder), now=NOW)
        labels.follow(library, "Natalia")
        label.sign(as_documents(said))
        for _ in range(2):
            started, before = time.monotonic(), _processor_s()
            dub(library, FolderSpool(label.folder), now=NOW)
            seconds = time.monotonic() - started
            print(f"{WORDS} words of a label: {seconds:.2f} s, processor {_processor_s() - before:.2f} s")


def _tracks(number: int) -> list[str]:
    return [f"{number * TRACKS + track:064x}" for track in range(TRACKS)]


def _processor_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    sys.exit(main())
