"""The owner's page in Chromium: from the one-time link to the first sound, its weight, a long shelf by mouse wheel,
and many albums ticked at once.

The library has 10 000 albums with 100 000 tracks. The first album is real and plays; of the others, one in two among
the first 2 000 has a cover of a photo's weight, and the rest have drawn sleeves.
"""

from __future__ import annotations

import hashlib
import json
import random
import statistics
import subprocess
import tempfile
import time
import wave
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import av
from msgspec import structs

from bench.cases import Place, Row
from bench.measure import settle, surroundings
from bench.programs import PASSPHRASE, Mag
from bench.subsonic import fill_ours
from magnitizdat.library.library import Library, unlock
from magnitizdat.model import File
from magnitizdat.ops.albums.covers import SIDES
from magnitizdat.workers.pool import ParserPool
from tests.fakes_library import rows

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run", "--autoplay-policy=no-user-gesture-required",
]  # fmt: skip
SIZE = {"width": 1280, "height": 800}
TRACKS = 100_000
PHOTOS, COVERED = 40, 2_000
NOTCH, NOTCHES = 240, 400
"""CSS pixels of one turn of the wheel, and turns: one a frame is as fast as a hand gets."""

LISTENER = """
(() => {
  const made = [], Real = window.Audio, marks = window.marks = {};
  window.Audio = function (...words) { made.push(new Real(...words)); return made.at(-1); };
  const steps = [
    ["shelf", () => document.querySelector("main .sleeve-link"), (album) => album.click()],
    ["album", () => document.querySelector(".album .actions .solid"), (play) => play.click()],
    ["sound", () => made.some((deck) => deck.currentTime > 0), () => null],
  ];
  const look = () => {
    const found = steps[0][1]();
    if (found) {
      const [name, , act] = steps.shift();
      marks[name] = performance.timeOrigin + performance.now();
      act(found);
    }
    if (steps.length) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})();
"""
"""Presses what a person would press, in the first frame that shows it, and notes when."""

WATCHER = """
() => {
  window.longest = {task: 0, frame: 0};
  new PerformanceObserver((list) => {
    for (const each of list.getEntries()) longest.task = Math.max(longest.task, each.duration);
  }).observe({type: "longtask"});
  let last = performance.now();
  const turn = (now) => {
    longest.frame = Math.max(longest.frame, now - last);
    last = now;
    requestAnimationFrame(turn);
  };
  requestAnimationFrame((now) => { last = now; requestAnimationFrame(turn); });
}
"""


class Start(NamedTuple):
    """Seconds from the link to the shelf, to the open album, to sound; bytes as they travel, and how many requests."""

    shelf: float
    album: float
    sound: float
    weight: int
    requests: int


TICKED = 1000
"""Albums that one press with Shift ticks."""
SHELF = "() => { location.hash = '#/albums'; }"

TICK = """
async (many) => {
  const tick = (at) => document.querySelector(`.grid > li[aria-posinset="${at}"] .choose input`);
  const shown = (until) => new Promise((resolve) => {
    const look = () => requestAnimationFrame(until() ? () => resolve(performance.now()) : look);
    look();
  });
  const chosen = () => document.querySelector("#choice b")?.textContent.replace(/\\D/g, "");
  tick(1).click();
  await shown(() => chosen() === "1");
  const high = document.querySelector(".grid").getBoundingClientRect();
  scrollTo(0, scrollY + high.top + (high.height * many) / 10000);
  await shown(() => tick(many));
  const begun = performance.now();
  tick(many).dispatchEvent(new MouseEvent("click", {bubbles: true, cancelable: true, shiftKey: true}));
  return (await shown(() => chosen() === String(many))) - begun;
}
"""
"""From the press to the frame that shows how many are chosen, in ms."""


class Wheel(NamedTuple):
    """The longest task and the longest time between two frames, in seconds; pixels that were passed; lines at once."""

    task: float
    frame: float
    passed: int
    cells: int


def filled(folder: Path, tracks: int) -> Mag:
    """The library, made once."""
    mag = Mag(folder)
    if not (mag.library / "filled").exists():
        mag.begin()
        mag("import", _record(folder / "record"))
        with Library(mag.library, unlock(mag.library, PASSPHRASE)) as library:
            if tracks:
                own = {album.id for album in library.shelf.albums()}
                fill_ours(library, tracks)
                _cover(library, own)
        (mag.library / "filled").touch()
    mag("--passphrase-file", mag.folder / "passphrase", "unlock")
    return mag


def _record(folder: Path) -> Path:
    """Four songs by somebody who stands first on every shelf."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(1, 5):
        path = folder / f"{number}.flac"
        if path.exists():
            continue
        with tempfile.NamedTemporaryFile(suffix=".wav") as plain:
            with wave.open(plain.name, "wb") as sound:
                sound.setparams((2, 2, 44100, 0, "NONE", ""))
                sound.writeframes(random.Random(number).randbytes(30 * 44100 * 4))
            tags = {"title": f"Song {number}", "artist": "A", "album": "First", "track": f"{number}/4", "date": "1982"}
            _packed(Path(plain.name), path, tags)
    return folder


def _packed(source: Path, target: Path, tags: dict[str, str]) -> None:
    with av.open(str(source)) as plain, av.open(str(target), "w", format="flac") as packed:
        packed.metadata.update(tags)
        stream = packed.add_stream("flac", rate=44100, layout="stereo", format="s16")
        for frame in plain.decode(audio=0):
            packed.mux(stream.encode(frame))
        packed.mux(stream.encode(None))


def _cover(library: Library, own: set[str]) -> None:
    """Photos for one in two of the first albums, each a picture of its own, of which there are a few."""
    pool = ParserPool()
    photos = [dict(zip(SIDES, pool.scale(_photo(number), SIDES), strict=True)) for number in range(PHOTOS)]
    pool.close()
    albums = [album for album in islice(library.shelf.albums(), COVERED) if album.id not in own][::2]
    kept = dict[str, dict[int, bytes]]()
    with library.index.transaction():
        for number, album in enumerate(albums):
            digest = hashlib.sha256(f"cover {album.id}".encode()).hexdigest()
            release = structs.replace(library.shelf.release(album.id), tracks=())
            cover = File(sha256=digest, length=400_000, media_type="image/jpeg")
            library.shelf.put_own(structs.replace(release, cover=cover))
            kept[digest] = photos[number % PHOTOS]
        rows(library, "UPDATE blob SET complete = 1")
        rows(library, "UPDATE album SET own = 0")
    library.index.prepared.keep_thumbnails(kept)


def _photo(number: int) -> bytes:
    """A picture with as much in it as a photo."""
    noise = random.Random(number)
    small = av.VideoFrame(48, 48, "rgb24")
    small.planes[0].update(noise.randbytes(small.planes[0].buffer_size))
    container = av.CodecContext.create("mjpeg", "w")
    container.width = container.height = 1200
    container.pix_fmt, container.time_base = "yuvj420p", Fraction(1, 25)
    packets = container.encode(small.reformat(1200, 1200, "yuvj420p", interpolation="BICUBIC"))
    return b"".join(map(bytes, [*packets, *container.encode(None)]))


@contextmanager
def served(mag: Mag) -> Iterator[str]:
    """`mag serve`, just started; its one-time link."""
    argv = [str(each) for each in mag.argv("serve", "--port", "0", "--json") if each != "--quiet"]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, env=surroundings(mag.environment), text=True) as child:
        try:
            assert child.stdout is not None
            yield json.loads(child.stdout.readline())["url"]
        finally:
            child.terminate()


@contextmanager
def one_tab(play: Any) -> Iterator[Any]:
    """An empty tab of a browser with a profile of its own, in Russian: the most letters."""
    with tempfile.TemporaryDirectory() as profile:
        browser = play.chromium.launch_persistent_context(
            profile, executable_path=str(CHROMIUM), args=FLAGS, viewport=SIZE, locale="ru"
        )
        yield browser.pages[0]
        browser.close()


def first_sound(play: Any, mag: Mag) -> Start:
    """The start of a server that was never asked, in a browser that was never here."""
    with served(mag) as link, one_tab(play) as page:
        travelled, urls = dict[str, float](), dict[str, str]()
        wire = page.context.new_cdp_session(page)
        wire.send("Network.enable")
        wire.on("Network.responseReceived", lambda event: urls.update({event["requestId"]: event["response"]["url"]}))
        wire.on(
            "Network.loadingFinished", lambda event: travelled.update({event["requestId"]: event["encodedDataLength"]})
        )
        page.add_init_script(LISTENER)
        begun = time.time()
        page.goto(link)
        page.wait_for_function("() => window.marks?.sound", timeout=60_000)
        marks = page.evaluate("() => window.marks")
        page.wait_for_timeout(300)
        weighed = [each for each in travelled if not _is_music(urls.get(each, ""))]
        shelf, album, sound = (marks[name] / 1000 - begun for name in ("shelf", "album", "sound"))
        return Start(shelf, album, sound, round(sum(travelled[each] for each in weighed)), len(weighed))


def _is_music(url: str) -> bool:
    return "/api/covers/" in url or "/audio" in url


def by_wheel(play: Any, mag: Mag) -> Wheel:
    """Down the shelf as fast as a hand turns the wheel, and back up."""
    with served(mag) as link, one_tab(play) as page:
        page.goto(link)
        page.locator("main[class^='view-']").wait_for()
        page.evaluate(SHELF)
        page.locator(".grid .sleeve-link").first.wait_for()
        page.wait_for_load_state("networkidle")
        page.mouse.move(SIZE["width"] / 2, SIZE["height"] / 2)
        page.evaluate(WATCHER)
        for turn in range(NOTCHES):
            page.mouse.wheel(0, NOTCH if turn < NOTCHES * 3 / 4 else -NOTCH)
        passed = page.evaluate("() => scrollY") + NOTCH * NOTCHES // 2
        cells = page.locator(".grid > li").count()
        page.wait_for_timeout(500)
        longest = page.evaluate("() => window.longest")
        return Wheel(longest["task"] / 1000, longest["frame"] / 1000, passed, cells)


def ticking(play: Any, mag: Mag) -> float:
    """Seconds from a press with Shift to the frame that says how many albums it ticked."""
    with served(mag) as link, one_tab(play) as page:
        page.goto(link)
        page.locator("main[class^='view-']").wait_for()
        page.evaluate(SHELF)
        page.locator(".grid .choose").first.wait_for(state="attached")
        page.wait_for_load_state("networkidle")
        return float(page.evaluate(TICK, TICKED)) / 1000


def page(place: Place) -> Iterator[Row]:
    """Start, weight and shelf."""
    if not CHROMIUM.exists():
        print("  page: needs Chromium; left out")
        return
    from playwright.sync_api import sync_playwright

    small, large = filled(place.folder / "page-small", 0), filled(place.folder / "page-large", TRACKS)
    with sync_playwright() as play:
        for mag, shelf in ((small, "one album"), (large, f"{TRACKS // 10} albums")):
            starts = [_shown(first_sound, play, mag) for _ in range(place.runs)]
            sound = statistics.median(start.sound for start in starts)
            until = statistics.median(start.shelf for start in starts)
            yield Row(
                f"page: link to first sound, {shelf}", f"{sound:.2f} s", "until the shelf is there", f"{until:.2f} s",
                sound, "≤ 1 s", sound <= 1,
            )  # fmt: skip
            weight = max(start.weight for start in starts)
            yield Row(
                f"page: weight until then, {shelf}", f"{weight / 1000:.0f} kB", "requests", f"{starts[0].requests}",
                weight / 300_000, "≤ 300 kB", weight <= 300_000,
            )  # fmt: skip
        wheels = [_shown(by_wheel, play, large) for _ in range(place.slow_runs)]
        for name, longest in (
            ("task", max(wheel.task for wheel in wheels)),
            ("time between two frames", max(wheel.frame for wheel in wheels)),
        ):
            yield Row(
                f"page: longest {name} by wheel over {TRACKS // 10} albums", f"{longest * 1000:.0f} ms", "–", "–",
                longest / 0.1, "≤ 100 ms", longest <= 0.1,
            )  # fmt: skip
        ticked = max(_shown(ticking, play, large) for _ in range(place.slow_runs))
        yield Row(
            f"page: tick {TICKED} of {TRACKS // 10} albums", f"{ticked * 1000:.0f} ms", "–", "–",
            ticked / 0.05, "≤ 50 ms", ticked <= 0.05,
        )  # fmt: skip
    for mag in (small, large):
        mag.end()


def _shown(measured: Callable[[Any, Mag], Any], play: Any, mag: Mag) -> Any:
    settle()
    found = measured(play, mag)
    print(f"  {found}", flush=True)
    return found
