"""DNS rebinding, foreign pages, proxies: which requests are heard at all."""

from __future__ import annotations

import pytest
from starlette.responses import JSONResponse

from magnitizdat.web.http import doors
from magnitizdat.web.http.app import build
from magnitizdat.web.http.hosts import plain_host, serving
from magnitizdat.web.http.routes import ANYBODY, Endpoint
from tests.fakes_web import browser, enter


def seen(request, _service):
    root = request.scope["root_path"]
    return JSONResponse({"peer": request.state.peer, "path": request.url.path, "root": root})


SEEN = Endpoint("/seen", ("GET", "POST"), seen, ANYBODY, doors.OPEN)


@pytest.fixture
def at(service):
    """A browser at a server of this place."""

    def make(*, peer: str = "127.0.0.1", **place):
        return browser(build(service, [SEEN], place=serving(**place)), peer=peer)

    return make


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:4545", "127.0.0.1:1", "[::1]:4545", "localhost.", "192.168.1.5"]
)
def test_our_names_are_heard(at, host):
    assert at(addresses=["192.168.1.5"]).get("/seen", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "192.168.1.6",
        "",
        "localhost:1:2",
        "[::2]",
        "[::1]evil",
        "localhost:8/x?y",
    ],
)
def test_other_names_find_nothing(at, host):
    client = at(addresses=["192.168.1.5"])
    answer = client.get("/seen", headers={"host": host})
    absent = client.get("/nothing")
    assert (answer.status_code, answer.content) == (absent.status_code, absent.content)


def test_a_rebound_name_gets_nothing_with_a_session_either(at, service):
    client = at()
    enter(client, service)
    assert client.get("/seen", headers={"host": "evil.example"}).status_code == 404


def test_a_named_host_is_heard(at):
    assert at(names=["music.home.example"]).get("/seen", headers={"host": "Music.home.example:443"}).status_code == 200


@pytest.mark.parametrize(
    ("headers", "heard"),
    [
        ({}, True),
        ({"sec-fetch-site": "same-origin", "origin": "http://localhost"}, True),
        ({"sec-fetch-site": "none"}, True),
        ({"origin": "http://localhost"}, True),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "same-site"}, False),
        ({"origin": "http://evil.example"}, False),
        ({"origin": "http://localhost:8080"}, False),
        ({"origin": "null"}, False),
    ],
)
def test_foreign_pages_change_nothing(at, headers, heard):
    client = at()
    assert (client.post("/seen", headers=headers).status_code == 200) == heard
    assert client.get("/seen", headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("peer", "place", "told", "believed"),
    [
        ("127.0.0.1", {}, "10.0.0.9", "127.0.0.1"),
        ("10.0.0.2", {"base_path": "/music"}, "10.0.0.9", "10.0.0.2"),
        ("127.0.0.1", {"base_path": "/music"}, "10.0.0.9", "10.0.0.9"),
        ("127.0.0.1", {"base_path": "/music"}, "1.2.3.4, 10.0.0.9", "10.0.0.9"),
        ("127.0.0.1", {"names": ["music.example"]}, "fe80::1", "fe80::1"),
        ("127.0.0.1", {"names": ["music.example"]}, "garbage", "unknown"),
        ("::1", {"names": ["music.example"]}, "", "::1"),
    ],
)
def test_a_proxy_is_believed_only_where_one_was_announced(at, peer, place, told, believed):
    headers = {"x-forwarded-for": told} if told else {}
    assert at(peer=peer, **place).get("/seen", headers=headers).json()["peer"] == believed


def test_what_a_client_says_before_its_proxy_is_not_believed(at):
    """Some proxies add a line of their own and leave what was there."""
    client = at(base_path="/music")
    told = client.get("/seen", headers=[("x-forwarded-for", "127.0.0.1"), ("x-forwarded-for", "10.0.0.9")])
    assert told.json()["peer"] == "10.0.0.9"


@pytest.mark.parametrize("path", ["/music/seen", "/seen"])
def test_below_a_base_path_whether_the_proxy_takes_it_off_or_not(at, path):
    said = at(base_path="music/").get(path).json()
    assert (said["path"], said["root"]) == ("/music/seen", "/music")


def test_a_host_without_port_and_case():
    assert plain_host("[FE80::1]:80") == "fe80::1"
    assert plain_host("Example.ORG.:80") == "example.org"


def test_every_answer_tells_browsers_to_be_careful(at):
    for answer in (at().get("/seen"), at().get("/nothing"), at().get("/seen", headers={"host": "evil.example"})):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "unsafe-inline" not in answer.headers["content-security-policy"]
        assert "server" not in answer.headers
