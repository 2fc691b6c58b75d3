"""Words are typed on whatever keyboard, seen only by whoever asks, and found by their beginning."""

from __future__ import annotations

import pytest

from magnitizdat.formats.spelling.keyboards import swap
from magnitizdat.library.library import Library
from tests.page.conftest import expect, words

SIX = "able about above absent absorb abstract"


@pytest.fixture
def locked(tmp_path, serve):
    """A server over a library that six words open."""
    Library.create(tmp_path / "library", SIX, work_factor=1).close()
    return serve(tmp_path / "library")


@pytest.mark.parametrize("typed", [SIX.upper(), swap(SIX, "ru"), "able-abou-abov-abse-abso-abst"])
def test_the_words_open_it_however_they_are_typed(locked, open_tab, typed):
    tab = open_tab(locked)
    tab.page.locator("[name=passphrase]").fill(typed)
    tab.press("unlock.open")
    tab.page.locator("main.view-home").wait_for()


@pytest.mark.parametrize("language", ["en", "da", "ru"])
def test_whoever_lets_them_be_seen_is_offered_the_words_that_begin_so(locked, open_tab, language):
    tab = open_tab(locked, language)
    field = tab.page.locator("[name=passphrase]")
    offered = tab.page.locator(".offered button")
    field.press_sequentially("able abs")
    assert (field.get_attribute("type"), offered.count()) == ("password", 0)
    tab.press("typed.show")
    expect(field).to_have_attribute("type", "text")
    expect(offered).to_have_text(["absent", "absorb", "abstract", "absurd"])
    offered.nth(1).click()
    expect(field).to_have_value("able absorb ")
    field.press_sequentially("фищ")
    tab.told("typed.keyboard")


def test_a_word_that_is_none_of_the_list_is_told_by_its_place(locked, open_tab):
    tab = open_tab(locked)
    tab.page.locator("[name=passphrase]").fill(SIX.replace("above", "abuve"))
    tab.press("unlock.open")
    tab.page.locator(".wrong").get_by_text("word 3").wait_for()


@pytest.mark.parametrize("language", ["en", "da", "ru"])
def test_what_a_form_lacks_is_said_in_the_language_of_the_page(locked, open_tab, language):
    """The bubble of a browser speaks that of the browser."""
    tab = open_tab(locked, language)
    tab.press("unlock.open")
    field = tab.page.locator("[name=passphrase]")
    expect(field).to_have_js_property("validationMessage", tab.say("lacks.value"))
    field.fill(SIX)
    expect(field).to_have_js_property("validationMessage", "")
    tab.press("unlock.open")
    tab.page.locator("main.view-home").wait_for()


def test_a_part_of_the_page_that_does_not_come_is_told_as_the_library_that_does_not_answer(shelf, open_tab):
    tab = open_tab(shelf, "da", service_workers="block")  # it asks by itself, past the route below
    tab.page.route("**/views/clubs.js*", lambda route: route.abort())
    tab.page.evaluate("location.hash = '#/clubs'")
    tab.told("gone.title")
    tab.faults.clear()  # the browser's own words on what it was denied


def test_shortcuts_are_keys_whatever_letters_they_give(shelf, open_tab):
    tab = open_tab(shelf, "ru")
    press = "([key, code]) => document.body.dispatchEvent(new KeyboardEvent('keydown', { key, code, bubbles: true }))"
    tab.page.evaluate(press, ["ф", "KeyA"])
    tab.page.locator("main.view-albums").wait_for()
    tab.page.evaluate(press, ["д", "KeyL"])
    tab.page.locator("main.view-now").wait_for()


def test_the_words_on_paper_stay_the_same_in_whatever_language_one_goes_on(tmp_path, serve, open_tab):
    tab = open_tab(serve(tmp_path / "library"))
    six = tab.page.locator(".six").inner_text()
    tab.page.get_by_role("button", name="DA Dansk").click()
    tab.say = words("da")
    tab.told("start.title")
    expect(tab.page.locator(".six")).to_have_text(six)
    tab.page.locator("[name=noted]").check()
    tab.press("start.go")
    tab.told("start.check")
    tab.page.get_by_role("button", name="EN English").click()
    tab.say = words("en")
    tab.told("start.check")
    tab.page.locator("[name=again]").fill(six)
    tab.press("start.make")
    tab.told("start.done")


def test_all_of_the_paper_is_printed_and_nothing_else(shelf, open_tab):
    tab = open_tab(shelf)
    tab.go("more")
    tab.press("more.paper.show")
    paper = tab.page.locator(".paper.print")
    paper.wait_for()
    tab.page.emulate_media(media="print")
    seen = "paper => [paper.scrollHeight <= paper.clientHeight, paper.innerText.includes('END AGE ENCRYPTED FILE')]"
    assert paper.evaluate(seen) == [True, True]
    assert tab.page.locator("main").inner_text().strip() == paper.inner_text().strip()
