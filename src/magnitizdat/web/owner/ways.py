"""Ways into the shelf: genres, decades, first letters, and all that is by an artist."""

from __future__ import annotations

from typing import Literal

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from magnitizdat.errors import NotFoundError
from magnitizdat.library.index.overview import ArtistLine
from magnitizdat.library.library import Library
from magnitizdat.ops.listen import browsing, listening
from magnitizdat.sentence import say
from magnitizdat.web.http.answers import MAX_PAGE, answer, queried
from magnitizdat.web.http.routes import Endpoint
from magnitizdat.web.http.service import Service
from magnitizdat.web.owner.marks import OWNER
from magnitizdat.web.owner.shelf import album_lines, artist_line, song_lines
from magnitizdat.web.owner.tables import api

NO_ARTIST = say("nothing by this artist is in the library any more; look at the list again")
TOP = 5
"""Songs by an artist that were heard most."""
EVENING = 200
"""Songs of a radio."""


class _Of(msgspec.Struct, frozen=True):
    of: Literal["albums", "artists"] = "albums"


class _Mix(msgspec.Struct, frozen=True):
    mix: Literal["shelf", "radio"] = "shelf"


def ways(_request: Request, service: Service) -> Response:
    """Genres and decades with how many albums they have."""
    library = service.library()
    return answer({"genres": browsing.genres(library), "decades": browsing.decades(library)})


def letters(request: Request, service: Service) -> Response:
    """Where each letter begins on the shelf, or among artists."""
    library = service.library()
    if queried(request, _Of).of == "artists":
        return answer({"letters": browsing.letters(line.order for line in library.browse.overview().artists)})
    return answer({"letters": browsing.album_letters(library)})


def _found(library: Library, artist: str) -> ArtistLine:
    overview = library.browse.overview()
    place = overview.artist_at.get(artist)
    if place is None:
        raise NotFoundError(NO_ARTIST)
    return overview.artists[place]


def artist(request: Request, service: Service) -> Response:
    """An artist's albums: `own` first ones are by it, the others it is heard on; and what was heard most."""
    library = service.library()
    line, overview = _found(library, request.path_params["artist"]), library.browse.overview()
    ids = [overview.albums[at].id for at in line.albums[:MAX_PAGE]]
    top = browsing.top_songs(library, OWNER, line, count=TOP)
    marks = listening.marks(library, OWNER, "track", [song.track.id for song in top])
    heard = [song for song in top if song.track.id in marks and marks[song.track.id].plays]
    starred = listening.marks(library, OWNER, "artist", [line.id])
    return answer(
        {
            **artist_line(line),
            "own": line.own,
            "albums": album_lines(library, ids),
            "top": song_lines(library, heard),
            "starred": line.id in starred and bool(starred[line.id].starred),
        }
    )


def artist_songs(request: Request, service: Service) -> Response:
    """All songs by an artist, as many as one answer takes; or, as a radio, some of them among others like them."""
    library, mix = service.library(), queried(request, _Mix).mix
    line = _found(library, request.path_params["artist"])
    on_radio = mix == "radio"
    found = browsing.radio(library, line, count=EVENING) if on_radio else browsing.songs_of(library, line)[:MAX_PAGE]
    return answer({"songs": song_lines(library, found)})


ENDPOINTS: tuple[Endpoint, ...] = (
    api("GET", "ways", ways),
    api("GET", "letters", letters),
    api("GET", "artists/{artist}", artist),
    api("GET", "artists/{artist}/songs", artist_songs),
)
