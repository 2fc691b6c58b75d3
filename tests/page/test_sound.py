"""A sound device that goes and comes again, in Firefox, which ends every song over it: no song is at fault."""

from __future__ import annotations

import pytest

from magnitizdat.ops.intake.importing import import_music
from tests.fakes_audio import make_audio
from tests.fakes_library import make_library
from tests.page.conftest import expect

pytestmark = [pytest.mark.debian, pytest.mark.slow]

SONGS = ("Чужая гитара", "Søvnløs")
SECONDS = 40.0  # of a song: none ends by itself here


@pytest.fixture
def unplug(sound):
    """Take the only device away; it is there again for whoever comes next."""
    yield sound.unplug
    sound.plug()


@pytest.fixture
def evening(tmp_path, serve, open_tab, firefox):
    """The page of a library with one album, in a language; the album is open."""
    (tmp_path / "music").mkdir()
    for number, title in enumerate(SONGS, 1):
        tags = {"title": title, "artist": "Kødbyen", "album": "Nat i juni", "track": f"{number}"}
        (tmp_path / "music" / f"{number}.ogg").write_bytes(make_audio("vorbis", SECONDS, tags, tone=200.0 * number))
    library = make_library(tmp_path / "library")
    import_music(library, [tmp_path / "music"])
    stand = serve(tmp_path / "library", library)

    def begin(language):
        tab = open_tab(stand, language, browser=firefox)
        tab.go("albums")
        tab.page.locator(".sleeve-link").first.click()
        return tab

    return begin


def turn(tab, key) -> None:
    """The key of the deck that plays and pauses."""
    tab.page.locator(".deck").get_by_role("button", name=tab.say(key), exact=True).click()


def told_once(tab) -> None:
    """It rests with the first song, and says why."""
    tab.told("player.silent.device")
    tab.page.wait_for_function("() => navigator.mediaSession.playbackState === 'paused'")
    expect(tab.page.locator(".notice")).to_have_text([tab.say("player.silent.device")])
    expect(tab.page.locator(".deck b")).to_have_text(SONGS[0])


@pytest.mark.parametrize("language", ["en", "da", "ru"])
def test_headphones_that_are_pulled_out_pause_the_song_in_its_place(evening, sound, unplug, language):
    tab = evening(language)
    tab.press("player.play", within=".album")
    tab.plays_on(until=2)
    unplug()
    told_once(tab)
    place = tab.second()
    assert place >= 2
    sound.plug()
    turn(tab, "player.play")
    tab.plays_on(until=place + 1)
    assert tab.second() < place + 20, "it went on in its place"
    unplug()
    told_once(tab)


def test_where_nothing_sounds_no_song_is_passed_over(evening, sound, unplug):
    tab = evening("en")
    unplug()
    tab.press("player.play", within=".album")
    told_once(tab)
    turn(tab, "player.play")
    told_once(tab)
    assert tab.second() == 0
    sound.plug()
    turn(tab, "player.play")
    tab.plays_on(until=1)
