"""The rows that the page's tables are made of: the owner alone, a token for what scripts ask, a key for media."""

from __future__ import annotations

from typing import Any

from magnitizdat.web.http import doors
from magnitizdat.web.http.routes import OWNER, Endpoint, Handler


def api(method: str, path: str, handler: Handler, **more: Any) -> Endpoint:
    """What the page's script asks for: cookie and token."""
    return Endpoint(f"/api/{path}", (method,), handler, OWNER, doors.TOKEN, **more)


def media(path: str, handler: Handler, **more: Any) -> Endpoint:
    """What a browser loads by its address: cookie and key."""
    return Endpoint(f"/api/{path}", ("GET",), handler, OWNER, doors.MEDIA, **more)
