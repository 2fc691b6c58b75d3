"""A share without sockets: its application, as another laptop reaches it; and a whole one on loopback."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from starlette.testclient import TestClient

from magnitizdat.library.library import Library
from magnitizdat.ops.give.gathering import gather
from magnitizdat.ops.give.table import Table
from magnitizdat.web.http.hours import Hours
from magnitizdat.web.http.service import Service
from magnitizdat.web.peers.share import Share
from magnitizdat.web.peers.ticket_port import TicketPort
from tests.fakes_library import NOW, make_library, put_album
from tests.fakes_spool import publish_all
from tests.fakes_web import Clock, service_for

WORDS = "voice glad concert paper nominee install"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def library(tmp_path) -> Iterator[Library]:
    """Two signed albums; only the first, of three files, is shared."""
    with make_library(tmp_path / "library") as made:
        publish_all(
            made, [put_album(made, "45", lengths=(2_500_000, 1000))[0], put_album(made, "46", lengths=(3000,))[0]]
        )
        yield made


@pytest.fixture
def table(library) -> Table:
    return Table(library, gather(library, now=NOW, albums=[library.shelf.find("45")]))


@pytest.fixture
def service(library, clock) -> Iterator[Service]:
    service = service_for(library, clock=clock)
    yield service
    service.close()


@pytest.fixture
def share(service, table) -> Share:
    return Share(table, WORDS, Hours(service))


@pytest.fixture
def port(service, share) -> Iterator[TicketPort]:
    found = TicketPort(service, share, addresses=["127.0.0.1"], port=0)
    yield found
    found.end()


@pytest.fixture
def laptop(port) -> Iterator[Callable[[str], TestClient]]:
    """Another laptop, at a peer's address."""
    with ExitStack() as open_ones:

        def come(peer: str = "169.254.7.2") -> TestClient:
            client = TestClient(port.app, base_url="https://169.254.7.1:8046", client=(peer, 4000))
            return open_ones.enter_context(client)

        yield come
