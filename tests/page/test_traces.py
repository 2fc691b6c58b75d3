"""What a browser keeps of a session: its whole profile is searched for planted titles and planted sound."""

from __future__ import annotations

import random
import wave
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from magnitizdat.ops.intake.importing import import_music
from magnitizdat.web.stand import Stand
from tests.fakes_library import make_library
from tests.fakes_web import running, service_for
from tests.page.conftest import CHROMIUM, FLAGS

TITLE, ARTIST = "Подсолнух-2741", "Никто-8853"

pytestmark = [pytest.mark.debian, pytest.mark.slow]


@pytest.fixture
def planted(tmp_path):
    """A library with one album of noise under names that stand nowhere else: (library, the sound's bytes)."""
    folder = tmp_path / ARTIST / TITLE
    folder.mkdir(parents=True)
    noise = random.Random(7).randbytes(8 * 44100 * 4)
    with wave.open(str(folder / f"01 {TITLE}.wav"), "wb") as sound:
        sound.setparams((2, 2, 44100, 0, "NONE", ""))
        sound.writeframes(noise)
    library = make_library(tmp_path / "library")
    import_music(library, [tmp_path / ARTIST])
    return library, noise


def found_in(profile: Path, *planted: bytes) -> list[str]:
    """Files of a browser's profile that hold any of these bytes."""
    return [
        f"{path.relative_to(profile)}: {planted.index(each)}"
        for path in profile.rglob("*")
        if path.is_file() and not path.is_symlink()
        for content in (path.read_bytes(),)
        for each in planted
        if each in content
    ]


def test_no_title_and_no_sound_stays_in_the_browser(planted, tmp_path, play):
    library, noise = planted
    profile = tmp_path / "profile"
    with Stand(service_for(library)) as stand, running(stand):
        context = play.chromium.launch_persistent_context(
            str(profile), executable_path=str(CHROMIUM), args=FLAGS, locale="en"
        )
        page = context.pages[0]
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(stand.link())
        page.get_by_role("searchbox").fill(TITLE)
        page.locator("main.view-search").get_by_text(TITLE).first.wait_for()  # the search of before would overtake
        page.goto(f"{stand.base_url()}/#/albums")
        page.locator("main.view-albums a[href^='#/album/']").first.click()
        page.get_by_role("heading", name=TITLE).wait_for()
        page.locator("main").get_by_role("button", name="Play", exact=True).click()
        page.wait_for_function("() => navigator.mediaSession.playbackState === 'playing'")
        assert any(urlsplit(url).path.endswith("/audio") for url in asked)
        assert TITLE not in page.title()
        token, key = page.evaluate("() => localStorage.getItem('session')").split()
        context.close()
    names = [text.encode(coding) for text in (TITLE, ARTIST) for coding in ("utf-8", "utf-16-le")]
    sounds = [noise[at : at + 48] for at in range(0, len(noise) - 48, 44100)]
    assert found_in(profile, b"127.0.0.1"), "a search that finds nothing proves nothing"
    assert found_in(profile, *names, *sounds) == []
    kept = found_in(profile, token.encode(), key.encode())
    assert kept, "the session is kept, which the threat model tells"
    assert [each for each in kept if "Local Storage" not in each] == []
