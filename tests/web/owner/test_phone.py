"""What a phone needs of the page: a manifest and a worker that name nothing, a policy for just these, a setting."""

from __future__ import annotations

import json

import pytest

from tests.fakes_library import PASSPHRASE


@pytest.mark.parametrize("path", ["/worker.js", "/static/library.webmanifest", "/static/icon.svg", "/static/icon.png"])
def test_whoever_reaches_the_port_learns_no_name_from_what_a_phone_asks_for(page, path):
    page.client.cookies.clear()
    answer = page.client.get(path)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-cache"
    for name in (b"agnit", b"izdat", b"mag ", b"tape", b"reel"):
        assert name not in answer.content.lower()


def test_the_manifest_stays_below_the_address_of_the_page(page):
    manifest = json.loads(page.client.get("/static/library.webmanifest").content)
    assert (manifest["name"], manifest["start_url"], manifest["scope"]) == ("Library", "../", "../")
    assert all("/" not in icon["src"] for icon in manifest["icons"])
    page.client.cookies.clear()
    for icon in manifest["icons"]:
        assert page.client.get(f"/static/{icon['src']}").headers["content-type"] == icon["type"]


def test_the_policy_allows_a_worker_and_a_manifest_of_its_own_and_nothing_else_of_their_kind(page):
    policy = dict(
        rule.strip().split(" ", 1) for rule in page.client.get("/").headers["content-security-policy"].split(";")
    )
    assert (policy["default-src"], policy["worker-src"], policy["manifest-src"]) == ("'none'", "'self'", "'self'")
    assert "child-src" not in policy


def test_names_on_the_lock_screen_are_allowed_by_the_owner_alone_and_stay_so(page):
    assert page.get("session")["show_names"] is False
    assert page.post("settings", {"show_names": True})["show_names"] is True
    page.post("lock")
    assert page.get("session")["show_names"] is False
    page.post("settings", {"show_names": False}, status=423)
    assert page.post("unlock", {"passphrase": PASSPHRASE})["show_names"] is True


def test_parts_of_a_page_are_not_weighed_down_by_rules_for_pages(page):
    for path in ("/static/app.js", "/static/css/base.css", "/static/fonts/pt-mono-latin-400-normal.woff2"):
        answer = page.client.get(path)
        assert "content-security-policy" not in answer.headers
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
        assert sum(len(name) + len(value) + 4 for name, value in answer.headers.items()) < 420
    for whole in ("/", "/worker.js", "/static/icon.svg", "/api/session", "/nothing"):
        answer = page.client.get(whole)
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
        assert answer.headers["cross-origin-embedder-policy"] == "require-corp"
