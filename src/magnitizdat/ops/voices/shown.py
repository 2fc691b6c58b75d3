"""What people say of an album, and what they compiled, as it is shown."""

from __future__ import annotations

from magnitizdat.library.library import Library
from magnitizdat.model import Value


class SaidOfAlbum(Value, frozen=True, kw_only=True):
    """What one label says of an album. Text is plain: never a link, never markup."""

    label: str
    imprint: str
    own: bool = False
    pick: bool = False
    rating: int | None = None
    headline: str = ""
    text: str = ""
    language: str = ""
    date: str = ""


class AlbumVoices(Value, frozen=True, kw_only=True):
    """What is said of an album: own labels, followed ones by name, and how many others that nobody here knows.

    `average` is over `ratings` labels that are followed; strangers and own labels count in neither.
    """

    own: tuple[SaidOfAlbum, ...] = ()
    followed: tuple[SaidOfAlbum, ...] = ()
    average: float | None = None
    ratings: int = 0
    strangers: int = 0


class ShownTrack(Value, frozen=True, kw_only=True):
    """A track of a compilation; `song` is what players call it here, empty where it is not here."""

    track_id: str
    title: str
    artist: str
    duration_s: float = 0.0
    imprint: str = ""
    release_id: str = ""
    song: str = ""


class ShownCompilation(Value, frozen=True, kw_only=True):
    """A signed playlist. `key` names it here: the imprint of its label, a dot, and its id."""

    key: str
    label: str
    imprint: str
    own: bool
    name: str
    tracks: int
    here: int
    date: str = ""


class OpenCompilation(Value, frozen=True, kw_only=True):
    """The same with its notes by language, and its tracks."""

    shown: ShownCompilation
    notes: dict[str, str]
    tracks: tuple[ShownTrack, ...]


def about_album(library: Library, album_id: str) -> AlbumVoices:
    """What is said of an album that is here."""
    raise NotImplementedError


def compilations(library: Library) -> tuple[ShownCompilation, ...]:
    """Those of own and followed labels, the newest first."""
    raise NotImplementedError


def compilation(library: Library, key: str) -> OpenCompilation:
    """One of them. Raises: UsageError where there is none."""
    raise NotImplementedError
