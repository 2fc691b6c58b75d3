"""Whoever searches needs no pointer: arrows go along what was found, and Enter takes the first."""

from __future__ import annotations


def test_arrows_go_along_what_was_found_and_back_to_the_field(shelf, open_tab):
    tab = open_tab(shelf)
    page = tab.page
    page.locator("#search").fill("Rødgrød")
    page.locator("main.view-search .found .tracks li").first.wait_for()
    found = page.locator("main.view-search .found :is(a, button.title)")
    page.keyboard.press("Enter")
    for at in range(found.count() - 1):
        assert found.nth(at).evaluate("one => one === document.activeElement"), at
        page.keyboard.press("ArrowDown")
    for _ in range(found.count()):
        page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement.id") == "search"
