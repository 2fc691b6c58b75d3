"""A folder that is watched, where somebody asked for it: what comes to lie in it is taken in once it grows no more.

Nothing there is changed or removed, and what a person took out of the library does not come back from there. Which
folder it is lies sealed in the index, so it is watched after a restart too; it is looked at while a server of this
library runs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

import msgspec

from magnitizdat.errors import LibraryBusyError, UsageError
from magnitizdat.library.index.sources import FORGOTTEN
from magnitizdat.library.library import Library
from magnitizdat.model import Progress, Value
from magnitizdat.ops.intake.importing import import_music
from magnitizdat.ops.intake.scan import UNFINISHED, ScannedFile, path_text, walk
from magnitizdat.sentence import Sentence, say

_WATCHED = "watched folder"
SETTLED_S = 30.0
"""Seconds that nothing of an album may have changed in, before it is taken for whole."""
Print = frozenset[tuple[str, int, int]]
"""What lies in one place: path, bytes, and when it was changed."""


class WatchedFolder(Value, frozen=True, kw_only=True):
    """`last` is when something came in, empty before; the counts are of that time."""

    folder: str
    last: str = ""
    tracks: int = 0
    albums: int = 0
    left_out: int = 0

    def sentence(self) -> Sentence:
        """What it came to."""
        if not self.last:
            return say("«{folder}» is watched; nothing has come in from there yet.", folder=self.folder)
        return say(
            "«{folder}» is watched; last came {tracks} new {tracks:track|tracks} on {albums} {albums:album|albums},"
            " {left_out} {left_out:file was|files were} left out.",
            folder=self.folder,
            tracks=self.tracks,
            albums=self.albums,
            left_out=self.left_out,
        )


def watch_folder(library: Library, folder: Path) -> WatchedFolder:
    """Watch this folder from now on, and no other.

    Raises: UsageError for what is no folder, or holds the library.
    """
    found = folder.expanduser().resolve()
    if not found.is_dir():
        raise UsageError(say("there is no such folder on this computer; write its whole path"))
    if str(found) != path_text(found):
        raise UsageError(say("the name of this folder cannot be written; give it another one and watch it then"))
    own = library.directory.resolve()
    if found == own or found in own.parents or own in found.parents:
        raise UsageError(say("the library itself lies there; choose a folder for new music alone"))
    watched = WatchedFolder(folder=str(found))
    _keep(library, watched)
    return watched


def stop_watching(library: Library) -> None:
    """Watch nothing any more; what came in stays."""
    library.set_job(_WATCHED, "", None)


def watched_folder(library: Library) -> WatchedFolder | None:
    """The one that is watched."""
    body = library.job(_WATCHED, "")
    return msgspec.json.decode(body, type=WatchedFolder) if body else None


def _keep(library: Library, watched: WatchedFolder) -> None:
    library.set_job(_WATCHED, "", msgspec.json.encode(watched))


class Watcher:
    """Looks when it is told to; knows between two looks what lay there. `clock`: seconds that only rise."""

    def __init__(self, library: Library, *, clock: Callable[[], float], now: Callable[[], datetime]) -> None:
        self._library, self._clock, self._now = library, clock, now
        self._since: dict[str, tuple[Print, float]] = {}
        self._taken: dict[str, Print] = {}

    def look(self, progress: Progress | None = None) -> WatchedFolder | None:
        """Take in what has settled; how things stand then. A busy library has it later.

        Raises: NoSpaceError, LibraryError; what progress raises.
        """
        watched = watched_folder(self._library)
        if watched is None:
            return None
        seen = _prints(Path(watched.folder))
        ready = self._settled(seen)
        if not ready:
            return watched
        try:
            paths = [Path(watched.folder) / name for name in ready]
            report = import_music(self._library, paths, only=self._never_removed, progress=progress)
        except LibraryBusyError:
            return watched
        self._taken |= {name: seen[name] for name in ready}
        still = watched_folder(self._library)
        if still is None or still.folder != watched.folder or not (report.imported or report.missing):
            return still
        told = msgspec.structs.replace(
            still,
            last=self._now().isoformat(timespec="seconds"),
            tracks=report.imported,
            albums=len(report.albums),
            left_out=len(report.missing),
        )
        _keep(self._library, told)
        return told

    def _never_removed(self, files: list[ScannedFile]) -> list[ScannedFile]:
        """What of a folder did not come in as it is before, and was taken out of the library since."""
        gone = self._library.index.sources.gone(path_text(each.path) for each in files)
        return [each for each in files if not _is_as(each, gone.get(path_text(each.path)))]

    def _settled(self, seen: Mapping[str, Print]) -> list[str]:
        """What has stood as it is for long enough, and was not taken in as that."""
        now = self._clock()
        self._since = {
            name: (found, self._since[name][1] if self._since.get(name, (None, 0.0))[0] == found else now)
            for name, found in seen.items()
        }
        return [
            name
            for name, (found, since) in self._since.items()
            if now - since >= SETTLED_S and self._taken.get(name) != found
        ]


def _is_as(file: ScannedFile, before: tuple[int, int] | None) -> bool:
    """Whether a file has the length and time that it had; of one that was forgotten the time is not known."""
    return before is not None and file.length == before[0] and before[1] in {file.mtime_ns, FORGOTTEN}


def _prints(folder: Path) -> dict[str, Print]:
    """By name of what lies right in the folder: all that is in it. Nothing of what holds a half download."""
    found: dict[str, set[tuple[str, int, int]]] = {}
    unfinished = set[str]()
    for file in (each for files in walk([folder]) for each in files) if folder.is_dir() else ():
        parts = file.path.relative_to(folder).parts
        if file.odd == UNFINISHED:
            unfinished.add(parts[0])
        elif parts and not file.odd:
            found.setdefault(parts[0], set()).add((str(file.path), file.length, file.mtime_ns))
    return {name: frozenset(each) for name, each in found.items() if name not in unfinished}
