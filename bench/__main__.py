"""`python -m bench`: one table of ratios, and the same as JSON."""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path

from bench import discover, grouping, guests, locking, page, pocket, streaming, subsonic, succession, transcodes
from bench.cases import CASES as REELS
from bench.cases import Place, Row
from bench.measure import machine

CASES = {
    **REELS,
    "streaming": streaming.streaming,
    "transcodes": transcodes.transcodes,
    "guests": guests.guests,
    "subsonic": subsonic.subsonic,
    "page": page.page,
    "locking": locking.locking,
    "pocket": pocket.pocket,
    "grouping": grouping.regrouping,
    "discover": discover.discovering,
    "succession": succession.following,
}


def main() -> None:
    """Measure what is asked for, print a Markdown table, write JSON."""
    options = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    options.add_argument("cases", nargs="*", metavar="CASE", help=f"some of {', '.join(CASES)}; all without")
    options.add_argument("--mib", type=int, default=1024, help="MiB of large audio")
    options.add_argument("--tracks", type=int, default=10_000, help="small tracks")
    options.add_argument("--runs", type=int, default=5, help="runs of each; their median counts")
    options.add_argument("--slow-runs", type=int, default=3, help="runs of what takes a minute or more")
    options.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "magnitizdat-bench")
    options.add_argument("--json", type=Path, default=Path("dist/bench.json"), help="where the numbers go")
    asked = options.parse_args()
    if unknown := set(asked.cases) - set(CASES):
        options.error(f"there is no {', '.join(sorted(unknown))}; choose from {', '.join(CASES)}")
    asked.work.mkdir(parents=True, exist_ok=True)
    place = Place(asked.work, asked.mib, asked.tracks, asked.runs, asked.slow_runs)
    rows: list[Row] = []
    for name in asked.cases or CASES:
        begun = time.monotonic()
        print(f"{name}", flush=True)
        rows += CASES[name](place)
        print(f"  {time.monotonic() - begun:.0f} s", flush=True)
    asked.json.parent.mkdir(parents=True, exist_ok=True)
    asked.json.write_text(json.dumps({"machine": machine(), "rows": [row._asdict() for row in rows]}, indent=2))
    print("\n" + ", ".join(f"{key} {value}" for key, value in machine().items()) + "\n")
    print("| work | ours | against | theirs | ratio | reach | |\n|---|---|---|---|---|---|---|")
    for row in rows:
        print(
            f"| {row.work} | {row.ours} | {row.against} | {row.theirs} | {row.ratio:.2f} | {row.reach} |"
            f" {'yes' if row.reached else '**no**'} |"
        )


if __name__ == "__main__":
    main()
