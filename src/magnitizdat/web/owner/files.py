"""The page itself: static files that are part of the program, known by name before anybody asks."""

from __future__ import annotations

import gzip
import hashlib
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from magnitizdat.web.http import doors
from magnitizdat.web.http.app import SAFE_HEADERS
from magnitizdat.web.http.routes import ANYBODY, NOTHING, OWNER, AbsentError, Endpoint
from magnitizdat.web.http.service import Service

START, WORKER = "index.html", "worker.js"
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
_PACKED = {_TYPES[".png"], _TYPES[".woff2"]}
"""What is compressed already."""


class _StaticFile(NamedTuple):
    body: bytes
    media_type: str
    etag: str
    packed: bytes | None
    """Compressed, where that is shorter: the same for everybody, so its length says nothing of anybody."""


@cache
def _files() -> dict[str, _StaticFile]:
    """Every file of the page, by its path below `static/`."""
    return dict(_below(files("magnitizdat.web") / "player", ""))


def _below(folder: Traversable, above: str) -> list[tuple[str, _StaticFile]]:
    found = list[tuple[str, _StaticFile]]()
    for entry in folder.iterdir() if folder.is_dir() else ():
        name = f"{above}{entry.name}"
        if entry.is_dir():
            found += _below(entry, f"{name}/")
            continue
        media_type = _TYPES.get(f".{entry.name.rpartition('.')[2]}")
        if media_type is not None:
            body = entry.read_bytes()
            packed = gzip.compress(body, mtime=0) if media_type not in _PACKED else None
            found.append((name, _StaticFile(body, media_type, hashlib.sha256(body).hexdigest()[:16], packed)))
    return found


def warm() -> None:
    """Read and compress them before anybody asks."""
    _files()


def start(request: Request, _service: Service) -> Response:
    """The page."""
    return _answer(request, START, "no-store")


def static(request: Request, _service: Service) -> Response:
    """What the page is made of: the same for everybody, so it may be kept, and is asked for again by its digest."""
    return _answer(request, request.path_params["path"], "no-cache")


def worker(request: Request, _service: Service) -> Response:
    """What keeps the page's shell in a browser: it stands above `static/`, since it sees what lies below it."""
    answer = _answer(request, WORKER, "no-cache")
    answer.headers["content-security-policy"] = SAFE_HEADERS["content-security-policy"]
    return answer


def _answer(request: Request, path: str, kept: str) -> Response:
    file = _files().get(path)
    if file is None:
        raise AbsentError(NOTHING)
    headers = {"cache-control": kept, "etag": f'"{file.etag}"', "vary": "accept-encoding"}
    if kept != "no-store" and request.headers.get("if-none-match") in {headers["etag"], f'"{file.etag}-gzip"'}:
        return Response(status_code=304, headers=headers)
    if file.packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
        packed = headers | {"content-encoding": "gzip", "etag": f'"{file.etag}-gzip"'}
        return Response(file.packed, headers=packed, media_type=file.media_type)
    return Response(file.body, headers=headers, media_type=file.media_type)


ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint("/", ("GET",), start, OWNER, doors.COOKIE, while_locked=True),
    Endpoint("/worker.js", ("GET",), worker, ANYBODY, doors.OPEN, while_locked=True),
    Endpoint("/static/{path:path}", ("GET",), static, ANYBODY, doors.OPEN, while_locked=True),
)
