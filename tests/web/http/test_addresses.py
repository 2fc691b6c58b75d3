"""Where this machine can be reached: what somebody has to type is the address that others are likely to reach."""

from __future__ import annotations

import sys

import pytest

from magnitizdat.web.http import addresses
from magnitizdat.web.http.addresses import Interface, lan_address, near_addresses

FOUND = [
    Interface("br-1", "172.18.0.1"),
    Interface("docker0", "172.17.0.1"),
    Interface("lo", "127.0.0.1"),
    Interface("tun0", "10.8.0.2"),
    Interface("wlan0", "192.168.43.17"),
    Interface("wlan0", "fe80::17"),
    Interface("wwan0", "100.64.0.9"),
    Interface("wwan0", "8.8.8.8"),
]


@pytest.fixture
def laptop(monkeypatch):
    """A Wi-Fi card, a phone's modem, a tunnel that is the way out, a bridge of containers that run, and one of none."""
    monkeypatch.setattr(addresses, "_interfaces", lambda: FOUND)
    monkeypatch.setattr(addresses, "_hears", lambda name: name != "docker0")
    monkeypatch.setattr(addresses, "_has_card", lambda name: name.startswith("w"))
    monkeypatch.setattr(addresses, "_ways_out", lambda: {"tun0"})


@pytest.mark.usefixtures("laptop")
def test_a_card_comes_before_what_containers_and_tunnels_have():
    assert near_addresses() == ["192.168.43.17", "fe80::17%wlan0", "10.8.0.2", "172.18.0.1", "172.17.0.1"]
    assert lan_address() == "192.168.43.17"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux says so in its own way")
def test_of_what_is_not_there_nothing_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(addresses, "_CARDS", tmp_path)
    assert addresses._hears("none-such")
    assert not addresses._has_card("none-such")
    (tmp_path / "wlan0" / "device").mkdir(parents=True)
    (tmp_path / "br0").mkdir()
    (tmp_path / "br0" / "lower_wlan0").symlink_to(tmp_path / "wlan0")
    assert addresses._has_card("wlan0")
    assert addresses._has_card("br0")
