"""What people do with the page, by what they read: the same in every browser."""

from __future__ import annotations

from pathlib import Path

from tests.pocket.browsers import Browser
from tests.pocket.tapes import Reel

CHOOSE = {"files": "Choose files", "one": "Choose files", "folder": "Choose a folder"}

_SAYS = """(selector, part, text) =>
  every(selector).find(one => shown(one) && plain(one.querySelector(part).textContent) === text)"""
_HEARD = """title => plain(document.querySelector('#deck b')?.textContent) === title &&
  document.querySelector('#deck input[type=range]').value >= 1"""
_BEGINS = "start => every('button').find(one => shown(one) && named(one).startsWith(start))"
_ASKED = """() => (document.querySelector('dialog[open]') && 'asked') ||
  (document.querySelector('#tray .slip') && 'saving')"""


class Reader:
    """Somebody before a browser that shows the page."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser

    def enters(self, url: str) -> None:
        self.browser.open(url)
        self.browser.sees("Open music that you were given")

    def gives(self, reel: Reel, how: str = "files") -> None:
        self.browser.give(CHOOSE[how], *reel.given(how))
        self.browser.wait("() => document.querySelector('.chosen b')")

    def opens(self, reel: Reel, how: str = "files", *, secret: str = "") -> None:
        """To the shelf."""
        self.gives(reel, how)
        self.browser.type("The six words", secret or reel.words)
        self.browser.press("Open")
        self.browser.wait("() => document.querySelector('main.in-shelf')")

    def looks_at(self, album: str) -> None:
        self._press(".sleeve", "b", album)
        self.browser.wait("() => document.querySelector('main.in-album .tracks')")

    def plays(self, song: str) -> None:
        """Until it sounds and goes on."""
        self._press("button.title", "span", song)
        self.hears(song)

    def _press(self, selector: str, part: str, text: str) -> None:
        """What has a part that says this."""
        self.browser.click(self.browser.wait_element(_SAYS, selector, part, text))

    def hears(self, song: str) -> None:
        self.browser.wait(_HEARD, song)

    def saves(self, name: str) -> Path:
        """What begins with this name on its button; it is warned once that this is plain."""

        def press() -> None:
            self.browser.click(self.browser.wait_element(_BEGINS, name))
            if self.browser.wait(_ASKED) == "asked":
                self.browser.press("Save it plain")

        return self.browser.saving(press)
