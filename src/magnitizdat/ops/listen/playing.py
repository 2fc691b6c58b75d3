"""`mag play` and `mag show`: a track to a pipe, and everything that is known of an album."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Sequence
from typing import BinaryIO, NamedTuple

from magnitizdat.errors import UsageError
from magnitizdat.library.library import Library
from magnitizdat.model import Track
from magnitizdat.ops.albums.ids import numbered_track
from magnitizdat.sentence import say
from magnitizdat.workers.pool import ParserPool
from magnitizdat.workers.values import Samples

RATE = 48_000
"""Samples a second of every small version."""
_CHAINED = frozenset({"audio/mpeg", "audio/ogg", "audio/opus"})
"""In FLAC, players take the header of the next file for sound: a burst of noise now and then."""


def tracks_of(library: Library, text: str) -> list[Track]:
    """What an album, `ALBUM/3` or a track's own id means, in the order of listening.

    Raises: UsageError where it means nothing.
    """
    album, slash, number = text.rpartition("/")
    if slash:
        view = library.shelf.find(album)
        release = library.shelf.release(view.id)
        track = numbered_track(release, number) if release else None
        if track is None:
            raise UsageError(
                say(
                    "«{title}» has no track {number}; `mag show {album}` lists them",
                    title=view.title,
                    number=number,
                    album=album,
                )
            )
        return [track]
    digits = text.casefold()
    meant = library.index.tracks.beginning_with(digits) if re.fullmatch("[0-9a-f]{8,64}", digits) else None
    if meant is not None:
        release = library.shelf.release(meant.album)
        return [track for track in (release.tracks if release else ()) if track.id == meant.track][:1]
    release = library.shelf.release(library.shelf.find(text).id)
    return list(release.tracks) if release else []


def songs_to_play(library: Library, songs: Sequence[str]) -> list[Track]:
    """Songs as players name them, in this order, as far as they are here."""
    found = library.browse.named(songs)
    return [found[song].track for song in songs if song in found]


def play(library: Library, text: str, out: BinaryIO) -> int:
    """Write the audio of what `text` means to `out`, as `play_tracks`.

    Raises: UsageError where nothing is meant; as `play_tracks`.
    """
    return play_tracks(library, tracks_of(library, text), out)


def play_tracks(library: Library, tracks: Sequence[Track], out: BinaryIO) -> int:
    """Write the audio of these to `out`; bytes written come back.

    One track as it is, and several of one kind that players take one behind the other; others decoded, as one WAV
    without an end. Of a track that is here only in its small version, that one.

    Raises: DamagedError, UnsupportedError where something cannot be decoded.
    """
    kinds = {_kind(library, track) for track in tracks}
    stream = _as_they_are(library, tracks) if len(tracks) < 2 or _follow(kinds) else _decoded(library, tracks)
    written = 0
    for part in stream:
        out.write(part)
        written += len(part)
    out.flush()
    return written


class _SoundKind(NamedTuple):
    media_type: str
    codec: str
    rate: int
    channels: int
    depth: int


def _kind(library: Library, track: Track) -> _SoundKind:
    if library.shelf.plays(track) == track.small:
        return _SoundKind("audio/opus", "opus", RATE, min(track.channels, 2), 0)
    return _SoundKind(track.file.media_type, track.codec, track.sample_rate, track.channels, track.bit_depth)


def _follow(kinds: set[_SoundKind]) -> bool:
    """Whether files of these kinds can stand one behind the other: one kind, whose format knows no whole."""
    return len(kinds) == 1 and all(kind.media_type in _CHAINED for kind in kinds)


def _as_they_are(library: Library, tracks: Sequence[Track]) -> Iterator[bytes]:
    for track in tracks:
        yield from library.blob(library.shelf.plays(track).sha256).pieces()


def _decoded(library: Library, tracks: Sequence[Track]) -> Iterator[bytes]:
    kinds = [_kind(library, track) for track in tracks]
    samples = Samples(
        rate=max(kind.rate for kind in kinds) or RATE,
        channels=1 if all(kind.channels == 1 for kind in kinds) else 2,
        depth=32 if any(kind.depth > 16 for kind in kinds) else 16,
    )
    yield _wav_head(samples)
    with ParserPool(workers=1) as pool:
        for track in tracks:
            yield from pool.plain(library.blob(library.shelf.plays(track).sha256), samples)


def _wav_head(samples: Samples) -> bytes:
    """Of a stream of which nobody knows how long it will be: players read on to its end."""
    width = samples.channels * samples.depth // 8
    layout = struct.pack("<HHIIHH", 1, samples.channels, samples.rate, samples.rate * width, width, samples.depth)
    return b"RIFF\xff\xff\xff\xffWAVEfmt " + struct.pack("<I", len(layout)) + layout + b"data\xff\xff\xff\xff"
