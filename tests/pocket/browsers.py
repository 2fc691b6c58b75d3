"""One small interface to three browsers: Chromium, which Playwright leads, and two that their own drivers lead.

What is asked of a page is asked by a function of JavaScript that runs in it, and by names that people read or hear;
so the same tests lead all of them. Nothing here waits for a time: the page looks again until it is so, or says what
it saw.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

DESKTOP, PHONE = (1280, 800), (360, 640)
PATIENCE_MS = 60_000
"""How long a page may take for one thing on a laden machine."""

BEFORE = """
const shown = element => {
  const box = element.getBoundingClientRect();
  return box.width > 0 && box.height > 0 && getComputedStyle(element).visibility !== 'hidden';
};
const plain = text => (text ?? '').replace(/\\s+/g, ' ').trim();
const named = element => plain(element.getAttribute('aria-label')) || plain(element.labels?.[0]?.textContent) ||
  plain(element.textContent) || plain(element.title);
const every = selector => [...document.querySelectorAll(selector)];
const pressed = name => every('button, a[href], summary, label, [type=checkbox]')
  .find(one => shown(one) && !one.disabled && named(one) === name);
const chosen = (name, folder) => {
  const by = pressed(name);
  return by.control ?? every('input[type=file]').find(one => one.webkitdirectory === folder);
};
const field = name => every('input, textarea').find(one => named(one) === name);
"""
"""Functions that every script here may use."""

UNTIL = """async ([patience, ...given]) => {
  %s
  const look = %s;
  for (const end = performance.now() + patience; ;) {
    const seen = await look(...given);
    if (seen) return seen;
    if (performance.now() > end) throw new Error(`not seen: ${document.body?.innerText.slice(0, 3000)}`);
    await new Promise(again => setTimeout(again, 20));
  }
}"""

_PLACES = ("HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR")


class Browser(ABC):
    """A browser with one tab and a profile folder of its own."""

    name: str
    home: Path
    saved: Path

    def __init__(self, folder: Path) -> None:
        """`folder` holds all that it writes down, what a person saves in `saved`."""
        self.home = folder
        self.saved = folder / "saved"
        for each in (self.saved, folder / "profile", folder / "tmp"):
            each.mkdir(parents=True)

    @property
    def profile(self) -> Path:
        return self.home / "profile"

    @property
    def surroundings(self) -> dict[str, str]:
        """What its processes see: a home of its own, and nothing of the desk that this machine may have."""
        kept = {name: value for name, value in os.environ.items() if name in {"PATH", "NODE_OPTIONS"}}
        return {**kept, **dict.fromkeys(_PLACES, str(self.home)), "TMPDIR": str(self.home / "tmp"), "LANG": "C.UTF-8"}

    # -- what each driver has to do itself -----------------------------------------------------------------------------

    @abstractmethod
    def open(self, url: str) -> None:
        """Go there, and come back when it is loaded."""

    @abstractmethod
    def evaluate(self, function: str, *given: Any) -> Any:
        """What a function in the page says, also one that promises it."""

    @abstractmethod
    def element(self, function: str, *given: Any) -> Any:
        """The element that a function in the page gives, as this driver knows it."""

    @abstractmethod
    def click(self, element: Any) -> None:
        """With a pointer, as a person would."""

    @abstractmethod
    def write(self, element: Any, text: str) -> None:
        """Type into a field."""

    def key(self, key: str) -> None:
        """One key of the keyboard: "Tab", "Shift+Tab", "Enter", "Space", or a letter."""
        raise NotImplementedError

    @abstractmethod
    def size(self, width: int, height: int) -> None:
        """Of what the page sees."""

    def keys(self, text: str) -> None:
        """All letters of a text, one after the other."""
        for letter in text:
            self.key("Space" if letter == " " else letter)

    def spoken(self, element: Any) -> str:
        """The name that a reader of screens says for an element."""
        raise NotImplementedError

    def choosing(self, *paths: Path) -> AbstractContextManager[None]:
        """Whatever is done meanwhile opens a chooser, in which these are chosen."""
        raise NotImplementedError

    def shown(self) -> str:
        """All that can be read on the page, also where it runs no scripts."""
        raise NotImplementedError

    def shot(self, path: Path) -> None:
        """A picture of the page."""
        raise NotImplementedError

    @abstractmethod
    def close(self) -> None:
        """As a person closes it."""

    @property
    @abstractmethod
    def processes(self) -> list[int]:
        """Of all that belongs to this browser."""

    # -- what is the same for all --------------------------------------------------------------------------------------

    def wait(self, function: str, *given: Any) -> Any:
        """What a function in the page says, as soon as that is true."""
        return self.evaluate(UNTIL % (BEFORE, function), PATIENCE_MS, *given)

    def wait_element(self, function: str, *given: Any) -> Any:
        """The element that a function in the page finds, as soon as it does."""
        return self.element(UNTIL % (BEFORE, function), PATIENCE_MS, *given)

    def sees(self, text: str) -> None:
        """Wait until the page shows this text."""
        self.wait("text => plain(document.body?.innerText).toLowerCase().includes(text.toLowerCase())", text)

    def until(self, condition: Callable[[], Any]) -> Any:
        """What a condition outside the page says, as soon as that is true; the page counts the tries."""
        for _ in range(PATIENCE_MS // 50):
            if found := condition():
                return found
            self.evaluate("() => new Promise(again => setTimeout(again, 50))")
        raise AssertionError(f"never so: {condition}")

    def give(self, name: str, *paths: Path) -> None:
        """Press what bears this name, and choose files, or one folder, in the chooser that opens."""
        with self.choosing(*paths):
            self.press(name)

    def give_into(self, selector: str, *paths: Path) -> None:
        """The same for whoever cannot read the name."""
        with self.choosing(*paths):
            self.click(self.wait_element("selector => document.querySelector(selector).closest('label')", selector))

    def saving(self, press: Callable[[], None]) -> Path:
        """The file that this puts into the folder of downloads, when it is whole."""
        before = set(self.saved.iterdir())
        press()
        return self.until(lambda: self._whole(before))

    def _whole(self, before: set[Path]) -> Path | None:
        """A file that was not there and is written no more: one begins empty, and beside it lies a part."""
        there = set(self.saved.iterdir())
        if any(path.suffix == ".part" for path in there):
            return None
        return next((path for path in there - before if path.stat().st_size), None)

    def press(self, name: str) -> None:
        """What bears this name and can be pressed."""
        self.click(self.wait_element("pressed", name))

    def type(self, name: str, text: str) -> None:
        """Into the field of this name."""
        self.write(self.wait_element("field", name), text)

    def kill(self) -> None:
        """As a power cut does: none of its processes says good-bye."""
        for process in self.processes:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)


def post_mortem(process: subprocess.Popen[Any], told: Path, home: Path) -> str:
    """How a browser went that answers no more: its end, what the machine had left, dumps, and the last that it said."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(PATIENCE_MS / 6000)
    code = process.poll()
    end = "it still runs" if code is None else signal.Signals(-code).name if code < 0 else f"exit code {code}"
    dumps = [str(path.relative_to(home)) for path in home.rglob("*.dmp")]
    memory = Path("/proc/meminfo").read_text().splitlines()[2]
    shared = shutil.disk_usage("/dev/shm").free  # browsers keep pictures there
    left = f"{memory}, {shared} bytes of shared memory, {shutil.disk_usage(home).free} of disk, load {os.getloadavg()}"
    return f"{end}; {left}; dumps: {dumps}; it said last:\n{told.read_text(errors='replace')[-4000:]}"


def family_of(elders: Collection[int]) -> list[int]:
    """These processes and all that they began."""
    children: dict[int, list[int]] = {}
    for place in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            parent = (place / "stat").read_text().rpartition(")")[2].split()[1]
            children.setdefault(int(parent), []).append(int(place.name))
    found = list(elders)
    for process in found:
        found += children.get(process, [])
    return found


def processes_with(text: str) -> list[int]:
    """Processes that have this in their command line, such as the path of a profile."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if text.encode() in (place / "cmdline").read_bytes():
                found.append(int(place.name))
    return [process for process in found if process != os.getpid()]
