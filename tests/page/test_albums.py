"""Albums put right, and albums taken out: in the page, as whoever listens then sees them."""

from __future__ import annotations

import pytest
from PIL import Image

from magnitizdat.ops.intake.importing import import_music
from tests.fakes_library import make_library
from tests.fakes_spool import http_server, publish_all, write_spool
from tests.page.conftest import PHONE, expect, record

pytestmark = [pytest.mark.debian, pytest.mark.slow]

COLOUR = """async picture => {
  await picture.decode();
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 1;
  const brush = canvas.getContext('2d');
  brush.drawImage(picture, 0, 0, 1, 1);
  return [...brush.getImageData(0, 0, 1, 1).data].slice(0, 3).map(Math.round);
}"""


def open_album(tab, title="45"):
    tab.go("albums")
    tab.page.locator(".sleeve-link").filter(has_text=title).first.click()
    tab.page.get_by_role("heading", name=title, exact=True).wait_for()


def edit_album(tab, key="edit.title"):
    tab.page.locator(".album > .head summary").click()
    tab.press(key)
    tab.page.locator("main.view-edit .head").first.wait_for()


def is_green(picture) -> bool:
    red, green, blue = picture.evaluate(COLOUR)
    return green > red + 60 and green > blue + 60


def test_another_cover(shelf, open_tab, tmp_path):
    Image.new("RGB", (700, 700), "#0c9a3c").save(tmp_path / "green.png")
    (tmp_path / "words.png").write_text("no picture at all")
    tab = open_tab(shelf, size=PHONE)
    open_album(tab)
    assert not is_green(tab.page.locator(".front .cover"))
    edit_album(tab)
    tab.page.locator(".cover-pick input").set_input_files(tmp_path / "words.png")
    tab.page.locator(".notice.bad").get_by_text("no JPEG, PNG, GIF").wait_for()
    tab.page.locator(".cover-pick input").set_input_files(tmp_path / "green.png")
    tab.told("edit.cover.done")
    assert is_green(tab.page.locator(".cover-pick img.cover"))
    open_album(tab)
    assert is_green(tab.page.locator(".front .cover"))
    tab.go("albums")
    assert is_green(tab.page.locator(".sleeve-link").filter(has_text="45").locator(".cover"))


def test_notes_and_credits(shelf, open_tab):
    tab = open_tab(shelf, "da")
    open_album(tab)
    edit_album(tab)
    tab.press("edit.more")
    for at, (language, words) in enumerate([("en", "Recorded *at home*."), ("da", "Indspillet i et køkken.")]):
        tab.press("edit.notes.add")
        tab.page.locator(".note select").nth(at).select_option(language)
        tab.page.locator(".note textarea").nth(at).fill(words)
    tab.press("edit.credits.add")
    tab.page.get_by_label(tab.say("edit.role")).fill("guitar")
    tab.page.get_by_label(tab.say("edit.name"), exact=True).fill("Алексей")
    tab.page.locator("[name=licence]").fill("CC BY-SA 4.0")
    tab.press("save")
    tab.page.locator(".notes").get_by_text("Indspillet i et køkken.").wait_for()
    facts = tab.page.locator(".front .facts").inner_text()
    assert "guitar" in facts
    assert "Алексей" in facts
    assert "CC BY-SA 4.0" in facts
    tab.page.locator(".flap .languages button[lang=en]").click()
    tab.page.locator(".notes em").get_by_text("at home").wait_for()
    edit_album(tab)
    expect(tab.page.locator(".note textarea").last).to_have_value("Indspillet i et køkken.")
    tab.page.locator(".repeated .row > button").first.click()
    tab.press("save")
    tab.page.locator(".album").wait_for()
    expect(tab.page.locator(".flap .languages")).to_have_count(0)


def test_what_is_out_is_asked_about_first(shelf, open_tab):
    tab = open_tab(shelf, size=PHONE)
    open_album(tab, "Nat i juni")
    edit_album(tab)
    tab.press("edit.remove", within=".shelf")
    tab.page.locator("dialog").get_by_text("Nat i juni").wait_for()
    tab.press("cancel", within="dialog")
    tab.go("albums")
    expect(tab.page.locator(".sleeve-link")).to_have_count(2)
    open_album(tab, "Nat i juni")
    edit_album(tab)
    tab.press("edit.remove", within=".shelf")
    tab.press("edit.remove", within="dialog")
    tab.page.locator(".notice").get_by_text("Nat i juni").wait_for()
    tab.page.locator("main.view-albums").wait_for()
    expect(tab.page.locator(".sleeve-link")).to_have_count(1)


@pytest.fixture
def site(tmp_path):
    """A web site with one signed album; its address."""
    library = make_library(tmp_path / "label")
    record(tmp_path / "signed", "Чёрный альбом")
    import_music(library, [tmp_path / "signed"])
    publish_all(library, [view.id for view in library.shelf.albums()])
    write_spool(library, tmp_path / "site")
    library.close()
    with http_server(tmp_path / "site", ranges=True) as address:
        yield address


@pytest.mark.parametrize("size", [PHONE])
def test_from_an_address_and_followed_later(shelf, open_tab, site, size):
    tab = open_tab(shelf, size=size)
    tab.go("take")
    tab.press("take.address")
    tab.page.locator("[name=address]").fill("/etc")
    tab.press("take.take", within=".other")
    tab.page.locator(".notice.bad").get_by_text("https://").wait_for()
    tab.page.locator("[name=address]").fill(site)
    tab.press("take.take", within=".other")
    tab.page.locator(".job .label-card").get_by_text("Zoopark Tapes").wait_for()
    tab.press("take.listen")
    sleeve = tab.page.locator(".sleeve-link").filter(has_text="Чёрный альбом")
    sleeve.locator(".tab.new").wait_for()
    tab.go("labels")
    fresh = tab.page.locator(".shelf").filter(has_text=tab.say("labels.new"))
    fresh.get_by_text("Zoopark Tapes").wait_for()
    tab.press("labels.follow")
    tab.page.locator(".label-card .tag").get_by_text(tab.say("mark.follow")).wait_for()
    tab.go("albums")
    sleeve.wait_for()
    expect(sleeve.locator(".tab")).to_have_count(0)
    open_album(tab, "Чёрный альбом")
    tab.page.locator(".verdict.genuine").wait_for()
    edit_album(tab, "edit.remove")
    assert tab.page.locator("[name=title]").count() == 0, "only its label corrects it"
    tab.press("edit.remove", within=".shelf")
    tab.press("edit.remove", within="dialog")
    tab.page.locator("main.view-albums").wait_for()
    expect(tab.page.locator(".sleeve-link")).to_have_count(2)
