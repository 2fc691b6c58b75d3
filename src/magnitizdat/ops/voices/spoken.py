"""What followed labels speak of, here or not, and what a listener likes: all that `mag discover` ranks."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import NamedTuple

from magnitizdat.catalogue import kinds
from magnitizdat.catalogue.voices import REVIEW, Compilation, voice_id
from magnitizdat.formats.names import clean_line
from magnitizdat.library.index.discovering import CompiledLine, Discovering, SpokenOf, Style
from magnitizdat.library.index.overview import artist_id, genre_key
from magnitizdat.library.library import Library
from magnitizdat.ops.voices.ranking import Saying

STARRED = 1000
"""Songs and albums, starred last, whose artists and genres are to one's taste."""
PLAYED = 200
"""Songs, played most, of which the same is so."""

_artist_kind = lru_cache(maxsize=1 << 14)(artist_id)
_genre_kind = lru_cache(maxsize=1 << 10)(genre_key)


class Elsewhere(NamedTuple):
    """An album that is not here: its name, where it has one, and the key of a voice about it.

    That is a review, or (`compiled`) a compilation.
    """

    imprint: str
    release_id: str
    key: int
    compiled: bool = False


class Hearsay(NamedTuple):
    """What is said, who signed the albums of which it is, and of those that are not on the shelf what is known."""

    praises: list[Saying]
    vouches: list[tuple[str, str]]
    signers: dict[str, str]
    elsewhere: dict[str, Elsewhere]


def hearsay(index: Discovering) -> Hearsay:
    """All that followed labels say of others. What somebody removed here is not spoken of."""
    signers, praises = index.signers(), index.reviews()
    elsewhere = {album: Elsewhere(imprint, name, key) for album, imprint, name, key in index.elsewhere()}
    for line, albums in _compiled(index, signers):
        praises += [(line.label, album, 0, 0, 1, line.on, 0, "") for album in albums]
        for album in albums:
            if album not in signers:
                elsewhere.setdefault(album, Elsewhere(line.imprint, line.release_id, line.key, compiled=True))
    gone = {voice_id(REVIEW, *each) for each in index.removed()}
    if gone:
        praises = [each for each in praises if each[1] not in gone]
    known = {album: each for album, each in elsewhere.items() if album not in gone}
    signers |= {album: each.imprint for album, each in known.items()}
    praises = [each for each in praises if signers.get(each[1]) != each[0]]
    return Hearsay(praises, index.vouches(), signers, known)


def _compiled(index: Discovering, here: Collection[str]) -> Iterator[tuple[CompiledLine, set[str]]]:
    """A track is on the album of that name, else on those that have it, else on one of that name that is not here."""
    lines = index.compiled()
    having = index.having({line.track for line in lines if line.album not in here})
    for line in lines:
        if line.album in here:
            yield line, {line.album}
        elif line.track in having:
            yield line, having[line.track]
        elif line.imprint and line.release_id:
            yield line, {voice_id(REVIEW, line.imprint, line.release_id)}


def likings(index: Discovering, listener: str) -> dict[str, str]:
    """Artists and genres that a listener stars or plays much: by their kind as albums have it, what they are called.

    Of an artist who is starred, and nothing of whose, that is not known.
    """
    found: dict[str, str] = dict.fromkeys(index.starred_artists(listener), "")
    for style in index.liked(listener, starred=STARRED, played=PLAYED):
        found |= {_artist_kind(name): name for name in style.artists}
        found |= {_genre_kind(name): name for name in style.genres}
    return found


@lru_cache(maxsize=1 << 14)
def kinds_of(style: Style) -> tuple[str, ...]:
    """What an album can be liked for, as likings have it."""
    return tuple(dict.fromkeys((*map(_artist_kind, style.artists), *map(_genre_kind, style.genres))))


def kinds_of_all(index: Discovering, said: Hearsay, albums: Collection[str]) -> dict[str, tuple[str, ...]]:
    """What albums can be liked for: of one that is not here its artist, if a review says that."""
    keys = {album: said.elsewhere[album].key for album in albums if album in said.elsewhere}
    named = index.spoken_of(key for album, key in keys.items() if not said.elsewhere[album].compiled)
    found = {album: (_artist_kind(named[key].artist),) for album, key in keys.items() if key in named}
    return found | {album: kinds_of(style) for album, style in index.styles(albums).items()}


def described(library: Library, album: Elsewhere) -> SpokenOf:
    """What voices say of an album that is not here: artist and title, or of one on a compilation the artist alone."""
    index = library.index.discovering
    if not album.compiled:
        said = index.spoken_of([album.key])[album.key]
        return said._replace(artist=clean_line(said.artist), title=clean_line(said.title))
    label, path = index.path(album.key)
    compiled = kinds.read(path, library.index.documents.content(label, path)).value
    artists = {
        clean_line(track.artist): None
        for track in (compiled.tracks if isinstance(compiled, Compilation) else ())
        if (track.imprint, track.release_id) == (album.imprint, album.release_id)
    }
    return SpokenOf(album.imprint, album.release_id, ", ".join(artists), "")
