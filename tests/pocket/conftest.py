"""The page in three browsers, from a file and over plain HTTP at an address of a local network."""

from __future__ import annotations

import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from magnitizdat.pages import pocket
from tests.conftest import FIREFOX, IN_NO_NETWORK, missing
from tests.pocket.browsers import Browser
from tests.pocket.chromium import Chromium
from tests.pocket.firefox import Firefox
from tests.pocket.webkit import DRIVER, PipedWebKit, WebKit, screen

NEAR = "169.254.7.1"
"""An address of a local network, which no browser takes for this machine."""
NAMES = ("chromium", "firefox", "webkit")


@pytest.fixture(scope="session")
def display() -> Iterator[str]:
    """A screen for WebKitGTK, which draws on nothing less."""
    if not DRIVER.exists() or shutil.which("Xvfb") is None:
        missing("Debian's webkit2gtk-driver or xvfb is not installed")
    with screen() as found:
        yield found


@pytest.fixture
def start(request) -> Iterator[Callable[..., Browser]]:
    """A new browser by its name, with a profile of its own. `piped`: WebKitGTK without a driver, for folders."""
    with ExitStack() as ends:

        def begin(name: str, *, piped: bool = False, **more: Any) -> Browser:
            # A short path: Chromium puts a socket there.
            folder = Path(ends.enter_context(TemporaryDirectory(prefix="mag-", ignore_cleanup_errors=True)))
            browser = _begin(request, name, folder, piped=piped, **more)
            ends.callback(browser.close)
            return browser

        yield begin


def _begin(request: Any, name: str, folder: Path, *, piped: bool, **more: Any) -> Browser:
    if name == "chromium":
        return Chromium(request.getfixturevalue("play"), folder, **more)
    heard = request.getfixturevalue("sound").address
    if name == "firefox":
        if not FIREFOX.exists():
            missing("Debian's firefox-esr is not installed")
        return Firefox(folder, sound=heard, **more)
    seen = request.getfixturevalue("display")
    return (PipedWebKit if piped else WebKit)(folder, display=seen, sound=heard, **more)


# -- where the page comes from -----------------------------------------------------------------------------------------


@dataclass
class Hall:
    """A server of this network: it hands pages out by name, and notes everything that anybody asks it for."""

    origin: str
    pages: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def hand_out(self, content: bytes, name: str = pocket.NAME) -> str:
        self.pages[f"/{name}"] = content
        return f"{self.origin}/{name}"


@contextmanager
def _served() -> Iterator[Hall]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_arguments: object) -> None:
            pass

        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            content = hall.pages.get(self.path)
            if content is None:
                hall.asked.append(f"{self.command} {self.path}")
            self.send_response(404 if content is None else 200)
            self.send_header("Content-Length", str(len(content or b"")))
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Access-Control-Allow-Origin", "*")
            self.send_header("Access-Control-Allow-Private-Network", "true")
            self.end_headers()
            self.wfile.write(content or b"")

        do_GET = do_POST = do_HEAD = do_OPTIONS = answer  # noqa: N815

    with ThreadingHTTPServer((NEAR, 0), Handler) as server:
        hall = Hall(f"http://{NEAR}:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield hall
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope="session")
def near(request) -> str:
    """An address of a local network, in the network that this process has for itself."""
    if not request.config.stash[IN_NO_NETWORK] or shutil.which("ip") is None:
        missing("no network namespace for a local address: iproute2, Linux and root are needed")
    subprocess.run(["ip", "address", "replace", f"{NEAR}/16", "dev", "lo"], check=True, capture_output=True)
    return NEAR


@pytest.fixture
def hall(near) -> Iterator[Hall]:
    with _served() as found:
        yield found


@pytest.fixture
def page_at(request, tmp_path) -> Callable[..., str]:
    """Where the page lies, as a "file" or over plain "http" of this network; or another page with this `content`."""

    def address(way: str, content: bytes | None = None, name: str = pocket.NAME) -> str:
        content = pocket.page() if content is None else content
        if way == "http":
            return request.getfixturevalue("hall").hand_out(content, name)
        path = tmp_path / "stick" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        return path.as_uri()

    return address
