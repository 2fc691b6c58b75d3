"""Another laptop comes to a share: by its ticket, by an address and six words, through a proxy; and what it is told."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from socketserver import BaseRequestHandler, ThreadingTCPServer

import pytest

from magnitizdat.errors import EXIT_LOCKED, EXIT_SOURCE, EXIT_USAGE, LockedError, MagError
from magnitizdat.formats.names import passphrase_words
from magnitizdat.formats.tickets import Address
from magnitizdat.library.library import Library
from magnitizdat.ops.dub.from_sources import dub_all
from magnitizdat.ops.places.remote import SHARE_WORDS
from magnitizdat.ops.places.socks import parse_proxy
from magnitizdat.ops.places.sources import open_sources
from tests.fakes_library import NOW, contents_of, make_library
from tests.fakes_socks import socks_proxy
from tests.web.peers.conftest import WORDS


@pytest.fixture
def mine(tmp_path) -> Iterator[Library]:
    with make_library(tmp_path / "mine") as made:
        yield made


@pytest.fixture
def ticket(port):
    port.begin()
    return port.ticket


def came(mine, source, **options):
    return [report for _, report in dub_all(mine, source, now=lambda: NOW, **options)]


def assert_came(mine, library, reports):
    (report,) = reports
    assert (report.releases, report.missing) == (1, ())
    assert [view.title for view in mine.shelf.albums()] == ["45"]
    assert contents_of(mine, mine.shelf.find("45").id) == contents_of(library, library.shelf.find("45").id)


def test_by_its_ticket(mine, library, ticket):
    assert_came(mine, library, came(mine, str(ticket)))
    (again,) = came(mine, str(ticket))
    assert (again.tracks, again.missing) == (0, ())


def test_by_an_address_and_six_words(mine, library, ticket):
    assert_came(mine, library, came(mine, str(ticket.addresses[0]), words=WORDS.upper()))


def test_the_words_are_asked_for(mine, library, ticket):
    asked = []
    source = str(ticket.addresses[0])
    assert_came(mine, library, came(mine, source, ask=lambda question: asked.append(question) or WORDS))
    assert asked == [SHARE_WORDS]
    with pytest.raises(LockedError, match="six words are asked for"):
        came(mine, source)


def test_of_several_addresses_the_one_that_proves_itself(mine, library, ticket, port):
    nobody = (Address("127.0.0.1", 1), Address("127.0.0.3", ticket.addresses[0].port))
    assert_came(mine, library, came(mine, str(ticket._replace(addresses=(*nobody, *ticket.addresses)))))


def test_a_name_of_a_place_gives_nobody_a_way_to_it(mine, ticket):
    (source,) = open_sources(mine, str(ticket))
    assert source.name == str(ticket.addresses[0])
    source.spool.close()


@pytest.mark.parametrize("by_words", [True, False])
def test_somebody_else_there(mine, ticket, by_words):
    source = str(ticket.addresses[0]) if by_words else str(ticket._replace(pin=bytes(32)))
    with pytest.raises(MagError) as caught:
        came(mine, source, words=passphrase_words() if by_words else "")
    said = "not the words of this share, or somebody stands between" if by_words else "Somebody else answers there"
    assert said in caught.value.sentence
    assert caught.value.exit_code == (EXIT_LOCKED if by_words else EXIT_SOURCE)


def test_a_share_that_is_over_says_so_before_and_after_its_port_is_shut(mine, port, ticket, clock):
    clock.seconds += 5 * 3600
    for _ in range(2):
        with pytest.raises(MagError, match=r"The share is over\. What came is kept; ask for a new ticket") as caught:
            came(mine, str(ticket))
        assert caught.value.exit_code == EXIT_SOURCE
        port.end()
        port.join()


def test_nobody_there(mine, ticket, port):
    port.end()
    port.join()
    with pytest.raises(MagError, match=r"Nothing is shared at 127\.0\.0\.1:\d+ any more, or its port") as caught:
        came(mine, str(ticket.addresses[0]), words=WORDS)
    assert caught.value.exit_code == EXIT_SOURCE


class ForBrowsers(BaseRequestHandler):
    """Answers in the clear, whatever is said."""

    def handle(self) -> None:
        self.request.recv(1 << 16)
        self.request.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
        self.request.recv(1 << 16)


def test_the_address_for_browsers_is_called_so(mine):
    """What shares with browsers speaks no TLS; nobody is told of wrong words."""
    with ThreadingTCPServer(("127.0.0.1", 0), ForBrowsers) as browsers:
        serving = threading.Thread(target=browsers.serve_forever, daemon=True)
        serving.start()
        try:
            with pytest.raises(MagError, match="is for browsers, or is no share at all") as caught:
                came(mine, f"127.0.0.1:{browsers.server_address[1]}", words=WORDS)
        finally:
            browsers.shutdown()
            serving.join()
    assert caught.value.exit_code == EXIT_SOURCE


def test_what_lies_here_by_that_name_comes_first(mine, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "music:8046").mkdir()
    with pytest.raises(MagError, match="there is no reel"):
        came(mine, "music:8046", words=WORDS)


# -- through a proxy ---------------------------------------------------------------------------------------------------


def test_through_a_proxy_names_are_told_to_it_alone(mine, library, ticket):
    """Where no such name exists for anybody else: the suite refuses every look-up, and every other connection."""
    named = ticket._replace(addresses=(Address("abcdefghijklmnop.onion", ticket.addresses[0].port),))
    with socks_proxy({"abcdefghijklmnop.onion": "127.0.0.1"}) as proxy:
        reports = came(mine, str(named), proxy=parse_proxy(proxy.address))
    assert_came(mine, library, reports)
    assert set(proxy.asked) == {str(named.addresses[0])}


def test_without_a_proxy_an_onion_service_is_asked_for_nowhere(mine, ticket):
    named = ticket._replace(addresses=(Address("abcdefghijklmnop.onion", 443),))
    with pytest.raises(MagError, match="reached through Tor alone") as caught:
        came(mine, str(named))
    assert caught.value.exit_code == EXIT_USAGE


@pytest.mark.parametrize("code", [1, 4, 5])
def test_a_proxy_that_cannot_reach_it(mine, ticket, code):
    with socks_proxy({}, refuse=code) as proxy, pytest.raises(MagError) as caught:
        came(mine, str(ticket), proxy=parse_proxy(proxy.address))
    assert caught.value.exit_code == EXIT_SOURCE
    assert ("is over" if code == 5 else "Nothing answers at 127.0.0.1") in caught.value.sentence


def test_a_proxy_that_is_none(mine, ticket):
    with pytest.raises(MagError, match="the proxy does not answer"):
        came(mine, str(ticket), proxy=parse_proxy("socks5h://127.0.0.1:1"))
    with socks_proxy({}, greeting=b"HT") as proxy, pytest.raises(MagError, match="no SOCKS proxy"):
        came(mine, str(ticket), proxy=parse_proxy(proxy.address))


@pytest.mark.parametrize("address", ["s3://bucket/spool", "memory://place", "ftp://127.0.0.1/"])
def test_what_would_go_past_a_proxy_is_refused(mine, address):
    with pytest.raises(MagError, match="not asked through a proxy") as caught:
        came(mine, address, proxy=parse_proxy("socks5h://127.0.0.1:9050"))
    assert caught.value.exit_code == EXIT_USAGE


@pytest.mark.parametrize(
    "text",
    [
        "socks5://127.0.0.1:9050",
        "http://127.0.0.1:9050",
        "127.0.0.1:9050",
        "socks5h://",
        "socks5h://proxy.example:9050",
        "socks5h://somebody:secret@127.0.0.1:9050",
        "socks5h://0.0.0.0:9050",
    ],
)
def test_what_is_no_such_proxy_is_refused(text):
    with pytest.raises(MagError, match="give the proxy as socks5h") as caught:
        parse_proxy(text)
    assert caught.value.exit_code == EXIT_USAGE


def test_proxies_as_they_are_typed():
    assert parse_proxy("SOCKS5H://localhost:9050/").address == ("127.0.0.1", 9050)
    assert parse_proxy("socks5h://[::1]:9050").address == ("::1", 9050)
