"""Playlists: the listener's own, those that others of the household made public, and what followed labels signed."""

from __future__ import annotations

from magnitizdat.library.index.browse import SongLine
from magnitizdat.ops.listen import apps, playlists, signed_lists
from magnitizdat.web.subsonic import render
from magnitizdat.web.subsonic.calls import EMPTY, Answer, Call
from magnitizdat.web.subsonic.model_kept import Playlist, Playlists, PlaylistWithSongs
from magnitizdat.web.subsonic.params import GENERIC, MISSING, NOT_AUTHORIZED, RefusedError, missing


def playlists_of(call: Call) -> Answer:
    """One's own and public ones. Nobody may ask for those of somebody else: `username` narrows to one's own."""
    if call.params.optional("username") not in {None, "", call.user}:
        return Answer("playlists", Playlists(playlist=()))
    found = playlists.playlists(call.library, call.listener)
    signed = signed_lists.signed_lists(call.library)
    lines = [_playlist(call, each, _songs(call, each)) for each in found]
    lines += [line for line in (_signed(call, each) for each in signed) if line.song_count]
    return Answer("playlists", Playlists(playlist=tuple(lines)))


def playlist(call: Call) -> Answer:
    wanted = call.params.text("id")
    if not wanted.startswith(signed_lists.PREFIX):
        return _whole(call, playlists.playlist(call.library, call.listener, wanted))
    found = signed_lists.signed_list(call.library, wanted)
    songs = signed_lists.songs_of(call.library, found)
    head = render.fields(_signed(call, found))
    return Answer("playlist", PlaylistWithSongs(**head, entry=render.songs(call, songs)))


def create_playlist(call: Call) -> Answer:
    """A new one by `name`, or with `playlistId` other songs in one that is there."""
    songs = _known(call, call.params.all("songId"))
    wanted, name = call.params.optional("playlistId"), call.params.optional("name")
    if wanted:
        _check_own(wanted)
        given: dict[str, object] = {"name": name} if name else {}

        def change(before: playlists.Playlist) -> dict[str, object]:
            return {**given, "entries": tuple(playlists.reordered(call.library, before.entries, songs))}

        now = call.service.now()
        return _whole(call, playlists.amend(call.library, call.listener, wanted, change, now=now))
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
        kept = playlists.without(call.library, found.entries, gone)
        return {**given, "entries": (*kept, *come)}

    wanted = call.params.text("playlistId")
    _check_own(wanted)
    playlists.amend(call.library, call.listener, wanted, change, now=call.service.now())
    return EMPTY


def delete_playlist(call: Call) -> Answer:
    wanted = call.params.text("id")
    _check_own(wanted)
    playlists.delete(call.library, call.listener, wanted)
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


def _signed(call: Call, found: signed_lists.SignedList) -> Playlist:
    count, duration_s = signed_lists.length_of(call.library, found)
    on = f"{found.on}T00:00:00Z"
    return Playlist(
        id=found.id,
        name=found.name,
        song_count=count,
        duration=round(duration_s),
        created=on,
        changed=on,
        comment=signed_lists.notes_of(call.library, found) or None,
        owner=found.owner,
        public=True,
        cover_art=f"pl-{found.id}",
        readonly=True,
    )


def _check_own(wanted: str) -> None:
    """What a label signed is nobody's here to change."""
    if wanted.startswith(signed_lists.PREFIX):
        raise RefusedError(NOT_AUTHORIZED, "This playlist is signed by a label. Make one of your own.")


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
