"""Whoever comes back finds the page where it was left: scrolled, sorted, searched; and the song at its second."""

from __future__ import annotations

import pytest

from magnitizdat.ops.intake.importing import import_music
from tests.fakes_library import PASSPHRASE, make_library, put_album
from tests.page.conftest import expect, record

pytestmark = [pytest.mark.debian, pytest.mark.slow]


@pytest.fixture
def many(tmp_path, serve):
    """A server over a library with ninety albums."""
    library = make_library(tmp_path / "library")
    for number in range(90):
        put_album(library, f"Album {number:02}", f"Band {99 - number}", lengths=(10,))
    return serve(tmp_path / "library", library)


def at(tab, height):
    tab.page.wait_for_function(f"() => Math.abs(scrollY - {height}) < 2")


def scroll(tab, height):
    """To a height; back when the page knows it too."""
    tab.page.evaluate("height => scrollTo(0, height)", height)
    tab.page.wait_for_function("height => history.state.left?.scroll === height", arg=height)


def test_two_tabs_keep_what_each_was_sorted_by(many, open_tab):
    """Whichever says something last, the other one is after a reload as it was."""
    tab = open_tab(many)
    other = tab.page.context.new_page()
    for page, order in ((tab.page, "title"), (other, "newest")):
        page.goto(f"{many.base_url()}/#/albums")
        page.locator("main.view-albums select").wait_for()
        with page.expect_response("**/api/in-hand"):
            page.locator("main select").select_option(order)
    for page, order in ((tab.page, "title"), (other, "newest")):
        page.reload()
        expect(page.locator("main.view-albums select")).to_have_value(order)


def test_back_and_reload_return_to_the_same_scroll_sort_and_search(many, open_tab):
    tab = open_tab(many)
    tab.go("albums")
    order = tab.page.locator("main select")
    order.select_option("title")
    tab.page.locator(".sleeve-link").first.get_by_text("Album 00").wait_for()
    scroll(tab, 1400)
    tab.page.evaluate(
        "() => [...document.querySelectorAll('.sleeve-link')]"
        ".find(each => each.getBoundingClientRect().top > 200).click()"
    )
    tab.page.locator("main.view-album").wait_for()
    tab.page.locator("#search").fill("Album 33")
    tab.page.locator(".found").get_by_text("Album 33", exact=True).first.wait_for()
    tab.page.locator(".found a[href^='#/album/']").first.click()
    tab.page.locator("main.view-album").wait_for()
    tab.page.locator("#search").fill("Album 44")
    tab.page.locator(".found").get_by_text("Album 44", exact=True).first.wait_for()
    for _ in range(2):
        tab.page.go_back()
    tab.page.locator(".found").get_by_text("Album 33", exact=True).first.wait_for()
    expect(tab.page.locator("#search")).to_have_value("Album 33")
    for _ in range(2):
        tab.page.go_back()
    tab.page.locator("main.view-albums").wait_for()
    at(tab, 1400)
    expect(order).to_have_value("title")
    tab.page.reload()
    tab.page.locator("main.view-albums").wait_for()
    at(tab, 1400)
    expect(order).to_have_value("title")


def test_reloads_do_not_drift_under_letters(many, open_tab):
    tab = open_tab(many)
    tab.go("albums")
    tab.page.locator(".letters-rail").wait_for()
    for height in (900, 1300, 700):
        scroll(tab, height)
        for _ in range(2):
            tab.page.reload()
            tab.page.locator(".letters-rail").wait_for()
            tab.page.locator(".grid .sleeve-link").first.wait_for()
            at(tab, height)


def test_the_table_of_songs_is_there_again_as_it_was_sorted(many, open_tab):
    tab = open_tab(many)
    tab.go("songs")
    tab.page.locator("main .names .col-artist").click()
    tab.page.locator("main .names .col-artist[aria-pressed=true]").wait_for()
    tab.page.wait_for_function("() => document.documentElement.scrollHeight > 2000")  # the new table has its lines
    scroll(tab, 900)
    tab.page.reload()
    tab.page.locator("main.view-songs").wait_for()
    at(tab, 900)
    expect(tab.page.locator("main .names [aria-pressed=true]")).to_contain_text(tab.say("songs.artist"))
    expect(tab.page.locator("main [name=sort]")).to_have_value("artist")


def test_what_was_found_is_shown_as_far_as_it_was(many, open_tab):
    tab = open_tab(many)
    tab.page.locator("#search").fill("album")
    tab.press("search.more")
    tab.page.wait_for_function("() => document.querySelectorAll('.found .sleeve-link').length === 90")
    expect(tab.page.locator(".found").get_by_text(tab.say("search.more"), exact=True)).to_have_count(0)
    last = tab.page.locator(".found .sleeve-link").nth(80)
    last.scroll_into_view_if_needed()
    tab.page.wait_for_function("() => history.state.left?.scroll === scrollY")
    height = tab.page.evaluate("() => scrollY")
    last.click()
    tab.page.locator("main.view-album").wait_for()
    tab.page.go_back()
    tab.page.locator(".found .sleeve-link").nth(89).wait_for()
    at(tab, height)


def test_what_is_ticked_is_there_after_a_reload_and_not_after_a_lock(shelf, open_tab):
    tab = open_tab(shelf)
    tab.go("albums")
    tab.press("choose.do")
    with tab.sends("PUT", "in-hand", '"picked"'):
        tab.press("choose.all")
    tab.page.reload()
    expect(tab.page.locator("#choice b")).to_have_text("2 chosen")
    tab.page.locator(".choose input:checked").nth(1).wait_for(state="attached")
    tab.press("nav.lock", within=".rail")
    tab.page.locator("[name=passphrase]").fill(PASSPHRASE)
    tab.press("unlock.open")
    tab.page.locator("main.view-albums .sleeve-link").first.wait_for()
    expect(tab.page.locator("#choice")).to_be_hidden()


def test_a_question_goes_with_what_it_is_about(shelf, open_tab):
    tab = open_tab(shelf)
    tab.go("albums")
    tab.page.locator(".sleeve-link").filter(has_text="45").first.click()
    tab.page.locator("main.view-album").wait_for()
    album = tab.page.url.rpartition("/")[2]
    tab.go(f"edit/{album}")
    tab.press("edit.remove")
    tab.page.locator("dialog[open]").wait_for()
    tab.page.go_back()
    tab.page.locator("main.view-album").wait_for()
    tab.page.locator("dialog").wait_for(state="detached")
    assert len(shelf.service.library().browse.overview().albums) == 2


def test_a_reload_within_a_song_goes_on_at_its_second(tmp_path, serve, open_tab):
    library = make_library(tmp_path / "library")
    import_music(library, record(tmp_path / "music", seconds=60))  # long enough for the slowest reload
    tab = open_tab(serve(tmp_path / "library", library))
    tab.go("albums")
    tab.page.locator(".sleeve-link").filter(has_text="45").first.click()
    tab.press("player.play", within=".album")
    tab.sounds()
    with tab.sends("PUT", "queue"):
        tab.page.locator(".deck .key-next, #deck .key-next").first.click()  # what is to play is kept some seconds later
        tab.page.keyboard.press("l")
    tab.page.locator(".machine .key-repeat").click()
    tab.page.wait_for_function("() => /^0:(0[2-9]|[1-5])/.test(document.querySelector('#deck .time').textContent)")
    tab.page.reload()
    tab.page.wait_for_function("() => /^[0-9]/.test(document.querySelector('#deck .time')?.textContent ?? '')")
    tab.sounds()
    tab.page.locator("#deck").get_by_text("Rødgrød").first.wait_for(state="attached")  # hidden beside the machine
    assert tab.page.evaluate("() => document.querySelector('#deck .time').textContent.slice(0, 4)") >= "0:02"
    expect(tab.page.locator(".machine .key-repeat")).to_have_attribute("aria-label", tab.say("repeat.all"))


def test_many_albums_are_looked_at_before_they_are_signed_by_few_questions(many, open_tab):
    tab, asked = open_tab(many), []
    tab.go("publish")
    tab.press("choose.all")
    tab.page.on("request", lambda request: asked.append(request.url.partition("/api/")[2]))
    tab.press("publish.sign")
    tab.told("publish.preview")
    expect(tab.page.locator(".strip .sleeve-link")).to_have_count(90)
    assert asked.count("desk/look") == 1
    assert not [address for address in asked if address.startswith("albums/")]
