"""The page for everybody: every view looked at by axe, all of it by keyboard, and what a reader of screens says."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from tests.pocket.browsers import DESKTOP, PHONE, Browser
from tests.pocket.chromium import Chromium
from tests.pocket.tapes import Reel, Tape, picture

pytestmark = [pytest.mark.debian, pytest.mark.slow]
ALBUM, SONG, LAST, ODD = "Чужая гитара", "Rødgrød", "Last tram", "Unheard"
NOTES, LYRICS = "Recorded in a kitchen.", "Wait for the tram"
AXE = """async () => (await axe.run({resultTypes: ['violations']})).violations
  .map(found => `${found.id}: ${found.nodes[0].html} ${found.nodes[0].failureSummary}`)"""
NARROW = """() => document.documentElement.scrollWidth > innerWidth ? 'wider than the screen' : ''"""
SMALL = """() => [...document.querySelectorAll('button, a[href], label.button, label.tick, input[type=search], select')]
  .filter(one => one.getClientRects().length && !one.closest('[hidden], .unseen'))
  .filter(one => { const {width, height} = one.getBoundingClientRect(); return width < 43.5 || height < 43.5; })
  .map(one => one.outerHTML.slice(0, 120))"""


@pytest.fixture(scope="module")
def reel(tmp_path_factory) -> Reel:
    """Everything that the page has a view for: covers, notes, words, what is away, withdrawn, or plays nowhere."""
    tape = Tape(tmp_path_factory.mktemp("tape"))
    cover = tape.blob(picture(random.Random(3)), "image/png")
    away = msgspec.structs.replace(tape.song("vorbis"), sha256="ab" * 32)
    tape.album(
        ALBUM,
        [(SONG, tape.song("vorbis", 20.0)), (LAST, tape.song("mp3")), (ODD, tape.song("wavpack")), ("Away", away)],
        artist="Виктор",
        date="1982",
        words={SONG: f"[00:00.00]{LYRICS}"},
        notes={"en": tape.text(NOTES)},
        cover=cover,
    )
    for number in range(14):
        tape.album(f"Tape {number}", [(f"Hiss {number}", tape.song("vorbis", 1.0))], artist="Else", cover=cover)
    tape.album("Withdrawn", [("Gone", tape.song("vorbis"))], withdrawn=True, withdrawn_reason="A mistake.")
    return tape.sealed()


def views(browser: Browser, reel: Reel, choose: Callable[[], None]) -> Any:
    """Every view in turn, by nothing that depends on a language; a name for each."""
    yield from views_of_the_entrance(browser, reel, choose)
    yield from views_of_music(browser)


FIND = "selector => every(selector).find(one => shown(one))"


def press(page: Browser, selector: str) -> None:
    page.click(page.wait_element(FIND, selector))


def sleeve(page: Browser, title: str) -> None:
    page.click(page.wait_element("title => every('.sleeve b').find(one => one.textContent === title)", title))


def views_of_the_entrance(page: Browser, reel: Reel, choose: Callable[[], None]) -> Any:
    yield "the entrance"
    press(page, "main .button.main:not(label), main button.main")
    page.wait("() => document.querySelector('.wrong')?.textContent")
    yield "nothing was chosen"
    choose()
    page.wait("() => document.querySelector('.chosen b')")
    yield "files are chosen"
    page.write(page.wait_element(FIND, "#secret"), "gravity tunnel orbit velvet cactus zzzz")
    page.key("Enter")
    page.wait("() => document.querySelector('main.in-entrance .wrong')?.textContent")
    yield "a word is none of the list"
    page.evaluate("() => { document.querySelector('#secret').value = ''; }")
    page.write(page.wait_element(FIND, "#secret"), "gravity tunnel orbit velvet cactus cactus")
    page.key("Enter")
    page.wait("() => document.querySelector('main.in-entrance .wrong')?.textContent.length > 10")
    yield "the words are wrong"
    page.write(page.wait_element(FIND, "#secret"), reel.words)
    page.key("Enter")
    page.wait("() => document.querySelector('main.in-shelf .sleeve')")


def views_of_music(page: Browser) -> Any:
    page.wait("() => document.querySelector('.cover canvas')")
    yield "the shelf"
    page.write(page.wait_element(FIND, "input[type=search]"), "nothing is called so")
    page.wait("() => every('.sleeve').every(one => !shown(one))")
    yield "nothing found"
    page.evaluate(
        "() => { const field = document.querySelector('[type=search]');"
        " field.value = ''; field.dispatchEvent(new Event('input', {bubbles: true})); }"
    )
    sleeve(page, ALBUM)
    page.wait("() => document.querySelector('main.in-album .tracks')")
    page.wait("text => plain(document.body.innerText).includes(text)", NOTES)
    yield "an album"
    press(page, ".tracks [aria-expanded]")
    page.wait("text => document.querySelector('.words')?.textContent.includes(text)", LYRICS)
    yield "words of a song"
    press(page, "button.title")
    page.wait("() => document.querySelector('#deck input').value >= 1")
    yield "a song sounds"
    press(page, ".tracks .key:last-child")
    page.wait("() => document.querySelector('dialog[open]')")
    yield "a question"
    page.saving(lambda: press(page, "dialog .main"))
    page.wait("() => document.querySelector('#tray .slip button') && !document.querySelector('#tray progress')")
    yield "it was saved"
    press(page, "#tray .slip button")
    page.click(page.wait_element("() => every('button.title')[2]"))
    page.wait("() => document.querySelector('#tray .slip')")
    yield "a song that plays nowhere"
    press(page, ".way button")
    page.wait("() => document.querySelector('main.in-shelf .sleeve')")
    sleeve(page, "Withdrawn")
    page.wait("() => document.querySelector('main.in-album .warning')")
    yield "an album that was withdrawn"
    press(page, ".forget")
    page.wait("() => document.querySelector('main.in-entrance')")
    yield "forgotten"


@pytest.mark.parametrize(
    "how", [("en", DESKTOP, "light"), ("da", PHONE, "dark"), ("ru", PHONE, "light")], ids=lambda how: how[0]
)
def test_axe_finds_nothing_in_any_view(start, page_at, reel, axe, how):
    language, size, theme = how
    browser: Chromium = start("chromium", color_scheme=theme, locale=language)
    browser.size(*size)
    browser.open(page_at("file"))
    browser.wait("language => document.documentElement.lang === language", language)
    choose = lambda: browser.give_into("#files", *reel.files)  # noqa: E731
    found, seen = {}, []
    for view in views(browser, reel, choose):
        seen.append(view)
        browser.evaluate(axe)
        wrong = [*browser.evaluate(AXE), *filter(None, [browser.evaluate(NARROW)]), *browser.evaluate(SMALL)]
        if wrong:
            found[view] = wrong
    assert len(seen) == 15
    assert found == {}
    assert browser.faults == []
