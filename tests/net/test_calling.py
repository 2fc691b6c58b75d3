"""Two laptops that have nothing but a Wi-Fi between them, by a ticket and by six words, on whichever card it is."""

from __future__ import annotations

import json

import pytest

from magnitizdat.errors import EXIT_SOURCE
from tests.fakes_library import make_library, put_album
from tests.fakes_spool import publish_all


@pytest.fixture
def share(met):
    """A laptop in a second room shares; what `mag share --json` says."""
    met.far = met.another_room()
    met.laptop("third", met.far)  # each room counts from one, and the guest's own address is nobody else's
    host = met.laptop("host", met.far)
    with make_library(host.home / "library") as library:
        publish_all(library, [put_album(library, "45")[0]])
    ready = json.loads(met.ending(host.start_mag("--json", "share", "--all", "--no-guests")).stdout.readline())
    return {**ready, "host": host, "port": ready["address"].rpartition(":")[2]}


@pytest.fixture
def guest(met, share):
    """A laptop that stands in both rooms: its first card leads to nobody."""
    laptop = met.laptop("guest", met.room, met.far)
    with make_library(laptop.home / "library"):
        return laptop


def taken(guest, source, words=""):
    done = guest.mag("--json", "dub", source, *(("--words-file", "-") if words else ()), input=words or None)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["releases"]


def test_by_a_ticket(share, guest):
    assert taken(guest, share["ticket"]) == 1


@pytest.mark.parametrize("six", [True, False], ids=["IPv6", "IPv4"])
def test_by_a_link_local_address_and_six_words(share, guest, six):
    """Typed without the name of a card, which is another one on each machine."""
    host = share["host"].address(six=six)
    place = f"[{host}]" if six else host
    assert taken(guest, f"{place}:{share['port']}", share["words"]) == 1


def test_in_another_room_nobody_answers(met, share):
    alone = met.laptop("alone")
    with make_library(alone.home / "library"):
        pass
    done = alone.mag("dub", share["ticket"])
    assert done.returncode == EXIT_SOURCE
    assert "Are both on one Wi-Fi?" in done.stderr
