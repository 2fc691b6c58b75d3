"""`python -m bench.accidents`: every verb times every accident, and how many there were.

Each change of each verb's log is a kill and power cuts, each call an error of each code; processes are killed at
moments of chance. All of it takes an hour or so; named verbs take minutes. What fails is printed with how to repeat it.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
import traceback
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from tests.faults.accidents import SEED, Theatre, all_losses, all_refusals, fast_place, some_losses, some_refusals
from tests.faults.planted import seize
from tests.faults.verbs import PROCESSES, VERBS
from tests.faults.world import lasting_workers

KINDS = ("crash states", "kills", "errors", "processes", "panics")
LONGEST_S = 0.5
"""Within these, once it has the keys, a verb is panicked in."""


def main() -> int:
    """Try what is asked for; 1 where anything was lost."""
    options = argparse.ArgumentParser(prog="python -m bench.accidents", description=__doc__)
    options.add_argument("verbs", nargs="*", metavar="VERB", help="all without")
    options.add_argument("--seeds", type=int, default=2, help="losses of a part of what was not flushed, a change")
    options.add_argument("--kills", type=int, default=10, help="processes killed, a verb")
    options.add_argument("--panics", type=int, default=3, help="panics in the midst of it, a verb")
    options.add_argument(
        "--some", type=int, default=0, metavar="N", help="so many losses a verb, a fourth of that of errors"
    )
    options.add_argument("--jobs", type=int, default=2, help="verbs at once")
    asked = options.parse_args()
    print(f"| verb | {' | '.join(KINDS)} | lost |\n|---|{'---|' * (len(KINDS) + 1)}", flush=True)
    total, failed = Counter[str](), list[str]()
    with ProcessPoolExecutor(asked.jobs) as pool:
        names = asked.verbs or list(VERBS)
        asks = [asked] * len(names)
        for name, (counts, failures) in zip(names, pool.map(try_verb, names, asks), strict=True):
            total.update(counts)
            failed += failures
            print(_row(name, counts, len(failures)), flush=True)
            for failure in failures:
                print(failure, file=sys.stderr, flush=True)
    print(_row("all", total, len(failed)))
    return bool(failed)


def _row(name: str, counts: Counter[str], lost: int) -> str:
    return f"| {name} | {' | '.join(str(counts[kind]) for kind in KINDS)} | {lost} |"


def try_verb(name: str, asked: argparse.Namespace) -> tuple[Counter[str], list[str]]:
    """All accidents of one verb: how many, and what they lost."""
    sys.excepthook = lambda *_: None  # apsw prints what SQLite was told
    place = Path(tempfile.mkdtemp(dir=fast_place()))
    verb, theatre = VERBS[name], Theatre(place, goes_on=True)
    try:
        with lasting_workers():
            recording = theatre.record(name, verb)
            if asked.some:
                losses, refusals = some_losses(recording, asked.some), some_refusals(recording, asked.some // 4)
            else:
                losses, refusals = all_losses(recording, seeds=asked.seeds), all_refusals(recording)
            theatre.lose(name, verb, recording, losses)
            theatre.refuse(name, verb, refusals)
            if name in PROCESSES:
                theatre.kill(name, verb, PROCESSES[name], asked.kills)
                panics(theatre, name, asked.panics)
    except Exception:  # noqa: BLE001 - told with the others
        theatre.failures.append(traceback.format_exc())
    finally:
        shutil.rmtree(place, ignore_errors=True)
    return Counter({kind: theatre.counts[name, kind] for kind in KINDS}), theatre.failures


def panics(theatre: Theatre, name: str, times: int) -> None:
    """In the midst of a verb, at moments of chance."""
    chance = random.Random(SEED)
    for _ in range(times):
        after_s = chance.uniform(0, LONGEST_S)
        try:
            seize(theatre, name, VERBS[name], after_s)
        except AssertionError as exc:
            theatre.failures.append(f"{name}, panic after {after_s} s: {exc}")


if __name__ == "__main__":
    sys.exit(main())
