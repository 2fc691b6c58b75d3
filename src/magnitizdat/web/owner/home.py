"""Home, as the page shows it first."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from magnitizdat.ops.listen.home import home as home_op
from magnitizdat.web.http.answers import answer
from magnitizdat.web.http.routes import Endpoint
from magnitizdat.web.http.service import Service
from magnitizdat.web.owner.marks import OWNER
from magnitizdat.web.owner.shelf import album_lines
from magnitizdat.web.owner.tables import api


def home(_request: Request, service: Service) -> Response:
    """The picture of today, what was begun, and shelves of what came and what was heard last."""
    library, today = service.library(), service.now().astimezone().date()
    found = home_op(library, OWNER, today=today)
    begun = {each.album: each for each in found.begun}
    named = [*begun, *found.followed, *found.added, *found.played, *filter(None, [found.picture])]
    lines = {line["id"]: line for line in album_lines(library, named)}
    return answer(
        {
            "today": today.isoformat(),
            "albums": len(library.browse.overview().albums),
            "picture": lines.get(found.picture),
            "begun": [
                {**lines[album], "heard": each.heard, "of": each.of, "next": each.next}
                for album, each in begun.items()
                if album in lines
            ],
            **{
                shelf: [lines[album] for album in albums if album in lines]
                for shelf, albums in (("followed", found.followed), ("added", found.added), ("played", found.played))
            },
        }
    )


ENDPOINTS: tuple[Endpoint, ...] = (api("GET", "home", home),)
