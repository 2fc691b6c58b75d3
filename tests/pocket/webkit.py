"""WebKitGTK with a profile folder, as Debian's WebKitWebDriver leads it."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from tests.pocket.browsers import PATIENCE_MS, Browser, family_of, post_mortem
from tests.pocket.webdriver import TIMEOUTS, Driven, DriverError

DRIVER, SYSTEM_PYTHON = Path("/usr/bin/WebKitWebDriver"), Path("/usr/bin/python3")
VIEW = Path(__file__).with_name("view.py")
_COMMANDS = {
    "DeleteSession": ("DELETE", ""),
    "ElementClick": ("POST", "/element/{id}/click"),
    "ElementSendKeys": ("POST", "/element/{id}/value"),
    "ExecuteAsyncScript": ("POST", "/execute/async"),
    "GetComputedLabel": ("GET", "/element/{id}/computedlabel"),
    "Navigate": ("POST", "/url"),
    "NewSession": ("POST", "/session"),
    "PerformActions": ("POST", "/actions"),
    "SetWindowRect": ("POST", "/window/rect"),
    "TakeScreenshot": ("GET", "/screenshot"),
}


class WebKit(Driven):
    """`more`: what else its processes see."""

    name = "webkit"

    def __init__(self, folder: Path, *, display: str, sound: str, **more: str) -> None:
        super().__init__(folder)
        begin, port = _begins_a_view(folder), _free_port()
        self._told = folder / "told"
        self._driver = subprocess.Popen(
            [DRIVER, f"--port={port}"],
            env={**self.surroundings, **_on_screen(display, sound), **more},
            stdout=subprocess.DEVNULL,
            stderr=self._told.open("wb"),
        )
        self._calls = HTTPConnection("127.0.0.1", port, timeout=3 * PATIENCE_MS / 1000)
        self._reach()
        options = {"binary": str(begin), "args": ["--automation", str(self.home)]}
        wanted = {"alwaysMatch": {"webkitgtk:browserOptions": options, "timeouts": TIMEOUTS}}
        self._session = ""
        self._session = f"/session/{self.ask('NewSession', capabilities=wanted)['sessionId']}"

    def _reach(self) -> None:
        """Until the driver listens."""
        end = time.monotonic() + PATIENCE_MS / 1000
        while self._driver.poll() is None:
            with contextlib.suppress(ConnectionRefusedError):
                return self._calls.connect()
            assert time.monotonic() < end, "the driver does not listen"
        raise DriverError(f"the driver ended: {post_mortem(self._driver, self._told, self.home)}")

    def ask(self, command: str, **told: Any) -> Any:
        method, path = _COMMANDS[command]
        where = self._session + path.format(id=told.pop("id", ""))
        try:
            self._calls.request(method, where, json.dumps(told) if method == "POST" else None)
            said = json.loads(self._calls.getresponse().read())["value"]
        except (OSError, HTTPException, ValueError) as silent:
            end = post_mortem(self._driver, self._told, self.home)
            raise DriverError(f"no answer to {command}, {silent!r}: {end}") from silent
        if isinstance(said, dict) and "error" in said:
            raise DriverError(f"{said['error']}: {said.get('message')}")
        return said

    def give(self, name: str, *paths: Path) -> None:
        """A driver puts files into a field; it knows no chooser and no folder."""
        assert all(path.is_file() for path in paths), "a folder is chosen by the pipe"
        self.write(self.wait_element("chosen", name, False), "\n".join(map(str, paths)))

    def size(self, width: int, height: int) -> None:
        self.ask("SetWindowRect", width=width, height=height)
        self.wait("(width, height) => innerWidth === width && innerHeight === height", width, height)

    def close(self) -> None:
        with contextlib.suppress(DriverError):  # it may have been killed
            self.ask("DeleteSession")
        self._driver.terminate()
        self._driver.wait()
        self._calls.close()

    @property
    def processes(self) -> list[int]:
        return family_of([self._driver.pid])


class PipedWebKit(Browser):
    """The same by a pipe instead of a driver: presses are none of a pointer, and a folder can be chosen."""

    name = "webkit"

    def __init__(self, folder: Path, *, display: str, sound: str, scripts: bool = True) -> None:
        super().__init__(folder)
        self._choice: Sequence[Path] = ()
        self._told = folder / "told"
        self._view = subprocess.Popen(
            [SYSTEM_PYTHON, VIEW, *([] if scripts else ["--silent"]), self.home],
            env={**self.surroundings, **_on_screen(display, sound)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._told.open("wb"),
            text=True,
        )
        self._hear()

    def _hear(self) -> Any:
        assert self._view.stdout is not None
        said = self._view.stdout.readline()
        if not said:
            raise DriverError(f"it is gone: {post_mortem(self._view, self._told, self.home)}")
        return json.loads(said)

    def _say(self, **told: Any) -> Any:
        assert self._view.stdin is not None
        self._view.stdin.write(f"{json.dumps(told)}\n")
        self._view.stdin.flush()
        return self._hear()

    def open(self, url: str) -> None:
        self._say(open=url)

    def evaluate(self, function: str, *given: Any) -> Any:
        said = self._say(run=function, given=given, choice=[str(path) for path in self._choice])
        if isinstance(said, str):
            raise DriverError(said)
        return said[0]

    def shown(self) -> str:
        return str(self._say(shown=True)[0]).strip()

    def element(self, function: str, *given: Any) -> Any:
        """The page keeps it: one at a time."""
        return self.evaluate(f"async given => {{ globalThis.foundByTests = await ({function})(given); }}", *given)

    def click(self, _element: Any) -> None:
        self.evaluate("() => globalThis.foundByTests.click()")

    def write(self, _element: Any, text: str) -> None:
        self.evaluate(
            "([text]) => { globalThis.foundByTests.focus(); document.execCommand('insertText', false, text); }", text
        )

    def give(self, name: str, *paths: Path) -> None:
        self._choice = paths
        self.press(name)

    def size(self, width: int, height: int) -> None:
        self._say(size=[width, height])
        self.wait("(width, height) => innerWidth === width && innerHeight === height", width, height)

    def close(self) -> None:
        with contextlib.suppress(BrokenPipeError):
            self._view.communicate()

    @property
    def processes(self) -> list[int]:
        return family_of([self._view.pid])


def _begins_a_view(folder: Path) -> Path:
    """A program without arguments of its own, as the driver wants one."""
    begin = folder / "view"
    begin.write_text(f'#!/bin/sh\nexec {SYSTEM_PYTHON} "{VIEW}" "$@"\n')
    begin.chmod(0o755)
    return begin


def _on_screen(display: str, sound: str) -> dict[str, str]:
    return {
        "DISPLAY": display, "PULSE_SERVER": sound, "LIBGL_ALWAYS_SOFTWARE": "1", "NO_AT_BRIDGE": "1",
        "GSETTINGS_BACKEND": "memory",
    }  # fmt: skip


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as asked:
        return int(asked.getsockname()[1])


@contextmanager
def screen() -> Iterator[str]:
    """A screen that nobody sees, by the name that `DISPLAY` wants."""
    near, far = os.pipe()
    size = ["-screen", "0", "1600x1200x24"]
    shown = subprocess.Popen(
        ["Xvfb", "-displayfd", str(far), *size, "-nolisten", "tcp"], pass_fds=[far], stderr=subprocess.DEVNULL
    )
    os.close(far)
    try:
        with os.fdopen(near) as said:
            yield f":{said.readline().strip()}"
    finally:
        shown.terminate()
        shown.wait()
