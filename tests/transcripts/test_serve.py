"""`mag serve`, `mag` alone and `mag tour --serve` as a person or a script meets them: real processes."""

from __future__ import annotations

import http.cookiejar
import json
import os
import signal
import ssl
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import contextmanager

import pytest

from magnitizdat.web.http import addresses
from magnitizdat.web.http.server import listen


class Server:
    """A running command and a browser of its own."""

    def __init__(self, child: subprocess.Popen[str]) -> None:
        self.child = child
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        self._opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()),
            urllib.request.HTTPSHandler(context=context),
            urllib.request.ProxyHandler({}),
        )

    def get(self, url: str) -> tuple[int, str]:
        try:
            with self._opener.open(url, timeout=60) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as exc:
            with exc:
                return exc.code, exc.read().decode()

    def end(self, number: int = signal.SIGINT) -> tuple[int, str, str]:
        self.child.send_signal(number)
        out, err = self.child.communicate(timeout=60)
        return self.child.returncode, out, err


@contextmanager
def started(*arguments: object):
    """A command in a process of its own."""
    child = subprocess.Popen(
        [sys.executable, "-m", "magnitizdat.cli", *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUTF8": "1"},
    )
    try:
        yield Server(child)
    finally:
        child.kill()
        child.communicate()


@pytest.fixture
def opened(library, passphrase):
    """`mag` on the library, open."""
    return ("--library", library, "--passphrase-file", passphrase)


def test_serve_says_one_line_when_it_is_ready(opened):
    with started(*opened, "serve", "--port", 0, "--json") as server:
        said = json.loads(server.child.stdout.readline())
        status, page = server.get(said["url"])
        assert (status, "<title>Library</title>" in page) == (200, True)
        assert server.get(said["url"])[0] == 404
        assert server.end() == (0, "", "")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_it_ends_well_however_it_is_told(opened, number):
    with started(*opened, "serve", "--port", 0, "--json") as server:
        server.child.stdout.readline()
        assert server.end(number)[0] == 0


def test_people_are_told_where_it_is(opened):
    with started(*opened, "serve", "--port", 0) as server:
        lines = [server.child.stdout.readline() for _ in range(3)]
        assert lines[0].startswith("Players: http://127.0.0.1:")
        assert "/enter?once=" in lines[1]
        assert lines[2] == "Ctrl-C stops.\n"
        code, out, err = server.end()
        assert (code, out, err) == (0, "\nStopped.\n", "")


def test_mag_alone_opens_the_page(opened):
    with started(*opened, "--json") as server:
        said = json.loads(server.child.stdout.readline())
        assert server.get(said["url"])[0] == 200
        assert server.end() == (0, "", "")


def test_mag_alone_without_a_library_opens_the_page_too(tmp_path):
    """The page makes one."""
    with started("--library", tmp_path / "none", "--json") as server:
        assert server.get(json.loads(server.child.stdout.readline())["url"])[0] == 200
        assert server.end()[0] == 0


def test_a_locked_library_is_served_locked(library):
    with started("--library", library, "serve", "--port", 0) as server:
        lines = [server.child.stdout.readline() for _ in range(3)]
        assert lines[2] == "The library is locked: the page opens it, and players have to wait until then.\n"
        assert server.end()[0] == 0


def test_where_no_library_is_it_does_not_speak_of_a_locked_one(tmp_path):
    with started("--library", tmp_path / "none", "serve", "--port", 0) as server:
        said = [server.child.stdout.readline() for _ in range(3)][2]
        assert said == (
            "There is no library yet: the page makes one, or `mag init` does, and players have to wait until then.\n"
        )
        assert server.end()[0] == 0


@pytest.mark.slow
def test_the_tour_ends_with_a_page(tmp_path):
    with started("tour", "--serve", "--json") as server:
        said = json.loads(server.child.stdout.readline())
        assert server.get(said["url"])[0] == 200
        assert server.end() == (0, "", "")


# -- on a network ------------------------------------------------------------------------------------------------------


@pytest.fixture
def on_wifi(monkeypatch):
    """This computer is on a network whose address is one of loopback's, so that tests can listen there."""
    monkeypatch.setattr(addresses, "lan_address", lambda: "127.0.0.2")


@pytest.fixture
def not_run(monkeypatch):
    """A server that ends at once."""
    from magnitizdat.web import stand

    stands = []
    monkeypatch.setattr(stand.Stand, "run", lambda self, ready: (stands.append(self), ready()))
    monkeypatch.setattr(stand, "is_loopback", lambda address: address == "127.0.0.1")
    return stands


def test_lan_shows_address_code_and_fingerprint(mag, on_wifi, not_run):
    said = mag("serve", "--lan", "--port", 0)
    (stand,) = not_run
    assert said.code == 0
    assert said.out.startswith("Players: https://127.0.0.2:")
    assert "▀" in said.out
    assert stand.certificate.fingerprint.replace(":", "") in said.out.replace(" ", "").replace("\n", "")
    assert stand.addresses == ("127.0.0.2", "127.0.0.1")


def test_lan_in_json_has_the_fingerprint(mag, on_wifi, not_run):
    said = mag("serve", "--lan", "--port", 0, "--json")
    assert len(said.out.splitlines()) == 1
    assert said.document["fingerprint"] == not_run[0].certificate.fingerprint
    assert said.document["url"].startswith("https://127.0.0.2:")


def test_plain_http_is_warned_of(mag, on_wifi, not_run):
    said = mag("serve", "--lan", "--plain-http", "--port", 0)
    assert "everybody on this network can read along" in said.err
    assert said.out.startswith("Players: http://127.0.0.2:")
    assert not_run[0].certificate is None


def test_tls_needs_the_library_open(bare, library, on_wifi, not_run):
    said = bare("--library", library, "serve", "--lan", "--port", 0)
    assert (said.code, "TLS needs the library open" in said.err) == (12, True)


def test_no_network_is_a_sentence(mag, monkeypatch):
    monkeypatch.setattr(addresses, "lan_address", lambda: None)
    said = mag("serve", "--lan")
    assert (said.code, said.err) == (
        2,
        "mag: this computer is on no network; join the Wi-Fi first, or name an address with --bind\n",
    )


def test_a_taken_port_is_a_sentence(mag):
    (taken,) = listen(["127.0.0.1"], 0)
    with taken:
        said = mag("serve", "--port", taken.getsockname()[1])
    assert (said.code, "is taken on this computer; choose another with --port" in said.err) == (2, True)


def test_a_proxy_is_named(mag, not_run):
    mag("serve", "--port", 0, "--host", "music.example.org", "--base-path", "music/")
    place = not_run[0].place
    assert place.proxied
    assert "music.example.org" in place.hosts
    assert place.base_path == "/music"


def test_the_address_of_this_machine_asks_nobody(offline):
    found = addresses.lan_address()
    assert found is None or found.count(".") == 3
    assert not offline.attempts


def test_a_players_secret_is_handed_over_by_a_page(opened, mag):
    assert "link" not in mag("app", "add", "before any server", "--json").document
    with started(*opened, "serve", "--port", 0, "--json") as server:
        base = json.loads(server.child.stdout.readline())["base"]
        said = mag("app", "add", "Olga's phone", "--json").document
        assert said["link"].startswith(f"{base}/device?once=")
        status, page = server.get(said["link"])
        assert status == 200
        assert said["secret"] in page
        assert said["user"] in page
        assert server.get(said["link"])[0] == 404
        status, answer = server.get(f"{base}/rest/ping?u={said['user']}&p={said['secret']}&v=1.16.1&c=test&f=json")
        assert json.loads(answer)["subsonic-response"]["status"] == "ok"
        assert server.end()[0] == 0
    assert "▀" in mag("app", "add", "another phone").out
