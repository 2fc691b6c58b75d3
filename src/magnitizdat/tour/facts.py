"""What is looked at on the way: what a medium shows, what a library has, what a reel answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from magnitizdat.errors import MagError
from magnitizdat.library.library import Library, unlock
from magnitizdat.model import Release
from magnitizdat.sentence import Sentence

LABEL = "Zoopark Tapes"
FRIEND = "Наталья"


def refused(directory: Path, passphrase: str) -> Sentence | None:
    """The sentence with which a library stays locked, if it does."""
    try:
        unlock(directory, passphrase)
    except MagError as exc:
        return exc.sentence
    return None


def tracks_in(library: Library) -> list[str]:
    """Digests of all files of music, album by album."""
    releases = (library.shelf.release(album.id) for album in library.shelf.albums())
    return [track.file.sha256 for release in releases if release for track in release.tracks]


def names_of(release: Release | None) -> list[bytes]:
    """Titles, names and sleeve words that must not be found on a medium, as any program would write them."""
    if release is None:
        return []
    names = {release.title, release.artist, LABEL, FRIEND, *(track.title for track in release.tracks)}
    return [name.encode() for name in names if len(name.encode()) > 4]


def shows(folder: Path, names: list[bytes]) -> list[str]:
    """Files under `folder` whose name or bytes show one of `names`, or the beginning of an audio file."""
    signs = [*names, b"fLaC", b"OggS\x00\x02"]
    found = []
    for path in folder.rglob("*"):
        if path.is_file() and path.suffix in {".age", ".db", ".par2"}:
            content = path.read_bytes()
            long_signs = [sign for sign in signs if len(sign) > 5]
            if any(sign in content for sign in long_signs) or content[:4] == b"fLaC":
                found.append(path.name)
        found += [path.name for name in names if name in path.name.encode()]
    return found


def reel(library: Library, stick: Path) -> Any:
    """What lies on a stick, as a spool."""
    from magnitizdat.ops.places.sources import open_sources

    return next(iter(open_sources(library, str(stick)))).spool


def seconds_of(paths: list[Path]) -> float:
    """Seconds of sound that these files hold, counted by the parser."""
    from magnitizdat.disk.reading import FileReader
    from magnitizdat.workers.pool import ParserPool
    from magnitizdat.workers.values import Parsed

    with ParserPool() as pool:
        items = ((path, FileReader(path), path.name) for path in paths)
        return sum(parsed.duration_s for _, parsed in pool.parse(items) if isinstance(parsed, Parsed))
