"""What browsers do not play by themselves, in Chromium: heard, sought in, with loudness, speed and rest beside it."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from magnitizdat.ops.intake.importing import import_music
from tests.conftest import missing
from tests.fakes_audio import make_audio
from tests.fakes_library import make_library
from tests.page.conftest import NARROW, expect

pytestmark = [pytest.mark.debian, pytest.mark.slow]

STRANGE = {"alac": ".m4a", "aiff": ".aiff", "wavpack": ".wv"}
SECONDS = 25.0
DECK = """() => { const deck = window.decks.find((each) => !each.paused);
  return deck ? [deck.currentTime, deck.duration, deck.playbackRate, deck.volume, deck.src] : null; }"""
WATCHED = (
    "window.decks = []; window.Audio = class extends Audio { constructor() { super(); window.decks.push(this); } };"
)


@pytest.fixture
def strange(tmp_path, serve):
    """An album of which no file plays in a browser."""
    folder = tmp_path / "music"
    folder.mkdir()
    for number, (kind, suffix) in enumerate(STRANGE.items(), 1):
        tags = {"title": kind, "artist": "Зоопарк", "album": "Strange", "track": f"{number}"}
        (folder / f"{number}{suffix}").write_bytes(make_audio(kind, SECONDS, tags, tone=200.0 * number))
    if shutil.which("ffmpeg") is None:
        missing("ffmpeg is not installed")
    six = ["-f", "lavfi", "-i", f"sine=660:duration={SECONDS}", "-ac", "6", "-ar", "192000", "-sample_fmt", "s32"]
    said = ["-metadata", "title=six", "-metadata", "artist=Зоопарк", "-metadata", "album=Strange"]
    subprocess.run(["ffmpeg", "-v", "error", *six, *said, str(folder / "4.flac")], check=True)
    library = make_library(tmp_path / "library")
    import_music(library, [folder])
    return serve(tmp_path / "library", library)


def test_what_no_browser_plays_is_heard_and_sought_in(strange, open_tab):
    tab = open_tab(strange)
    tab.page.context.add_init_script(WATCHED)
    tab.page.reload()
    tab.go("albums")
    tab.page.locator("main a[href*='#/album/']").first.click()
    tab.page.locator("main.view-album .tracks .title").first.wait_for()
    for number, title in enumerate([*STRANGE, "six"]):
        tab.page.locator("main.view-album .tracks .title").filter(has_text=title).first.click()
        tab.page.wait_for_function(f"() => ({DECK})()?.[0] > 0.2")
        _, duration, *_ = tab.page.evaluate(DECK)
        assert duration == pytest.approx(SECONDS, abs=0.1), number
        tab.page.evaluate("() => { window.decks.find((each) => !each.paused).currentTime = 17; }")
        tab.page.wait_for_function(f"() => ({DECK})()?.[0] > 17.2")


def test_loudness_speed_and_rest_are_beside_what_plays_and_kept_by_the_server(strange, open_tab):
    tab = open_tab(strange)
    tab.page.context.add_init_script(WATCHED)
    tab.page.reload()
    tab.go("albums")
    tab.page.locator("main a[href*='#/album/']").first.click()
    with tab.sends("PUT", "queue"):
        tab.page.locator("main.view-album .tracks .title").first.click()  # what is to play is kept some seconds later
        tab.sounds()
    tab.go("now")
    keys = tab.page.locator(".hearing")
    with tab.sends("PUT", "hearing"):
        keys.get_by_label(tab.say("hearing.speed")).select_option("1.5")
        tab.page.wait_for_function(f"() => ({DECK})()?.[2] === 1.5")
    with tab.sends("PUT", "hearing", '"off"'):
        keys.get_by_label(tab.say("hearing.loudness")).select_option("off")
    keys.get_by_label(tab.say("hearing.rest")).select_option("song")
    again = open_tab(strange, size=NARROW)
    again.go("now")
    for key, value in (("speed", "1.5"), ("loudness", "off"), ("rest", "0")):
        expect(again.page.get_by_label(again.say(f"hearing.{key}"))).to_have_value(value)
    assert again.page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    assert tab.page.evaluate("() => Object.keys(localStorage).sort().join()") in {"session", "session,volume"}
