"""The page's answers in the person's language."""

from __future__ import annotations

import pytest


def error(page, **headers):
    return page.client.get("/api/albums/" + "0" * 32, headers=headers).json()["error"]


def test_a_browser_is_answered_in_its_language(page):
    english = error(page)
    danish = error(page, **{"accept-language": "da-DK,da;q=0.9,en;q=0.5"})
    russian = error(page, **{"accept-language": "fi, ru;q=0.8, en;q=0.2"})
    assert len({english, danish, russian}) == 3
    assert "albummet" in danish
    assert "альбома" in russian
    assert error(page, **{"accept-language": "fi;q=x, ,;;q="}) == english


def test_what_was_chosen_goes_before_what_the_browser_says(page):
    said = page.post("session", {"language": "ru"})
    assert said["language"] == "ru"
    assert {each["code"] for each in said["languages"]} >= {"en", "da", "ru"}
    assert "альбома" in error(page, **{"accept-language": "da"})


def test_sentences_of_good_news_too(page):
    page.post("session", {"language": "da"})
    album = page.get("albums")["albums"][0]["id"]
    verdict = page.get(f"albums/{album}")["verdict"]["sentences"]
    assert verdict
    assert not [each for each in verdict if " is " in each or "Genuine" in each or "nobody" in each]


@pytest.mark.parametrize(("code", "title", "button"), [("da", "Bibliotek", "Åbn"), ("ru", "Фонотека", "Открыть")])
def test_the_page_for_whoever_is_not_in(page, code, title, button):
    page.client.cookies.clear()
    shown = page.client.get("/", headers={"accept": "text/html", "accept-language": code}).text
    assert f'lang="{code}" dir="ltr"' in shown
    assert title in shown
    assert button in shown
