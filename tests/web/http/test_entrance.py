"""One-time links, sessions, the passphrase, and the page that shows a player's secret once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from magnitizdat.ops.listen import handing_over
from magnitizdat.ops.listen.handing_over import Handout
from magnitizdat.web.http import doors
from magnitizdat.web.http import service as service_module
from magnitizdat.web.http.app import ENTRANCE, build
from magnitizdat.web.http.hosts import serving
from magnitizdat.web.http.lockout import FREE
from magnitizdat.web.http.sessions import IDLE_S, LINK_S, LINKS, SESSIONS, Sessions
from magnitizdat.web.stand import tables
from tests.fakes_library import PASSPHRASE, rows
from tests.fakes_web import browser, enter

HTML = {"accept": "text/html"}


@pytest.fixture
def at(service, sounds):
    """A browser at a server of this place, which has the entrance and sounds."""

    def make(*, peer: str = "127.0.0.1", base_url: str = "http://localhost", **place):
        return browser(build(service, ENTRANCE, [sounds], place=serving(**place)), peer=peer, base_url=base_url)

    return make


@pytest.fixture
def sessions(service) -> Sessions:
    return service.only(Sessions.of)


def test_a_link_works_once(at, sessions):
    once = sessions.link()
    client = at()
    assert client.get("/sound/0").status_code == 404
    answer = client.get("/enter", params={"once": once})
    assert answer.status_code == 200
    assert 'content="0; url=/"' in answer.text
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert client.get("/sound/0").status_code == 200
    assert at().get("/enter", params={"once": once}).status_code == 404


def test_a_used_link_looks_like_nothing(at):
    client = at()
    said = [client.get(path) for path in ("/enter?once=wrong", "/enter", "/nothing", "/sound/0")]
    assert len({(each.status_code, each.content) for each in said}) == 1


def test_a_link_is_too_old(at, sessions, clock):
    once = sessions.link()
    clock.seconds += LINK_S + 1
    assert at().get("/enter", params={"once": once}).status_code == 404


def test_links_and_sessions_are_few(sessions):
    first = sessions.link()
    for _ in range(LINKS):
        sessions.link()
    assert sessions.redeem(first) is None
    value = sessions.begin()
    for _ in range(SESSIONS):
        sessions.begin()
    assert sessions.find(value) is None


def test_a_session_ends_unused(at, service, clock):
    client = at()
    enter(client, service)
    clock.seconds += IDLE_S - 1
    assert client.get("/sound/0").status_code == 200
    clock.seconds += IDLE_S - 1
    assert client.get("/sound/0").status_code == 200
    clock.seconds += IDLE_S + 1
    assert client.get("/sound/0").status_code == 404


def test_a_session_can_be_ended(sessions):
    value = sessions.begin()
    sessions.end(value)
    sessions.end(value)
    assert sessions.find(value) is None


def test_no_secret_is_in_a_repr(sessions):
    value = sessions.begin()
    session = sessions.find(value)
    assert session.token not in repr(session)


def test_the_token_is_wanted_beside_the_cookie(service, sounds):
    client = browser(build(service, [sounds._replace(door=doors.TOKEN)]))
    enter(client, service)
    assert client.get("/sound/0").status_code == 200
    client.headers["x-mag-token"] = "another"
    assert client.get("/sound/0").status_code == 404
    del client.headers["x-mag-token"]
    assert client.get("/sound/0").status_code == 404


def test_the_passphrase_opens_a_locked_server(at, service):
    client = at()
    service.lock()
    assert 'type="password"' in client.get("/", headers=HTML).text
    wrong = client.post("/unlock", data={"passphrase": "wrong"}, headers=HTML)
    assert 'role="alert"' in wrong.text
    assert service.locked
    assert client.post("/unlock", data={"passphrase": PASSPHRASE}, headers=HTML).status_code == 200
    assert not service.locked
    assert client.get("/sound/0").status_code == 200


def test_an_owner_is_told_of_the_lock(at, service):
    client = at()
    enter(client, service)
    service.lock()
    answer = client.get("/sound/0")
    assert answer.status_code == 423
    assert answer.json() == {
        "error": "the library is locked; unlock it with its passphrase",
        "kind": "locked",
        "exit_code": 12,
    }
    assert "passphrase" in client.get("/sound/0", headers=HTML).text


@pytest.mark.parametrize(
    ("client", "headers", "asked"),
    [
        ({}, {}, True),
        ({"peer": "192.168.1.7", "base_url": "http://192.168.1.5", "addresses": ["192.168.1.5"]}, {}, False),
        ({"peer": "192.168.1.7", "base_url": "https://192.168.1.5", "addresses": ["192.168.1.5"]}, {}, True),
        ({"base_path": "/m"}, {"x-forwarded-for": "10.0.0.9"}, False),
        ({"base_path": "/m"}, {"x-forwarded-for": "10.0.0.9", "x-forwarded-proto": "https"}, True),
    ],
)
def test_the_passphrase_is_asked_for_only_where_nobody_reads_along(at, client, headers, asked):
    client = at(**client)
    assert ('type="password"' in client.get("/", headers={**HTML, **headers}).text) == asked
    answer = client.post("/unlock", data={"passphrase": PASSPHRASE}, headers=headers)
    assert (answer.status_code == 200) == asked


@pytest.mark.parametrize("body", [b"", b"passphrase=", b"x=1&" * 20, b"\xff\xfe", b"passphrase=" + b"x" * 5000])
def test_nonsense_does_not_unlock(at, body):
    form = {"content-type": "application/x-www-form-urlencoded"}
    assert 400 <= at().post("/unlock", content=body, headers=form).status_code < 500


def test_guessing_at_the_passphrase_is_slowed_down(at, service, clock):
    client = at(peer="127.0.0.1")
    for _ in range(FREE + 1):
        assert client.post("/unlock", data={"passphrase": "wrong"}).status_code == 423
    answer = client.post("/unlock", data={"passphrase": PASSPHRASE})
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "2"
    clock.seconds += 1
    assert client.post("/unlock", data={"passphrase": PASSPHRASE}).status_code == 200


def test_wrong_passphrases_from_here_leave_a_valid_session_alone(at, service):
    """Whoever shares the owner's address, as a program beside the page or all behind one proxy, shuts nobody out."""
    owner, stranger = at(), at()
    enter(owner, service)
    while stranger.post("/unlock", data={"passphrase": "wrong"}).status_code != 429:
        assert owner.get("/sound/0").status_code == 200
    assert owner.get("/sound/0").status_code == 200
    assert at().get("/enter", params={"once": service.only(Sessions.of).link()}).status_code == 200


def test_the_owners_traffic_forgives_nobody(at, service):
    owner, stranger = at(), at()
    enter(owner, service)
    for _ in range(FREE + 1):
        stranger.post("/unlock", data={"passphrase": "wrong"})
        assert owner.get("/sound/0").status_code == 200
    assert stranger.post("/unlock", data={"passphrase": PASSPHRASE}).status_code == 429


def test_a_known_browser_waits_for_its_own_wrong_passphrases_alone(service):
    def owner():
        client = browser(build(service, ENTRANCE, *tables()))
        enter(client, service)
        return client

    one, other, stranger = owner(), owner(), browser(build(service, ENTRANCE))
    service.lock()
    wrong, right = {"passphrase": "wrong"}, {"passphrase": PASSPHRASE}
    for _ in range(FREE + 1):
        assert one.post("/api/unlock", json=wrong).status_code == 423
        assert stranger.post("/unlock", data=wrong).status_code == 423
    assert one.post("/api/unlock", json=right).status_code == 429
    assert stranger.post("/unlock", data=right).status_code == 429
    assert other.post("/api/unlock", json=right).status_code == 200


def test_every_endpoint_that_takes_a_passphrase_counts_the_wrong_ones(service):
    counted = {each.path for each in build(service, ENTRANCE, *tables()).state.endpoints if each.tries_passphrase}
    assert counted == {"/unlock", "/api/unlock"}


def test_one_passphrase_is_tried_at_a_time(at, service, monkeypatch):
    """Each try takes a hundred mebibytes, and of many at once none would have failed yet."""
    service.lock()
    client, answers = at(), []
    tried = service_module.unlock

    def meanwhile(directory, passphrase):
        answers.append(client.post("/unlock", data={"passphrase": "another"}).status_code)
        return tried(directory, passphrase)

    monkeypatch.setattr(service_module, "unlock", meanwhile)
    assert client.post("/unlock", data={"passphrase": PASSPHRASE}).status_code == 200
    assert answers == [400]


def test_the_cookie_stays_below_the_base(at, sessions):
    answer = at(base_path="/music").get("/music/enter", params={"once": sessions.link()})
    assert "Path=/music/" in answer.headers["set-cookie"]
    assert "url=/music/" in answer.text


# -- a player's secret -------------------------------------------------------------------------------------------------

HANDOUT = Handout(name="Olga's <phone>", user="olga", secret="a-long-secret")


def test_a_players_secret_is_shown_once(at, service):
    once = handing_over.offer(service.library(), HANDOUT, now=service.now())
    shown = at().get("/device", params={"once": once})
    assert shown.status_code == 200
    assert "Olga&#x27;s &lt;phone&gt;" in shown.text
    assert all(each in shown.text for each in ('value="http://localhost"', 'value="olga"', 'value="a-long-secret"'))
    again = at().get("/device", params={"once": once})
    assert (again.status_code, again.content) == (404, at().get("/nothing").content)


@pytest.mark.parametrize(("code", "words"), [("da", "Kopiér Kopieret Bruger"), ("ru", "Скопировать Скопировано Адрес")])
def test_the_page_with_a_secret_speaks_the_phones_language(at, service, code, words):
    once = handing_over.offer(service.library(), HANDOUT, now=service.now())
    shown = at().get("/device", params={"once": once}, headers={"accept-language": code}).text
    assert all(word in shown for word in words.split())
    assert not any(word in shown for word in (">Copy<", "Copied", "This is shown", "User"))


def test_an_offer_ends(service, clock):
    library = service.library()
    once = handing_over.offer(library, HANDOUT, now=service.now())
    late = service.now() + handing_over.VALID + timedelta(seconds=1)
    handing_over.offer(library, HANDOUT, now=late)
    assert rows(library, "SELECT count(*) FROM job") == [(1,)]
    assert handing_over.take(library, once, now=late) is None
    assert "secret" not in repr(HANDOUT)


def test_where_it_was_served_is_remembered(service):
    assert handing_over.served_at(service.library()) == ""
    handing_over.note_address(service.library(), "https://192.168.1.5:4545")
    assert handing_over.served_at(service.library()) == "https://192.168.1.5:4545"
