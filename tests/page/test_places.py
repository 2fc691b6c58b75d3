"""Whoever comes back finds the page where it was left: scrolled, sorted, searched; and the song at its second."""

from __future__ import annotations

import pytest

from magnitizdat.ops.intake.importing import import_music
from tests.fakes_library import PASSPHRASE, make_library, put_album
from tests.page.conftest import record

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


def test_back_and_reload_return_to_the_same_scroll_sort_and_search(many, open_tab):
    tab = open_tab(many)
    tab.go("albums")
    order = tab.page.locator("main select")
    order.select_option("title")
    tab.page.locator(".sleeve-link").first.get_by_text("Album 00").wait_for()
    tab.page.evaluate("() => scrollTo(0, 1400)")
    at(tab, 1400)
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
    assert tab.page.locator("#search").input_value() == "Album 33"
    for _ in range(2):
        tab.page.go_back()
    tab.page.locator("main.view-albums").wait_for()
    at(tab, 1400)
    assert order.input_value() == "title"
    tab.page.reload()
    tab.page.locator("main.view-albums").wait_for()
    at(tab, 1400)
    assert order.input_value() == "title"


def test_reloads_do_not_drift_under_letters(many, open_tab):
    tab = open_tab(many)
    tab.go("albums")
    tab.page.locator(".letters-rail").wait_for()
    for height in (900, 1300, 700):
        tab.page.evaluate("height => scrollTo(0, height)", height)
        tab.page.wait_for_function("height => history.state.left?.scroll === height", arg=height)
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
    tab.page.evaluate("() => scrollTo(0, 900)")
    at(tab, 900)
    tab.page.wait_for_function("() => history.state.left?.scroll === 900")
    tab.page.reload()
    tab.page.locator("main.view-songs").wait_for()
    at(tab, 900)
    assert tab.page.locator("main .names [aria-pressed=true]").text_content().startswith(tab.say("songs.artist"))
    assert tab.page.locator("main [name=sort]").input_value() == "artist"


def test_what_was_found_is_shown_as_far_as_it_was(many, open_tab):
    tab = open_tab(many)
    tab.page.locator("#search").fill("album")
    tab.press("search.more")
    tab.page.wait_for_function("() => document.querySelectorAll('.found .sleeve-link').length === 90")
    assert tab.page.locator(".found").get_by_text(tab.say("search.more"), exact=True).count() == 0
    last = tab.page.locator(".found .sleeve-link").nth(80)
    last.scroll_into_view_if_needed()
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
    with tab.page.expect_response(lambda each: '"picked"' in (each.request.post_data or "")):
        tab.press("choose.all")
    tab.page.reload()
    tab.page.locator("#choice b").wait_for()
    assert tab.page.locator("#choice b").inner_text() == "2 chosen"
    tab.page.locator(".choose input:checked").nth(1).wait_for(state="attached")
    tab.press("nav.lock", within=".rail")
    tab.page.locator("[name=passphrase]").fill(PASSPHRASE)
    tab.press("unlock.open")
    tab.page.locator("main.view-albums .sleeve-link").first.wait_for()
    assert tab.page.locator("#choice").is_hidden()


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
    with tab.page.expect_response(lambda each: each.request.method == "PUT" and "api/queue" in each.url):
        tab.page.locator(".deck .key-next, #deck .key-next").first.click()  # what is to play is kept some seconds later
        tab.page.keyboard.press("l")
    tab.page.locator(".machine .key-repeat").click()
    tab.page.wait_for_function("() => /^0:(0[2-9]|[1-5])/.test(document.querySelector('#deck .time').textContent)")
    tab.page.reload()
    tab.page.wait_for_function("() => /^[0-9]/.test(document.querySelector('#deck .time')?.textContent ?? '')")
    tab.sounds()
    assert tab.page.locator("#deck").get_by_text("Rødgrød").count()
    assert tab.page.evaluate("() => document.querySelector('#deck .time').textContent.slice(0, 4)") >= "0:02"
    assert tab.page.locator(".machine .key-repeat").get_attribute("aria-label") == tab.say("repeat.all")


def test_many_albums_are_looked_at_before_they_are_signed_by_few_questions(many, open_tab):
    tab, asked = open_tab(many), []
    tab.go("publish")
    tab.press("choose.all")
    tab.page.on("request", lambda request: asked.append(request.url.partition("/api/")[2]))
    tab.press("publish.sign")
    tab.told("publish.preview")
    assert tab.page.locator(".strip .sleeve-link").count() == 90
    assert asked.count("desk/look") == 1
    assert not [address for address in asked if address.startswith("albums/")]
