"""Debian's Chromium with a profile folder, as Playwright leads it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from tests.page.conftest import CHROMIUM, FLAGS
from tests.pocket.browsers import DESKTOP, PATIENCE_MS, Browser, family_of, processes_with


class Chromium(Browser):
    """`more`: arguments of it; `view`: as Playwright takes it."""

    name = "chromium"

    def __init__(self, play: Any, folder: Path, *, more: Sequence[str] = (), **view: Any) -> None:
        self.faults: list[str] = []
        super().__init__(folder)
        width, height = DESKTOP
        told = {"viewport": {"width": width, "height": height}, "locale": "en", "reduced_motion": "reduce", **view}
        quiet = [flag for flag in FLAGS if "autoplay" not in flag]  # a page has to be touched before it sounds
        self._context = play.chromium.launch_persistent_context(
            str(self.profile), executable_path=str(CHROMIUM), args=[*quiet, *more], env=self.surroundings, **told
        )
        self.page = self._context.pages[0]
        self.page.set_default_timeout(PATIENCE_MS)
        self.page.on("filechooser", lambda _chooser: None)  # so that it is asked for choosers from the start
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("console", lambda line: self.faults.append(line.text) if line.type == "error" else None)

    def open(self, url: str) -> None:
        self.page.goto(url)

    def evaluate(self, function: str, *given: Any) -> Any:
        return self.page.evaluate(function, list(given))

    def element(self, function: str, *given: Any) -> Any:
        return self.page.evaluate_handle(function, list(given)).as_element()

    def click(self, element: Any) -> None:
        element.click()

    def write(self, element: Any, text: str) -> None:
        element.type(text)

    @contextlib.contextmanager
    def choosing(self, *paths: Path) -> Iterator[None]:
        with self.page.expect_file_chooser() as chooser:
            yield
        chooser.value.set_files([str(path) for path in paths])

    def key(self, key: str) -> None:
        self.page.keyboard.press(key)

    def spoken(self, element: Any) -> str:
        session = self._context.new_cdp_session(self.page)
        self.page.evaluate("element => { globalThis.heardByTests = element; }", element)
        found = session.send("Runtime.evaluate", {"expression": "globalThis.heardByTests"})["result"]["objectId"]
        (heard,) = session.send("Accessibility.getPartialAXTree", {"objectId": found, "fetchRelatives": False})["nodes"]
        session.detach()
        return str(heard.get("name", {}).get("value", ""))

    def size(self, width: int, height: int) -> None:
        self.page.set_viewport_size({"width": width, "height": height})

    def shown(self) -> str:
        return self.page.inner_text("body").strip()

    def shot(self, path: Path) -> None:
        self.page.screenshot(path=str(path))

    def saving(self, press: Callable[[], None]) -> Path:
        with self.page.expect_download() as download:
            press()
        whole = self.saved / download.value.suggested_filename
        download.value.save_as(whole)
        return whole

    def close(self) -> None:
        with contextlib.suppress(Exception):  # it may have been killed
            self._context.close()

    @property
    def processes(self) -> list[int]:
        return family_of(processes_with(str(self.profile)))
