"""The main verbs by keyboard alone: every step is reached by Tab, is seen where it is, and is never lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fakes_library import PASSPHRASE
from tests.page.conftest import DESKTOP, PHONE, Tab, record

pytestmark = [pytest.mark.debian, pytest.mark.slow]

MANY = 80
IN_MENU = "() => document.activeElement.matches('[role=menuitem]')"
SHOWN = """() => {
  const at = document.activeElement;
  const marked = [at.closest('label.button, .one-of label'), at.closest('.wave'), at].filter(Boolean);
  const drawn = marked.find(one => {
    const style = getComputedStyle(one);
    return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none';
  });
  if (!drawn) return `nothing is drawn around ${at.outerHTML.slice(0, 160)}`;
  const {left, top, right, bottom, width} = drawn.getBoundingClientRect();
  const it = at.outerHTML.slice(0, 160);
  if (width < 2 || left < -1 || right > innerWidth + 1) return `out of sight: ${it}`;
  const middle = Math.min(Math.max((top + bottom) / 2, 1), innerHeight - 1);
  const over = document.elementFromPoint((left + right) / 2, middle);
  const seen = over && (drawn.contains(over) || over.contains(drawn));
  return seen ? '' : `behind ${over?.outerHTML.slice(0, 80)}: ${it}`;
}"""


class Hands:
    """A keyboard, and eyes that follow where it is."""

    def __init__(self, tab: Tab) -> None:
        self.tab = tab
        self.press = tab.page.keyboard.press
        self.type = tab.page.keyboard.type

    def comes_to(self, selector: str) -> None:
        """Wait until the keyboard was put somewhere."""
        self.tab.page.wait_for_function("selector => document.activeElement.matches(selector)", arg=selector)

    def says(self, text: str) -> None:
        """Wait until it is put on what says this."""
        self.tab.page.wait_for_function("text => document.activeElement.textContent === text", arg=text)

    def to(self, selector: str, text: str = "", *, key: str = "Tab") -> None:
        """Tab on until something is reached; whatever is passed on the way shows that it is."""
        wanted = "([selector, text]) => { const at = document.activeElement;"
        wanted += " return at.matches(selector) && (at.closest('label') ?? at).textContent.includes(text); }"
        for _ in range(MANY):
            if self.tab.page.evaluate(wanted, [selector, text]):
                return
            self.press(key)
            assert self.tab.page.evaluate(SHOWN) == ""
        pytest.fail(f"no way to {selector} {text}")

    def go(self, key: str) -> None:
        """A verb of the spine."""
        self.to("#rail a", self.tab.say(key), key="Shift+Tab")
        self.press("Enter")

    def is_somewhere(self) -> None:
        """The place of the keyboard was not lost."""
        self.comes_to(":not(body)")


@pytest.fixture
def by_hand(open_tab) -> Callable[..., Hands]:
    return lambda *wishes, **more: Hands(open_tab(*wishes, **more))


def test_the_first_start(tmp_path, serve, by_hand):
    hands = by_hand(serve(tmp_path / "library"))
    page, say = hands.tab.page, hands.tab.say
    six = page.locator(".six").inner_text()
    hands.to("[name=noted]")
    hands.press("Space")
    hands.to("button", say("start.go"))
    hands.press("Enter")
    page.locator("[name=again]").wait_for()
    hands.comes_to("[name=again]")  # the words can be typed at once
    hands.type("wrong words")
    hands.press("Enter")
    page.wait_for_function("() => document.querySelector('[name=again]').validity.customError")
    hands.press("Control+A")
    hands.type(six)
    hands.press("Enter")
    page.locator(".paper").wait_for()
    hands.is_somewhere()
    hands.to("button", say("start.enter"))
    hands.press("Enter")
    hands.tab.told("empty.title")
    hands.to("a", say("empty.import"))
    hands.press("Enter")
    page.locator("#drop-files").wait_for(state="attached")
    hands.to("#drop-files")
    with page.expect_file_chooser() as chooser:
        hands.press("Enter")
    chooser.value.set_files([str(path) for path in record(tmp_path / "music")])
    page.locator(".draft").wait_for()
    hands.is_somewhere()
    hands.to("[name=title]")
    hands.press("Control+A")
    hands.type("Forty-five")
    hands.to("button", say("import.keep"))
    hands.press("Enter")
    hands.tab.told("import.imported")
    hands.is_somewhere()
    hands.to("a", say("publish.look"))
    hands.press("Enter")
    page.get_by_role("heading", name="Forty-five").wait_for()


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_listening(long_shelf, by_hand, size):
    hands = by_hand(long_shelf, "en", size)
    page = hands.tab.page
    page.locator(".sleeve-link").first.wait_for()
    hands.to(".sleeve-link", "45")
    hands.press("Enter")
    page.locator(".album").wait_for()
    hands.to(".album .solid")
    hands.press("Enter")
    hands.tab.sounds()
    hands.to(".deck .key-play")
    hands.press("Space")
    page.wait_for_function("() => navigator.mediaSession.playbackState === 'paused'")
    hands.to(".deck .key-next")
    hands.press("Enter")
    page.locator(".deck").get_by_text("Rødgrød").wait_for()
    hands.to(".deck .wave input", key="Shift+Tab")
    hands.press("End")
    page.locator(".deck").get_by_text("Last tram").wait_for()
    hands.to(".deck a.now", key="Shift+Tab")
    hands.press("Enter")
    page.locator("main.view-now h1").wait_for()
    hands.to(".queue .title", "Electric train")
    hands.press("Enter")
    page.get_by_role("heading", name="Electric train").wait_for()
    hands.is_somewhere()


def test_a_menu_and_a_dialog_give_back_where_one_was(shelf, by_hand):
    hands = by_hand(shelf)
    page, say = hands.tab.page, hands.tab.say
    page.locator(".sleeve-link").first.wait_for()
    hands.to(".sleeve-link", "45")
    hands.press("Enter")
    page.locator(".album").wait_for()
    hands.to(".tracks summary")
    hands.press("Enter")
    page.wait_for_function(IN_MENU)
    hands.press("ArrowDown")
    hands.press("ArrowDown")
    hands.says(say("playlist.add"))
    hands.press("Escape")
    hands.comes_to(".tracks summary")
    hands.press("Enter")
    page.wait_for_function(IN_MENU)
    for _ in range(5):  # round to the last of seven, and up
        hands.press("ArrowUp")
    hands.says(say("playlist.add"))
    hands.press("Enter")
    page.locator("dialog select").wait_for()
    for _ in range(8):
        hands.press("Tab")
        inside = page.evaluate(
            "() => document.activeElement === document.body || !!document.activeElement.closest('dialog')"
        )
        assert inside, "a dialog keeps the keyboard"
    hands.press("Escape")
    page.locator("dialog").wait_for(state="detached")
    hands.comes_to(".tracks summary")


def test_filling_and_taking(shelf, tmp_path, serve, by_hand):
    stick = tmp_path / "stick"
    stick.mkdir()
    giver = by_hand(shelf)
    give(giver, stick)
    words = giver.tab.page.locator(".six").inner_text()
    giver.is_somewhere()

    from tests.fakes_library import make_library

    taker = by_hand(serve(tmp_path / "taker", make_library(tmp_path / "taker")), "en", PHONE)
    page, say = taker.tab.page, taker.tab.say
    taker.go("nav.take")
    offer(taker, stick)
    page.locator(".reel").wait_for()
    taker.comes_to("summary")  # where the folder was opened
    taker.to("[name=words]", key="Shift+Tab")
    taker.type(words)
    taker.press("Enter")
    page.locator(".job.over").wait_for()
    taker.is_somewhere()
    taker.to(".job a", say("take.listen"), key="Shift+Tab")
    taker.press("Enter")
    page.locator(".sleeve-link").nth(1).wait_for()


def give(hands: Hands, stick: Path) -> None:
    hands.tab.page.locator(".sleeve-link").first.wait_for()
    hands.go("nav.fill")
    offer(hands, stick)
    hands.tab.page.locator("[name=stick]").wait_for()
    hands.to("[name=quality][value=full]")
    hands.press("ArrowRight")
    hands.comes_to("[name=quality][value=small]")
    hands.press("ArrowLeft")
    hands.to("button", hands.tab.say("fill.go"))
    hands.press("Enter")
    hands.tab.told("job.safe")


def offer(hands: Hands, stick: Path) -> None:
    hands.tab.page.locator("main summary").first.wait_for()
    hands.to("main summary", hands.tab.say("folder.open"))
    hands.press("Enter")
    hands.to("[name=path]")
    hands.type(str(stick))
    hands.press("Enter")


def test_locking_and_unlocking(shelf, by_hand):
    hands = by_hand(shelf)
    page, say = hands.tab.page, hands.tab.say
    page.locator(".sleeve-link").first.wait_for()
    hands.to("#rail button", say("nav.lock"), key="Shift+Tab")
    hands.press("Enter")
    hands.tab.told("unlock.title")
    page.wait_for_function("() => document.activeElement.name === 'passphrase'")
    hands.type("wrong")
    hands.press("Enter")
    page.locator(".wrong").get_by_text("passphrase").wait_for()
    hands.comes_to("[name=passphrase]")
    hands.type(PASSPHRASE)
    hands.press("Enter")
    page.locator(".sleeve-link").first.wait_for()
