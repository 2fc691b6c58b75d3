"""Somebody who has never seen a terminal: from the first start to music in another one's hands, in the page alone."""

from __future__ import annotations

from functools import partial

import pytest

from tests.page.conftest import DESKTOP, PHONE, Tab, record

pytestmark = [pytest.mark.debian, pytest.mark.slow]


def first_start(tab: Tab) -> None:
    """Six words on paper, typed once more, a library."""
    words = tab.page.locator(".six").inner_text()
    tab.page.locator("[name=noted]").check()
    tab.press("start.go")
    tab.page.locator("[name=again]").fill("not the same words")
    tab.press("start.make")
    tab.page.locator("[name=again]").fill(words)
    tab.press("start.make")
    tab.press("start.enter")
    tab.told("empty.title")


def publish(tab: Tab, files: list[str]) -> None:
    """Files, a correction, a label of one's own with its paper, a signature."""
    tab.go("import")
    tab.page.locator("#drop-files").set_input_files(files)
    tab.page.locator("[name=title]").fill("45 оборотов")
    tab.press("import.keep")
    tab.press("publish.sign", within=".after")
    tab.page.locator("[name=name]").fill("Zoopark Tapes")
    tab.press("publish.signit")
    assert len(tab.page.locator(".paper").inner_text().split()) >= 12
    tab.press("publish.paper.done")
    tab.press("publish.look", within=".job.done")
    tab.page.get_by_role("heading", name="45 оборотов").wait_for()
    tab.page.locator(".verdict .stamp").wait_for()


def hear(tab: Tab) -> None:
    tab.press("player.play", within=".album")
    tab.sounds()
    tab.plays_on(until=1)
    tab.page.locator(".deck").get_by_text("Чужая гитара").wait_for()


def fill(tab: Tab, stick: str) -> str:
    """A folder in the place of a stick; the six words."""
    tab.go("fill")
    tab.offer(stick)
    tab.page.locator("[name=stick]").first.wait_for()
    tab.page.locator(".preview").get_by_text("4").wait_for()
    tab.press("fill.go")
    tab.told("job.safe")
    return tab.page.locator(".six").inner_text()


def take(tab: Tab, stick: str, words: str) -> None:
    tab.go("take")
    tab.offer(stick)
    tab.page.locator("[name=words]").fill(words)
    tab.press("take.take", within=".reel")
    tab.page.locator(".job .label-card").get_by_text("Zoopark Tapes").wait_for()
    tab.press("labels.follow", within=".job")
    tab.page.locator(".job .label-card .tag").wait_for()
    tab.press("take.listen")
    tab.page.locator(".sleeve-link").get_by_text("45 оборотов").first.click()
    tab.page.locator(".verdict.genuine").wait_for()


@pytest.fixture
def visit(request, open_tab):
    """Pages in a browser, of a size."""
    browser, size = request.param
    return partial(open_tab, browser=request.getfixturevalue(browser), size=size)


@pytest.mark.parametrize(
    ("visit", "language"),
    [
        (("chromium", DESKTOP), "en"),
        (("chromium", PHONE), "da"),
        (("chromium", DESKTOP), "ru"),
        (("chromium", PHONE), "ru"),
        (("firefox", PHONE), "en"),
        (("firefox", DESKTOP), "da"),
        (("firefox", DESKTOP), "ru"),
    ],
    indirect=["visit"],
)
def test_from_hand_to_hand(tmp_path, serve, visit, language):
    stick = tmp_path / "stick"
    stick.mkdir()
    giver = visit(serve(tmp_path / "giver"), language)
    first_start(giver)
    publish(giver, [str(path) for path in record(tmp_path / "music", seconds=40.0)])
    hear(giver)
    words = fill(giver, str(stick))
    assert len(words.split()) == 6

    taker = visit(serve(tmp_path / "taker"), language)
    first_start(taker)
    take(taker, str(stick), words)
    hear(taker)
    assert giver.faults + taker.faults == []
