"""Albums out of 100 000 tracks that are parsed already: what an import does beside reading and sealing."""

from __future__ import annotations

import time
from collections.abc import Iterator

from bench.cases import Place, Row
from magnitizdat.model import File, Track
from magnitizdat.ops.intake.arranging import Arranger, NoAlbums
from magnitizdat.ops.intake.grouping import Taken
from magnitizdat.workers.values import Tags

TRACKS = 100_000
PER_ALBUM = 12
MOST_SECONDS = 10.0


def regrouping(_place: Place) -> list[Row]:
    """Processor time, folder after folder; a third of the tracks lack the album's artist, a fifth have a guest."""
    folders = list(_folders())
    start = time.process_time()
    arranger, albums = Arranger(NoAlbums()), set[str]()
    for name, taken in folders:
        albums |= {placed.release.id for placed in arranger.add(taken, name)}
    took = time.process_time() - start
    work = f"{TRACKS} tracks to {len(albums)} albums"
    reached = took <= MOST_SECONDS
    return [Row(work, f"{took:.1f} s", "", "", MOST_SECONDS / took, f"≤ {MOST_SECONDS:g} s", reached)]


def _folders() -> Iterator[tuple[str, list[Taken]]]:
    for album in range(TRACKS // PER_ALBUM):
        artist, title, year = f"Artist {album % 997}", f"Album {album % 311}", str(1960 + album % 60)
        folder = f"Music/{artist}/{title} ({year})"
        yield (
            folder,
            [_taken(folder, artist, title, year, album=album, number=number) for number in range(1, PER_ALBUM + 1)],
        )


def _taken(folder: str, artist: str, title: str, year: str, *, album: int, number: int) -> Taken:
    digest = f"{album * PER_ALBUM + number:064x}"
    tags = Tags(
        title=f"Song {number}",
        artist=artist if number % 5 else f"{artist} feat. Guest {album % 37}",
        album=title,
        album_artist=artist if number % 3 else "",
        track=number,
        date=year,
        genres=("Rock",),
    )
    file = File(sha256=digest, length=1, media_type="audio/flac" if album % 2 else "audio/mpeg")
    track = Track(
        id=digest, title=tags.title, artist=tags.artist, file=file, duration_s=1.0, position=number, genres=tags.genres
    )
    return Taken(f"{folder}/{number:02}.flac", tags, track)
