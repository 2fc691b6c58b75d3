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


CATALOGUE = """\
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"

msgid "Listen"
msgstr "להאזין"

msgid "Library"
msgstr "ספרייה"

msgid "Passphrase"
msgstr "משפט סיסמה"
"""


@pytest.fixture
def brought(tmp_path, monkeypatch):
    """Puts catalogues into the data folder, by name of the file."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    folder = tmp_path / "data" / "magnitizdat"
    folder.mkdir(parents=True)
    return lambda name, content: (folder / name).write_bytes(content)


def test_a_language_that_somebody_brought_is_offered_and_spoken(page, brought):
    brought("he.po", CATALOGUE.encode())
    offered = {each["code"]: each["dir"] for each in page.get("session")["languages"]}
    assert (offered["he"], offered["da"]) == ("rtl", "ltr")
    assert page.get("messages/he")["nav.listen"] == "להאזין"
    assert page.post("session", {"language": "he"})["language"] == "he"
    page.client.cookies.clear()
    shown = page.client.get("/", headers={"accept": "text/html", "accept-language": "he-IL, en;q=0.5"}).text
    assert 'lang="he" dir="rtl"' in shown
    assert "ספרייה" in shown
    assert "משפט סיסמה" in shown


def test_a_file_of_a_land_is_found_by_its_land(page, brought):
    brought("pt_BR.po", CATALOGUE.encode())
    page.client.cookies.clear()
    shown = page.client.get("/", headers={"accept": "text/html", "accept-language": "pt-BR,pt;q=0.9,en;q=0.8"}).text
    assert 'lang="pt-BR"' in shown
    assert "ספרייה" in shown


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00 no catalogue", b'msgid "Listen\nmsgstr', b"msgid" * 2_000_000])
def test_a_broken_catalogue_leaves_the_page_english(page, brought, content):
    brought("he.po", content)
    assert "he" in {each["code"] for each in page.get("session")["languages"]}
    said = page.client.get("/api/messages/he")
    assert said.status_code in {200, 400}
    assert "Traceback" not in said.text
    assert page.post("session", {"language": "he"})["state"] == "open"
    assert " " in error(page)
    page.client.cookies.clear()
    shown = page.client.get("/", headers={"accept": "text/html", "accept-language": "he"})
    assert "Passphrase" in shown.text
    assert page.client.get("/api/messages/tlh").status_code == 404
