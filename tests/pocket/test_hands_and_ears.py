"""From the entrance to sound by keyboard alone, and the names that a reader of screens says on the way."""

from __future__ import annotations

import pytest

from tests.page.test_keyboard import SHOWN
from tests.pocket.browsers import Browser
from tests.pocket.conftest import NAMES
from tests.pocket.readers import Reader
from tests.pocket.tapes import Reel, Tape

pytestmark = [pytest.mark.debian, pytest.mark.slow]
ALBUM, SONG, LAST = "Чужая гитара", "Rødgrød", "Last tram"
MANY = 60
AT = "() => document.activeElement"
INTERACTIVE = """() => [...document.querySelectorAll('button, a[href], input, textarea, select, summary')]
  .filter(one => one.getClientRects().length && !one.disabled)"""


@pytest.fixture(scope="module")
def reel(tmp_path_factory) -> Reel:
    tape = Tape(tmp_path_factory.mktemp("tape"))
    songs = [(SONG, tape.song("vorbis", 30.0)), (LAST, tape.song("vorbis", 30.0))]
    tape.album(ALBUM, songs, artist="Виктор", words={SONG: "Wait"})
    return tape.sealed()


class Hands:
    """A keyboard before a page, and eyes that follow where it is."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser

    def name(self) -> str:
        return self.browser.spoken(self.browser.element(AT))

    def are_at(self, name: str) -> None:
        """Wait until they are: names come a little later than what is seen."""
        for _ in range(40):
            if self.name() == name:
                return
        pytest.fail(f"at {self.name()}, not at {name}")

    def to(self, name: str) -> None:
        """Tab on until something bears this name; whatever is passed on the way shows that it is."""
        for _ in range(MANY):
            self.browser.key("Tab")
            if self.browser.evaluate("() => document.activeElement === document.body"):
                continue  # between the end and the beginning
            assert self.browser.evaluate(SHOWN) == ""
            if self.name().casefold().startswith(name.casefold()):
                return
        pytest.fail(f"no way to {name}")


@pytest.mark.parametrize("name", NAMES)
def test_from_the_entrance_to_sound_by_keyboard_alone(start, page_at, reel, name):
    browser = start(name)
    hands, reader = Hands(browser), Reader(browser)
    reader.enters(page_at("file"))
    hands.to("Choose files")
    if name == "webkit":  # a driver opens no chooser here
        browser.write(browser.element(AT), str(reel.one_file))
    else:
        with browser.choosing(reel.one_file):
            browser.key("Enter" if name == "chromium" else "Space")
    browser.wait("() => document.querySelector('.chosen b')")
    hands.are_at("The six words")  # they can be typed at once
    browser.keys(reel.words)
    browser.key("Enter")
    browser.wait("() => document.querySelector('main.in-shelf .sleeve')")
    browser.wait("() => document.activeElement.matches('h1')")  # the place of the keyboard is not lost
    hands.to(ALBUM)
    browser.key("Enter")
    browser.wait("() => document.querySelector('main.in-album .tracks')")
    browser.wait("() => document.activeElement.matches('h1')")  # the place of the keyboard is not lost
    hands.to(f"Play 1 {SONG}")
    browser.key("Enter")
    reader.hears(SONG)
    browser.key("n")
    reader.hears(LAST)
    browser.key("Escape")
    browser.wait("() => document.querySelector('main.in-shelf .sleeve')")
    reader.hears(LAST)


def named(browser: Browser) -> list[str]:
    """What is said of all that can be pressed or filled in; capitals of the style are none of the name."""
    count = browser.evaluate(f"() => ({INTERACTIVE})().length")
    found = (browser.spoken(browser.element(f"([at]) => ({INTERACTIVE})()[at]", at)) for at in range(count))
    return [name.casefold().partition(", ")[0].removesuffix(" browse… …") for name in found]


def names(browser: Browser, wanted: list[str]) -> list[str]:
    """What is said, when that is what it should be: names come a little later than what is seen."""
    for _ in range(40):
        if (found := named(browser)) == wanted:
            break
    return found


def is_said(browser: Browser, text: str) -> None:
    """Wait until a reader of screens is told this."""
    browser.wait("text => document.getElementById('announcer').textContent.includes(text)", text)


@pytest.mark.parametrize("name", NAMES)
def test_all_has_a_name_that_is_spoken_and_what_happens_is_said(start, page_at, reel, name):
    browser = start(name)
    reader = Reader(browser)
    reader.enters(page_at("file"))
    top, song, last, album = ["en", "da", "ru"], SONG.casefold(), LAST.casefold(), ALBUM.casefold()
    entrance = [*top, "choose a folder", "choose files", "the six words", "open", "hide what i type"]
    assert names(browser, entrance) == entrance
    reader.opens(reel)
    shelf = [*top, "forget", f"{album} виктор"]
    assert names(browser, shelf) == shelf
    reader.looks_at(ALBUM)
    seen = [
        *top, "forget", "all albums", "play", "save the album",
        f"play 1 {song} 0:06", f"words of {song}", f"save {song}", f"play 2 {last} 0:06", f"save {last}",
    ]  # fmt: skip
    assert names(browser, seen) == seen
    reader.plays(SONG)
    seen += [f"{song} виктор — {album}", "place in the song", "previous song", "pause", "next song"]
    assert names(browser, seen) == seen
    is_said(browser, f"Plays: {SONG}, Виктор")
    browser.press("Forget")
    is_said(browser, "Forgotten.")
