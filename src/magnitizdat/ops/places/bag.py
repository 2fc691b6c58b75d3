"""Reading an archive: a BagIt bag as a spool. Its manifest tells where to look, and is believed in nothing else.

Documents and metadata lie in it as in every spool, blobs under names for people: the manifest is their index by digest.
Whoever packed it anew, with a list of their own, changed neither.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from magnitizdat.disk.reading import FileReader
from magnitizdat.errors import DamagedError, NotFoundError, SourceError, UnreachableError
from magnitizdat.formats import bagit
from magnitizdat.formats.bagit import DECLARATION_NAME, FETCH_NAME, MANIFEST_NAME, PAYLOAD
from magnitizdat.formats.spool_paths import parse_blob, parse_label_file
from magnitizdat.model import Shortfall
from magnitizdat.ops.places.spool import FolderSpool
from magnitizdat.sentence import Sentence, say

_STEP = 1 << 20
_FETCH_LENGTH = 1 << 16
"""Bytes of a list of what is elsewhere that are looked at: the system is asked for each file of it."""


class BagSpool(FolderSpool):
    """A bag in a local folder. Nothing of it is followed elsewhere, by links, paths or addresses."""

    def __init__(self, folder: Path) -> None:
        """Raises: DamagedError where its list of files is not there or no list; SourceError."""
        super().__init__(folder)
        self._folder = folder
        self._manifest = _manifest(folder)

    def labels(self) -> list[str]:
        """Imprints of those whose first root the list names."""
        return sorted(self._manifest.labels)

    def file_at(self, path: str) -> Path:
        """Where a file of the spool lies in the bag.

        Raises: NotFoundError, DamagedError where a link is on the way.
        """
        within = self._within(path)
        if within is None:
            raise NotFoundError(say("the source does not have this file"))
        place = self._folder
        for part in within.split("/"):
            place /= part
            if place.is_symlink():
                raise DamagedError(say("a link stands in its place, which is not followed; dub it from another copy"))
        return place

    def _within(self, path: str) -> str | None:
        file = parse_label_file(path)
        if file is not None:
            above = self._manifest.labels.get(file[0])
            return None if above is None else above + path
        sha256 = parse_blob(path.removesuffix(".txt"))
        return None if sha256 is None else self._manifest.path_of(sha256)

    def shortfalls(self) -> Iterator[Shortfall]:
        """What of the bag was passed over: a line each, before anything is asked of it."""
        if self._manifest.odd:
            reason = say("they name no place of their own in the bag, and were passed over; another copy may be whole")
            yield Shortfall(
                what=say("{n} {n:line|lines} of {name}", n=self._manifest.odd, name=MANIFEST_NAME), reason=reason
            )
        elsewhere = _elsewhere(self._folder)
        if elsewhere is not None:
            reason = say("the bag names addresses for them, and nothing is fetched from there; ask for a whole copy")
            yield Shortfall(what=elsewhere, reason=reason)


def holds_a_bag(folder: Path) -> bool:
    """Whether an archive lies there, or the beginning of one."""
    if not (folder / PAYLOAD).is_dir():
        return False
    named = (folder / MANIFEST_NAME).is_file()
    return named or ((folder / DECLARATION_NAME).is_file() and (folder / PAYLOAD / "labels").is_dir())


def bag_above(folder: Path) -> Path:
    """The bag, where somebody names the music in it."""
    return folder.parent if folder.name == PAYLOAD and holds_a_bag(folder.parent) else folder


def _manifest(folder: Path) -> bagit.Manifest:
    try:
        with FileReader(folder / MANIFEST_NAME) as reader:
            return bagit.read_manifest(reader.read_at(at, _STEP) for at in range(0, reader.length, _STEP))
    except NotFoundError as exc:
        raise DamagedError(
            say(
                "{folder} is an archive without its list of files, {name}: it was not finished, or not copied whole;"
                " copy it again",
                folder=folder,
                name=MANIFEST_NAME,
            )
        ) from exc
    except OSError as exc:
        raise UnreachableError(say("the source could not be read here; plug it in again and repeat")) from exc


def _elsewhere(folder: Path) -> Sentence | None:
    """The files that are listed with an address and are not there."""
    try:
        with FileReader(folder / FETCH_NAME) as reader:
            *lines, rest = reader.read_at(0, _FETCH_LENGTH).split(b"\n")
            is_whole = reader.length <= _FETCH_LENGTH
    except (SourceError, OSError):
        return None
    entries = (line.strip().split(None, 2) for line in (*lines, rest if is_whole else b""))
    count = sum(len(entry) == 3 and not _is_there(folder, entry[2]) for entry in entries)
    if not count:
        return None
    several = say("{n} {n:file|files} of the bag", n=count)
    return several if is_whole else say("at least {several}", several=several)


def _is_there(folder: Path, written: bytes) -> bool:
    within = bagit.payload_path(written)
    try:
        return bool(within) and (folder / within).is_file()
    except OSError:  # no file can have that name, or the medium does not say
        return False
