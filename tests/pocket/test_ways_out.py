"""Every way out, tried by a script in the page itself: the policy lets nothing through, and without it most do."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

import pytest

from magnitizdat.pages import pocket
from tests.pocket.browsers import Browser
from tests.pocket.conftest import NAMES, Hall

pytestmark = [pytest.mark.debian, pytest.mark.slow]
WAYS = Path(__file__).with_name("ways_out.js").read_text(encoding="utf-8")
EVERYWHERE = {
    "GET /fetch", "POST /fetch-opaque", "GET /fetch-keepalive", "GET /xhr", "POST /beacon", "GET /socket",
    "GET /events", "GET /image", "GET /srcset", "GET /image-button", "GET /image-of-svg", "GET /background",
    "GET /font", "GET /style", "GET /link-preload", "GET /link-stylesheet", "GET /frame", "GET /frame-written",
    "GET /object", "GET /embed", "POST /form", "GET /script", "GET /script-inline", "GET /import",
    "GET /worker-imports", "GET /worker-fetches", "GET /worker-socket", "GET /sound", "GET /video", "GET /poster",
    "GET /evaluated", "GET /base/relative",
}  # fmt: skip
"""What reaches a server from a page without a policy in every browser here, so that its absence says something."""
MADE_SAFE = {
    "GET /background", "GET /base/relative", "GET /frame-written", "GET /image", "GET /image-button",
    "GET /image-of-svg", "GET /link-preload", "GET /poster", "GET /sound", "GET /video",
}  # fmt: skip
"""What Firefox asks for by TLS where the page is a file, so that this server does not understand it."""


POLICIES = ("whole", "without trusted types", "none")


def with_ways(policy: str) -> bytes:
    """The page with one more script, which its policy allows; with less of a policy, or without any."""
    page = pocket.page().decode()
    more = f"'sha256-{base64.b64encode(hashlib.sha256(WAYS.encode()).digest()).decode()}'"
    found = re.search(r'<meta http-equiv="Content-Security-Policy" content="[^"]*" />', page)
    assert found
    said = found[0].replace("script-src ", f"script-src {more} ")
    if policy == "without trusted types":
        said = re.sub(r"; require-trusted-types-for 'script'; trusted-types [a-z]+", "", said)
        assert "trusted" not in said
    changed = page.replace(found[0], said if policy != "none" else "").replace(
        "</body>", f"<script>{WAYS}</script></body>"
    )
    assert changed.count(WAYS) == 1
    return changed.encode()


def tried(browser: Browser, hall: Hall, url: str, wanted: set[str]) -> set[str]:
    """What the server was asked when every way was tried; it has come when the browser is at its next page."""
    browser.open(url)
    browser.sees("Open music that you were given")
    hall.asked.clear()
    assert len(browser.evaluate("([base]) => tryEveryWay(base)", hall.origin)) > 45
    browser.until(lambda: wanted <= set(hall.asked))
    browser.open(hall.hand_out(b"<title>Last</title>", "Last.html"))
    return set(hall.asked) - {"GET /favicon.ico"}


@pytest.mark.parametrize("way", ["file", "http"])
@pytest.mark.parametrize("name", NAMES)
def test_no_way_leads_out(start, page_at, hall, name, way):
    browser = start(name)
    url = {policy: page_at(way, with_ways(policy), f"{number}.html") for number, policy in enumerate(POLICIES)}
    wanted = EVERYWHERE - MADE_SAFE if (name, way) == ("firefox", "file") else EVERYWHERE
    assert tried(browser, hall, url["none"], wanted) >= wanted
    assert tried(browser, hall, url["whole"], set()) == set()
    assert tried(browser, hall, url["without trusted types"], set()) == set()
