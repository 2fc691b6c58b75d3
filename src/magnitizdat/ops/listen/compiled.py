"""Compilations among playlists: those that own and followed labels signed are listed with one's own, read-only.

They play what is here and name the rest.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from magnitizdat.errors import UsageError
from magnitizdat.library.library import Library
from magnitizdat.model import Shortfall, Value
from magnitizdat.ops.listen import playlists
from magnitizdat.ops.voices.shown import ShownCompilation, ShownTrack, compilation, compilations
from magnitizdat.sentence import advice, say

NOT_HERE = say("it is not here; dub or import it first")


class ListedPlaylist(Value, frozen=True, kw_only=True):
    """A line of `mag list --playlists`: an own playlist, or a compilation of `label`. `here`: songs of it that are."""

    id: str
    name: str
    tracks: int
    here: int
    label: str = ""
    imprint: str = ""
    own: bool = True
    smart: bool = False


class ShownPlaylist(Value, frozen=True, kw_only=True):
    """All of one: `label` signed it where there is one; tracks without a song are not here."""

    id: str
    name: str
    label: str = ""
    notes: dict[str, str] = msgspec.field(default_factory=dict)
    tracks: tuple[ShownTrack, ...] = ()
    absent: int = 0
    """Songs of an own playlist that are not here, and of which nothing is known."""

    @property
    def songs(self) -> tuple[str, ...]:
        """Those that are here, in their order, as players name them."""
        return tuple(each.song for each in self.tracks if each.song)

    @property
    def missing(self) -> tuple[Shortfall, ...]:
        """What else is on it."""
        named = (each for each in self.tracks if not each.song)
        unnamed = (say("{name}: a song that was removed", name=self.name) for _ in range(self.absent))
        return (
            *(Shortfall(what=f"{each.artist} - {each.title}", reason=NOT_HERE) for each in named),
            *(Shortfall(what=each, reason=NOT_HERE) for each in unnamed),
        )


def listed_playlists(library: Library, listener: str, *, now: datetime) -> list[ListedPlaylist]:
    """Playlists that this listener sees, then compilations; each by name."""
    own = [_own(library, listener, each, now) for each in playlists.playlists(library, listener)]
    signed = [_signed(each) for each in compilations(library)]
    return own + sorted(signed, key=lambda each: (each.name.casefold(), each.label.casefold(), each.id))


def _own(library: Library, listener: str, each: playlists.Playlist, now: datetime) -> ListedPlaylist:
    songs = playlists.songs(library, listener, each, now=now)
    here = library.browse.named(songs)
    return ListedPlaylist(
        id=each.id,
        name=each.name,
        tracks=len(songs),
        here=sum(song in here for song in songs),
        own=each.owner == listener,
        smart=each.rule is not None,
    )


def _signed(each: ShownCompilation) -> ListedPlaylist:
    return ListedPlaylist(
        id=each.key,
        name=each.name,
        tracks=each.tracks,
        here=each.here,
        label=each.label,
        imprint=each.imprint,
        own=each.own,
    )


def shown_playlist(library: Library, listener: str, text: str, *, now: datetime) -> ShownPlaylist:
    """The playlist or compilation that an id or a name means; one's own playlist before a compilation.

    Raises: UsageError where there is none, or more than one.
    """
    folded = text.casefold()
    own = [each for each in playlists.playlists(library, listener) if text == each.id or each.name.casefold() == folded]
    if own:
        return _shown(library, listener, playlists.find_playlist(library, listener, text), now)
    signed = [each for each in compilations(library) if text == each.key or each.name.casefold() == folded]
    if not signed:
        raise UsageError(
            advice(
                terminal=say("no playlist is called «{text}»; `mag list --playlists` shows which are", text=text),
                page=say("there is no such playlist any more; choose another under Playlists"),
            )
        )
    if len(signed) > 1:
        keys = ", ".join(f"{each.key} ({each.label})" for each in signed)
        raise UsageError(
            say("several compilations are called «{text}»; give the id of one: {keys}", text=text, keys=keys)
        )
    found = compilation(library, signed[0].key)
    return ShownPlaylist(
        id=found.shown.key, name=found.shown.name, label=found.shown.label, notes=found.notes, tracks=found.tracks
    )


def _shown(library: Library, listener: str, playlist: playlists.Playlist, now: datetime) -> ShownPlaylist:
    songs = playlists.songs(library, listener, playlist, now=now)
    here = library.browse.named(songs)
    lines = [here[song] for song in songs if song in here]
    tracks = tuple(
        ShownTrack(
            track_id=line.track.id,
            title=line.track.title,
            artist=line.track.artist,
            duration_s=line.track.duration_s,
            song=line.song,
        )
        for line in lines
    )
    return ShownPlaylist(id=playlist.id, name=playlist.name, tracks=tracks, absent=len(songs) - len(lines))
