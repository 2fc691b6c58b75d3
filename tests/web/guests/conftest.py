"""An evening without sockets: its application, as a guest's browser reaches it."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from magnitizdat.ops.give.sharing import choose
from magnitizdat.web.guests.evening import Evening
from magnitizdat.web.guests.venue import Venue
from magnitizdat.web.http.service import Service
from tests.fakes_library import make_library, put_album
from tests.fakes_web import Clock


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def library(tmp_path):
    return make_library(tmp_path / "library")


@pytest.fixture
def albums(library):
    """Two albums by title: (id, bytes of the tracks). Only the first is shared."""
    return {title: put_album(library, title) for title in ("45", "46")}


@pytest.fixture
def venue(library, albums, clock):
    service = Service(library.directory, clock=clock)
    service.open(library)
    shared = choose(library, [library.shelf.find("45")])
    found = Venue(service, Evening(service, shared, take=True), address="127.0.0.1", port=0)
    yield found
    found.end()
    service.close()


@pytest.fixture
def evening(venue):
    return venue.evening


@pytest.fixture
def guest(venue):
    """A browser on the same Wi-Fi."""
    with TestClient(venue.app, base_url=f"http://127.0.0.1:{venue.port}", client=("10.0.0.7", 4000)) as client:
        yield client
