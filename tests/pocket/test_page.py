"""Looks and manners of the page, over an engine of tests: no reel, no crypto, one browser."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from release import pocket

from magnitizdat.language import load
from magnitizdat.sentence import framed
from tests.conftest import missing
from tests.pocket.browsers import DESKTOP
from tests.pocket.chromium import Chromium

pytestmark = [pytest.mark.debian, pytest.mark.slow]
ROOT = Path(__file__).parents[2]
WORDS, WRONG = "abandon ability able about above absent", "wrong wrong wrong wrong wrong wrong"
NARROW, PHONE = (320, 640), (390, 844)
AXE = """async () => (await axe.run({resultTypes: ['violations']})).violations
  .map(each => `${each.id}: ${each.nodes[0].html}`)"""
SMALL = """() => every('button, label.button, label.tick, textarea, input[type=range], input[type=search]')
  .filter(shown).filter(one => Math.min(one.getBoundingClientRect().width, one.getBoundingClientRect().height) < 44)
  .map(one => one.outerHTML)"""
COUNTING = """(() => {
  const [make, drop] = [URL.createObjectURL, URL.revokeObjectURL];
  globalThis.urls = new Set();
  URL.createObjectURL = blob => { const url = make(blob); urls.add(url); return url; };
  URL.revokeObjectURL = url => { urls.delete(url); drop(url); };
})()"""

HEARING = """(() => {
  globalThis.system = {};
  const own = MediaSession.prototype.setActionHandler;
  MediaSession.prototype.setActionHandler = function (action, does) {
    own.call(this, action, does);
    system[action] = does;
  };
})()"""
"""What keys of headphones and of the lock screen would press."""


class Visitor:
    """Somebody before the page, in a language; what is pressed and seen is named by its key."""

    def __init__(self, browser: Chromium, language: str, url: str) -> None:
        self.browser = browser
        self.page = browser.page
        self._spoken, self._said = load(language), pocket.english()
        self.page.add_init_script(COUNTING)
        self.page.add_init_script(HEARING)
        browser.open(url)

    def say(self, key: str, **values: Any) -> str:
        return self._spoken.said(framed(self._said[key], **values))

    def press(self, key: str) -> None:
        self.browser.press(self.say(key))

    def chooses(self, *paths: Path) -> None:
        self.browser.give(self.say("enter.files"), *paths)

    def opens(self, words: str = WORDS) -> None:
        self.chooses(Path(__file__))
        self.browser.type(self.say("enter.words"), words)
        self.press("enter.open")
        self.browser.wait("() => document.querySelector('main:is(.in-shelf, .in-entrance)')")

    def enters(self, title: str = "Sommer") -> None:
        self.page.locator(".sleeve:visible", has_text=title).first.click()
        self.browser.wait("() => document.querySelector('main.in-album .tracks')")

    def plays(self, place: int = 0) -> None:
        self.page.locator("button.title").nth(place).click()
        self.browser.wait("() => document.querySelector('#deck input[type=range]')?.value >= 1")

    @property
    def text(self) -> str:
        return str(
            self.page.evaluate("document.documentElement.outerHTML.replace(/<(script|style)[^]*?<\\/\\1>/g, '')")
        )

    @property
    def urls(self) -> int:
        return int(self.page.evaluate("urls.size"))


@pytest.fixture(scope="module")
def content() -> bytes:
    if not (ROOT / "node_modules/.bin/esbuild").exists():
        missing("no esbuild here: `npm install` brings it")
    return pocket.build(entry="tests/pocket/fake_page.js")


@pytest.fixture
def visit(start, page_at, content) -> Callable[..., Visitor]:
    """The page with labels, albums and songs as wished, such as `#albums=3,tracks=2`."""

    def begin(wishes: str = "", *, language: str = "en", **view: Any) -> Visitor:
        browser = start("chromium", locale=language, **view)
        return Visitor(browser, language, f"{page_at('file', content)}#{wishes}")

    return begin


# -- looks -------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def axe() -> str:
    path = Path(os.environ.get("MAG_AXE") or ROOT / "node_modules/axe-core/axe.min.js")
    if not path.is_file():
        missing("no axe-core here: `npm install` brings it")
    return path.read_text(encoding="utf-8")


def views(visitor: Visitor) -> Iterator[str]:
    """Each view, one after the other."""
    yield "entrance"
    visitor.press("enter.open")
    yield "something lacks"
    visitor.opens(WRONG)
    yield "wrong words"
    visitor.opens()
    yield "shelf"
    visitor.enters()
    visitor.plays(3)
    visitor.page.locator(".tracks .key").first.click()
    visitor.browser.wait("() => document.querySelector('.sung p')")
    yield "album"
    visitor.page.locator("main > .actions button").nth(1).click()
    visitor.browser.wait("() => document.querySelector('dialog[open]')")
    yield "warning"
    visitor.browser.saving(lambda: visitor.press("save.yes"))
    yield "saved"
    visitor.press("forget")
    yield "forgotten"


@pytest.mark.parametrize(
    ("language", "size", "theme"),
    [
        ("en", PHONE, "light"),
        ("ru", NARROW, "dark"),
        ("da", NARROW, "light"),
        ("ru", DESKTOP, "light"),
        ("en", DESKTOP, "dark"),
    ],
)
def test_every_view_can_be_heard_pressed_and_fits(visit, axe, language, size, theme):
    visitor = visit(language=language, color_scheme=theme)
    visitor.browser.size(*size)
    visitor.page.evaluate(axe)
    for view in views(visitor):
        assert visitor.page.evaluate(AXE) == [], view
        assert visitor.browser.wait(f"() => [({SMALL})()]") == [[]], view
        assert visitor.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), view
    assert visitor.browser.faults == []


POINTED = """async key => (await axe.run(key, {runOnly: ['color-contrast']})).violations
  .map(each => `${each.nodes[0].html} ${each.nodes[0].failureSummary}`)"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_is_pointed_at_can_be_read(visit, axe, theme):
    visitor = visit("albums=1", color_scheme=theme)
    visitor.page.evaluate(axe)
    looked = 0
    for step in (lambda: None, visitor.opens, visitor.enters):
        step()
        for key in visitor.page.locator("button:visible, label.button:visible").all():
            key.hover()
            assert key.evaluate(POINTED) == []
            looked += 1
    assert looked > 15


def test_who_is_about_to_type_has_read_what_to_take_care_of(visit):
    visitor = visit()
    visitor.browser.size(*NARROW)
    above = """() => document.querySelector('.careful').getBoundingClientRect().bottom <=
      document.getElementById('secret').getBoundingClientRect().top"""
    assert visitor.page.evaluate(above)
    assert visitor.page.locator(".careful ~ #secret").count() == 1


def test_magnified_fourfold_the_player_does_not_stand_before_the_page(visit):
    """A desk of 1280 × 800 at 400 %."""
    visitor = visit()
    visitor.browser.size(320, 200)
    visitor.opens()
    visitor.enters()
    visitor.plays()
    before = "[...Array(20).keys()].some(at => document.elementFromPoint(160, 10 * at)?.closest('#deck'))"
    visitor.page.evaluate("scrollTo(0, 0)")
    assert not visitor.page.evaluate(before)
    visitor.page.evaluate("scrollTo(0, document.body.scrollHeight)")
    assert visitor.page.evaluate(before)
    visitor.browser.size(*NARROW)
    visitor.page.evaluate("scrollTo(0, 0)")
    assert visitor.page.evaluate("document.elementFromPoint(160, innerHeight - 10).closest('#deck') !== null")


# -- manners -----------------------------------------------------------------------------------------------------------


def kept(visitor: Visitor) -> list[Any]:
    return list(
        visitor.page.evaluate(
            """async () => [history.length, document.cookie, document.title,
              navigator.mediaSession.metadata?.title ?? null, (await indexedDB.databases()).length]"""
        )
    )


@pytest.mark.parametrize("how", ["forget", "pagehide"])
def test_whatever_was_opened_is_forgotten_at_once(visit, how):
    visitor = visit()
    before = kept(visitor)
    visitor.opens()
    visitor.enters()
    visitor.plays()
    visitor.browser.saving(
        lambda: [visitor.page.locator("main > .actions button").nth(1).click(), visitor.press("save.yes")]
    )
    assert visitor.urls
    assert kept(visitor) == [*before[:3], "Library", 0]
    if how == "forget":
        visitor.press("forget")
        visitor.browser.sees(visitor.say("forget.done"))
    else:
        visitor.page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', {persisted: true}))")
        assert visitor.page.inner_text("body").strip() == ""
        visitor.page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    visitor.browser.sees(visitor.say("enter.title"))
    visitor.browser.wait("() => !urls.size")
    assert kept(visitor) == before
    for word in ("Kitchen Radio", "kitten", "Виктор", "Чужая", "mag1", "test_page.py"):
        assert word not in visitor.text
    assert visitor.page.evaluate("document.querySelectorAll('audio, img, dialog, .slip').length") == 0


def test_words_that_open_nothing_are_said_so_and_gone_and_the_files_stay(visit):
    visitor = visit()
    visitor.opens(WRONG)
    visitor.browser.sees(visitor.say("trouble.wrong_words"))
    visitor.browser.wait("() => document.activeElement.id === 'secret' && !document.activeElement.value")
    assert visitor.say("enter.chosen", n=1, size="").rstrip(" ,") in visitor.page.inner_text(".chosen")
    assert WRONG not in visitor.text


@pytest.mark.parametrize(
    ("typed", "key", "values"),
    [
        ("abandon ability able about above zzzz", "trouble.word_unknown", {"place": 6}),
        ("abandon ability able about above", "trouble.words_count", {"n": 5}),
        ("abandon ability able about above absent zoo", "trouble.words_count", {"n": 7}),
    ],
)
def test_what_can_be_said_of_words_untried_leaves_them_in_the_field(visit, typed, key, values):
    visitor = visit(language="ru")
    visitor.chooses(Path(__file__))
    visitor.browser.type(visitor.say("enter.words"), typed)
    visitor.press("enter.open")
    visitor.browser.sees(visitor.say(key, **values))
    visitor.browser.wait(
        "typed => document.activeElement.id === 'secret' && document.activeElement.value === typed", typed
    )
    visitor.page.evaluate("document.getElementById('secret').value = ''")
    visitor.browser.type(visitor.say("enter.words"), WORDS)
    visitor.press("enter.open")
    visitor.browser.wait("() => document.querySelector('main.in-shelf')")
    assert typed not in visitor.text


@pytest.mark.parametrize("language", ["en", "ru"])
def test_what_is_only_passed_on_stands_last_and_under_no_name(visit, language):
    visitor = visit(
        "signed=6", language=language
    )  # all that the second label lists is passed on, and one of the first's
    visitor.opens()
    visitor.browser.wait("() => document.querySelectorAll('.sleeve').length === 12")
    headings = visitor.page.locator(".label h2").all_inner_texts()
    assert [each.casefold() for each in headings] == ["kitchen radio", visitor.say("shelf.passed").casefold()]
    assert [each.locator(".sleeve").count() for each in visitor.page.locator(".label").all()] == [5, 7]
    passed = visitor.page.locator(".label").last
    assert visitor.say("album.passed") in passed.inner_text()
    assert passed.locator(".four, .imprint").count() == 0
    visitor.enters("Live, one microphone")
    assert visitor.say("album.passed") in visitor.page.inner_text(".flap")
    assert visitor.page.locator(".flap :is(.four, .imprint)").count() == 0
    assert "Kitchen Radio" not in visitor.page.inner_text("main")


def test_opening_can_be_stopped(visit):
    visitor = visit("slowMs=2000")
    visitor.chooses(Path(__file__))
    visitor.browser.type(visitor.say("enter.words"), WORDS)
    visitor.press("enter.open")
    assert WORDS not in visitor.text
    visitor.press("stop")
    visitor.browser.sees(visitor.say("enter.chosen", n=1, size="").rstrip(" ,"))
    assert visitor.page.evaluate("document.getElementById('secret').value") == ""


def test_how_far_it_is_is_said_in_percent_also_of_thousands_of_files(visit):
    visitor = visit("slowMs=1000,steps=20000")
    visitor.chooses(Path(__file__))
    visitor.browser.type(visitor.say("enter.words"), WORDS)
    visitor.press("enter.open")
    seen = visitor.browser.wait("() => plain(document.querySelector('.opening .soft')?.textContent)")
    assert re.fullmatch(r"\d{1,3}%", seen)


def test_what_is_being_saved_can_be_stopped_whatever_else_is_said_meanwhile(visit):
    visitor = visit("slowMs=300,tracks=100")
    visitor.opens()
    visitor.enters()
    save = visitor.page.locator("main > .actions button").nth(1)
    save.click()
    visitor.press("save.yes")
    visitor.browser.wait("() => document.querySelector('#tray progress')")
    save.click()
    visitor.browser.sees(visitor.say("save.busy"))
    assert visitor.page.locator("#tray progress").count() == 1
    visitor.press("stop")
    visitor.browser.sees(visitor.say("save.stopped"))


def test_what_is_typed_stays_hidden_when_the_view_is_made_anew(visit):
    visitor = visit()
    visitor.browser.press(visitor.say("enter.hide"))
    hidden = "() => getComputedStyle(document.getElementById('secret')).webkitTextSecurity === 'disc'"
    assert visitor.browser.wait(hidden)
    visitor.browser.press("DA")
    visitor.browser.sees("De seks ord")
    assert visitor.page.evaluate(f"({hidden})()")
    assert visitor.page.locator(".tick input").is_checked()


def test_a_language_is_changed_without_losing_what_was_typed_and_chosen(visit):
    visitor = visit()
    visitor.chooses(Path(__file__))
    visitor.browser.type(visitor.say("enter.words"), "one two")
    for code, name in (("ru", "Шесть слов"), ("da", "De seks ord"), ("en", "The six words")):
        visitor.browser.press(code.upper())
        visitor.browser.sees(name)
        assert visitor.page.evaluate("document.documentElement.lang") == code
        visitor.browser.wait("code => document.activeElement.lang === code", code)
        assert visitor.page.evaluate("document.getElementById('secret').value") == "one two"
        assert visitor.page.locator(".chosen b").count() == 1


def test_keys_play_and_lead_back(visit):
    visitor = visit("seconds=60")  # none ends by itself
    visitor.opens()
    visitor.enters()
    visitor.plays()
    first = visitor.page.inner_text("#deck b")
    visitor.page.evaluate("document.activeElement.blur()")
    visitor.browser.key("n")
    visitor.browser.wait("first => document.querySelector('#deck b').textContent !== first", first)
    for key, code in (("з", "KeyP"), ("P", "KeyP")):  # of a Russian keyboard, and in capitals
        visitor.page.evaluate("given => dispatchEvent(new KeyboardEvent('keydown', given))", {"key": key, "code": code})
        visitor.browser.wait("first => document.querySelector('#deck b').textContent === first", first)
        visitor.browser.key("n")
        visitor.browser.wait("first => document.querySelector('#deck b').textContent !== first", first)
    visitor.browser.key("Space")
    visitor.browser.wait("name => named(document.querySelector('#deck .main')) === name", visitor.say("player.play"))
    visitor.browser.key("Escape")
    visitor.browser.wait("() => document.querySelector('main.in-shelf')")


def test_the_keys_of_the_system_play_and_it_is_told_no_name(visit):
    visitor = visit("seconds=60")
    visitor.opens()
    visitor.enters()
    visitor.plays()
    first = visitor.page.inner_text("#deck b")
    visitor.page.evaluate("system.nexttrack()")
    visitor.browser.wait("first => document.querySelector('#deck b').textContent !== first", first)
    visitor.page.evaluate("system.previoustrack()")
    visitor.browser.wait("first => document.querySelector('#deck b').textContent === first", first)
    visitor.browser.wait("() => navigator.mediaSession.playbackState === 'playing' && !document.hidden")
    visitor.page.evaluate("system.pause()")
    visitor.browser.wait("() => navigator.mediaSession.playbackState === 'paused'")
    visitor.page.evaluate("system.seekto({seekTime: 2})")
    visitor.browser.wait("() => document.querySelector('#deck input[type=range]').value === '2'")
    visitor.page.evaluate("system.play()")
    visitor.browser.wait("() => navigator.mediaSession.playbackState === 'playing'")
    told = "() => { const {title, artist, album} = navigator.mediaSession.metadata; return [title, artist, album]; }"
    assert visitor.page.evaluate(told) == ["Library", "", ""]
    visitor.press("forget")
    visitor.browser.wait("() => Object.values(system).every(does => does === null)")
    visitor.browser.wait("() => navigator.mediaSession.playbackState === 'none'")


def test_a_folder_that_is_dropped_is_looked_through(visit, tmp_path):
    visitor = visit()
    for name in ("a.age", "b.age", "deeper/c.age"):
        path = tmp_path / "dropped" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"abc")
    lead = visitor.page.context.new_cdp_session(visitor.page)
    given = {"items": [], "files": [str(tmp_path / "dropped"), __file__], "dragOperationsMask": 1}
    for event in ("dragEnter", "dragOver", "drop"):
        lead.send("Input.dispatchDragEvent", {"type": event, "x": 50, "y": 300, "data": given})
    visitor.browser.wait("() => document.querySelector('.chosen b')?.textContent.startsWith('4 ')")


def test_thousands_of_albums_and_songs_are_all_there_and_found(visit):
    visitor = visit("labels=1,albums=834,tracks=12")
    visitor.opens()
    visitor.browser.wait("() => document.querySelectorAll('.sleeve').length === 834")
    visitor.browser.type(visitor.say("shelf.find"), "sommer 829")
    visitor.browser.wait("() => [...document.querySelectorAll('.albums li')].filter(one => !one.hidden).length === 1")
    visitor.enters()
    assert visitor.page.locator("button.title").count() == 11  # one is not here


def test_back_among_hundreds_of_albums_is_where_one_was(visit):
    visitor = visit("labels=1,albums=834,tracks=2")
    visitor.opens()
    visitor.browser.wait("() => document.querySelectorAll('.sleeve').length === 834")
    album = visitor.page.locator(".sleeve").nth(700)
    album.click()
    visitor.browser.wait("() => document.querySelector('main.in-album .tracks')")
    visitor.page.keyboard.press("Escape")
    visitor.browser.wait("() => document.querySelector('main.in-shelf')")
    assert visitor.page.evaluate("() => document.querySelectorAll('.sleeve').length") == 834
    top = visitor.browser.wait("() => every('.sleeve')[700].getBoundingClientRect().top")
    assert -400 < top < visitor.page.viewport_size["height"] + 400


def test_an_album_may_have_ten_thousand_songs(visit):
    visitor = visit("labels=1,albums=1,tracks=10000")
    visitor.opens()
    visitor.enters("45")
    visitor.browser.wait("() => document.querySelectorAll('.tracks li').length === 10000")
