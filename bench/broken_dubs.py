"""`python -m bench.broken_dubs [FROM] [TO]`: dubs that break off by chance; the laws must hold.

Each is known by its number: connections cut anywhere, the host gone, the taker killed, again and again until all is
here. Says how much was sent twice, and ends with 1 and the numbers of those that failed. Several processes may share
them.
"""

from __future__ import annotations

import contextlib
import io
import shutil
import sys
import tempfile
import time
import traceback
from pathlib import Path

from tests.net.broken_dubs import FATES, Loss, history, offer

COUNT = 2000


def main() -> int:
    """One by one; then, of each fate alone, a tenth of them: what it costs."""
    begin, end = (int(each) for each in (sys.argv[1:3] if len(sys.argv) > 2 else (0, COUNT)))
    place = Path(tempfile.mkdtemp(prefix="mag-broken-"))
    try:
        offered = offer(place)
        begun, failed, losses = time.monotonic(), [], dict[str, list[Loss]]()
        for number in range(begin, end):
            fates = FATES if number % 10 else (FATES[number // 10 % len(FATES)],)
            try:
                with contextlib.redirect_stderr(io.StringIO()):  # a server of the library says that pipes break
                    losses.setdefault(" ".join(fates), []).append(
                        history(place / "taker", offered, number, fates=fates)
                    )
            except AssertionError:
                sys.stdout.write(f"history {number}:\n{traceback.format_exc()}")
                failed.append(number)
            shutil.rmtree(place / "taker", ignore_errors=True)
        for name, found in losses.items():
            broke = sum(each.cuts + each.gone + each.kills for each in found)
            twice = sum(each.twice for each in found) / 2**20
            sys.stdout.write(f"{name}: {len(found)} histories, {broke} broke off, {twice:.1f} MiB sent twice\n")
        sys.stdout.write(f"{end - begin}, {len(failed)} failed {failed[:20]}, {time.monotonic() - begun:.0f} s\n")
    finally:
        shutil.rmtree(place)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
