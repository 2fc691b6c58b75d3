"""An evening and a ticket open together and end together; where there can be no ticket browsers come all the same."""

from __future__ import annotations

import socket

import pytest

from magnitizdat.library.library import Library
from magnitizdat.ops.listen.choosing import Choice
from magnitizdat.web.occasion import ShareWish, open_occasion
from tests.fakes_web import apart


@pytest.fixture
def wish():
    return ShareWish(Choice(albums=("45",)), bind="127.0.0.1", port=0)


@pytest.fixture
def occasion(service, wish):
    found = open_occasion(service, wish)
    yield found
    found.hours.end()


def test_both_are_open_until_one_ends(occasion):
    assert occasion.lacks_ticket is None
    assert (occasion.albums, occasion.ticket_port.share.table.albums) == (1, 1)
    ports = [occasion.venue.port, occasion.ticket_port.port]
    for port in ports:
        socket.create_connection(("127.0.0.1", port), timeout=60).close()
    occasion.venue.end()
    assert occasion.ticket_port.hours.is_over
    apart(occasion.run)
    for port in ports:
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), timeout=60)


def test_while_somebody_writes_the_evening_opens_without_a_ticket(service, wish, music):
    """What no label signed has to be signed first."""
    with Library(music.library.directory, music.library.secrets) as other, other.write_lock.take():
        found = open_occasion(service, wish)
    assert found.ticket_port is None
    assert found.venue is not None
    assert "is writing" in str(found.lacks_ticket)
    found.hours.end()
