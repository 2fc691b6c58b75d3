"""Every endpoint × everybody: who is let in is what the table says, and everybody else sees nothing.

The tables are those that a server has; whatever is added to them is tested here without being named.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import pytest
from starlette.responses import Response
from starlette.testclient import TestClient

from magnitizdat.web.http import doors
from magnitizdat.web.http.app import ENTRANCE, build
from magnitizdat.web.http.routes import OWNER, PLAYERS, Endpoint, Role, Who
from magnitizdat.web.http.service import Service
from magnitizdat.web.http.sessions import Session, Sessions
from magnitizdat.web.stand import tables
from tests.fakes_library import make_library
from tests.fakes_web import FakeKeeper, browser, enter, service_for, show

ENDPOINTS = [endpoint for table in (ENTRANCE, *tables()) for endpoint in table]
LINES = [(endpoint, method) for endpoint in ENDPOINTS for method in endpoint.methods]
NAMES = [f"{method} {endpoint.path}" for endpoint, method in LINES]
CALLERS = [Role.NOBODY, Role.DEVICE, Role.LISTENER, Role.OWNER]
PAGE_DOORS = (doors.OPEN, doors.COOKIE, doors.TOKEN, doors.MEDIA)
METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"}
INSIDE = "let in"


class House(NamedTuple):
    """One service, with every handler replaced by one that says that it was reached; a client for each caller."""

    service: Service
    clients: dict[Role, TestClient]

    def ask(self, caller: Role, method: str, path: str):
        """What this caller gets, with all that it can show: players at their own door, the owner at the page's."""
        if caller not in self.clients:
            self.clients[caller] = self._client(caller)
        return self.clients[caller].request(method, path, follow_redirects=False)

    def _client(self, caller: Role) -> TestClient:
        lines = [
            endpoint._replace(handler=lambda _request, _service: Response(INSIDE), door=_known(endpoint.door, caller))
            for endpoint in ENDPOINTS
        ]
        client = browser(build(self.service, lines))
        if caller is Role.OWNER:
            enter(client, self.service)
        return client


def _known(door, caller: Role):
    """A door of players as it is when the secret of such a player was shown."""
    if door in PAGE_DOORS or caller not in {Role.DEVICE, Role.LISTENER}:
        return door
    listener = "Natalia" if caller is Role.LISTENER else ""
    return door._replace(recognise=lambda _request, _service: Who(caller, listener=listener, app="a"))


def address(endpoint: Endpoint) -> str:
    return re.sub(r"\{[^}]+\}", "0", endpoint.path)


def expected(endpoint: Endpoint, caller: Role) -> bool:
    """Whether the table lets this caller in. The owner's cookie opens no door of players, nor a secret the page."""
    ours = endpoint.door in PAGE_DOORS
    who = caller if (caller is Role.OWNER) == ours and endpoint.door != doors.OPEN else Role.NOBODY
    return who in endpoint.roles


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    library = make_library(tmp_path_factory.mktemp("table") / "library")
    service = service_for(library)
    yield House(service, {})
    service.close()


@pytest.fixture(scope="module")
def locked_house(tmp_path_factory):
    library = make_library(tmp_path_factory.mktemp("table") / "library")
    service = service_for(library, keeper=FakeKeeper(library.secrets))
    service.lock()
    return House(service, {})


@pytest.mark.parametrize(("endpoint", "method"), LINES, ids=NAMES)
def test_who_is_let_in_is_what_the_table_says(house, endpoint, method):
    let_in = [caller for caller in CALLERS if house.ask(caller, method, address(endpoint)).text == INSIDE]
    assert let_in == [caller for caller in CALLERS if expected(endpoint, caller)]


@pytest.mark.parametrize(("endpoint", "method"), LINES, ids=NAMES)
def test_what_is_forbidden_looks_like_what_is_absent(house, endpoint, method):
    for caller in CALLERS:
        forbidden = house.ask(caller, method, address(endpoint))
        if forbidden.text != INSIDE:
            absent = house.ask(caller, method, f"{address(endpoint)}-and-nothing")
            assert (forbidden.status_code, forbidden.content) == (absent.status_code, absent.content)
            assert forbidden.headers == absent.headers


@pytest.mark.parametrize(("endpoint", "method"), LINES, ids=NAMES)
def test_a_locked_library_answers_only_what_opens_it(locked_house, endpoint, method):
    let_in = [caller for caller in CALLERS if locked_house.ask(caller, method, address(endpoint)).text == INSIDE]
    assert let_in == [caller for caller in CALLERS if expected(endpoint, caller) and endpoint.while_locked]


@pytest.mark.parametrize("path", sorted({endpoint.path for endpoint in ENDPOINTS}))
def test_a_method_that_a_path_does_not_have_is_absent(house, path):
    lines = [line for line in ENDPOINTS if line.path == path]
    for method in METHODS - {method for line in lines for method in line.methods}:
        answer = house.ask(Role.NOBODY, method, address(lines[0]))
        assert answer.text != INSIDE
        assert answer.status_code != 405


def test_no_line_is_for_guests():
    """They have a port and a router of their own."""
    assert not [endpoint.path for endpoint in ENDPOINTS if Role.GUEST in endpoint.roles]


def test_whatever_changes_something_wants_the_token():
    """A cookie alone is also sent with what a foreign page asks for."""
    changing = {"POST", "PUT", "PATCH", "DELETE"}
    cookie = {doors.COOKIE, doors.MEDIA}
    assert not [line.path for line in ENDPOINTS if line.door in cookie and changing & set(line.methods)]


OWNED = [(line, method) for line, method in LINES if line.door in {doors.COOKIE, doors.TOKEN, doors.MEDIA}]
OWNED_NAMES = [f"{method} {line.path}" for line, method in OWNED]


def thief(house, *, token: str = "", key: str = "") -> TestClient:
    """Whoever was sent the owner's cookie, as every port of this machine is, and shows what else they have."""
    owner, _ = entered(house)
    client = browser(owner.app)
    client.cookies.update(owner.cookies)
    show(client, token=token, key=key)
    return client


def entered(house) -> tuple[TestClient, Session]:
    """The owner's browser and its session."""
    house.ask(Role.OWNER, "GET", "/")
    client, sessions = house.clients[Role.OWNER], house.service.only(Sessions.of)
    return client, sessions.find(client.cookies[sessions.cookie])


def reached(client: TestClient) -> set[tuple[str, str]]:
    """What of the owner's a client gets in to."""
    return {
        (line.path, method)
        for line, method in OWNED
        if client.request(method, address(line), follow_redirects=False).text == INSIDE
    }


def test_a_stolen_cookie_opens_nothing_that_is_the_owners(house):
    """The page itself is the same for everybody."""
    owner, _ = entered(house)
    assert reached(owner) == {(line.path, method) for line, method in OWNED}
    assert reached(thief(house)) == {("/", "GET")}


def test_secrets_of_one_session_open_no_other(house):
    owner, _ = entered(house)
    other = browser(owner.app)
    session = enter(other, house.service)
    assert reached(other) == reached(owner)
    assert reached(thief(house, token=session.token, key=session.key)) == {("/", "GET")}


def test_an_address_that_somebody_saw_opens_pictures_and_sound_alone(house):
    """And that only to whoever has the cookie too."""
    _, session = entered(house)
    assert reached(thief(house, key=session.key, token=session.key)) == {
        (line.path, method) for line, method in OWNED if line.door in {doors.COOKIE, doors.MEDIA}
    }
    without = thief(house, key=session.key, token=session.token)
    without.cookies.clear()
    assert reached(without) == set()


def test_players_never_come_in_by_a_cookie():
    """Nor the page by the secret of a player."""
    for endpoint in ENDPOINTS:
        ours = endpoint.door in PAGE_DOORS
        assert endpoint.path.startswith("/rest") != ours
        if Role.NOBODY not in endpoint.roles:
            assert not endpoint.roles & (PLAYERS if ours else OWNER)
