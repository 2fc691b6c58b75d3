"""Reels on sticks: looked after, copied on, stopped on the way and gone on with."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from magnitizdat.ops.jobs.jobs import Watch
from magnitizdat.pages import pocket
from tests.fakes_reel import overwrite
from tests.page.conftest import PHONE, expect

pytestmark = [pytest.mark.debian, pytest.mark.slow]


@pytest.fixture
def sticks(tmp_path) -> list[Path]:
    found = [tmp_path / "RED", tmp_path / "BLUE"]
    for stick in found:
        stick.mkdir()
    return found


def filled(tab, stick: Path) -> None:
    tab.go("fill")
    tab.offer(stick)
    tab.page.locator(".one-of label").filter(has_text=stick.name).click()
    tab.press("fill.go")
    tab.told("job.safe")


def damage(stick: Path) -> None:
    victim = max(stick.rglob("*.age"), key=lambda path: path.stat().st_size)
    overwrite(victim, victim.stat().st_size // 2, b"\0" * 5000)


def work(tab, key: str) -> str:
    """Press a button beside a reel; how that ended."""
    tab.page.locator(".job").evaluate("old => old.remove()")
    tab.press(key, within=".upkeep")
    tab.page.locator(".job.over").wait_for()
    return tab.page.locator(".job.over").inner_text()


def test_a_reel_is_checked_mended_and_copied_on(shelf, open_tab, sticks):
    red, blue = sticks
    tab = open_tab(shelf, size=PHONE)
    filled(tab, red)
    assert "whole" in work(tab, "reel.check")
    damage(red)
    assert "damaged" in work(tab, "reel.check")
    assert "whole" in work(tab, "reel.mend")
    tab.offer(blue)
    tab.page.locator(".one-of").get_by_text("BLUE").wait_for()
    assert tab.say("job.safe").casefold() in work(tab, "reel.copy").casefold()
    assert "RED" not in "".join(map(str, blue.rglob("*"))), "a stick says nothing of another one"
    lengths = [sorted(path.stat().st_size for path in stick.rglob("*.*")) for stick in sticks]
    assert lengths[0] == lengths[1]
    expect(tab.page.locator(".upkeep li"), "the copy can be looked after too").to_have_count(2)


def test_another_stick_gets_a_copy_at_once(shelf, open_tab, sticks):
    red, blue = sticks
    tab = open_tab(shelf)
    tab.go("fill")
    tab.offer(blue)
    tab.page.locator(".one-of").get_by_text("BLUE").wait_for()
    filled(tab, red)
    tab.page.locator(".after > button").get_by_text("BLUE").wait_for()
    words = tab.page.locator(".six").inner_text()
    tab.page.locator(".after > button").click()
    tab.page.locator(".six").wait_for(state="detached")  # the work before it makes room
    tab.told("job.safe")
    assert len(words.split()) == 6
    assert len(list(blue.rglob("*.age"))) == len(list(red.rglob("*.age"))) > 0


def test_the_page_for_browsers_is_put_beside_it_while_the_words_stay(shelf, open_tab, sticks, tmp_path):
    tab = open_tab(shelf, size=PHONE)
    filled(tab, sticks[0])
    words = tab.page.locator(".six").inner_text()
    panel = tab.page.locator(".without-mag")
    assert "".join(panel.locator(".fingerprint").inner_text().split()) == pocket.fingerprint()
    panel.get_by_text(tab.say("browser.put")).click()
    panel.locator(".job.over .safe").wait_for()
    expect(tab.page.locator(".six")).to_have_text(words)
    assert (sticks[0] / pocket.NAME).read_bytes() == pocket.page()
    with tab.page.expect_download() as saved:
        panel.get_by_text(tab.say("browser.save")).click()
    assert saved.value.suggested_filename == pocket.NAME
    saved.value.save_as(tmp_path / "saved")
    assert (tmp_path / "saved").read_bytes() == pocket.page()
    assert tab.faults == []


def test_the_page_for_browsers_has_a_sheet_of_its_own(shelf, open_tab, sticks):
    tab = open_tab(shelf)
    tab.go("more")
    tab.page.locator(".door").filter(has_text=tab.say("browser.title")).click()
    tab.told("browser.where")
    tab.offer(sticks[0])
    tab.page.get_by_text(tab.say("browser.put.on").replace("{name}", "RED")).click()
    tab.page.locator(".job.over .safe").wait_for()
    assert sorted(path.name for path in sticks[0].iterdir()) == [pocket.NAME, "READ-ME.txt"]


@pytest.fixture
def slow(monkeypatch):
    """Work that comes to no end while this is set, unless it is told to stop."""
    held = threading.Event()
    advance = Watch.advance

    def waiting(watch: Watch, amount: int) -> None:
        if held.is_set():
            watch.told.wait(60)
        advance(watch, amount)

    monkeypatch.setattr(Watch, "advance", waiting)
    held.set()
    yield held
    held.clear()


def test_stopped_on_the_way_and_gone_on_with(shelf, open_tab, sticks, slow):
    tab = open_tab(shelf, size=PHONE)
    tab.go("fill")
    tab.offer(sticks[0])
    tab.page.locator("[name=stick]").first.wait_for()
    tab.press("fill.go")
    tab.page.locator(".job").get_by_text(tab.say("job.stop")).wait_for()
    tab.go("albums")
    tab.page.locator(".tray a").click()
    tab.press("job.stop", within=".job")
    tab.page.locator(".job.stopped").wait_for()
    assert tab.page.get_by_text(tab.say("job.safe"), exact=True).count() == 0
    tab.page.locator(".job.stopped").get_by_text("goes on from there").wait_for()
    slow.clear()
    tab.press("fill.go")
    tab.told("job.safe")
    assert "whole" in work(tab, "reel.check")
