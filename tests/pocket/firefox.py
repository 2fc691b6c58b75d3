"""Debian's Firefox with a profile folder, as its own Marionette leads it.

Playwright cannot choose a folder in it, nor see what it saves: this can, for Marionette reaches into the browser.
A message is `LENGTH:[kind, number, command or error, told or said]`.
"""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.conftest import FIREFOX
from tests.pocket.browsers import PATIENCE_MS, family_of, post_mortem
from tests.pocket.webdriver import TIMEOUTS, Driven, DriverError

PREFERENCES = {
    "marionette.port": 0,
    "browser.download.folderList": 2,
    "browser.download.always_ask_before_handling_new_types": False,
    "browser.download.alwaysOpenPanel": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "security.dialog_enable_delay": 0,
    "ui.prefersReducedMotion": 1,
}
SILENCE_S = 3 * PATIENCE_MS / 1000
"""More than it gives any command: then it hangs."""
_CHOOSER = """
const [paths] = arguments;
const files = paths.map(path => {
  const file = Cc['@mozilla.org/file/local;1'].createInstance(Ci.nsIFile);
  file.initWithPath(path);
  return file;
});
const is = (...names) => ChromeUtils.generateQI(names);
const registrar = Components.manager.QueryInterface(Ci.nsIComponentRegistrar);
const contract = '@mozilla.org/filepicker;1';
const own = Components.ID('{6a1c9f0e-3b5d-4a8e-9a55-8a2f6b9c7d01}');
const picker = {
  QueryInterface: is('nsIFilePicker'),
  mode: 0, displayDirectory: null, displaySpecialDirectory: '', defaultString: '', defaultExtension: '', filterIndex: 0,
  addToRecentDocs: false, okButtonLabel: '', capture: 0,
  init(_window, _title, mode) { this.mode = mode; }, isModeSupported() { return Promise.resolve(true); },
  appendFilters() {}, appendFilter() {}, appendRawFilter() {}, close() {},
  get file() { return files[0]; },
  get fileURL() { return Services.io.newFileURI(files[0]); },
  get files() {
    const left = [...files];
    const more = { hasMoreElements: () => left.length > 0, getNext: () => left.shift() };
    return { QueryInterface: is('nsISimpleEnumerator'), ...more };
  },
  get domFileOrDirectoryEnumerator() { return this.files; },
  open(callback) { callback.done(Ci.nsIFilePicker.returnOK); },
};
if (registrar.isCIDRegistered(own)) registrar.unregisterFactory(own, window.chooserOfTests);
window.chooserOfTests = {
  QueryInterface: is('nsIFactory'),
  createInstance: iid => picker.QueryInterface(iid),
};
registrar.registerFactory(own, 'chooser', contract, window.chooserOfTests);
"""


class Firefox(Driven):
    """`more`: preferences."""

    name = "firefox"

    def __init__(self, folder: Path, *, sound: str, more: Mapping[str, Any] | None = None) -> None:
        super().__init__(folder)
        self._told = folder / "told"
        wished = {**PREFERENCES, "browser.download.dir": str(self.saved), **(more or {})}
        lines = (f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in wished.items())
        (self.profile / "user.js").write_text("".join(lines))
        led = ["--headless", "--no-remote", "--marionette", "--remote-allow-system-access"]
        self._process = subprocess.Popen(
            [FIREFOX, *led, "--profile", str(self.profile)],
            env={**self.surroundings, "PULSE_SERVER": sound},
            stdout=subprocess.DEVNULL,
            stderr=self._told.open("wb"),
        )
        self._socket = socket.create_connection(("127.0.0.1", self._port()), timeout=SILENCE_S)
        self._said = self._socket.makefile("rb")
        self._number = 0
        with self._listening("its first word"):
            self._hear()
        self.ask("NewSession", capabilities={"unhandledPromptBehavior": "ignore"})
        self.ask("SetTimeouts", **TIMEOUTS)

    def _port(self) -> int:
        """Once it listens it says where."""
        told = self.profile / "MarionetteActivePort"
        end = time.monotonic() + 2 * PATIENCE_MS / 1000
        while not (said := told.read_text() if told.exists() else ""):
            if self._process.poll() is not None or time.monotonic() > end:
                raise self._gone("it does not listen")
        return int(said)

    def _gone(self, what: str) -> DriverError:
        return DriverError(f"{what}: {post_mortem(self._process, self._told, self.home)}")

    @contextlib.contextmanager
    def _listening(self, what: str) -> Iterator[None]:
        """It may have gone, or is silent for longer than any command may take."""
        try:
            yield
        except (OSError, EOFError) as silent:
            raise self._gone(f"no sign of {what}, {silent!r}") from silent

    def _hear(self) -> Any:
        length = b""
        while (byte := self._said.read(1)) != b":":
            if not byte:
                raise EOFError
            length += byte
        return json.loads(self._said.read(int(length)))

    def ask(self, command: str, **told: Any) -> Any:
        self._number += 1
        name = command if ":" in command else f"WebDriver:{command}"
        message = json.dumps([0, self._number, name, told]).encode()
        with self._listening(f"an answer to {name}"):
            self._socket.sendall(b"%d:%s" % (len(message), message))
            _, _, error, said = self._hear()
        if error:
            raise DriverError(f"{error['error']}: {error['message']}")
        return said["value"] if set(said) == {"value"} else said

    def shown(self) -> str:
        (body,) = self.ask("FindElement", using="css selector", value="body").values()
        return str(self.ask("GetElementText", id=body)).strip()

    def _within(self, script: str, *given: Any) -> Any:
        """What a script says that runs in the browser instead of the page."""
        self.ask("Marionette:SetContext", value="chrome")
        try:
            return self.ask("ExecuteScript", script=script, args=list(given))
        finally:
            self.ask("Marionette:SetContext", value="content")

    @contextlib.contextmanager
    def choosing(self, *paths: Path) -> Iterator[None]:
        self._within(_CHOOSER, [str(path) for path in paths])
        yield
        if paths[0].is_dir():
            self._agree()

    def _agree(self) -> None:
        """Yes, all of a folder may be handed over: it asks as soon as it has looked into it."""
        end = time.monotonic() + PATIENCE_MS / 1000
        while True:
            try:
                return self.ask("AcceptAlert")
            except DriverError as error:
                if "no such alert" not in str(error):
                    raise
            assert time.monotonic() < end, "it does not ask"

    def size(self, width: int, height: int) -> None:
        room = f"min-width: {width}px; max-width: {width}px; min-height: {height}px; max-height: {height}px"
        self._within("gBrowser.selectedBrowser.style.cssText = arguments[0];", room)
        self.wait("(width, height) => innerWidth === width && innerHeight === height", width, height)

    def close(self) -> None:
        if self._process.poll() is None:  # else it was killed
            with contextlib.suppress(DriverError):
                self.ask("Marionette:Quit", flags=["eAttemptQuit"])
        self._socket.close()
        try:
            self._process.wait(2 * PATIENCE_MS / 1000)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    @property
    def processes(self) -> list[int]:
        return family_of([self._process.pid])
