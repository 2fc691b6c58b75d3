"""Albums, songs and playlists ticked in any list, and what can be done with them."""

from __future__ import annotations

from zipfile import ZipFile

import pytest

from tests.page.conftest import NARROW, PHONE, expect

pytestmark = [pytest.mark.debian, pytest.mark.slow]


def tick(tab, title, **how):
    box = tab.page.get_by_label(tab.say("choose.one").replace("{title}", title), exact=True).first
    box.click(force=True, **how)
    return box


def counted(tab, number):
    words = tab.say("choose.count").replace("1", str(number), 1)
    tab.page.locator("#choice").get_by_text(words, exact=True).wait_for()


def test_albums_and_songs_go_into_a_playlist_and_a_concert(shelf, open_tab):
    tab = open_tab(shelf)
    tab.go("albums")
    tab.page.locator(".grid .sleeve-link").first.wait_for()
    tick(tab, "Nat i juni")
    counted(tab, 1)
    tab.page.locator(".sleeve-link").filter(has_text="45").first.click()
    tab.page.locator("main.view-album").wait_for()
    tick(tab, "Last tram")
    counted(tab, 2)
    tab.press("choose.playlist", within="#choice")
    tab.page.locator("dialog [name=name]").fill("Ночь")
    tab.press("playlist.put", within="dialog")
    tab.told("playlist.done")
    tab.go("playlists")
    tab.page.locator(".ruled").filter(has_text="Ночь").click()
    tab.page.locator("main.view-playlist").wait_for()
    expect(tab.page.locator(".tracks .title span")).to_have_text(["Søvnløs", "Blå time", "Last tram"])
    tab.press("choose.share", within="#choice")
    tab.page.locator(".picked").get_by_text("Last tram").wait_for()
    expect(tab.page.locator("#choice"), "the sheet itself says what is chosen").to_be_hidden()


def test_shift_reaches_and_fingers_choose_whole_cells(shelf, open_tab):
    tab = open_tab(shelf, "da", PHONE, has_touch=True)
    tab.go("albums")
    tab.page.locator(".sleeve-link").filter(has_text="45").first.click()
    tab.page.locator(".sides .tracks").first.wait_for()
    tab.go("albums")
    tab.press("choose.do")
    tab.page.locator(".sleeve-link").filter(has_text="45").first.click()
    counted(tab, 1)
    assert tab.page.locator("main.view-albums").count() == 1, "where all ticks are shown a cell is one"
    tab.press("choose.all")
    counted(tab, 2)
    tab.go("home")
    tab.page.locator(".shelf .sleeve-link").first.click()
    tab.page.locator("main.view-album").wait_for()  # elsewhere a cell is what it was
    tab.go("albums")
    tab.press("choose.none", within="#choice")
    tab.page.locator("#choice").wait_for(state="hidden")
    tab.page.locator(".sleeve-link").filter(has_text="45").first.click()
    tab.page.locator("main.view-album").wait_for()
    tab.page.locator(".album > .head summary").click()
    tab.press("choose.songs")
    tick(tab, "Чужая гитара")
    tick(tab, "Last tram", modifiers=["Shift"])
    counted(tab, 3)
    tick(tab, "Чужая гитара", modifiers=["Shift"])
    tab.page.locator("#choice").wait_for(state="hidden")


def test_the_keyboard_ticks_and_a_lock_lets_all_go(shelf, open_tab):
    tab = open_tab(shelf, size=NARROW)
    tab.go("albums")
    box = tab.page.locator(".grid .choose input").first
    box.wait_for(state="attached")
    box.focus()
    tab.page.keyboard.press("Space")
    counted(tab, 1)
    expect(tab.page.locator(".choose").first).to_have_css("opacity", "1")
    tab.go("more")
    tab.press("nav.lock")
    tab.told("unlock.title")
    tab.page.locator("#choice").wait_for(state="hidden")


def test_own_files_go_out_through_the_browser_and_onto_a_stick(shelf, open_tab, tmp_path):
    tab = open_tab(shelf, size=PHONE)
    tab.go("albums")
    tab.page.locator(".sleeve-link").filter(has_text="Nat i juni").first.click()
    tab.page.locator("main.view-album").wait_for()
    tab.page.locator(".enlarge").click()
    tab.page.locator(".large-cover img").click()
    tab.page.locator(".large-cover").wait_for(state="detached")
    tab.page.locator(".album > .head summary").click()
    tab.press("save.do")
    tab.page.locator("dialog .warning").wait_for()
    with tab.page.expect_download() as begun:
        tab.press("save.go", within="dialog")
    begun.value.save_as(tmp_path / "album.zip")
    with ZipFile(tmp_path / "album.zip") as archive:
        assert archive.testzip() is None
        assert [name.rpartition("/")[2] for name in archive.namelist()][:2] == ["01 Søvnløs.ogg", "02 Blå time.ogg"]
    stick = tmp_path / "RED"
    stick.mkdir()
    tab.go("fill")
    tab.offer(stick)
    tab.page.locator("[name=stick]").first.wait_for()
    tab.go("albums")
    tab.press("choose.do")
    tab.press("choose.all")
    counted(tab, 2)
    tab.press("choose.export", within="#choice")
    tab.page.locator("dialog label").filter(has_text="RED").click()
    tab.press("save.go", within="dialog")
    tab.told("job.safe")
    assert len(list(stick.rglob("*.ogg"))) == 6
