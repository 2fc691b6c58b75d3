"""The table of songs, and all that is known of one."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from magnitizdat.library.index.browse import SongLine
from magnitizdat.library.index.overview import artist_id
from magnitizdat.library.library import Library
from magnitizdat.ops.listen import listening
from magnitizdat.ops.listen.songs import SongWish
from magnitizdat.ops.listen.songs import songs as songs_op
from magnitizdat.web.http.answers import Window, answer, queried
from magnitizdat.web.http.routes import Endpoint
from magnitizdat.web.http.service import Service
from magnitizdat.web.owner.marks import OWNER
from magnitizdat.web.owner.shelf import find_song, song_lines
from magnitizdat.web.owner.tables import api


def table(request: Request, service: Service) -> Response:
    """A page of songs in some order, perhaps only some of them; `at` is where each stands."""
    library, window = service.library(), queried(request, Window)
    keys = songs_op(library, OWNER, queried(request, SongWish))
    page = list(keys[window.start : window.start + window.count])
    lines = [{**each, "at": at} for at, each in enumerate(_rows(library, page), window.start)]
    return answer({"total": len(keys), "songs": lines})


def _rows(library: Library, keys: list[int]) -> list[dict[str, Any]]:
    lines = library.browse.songs(keys)
    told = song_lines(library, lines)
    return [{**each, **_of_album(line)} for line, each in zip(lines, told, strict=True)]


def _of_album(line: SongLine) -> dict[str, Any]:
    by = line.track.by  # of a compilation each song has its own
    artist = artist_id(by[0].name) if by else line.album.artist_id
    return {"year": line.album.year or None, "genres": line.track.genres, "artist_id": artist}


def song(request: Request, service: Service) -> Response:
    """Everything about one song."""
    library = service.library()
    line = find_song(library, request.path_params["song"])
    ((told,), track) = (_rows(library, [line.key]), line.track)
    mark = listening.marks(library, OWNER, "track", [track.id]).get(track.id)
    return answer(
        {
            **told,
            "artists": [each.name for each in track.by],
            "composer": track.composer,
            "credits": [{"name": each.name, "role": each.role} for each in track.credits],
            "label": line.album.label,
            "length": line.file.length,
            "bit_rate": track.bit_rate,
            "sample_rate": track.sample_rate,
            "bit_depth": track.bit_depth,
            "channels": track.channels,
            "comment": track.comment,
            "isrc": track.isrc,
            "played": mark.played if mark else "",
        }
    )


ENDPOINTS: tuple[Endpoint, ...] = (api("GET", "songs", table), api("GET", "songs/{song}", song))
