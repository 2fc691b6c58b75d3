"""What somebody has in hand is not lost: by a way back, a reload, a lock, another start of the server."""

from __future__ import annotations

from threading import Event

import pytest

from magnitizdat.web.http import guard, speech
from tests.fakes_library import PASSPHRASE
from tests.page.conftest import PHONE, expect

pytestmark = [pytest.mark.debian, pytest.mark.slow]


def edit(tab):
    """The first album's fields."""
    tab.go("albums")
    tab.page.locator(".sleeve-link").filter(has_text="45").first.click()
    tab.page.locator("main.view-album").wait_for()
    album = tab.page.url.rpartition("/")[2]
    tab.go(f"edit/{album}")
    return album


def typed(tab, field, text):
    """Type, and wait until the server has it, and not what was typed before."""
    with tab.page.expect_response(lambda each: text in (each.request.post_data or "")) as answer:
        tab.page.locator(field).first.fill(text)
    assert answer.value.ok


def unlock(tab):
    tab.page.locator("[name=passphrase]").fill(PASSPHRASE)
    tab.press("unlock.open")


def back_and_again(tab, album):
    tab.page.go_back()
    tab.page.locator("main.view-album").wait_for()
    tab.go(f"edit/{album}")


def reload(tab, _album):
    tab.page.reload()


def lock_and_unlock(tab, _album):
    tab.press("nav.lock", within=".rail")
    unlock(tab)


def test_an_edit_is_there_again_after_back_a_reload_and_a_lock_until_it_is_saved(shelf, open_tab):
    tab = open_tab(shelf)
    album = edit(tab)
    tab.page.locator("[name=title]").fill("45 оборотов")
    tab.page.locator(".songs input[dir=auto]").first.fill("Другая гитара")
    tab.press("edit.more")
    tab.press("edit.notes.add")
    typed(tab, ".note textarea", "Recorded at home.")
    for away in (back_and_again, reload, lock_and_unlock):
        away(tab, album)
        tab.told("kept.again")
        expect(tab.page.locator("[name=title]")).to_have_value("45 оборотов")
        expect(tab.page.locator(".songs input[dir=auto]").first).to_have_value("Другая гитара")
        expect(tab.page.locator(".note textarea")).to_have_value("Recorded at home.")
    tab.press("save")
    tab.page.get_by_role("heading", name="45 оборотов").wait_for()
    tab.go(f"edit/{album}")
    expect(tab.page.locator(".note textarea")).to_have_value("Recorded at home.")
    expect(tab.page.locator(".kept")).to_have_count(0)


def test_whoever_begins_afresh_or_cancels_has_the_album_as_it_is(shelf, open_tab):
    tab = open_tab(shelf, "ru", PHONE)
    album = edit(tab)
    for away in ("kept.afresh", "cancel"):
        typed(tab, "[name=title]", "45 оборотов")
        tab.page.reload()
        tab.told("kept.again")
        with tab.sends("PUT", "in-hand", f'"edit/{album}'):
            tab.press(away)
        tab.go("more")
        tab.go(f"edit/{album}")
        expect(tab.page.locator("[name=title]")).to_have_value("45")
        expect(tab.page.locator(".kept")).to_have_count(0)


def test_a_form_is_there_again_where_a_server_starts_anew_and_no_secret_in_it(shelf, open_tab, serve):
    tab = open_tab(shelf, "da")
    tab.go("share")
    tab.press("share.wifi")
    tab.page.locator("[name=password]").fill("not to be kept")
    typed(tab, "[name=ssid]", "Køkkenet")
    tab.page.context.close()
    again = serve(shelf.service.directory)
    other = open_tab(again, "da")
    unlock(other)
    other.go("share")
    other.told("kept.again")
    expect(other.page.locator("[name=ssid]")).to_have_value("Køkkenet")
    expect(other.page.locator("[name=password]")).to_have_value("")


@pytest.fixture
def late(monkeypatch):
    """Once it is called, what a page says of what is in hand is heard after the next one has asked for it."""
    asked = Event()
    asked.set()

    def answering(request) -> None:
        if request.url.path == "/api/in-hand":
            if request.method == "GET":
                asked.set()
            else:
                asked.wait(timeout=60)
        speech.answering(request)

    monkeypatch.setattr(guard, "answering", answering)
    return asked.clear


@pytest.mark.parametrize("engine", ["chromium", "firefox"])
def test_what_is_typed_and_ticked_right_before_a_reload_is_there_though_it_comes_last(
    shelf, open_tab, late, request, engine
):
    tab = open_tab(shelf, browser=request.getfixturevalue(engine))
    edit(tab)
    for typed in ("45 оборотов", "33 оборота"):
        late()
        tab.page.locator("[name=title]").fill(typed)
        tab.page.reload()
        tab.told("kept.again")
        expect(tab.page.locator("[name=title]")).to_have_value(typed)
    tab.go("albums")
    tab.page.locator(".sleeve-link").first.wait_for()
    late()
    tab.press("choose.do")
    tab.press("choose.all")
    expect(tab.page.locator("#choice b")).to_have_text("2 chosen")
    tab.page.reload()
    expect(tab.page.locator("#choice b")).to_have_text("2 chosen")
