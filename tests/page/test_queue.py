"""The queue put in order: dragged, several taken out, cleared; the same song twice is two."""

from __future__ import annotations

import pytest

from tests.page.conftest import expect

pytestmark = [pytest.mark.debian, pytest.mark.slow]


def test_the_same_song_twice_is_two_and_each_goes_its_way(long_shelf, open_tab):
    tab = open_tab(long_shelf)
    queued = tab.page.locator(".queued .title span")
    tab.go("albums")
    tab.page.locator(".sleeve-link").filter(has_text="Nat i juni").first.click()
    tab.press("player.play", within=".album")
    tab.sounds()
    for _ in range(2):
        song = tab.page.locator(".tracks li").filter(has_text="Blå time")
        song.locator("summary").click()
        song.get_by_role("menuitem", name=tab.say("queue.add")).click()
    tab.go("now")
    expect(queued).to_have_text(["Søvnløs", "Blå time", "Blå time", "Blå time"])
    ticks = tab.page.locator(".queued .pick-out input")
    ticks.nth(0).check()
    ticks.nth(2).click(modifiers=["Shift"])
    for at in range(3):
        expect(ticks.nth(at), "Shift reaches").to_be_checked()
    ticks.nth(1).uncheck()
    tab.page.locator(".queue .bar button").filter(has_text="2").click()
    expect(queued).to_have_text(["Søvnløs", "Blå time"])
    lines = tab.page.locator(".queued li")
    tab.page.evaluate("() => scrollTo(0, document.body.scrollHeight)")
    grip, target = lines.nth(1).locator(".grip").bounding_box(), lines.nth(0).bounding_box()
    tab.page.mouse.move(grip["x"] + 5, grip["y"] + grip["height"] / 2)
    tab.page.mouse.down()
    tab.page.mouse.move(grip["x"] + 5, target["y"] + target["height"] / 2, steps=6)
    tab.page.mouse.up()
    expect(queued).to_have_text(["Blå time", "Søvnløs"])
    expect(tab.page.locator(".queued li.on"), "what plays plays on").to_contain_text("Søvnløs")
    tab.press("queue.clear")
    expect(queued).to_have_text(["Søvnløs"])
