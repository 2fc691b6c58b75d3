"""Connections: of many addresses the one that proves itself, whatever the others do; and whom one knows comes first."""

from __future__ import annotations

import socket
import threading
from contextlib import ExitStack, closing

import pytest

from magnitizdat.errors import UnreachableError
from magnitizdat.formats.tickets import Address
from magnitizdat.ops.places import dialling
from magnitizdat.ops.places.dialling import (
    Dialler,
    NobodyError,
    NoListenerError,
    NoTlsError,
    OtherKeyError,
    Target,
    ways,
)
from magnitizdat.ops.places.socks import Proxy, parse_proxy
from tests.fakes_http import Identity, answer, answering
from tests.fakes_socks import socks_proxy

NOBODY = Address("127.0.0.1", 1)


@pytest.fixture(scope="module")
def identities(tmp_path_factory):
    folder = tmp_path_factory.mktemp("identities")
    return Identity(folder), Identity(folder, "P-256")


def hello(line, _):
    line.sendall(answer(b"music"))


def address_of(server) -> Address:
    return Address("127.0.0.1", server.port)


@pytest.fixture
def there(identities):
    mine, other = identities
    with ExitStack() as open_ones:
        right = open_ones.enter_context(answering(hello, mine))
        wrong = open_ones.enter_context(answering(hello, other))
        plain = open_ones.enter_context(answering(hello, hello=b"SSH-2.0\r\n"))
        silent = open_ones.enter_context(closing(socket.create_server(("127.0.0.1", 0))))
        yield right, wrong, plain, Address(*silent.getsockname())


def test_the_first_that_proves_itself_is_taken(identities, there):
    right, wrong, plain, silent = there
    places = (NOBODY, address_of(wrong), silent, address_of(plain), address_of(right))
    for order in (places, places[::-1]):
        dialler = Dialler(order, pin=identities[0].pin)
        for _ in range(2):
            with closing(dialler.dial().connection) as found:
                assert found.getpeername() == tuple(address_of(right))
    assert wrong.asked == []


@pytest.mark.parametrize(
    ("who", "kind"),
    [((), NobodyError), ((0,), NoListenerError), ((0, 1), OtherKeyError), ((2,), NoTlsError), ((3,), NobodyError)],
)
def test_what_is_said_of_several_is_what_says_most(identities, there, monkeypatch, who, kind):
    _, wrong, plain, silent = there
    places = (NOBODY, address_of(wrong), address_of(plain), silent)
    if 3 in who:
        monkeypatch.setattr(dialling, "IDLE_S", 0.5)
    with pytest.raises(NobodyError if kind is NoListenerError else kind) as caught:
        Dialler([places[each] for each in who], pin=identities[0].pin).dial()
    assert type(caught.value) is kind


def test_whom_one_knows_is_asked_alone(identities, there):
    right, wrong, *_ = there
    dialler = Dialler([address_of(wrong), address_of(right)], pin=identities[0].pin)
    with closing(dialler.dial().connection):
        met = wrong.connections
    for _ in range(3):
        dialler.dial().connection.close()
    assert wrong.connections == met


def test_where_the_known_one_has_gone_the_others_are_asked_at_once(identities, there):
    right, *_ = there
    with answering(hello, identities[0]) as first:
        dialler = Dialler([address_of(first)], pin=identities[0].pin)
        dialler.dial().connection.close()
    dialler._addresses = (address_of(first), address_of(right))
    with closing(dialler.dial().connection) as found:
        assert found.getpeername() == tuple(address_of(right))


def test_a_link_local_address_is_looked_for_on_every_interface(monkeypatch):
    monkeypatch.setattr(socket, "if_nameindex", lambda: [(1, "lo"), (2, "wlan0"), (7, "eth0")])
    assert [each.where for each in ways(Address("fe80::1", 8046))] == [
        ("fe80::1", 8046, 0, 2),
        ("fe80::1", 8046, 0, 7),
    ]
    assert [each.device for each in ways(Address("169.254.7.1", 8046))] == ["wlan0", "eth0"]
    assert [each.where for each in ways(Address("192.168.43.17", 8046))] == [("192.168.43.17", 8046)]
    assert [each.where[:2] for each in ways(Address("127.0.0.1", 8046))] == [("127.0.0.1", 8046)]


def test_a_name_that_nobody_answers_for_keeps_no_address_waiting(identities, there, monkeypatch):
    answered = threading.Event()

    def look_up(*_, **__):
        answered.wait(60)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    places = (Address("viktor.example", 8046), address_of(there[0]))
    try:
        with closing(Dialler(places, pin=identities[0].pin).dial().connection) as found:
            assert found.getpeername() == tuple(address_of(there[0]))
        monkeypatch.setattr(dialling, "IDLE_S", 0.2)
        with pytest.raises(NobodyError):
            Dialler(places[:1], pin=identities[0].pin).dial()
    finally:
        answered.set()


@pytest.mark.parametrize("leads", [True, False])
def test_a_name_leads_to_whoever_proves_itself_there(identities, there, monkeypatch, leads):
    where = [(socket.AF_INET, 1, 6, "", tuple(address_of(each))) for each in there[: 2 if leads else 0]]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: where)
    dialler = Dialler((NOBODY, Address("viktor.example", 8046)), pin=identities[0].pin)
    if leads:
        for _ in range(2):
            with closing(dialler.dial().connection) as found:
                assert found.getpeername() == tuple(address_of(there[0]))
    else:
        with pytest.raises(NoListenerError):
            dialler.dial()


@pytest.mark.parametrize("host", ["abcdefghijklmnop.onion", "a." * 100 + "b"])
def test_some_names_lead_nowhere_and_nobody_is_asked(monkeypatch, host):
    def look_up(*_, **__):
        raise UnicodeError

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    assert list(ways(Address(host, 443))) == []


@pytest.mark.parametrize("interfaces", [("wlan0", "eth0"), ("eth0", "wlan0"), ()])
def test_a_proxy_on_a_single_wire_is_looked_for_on_every_interface(identities, there, monkeypatch, interfaces):
    """It answers on one of them; on the others that it does not is no news."""
    right = address_of(there[0])
    with socks_proxy({}) as works, socks_proxy({}, refuse=4) as cannot:
        for proxy, met in ((works, True), (cannot, False)):
            address = parse_proxy(proxy.address).address
            where = {"wlan0": tuple(address), "eth0": tuple(NOBODY)}
            found = [Target(address, socket.AF_INET, where[each]) for each in interfaces]
            monkeypatch.setattr(dialling, "ways", lambda _, found=found: iter(found))
            dialler = Dialler((right,), pin=identities[0].pin, proxy=Proxy(Address("169.254.7.9", 9050)))
            if interfaces and met:
                dialler.dial().connection.close()
                continue
            with pytest.raises(NobodyError if interfaces else UnreachableError, match=None if interfaces else "proxy"):
                dialler.dial()
