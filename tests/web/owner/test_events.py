"""What a page is told without asking, over real sockets."""

from __future__ import annotations

from contextlib import contextmanager

import httpx
import pytest

from magnitizdat.library.library import Library, unlock
from magnitizdat.web.http.service import Service
from magnitizdat.web.http.sessions import Sessions
from magnitizdat.web.owner import events
from magnitizdat.web.stand import Stand
from tests.fakes_library import PASSPHRASE, make_library
from tests.fakes_web import running

PATIENCE_S = 60.0


@pytest.fixture
def stand(tmp_path):
    service = Service(tmp_path / "library", die=lambda: None)
    service.open(make_library(tmp_path / "library"))
    with Stand(service) as made, running(made):
        yield made


@contextmanager
def listening(stand):
    """The states that a page hears."""
    sessions = stand.service.only(Sessions.of)
    value = sessions.begin()
    session = sessions.find(value)
    address = f"{stand.base_url()}/api/events"
    with (
        httpx.Client(cookies={sessions.cookie: value}, timeout=PATIENCE_S, trust_env=False) as client,
        client.stream("GET", address, params={"key": session.key}) as answer,
    ):
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield (line.removeprefix("data: ") for line in answer.iter_lines() if line.startswith("data: "))


def test_a_page_hears_of_the_lock_and_of_the_opening(stand):
    service = stand.service
    with listening(stand) as states:
        assert next(states) == "open"
        service.let_go()
        assert next(states) == "locked"
        service.open(Library(service.directory, unlock(service.directory, PASSPHRASE)))
        assert next(states) == "open"


def test_it_hears_before_work_under_way_has_ended(stand):
    """What takes time to end must not keep a page showing and playing."""
    with listening(stand) as states:
        assert next(states) == "open"

        class Slow:
            def opened(self, _library): ...

            def closing(self, _library):
                assert next(states) == "locked"

        stand.service.attend(Slow())
        stand.service.let_go()


def test_listening_is_no_use_and_holds_no_thread(stand):
    """More pages than there are threads for handlers would stop the server."""
    asked = stand.service._asked
    with listening(stand) as states:
        next(states)
        assert stand.service._asked == asked


def test_the_server_ends_with_a_page_that_listens(stand):
    with listening(stand) as states:
        assert next(states) == "open"
        stand.stop()
        assert list(states) in ([], ["open"])


def test_too_many_are_told_to_come_back(stand, monkeypatch):
    monkeypatch.setattr(events, "STREAMS", 1)
    with listening(stand) as first, listening(stand) as second:
        assert next(first) == "open"
        assert list(second) == []


def test_a_guest_or_a_stranger_hears_nothing(stand):
    answer = httpx.get(f"{stand.base_url()}/api/events", params={"key": "guessed"}, trust_env=False)
    assert answer.status_code == 404


# -- panic -------------------------------------------------------------------------------------------------------------


def test_panic_destroys_the_slot_and_ends_the_server(opened, tmp_path):
    page = opened(tmp_path / "library", make_library(tmp_path / "library"))
    died = []
    page.service._die = lambda: died.append((tmp_path / "library" / "key.age").exists())
    page.post("panic", {"sure": True})
    assert died == [False]


def test_panic_needs_the_word(opened, tmp_path):
    page = opened(tmp_path / "library", make_library(tmp_path / "library"))
    page.service._die = pytest.fail
    assert "sure" in page.post("panic", {}, status=400)["error"]
    assert (tmp_path / "library" / "key.age").exists()


def test_a_locked_page_may_too(opened, tmp_path):
    page = opened(tmp_path / "library", make_library(tmp_path / "library"))
    died = []
    page.service._die = lambda: died.append(True)
    page.service.let_go()
    page.post("panic", {"sure": True})
    assert died
    assert page.get("session")["state"] == "none"


def test_what_could_not_be_destroyed_is_said(opened, tmp_path, monkeypatch):
    from magnitizdat.library import panic

    page = opened(tmp_path / "library", make_library(tmp_path / "library"))
    page.service._die = pytest.fail
    monkeypatch.setattr(panic, "erase_slots", lambda *_: panic.Fate.KEPT)
    assert "NOT be destroyed" in page.post("panic", {"sure": True}, status=500)["error"]
    assert page.service.locked
