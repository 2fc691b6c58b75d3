"""The folder that is watched: which one, what came from it last, and its end."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from magnitizdat.ops.intake.watching import WatchedFolder, stop_watching, watch_folder, watched_folder
from magnitizdat.web.http.answers import answer, asked
from magnitizdat.web.http.routes import Endpoint
from magnitizdat.web.http.service import Service
from magnitizdat.web.owner.tables import api


class _FolderToWatch(msgspec.Struct, frozen=True):
    path: Annotated[str, msgspec.Meta(min_length=1, max_length=4096)]


def current(_request: Request, service: Service) -> Response:
    """Which folder, or none."""
    return answer(_told(watched_folder(service.library())))


def begin(request: Request, service: Service) -> Response:
    """Watch another one. Raises: UsageError."""
    return answer(_told(watch_folder(service.library(), Path(asked(request, _FolderToWatch).path))))


def end(_request: Request, service: Service) -> Response:
    """Watch nothing any more."""
    stop_watching(service.library())
    return answer(_told(None))


def _told(watched: WatchedFolder | None) -> dict[str, Any]:
    return {"folder": watched.folder if watched else "", "sentence": watched.sentence() if watched else ""}


ENDPOINTS: tuple[Endpoint, ...] = (
    api("GET", "watching", current, polls=True),
    api("POST", "watching", begin),
    api("DELETE", "watching", end),
)
