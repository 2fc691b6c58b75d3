"""A household: a library with some music, its server, a phone of the owner's and one of Natalia's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pytest

from magnitizdat.library.library import Library
from magnitizdat.web.http.app import build
from magnitizdat.web.http.service import Service
from magnitizdat.web.subsonic import ENDPOINTS
from tests.fakes_library import make_library
from tests.fakes_player import Player, shelve
from tests.fakes_web import Clock, FakeKeeper, browser, service_for


class Household(NamedTuple):
    library: Library
    service: Service
    clock: Clock
    phone: Player
    natalia: Player
    ids: dict[str, str]


@pytest.fixture
def house(tmp_path) -> Iterator[Household]:
    library = make_library(tmp_path / "library")
    ids = shelve(library)
    clock = Clock()
    service = service_for(library, keeper=FakeKeeper(library.secrets), clock=clock)
    client = browser(build(service, ENDPOINTS))
    phone = Player(client, library)
    natalia = Player(client, library, name="Tablet", listener="Natalia")
    yield Household(library, service, clock, phone, natalia, ids)
    service.close()


@pytest.fixture
def phone(house) -> Player:
    return house.phone
