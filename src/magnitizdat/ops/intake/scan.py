"""Finding files to import. Nothing is opened here: a walk yields what stat says, in the order of a person's folders."""

from __future__ import annotations

import functools
import os
import re
import stat
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from magnitizdat.errors import MagError
from magnitizdat.sentence import SILENCE, Sentence, say
from magnitizdat.workers.code_pages import repair
from magnitizdat.workers.discs import may_be_a_disc
from magnitizdat.workers.foreign import why_not

IGNORED_SUFFIXES = frozenset(
    ".txt .nfo .log .cue .m3u .m3u8 .pls .sfv .md5 .ini .db .url .htm .html .pdf .doc .rtf .md .toml .accurip .torrent"
    " .xml .json .ffp .xspf .tmp".split()
)
IMAGE_SUFFIXES = frozenset(".jpg .jpeg .jpe .jfif .png .gif .webp .bmp .tif .tiff .avif .heic .jxl .svg".split())
_NUMBERS = re.compile(r"(\d+)")
_JUNK = re.compile(
    r"\._.*|\.ds_store|__macosx|\.spotlight-v100|\.fseventsd|\.temporaryitems|\.documentrevisions-v100|\.apple(double|db)"
    r"|\.apdisk|\.localized|\.trash(es|-\d+|ed-\d+-.*)?|(eh)?thumbs\.db|desktop\.ini|\.directory|\.nomedia|@eadir"
    r"|system volume information|\$recycle\.bin",
    re.IGNORECASE,
)
"""What systems leave beside people's files, in folders and in zips."""
_UNFINISHED = re.compile(r".*\.(part|partial|crdownload|download|opdownload|!qb|!ut|bc!)|[.~].*\.tmp", re.IGNORECASE)


_OF_SYSTEMS = {Path(tempfile.gettempdir()), *map(Path, "/tmp /var/tmp /home /Users /media /mnt /Volumes".split())}  # noqa: S108
"""Folders whose folders nobody named; read as names, never opened."""
UNFINISHED = say("it is a download that has not ended; import it again when it is whole")
_ODD = (
    (stat.S_ISLNK, say("it is a link; give the file itself")),
    (stat.S_ISFIFO, say("it is a pipe")),
    (stat.S_ISSOCK, say("it is a socket")),
    (lambda _: True, say("it is not a plain file")),
)


class ScannedFile(NamedTuple):
    """One file that a walk met. `hint` is its path from the folder that the person named, for reports.

    That folder's own name is left out where there are folders below it: `~/Music` is nobody's name.
    """

    path: Path
    hint: str
    length: int
    mtime_ns: int
    odd: Sentence = SILENCE
    """Why it is not a plain file, where it is not: a reason for people."""
    member: int = -1
    """Its number in the archive that holds it; -1 for a file of its own."""
    is_pointed_at: bool = False
    """Whether somebody named this very file, so that nothing of it goes without a word."""

    @property
    def place(self) -> str:
        """Where it lies, for names and grouping: the same whichever folder above it was named."""
        if self.member >= 0 or not self.path.is_absolute():
            return self.hint
        folder, _, name = os.fspath(self.path).rpartition(os.sep)
        return f"{_names_above(folder or os.sep)}/{readable(name)}".lstrip("/")


def natural_order(name: str) -> list[tuple[int, str | int]]:
    """Sort key: `2.flac` before `10.flac`, whatever the case."""
    return [(0, int(part)) if part.isdecimal() else (1, part.casefold()) for part in _NUMBERS.split(name)]


def walk(paths: Iterable[Path]) -> Iterator[list[ScannedFile]]:
    """Files by folder: one list a folder, never empty. Links inside folders are not followed.

    Files that were named themselves come by their folders too, at the place of the first. A path that does not exist,
    and a folder with no file in it, comes as a `ScannedFile` with `odd` set, so that a report can name it.
    """
    named: dict[object, list[ScannedFile]] = {}
    folders: list[Path | list[ScannedFile]] = []
    for path in paths:
        found = _pointed_at(path)
        if found is None:
            folders.append(path.resolve())
        elif (key := id(found) if found.odd else found.path.parent) in named:
            named[key].append(found)
        else:
            folders.append(named.setdefault(key, [found]))
    for each in folders:
        if isinstance(each, Path):
            yield from _walk_folder(each)
        else:
            yield without_unfinished(each)


def _pointed_at(path: Path) -> ScannedFile | None:
    """What somebody named; None where it is a folder."""
    try:
        status = path.stat()
        resolved = path.resolve()
    except OSError as exc:
        reason = say("it is not there; check the name") if isinstance(exc, FileNotFoundError) else unreadable(exc)
    except ValueError:
        reason = say("no file can have such a name")
    else:
        if stat.S_ISDIR(status.st_mode):
            return None
        found = _describe(resolved, readable(f"{resolved.parent.name}/{path.name}"), status)
        return found._replace(is_pointed_at=True)
    return ScannedFile(path, readable(path.name), 0, 0, reason, is_pointed_at=True)


@functools.lru_cache(1024)
def _names_above(folder: str) -> str:
    return names_above(Path(folder))


def names_above(folder: Path) -> str:
    """The names of a folder and those above that may be somebody's: below a home, a mount point, a temporary folder."""
    names: list[str] = []
    for each in (folder, *folder.parents):
        if _is_nobodys(each):
            break
        names.append(readable(each.name))
    return "/".join(reversed(names))


def _is_nobodys(folder: Path) -> bool:
    """Whether a system named it, or what is plugged in: a home, a mount point, the temporary folder of a program."""
    return folder == Path.home() or folder.parent in _OF_SYSTEMS or folder in _OF_SYSTEMS or os.path.ismount(folder)


def by_folder(files: Iterable[ScannedFile]) -> list[list[ScannedFile]]:
    """Files that were not met by a walk, as one would give them: by the folder that their hints name."""
    folders: dict[str, list[ScannedFile]] = {}
    for found in sorted(files, key=lambda each: natural_order(each.hint)):
        folders.setdefault(found.hint.rpartition("/")[0], []).append(found)
    return list(folders.values())


def readable(name: str) -> str:
    """A name as text that can be kept, whatever its bytes are: those of an old code page are read by it."""
    written = name.encode("utf-8", "surrogateescape")
    with suppress(UnicodeDecodeError):
        return written.decode()
    return repair(written.decode("latin-1")) or written.decode("utf-8", "replace")


def path_text(path: Path) -> str:
    """A path as text that SQLite takes, whatever bytes its name has."""
    return str(path).encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def unreadable(exc: OSError) -> Sentence:
    """Why a file was left out that the system did not let us read."""
    why = exc.strerror or say("input/output error")
    return say("it cannot be read ({why}); check the medium, and who may read it", why=why)


def _walk_folder(top: Path) -> Iterator[list[ScannedFile]]:
    pending, is_empty = [(top, readable(top.name))], True
    while pending:
        folder, hint = pending.pop()
        files: list[ScannedFile] = []
        folders: list[tuple[Path, str]] = []
        try:
            with os.scandir(folder) as entries:
                listed = sorted(entries, key=lambda entry: natural_order(entry.name))
        except OSError as exc:
            is_empty = False
            yield [ScannedFile(folder, hint, 0, 0, unreadable(exc))]
            continue
        for entry in listed:
            name = readable(entry.name)
            if _JUNK.fullmatch(name):
                files.append(ScannedFile(Path(entry.path), f"{hint}/{name}", 0, 0))
                continue
            path, inner = Path(entry.path), f"{hint}/{name}"
            try:
                if entry.is_dir(follow_symlinks=False):
                    is_disc = may_be_a_disc(name)
                    folders.append((path, name if folder == top and not is_disc else inner))
                else:
                    files.append(_describe(path, inner, entry.stat(follow_symlinks=False)))
            except OSError as exc:
                files.append(ScannedFile(path, inner, 0, 0, unreadable(exc)))
        if files:
            is_empty = False
            yield without_unfinished(files)
        folders.sort(key=lambda each: not may_be_a_disc(each[0].name))  # a bonus disc comes after those with numbers
        pending.extend(reversed(folders))
    if is_empty:
        yield [ScannedFile(top, readable(top.name), 0, 0, say("there is no file in it"), is_pointed_at=True)]


def _describe(path: Path, hint: str, status: os.stat_result) -> ScannedFile:
    is_plain = stat.S_ISREG(status.st_mode)
    odd = SILENCE if is_plain else next(reason for test, reason in _ODD if test(status.st_mode))
    return ScannedFile(path, hint, status.st_size, status.st_mtime_ns, odd)


def is_junk(found: ScannedFile) -> bool:
    """Whether a system made it, and no person misses it."""
    return any(map(_JUNK.fullmatch, found.hint.split("/")))


def without_unfinished(files: list[ScannedFile]) -> list[ScannedFile]:
    """The files of a folder, those that a download has not finished marked as odd: by their names, or one beside."""
    names = {found.path.name.casefold() for found in files}
    return [found._replace(odd=found.odd or UNFINISHED) if _is_unfinished(found, names) else found for found in files]


def _is_unfinished(found: ScannedFile, beside: set[str]) -> bool:
    name = found.path.name.casefold()
    return _UNFINISHED.fullmatch(name) is not None or f"{name}.aria2" in beside or name.endswith(".aria2")


def reason_of(exc: MagError | OSError) -> Sentence:
    """Why a file was left out: what went wrong with it."""
    return unreadable(exc) if isinstance(exc, OSError) else exc.sentence


_ARCHIVES = {b"Rar!": 0, b"7z\xbc\xaf\x27\x1c": 0, b"\x1f\x8b": 0, b"\xfd7zXZ": 0, b"BZh": 0, b"\x28\xb5\x2f\xfd": 0}
_ARCHIVES |= {b"ustar": 257, b"MSCF": 0, b"**ACE**": 7}
"""How archives begin that are not opened here, and at which byte."""


def why_no_music(found: ScannedFile, beginning: bytes) -> Sentence:
    """Why a file is left out that is no music."""
    if not found.length:
        return say("it is empty")
    if any(beginning.startswith(sign, offset) for sign, offset in _ARCHIVES.items()):
        return say("it is an archive of a kind that is not opened here; unpack it and import the folder")
    return why_not(beginning) or say(
        "it is not music that can be taken in; FLAC, MP3, Ogg, Opus, M4A, WAV and some others can"
    )
