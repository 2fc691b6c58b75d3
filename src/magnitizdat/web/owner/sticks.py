"""Sticks that are plugged in, by names that say nothing; folders of this computer, where the owner sits at it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from magnitizdat.errors import UsageError
from magnitizdat.ops.give.chosen import StickWish
from magnitizdat.ops.give.fill import estimate
from magnitizdat.ops.listen.choosing import Choice, choose
from magnitizdat.ops.places.sticks import ReelThere, Stick
from magnitizdat.reel.one_file import is_one_file
from magnitizdat.sentence import say
from magnitizdat.web.http.answers import answer, asked
from magnitizdat.web.http.hosts import is_loopback
from magnitizdat.web.http.routes import NOTHING, AbsentError, Endpoint
from magnitizdat.web.http.service import Service
from magnitizdat.web.owner.clubs import find_club
from magnitizdat.web.owner.names import find_label, opaque
from magnitizdat.web.owner.tables import api
from magnitizdat.web.owner.work import Room, room


class Fill(msgspec.Struct, frozen=True):
    """What a stick shall carry; `words` without friends is what happens anyway."""

    stick: str
    friends: tuple[str, ...] = ()
    new: bool = False
    """Only what the reels for these friends lacked."""
    club: str = ""
    """What the page calls the club that it is for."""
    words: bool = False
    open: bool = False
    one_file: bool = False
    labels: tuple[str, ...] = ()
    albums: tuple[str, ...] = ()
    songs: tuple[str, ...] = ()
    playlists: tuple[str, ...] = ()
    size: Annotated[int, msgspec.Meta(gt=0)] | None = None
    quality: Any = None
    parity: Annotated[int, msgspec.Meta(ge=0, le=100)] = 10
    voices: bool = True
    slip: bool = False
    """Ask whoever opens it what arrived."""
    city: bool = False
    """Also what nobody near asked for, while it is rare."""


class _FolderPath(msgspec.Struct, frozen=True):
    path: Annotated[str, msgspec.Meta(min_length=1, max_length=4096)]


def sticks(_request: Request, service: Service) -> Response:
    """Everything that is plugged in; apart from it `files`, reels that somebody named: nothing is written there."""
    held = room(service)
    found = held.look(service.library())
    return answer(
        {
            "sticks": [_shown(held, stick) for stick in found if not stick.is_file],
            "files": [_shown(held, stick) for stick in found if stick.is_file],
        }
    )


def _shown(held: Room, stick: Stick) -> dict[str, Any]:
    return {
        "id": held.places.name(stick.folder),
        "name": stick.name,
        "free": stick.free,
        "length": stick.length,
        "readable": stick.readable,
        "reels": [_reel(held, reel) for reel in stick.reels],
        "album_folders": stick.music,
    }


def _reel(held: Room, reel: ReelThere) -> dict[str, Any]:
    return {
        "id": held.places.name(reel.folder),
        "name": "",
        "length": reel.length,
        "words": reel.words and not reel.mine,
        "mine": reel.mine,
        "open": reel.is_open,
        "file": reel.is_file,
    }


def offer(request: Request, service: Service) -> Response:
    """A folder of this computer, to be taken from or filled as a stick is; or a reel as one file, to be taken from.

    Raises: AbsentError for whoever does not sit at it; UsageError where there is no such folder or reel.
    """
    if not is_loopback(request.state.peer):
        raise AbsentError(NOTHING)
    folder = Path(asked(request, _FolderPath).path).expanduser()
    if not folder.is_absolute() or not (folder.is_dir() or is_one_file(folder)):
        raise UsageError(say("there is no such folder on this computer, and no reel in one file; write its whole path"))
    held = room(service)
    if folder not in held.folders:
        held.folders.append(folder)
    return answer(_shown(held, next(stick for stick in held.look(service.library()) if stick.folder == folder)))


def wish_of(service: Service, asked_for: Fill) -> StickWish:
    """What `filling` understands. Raises: NotFoundError, UsageError."""
    library = service.library()
    labels = tuple(find_label(library, each).imprint for each in asked_for.labels)
    friends = {opaque(library, "friend", name): name for name in library.shelf.friends()}
    named = [friends.get(each, each) for each in asked_for.friends]
    club = [find_club(library, asked_for.club).imprint] if asked_for.club else []
    choice = Choice(albums=asked_for.albums, songs=asked_for.songs, playlists=asked_for.playlists)
    chosen = choose(library, choice, now=service.now())
    fields = {
        "friends": [*named, *club],
        "new_for": named if asked_for.new else (),
        "is_open": asked_for.open,
        "one_file": asked_for.one_file,
        "labels": labels,
        "albums": tuple(view.id for view in chosen.albums),
        "songs": chosen.songs,
        "absent": chosen.absent,
        "size": asked_for.size,
        "parity": asked_for.parity,
        "quality": asked_for.quality or None,
        "voices": asked_for.voices,
        "slip": asked_for.slip,
        "scope": "city" if asked_for.city else "near",
    }
    try:
        return msgspec.convert(fields, StickWish)
    except msgspec.ValidationError as exc:
        raise UsageError(say("a quality is small, full or both; choose one")) from exc


def preview(request: Request, service: Service) -> Response:
    """About what it will take."""
    wish = asked(request, Fill)
    stick = room(service).places.find(wish.stick)
    return answer(estimate(service.library(), stick, wish_of(service, wish), now=service.now()))


ENDPOINTS: tuple[Endpoint, ...] = (
    api("GET", "sticks", sticks, polls=True),
    api("POST", "sticks", offer),
    api("POST", "fill/preview", preview),
)
