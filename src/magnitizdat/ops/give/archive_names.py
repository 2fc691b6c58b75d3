"""What an archive holds of one album, and under which names: the same each time, whatever lies there already."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from magnitizdat.formats.bagit import bag_name, bag_names
from magnitizdat.formats.names import clean_text
from magnitizdat.model import AUDIO_TYPES, MEDIA_TYPES, File, Release, Shortfall, Track
from magnitizdat.ops.albums.quality import pick
from magnitizdat.sentence import Sentence, say

_UNKNOWN = ".bin"
"""Of a type that nobody here knows: no program takes the file for anything, whatever its first bytes are."""
_LONGEST_STEM = 100
_LONGEST_NAME = 120
NOT_HERE = say("it is not here; dub it, then repeat the command")
SMALL_ALONE = say("only its small version is here, and went along; dub the original, then repeat the command")


class Contents(NamedTuple):
    """An album in its folder. `pages`: one for each language; `files`: all that is here, with their names.

    `versions`: of each track, in the order of listening, the file that is here, or None.
    """

    pages: tuple[str, ...]
    playlist: str
    files: tuple[tuple[str, File], ...]
    versions: tuple[tuple[Track, File | None], ...]
    missing: tuple[Shortfall, ...]


def folder_names(titles: Sequence[tuple[str, str, str]]) -> list[str]:
    """A folder for each (artist, title, year), all of them different."""
    return bag_names(
        [
            f"{bag_name(artist, max_bytes=90)} - {bag_name(title, max_bytes=90)}{f' ({year})' if year else ''}"
            for artist, title, year in titles
        ],
        max_bytes=200,
    )


def contents(release: Release, pages: Sequence[str], has: Callable[[File], bool]) -> Contents:
    """Originals; of a track whose original is not here its small version. Of what is withdrawn, the list alone."""
    playlist = f"{bag_name(release.title, max_bytes=_LONGEST_STEM)}.m3u8"
    versions = tuple((track, _version(track, has)) for track in _in_order(release))
    wished = [] if release.withdrawn else [each for each in _wished(release, versions) if has(each[1])]
    names = bag_names([*pages, playlist, *(name for name, _ in wished)], max_bytes=_LONGEST_NAME)
    return Contents(
        pages=tuple(names[: len(pages)]),
        playlist=names[len(pages)],
        files=tuple(zip(names[len(pages) + 1 :], (file for _, file in wished), strict=True)),
        versions=versions,
        missing=() if release.withdrawn else tuple(_missing(release, versions, has)),
    )


def suffix(file: File) -> str:
    """How the name of a file of this type ends, with its dot."""
    return MEDIA_TYPES.get(file.media_type, _UNKNOWN)


def _version(track: Track, has: Callable[[File], bool]) -> File | None:
    return next(iter(pick(track, "full", has)), None)


def _in_order(release: Release) -> list[Track]:
    return sorted(release.tracks, key=lambda track: track.place)


def _wished(release: Release, versions: Sequence[tuple[Track, File | None]]) -> Iterator[tuple[str, File]]:
    if release.cover is not None:
        yield f"cover{suffix(release.cover)}", release.cover
    for language, notes in release.notes.items():
        yield f"notes.{language}{suffix(notes)}", notes
    for (track, file), stem in zip(versions, _stems(release), strict=True):
        if file is not None:
            yield f"{stem}{suffix(file)}", file
        if track.cover is not None:
            yield f"{stem}{suffix(track.cover)}", track.cover
        for number, lyrics in enumerate(track.lyrics, 1):
            yield f"{stem}{f'.{number}' if number > 1 else ''}{suffix(lyrics.file)}", lyrics.file


def _stems(release: Release) -> list[str]:
    """Names of its tracks in the order of listening: `01 Title`, or `2-01 Title` where there are several discs."""
    tracks = _in_order(release)
    several = len({track.disc for track in tracks}) > 1
    return bag_names(
        [
            f"{f'{track.disc}-' if several else ''}{place if track.number is None else track.number:02d} "
            f"{f'{track.artist} - ' if release.kind == 'compilation' else ''}{clean_text(track.title)}"
            for place, track in enumerate(tracks, 1)
        ],
        max_bytes=_LONGEST_STEM,
    )


def _missing(
    release: Release, versions: Sequence[tuple[Track, File | None]], has: Callable[[File], bool]
) -> Iterator[Shortfall]:
    """The album, where nothing of its music is here; else each thing."""
    if versions and not any(file for _, file in versions):
        yield _lacks(release, release.title, NOT_HERE)
        return
    for track, file in versions:
        if file != track.file:
            yield _lacks(release, f"{release.title}: {track.title}", NOT_HERE if file is None else SMALL_ALONE)
    sounds = {file.sha256 for track in release.tracks for file in (track.file, track.small) if file is not None}
    for file in release.files():
        if file.sha256 not in sounds and not has(file):
            yield _lacks(release, _beside(release, file), NOT_HERE)


def _beside(release: Release, file: File) -> Sentence:
    if file.media_type.startswith("image/"):
        return say("{title}: a picture", title=release.title)
    return say("{title}: notes or words", title=release.title)


def _lacks(release: Release, what: str, reason: Sentence) -> Shortfall:
    return Shortfall(what=what, reason=reason, id=release.id)


def plays(file: File | None) -> bool:
    """Whether a page may offer it to be played."""
    return file is not None and file.media_type in AUDIO_TYPES
