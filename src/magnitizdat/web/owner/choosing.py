"""What was ticked in the lists of the page: as songs, and as a file that the browser saves."""

from __future__ import annotations

import secrets
import threading
from typing import Annotated

from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from magnitizdat.errors import NotFoundError
from magnitizdat.library.index.browse import SongLine
from magnitizdat.library.library import Library
from magnitizdat.model import ShownName, Value, fields
from magnitizdat.ops.give.downloading import Download, download
from magnitizdat.ops.listen.choosing import Choice, ChosenMusic, choose
from magnitizdat.sentence import say
from magnitizdat.web.http.answers import answer, asked
from magnitizdat.web.http.routes import Endpoint
from magnitizdat.web.http.service import Service
from magnitizdat.web.http.streams import saved_response
from magnitizdat.web.owner.shelf import song_lines
from magnitizdat.web.owner.tables import api, media

MOST_LINES = 2000
"""Songs that are told with all that is shown of them: as many as a queue keeps."""
MOST_DOWNLOADS = 32
"""Downloads that are remembered."""
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


# -- own files out -----------------------------------------------------------------------------------------------------


class WantedDownload(Ticked, frozen=True, kw_only=True):
    """`name`: what songs that were ticked alone, or several things together, are called in the page's language."""

    name: ShownName = "Music"


class Downloads:
    """The newest that were asked for, by names of chance, until the library is locked (an `Attendant`).

    So an address in a browser's list of downloads says nothing, and soon means nothing.
    """

    def __init__(self, service: Service) -> None:
        self._wanted: dict[str, Download] = {}
        self._guard = threading.Lock()
        service.attend(self)

    def opened(self, _library: Library) -> None:
        """Nothing yet."""

    def closing(self, _library: Library) -> None:
        """Forget all of them."""
        with self._guard:
            self._wanted.clear()

    def keep(self, wanted: Download) -> str:
        """Its name of chance."""
        name = secrets.token_hex(16)
        with self._guard:
            self._wanted[name] = wanted
            for oldest in list(self._wanted)[:-MOST_DOWNLOADS]:
                del self._wanted[oldest]
        return name

    def find(self, name: str) -> Download:
        """Raises: NotFoundError."""
        with self._guard:
            if name not in self._wanted:
                raise NotFoundError(say("this download was offered too long ago; press the button again"))
            return self._wanted[name]


def prepare(request: Request, service: Service) -> Response:
    """A download of what was ticked, with what of it is not there: nothing of it is read yet."""
    library, wish = service.library(), asked(request, WantedDownload)
    found = choose(library, wish.choice(), now=service.now())
    made = download(library, service.pool, found.albums, found.groups, name=wish.name)
    missing = fields((*found.absent, *made.missing))
    return answer({"id": service.only(Downloads).keep(made), "name": made.name, "missing": missing})


def saved(request: Request, service: Service) -> Response:
    """Its bytes, plain."""
    wanted = service.only(Downloads).find(request.path_params["download"])
    return saved_response(request, wanted.parts(), media_type=wanted.media_type, filename=wanted.name)


ENDPOINTS: tuple[Endpoint, ...] = (
    api("POST", "chosen", chosen),
    api("POST", "downloads", prepare),
    media("downloads/{download}", saved),
)
