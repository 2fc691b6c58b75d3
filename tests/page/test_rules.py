"""A playlist that fills itself is made on the page, of what one chooses from lists."""

from __future__ import annotations

import pytest

from tests.page.conftest import expect


@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_playlist_that_fills_itself(shelf, open_tab, language):
    tab = open_tab(shelf, language)
    tab.go("playlists")
    tab.press("rule.title")
    rule = tab.page.locator("main details form")
    rule.locator("[name=called]").fill("Rødt")
    first = rule.locator(".row").first
    first.locator("select").first.select_option("title")
    first.locator("[name=value]").fill("rød")
    tab.press("rule.more")
    second = rule.locator(".row").nth(1)
    second.locator("select").first.select_option("starred")
    second.locator("select").nth(1).select_option("is-not")
    rule.locator("button.solid").click()
    tab.page.locator("main.view-playlist .tracks li").first.wait_for()
    expect(tab.page.locator("main .tracks li .title span")).to_have_text(["Rødgrød"])
