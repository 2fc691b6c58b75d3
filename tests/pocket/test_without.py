"""Browsers that lack something: programs that run no scripts, and those without a compiler for them."""

from __future__ import annotations

from typing import Any

import pytest

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


def test_a_viewer_without_scripts_says_what_to_do_instead(start, page_at):
    browser = start("chromium", java_script_enabled=False)
    browser.open(page_at("file"))
    shown = browser.page.locator("body").inner_text()
    told = [node.inner_text() for node in browser.page.locator("noscript p").all()]
    assert len(told) == 3
    assert len(set(told)) == 3
    assert shown.strip() == "\n\n".join(told)
