"""`mag play` and `mag show`: a track to a pipe, and everything that is known of an album."""

from __future__ import annotations

import re
from typing import BinaryIO

from magnitizdat.errors import UsageError
from magnitizdat.library.library import Library
from magnitizdat.model import Track
from magnitizdat.ops.albums.ids import numbered_track
from magnitizdat.sentence import say


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


def play(library: Library, text: str, out: BinaryIO) -> int:
    """Write the audio of what `text` means to `out`, one file after the other; bytes written come back.

    Of a track that is here only in its small version, that one.
    """
    written = 0
    for track in tracks_of(library, text):
        for piece in library.blob(library.shelf.plays(track).sha256).pieces():
            out.write(piece)
            written += len(piece)
    out.flush()
    return written
