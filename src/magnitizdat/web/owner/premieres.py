"""Closed albums: what is known of them, shares as they are brought; and what else stands beside the shelf."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import unquote

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from magnitizdat.errors import DamagedError, NotFoundError
from magnitizdat.library.library import Library
from magnitizdat.ops.albums.ids import album_id
from magnitizdat.ops.labels.friends import MAX_PHOTO_LENGTH
from magnitizdat.ops.post.inbox import inbox
from magnitizdat.ops.premieres.given import shares_in
from magnitizdat.ops.premieres.withheld import ClosedAlbum, premiere_of, premieres
from magnitizdat.scene.openings import lacking
from magnitizdat.sentence import say
from magnitizdat.web.http.answers import answer, asked
from magnitizdat.web.http.routes import Endpoint
from magnitizdat.web.http.service import Service
from magnitizdat.web.owner.names import find_named, label_id, opaque
from magnitizdat.web.owner.tables import api
from magnitizdat.web.owner.uploads import NAME_HEADER

_JSON = "application/json"
_SHOWN_NAME = 200
SHELVED = 12
"""Closed albums beside the shelf; whoever sends more does not bury it."""


class _ShareText(msgspec.Struct, frozen=True):
    text: Annotated[str, msgspec.Meta(max_length=4096)] = ""


def everything(_request: Request, service: Service) -> Response:
    """All that were announced, the next one to open first."""
    library = service.library()
    return answer({"premieres": [_line(library, each) for each in premieres(library)]})


def _line(library: Library, closed: ClosedAlbum) -> dict[str, Any]:
    return {
        "id": opaque(library, "premiere", _key(closed)),
        "title": closed.title,
        "artist": closed.artist,
        "label": closed.label,
        "label_id": label_id(library, closed.imprint),
        "opens": closed.opens,
        "need": closed.need,
        "of": closed.of,
        "here": closed.here,
        "opened": closed.opened,
        "own": closed.own,
        "album": _album(library, closed) if closed.opened else "",
        "length": closed.length,
    }


def _album(library: Library, closed: ClosedAlbum) -> str:
    """What the open album is called here: whoever made it has it as before."""
    names = (album_id(closed.imprint, closed.release_id), closed.release_id)
    return next((each for each in names if library.shelf.album(each) is not None), "")


def _key(closed: ClosedAlbum) -> str:
    return f"{closed.imprint}/{closed.id}"


def find_premiere(library: Library, wanted: str) -> ClosedAlbum:
    """A premiere by what the page calls it. Raises: NotFoundError."""
    known = {_key(each): each for each in premieres(library)}
    return known[find_named(library, "premiere", known, wanted)]


def one(request: Request, service: Service) -> Response:
    """One of them."""
    library = service.library()
    return answer(_line(library, find_premiere(library, request.path_params["premiere"])))


def read_share(request: Request, service: Service) -> Response:
    """The words of a share: as text, a file, or a photo of its code. Nothing of it is kept.

    Raises: NotFoundError where there is none: a camera then looks on; NotVerifiedError for one of something else.
    """
    library = service.library()
    closed = find_premiere(library, request.path_params["premiere"])
    is_text = request.headers.get("content-type", _JSON).partition(";")[0].strip() == _JSON
    content = asked(request, _ShareText).text.encode() if is_text else request.state.body
    try:
        (share, *_) = shares_in(_brought(request, is_text=is_text), content, service.pool)
    except DamagedError as exc:
        raise NotFoundError(exc.sentence) from exc
    lacking(premiere_of(library, closed), [share])
    return answer({"text": share.words})


def _brought(request: Request, *, is_text: bool) -> str:
    """What somebody brought, in the sentence that refuses it: a file by its name."""
    if is_text:
        return say("the text")
    return unquote(request.headers.get(NAME_HEADER, ""), errors="replace")[:_SHOWN_NAME] or say("the picture")


def beside(_request: Request, service: Service) -> Response:
    """What stands beside the shelf: letters that nobody has read, albums that lie here closed."""
    library = service.library()
    closed = [each for each in premieres(library) if not each.opened and not each.own]
    lines = [_line(library, each) for each in closed[:SHELVED]]
    return answer({"unread": inbox(library).unread, "closed": lines, "more": len(closed) - len(lines)})


ENDPOINTS: tuple[Endpoint, ...] = (
    api("GET", "premieres", everything),
    api("GET", "premieres/{premiere}", one),
    api("POST", "premieres/{premiere}/share", read_share, body_limit=MAX_PHOTO_LENGTH),
    api("GET", "beside", beside),
)
