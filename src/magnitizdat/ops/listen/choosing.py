"""What somebody chose to give or to hear: albums, playlists and songs, named one by one or found by a search."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from magnitizdat.errors import UsageError
from magnitizdat.library.index.overview import artist_id
from magnitizdat.library.index.views import AlbumView
from magnitizdat.library.library import Library
from magnitizdat.model import Shortfall, Value
from magnitizdat.ops.albums.named import find_albums
from magnitizdat.ops.listen.compiled import ShownPlaylist, shown_playlist
from magnitizdat.ops.listen.searching import find
from magnitizdat.sentence import Sentence, say

MOST_FOUND = 10_000
"""Of a kind that one search chooses."""


class Choice(Value, frozen=True, kw_only=True):
    """Albums and playlists by id or name, songs as players name them, searches as one types them."""

    albums: tuple[str, ...] = ()
    playlists: tuple[str, ...] = ()
    songs: tuple[str, ...] = ()
    searches: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything was chosen."""
        return bool(self.albums or self.playlists or self.songs or self.searches)


class SongGroup(NamedTuple):
    """Songs that belong together under a name, as those of a playlist; songs ticked alone have none."""

    name: str
    songs: tuple[str, ...]


class ChosenMusic(NamedTuple):
    """Whole albums, groups of songs in the order in which they were chosen, and what of them is not here."""

    albums: tuple[AlbumView, ...]
    groups: tuple[SongGroup, ...]
    absent: tuple[Shortfall, ...] = ()

    @property
    def songs(self) -> tuple[str, ...]:
        """Those of all groups, each once."""
        return tuple(dict.fromkeys(song for group in self.groups for song in group.songs))


def choose(library: Library, choice: Choice, *, listener: str = "", now: datetime) -> ChosenMusic:
    """What a choice means here.

    Raises: UsageError for an album or playlist that is not here, a search that finds nothing, or where none of it is.
    """
    lists = [shown_playlist(library, listener, each, now=now) for each in choice.playlists]
    found = [_searched(library, each) for each in choice.searches]
    albums = {view.id: view for view in find_albums(library, choice.albums)}
    for each in found:
        albums |= {view.id: view for view in each.albums}
    groups = [SongGroup(each.name, each.songs) for each in lists]
    groups += [group for each in found for group in each.groups]
    groups += [SongGroup("", choice.songs)] if choice.songs else []
    if choice and not albums and not any(group.songs for group in groups):
        raise UsageError(_nothing(lists))
    return ChosenMusic(
        tuple(albums.values()), tuple(groups), tuple(lacking for each in lists for lacking in each.missing)
    )


def _nothing(lists: Sequence[ShownPlaylist]) -> Sentence:
    if lists:
        return say("nothing of this playlist is here; import or dub its music first")
    return say("nothing of what was chosen is here any more; choose again")


def _searched(library: Library, text: str) -> ChosenMusic:
    """Albums that are called so or are by whom is called so, and songs of other albums that are.

    Raises: UsageError where there is nothing.
    """
    page = (0, MOST_FOUND)
    found = find(library, text, artists=page, albums=page, tracks=page)
    overview = library.browse.overview()
    places = [overview.artist_at.get(artist_id(each.name)) for each in found.artists]
    theirs = [overview.albums[at].id for place in places if place is not None for at in overview.artists[place].albums]
    albums = dict.fromkeys([*(each.id for each in found.albums), *theirs])
    songs = tuple(each.song for each in found.tracks if each.album_id not in albums)
    if not albums and not songs:
        raise UsageError(say("nothing here is called «{text}»; fewer letters find more", text=text))
    return ChosenMusic(tuple(library.shelf.albums_among(albums)), (SongGroup(text, songs),) if songs else ())
