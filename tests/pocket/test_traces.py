"""What stays in a browser: its profile, its home and its temporary files are searched for all that was opened."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.fakes_audio import make_audio
from tests.pocket.browsers import Browser
from tests.pocket.conftest import NAMES
from tests.pocket.readers import Reader
from tests.pocket.tapes import Reel, Tape, picture

pytestmark = [pytest.mark.debian, pytest.mark.slow]
LABEL, ALBUM, ARTIST, SONG = "Подсолнух-2741", "Никто-8853", "Kødbyen-6620", "Søvnløs-1938"
ADDRESS = "Library.html"
PRIVATE: dict[str, dict[str, Any]] = {
    "chromium": {"more": ["--incognito"]},
    "firefox": {"more": {"browser.privatebrowsing.autostart": True}},
}
"""How each begins with a private window; WebKitGTK leaves both windows and history to whoever shows it."""
NOTES, LYRICS, PLANTED = "Записано на кухне 4471", "Жду последний трамвай 5512", "Посажено-3307"
KEEPS = f"<title>Keeps</title><script>localStorage.setItem('kept', '{PLANTED}')</script>".encode()
STRETCH, STEP = 48, 9_000
UNTOUCHED = """async () => [
  localStorage.length, sessionStorage.length, document.cookie.length, location.hash.length, history.length,
  (await indexedDB.databases()).length, (await globalThis.caches?.keys())?.length ?? 0, document.title,
]"""


@pytest.fixture(scope="module")
def planted(tmp_path_factory) -> tuple[Reel, dict[str, list[bytes]]]:
    """A reel, and what of it must be nowhere afterwards: twelve markers, in each coding that a browser may use."""
    tape = Tape(tmp_path_factory.mktemp("tape"), LABEL)
    sound = make_audio("wav", 6.0, {}, tone=431.0)
    cover = picture(random.Random(5))
    tape.album(
        ALBUM,
        [(SONG, tape.blob(sound, "audio/wav"))],
        artist=ARTIST,
        words={SONG: LYRICS},
        notes={"ru": tape.text(NOTES)},
        cover=tape.blob(cover, "image/png"),
    )
    reel = tape.sealed()
    texts = {
        "the words": reel.words,
        "the words with dashes": reel.words.replace(" ", "-"),
        "the identity": reel.identity,
        "the label": LABEL,
        "its imprint": tape.liar.imprint,
        "the album": ALBUM,
        "the artist": ARTIST,
        "the song": SONG,
        "the notes": NOTES,
        "the lyrics": LYRICS,
    }
    markers = {name: coded(text) for name, text in texts.items()}
    markers |= {"the sound": list(stretches(sound)), "the cover": list(stretches(cover))}
    assert len(markers) == 12
    return reel, markers


def coded(text: str) -> list[bytes]:
    escaped = "".join(letter if letter.isascii() else f"\\u{ord(letter):04x}" for letter in text)
    return [*dict.fromkeys([text.encode(), text.encode("utf-16-le"), quote(text).encode(), escaped.encode()])]


def stretches(content: bytes) -> Iterator[bytes]:
    """Bytes from all over that are like nothing else."""
    for at in range(200, len(content) - STRETCH, min(STEP, len(content) // 4)):
        if len(set(content[at : at + STRETCH])) > STRETCH // 3:
            yield content[at : at + STRETCH]


def found_in(contents: Mapping[str, bytes], markers: Mapping[str, list[bytes]]) -> list[str]:
    return [
        f"{marker} in {name}"
        for name, content in contents.items()
        for marker, codings in markers.items()
        if any(coding in content for coding in codings)
    ]


def on_disk(browser: Browser) -> dict[str, bytes]:
    """Every file that the browser wrote, but what a person saved."""
    found = (path for path in browser.home.rglob("*") if path.is_file() and not path.is_symlink())
    return {
        str(path.relative_to(browser.home)): path.read_bytes() for path in found if browser.saved not in path.parents
    }


def unnamed(browser: Browser) -> dict[str, bytes]:
    """Files that it wrote and that have no name any more: their bytes lie on the disk all the same."""
    found = {}
    for process in browser.processes:
        for file in Path(f"/proc/{process}/fd").glob("*"):
            try:
                target = str(file.readlink())
                if target.endswith("(deleted)") and not target.startswith(("/memfd:", "/dev/shm/", "/dev/zero")):
                    found[f"{target} of {process}"] = file.read_bytes()
            except OSError:
                continue
    return found


def opened_and_played(
    browser: Browser, page_at: Callable[..., str], reel: Reel, markers: Mapping[str, list[bytes]]
) -> None:
    """From a file and over HTTP, after another page that keeps something, as many do."""
    reader = Reader(browser)
    for way in ("file", "http"):
        browser.open(page_at(way, KEEPS, "Keeps.html"))
        reader.enters(page_at(way))
        entries = browser.evaluate("() => history.length")
        reader.opens(reel, secret=reel.words.replace(" ", "-") if way == "http" else "")
        reader.looks_at(ALBUM)
        browser.sees(NOTES)
        browser.press(f"Words of {SONG}")
        browser.sees(LYRICS)
        browser.wait("() => document.querySelector('.cover canvas')?.width > 0")
        reader.plays(SONG)
        assert browser.evaluate("() => document.title") == "Library"
        assert browser.evaluate("() => history.length") == entries
        browser.evaluate("() => localStorage.removeItem('kept')")
        assert browser.evaluate(UNTOUCHED) == [0, 0, 0, 0, entries, 0, 0, "Library"]
        browser.evaluate(f"() => localStorage.setItem('kept', '{PLANTED}')")
        assert found_in(unnamed(browser), markers) == []


@pytest.mark.parametrize("end", ["closed", "killed"])
@pytest.mark.parametrize("name", NAMES)
def test_nothing_that_was_opened_stays_in_a_browser(start, page_at, planted, name, end):
    reel, markers = planted
    browser = start(name)
    opened_and_played(browser, page_at, reel, markers)
    kept = lambda: found_in(on_disk(browser), {"what was planted": coded(PLANTED)})  # noqa: E731
    noted = lambda: name not in PRIVATE or found_in(on_disk(browser), {"the address": coded(ADDRESS)})  # noqa: E731
    browser.until(kept)
    browser.until(noted)
    (browser.close if end == "closed" else browser.kill)()
    assert kept(), "a search that finds nothing proves nothing"
    assert noted(), "the threat model says that the history has it"
    assert found_in(on_disk(browser), markers) == []


@pytest.mark.parametrize("end", ["closed", "killed"])
@pytest.mark.parametrize("name", PRIVATE)
def test_after_a_private_window_not_even_the_address_stays(start, page_at, planted, name, end):
    reel, markers = planted
    browser = start(name, **PRIVATE[name])
    opened_and_played(browser, page_at, reel, markers)
    (browser.close if end == "closed" else browser.kill)()
    written = on_disk(browser)
    assert found_in(written, markers) == []
    written.pop("told", None)  # what it said to a terminal; where it ends a script that takes too long, it names it
    assert found_in(written, {"the address": coded(ADDRESS), "what was planted": coded(PLANTED)}) == []
