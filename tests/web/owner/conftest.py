"""The page's API as its script uses it, over the real application."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from magnitizdat.library.library import Library
from magnitizdat.web.http.app import build
from magnitizdat.web.http.service import Service
from magnitizdat.web.owner import ENDPOINTS
from tests.fakes_library import make_library, put_album
from tests.fakes_web import browser, enter


class Page:
    """A browser of the owner's, with a page open."""

    def __init__(self, service: Service, *, peer: str = "127.0.0.1") -> None:
        self.service = service
        self.client: TestClient = browser(build(service, ENDPOINTS), peer=peer)
        enter(self.client, service)

    def get(self, path: str, **more: Any) -> Any:
        answer = self.client.get(f"/api/{path}", **more)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def send(self, method: str, path: str, body: Any = None, *, status: int = 200, **more: Any) -> Any:
        if body is not None:
            more["json"] = body
        answer = self.client.request(method, f"/api/{path}", **more)
        assert answer.status_code == status, answer.text
        return answer.json()

    def post(self, path: str, body: Any = None, **more: Any) -> Any:
        return self.send("POST", path, body, **more)

    def work(self, verb: str, **options: Any) -> Any:
        """Begin work and wait for its end."""
        return self.ended(self.post("jobs", {"verb": verb, **options})["id"])

    def ended(self, job: str) -> Any:
        until = time.monotonic() + 60
        while True:
            found = self.get(f"jobs/{job}?wait=1")
            if found["state"] != "running":
                return found
            assert time.monotonic() < until, found

    def stick(self, folder: Path) -> Any:
        """Offer a folder as a stick."""
        folder.mkdir(exist_ok=True)
        return self.post("sticks", {"path": str(folder)})


@pytest.fixture
def opened(monkeypatch) -> Iterator[Callable[..., Page]]:
    """Pages over libraries: of a folder where perhaps none is, or of an open library."""
    monkeypatch.setattr("magnitizdat.library.keyring.create_slot.__kwdefaults__", {"work_factor": 1})
    monkeypatch.setattr("magnitizdat.ops.places.sources.MOUNTS", ())
    services: list[Service] = []

    def open_page(directory: Path, library: Library | None = None) -> Page:
        service = Service(directory)
        services.append(service)
        if library is not None:
            service.open(library)
        return Page(service)

    yield open_page
    for service in services:
        service.close()


@pytest.fixture
def page(tmp_path, opened) -> Page:
    """A page over a library with two albums: «45» and «Группа крови»."""
    library = make_library(tmp_path / "library")
    put_album(library)
    put_album(library, "Группа крови", lengths=(400_000, 20))
    return opened(tmp_path / "library", library)
