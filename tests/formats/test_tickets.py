"""Tickets: what is printed is read again, whatever happened to it on its way; and none of them leads far away."""

from __future__ import annotations

from base64 import b64encode
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magnitizdat.errors import EXIT_USAGE, MagError
from magnitizdat.formats.tickets import (
    Address,
    Ticket,
    TicketError,
    encode_code,
    is_address,
    is_ticket,
    parse_address,
    parse_pin,
    parse_ticket,
    passed_over_sentence,
    pin_text,
    split_pin,
)

PORTS = st.integers(1, 65535)
NEAR = st.one_of(
    st.ip_addresses(v=4, network="10.0.0.0/8"),
    st.ip_addresses(v=4, network="192.168.0.0/16"),
    st.ip_addresses(v=4, network="169.254.0.0/16"),
    st.ip_addresses(v=6, network="fe80::/64"),
    st.ip_addresses(v=6, network="fd00::/8"),
)
FAR = st.sampled_from(
    ["127.0.0.1", "::1", "8.8.8.8", "100.64.0.1", "2606:4700::1111", "0.0.0.0", "::", "224.0.0.1", "a.org"]
)
ADDRESSES = st.builds(lambda host, port: Address(str(host), port), NEAR, PORTS)
PINS = st.binary(min_size=32, max_size=32)
TICKETS = st.builds(
    Ticket,
    st.lists(ADDRESSES, min_size=1, max_size=16, unique=True).map(tuple),
    st.binary(min_size=16, max_size=16).map(encode_code),
    PINS,
    st.just(0),
)
PIN = "A" * 43
CODE = "a" * 26


@given(ticket=TICKETS)
def test_what_is_printed_is_read_again(ticket):
    assert parse_ticket(str(ticket)) == ticket
    assert is_ticket(str(ticket))
    assert ticket.code not in repr(ticket)


@given(ticket=TICKETS, width=st.integers(20, 80), blanks=st.sampled_from(["\n", "\r\n", " ", "\n  "]))
def test_lines_that_a_messenger_breaks_do_not_matter(ticket, width, blanks):
    text = str(ticket)
    broken = blanks.join(text[start : start + width] for start in range(0, len(text), width))
    assert parse_ticket(f"\n{broken}\n") == ticket


@given(ticket=TICKETS, data=st.data())
def test_a_cut_ticket_is_refused_or_leads_to_the_same_share(ticket, data):
    """It may have lost what stands at its end: further addresses, of the last one a part."""
    text = str(ticket)
    cut = text[: data.draw(st.integers(0, len(text)))]
    with suppress(TicketError):
        found = parse_ticket(cut)
        assert (found.code, found.pin) == (ticket.code, ticket.pin)
        assert set(found.addresses[:-1]) <= set(ticket.addresses)
        assert found.addresses[0] == ticket.addresses[0]


@given(text=st.one_of(st.text(), st.text("https:/[]#&=%.0123456789abcdefghor@?-", max_size=90).map("https://".__add__)))
def test_whatever_somebody_sends_is_a_ticket_or_a_sentence(text):
    with suppress(TicketError):
        assert parse_ticket(text).pin
    with suppress(TicketError):
        assert parse_address(text).port


@given(ticket=TICKETS, others=st.lists(FAR, max_size=4), port=PORTS)
def test_what_is_far_away_or_on_this_machine_is_passed_over(ticket, others, port):
    far = [str(Address(host, port)) for host in others]
    text = f"{ticket}" + "".join(f"&or={each}" for each in far)
    if len(ticket.addresses) + len(far) <= 16:
        found = parse_ticket(text)
        assert found == ticket._replace(passed_over=len(far))
        assert str(len(far)) in passed_over_sentence(found)


@pytest.mark.parametrize("first", ["203.0.113.7", "abcdefghijklmnop.onion"])
def test_further_addresses_may_be_as_far_as_the_first(first):
    also = {"203.0.113.7": "8.8.8.8:2", "abcdefghijklmnop.onion": "laptop.local:2"}[first]
    found = parse_ticket(f"https://{first}:1/{CODE}/#pin={PIN}&or={also}&or=10.0.0.1:3&or=127.0.0.1:4")
    kept = {"203.0.113.7": [f"{first}:1", "10.0.0.1:3"]}.get(first, [f"{first}:1", also, "10.0.0.1:3"])
    assert [str(each) for each in found.addresses][-1] == kept[-1]
    assert "127.0.0.1:4" not in str(found)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "https://",
        "https://10.0.0.1:8443",
        f"http://10.0.0.1:8443/{CODE}/#pin={PIN}",
        f"https://10.0.0.1:8443/{CODE}/",
        f"https://10.0.0.1:8443/{CODE}/#pin={PIN[:-1]}",
        f"https://10.0.0.1:8443/{CODE}/#pin={PIN}&pin={PIN}",
        f"https://10.0.0.1:8443/{CODE}/#or=10.0.0.2:1",
        f"https://10.0.0.1:8443/{CODE}x/#pin={PIN}",
        f"https://10.0.0.1:8443/{CODE}/x/#pin={PIN}",
        f"https://10.0.0.1:0/{CODE}/#pin={PIN}",
        f"https://10.0.0.1:65536/{CODE}/#pin={PIN}",
        f"https://0.0.0.0:8443/{CODE}/#pin={PIN}",
        f"https://255.255.255.255:8443/{CODE}/#pin={PIN}",
        f"https://[ff02::1]:8443/{CODE}/#pin={PIN}",
        f"https://somebody:secret@10.0.0.1:8443/{CODE}/#pin={PIN}",
        f"https://0x7f000001:8443/{CODE}/#pin={PIN}",
        f"https://2130706433:8443/{CODE}/#pin={PIN}",
        f"https://[::1/{CODE}/#pin={PIN}",
        f"https://fe80::1:8443/{CODE}/#pin={PIN}",
        f"https://10.0.0.1:8443/{CODE}/#pin={PIN}" + "&or=10.0.0.2:1" * 100,
    ],
)
def test_what_is_no_ticket_is_refused_in_a_sentence(text):
    with pytest.raises(TicketError) as caught:
        parse_ticket(text)
    assert caught.value.exit_code == EXIT_USAGE


def test_a_ticket_that_lost_its_end_is_still_taken_for_one():
    """So that it is called cut, and never asked for as the web site of some authority."""
    assert is_ticket(f"https://10.0.0.1:8443/{CODE}/")
    assert not is_ticket(f"https://mirror.example/music/#pin={PIN}")


@pytest.mark.parametrize(
    ("text", "host", "port", "printed"),
    [
        ("192.168.43.17:8443", "192.168.43.17", 8443, "192.168.43.17:8443"),
        ("[FE80::A:1]:8443", "fe80::a:1", 8443, "[fe80::a:1]:8443"),
        ("[fe80::1%wlan0]:8443", "fe80::1", 8443, "[fe80::1]:8443"),
        ("[::ffff:10.0.0.1]:1", "", 0, ""),
        ("Laptop.local:8443", "laptop.local", 8443, "laptop.local:8443"),
        ("music:8443x", "", 0, ""),
        ("C:\\music", "", 0, ""),
        ("./music:1", "", 0, ""),
        ("10.0.0.1", "", 0, ""),
    ],
)
def test_addresses_as_they_are_typed(text, host, port, printed):
    assert is_address(text) == bool(host)
    if host:
        assert parse_address(text) == (host, port)
        assert str(parse_address(text)) == printed
    else:
        with pytest.raises(TicketError, match=r"such as 192\.168"):
            parse_address(text)


@given(address=st.one_of(ADDRESSES, st.builds(Address, st.ip_addresses().map(str), PORTS)))
def test_an_address_says_itself(address):
    """Other than those of IPv4 in IPv6, which are IPv4's."""
    if not isinstance(ip := parse_ip(address.host), IPv6Address) or ip.ipv4_mapped is None:
        assert parse_address(str(address)) == address


def parse_ip(host: str) -> IPv4Address | IPv6Address:
    return IPv6Address(host) if ":" in host else IPv4Address(host)


@given(pin=PINS)
def test_a_pin_is_read_as_curl_and_openssl_say_it_too(pin):
    plain = b64encode(pin).decode()
    for text in (pin_text(pin), plain, plain.rstrip("="), f"sha256//{plain}"):
        assert parse_pin(text) == pin


@given(pin=PINS)
def test_a_mirror_is_pinned_or_refused(pin):
    address = "https://mirror.example/music/"
    assert split_pin(address) == (address, None)
    assert split_pin(f"{address}#pin={pin_text(pin)}") == (address, pin)


@pytest.mark.parametrize(
    "address",
    [
        f"http://mirror.example/#pin={PIN}",
        f"s3://bucket/#pin={PIN}",
        "https://mirror.example/#pin=",
        "https://mirror.example/#",
        f"https://mirror.example/#pin={PIN}&pin={PIN}",
        f"https://mirror.example/#pin={PIN}&or=10.0.0.1:1",
        f"https://mirror.example/#PIN={PIN}",
        f"https://mirror.example/#pin={PIN}#",
    ],
)
def test_no_pin_is_passed_over_in_silence(address):
    with pytest.raises(MagError) as caught:
        split_pin(address)
    assert caught.value.exit_code == EXIT_USAGE
