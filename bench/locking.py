"""From `mag lock` to the last of some tabs that shows nothing of the library any more."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from bench.cases import Place, Row
from bench.measure import settle
from bench.page import CHROMIUM, filled, one_tab, served
from bench.programs import Mag

TABS = 4
SHELF = "main .sleeve-link"

WATCHER = """
() => {
  const look = setInterval(() => {  // a tab that nobody looks at draws no frames
    if (!document.querySelector("[name=passphrase]") || document.querySelector(".sleeve-link")) return;
    window.locked = performance.timeOrigin + performance.now();
    clearInterval(look);
  }, 10);
}
"""
"""Notes when the library is seen no more, in ms since the epoch."""


def locked(play: Any, mag: Mag) -> float:
    """Seconds from the command to the last tab, the start of the command included."""
    with served(mag) as link, one_tab(play) as page:
        page.goto(link)
        page.locator(SHELF).first.wait_for()
        tabs = [page, *(page.context.new_page() for _ in range(TABS - 1))]
        for tab in tabs[1:]:
            tab.goto(page.url)
            tab.locator(SHELF).first.wait_for()
        for tab in tabs:
            tab.evaluate(WATCHER)
        begun = time.time()
        mag("lock")
        for tab in tabs:
            tab.wait_for_function("() => window.locked", polling=50)
        return float(max(tab.evaluate("() => window.locked") for tab in tabs)) / 1000 - begun


def locking(place: Place) -> Iterator[Row]:
    """The longest of some runs."""
    if not CHROMIUM.exists():
        print("  locking: needs Chromium; left out")
        return
    from playwright.sync_api import sync_playwright

    took = []
    with sync_playwright() as play:
        for _ in range(place.runs):
            mag = filled(place.folder / "page-small", 0)
            settle()
            took.append(locked(play, mag))
            print(f"  {took[-1]:.2f} s", flush=True)
            mag.end()
    longest = max(took)
    yield Row(
        f"lock: from the command to the last of {TABS} tabs", f"{longest:.2f} s", "–", "–", longest, "≤ 1 s",
        longest <= 1,
    )  # fmt: skip
