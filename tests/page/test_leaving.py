"""Somebody goes elsewhere in the middle of something, and comes back."""

from __future__ import annotations

import re

import pytest
from PIL import Image

from magnitizdat.web.owner.work import room
from tests.fakes_library import PASSPHRASE
from tests.page.conftest import NARROW, TWO_FRAMES, expect, record

pytestmark = [pytest.mark.debian, pytest.mark.slow]


def hold(tab, address) -> list:
    """The next request to an address waits, here, until somebody lets it go."""
    held = []

    def keep(route) -> None:
        held.append(route)

    tab.page.route(address, keep, times=1)
    return held


def let_go(tab, held) -> None:
    """What was held goes on, as soon as it is there."""
    for _ in range(3000):
        if held:
            return held[0].continue_()
        tab.page.evaluate(TWO_FRAMES)
    pytest.fail("nothing was asked for there")


def test_files_go_on_their_way_while_somebody_listens(shelf, open_tab, tmp_path):
    songs = record(tmp_path / "Kassette", "Ny kassette", "Kødbyen", ("Bro", "Havn"))
    tab = open_tab(shelf)
    tab.go("import")
    held = hold(tab, "**/api/uploads/*")
    tab.page.locator("#drop-files").set_input_files(songs)
    tab.told("import.sending")
    tab.go("albums")
    tab.page.locator(".sleeve-link").first.click()
    tab.press("player.play", within=".album")
    tab.sounds()
    tab.page.locator("#tray").get_by_text(tab.say("import.sending")).wait_for()
    let_go(tab, held)
    tab.told("import.came")
    expect(tab.page.locator("#tray a")).to_have_count(0)
    tab.go("import")
    tab.page.locator(".draft").wait_for()
    expect(tab.page.locator(".draft .songs li")).to_have_count(len(songs))


def test_a_browser_asks_before_files_on_their_way_are_lost_and_what_lacks_is_told_afterwards(shelf, open_tab, tmp_path):
    songs = record(tmp_path / "Kassette", "Ny kassette", "Kødbyen", ("Bro", "Havn", "Regn"))
    tab, asked = open_tab(shelf), []
    tab.go("import")
    tab.page.locator("#drop-files").set_input_files(songs[:1])
    tab.page.locator(".draft").wait_for()
    hold(tab, "**/api/uploads/*")
    with tab.sends("PUT", "in-hand", '"lacking"'):
        tab.page.locator("main details.more summary").click()
        tab.page.locator("#drop-files").set_input_files(songs)
    tab.page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    tab.page.reload()
    tab.page.get_by_text(re.compile("2 files that you chose did not come")).wait_for()
    assert asked == ["beforeunload"]
    expect(tab.page.locator(".draft .songs li")).to_have_count(1)
    tab.page.locator("main details.more summary").click()
    tab.page.locator("#drop-files").set_input_files(songs)
    expect(tab.page.locator(".draft .songs li")).to_have_count(3)
    expect(tab.page.locator(".warning")).to_have_count(0)
    tab.press("import.keep")
    tab.page.locator(".job.done").wait_for()
    tab.go("albums")
    tab.go("import")
    tab.page.locator(".drop").wait_for()
    expect(tab.page.locator(".draft")).to_have_count(0)


def test_a_second_import_ends_in_its_report_as_the_first_did(shelf, open_tab, tmp_path):
    tab = open_tab(shelf)
    tab.go("import")
    for title in ("First", "Second", "Third"):
        tab.page.locator("#drop-files").set_input_files(record(tmp_path / title, title, "Kino", ("Bro", "Havn")))
        tab.page.locator(".draft h2").get_by_text(title).wait_for()
        if title == "First":
            tab.go("home")
            tab.page.locator(".beside .spoken").get_by_text("Files wait to be put in the library: 2.").wait_for()
            tab.go("import")
        tab.press("import.keep")
        tab.page.locator(".job.done").wait_for()
        tab.settles()
        assert tab.page.locator(".draft").count() == 0
        tab.press("import.more")
        tab.page.locator(".drop").wait_for()


def test_what_an_import_came_to_is_told_to_whoever_comes_later(shelf, open_tab, tmp_path):
    tab = open_tab(shelf)
    tab.go("import")
    tab.page.locator("#drop-files").set_input_files(record(tmp_path / "New", "New", "Kino", ("Bro", "Havn")))
    tab.page.locator(".draft").wait_for()
    tab.press("import.keep")
    tab.page.locator(".job").wait_for()
    tab.page.reload()  # in the middle of it, perhaps
    tab.page.locator(".job").wait_for()
    expect(tab.page.locator(".draft")).to_have_count(0)
    tab.go("more")
    jobs = room(shelf.service).jobs
    while jobs.all()[-1].state == "running":
        jobs.find(jobs.all()[-1].id, wait_s=5)
    tab.go("import")
    tab.told("import.imported")
    tab.press("import.undo", within=".job")
    tab.press("import.undo", within="dialog")
    tab.page.locator(".job").wait_for(state="detached")
    assert len(shelf.service.library().browse.overview().albums) == 2


def test_what_was_put_right_of_files_that_came_is_there_after_a_lock_and_another_start(
    shelf, open_tab, serve, tmp_path
):
    Image.new("RGB", (300, 300), "#0c9a3c").save(tmp_path / "green.png")
    tab = open_tab(shelf)
    tab.go("import")
    tab.page.locator("#drop-files").set_input_files(record(tmp_path / "k", "Ny kassette", "Kødbyen", ("Bro", "Havn")))
    tab.page.locator(".draft").wait_for()
    tab.page.locator(".cover-pick input").set_input_files(tmp_path / "green.png")
    tab.page.locator(".cover-pick img.cover").wait_for()
    tab.page.locator(".draft [name=title]").fill("Bånd fra kælderen")
    tab.press("nav.lock", within=".rail")
    tab.page.locator("[name=passphrase]").wait_for()
    tab.page.context.close()
    again = open_tab(serve(shelf.service.directory))
    again.page.locator("[name=passphrase]").fill(PASSPHRASE)
    again.press("unlock.open")
    again.go("import")
    again.told("kept.again")
    expect(again.page.locator(".draft [name=title]")).to_have_value("Bånd fra kælderen")
    expect(again.page.locator(".draft .cover-pick img.cover")).to_have_count(1)
    again.press("import.keep")
    again.press("publish.look", within=".job.done")
    again.page.get_by_role("heading", name="Bånd fra kælderen").wait_for()
    again.go("import")
    again.page.locator(".drop").wait_for()


def test_files_that_are_thrown_away_are_gone(shelf, open_tab, tmp_path):
    tab = open_tab(shelf)
    tab.go("import")
    tab.page.locator("#drop-files").set_input_files(record(tmp_path / "k", "Ny kassette", "Kødbyen", ("Bro",)))
    tab.press("import.away")
    tab.page.locator(".drop").wait_for()
    assert list((shelf.service.directory / "incoming").iterdir()) == []


def test_a_place_is_found_again_though_what_came_next_was_slow(shelf, open_tab):
    tab = open_tab(shelf, size=NARROW)
    tab.go("more")
    tab.page.evaluate("() => scrollTo(0, 300)")
    tab.page.wait_for_function("() => history.state.left?.scroll === 300")
    held = hold(tab, "**/api/labels")
    tab.page.evaluate("() => { location.hash = '#/labels'; }")
    tab.told("loading")
    tab.page.wait_for_function("() => scrollY < 300")
    let_go(tab, held)
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
    expect(tab.page.locator("#search")).to_have_value("")


def test_an_evening_that_ended_elsewhere_is_not_ended_again_by_a_key(shelf, open_tab, monkeypatch):
    monkeypatch.setattr("magnitizdat.web.guests.venue.near_addresses", lambda: ["127.0.0.1"])
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
