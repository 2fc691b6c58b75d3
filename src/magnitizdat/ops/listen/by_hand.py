"""Playlists, stars and ratings by hand: of what somebody names, an album, `ALBUM/3` or a track."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from magnitizdat.errors import UsageError
from magnitizdat.library.library import Library
from magnitizdat.model import Outcome, Value
from magnitizdat.ops.listen import listening, playlists
from magnitizdat.ops.listen.playing import tracks_of
from magnitizdat.sentence import Sentence, framed, listed, say


class ChangedPlaylist(Value, frozen=True, kw_only=True):
    """A playlist as it is now; `changed` songs came or went."""

    id: str
    name: str
    tracks: int
    changed: int
    said: Sentence

    def outcome(self) -> Outcome:
        """What became of it."""
        return Outcome(headline=self.said)


class Marked(Value, frozen=True, kw_only=True):
    """Albums and tracks that were starred or rated, or are no more."""

    albums: int
    tracks: int
    said: Sentence

    def outcome(self) -> Outcome:
        """Which, and what was done with them."""
        return Outcome(headline=self.said)


def songs_meant(library: Library, texts: Sequence[str]) -> list[str]:
    """Songs of what these name, in their order, as far as they play here.

    Raises: UsageError where one of them means nothing, or nothing of it plays here.
    """
    found: list[str] = []
    for text in texts:
        tracks = [track.id for track in tracks_of(library, text)]
        here = library.browse.recordings(tracks)
        if not here:
            raise UsageError(say("nothing of «{text}» plays here; take its music first", text=text))
        found += [here[track].song for track in tracks if track in here]
    return found


def make_list(library: Library, name: str, texts: Sequence[str], *, now: datetime) -> ChangedPlaylist:
    """A new playlist of what these name, perhaps of nothing yet.

    Raises: UsageError where one is called so already, or a text means nothing.
    """
    if any(each.name.casefold() == name.strip().casefold() for each in playlists.playlists(library, "")):
        raise UsageError(say("a playlist is called «{name}» already; add to it, or choose another name", name=name))
    made = playlists.create(library, "", name, entries=songs_meant(library, texts), now=now)
    count = len(made.entries)
    said = say("«{name}» is a playlist now. Songs: {count}.", name=made.name, count=count)
    return ChangedPlaylist(id=made.id, name=made.name, tracks=count, changed=count, said=said)


def add_to_list(library: Library, name: str, texts: Sequence[str], *, now: datetime) -> ChangedPlaylist:
    """Put what these name at the end of a playlist. Raises: UsageError."""
    songs = songs_meant(library, texts)
    found = _by_hand(library, name)
    changed = playlists.amend(library, "", found.id, lambda one: {"entries": (*one.entries, *songs)}, now=now)
    count = len(changed.entries)
    said = say(
        "Songs that came to «{name}»: {more}. Songs on it: {count}.", name=found.name, more=len(songs), count=count
    )
    return ChangedPlaylist(id=found.id, name=found.name, tracks=count, changed=len(songs), said=said)


def take_off_list(library: Library, name: str, texts: Sequence[str], *, now: datetime) -> ChangedPlaylist:
    """Take what these name off a playlist, wherever it stands there. Raises: UsageError."""
    gone = {song[:24] for song in songs_meant(library, texts)}
    found = _by_hand(library, name)
    left = [song for song in found.entries if song[:24] not in gone]
    changed = playlists.update(library, "", found.id, entries=tuple(left), now=now)
    less, count = len(found.entries) - len(left), len(changed.entries)
    said = say("Songs taken off «{name}»: {less}. Songs on it: {count}.", name=found.name, less=less, count=count)
    return ChangedPlaylist(id=found.id, name=found.name, tracks=count, changed=less, said=said)


def drop_list(library: Library, name: str) -> ChangedPlaylist:
    """Remove a playlist; its songs stay. Raises: UsageError."""
    found = playlists.find_playlist(library, "", name)
    playlists.delete(library, "", found.id)
    said = say("«{name}» is no playlist any more; its songs stay in the library.", name=found.name)
    return ChangedPlaylist(id=found.id, name=found.name, tracks=0, changed=len(found.entries), said=said)


def _by_hand(library: Library, name: str) -> playlists.Playlist:
    found = playlists.find_playlist(library, "", name)
    if found.rule is not None:
        raise UsageError(
            say("«{name}» finds its songs by a rule; make a playlist of your own for these", name=found.name)
        )
    return found


def mark(library: Library, texts: Sequence[str], *, on: bool, rating: int | None, now: datetime) -> Marked:
    """Star what these name, or take the stars back (`on`); with a `rating` that instead, 0 to take it back.

    Raises: UsageError where one means nothing, or the rating is none.
    """
    albums, tracks = _meant(library, texts)
    for kind, targets in (("album", albums), ("track", tracks)):
        if rating is not None:
            for target in targets:
                listening.rate(library, "", kind, target, rating)  # type: ignore[arg-type]  # one of two
        elif on:
            listening.star(library, "", kind, targets, now=now)  # type: ignore[arg-type]
        else:
            listening.unstar(library, "", kind, targets)  # type: ignore[arg-type]
    titles = listed([framed("«{title}»", title=title) for title in _titles(library, texts)])
    return Marked(albums=len(albums), tracks=len(tracks), said=_marked(titles, on=on, rating=rating))


def _marked(titles: Sentence, *, on: bool, rating: int | None) -> Sentence:
    if rating:
        return say("Rated {rating} of 5: {titles}.", rating=rating, titles=titles)
    if rating == 0:
        return say("Rated no more: {titles}.", titles=titles)
    return say("Starred: {titles}.", titles=titles) if on else say("Starred no more: {titles}.", titles=titles)


def _titles(library: Library, texts: Sequence[str]) -> list[str]:
    return [tracks_of(library, text)[0].title if _is_track(text) else library.shelf.find(text).title for text in texts]


def _is_track(text: str) -> bool:
    return "/" in text or re.fullmatch("[0-9a-f]{64}", text.casefold()) is not None


def _meant(library: Library, texts: Sequence[str]) -> tuple[list[str], list[str]]:
    """Albums, and tracks by their own ids."""
    albums, tracks = list[str](), list[str]()
    for text in texts:
        if _is_track(text):
            tracks += [track.id for track in tracks_of(library, text)]
        else:
            albums.append(library.shelf.find(text).id)
    return albums, tracks
