"""A share where there is no route to anywhere, and a server that somebody on the same Wi-Fi wants to silence."""

from __future__ import annotations

import json
import sys

import pytest

from magnitizdat.formats.spool_paths import INDEX_PATH
from magnitizdat.formats.tickets import parse_ticket
from tests.fakes_library import make_library, put_album
from tests.fakes_spool import publish_all

FETCH = """
import ssl, sys, urllib.request
context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
for address in sys.argv[1:]:
    print(urllib.request.urlopen(address, timeout=60, context=context).status)
"""
SILENCE = """
import socket, sys, time
held = []
for number in range(1500):
    mine = sys.argv[3 + number % len(sys.argv[3:])]
    held.append(socket.create_connection((sys.argv[1], int(sys.argv[2])), 60, (mine, 0)))
print("here", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def host(met):
    """A laptop with music."""
    laptop = met.laptop("host")
    with make_library(laptop.home / "library") as library:
        publish_all(library, [put_album(library, "45")[0]])
    return laptop


def test_a_share_listens_at_every_near_address_and_says_so(met, host):
    """In a second room by IPv6 alone: link-local addresses of IPv4 lead to one card, whichever they are of."""
    another = met.another_room()
    far, guest, _ = met.laptop("far", another), met.laptop("guest"), met.laptop("third", another)
    host.join(another)
    ready = json.loads(met.ending(host.start_mag("--json", "share", "--all", "--no-guests")).stdout.readline())
    ticket = parse_ticket(ready["ticket"])
    expected = {host.address(card, six=six) for card in ("wlan0", "wlan1") for six in (False, True)}
    assert {each.host for each in ticket.addresses} == expected
    assert ready["url"] is None
    four, six = host.address(), f"[{host.address(six=True)}%wlan0]"
    beyond = f"[{host.address('wlan1', six=True)}%wlan0]"
    for laptop, places in ((guest, (four, six)), (far, (beyond,))):
        end = f":{ticket.addresses[0].port}/{ticket.code}/{INDEX_PATH}"
        said = laptop.run(sys.executable, "-c", FETCH, *(f"https://{place}{end}" for place in places))
        assert said.stdout == "200\n" * len(places), said.stderr


def test_a_card_that_hears_nobody_is_not_what_has_to_be_typed(met, host):
    """Its name comes before that of every Wi-Fi card."""
    host.do("ip", "link", "add", "eth9", "type", "veth", "peer", "name", "pulled")
    host.do("ip", "address", "add", "172.17.0.1/16", "dev", "eth9")
    host.do("ip", "link", "set", "eth9", "up")
    ready = json.loads(met.ending(host.start_mag("--json", "share", "--all", "--no-guests")).stdout.readline())
    assert ready["address"] == f"{host.address()}:{parse_ticket(ready['ticket']).addresses[0].port}"
    assert "172.17.0.1" in ready["ticket"]


def test_a_computer_without_a_near_address_shares_at_no_public_one(met, host):
    host.do("ip", "address", "flush", "dev", "wlan0")
    host.do("ip", "address", "add", "9.9.9.9/24", "dev", "wlan0")
    for more in ((), ("--no-guests",)):
        refused = host.mag("share", "--all", *more)
        assert refused.returncode == 2
        assert "--bind" in refused.stderr
    named = met.ending(host.start_mag("--json", "share", "--all", "--bind", "9.9.9.9"))
    assert json.loads(named.stdout.readline())["ticket"].startswith("https://9.9.9.9:8046/")


def test_1500_who_never_shake_hands_silence_nobody(met, host):
    """A thousand files may be open, as on most systems."""
    command = ("-m", "magnitizdat.cli", "--json", "serve", "--lan", "--port", "8047")
    limited = ("bash", "-c", 'ulimit -Sn 1024; exec "$0" "$@"', sys.executable, *command)
    url = json.loads(met.ending(host.start(*limited)).stdout.readline())["url"]
    spoiler, guest = met.laptop("spoiler"), met.laptop("guest")
    others = [f"169.254.9.{number}" for number in range(1, 61)]
    for each in others:
        spoiler.do("ip", "address", "add", f"{each}/16", "dev", "wlan0")
    for mine in ([spoiler.address()], others):
        silent = ("bash", "-c", 'ulimit -n 4096; exec "$0" "$@"', sys.executable, "-c", SILENCE)
        holding = met.ending(spoiler.start(*silent, host.address(), "8047", *mine, stdin=-1))
        assert holding.stdout.readline() == "here\n", holding.stderr.read()
        place = f"https://{host.address()}:8047/entrance.css"
        for laptop in (guest, host):
            said = laptop.run(sys.executable, "-c", FETCH, place)
            assert said.stdout == "200\n", said.stderr
        holding.kill()
        holding.wait()
    assert host.address() in url
