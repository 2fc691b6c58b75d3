"""Playlists: the listener's own, and those that others of the household made public."""

from __future__ import annotations

from magnitizdat.library.index.browse import SongLine
from magnitizdat.ops.listen import apps, playlists
from magnitizdat.web.subsonic import render
from magnitizdat.web.subsonic.calls import EMPTY, Answer, Call
from magnitizdat.web.subsonic.model_kept import Playlist, Playlists, PlaylistWithSongs
from magnitizdat.web.subsonic.params import GENERIC, MISSING, RefusedError, missing

MAX_LISTED = 2_000
"""Playlists of which an answer says how long they are."""


def playlists_of(call: Call) -> Answer:
    """One's own and public ones. Nobody may ask for those of somebody else: `username` narrows to one's own."""
    wanted = call.params.optional("username")
    found = playlists.playlists(call.library, call.listener)
    if wanted not in {None, "", call.user}:
        found = []
    lines = [_playlist(call, each, _songs(call, each)) for each in found[:MAX_LISTED]]
    return Answer("playlists", Playlists(playlist=tuple(lines)))


def playlist(call: Call) -> Answer:
    return _whole(call, playlists.playlist(call.library, call.listener, call.params.text("id")))


def create_playlist(call: Call) -> Answer:
    """A new one by `name`, or with `playlistId` other songs in one that is there."""
    songs = _known(call, call.params.all("songId"))
    wanted, name = call.params.optional("playlistId"), call.params.optional("name")
    if wanted:
        fields: dict[str, object] = {"entries": tuple(songs)} | ({"name": name} if name else {})
        now = call.service.now()
        return _whole(call, playlists.update(call.library, call.listener, wanted, now=now, **fields))
    if not name:
        raise RefusedError(MISSING, "The parameter name or playlistId is missing.")
    made = playlists.create(call.library, call.listener, name, entries=songs, now=call.service.now())
    return _whole(call, made)


def update_playlist(call: Call) -> Answer:
    """First songs go, by their places in the list as it was; then others come at its end."""
    given: dict[str, object] = {
        name: value for name in ("name", "comment") if (value := call.params.optional(name)) is not None
    }
    if call.params.optional("public"):
        given["public"] = call.params.flag("public")
    gone, come = _places(call), _known(call, call.params.all("songIdToAdd"))

    def change(found: playlists.Playlist) -> dict[str, object]:
        if not gone and not come:
            return given
        if found.rule is not None:
            raise RefusedError(GENERIC, "The songs of this playlist follow from its rule; make one of your own.")
        kept = [song for place, song in enumerate(found.entries) if place not in gone]
        return {**given, "entries": (*kept, *come)}

    wanted = call.params.text("playlistId")
    playlists.amend(call.library, call.listener, wanted, change, now=call.service.now())
    return EMPTY


def delete_playlist(call: Call) -> Answer:
    playlists.delete(call.library, call.listener, call.params.text("id"))
    return EMPTY


def _whole(call: Call, found: playlists.Playlist) -> Answer:
    lines = _songs(call, found)
    head = _playlist(call, found, lines)
    return Answer("playlist", PlaylistWithSongs(**render.fields(head), entry=render.songs(call, lines)))


def _songs(call: Call, found: playlists.Playlist) -> list[SongLine]:
    """What plays of it, in its order."""
    songs = playlists.songs(call.library, call.listener, found, now=call.service.now())
    lines = call.library.browse.named(songs)
    return [lines[song] for song in songs if song in lines]


def _playlist(call: Call, found: playlists.Playlist, lines: list[SongLine]) -> Playlist:
    return Playlist(
        id=found.id,
        name=found.name,
        song_count=len(lines),
        duration=round(sum(line.track.duration_s for line in lines)),
        created=found.created,
        changed=found.changed,
        comment=found.comment or None,
        owner=call.user if found.owner == call.listener else _owner(call, found.owner),
        public=found.public,
        cover_art=f"pl-{found.id}",
        readonly=found.owner != call.listener or found.rule is not None,
    )


def _owner(call: Call, listener: str) -> str:
    """The name that somebody of the household logs in by; of the owner, nothing but that."""
    return next((app.user for app in apps.apps(call.library) if app.listener == listener), "owner")


def _known(call: Call, songs: list[str]) -> list[str]:
    lines = call.library.browse.named(songs)
    if any(song not in lines for song in songs):
        raise missing("song")
    return songs


def _places(call: Call) -> set[int]:
    found = call.params.all("songIndexToRemove")
    if not all(place.isascii() and place.isdigit() and len(place) < 10 for place in found):
        raise RefusedError(GENERIC, "The parameter songIndexToRemove must be a place in the playlist.")
    return set(map(int, found))
