"""Whoever searches needs no pointer: arrows go along what was found, and Enter takes the first."""

from __future__ import annotations

from tests.page.conftest import expect


def test_arrows_go_along_what_was_found_and_back_to_the_field(shelf, open_tab):
    tab = open_tab(shelf)
    page = tab.page
    page.locator("#search").fill("Rødgrød")
    page.locator("main.view-search .found .tracks li").first.wait_for()
    tab.settles()
    found = page.locator("main.view-search .found :is(a, button.title)")
    page.keyboard.press("Enter")
    for at in range(found.count() - 1):
        expect(found.nth(at)).to_be_focused()
        page.keyboard.press("ArrowDown")
    for _ in range(found.count()):
        page.keyboard.press("ArrowUp")
    expect(page.locator("#search")).to_be_focused()
