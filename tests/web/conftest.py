"""A small library, a service over it, and an endpoint that gives its first track."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pytest

from magnitizdat.library.library import Library
from magnitizdat.web.http import doors
from magnitizdat.web.http.ranges import blob_response
from magnitizdat.web.http.routes import OWNER, Endpoint
from magnitizdat.web.http.service import Service
from tests.fakes_library import make_library, put_album
from tests.fakes_web import Clock, FakeKeeper, service_for


class Music(NamedTuple):
    """A library and the bytes of its tracks."""

    library: Library
    contents: list[bytes]


@pytest.fixture
def music(tmp_path) -> Music:
    library = make_library(tmp_path / "library")
    _, contents = put_album(library)
    return Music(library, contents)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def keeper(music) -> FakeKeeper:
    return FakeKeeper(music.library.secrets)


@pytest.fixture
def service(music, keeper, clock) -> Iterator[Service]:
    service = service_for(music.library, keeper=keeper, clock=clock)
    yield service
    service.close()


def sound(request, service):
    """The track with this number of the only album."""
    library = service.library()
    (album,) = library.shelf.albums()
    track = library.shelf.release(album.id).tracks[int(request.path_params["number"])]
    reader = library.blob(track.file.sha256)
    return blob_response(request, reader, media_type="audio/flac", etag=track.file.sha256[:32])


@pytest.fixture
def sounds() -> Endpoint:
    """GET /sound/0 and so on, for the owner."""
    return Endpoint("/sound/{number}", ("GET",), sound, OWNER, doors.COOKIE)
