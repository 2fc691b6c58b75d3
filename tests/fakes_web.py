"""Servers for tests: a clock that is moved by hand, a keeper without a process, a stand that runs in a thread."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from starlette.testclient import TestClient

from magnitizdat.library.keyring import Secrets
from magnitizdat.library.library import Library
from magnitizdat.web import stand as stand_module
from magnitizdat.web.http.routes import Endpoint
from magnitizdat.web.http.service import Service
from magnitizdat.web.http.sessions import Session, Sessions
from magnitizdat.web.stand import Stand

BEGIN = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)


class Clock:
    """Seconds and dates that pass when told to."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return BEGIN + timedelta(seconds=self.seconds)


class FakeKeeper:
    """An agent in this process; `asked` counts what it takes for use."""

    def __init__(self, secrets: Secrets | None = None) -> None:
        self.secrets = secrets
        self.asked = 0

    def start(self, _library: Path, secrets: Secrets, /) -> None:
        self.secrets = secrets

    def ask(self, _library: Path, /) -> Secrets | None:
        self.asked += 1
        return self.secrets

    def remaining_s(self, _library: Path, /) -> float | None:
        return None if self.secrets is None else 60.0

    def stop(self, _library: Path, /) -> bool:
        was, self.secrets = self.secrets is not None, None
        return was


def service_for(library: Library, *, keeper: FakeKeeper | None = None, clock: Clock | None = None) -> Service:
    """An open service."""
    clock = clock or Clock()
    service = Service(library.directory, keeper=keeper, clock=clock, now=clock.now)
    service.open(library)
    return service


def browser(app, *, peer: str = "127.0.0.1", base_url: str = "http://localhost") -> TestClient:
    """Somebody without a session."""
    return TestClient(app, base_url=base_url, client=(peer, 50000))


def enter(client: TestClient, service: Service) -> Session:
    """Give a client a session of the owner's, with its token and key in every request."""
    sessions = service.only(Sessions.of)
    value = sessions.redeem(sessions.link())
    assert value is not None
    client.cookies.set(sessions.cookie, value)
    session = sessions.find(value)
    assert session is not None
    show(client, token=session.token, key=session.key)
    return session


def show(client: TestClient, *, token: str, key: str) -> None:
    """Send these beside the cookie: one in a header, the other in the address."""

    def keyed(request: httpx.Request) -> httpx.Request:
        request.url = request.url.copy_merge_params({"key": key})
        return request

    client.headers["x-mag-token"] = token
    client.auth = keyed


def apart(work: Callable[[], object]) -> None:
    """Do it in a thread of its own: a browser that tests drive keeps a loop of events running in this one."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(work).result()


@contextmanager
def running(stand: Stand) -> Iterator[Stand]:
    """A server on real sockets."""
    thread = threading.Thread(target=stand.run)
    thread.start()
    try:
        yield stand
    finally:
        stand.stop()
        thread.join(timeout=20)
        assert not thread.is_alive()


def only_these(monkeypatch, *endpoints: Endpoint) -> None:
    """Stands made from now on serve these, beside the entrance."""
    monkeypatch.setattr(stand_module, "tables", lambda: [endpoints])
