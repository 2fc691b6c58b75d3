"""For the road, on the page: the stash between two sticks, and what one asks others for."""

from __future__ import annotations

import pytest

from tests.fakes_stash import digests_in, tiny_reel
from tests.page.conftest import NARROW, expect

pytestmark = [pytest.mark.debian, pytest.mark.slow]


@pytest.fixture(autouse=True)
def _own_stash(monkeypatch, tmp_path):
    monkeypatch.setenv("MAG_STASH", str(tmp_path / "stash"))


def beside(tab, name: str, key: str) -> str:
    """Press a button on the card of a stick; how that ended."""
    tab.page.locator(".job").evaluate_all("all => all.forEach(each => each.remove())")
    tab.page.locator(".doors section").filter(has_text=name).get_by_text(tab.say(key)).click()
    tab.page.locator(".job.over").wait_for()
    return tab.page.locator(".job.over").inner_text()


def test_a_reel_goes_from_stick_to_stick_and_is_dropped_by_somebody_who_is_sure(shelf, open_tab, tmp_path):
    digest = tiny_reel(tmp_path / "RED" / "aaaaaaaa")
    (tmp_path / "BLUE").mkdir()
    tab = open_tab(shelf, size=NARROW)
    tab.go("carry")
    for name in ("RED", "BLUE"):
        tab.offer(tmp_path / name)
        tab.page.locator(".doors h3").get_by_text(name).wait_for()
    assert "1 reel came into the stash" in beside(tab, "RED", "stash.take")
    assert tab.say("job.safe").casefold() in beside(tab, "BLUE", "stash.give").casefold()
    assert digests_in(tmp_path / "BLUE") == {digest}
    assert tab.page.evaluate("() => document.documentElement.scrollWidth - innerWidth") <= 0, "paths are long"
    tab.page.locator("summary").filter(has_text=tab.say("stash.reels")).click()
    tab.page.locator("[name=reel]").check()
    tab.press("stash.drop")
    tab.press("stash.drop", within="dialog")
    tab.page.get_by_text("The stash is empty.").wait_for()
    assert tab.faults == []


def test_what_is_asked_for_is_said_and_taken_back(shelf, open_tab):
    tab = open_tab(shelf)
    tab.go("carry")
    tab.told("wish.none")
    tab.page.locator("[name=wish]").fill("f" * 32)
    tab.press("wish.ask")
    tab.page.get_by_text("f" * 32).wait_for()
    expect(tab.page.locator("[name=wish]")).to_have_value("")
    expect(tab.page.locator(".kept"), "it was sent").to_have_count(0)
    tab.press("wish.drop")
    tab.told("wish.none")
    assert tab.faults == []
