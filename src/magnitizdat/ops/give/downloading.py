"""Own files out through a browser: a song as it is, albums and playlists as one ZIP, made while it goes out.

The names and tags are those of an export. Members are stored, each written once as it is read, so that memory does not
grow with an album; what length and checksum they have stands behind them. Source: PKWARE APPNOTE 6.3.10, 4.3.9.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from magnitizdat.errors import NotFoundError, UsageError
from magnitizdat.formats.names import numbered, portable_name
from magnitizdat.library.index.views import AlbumView
from magnitizdat.library.library import Library
from magnitizdat.model import MEDIA_TYPES, Shortfall
from magnitizdat.ops.albums.withheld import leaving
from magnitizdat.ops.clubs.staying import let_through
from magnitizdat.ops.give.export import songs_left
from magnitizdat.ops.give.tree import GONE, Tree, TreeFile, TreeFolder
from magnitizdat.sentence import say
from magnitizdat.workers.pool import ParserPool

ZIP = "application/zip"
PARTLY = say("not all of its tracks are here")
_FIRST_DATE = (1980, 1, 1, 0, 0, 0)
"""Whoever gets it learns no date of ours."""
_REGULAR_0644 = 0o100644 << 16
_LONG = 1 << 30
"""Bytes from which a member may outgrow what a ZIP counts in 32 bits, tags and all."""
_NAMED = 250
"""Bytes of a file's name."""


class Download(NamedTuple):
    """What a browser saves: its name, its kind, and its bytes, which can be made again. `missing` is not among them."""

    name: str
    media_type: str
    parts: Callable[[], Iterator[bytes]]
    missing: tuple[Shortfall, ...] = ()


def download(
    library: Library,
    pool: ParserPool,
    albums: Sequence[AlbumView],
    lists: Sequence[tuple[str, Sequence[str]]],
    *,
    name: str,
) -> Download:
    """Whole albums, and lists of songs each under a name. One song alone is no ZIP; `name`: what several are called.

    Raises: UsageError where none of it may go, NotFoundError where nothing of it is here.
    """
    going, closed = leaving(library, albums)
    passing = let_through(library, going, named=True)
    left = songs_left(library, [song for _, songs in lists for song in songs])
    kept = [(title or name, tuple(song for song in songs if song not in left)) for title, songs in lists]
    partly = [Shortfall(what=each.title, reason=PARTLY) for each in passing.albums if not each.complete]
    missing = (*closed, *passing.missing, *left.values(), *partly)
    tree = Tree(library, pool, None, [])
    alone = [song for _, songs in kept for song in songs]
    if not passing.albums and len(alone) == 1:
        return _song(library, tree, alone[0], missing)

    def folders() -> Iterator[TreeFolder]:
        yield from filter(None, map(tree.album, passing.albums))
        yield from (tree.playlist(title, songs) for title, songs in kept)

    if not passing.albums and not alone:
        if missing:
            raise UsageError(missing[0].reason)
        raise NotFoundError(GONE)
    whole = next(folders()).name if len(passing.albums) + len(kept) == 1 else portable_name(name)
    return Download(f"{whole}.zip", ZIP, lambda: zipped(folders()), missing)


def _song(library: Library, tree: Tree, song: str, missing: tuple[Shortfall, ...]) -> Download:
    """A file of its album's folder, under the name that it has there."""
    line = library.browse.named([song]).get(song)
    view = library.shelf.album(line.album.id) if line is not None else None
    folder = tree.album(view) if view is not None else None
    files = [] if folder is None or line is None else [each for each in folder.tracks if each.track == line.track]
    if not files or files[0].failed:
        raise NotFoundError(files[0].failed if files else GONE)
    return Download(files[0].name, _kind(files[0].name), files[0].parts, missing)


def _kind(name: str) -> str:
    kinds = (kind for kind, suffix in MEDIA_TYPES.items() if name.endswith(suffix))
    return next(kinds, "application/octet-stream")


# -- the ZIP -----------------------------------------------------------------------------------------------------------


class _Outlet:
    """A file that can only be written, and what was written and nobody has taken yet."""

    def __init__(self) -> None:
        self._waiting = list[bytes]()

    def write(self, part: bytes, /) -> int:
        """Keep it."""
        self._waiting.append(bytes(part))
        return len(part)

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """Nothing is held open."""

    def taken(self) -> Iterator[bytes]:
        """What waits."""
        waiting, self._waiting = self._waiting, []
        yield from waiting


def zipped(folders: Iterator[TreeFolder]) -> Iterator[bytes]:
    """The bytes of a ZIP of these folders, as they are read. What cannot be made is left out."""
    outlet, given = _Outlet(), set[str]()
    with ZipFile(outlet, "w", ZIP_STORED) as archive:
        for folder in folders:
            place = _unused(folder.name, given)
            for file in _files(folder):
                yield from _member(archive, outlet, f"{place}/{file.name}", file)
    yield from outlet.taken()


def _member(archive: ZipFile, outlet: _Outlet, name: str, file: TreeFile) -> Iterator[bytes]:
    told = ZipInfo(name, _FIRST_DATE)
    told.external_attr = _REGULAR_0644
    with archive.open(told, "w", force_zip64=file.length >= _LONG) as member:
        for part in file.parts():
            member.write(part)
            yield from outlet.taken()
    yield from outlet.taken()


def _files(folder: TreeFolder) -> Iterator[TreeFile]:
    going = [file for file in folder.tracks if not file.failed]
    yield from going
    yield from folder.extras([(file.track, file.name) for file in going if file.track is not None])


def _unused(name: str, given: set[str]) -> str:
    found = next(each for each in numbered(name, max_bytes=_NAMED) if each.casefold() not in given)
    given.add(found.casefold())
    return found
