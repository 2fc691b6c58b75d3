"""Which song a path means that another player wrote down: the file that it was imported from. Nothing is opened.

Lists are written on one machine and read on another: with backslashes and a drive, percent signs, other accents and
case, other folders above. So a path is compared from its end: whose file name and folders agree for longest is meant.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from magnitizdat.formats.m3u import PlaylistEntry
from magnitizdat.library.index.sources import SongFrom
from magnitizdat.library.library import Library
from magnitizdat.ops.listen.matching import FAR_S, folded
from magnitizdat.workers.code_pages import decoded
from magnitizdat.workers.discs import may_be_a_disc

_SEPARATORS = re.compile(r"[\\/\x1f]+")
_ODD_BYTE = re.compile(rb"\\udc([89a-f][0-9a-f])")
_DRIVE = re.compile(r"/?[A-Za-z][:|](?=[\\/])")
_FILE = re.compile(r"file:(?://(?:localhost)?(?=/))?", re.IGNORECASE)


class _FilePath(NamedTuple):
    """A path in two spellings: its names as they are, and what other spellings of them have in common."""

    names: tuple[str, ...]
    tail: tuple[str, ...]
    """From the file, without its suffix, to the topmost folder."""

    @classmethod
    def of(cls, path: str) -> _FilePath:
        names = tuple(unicodedata.normalize("NFC", name) for name in _steps(_SEPARATORS.split(path)))
        if not names:
            return cls((), ())
        file = PurePosixPath(names[-1])
        return cls(names, (folded(file.stem), *map(folded, reversed(names[:-1]))))


class _Likeness(NamedTuple):
    """How near two paths are: the greater the nearer."""

    is_same: bool
    tail: int
    suffix: bool
    names: int


class PathFinder:
    """Songs by the files that they were imported from, as far as these lists may mean them; read once.

    `listed`: of each list the path of its folder, and its entries.
    """

    def __init__(self, library: Library, listed: Iterable[tuple[str, Iterable[PlaylistEntry]]]) -> None:
        wanted = {
            _nearest(place) for folder, entries in listed for entry in entries for place in _places(entry, folder)
        }
        self._found: dict[tuple[str, ...], list[tuple[_FilePath, SongFrom]]] = {}
        for song in library.index.sources.songs() if wanted else ():
            place = _FilePath.of(_as_text(song.path))
            if _nearest(place) in wanted:
                self._found.setdefault(_nearest(place), []).append((place, song))

    def find(self, entry: PlaylistEntry, folder: str) -> str | None:
        """The one song whose file this entry means, of a list in that folder; None where none is, or several are."""
        rated = [
            (_likeness(place, other), other, song)
            for place in _places(entry, folder)
            for other, song in self._found.get(_nearest(place), ())
        ]
        believed = [each for each in rated if _is_believed(*each, entry)]
        best = max((near for near, _, _ in believed), default=None)
        found = [(other, song) for near, other, song in believed if near == best]
        return _on_its_album(found).song if len({song.track for _, song in found}) == 1 else None


def _nearest(place: _FilePath) -> tuple[str, ...]:
    """The file up to a folder that is no disc: what agrees in less is not believed, for `CD1/01.mp3` is everywhere."""
    folders = enumerate(place.tail[1:], 2)
    return place.tail[: next((depth for depth, name in folders if not may_be_a_disc(name)), None)]


def _is_believed(near: _Likeness, other: _FilePath, song: SongFrom, entry: PlaylistEntry) -> bool:
    """The very path; or file and folder agree, more than `CD1/01.mp3` does, and the list says no other duration."""
    apart = abs(song.duration_s - entry.duration_s) if entry.duration_s else 0
    return near.is_same or (apart < FAR_S and not all(map(may_be_a_disc, other.names[-near.tail : -1])))


def _likeness(place: _FilePath, other: _FilePath) -> _Likeness:
    tail = _agreeing(place.tail, other.tail)
    same_suffix = _suffix(place) == _suffix(other)
    names = _agreeing(place.names[::-1], other.names[::-1])
    return _Likeness(place.names == other.names, tail, same_suffix, names)


def _agreeing(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    """How many agree from the first on."""
    pairs = zip(one, other, strict=False)
    return next((number for number, (mine, theirs) in enumerate(pairs) if mine != theirs), min(len(one), len(other)))


def _suffix(place: _FilePath) -> str:
    return PurePosixPath(place.names[-1]).suffix.casefold()


def _on_its_album(found: list[tuple[_FilePath, SongFrom]]) -> SongFrom:
    """Of one recording on several albums the one whose folder is called so."""
    return next((song for place, song in found if folded(song.album_title) in place.tail[1:]), found[0][1])


def _places(entry: PlaylistEntry, folder: str) -> Iterator[_FilePath]:
    """What a path may mean: as it stands and with its percent signs read, each from the list's folder on."""
    for path in spellings(entry.path):
        place = _FilePath.of(path if _is_whole(path) else f"{folder}/{path}")
        if place.tail:
            yield place


def spellings(path: str) -> list[str]:
    """A path, or the one of a `file:` address, as it stands and with its percent signs read."""
    bare, is_address = _FILE.subn("", path, count=1)
    read = decoded(unquote_to_bytes(bare))
    found = [read] if is_address else list(dict.fromkeys([bare, read]))
    return [_DRIVE.sub("/", each) for each in found]


def _as_text(path: str) -> str:
    """A path of the index; bytes of a name that are no UTF-8 stand in it as a backslash, `udc` and two hex digits."""
    if r"\udc" not in path:
        return path
    return decoded(_ODD_BYTE.sub(lambda found: bytes.fromhex(found[1].decode()), path.encode()))


def _is_whole(path: str) -> bool:
    return path.startswith(("/", "\\")) or "://" in path


def _steps(names: Iterable[str]) -> list[str]:
    """Names of folders and a file from the top, `..` and `.` taken at their word."""
    steps: list[str] = []
    for name in names:
        if name == ".." and steps:
            steps.pop()
        elif name not in {"", ".", ".."}:
            steps.append(name)
    return steps
