"""The page that opens a sealed reel in any browser, from a file: from the words to the first sound, how fast it reads,
what it decrypts before its catalogue, 10 000 songs on a shelf, and the memory of its tab.

Each run has a new profile and a new page. The reels are cut by the commands that people run; the system has read them.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import statistics
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, Self, TypeVar

from bench.cases import Place, Row, stocked
from bench.measure import bytes_in, warm
from magnitizdat.pages import pocket as library
from tests.conftest import FORGIVING
from tests.fakes_sound import sound_server
from tests.pocket.browsers import Browser
from tests.pocket.chromium import Chromium
from tests.pocket.firefox import Firefox
from tests.pocket.webkit import WebKit, screen

Found = TypeVar("Found")
BROWSERS = ("chromium", "firefox", "webkit")
FIRST_SOUND_S = {"chromium": 2.5, "firefox": 3.5, "webkit": 4.0}
MORE_MEMORY = 350_000_000
SHOWN_S = 5.0
DECRYPTED = 0.002
"""Of each byte of a reel, what may be decrypted before its catalogue is there."""
SAMPLE_S = 0.1
RUNS = 3
OPENER = Path(__file__).parents[1] / "tests/pocket/open_folder.js"

HEAR = "() => { const Real = window.Audio; window.Audio = function () { return window.heard = new Real(); }; }"
"""The page makes its one player of this, which shows when it sounds."""

WATCH = """
([albums]) => {
  const marks = window.marks = {};
  const seconds = (since) => (performance.now() - since) / 1000;
  const steps = [
    ["open", "shelf", () => document.querySelector(".sleeve")],
    ["open", "all", () => document.querySelectorAll(".sleeve").length >= albums],
    ["play", "sound", () => window.heard?.currentTime > 0],
  ];
  const begun = {};
  const look = () => {
    const [[from, name, seen]] = steps;
    if (begun[from] && seen()) { marks[name] = seconds(begun[from]); steps.shift(); }
    if (steps.length) setTimeout(look, 4);
  };
  document.addEventListener("click", ({ target }) => {
    const name = target.closest("button.main") && (document.querySelector("main.in-album") ? "play" : "open");
    begun[name] ??= performance.now();
  }, true);
  look();
}
"""
"""Notes what is there how long after a press of Open, and of Play: a person's own time between is not counted."""


SAVE = """
() => {
  let begun = 0;
  const look = () => {
    const going = document.querySelector("#tray progress");
    if (going) begun ||= performance.now();
    else if (begun) { window.marks.saved = (performance.now() - begun) / 1000; return; }
    setTimeout(look, 4);
  };
  look();
}
"""
"""Notes how long an album is gathered: read, decrypted, verified and put into one ZIP."""


class Start(NamedTuple):
    """Seconds from the words to the shelf and to sound; bytes that the browser took more."""

    shelf: float
    sound: float
    memory: int


@contextmanager
def browsers(folder: Path) -> Iterator[Callable[[str], contextlib.AbstractContextManager[Browser]]]:
    """Begins a browser by its name, with a profile of its own."""
    from playwright.sync_api import sync_playwright

    os.environ["NODE_OPTIONS"] = f"--require={FORGIVING}"
    with ExitStack() as ends:
        play = ends.enter_context(sync_playwright())
        sound = ends.enter_context(sound_server(folder))
        sound.plug()
        display = ends.enter_context(screen())
        makers: dict[str, Callable[[Path], Browser]] = {
            "chromium": partial(Chromium, play),
            "firefox": partial(Firefox, sound=sound.address),
            "webkit": partial(WebKit, display=display, sound=sound.address),
        }

        @contextmanager
        def begin(name: str) -> Iterator[Browser]:
            with tempfile.TemporaryDirectory(dir=folder, ignore_cleanup_errors=True) as profile:
                browser = makers[name](Path(profile))
                try:
                    yield browser
                finally:
                    browser.close()

        yield begin


class Memory:
    """The most that a browser took, in bytes of its own and its share of what several have."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self.before = self.most = taken(browser)
        self._over = threading.Event()
        self._watch = threading.Thread(target=self._look)

    def __enter__(self) -> Self:
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._watch.join()

    def _look(self) -> None:
        while not self._over.wait(SAMPLE_S):
            self.most = max(self.most, taken(self._browser))


def taken(browser: Browser) -> int:
    """Bytes of all processes of a browser. Source: proc(5), `Pss`."""
    total = 0
    for process in set(browser.processes):
        with contextlib.suppress(OSError, StopIteration):
            lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
            total += int(next(line for line in lines if line.startswith("Pss:")).split()[1]) * 1024
    return total


def prepared(browser: Browser, page: Path, cut: Cut) -> None:
    """The page with a reel's files in it and the words in its field."""
    browser.open(page.as_uri())
    browser.evaluate(HEAR)
    browser.evaluate(WATCH, cut.albums)
    browser.give("Choose files", *cut.files)
    browser.wait("() => document.querySelector('.chosen b')")
    browser.write(browser.element("() => document.querySelector('#secret')"), cut.words)


def started(browser: Browser, page: Path, cut: Cut) -> Start:
    """From the words to the first sound, once."""
    prepared(browser, page, cut)
    with Memory(browser) as memory:
        browser.press("Open")
        browser.click(browser.wait_element("() => document.querySelector('.sleeve')"))
        browser.press("Play")
        marks = browser.wait("() => window.marks.sound !== undefined && window.marks")
    return Start(marks["shelf"], marks["shelf"] + marks["sound"], memory.most - memory.before)


def shown(browser: Browser, page: Path, cut: Cut) -> float:
    """Seconds from the words until all albums are on the shelf."""
    prepared(browser, page, cut)
    browser.press("Open")
    return float(browser.wait("() => window.marks.all"))


def gathered(browser: Browser, page: Path, cut: Cut) -> float:
    """Bytes a second of an album that is saved."""
    prepared(browser, page, cut)
    browser.press("Open")
    browser.click(browser.wait_element("() => document.querySelector('.sleeve')"))
    browser.evaluate(SAVE)
    browser.click(browser.wait_element("() => document.querySelectorAll('main.in-album .actions button')[1]"))
    saved = browser.saving(lambda: browser.press("Save it plain"))
    seconds = browser.wait("() => window.marks.saved")
    return saved.stat().st_size / float(seconds)


class Cut(NamedTuple):
    """A reel that was cut to six words: its files, bytes of all, and what is decrypted before its catalogue."""

    files: list[Path]
    length: int
    words: str
    albums: int
    decrypted: int


def cut_to_words(place: Place, name: str, music: Path) -> Cut:
    """A reel of this music, read once, so that no stick is measured."""
    viktor = stocked(place, f"pocket-{name}", music)
    folder = place.folder / f"reel-pocket-{name}"
    shutil.rmtree(folder, ignore_errors=True)
    words = str(viktor.document("reel", "cut", folder)["words"])
    viktor.end()
    warm(folder)
    done = subprocess.run(["node", OPENER, folder], input=words, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return Cut(files, bytes_in(folder), words, int(found["albums"]), int(found["decryptedBytes"]))


def pocket(place: Place) -> Iterator[Row]:
    """In each of three browsers, a new profile for each run; medians."""
    large, small = cut_to_words(place, "large", place.large()), cut_to_words(place, "small", place.small())
    yield _decrypted(large)
    page = place.folder / library.NAME
    page.write_bytes(library.page())
    with tempfile.TemporaryDirectory(dir=place.folder) as folder, browsers(Path(folder)) as begin:
        for name in BROWSERS:
            yield from _of_browser(partial(begin, name), name, page, large, small)


def _of_browser(begin: Callable[[], Any], name: str, page: Path, large: Cut, small: Cut) -> Iterator[Row]:
    def runs(work: Callable[[Browser, Path, Cut], Found], cut: Cut) -> list[Found]:
        found = []
        for _ in range(RUNS):
            with begin() as browser:
                found.append(work(browser, page, cut))
        return found

    starts = runs(started, large)
    sound, memory = statistics.median(each.sound for each in starts), max(each.memory for each in starts)
    what = f"the page in {name}"
    yield _seconds(
        f"{what}: from the words to the first sound, {large.length / 1e9:.1f} GB", sound, FIRST_SOUND_S[name]
    )
    yield _seconds(f"{what}: 10 000 songs shown", statistics.median(runs(shown, small)), SHOWN_S)
    rate = statistics.median(runs(gathered, large))
    yield Row(
        f"{what}: an album put into a ZIP to save", f"{rate / 1e6:.0f} MB/s", "", "", rate / 1e6, "–", reached=True
    )
    reach = f"≤ {MORE_MEMORY / 1e6:.0f} MB" if name == "chromium" else "–"
    yield Row(
        f"{what}: memory that it takes more",
        f"{memory / 1e6:.0f} MB",
        "",
        "",
        memory / MORE_MEMORY,
        reach,
        reach == "–" or memory <= MORE_MEMORY,
    )


def _seconds(work: str, seconds: float, most: float) -> Row:
    return Row(work, f"{seconds:.2f} s", "", "", seconds / most, f"≤ {most:g} s", seconds <= most)


def _decrypted(cut: Cut) -> Row:
    most = cut.length * DECRYPTED
    ours, theirs = (f"{length / 1e6:.2f} MB" for length in (cut.decrypted, cut.length))
    ratio = cut.decrypted / cut.length
    work = "the page: decrypted before the catalogue"
    return Row(work, ours, "the reel", theirs, ratio, "≤ 0.2 %", cut.decrypted <= most)
