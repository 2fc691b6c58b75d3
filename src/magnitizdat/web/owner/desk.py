"""A label's desk on the page: what is in no label yet, what is to be signed again, what friends' reels lacked."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from magnitizdat.errors import NotFoundError
from magnitizdat.library.library import Library
from magnitizdat.model import Track, Value, fields
from magnitizdat.ops.give import desk as desk_op
from magnitizdat.ops.give.given import FriendLacks
from magnitizdat.ops.intake.halves import halves
from magnitizdat.ops.labels.editions import edited_sentence
from magnitizdat.ops.listen import sleeves
from magnitizdat.web.http.answers import MAX_PAGE, Window, answer, asked, queried
from magnitizdat.web.http.routes import Endpoint
from magnitizdat.web.http.service import Service
from magnitizdat.web.owner.names import label_id, opaque
from magnitizdat.web.owner.shelf import album_lines
from magnitizdat.web.owner.tables import api

_AlbumId = Annotated[str, Meta(max_length=64)]

MOST_NAMED = 20
"""Albums of those that a friend lacks that are named; the numbers say how many there are."""


def desk(_request: Request, service: Service) -> Response:
    """What waits."""
    library = service.library()
    waits = desk_op.desk(library)
    edited = [
        {
            **fields(each),
            "label_id": label_id(library, each.imprint),
            "sentence": edited_sentence(each.version),
        }
        for each in waits.edited
    ]
    frozen = [{"id": label_id(library, each.imprint), "name": each.name} for each in waits.frozen]
    friends = [_lacks(library, each) for each in waits.friends]
    return answer({"unsigned": waits.unsigned, "edited": edited, "frozen": frozen, "friends": friends})


def _lacks(library: Library, each: FriendLacks) -> dict[str, Any]:
    return {
        "id": opaque(library, "friend", each.name),
        "name": each.name,
        "at": each.at,
        "new": len(each.new),
        "corrected": len(each.corrected),
        "albums": [album.title for album in (*each.corrected, *each.new)[:MOST_NAMED]],
    }


def unsigned(request: Request, service: Service) -> Response:
    """A page of own albums that are in no label yet, in the order of a shelf; `ids` are those of all."""
    library, wish = service.library(), queried(request, Window)
    ids = desk_op.unsigned(library)
    page = ids[wish.start : wish.start + wish.count]
    return answer({"total": len(ids), "albums": album_lines(library, page), "ids": ids if not wish.start else []})


class _Chosen(Value, frozen=True, kw_only=True):
    albums: Annotated[tuple[_AlbumId, ...], Meta(max_length=MAX_PAGE)]


def look(request: Request, service: Service) -> Response:
    """Albums as they would be signed; `torn` are songs of theirs that end too early. Raises: NotFoundError."""
    library, ids = service.library(), asked(request, _Chosen).albums
    releases = [library.shelf.release(album) for album in ids]
    if None in releases:
        raise NotFoundError(sleeves.GONE)
    torn = [track for release in releases if release for track in halves(release)]
    return answer({"albums": album_lines(library, ids), "torn": [_torn(track) for track in torn]})


def _torn(track: Track) -> dict[str, Any]:
    return {name: getattr(track, name) for name in ("title", "duration_s", "cut_off", "promised_s")}


ENDPOINTS: tuple[Endpoint, ...] = (
    api("GET", "desk", desk),
    api("POST", "desk/look", look),
    api("GET", "desk/unsigned", unsigned),
)
