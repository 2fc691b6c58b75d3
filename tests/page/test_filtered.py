"""A shelf that shows a part of the library: what is ticked in it, with Shift or all at once, is what one sees there."""

from __future__ import annotations

import pytest

from magnitizdat.ops.labels import labels
from magnitizdat.ops.labels.publish import publish
from tests.fakes_library import NOW, make_library, put_album

pytestmark = [pytest.mark.debian, pytest.mark.slow]
ALBUMS = 80
PICKED = """async kind => (await import(new URL('static/store.js', document.baseURI))).store.picked.first()
  .filter(thing => thing.kind === kind).map(thing => thing.title)"""


@pytest.fixture
def tab(tmp_path, serve, open_tab):
    """A page over eighty albums, every other one of jazz and of the nineties."""
    library = make_library(tmp_path / "library")
    for at in range(ALBUMS):
        told = {"genres": ["Jazz" if at % 2 else "Punk"], "date": "1991" if at % 2 else "1982"}
        put_album(library, f"Album {at:02}", f"{chr(65 + at // 10) * 2} band {at:02}", lengths=(10 + at,), **told)
    return open_tab(serve(tmp_path / "library", library))


def titles(numbers) -> list[str]:
    return [f"Album {number:02}" for number in numbers]


def tick(tab, place, *, kind=".grid", **how):
    """The tick of the line at this place of a list."""
    tab.page.evaluate("place => scrollTo(0, place ? document.body.scrollHeight : 0)", place)
    tab.page.locator(f"{kind} > li[aria-posinset='{place + 1}'] .choose input").click(force=True, **how)


def picked(tab, wanted, kind="album"):
    tab.page.locator("#choice").wait_for()
    tab.page.wait_for_function(f"async ([kind, n]) => (await ({PICKED})(kind)).length === n", arg=[kind, len(wanted)])
    assert sorted(tab.page.evaluate(PICKED, kind)) == sorted(wanted)


@pytest.mark.parametrize("way", ["genre", "decade"])
def test_a_part_of_the_shelf_is_ticked_as_it_is_seen(tab, way):
    tab.go("genres")
    tab.page.locator("main a[href*='/genre/']").filter(has_text="Jazz").wait_for()
    what = "Jazz" if way == "genre" else "199"
    tab.page.locator(f"main a[href*='/{way}/']").filter(has_text=what).click()
    tab.page.locator("main.view-albums .sleeve-link").first.wait_for()
    jazz = titles(range(1, ALBUMS, 2))
    tick(tab, 2)
    tick(tab, 37, modifiers=["Shift"])
    picked(tab, jazz[2:38])
    tab.press("choose.none", within="#choice")
    tab.press("choose.do")
    tab.press("choose.all")
    picked(tab, jazz)
    tab.page.locator("main select").select_option("newest")
    tab.press("choose.none", within="#choice")
    tab.press("choose.all")
    picked(tab, jazz)


def test_a_labels_sheet_leads_to_all_its_albums(tmp_path, serve, open_tab):
    library = make_library(tmp_path / "library")
    albums = [put_album(library, title, lengths=(10,))[0] for title in titles(range(14))]
    labels.create(library, "Zoopark", now=NOW)
    publish(library, albums, labels.find_label(library, "Zoopark"), now=NOW, small=False)
    tab = open_tab(serve(tmp_path / "library", library))
    tab.go("labels")
    tab.page.locator("main a").filter(has_text="Zoopark").first.click()
    tab.page.locator("main.view-label .sleeve-link").nth(11).wait_for()
    tab.press("home.all")
    tab.page.locator("main.view-albums .sleeve-link").nth(13).wait_for()
    assert tab.page.locator("main h1").text_content() == "Zoopark"


def test_shift_reaches_from_letter_to_letter(tab):
    tab.go("albums")
    letters = tab.page.locator(".letters-rail button")
    letters.filter(has_text="C").click()
    tab.page.locator(".grid > li[aria-posinset='21'] .choose input").click(force=True)
    letters.filter(has_text="G").click()
    tab.page.locator(".grid > li[aria-posinset='61'] .choose input").click(modifiers=["Shift"], force=True)
    picked(tab, titles(range(20, 61)))


def test_shift_reaches_over_songs_that_are_not_drawn(tab):
    tab.go("songs")
    tab.page.get_by_label(tab.say("tab.genres"), exact=True).select_option(label="Jazz")
    tab.page.locator(f"main .rows > li[aria-setsize='{ALBUMS // 2}']").first.wait_for()
    tick(tab, 39, kind=".rows")
    tick(tab, 0, kind=".rows", modifiers=["Shift"])
    tab.page.wait_for_function(
        "async () => (await import(new URL('static/store.js', document.baseURI))).store.picked.size === 40"
    )
    ticks = tab.page.locator(".rows .choose input")
    assert ticks.evaluate_all("all => all.length < 40 && all.every(each => each.checked)")
