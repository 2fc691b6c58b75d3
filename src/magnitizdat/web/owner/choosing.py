"""What was ticked in the lists of the page, as songs."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from magnitizdat.library.index.browse import SongLine
from magnitizdat.library.library import Library
from magnitizdat.model import Value
from magnitizdat.ops.listen.choosing import Choice, ChosenMusic, choose
from magnitizdat.web.http.answers import answer, asked
from magnitizdat.web.http.routes import Endpoint
from magnitizdat.web.http.service import Service
from magnitizdat.web.owner.shelf import song_lines
from magnitizdat.web.owner.tables import api

MOST_LINES = 2000
"""Songs that are told with all that is shown of them: as many as a queue keeps."""
Ids = tuple[Annotated[str, Meta(max_length=64)], ...]


class Ticked(Value, frozen=True, kw_only=True):
    """Ids of what is ticked."""

    albums: Ids = ()
    songs: Ids = ()
    playlists: Ids = ()

    def choice(self) -> Choice:
        """The same for an op."""
        return Choice(albums=self.albums, songs=self.songs, playlists=self.playlists)


def chosen(request: Request, service: Service) -> Response:
    """All songs of what was ticked, each once: albums in their order, then playlists, then songs ticked alone.

    `songs` are the first of them, as a queue shows them.
    """
    library = service.library()
    found = choose(library, asked(request, Ticked).choice(), now=service.now())
    lines = list(_lines(library, found).values())
    return answer({"ids": [line.song for line in lines], "songs": song_lines(library, lines[:MOST_LINES])})


def _lines(library: Library, found: ChosenMusic) -> dict[str, SongLine]:
    lines = (line for view in found.albums for line in library.browse.songs_of(view.id))
    return {line.song: line for line in lines} | library.browse.named(found.songs)


ENDPOINTS: tuple[Endpoint, ...] = (api("POST", "chosen", chosen),)
