"""The page that opens a sealed reel in any browser: one file, built from `pocket/` by `python -m release.pocket`."""

from __future__ import annotations

import hashlib
import html
import re
from functools import cache
from importlib.resources import files

NAME = "Library.html"
"""What it is called wherever it is handed out: a name that says nothing of this program."""


@cache
def page() -> bytes:
    """The whole file, the same byte for byte for everybody who has this version."""
    return (files(__name__) / "library.html").read_bytes()


@cache
def fingerprint() -> str:
    """SHA-256 of it, as 64 hexadecimal digits."""
    return hashlib.sha256(page()).hexdigest()


_POLICY = re.compile(rb'<meta\s+http-equiv="Content-Security-Policy"\s+content="([^"]*)"')


@cache
def policy() -> str:
    """What the page says of itself that it may load and run: a server that has it run from there says the same."""
    found = _POLICY.search(page())
    if found is None:
        raise ValueError("the page has no policy")
    return html.unescape(found[1].decode())
