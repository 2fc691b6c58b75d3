"""Somebody goes elsewhere in the middle of something, and comes back."""

from __future__ import annotations

import pytest

from tests.fakes_library import PASSPHRASE
from tests.page.conftest import NARROW, record

pytestmark = [pytest.mark.debian, pytest.mark.slow]


def drop(tab, folder) -> None:
    drag = {"items": [], "files": [str(folder)], "dragOperationsMask": 1}
    session = tab.page.context.new_cdp_session(tab.page)
    for event in ("dragEnter", "dragOver", "drop"):
        session.send("Input.dispatchDragEvent", {"type": event, "x": 700, "y": 400, "data": drag})


def hold(tab, address) -> list:
    """The next request to an address waits, here, until somebody lets it go."""
    held = []

    def keep(route) -> None:
        held.append(route)

    tab.page.route(address, keep, times=1)
    return held


def test_files_whose_sending_was_left_and_begun_again_are_sent_once(shelf, open_tab, tmp_path):
    songs = record(tmp_path / "Kassette", "Ny kassette", "Kødbyen", ("Bro", "Havn"))
    tab = open_tab(shelf)
    tab.go("import")
    held = hold(tab, "**/api/uploads/*")
    tab.page.locator("#drop-files").set_input_files(songs)
    tab.told("import.sending")
    tab.go("more")
    sent = []
    tab.page.on("request", lambda request: sent.append(request.method) if "/uploads/" in request.url else None)
    tab.go("import")
    drop(tab, tmp_path / "Kassette")
    tab.page.locator(".draft").wait_for()
    assert len(held) == 1
    assert sent.count("PUT") == len(songs)


def test_a_place_is_found_again_though_what_came_next_was_slow(shelf, open_tab):
    tab = open_tab(shelf, size=NARROW)
    tab.go("more")
    tab.page.evaluate("() => scrollTo(0, 300)")
    tab.page.wait_for_function("() => scrollY === 300")
    held = hold(tab, "**/api/labels")
    tab.page.evaluate("() => { location.hash = '#/labels'; }")
    tab.told("loading")
    tab.page.wait_for_function("() => scrollY < 300")
    held[0].continue_()
    tab.page.locator("main.view-labels").wait_for()
    tab.page.go_back()
    tab.page.locator("main.view-more").wait_for()
    tab.page.wait_for_function("() => scrollY === 300")


def test_what_was_looked_for_is_not_there_once_it_was_locked(shelf, open_tab):
    tab = open_tab(shelf)
    tab.page.locator("#search").fill("last tram")
    tab.page.locator(".found .tracks").get_by_text("Last tram").wait_for()
    tab.press("nav.lock", within=".rail")
    tab.page.locator("[name=passphrase]").fill(PASSPHRASE)
    tab.press("unlock.open")
    tab.told("search.empty")
    assert tab.page.locator("#search").input_value() == ""


def test_an_evening_that_ended_elsewhere_is_not_ended_again_by_a_key(shelf, open_tab, monkeypatch):
    monkeypatch.setattr("magnitizdat.web.guests.venue.lan_address", lambda: "127.0.0.1")
    tab = open_tab(shelf)
    tab.go("share")
    tab.press("share.go")
    tab.told("share.on")
    other = tab.page.context.new_page()
    other.goto(f"{shelf.base_url()}/#/share")
    other.get_by_text(tab.say("share.end"), exact=True).click()
    tab.page.get_by_text(tab.say("share.go"), exact=True).wait_for()
    sent = []
    tab.page.on("request", lambda request: sent.append(request.method))
    tab.page.keyboard.press("Escape")
    tab.go("more")
    assert "DELETE" not in sent
