"""Stars, ratings, plays, playlists and the queue: what the owner does to music while listening."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from magnitizdat.library.library import Library
from magnitizdat.ops.listen import listening, playlists
from magnitizdat.ops.listen.playlists import Playlist, Smart
from magnitizdat.web.http.answers import answer, asked
from magnitizdat.web.http.routes import Endpoint
from magnitizdat.web.http.service import Service
from magnitizdat.web.owner.shelf import find_song, song_lines
from magnitizdat.web.owner.tables import api

OWNER = ""
"""The listener's name of the owner."""
SongIds = tuple[Annotated[str, msgspec.Meta(max_length=64)], ...]


class _Star(msgspec.Struct, frozen=True):
    songs: SongIds = ()
    albums: SongIds = ()
    artists: SongIds = ()
    on: bool = True


class _Rate(msgspec.Struct, frozen=True):
    song: str
    stars: int


class _Played(msgspec.Struct, frozen=True):
    song: str
    at: datetime | None = None


class _PlaylistChange(msgspec.Struct, frozen=True):
    name: str | None = None
    songs: SongIds | None = None
    add: SongIds = ()
    """Songs that come at the end, whatever is there."""
    rule: Smart | None = None
    public: bool | None = None
    """Whether everybody of the household sees it, in their own players."""


class _Queue(msgspec.Struct, frozen=True):
    songs: SongIds = ()
    current: int = 0
    position_ms: int = 0


def star(request: Request, service: Service) -> Response:
    """Star, or take stars back."""
    library, wish = service.library(), asked(request, _Star)
    tracks = [line.track.id for line in library.browse.named(wish.songs).values()]
    for kind, targets in (("track", tracks), ("album", wish.albums), ("artist", wish.artists)):
        if targets and wish.on:
            listening.star(library, OWNER, kind, targets, now=service.now())  # type: ignore[arg-type]  # one of three
        elif targets:
            listening.unstar(library, OWNER, kind, targets)  # type: ignore[arg-type]
    return answer({})


def rate(request: Request, service: Service) -> Response:
    """One to five stars, or none."""
    library, wish = service.library(), asked(request, _Rate)
    listening.rate(library, OWNER, "track", find_song(library, wish.song).track.id, wish.stars)
    return answer({})


def played(request: Request, service: Service) -> Response:
    """Count a play. A time without a zone, or in the future, is now."""
    library, wish = service.library(), asked(request, _Played)
    line, now = find_song(library, wish.song), service.now()
    at = wish.at if wish.at is not None and wish.at.tzinfo is not None and wish.at <= now else now
    listening.scrobble(library, OWNER, line.track.id, at=at, album=line.album.id)
    return answer({})


# -- playlists ---------------------------------------------------------------------------------------------------------


def lists(_request: Request, service: Service) -> Response:
    """All playlists."""
    library = service.library()
    found = playlists.playlists(library, OWNER)
    return answer({"playlists": [_line(library, each, service.now()) for each in found]})


def make(request: Request, service: Service) -> Response:
    """A new one."""
    library, wish = service.library(), asked(request, _PlaylistChange)
    songs, now = wish.songs or (), service.now()
    made = playlists.create(library, OWNER, wish.name or "", entries=songs, rule=wish.rule, now=now)
    return answer(_line(library, made, now))


def one(request: Request, service: Service) -> Response:
    """One with its songs."""
    library = service.library()
    found = playlists.playlist(library, OWNER, request.path_params["playlist"])
    entries = playlists.songs(library, OWNER, found, now=service.now())
    songs = song_lines(library, _in_order(library, entries))
    return answer({**_line(library, found, service.now()), "songs": songs})


def change(request: Request, service: Service) -> Response:
    """Another name, other songs or their order, more songs, another rule."""
    library, wish = service.library(), asked(request, _PlaylistChange)
    given = {
        name: value
        for name, value in (("name", wish.name), ("rule", wish.rule), ("public", wish.public))
        if value is not None
    }

    def fields(found: Playlist) -> dict[str, Any]:
        entries = found.entries if wish.songs is None else playlists.reordered(library, found.entries, wish.songs)
        return given if wish.songs is None and not wish.add else {**given, "entries": (*entries, *wish.add)}

    changed = playlists.amend(library, OWNER, request.path_params["playlist"], fields, now=service.now())
    return answer(_line(library, changed, service.now()))


def remove(request: Request, service: Service) -> Response:
    """Remove a playlist; its songs stay."""
    playlists.delete(service.library(), OWNER, request.path_params["playlist"])
    return answer({})


def _line(library: Library, found: Playlist, now: datetime) -> dict[str, Any]:
    entries = playlists.songs(library, OWNER, found, now=now)
    known = library.browse.named(entries)
    return {
        "id": found.id,
        "name": found.name,
        "public": found.public,
        "count": len(entries),
        "duration_s": sum(known[song].track.duration_s for song in entries if song in known),
        "changed": found.changed,
        "rule": found.rule,
    }


def _in_order(library: Library, entries: Any) -> list[Any]:
    """Songs in the order of entries, each as often as it stands there."""
    known = library.browse.named(entries)
    return [known[song] for song in entries if song in known]


# -- queue -------------------------------------------------------------------------------------------------------------


def queue(_request: Request, service: Service) -> Response:
    """What was about to be heard, as far as it is still here."""
    library = service.library()
    kept = listening.queue(library, OWNER)
    if kept is None:
        return answer({"songs": [], "current": 0, "position_ms": 0})
    known = library.browse.named(kept.entries)
    here = [song in known for song in kept.entries]
    is_there = bool(here) and here[kept.current]
    return answer(
        {
            "songs": song_lines(library, _in_order(library, kept.entries)),
            "current": max(0, min(sum(here[: kept.current]), sum(here) - 1)),  # else what came behind it
            "position_ms": kept.position_ms if is_there else 0,
        }
    )


def save_queue(request: Request, service: Service) -> Response:
    """Keep what is about to be heard."""
    library, wish = service.library(), asked(request, _Queue)
    listening.save_queue(
        library,
        OWNER,
        wish.songs,
        current=wish.current,
        position_ms=wish.position_ms,
        changed_by="page",
        now=service.now(),
    )
    return answer({})


ENDPOINTS: tuple[Endpoint, ...] = (
    api("POST", "star", star),
    api("POST", "rate", rate),
    api("POST", "played", played),
    api("GET", "playlists", lists),
    api("POST", "playlists", make),
    api("GET", "playlists/{playlist}", one),
    api("PUT", "playlists/{playlist}", change),
    api("DELETE", "playlists/{playlist}", remove),
    api("GET", "queue", queue),
    api("PUT", "queue", save_queue),
)
