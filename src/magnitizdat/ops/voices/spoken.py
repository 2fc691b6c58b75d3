"""What followed labels speak of, here or not, and what a listener likes: all that `mag discover` ranks."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from magnitizdat.catalogue import kinds
from magnitizdat.catalogue.voices import REVIEW, Compilation, voice_id
from magnitizdat.library.index.discovering import Discovering, SpokenOf, Style
from magnitizdat.library.index.overview import artist_id, genre_key
from magnitizdat.library.library import Library
from magnitizdat.ops.voices.ranking import Praise, Unheard, Vouched

STARRED = 1000
"""Songs and albums, starred last, whose artists and genres are to one's taste."""
PLAYED = 200
"""Songs, played most, of which the same is so."""

_artist_kind = lru_cache(maxsize=1 << 14)(artist_id)
_genre_kind = lru_cache(maxsize=1 << 10)(genre_key)


class Elsewhere(NamedTuple):
    """An album that is not here: a review that names it (`key`), or the compilation of a label that it is on."""

    imprint: str
    release_id: str
    key: int = 0
    compiler: str = ""
    path: str = ""


class Hearsay(NamedTuple):
    """What is said, the albums of which it is, and of those that are not on the shelf, by id, what is known."""

    praises: list[Praise]
    vouches: list[Vouched]
    albums: list[Unheard]
    elsewhere: dict[str, Elsewhere]


def spoken(index: Discovering) -> Hearsay:
    """All that followed labels say. What somebody removed here is not spoken of."""
    praises: list[Praise] = []
    elsewhere: dict[str, Elsewhere] = {}
    keys: dict[str, int] = {}
    for label, album, picks, stars, on, key in index.reviews():
        praises.append(Praise(label, album, bool(picks), stars, on=on))
        if key:
            keys.setdefault(album, key)
    for label, album, imprint, name, on, path in index.compiled():
        called = album or (voice_id(REVIEW, imprint, name) if imprint and name else "")
        if called:
            praises.append(Praise(label, called, compiled=True, on=on))
        if called and not album:
            elsewhere.setdefault(called, Elsewhere(imprint, name, compiler=label, path=path))
    vouches = [Vouched(*each) for each in index.vouches()]
    named = index.spoken_of(keys.values())
    elsewhere |= {album: Elsewhere(named[key].imprint, named[key].release_id, key) for album, key in keys.items()}
    for gone in index.removed():
        elsewhere.pop(voice_id(REVIEW, *gone), None)
    return Hearsay(praises, vouches, _albums(index, praises, vouches, elsewhere, named), elsewhere)


def likings(index: Discovering, listener: str) -> dict[str, str]:
    """Artists and genres that a listener stars or plays much: by their kind as albums have it, what they are called.

    Of an artist who is starred, and nothing of whose, that is not known.
    """
    found: dict[str, str] = dict.fromkeys(index.starred_artists(listener), "")
    for style in index.liked(listener, starred=STARRED, played=PLAYED):
        found |= {_artist_kind(name): name for name in style.artists}
        found |= {_genre_kind(name): name for name in style.genres}
    return found


def kinds_of(style: Style) -> tuple[str, ...]:
    """What an album can be liked for, as likings have it."""
    return tuple(dict.fromkeys((*map(_artist_kind, style.artists), *map(_genre_kind, style.genres))))


def described(library: Library, album: Elsewhere) -> SpokenOf:
    """What voices say of an album that is not here: artist and title, or of one on a compilation the artist alone."""
    if album.key:
        return library.index.discovering.spoken_of([album.key])[album.key]
    read = kinds.read(album.path, library.index.documents.content(album.compiler, album.path))
    artists = {
        track.artist: None
        for track in (read.value.tracks if isinstance(read.value, Compilation) else ())
        if (track.imprint, track.release_id) == (album.imprint, album.release_id)
    }
    return SpokenOf(album.imprint, album.release_id, ", ".join(artists), "")


def _albums(
    index: Discovering,
    praises: Iterable[Praise],
    vouches: Iterable[Vouched],
    elsewhere: dict[str, Elsewhere],
    named: dict[int, SpokenOf],
) -> list[Unheard]:
    ids = {each.album for each in praises} - elsewhere.keys()
    shelved = index.albums(ids, {each.imprint for each in vouches})
    here = [Unheard(each.id, _signers(each.imprint), kinds_of(each.style)) for each in shelved]
    away = [
        Unheard(album, _signers(each.imprint), (_artist_kind(named[each.key].artist),) if each.key else ())
        for album, each in elsewhere.items()
    ]
    return here + away


def _signers(imprint: str) -> tuple[str, ...]:
    return (imprint,) if imprint else ()
