"""The page for browsers, as the owner hands it out: the same bytes everywhere, and never shown under this address."""

from __future__ import annotations

import hashlib

import pytest

from magnitizdat.pages import pocket


def test_what_is_saved_is_what_the_fingerprint_is_of(page):
    told = page.get("pocket")
    saved = page.client.get("/api/pocket/page")
    assert saved.status_code == 200
    assert hashlib.sha256(saved.content).hexdigest() == told["sha256"] == "".join("".join(told["groups"]).split())
    assert (len(saved.content), told["name"]) == (told["length"], pocket.NAME)
    assert "attachment" in saved.headers["content-disposition"]
    assert not saved.headers["content-type"].startswith("text/html"), "under this address it would be the library's"


@pytest.mark.parametrize("language", ["en", "da", "ru"])
def test_its_leaflet_is_said_in_the_language_of_the_page(page, language):
    told = page.get("pocket", headers={"accept-language": language})
    assert [len(told[part]) for part in ("steps", "where", "honest")] == [6, 6, 7]
    assert ("Go offline" in told["steps"][1]) == (language == "en")


def test_it_is_put_beside_a_reel_that_words_open(tmp_path, page):
    stick = page.stick(tmp_path / "stick")
    filled = page.work("fill", stick=stick["id"])
    assert any("browser" in line for line in filled["said"])
    assert not any("mag pass-on" in line for line in filled["said"])
    put = page.work("pocket", stick=stick["id"])
    assert (put["state"], put["safe_to_pull"]) == ("done", True)
    assert (tmp_path / "stick" / pocket.NAME).read_bytes() == pocket.page()
    assert page.work("check", reel=filled["report"]["reel"])["report"]["valid"]
    again = page.work("pocket", stick=stick["id"])
    assert again["report"]["page"]["already"]


def test_a_false_page_on_the_stick_is_told_and_left(tmp_path, page):
    stick = page.stick(tmp_path / "stick")
    (tmp_path / "stick" / pocket.NAME).write_bytes(b"<script>fetch('//collector')</script>")
    put = page.work("pocket", stick=stick["id"])
    assert put["state"] == "failed"
    assert "of another version, or false" in put["sentence"]


def test_a_place_that_was_not_offered_gets_nothing(tmp_path, page):
    page.post("jobs", {"verb": "pocket", "stick": str(tmp_path)}, status=404)
    assert list(tmp_path.glob("*.html")) == []
