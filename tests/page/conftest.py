"""The page in Debian's Chromium and Firefox, over real servers: one browser of each for all tests."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from magnitizdat.language import load
from magnitizdat.library.library import Library
from magnitizdat.ops.intake.importing import import_music
from magnitizdat.sentence import framed
from magnitizdat.web.http.service import Service
from magnitizdat.web.owner.wording import wording
from magnitizdat.web.stand import Stand
from tests.conftest import CHROMIUM, FIREFOX, missing
from tests.fakes_audio import make_audio
from tests.fakes_library import make_library
from tests.fakes_web import running

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run", "--autoplay-policy=no-user-gesture-required",
]  # fmt: skip
PREFERENCES = {"media.autoplay.default": 0, "ui.prefersReducedMotion": 1}
DESKTOP, PHONE, NARROW = (1280, 800), (390, 844), (320, 640)
PATIENCE_MS = 60_000  # a browser on a machine with much else to do
AXE_RUN = """async () => (await axe.run({resultTypes: ['violations']})).violations
  .filter(v => ['serious', 'critical'].includes(v.impact)).map(v => v.id + ': ' + v.nodes[0].html)"""
SECOND = "document.querySelector('.deck .time').textContent.split(/[: ]/).slice(0, 2).reduce((m, s) => 60 * m + +s, 0)"
TWO_FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))"
SONGS = ("Чужая гитара", "Rødgrød", "Last tram", "Electric train")


def expect(it: Any, wanted: str | None = None) -> Any:
    """Playwright's own, which looks again until it is so: what follows an act is never there at once."""
    from playwright.sync_api import expect as until

    until.set_options(timeout=PATIENCE_MS)
    return until(it, wanted)


def words(language: str) -> Callable[[str], str]:
    """The page's sentences in a language, by key; what is counted is one."""
    spoken = load(language)
    said = wording(spoken)
    return lambda key: spoken.said(framed(said[key], n=1))


class Tab:
    """One open page, with everything that went wrong in it: errors, and requests that left for elsewhere."""

    def __init__(self, page: Any, language: str, home: str) -> None:
        self.page = page
        self.say = words(language)
        self.faults: list[str] = []
        self._home = home
        page.set_default_timeout(PATIENCE_MS)
        self._unanswered: set[Any] = set()
        page.on("request", self._begun)
        for end in ("requestfinished", "requestfailed"):
            page.on(end, self._ended)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", self._heard)
        page.context.on("request", self._asked)
        # Playwright asks the browser for choosers when somebody listens, and does not wait until that has arrived: with
        # this the browser knows from the start, and no Enter comes before.
        page.on("filechooser", lambda _chooser: None)

    def _heard(self, line: Any) -> None:
        """Every error of the console but one: that the API refuses with its sentence is an answer."""
        where = line.location.get("url", "")
        refused = re.search("responded with a status of 4", line.text) and where.startswith(f"{self._home}/api/")
        if line.type == "error" and not refused:
            self.faults.append(f"{line.text} {where}")

    def _asked(self, request: Any) -> None:
        if not request.url.startswith((f"{self._home}/", f"blob:{self._home}/", "data:")):
            self.faults.append(f"asked {request.url}")

    def _begun(self, request: Any) -> None:
        """All but what has no end of its own: what the server says by itself, and music."""
        if not request.url.partition("?")[0].endswith(("/api/events", "/audio")):
            self._unanswered.add(request)

    def _ended(self, request: Any) -> None:
        self._unanswered.discard(request)

    def settles(self) -> None:
        """Wait until all that was asked for has come, and is drawn."""
        until = time.monotonic() + PATIENCE_MS / 1000
        while True:
            self.page.evaluate(TWO_FRAMES)
            if not self._unanswered:
                return
            assert time.monotonic() < until, [request.url for request in self._unanswered]

    def sends(self, method: str, address: str, text: str = "") -> Any:
        """Around what makes the page send something, with a text in it: at the end the server has answered."""
        return self.page.expect_response(
            lambda answer: (
                answer.request.method == method
                and f"/api/{address}" in answer.url
                and text in (answer.request.post_data or "")
            )
        )

    def go(self, place: str) -> None:
        """To another view, as a link would."""
        self.page.evaluate("place => { location.hash = `#/${place}`; }", place)
        self.page.locator(f"main.view-{place.partition('/')[0]}").wait_for()

    def press(self, key: str, *, within: str = "main") -> None:
        """The button or link that says the sentence `key`."""
        exactly = re.compile(rf"^\s*{re.escape(self.say(key))}\s*$")
        self.page.locator(within).locator("button, a, label, summary").filter(has_text=exactly).first.click()

    def told(self, key: str) -> None:
        """Wait for the sentence `key`."""
        self.page.get_by_text(self.say(key), exact=True).first.wait_for()

    def offer(self, folder: Path | str) -> None:
        """A folder in the place of a stick."""
        self.press("folder.open")
        self.page.locator("[name=path]").fill(str(folder))
        self.press("folder.use")

    def sounds(self) -> None:
        """Wait until something plays."""
        self.page.wait_for_function("() => navigator.mediaSession.playbackState === 'playing'")

    def second(self) -> int:
        """Where the song is."""
        return int(self.page.evaluate(SECOND))

    def plays_on(self, *, until: int) -> None:
        """Wait until a song has come so far, in its first minutes."""
        self.page.wait_for_function(f"(until) => {SECOND} >= until", arg=until)


@pytest.fixture(scope="session")
def chromium(play) -> Iterator[Any]:
    browser = play.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def firefox(play, sound) -> Iterator[Any]:
    """Debian's own, that speaks WebDriver BiDi; Playwright's other builds of it are not needed."""
    if not FIREFOX.exists():
        missing("Debian's firefox-esr is not installed")
    browser = play.firefox.launch(
        channel="moz-firefox",
        executable_path=str(FIREFOX),
        firefox_user_prefs=PREFERENCES,
        env={**os.environ, "PULSE_SERVER": sound.address},
    )
    yield browser
    browser.close()


@pytest.fixture
def serve(monkeypatch) -> Iterator[Callable[..., Stand]]:
    """Servers over libraries: of a folder where perhaps none is, or of an open library."""
    monkeypatch.setattr("magnitizdat.library.keyring.create_slot.__kwdefaults__", {"work_factor": 1})
    monkeypatch.setattr("magnitizdat.ops.places.sources.MOUNTS", ())
    with ExitStack() as stack:

        def begin(directory: Path, library: Library | None = None) -> Stand:
            service = Service(directory)
            if library is not None:
                service.open(library)
            stand = stack.enter_context(Stand(service))
            return stack.enter_context(running(stand))

        yield begin


@pytest.fixture
def open_tab(chromium) -> Iterator[Callable[..., Tab]]:
    """Pages of servers, through the link that works once. None may have gone wrong, or asked anybody else."""
    tabs: list[Tab] = []

    def visit(
        stand: Stand,
        language: str = "en",
        size: tuple[int, int] = DESKTOP,
        theme: str = "light",
        *,
        browser: Any = chromium,
        **more: Any,
    ) -> Tab:
        width, height = size
        view = {"width": width, "height": height}
        context = browser.new_context(
            viewport=view, color_scheme=theme, locale=language, reduced_motion="reduce", **more
        )
        tab = Tab(context.new_page(), language, stand.base_url())
        tabs.append(tab)
        tab.page.goto(stand.link())
        tab.page.locator("main[class^='view-']").wait_for()
        tab.page.evaluate("() => document.fonts.ready.then(() => null)")  # nothing is moved by them any more
        return tab

    yield visit
    for tab in tabs:
        tab.page.context.close()
    assert [fault for tab in tabs for fault in tab.faults] == []


def record(
    folder: Path, title: str = "45", artist: str = "Виктор", songs: tuple[str, ...] = SONGS, seconds: float = 6.0
) -> list[Path]:
    """Files of an album, a tone of some seconds each."""
    folder.mkdir(parents=True, exist_ok=True)
    found = []
    for number, song in enumerate(songs, 1):
        tags = {"title": song, "artist": artist, "album": title, "track": f"{number}/{len(songs)}", "date": "1982"}
        path = folder / f"{number}.ogg"
        path.write_bytes(make_audio("vorbis", seconds, tags, tone=180.0 + 60 * number + len(title)))
        found.append(path)
    return found


@pytest.fixture
def shelf(tmp_path, serve) -> Stand:
    """A server over a library with two albums."""
    return two_albums(tmp_path, serve)


@pytest.fixture
def long_shelf(tmp_path, serve) -> Stand:
    """The same, of songs that end in no test by themselves."""
    return two_albums(tmp_path, serve, seconds=40.0)


def two_albums(folder: Path, serve: Callable[..., Stand], **how: Any) -> Stand:
    library = make_library(folder / "library")
    record(folder / "music" / "a", **how)
    record(folder / "music" / "b", "Nat i juni", "Kødbyen", ("Søvnløs", "Blå time"), **how)
    import_music(library, [folder / "music"])
    return serve(folder / "library", library)
