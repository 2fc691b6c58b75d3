"""A page in a browser while somebody else locks the library, or in danger: it shows and plays no more."""

from __future__ import annotations

import signal

import pytest

from tests.fakes_web import apart
from tests.page.conftest import expect

pytestmark = [pytest.mark.debian, pytest.mark.slow]

SILENT = "() => navigator.mediaSession.playbackState !== 'playing'"


def playing(tab):
    tab.page.locator(".sleeve-link").first.click()
    tab.press("player.play", within=".album")
    tab.sounds()


def test_a_page_that_plays_stops_when_it_is_locked_elsewhere(shelf, open_tab):
    tab, other = open_tab(shelf), open_tab(shelf)
    other.page.locator(".sleeve-link").first.wait_for()
    playing(tab)
    apart(shelf.service.let_go)
    for each in (tab, other):
        each.page.locator("[name=passphrase]").wait_for()
        each.page.wait_for_function(SILENT)
        expect(each.page.locator(".sleeve-link")).to_have_count(0)


def test_lock_reaches_every_tab(shelf, open_tab):
    tab = open_tab(shelf)
    others = [tab.page.context.new_page() for _ in range(3)]
    for other in others:
        other.goto(f"{shelf.base_url()}/#/albums")
        other.locator(".sleeve-link").first.wait_for()
    tab.press("nav.lock", within=".rail")
    for page in (tab.page, *others):
        page.locator("[name=passphrase]").wait_for()
        expect(page.locator(".sleeve-link")).to_have_count(0)


def test_three_presses_destroy_the_keys_and_two_do_not(shelf, open_tab):
    tab, died = open_tab(shelf), []
    shelf.service._die = lambda: died.append(signal.SIGKILL)
    slot = shelf.service.directory / "key.age"
    tab.page.locator(".sleeve-link").first.wait_for()
    for _ in range(2):
        tab.page.keyboard.press("!")
    tab.page.get_by_text("Press ! 1 more time").wait_for()
    assert slot.exists()
    for _ in range(3):  # should the two have been too long ago
        tab.page.keyboard.press("!")
    tab.page.wait_for_url("about:blank")
    assert not slot.exists()
    assert died
