"""Browsers that lack something: programs that run no scripts, and those without a compiler for them."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from release import pocket

from magnitizdat.language import load
from magnitizdat.sentence import framed
from tests.pocket.chromium import Chromium
from tests.pocket.conftest import NAMES
from tests.pocket.readers import Reader
from tests.pocket.tapes import Tape

pytestmark = [pytest.mark.debian, pytest.mark.slow]
INTERPRETED: dict[str, dict[str, Any]] = {
    "chromium": {"more": ["--js-flags=--jitless"]},
    "firefox": {
        "more": {
            f"javascript.options.{name}": False
            for name in ("baselinejit", "blinterp", "ion", "native_regexp", "wasm", "asmjs")
        }
    },
    "webkit": {"JSC_useJIT": "false"},
}
SILENT: dict[str, dict[str, Any]] = {
    "chromium": {"java_script_enabled": False},
    "firefox": {"more": {"javascript.enabled": False}},
    "webkit": {"piped": True, "scripts": False},
}


@pytest.mark.parametrize("name", NAMES)
def test_without_a_compiler_it_opens_and_plays(start, page_at, tmp_path, name):
    tape = Tape(tmp_path / "tape")
    tape.album("Slow", [("Slow song", tape.song("vorbis"))])
    reader = Reader(start(name, **INTERPRETED[name]))
    reader.enters(page_at("http"))  # nor the cryptography of the browser
    assert not reader.browser.evaluate(
        "() => globalThis.crypto.subtle || (globalThis.chrome && globalThis.WebAssembly)"
    )
    reader.opens(tape.sealed())
    reader.looks_at("Slow")
    reader.plays("Slow song")


def test_without_a_worker_it_goes_on_in_slices(start, page_at, tmp_path):
    tape = Tape(tmp_path / "tape")
    tape.album("Alone", [("Song", tape.song("vorbis"))])
    reel = tape.sealed()
    browser: Chromium = start("chromium")
    browser.page.add_init_script("delete globalThis.Worker")
    reader = Reader(browser)
    reader.enters(page_at("file"))
    reader.opens(reel)
    reader.looks_at("Alone")
    reader.plays("Song")
    assert hashlib.sha256(reader.saves("Save Song").read_bytes()).hexdigest() == reel.songs[0]
    assert browser.evaluate("() => typeof Worker") == "undefined"
    assert browser.page.workers == []
    browser.press("Forget")
    browser.sees("Forgotten.")
    assert browser.faults == []


@pytest.mark.parametrize("name", NAMES)
def test_a_viewer_without_scripts_says_what_to_do_instead(start, page_at, name):
    told = [load(language).said(framed(pocket.english()["noscript"])) for language in ("en", "da", "ru")]
    assert len(set(told)) == 3
    browser = start(name, **SILENT[name])
    browser.open(page_at("file"))
    assert [line for line in browser.shown().splitlines() if line.strip()] == told
