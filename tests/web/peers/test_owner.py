"""The page gives out a ticket: it leads another laptop to what was chosen, and nobody but the owner gives it out."""

from __future__ import annotations

import pytest

from magnitizdat.formats.share_words import derive
from magnitizdat.formats.tickets import parse_ticket
from magnitizdat.web.http.app import build
from magnitizdat.web.peers import owner
from magnitizdat.web.peers.ticket_port import Tickets
from tests.fakes_web import browser, enter


@pytest.fixture
def page(service, monkeypatch):
    monkeypatch.setattr("magnitizdat.web.peers.ticket_port.near_addresses", lambda: ["127.0.0.1"])
    client = browser(build(service, owner.ENDPOINTS))
    enter(client, service)
    yield client
    port = service.only(Tickets).end()
    if port is not None:
        port.join()


def test_a_ticket_is_given_out_shown_and_ended(page, library, service):
    assert page.get("/api/ticket").json() == {"open": False}
    said = page.post("/api/ticket", json={"albums": [library.shelf.find("45").id], "hours": 1, "take": True}).json()
    assert said == page.get("/api/ticket").json()
    ticket, secret = parse_ticket(said["ticket"]), derive(said["words"])
    assert (ticket.code, ticket.pin) == (secret.code, secret.pin)
    assert said["address"] == str(ticket.addresses[0])
    assert (said["albums"], said["take"], said["missing"], said["jobs"]) == (1, True, [], [])
    assert page.get("/api/ticket/qr.svg").headers["content-type"] == "image/svg+xml"
    again = page.post("/api/ticket", json={})
    assert (again.status_code, "already" in again.json()["error"]) == (400, True)
    assert page.delete("/api/ticket").json() == {"open": False}
    assert page.get("/api/ticket/qr.svg").status_code == 404
    assert service.only(Tickets).current is None


@pytest.mark.parametrize("wish", [{"hours": 0}, {"hours": 49}, {"albums": ["x" * 65]}, {"albums": ["nope"]}, {"x": 1}])
def test_what_is_no_wish_opens_nothing(page, service, wish):
    assert page.post("/api/ticket", json=wish).status_code == 400
    assert service.only(Tickets).current is None


def test_nobody_else_gives_out_tickets(page, service):
    stranger = browser(build(service, owner.ENDPOINTS))
    for verb, path in (("POST", "ticket"), ("GET", "ticket"), ("DELETE", "ticket"), ("GET", "ticket/qr.svg")):
        assert stranger.request(verb, f"/api/{path}").status_code == 404
