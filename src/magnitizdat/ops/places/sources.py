"""Finding spools: a reel, a folder, an address; or what is mounted here."""

from __future__ import annotations

import os
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from magnitizdat.errors import MagError, NotFoundError, NotMineError, SourceError, UsageError, WrongPassphraseError
from magnitizdat.formats.typed_words import normal_words
from magnitizdat.library.library import Library
from magnitizdat.model import Shortfall
from magnitizdat.ops.places.bag import BagSpool, bag_above, holds_a_bag
from magnitizdat.ops.places.reel_keys import reel_keys
from magnitizdat.ops.places.remote import Ask, is_far, open_far
from magnitizdat.ops.places.socks import Proxy
from magnitizdat.ops.places.spool import FolderSpool, FsspecSpool, Spool
from magnitizdat.reel.folder import letters, parts_of
from magnitizdat.reel.one_file import files_in, holds_reel, is_broken, of_broken
from magnitizdat.reel.reports import CheckReport
from magnitizdat.scene.slips import RETURN_FILE, RETURN_PATH, ReturnNote, read_note
from magnitizdat.sentence import advice, listed, say
from magnitizdat.workers.sniff import AUDIO_SUFFIXES

if TYPE_CHECKING:
    from magnitizdat.reel.opening import Unreadable

MOUNTS = ("/media", "/run/media", "/mnt", "/Volumes")
_OPAQUE = re.compile("[a-z2-7]{8}", re.IGNORECASE)
_SEGMENT = re.compile(r"[a-z2-7]{8}\.age", re.IGNORECASE)
_RELEASE = re.compile(r"labels/mag1[0-9a-z]{58}/targets/[0-9a-f]{2}/[0-9a-f]{64}\.([0-9a-f]{32})\.json")
_NOT_OURS = (NotMineError, WrongPassphraseError)
REEL_WORDS = say("The six words of this reel")
DEPTH = 2
"""Folders below a mount point, or below a named folder, in which reels are looked for."""


class Source(NamedTuple):
    """A spool that can be dubbed, and what of it could not be read. `club`: it is sealed to the members of that one.

    `asks`: who cut it would like a slip, about these `releases` of which it has papers by name: nobody read them yet.
    """

    name: str
    spool: Spool
    shortfalls: tuple[Shortfall, ...] = ()
    club: str = ""
    asks: ReturnNote | None = None
    releases: frozenset[str] = frozenset()


class PassedOver(NamedTuple):
    """What lies somewhere and cannot be read, and why."""

    name: str
    error: MagError

    @property
    def shortfall(self) -> Shortfall:
        """For a report."""
        return Shortfall(what=self.name, reason=self.error.sentence)


def open_sources(
    library: Library,
    source: str,
    *,
    words: str = "",
    ask: Ask | None = None,
    proxy: Proxy | None = None,
    unread: list[PassedOver] | None = None,
) -> Iterator[Source]:
    """Every spool at `source`; without it, every reel, spool and archive on mounted sticks.

    Those that cannot be read come into `unread`, where it is given and something else is there, too.

    Raises: NotFoundError if nothing is there, NotMineError if a reel is sealed to somebody else,
    WrongPassphraseError if the words do not open it; after all others, SourceError for one that cannot be read.
    """
    if is_far(source):
        yield Source(*open_far(source, words=words, ask=ask, proxy=proxy))
        return
    tops = [bag_above(Path(source))] if source else mounted()
    found, closed = False, list[PassedOver]()
    for top in tops:
        for place in (each for folder in _unpacked(places(top)) for each in (folder, *files_in(folder))):
            try:
                for opened in _open_place(library, place, words, ask):
                    found = True
                    yield opened
            except (SourceError, WrongPassphraseError) as exc:
                closed.append(PassedOver(str(place), exc))  # another reel on the same stick may be ours, and whole
    bad = [each for each in closed if not isinstance(each.error, _NOT_OURS)]
    if unread is not None and (found or len(bad) > 1):
        unread += bad
    elif bad or (closed and source and not found):
        raise (bad or closed)[0].error  # at last: what is whole beside it has come
    if source and not found and not unread:
        if not Path(source).exists():
            raise NotFoundError(say("{source} is not there; check the path, or plug the stick in", source=source))
        raise NotFoundError(
            say(
                "there is no reel, and no archive of a label, in {source}; name the folder that holds it, or {plain}",
                source=source,
                plain=_PLAIN_MUSIC,
            )
        )


_PLAIN_MUSIC = advice(
    terminal=say("take plain music in with `mag import`"), page=say("bring plain music in under Import")
)


def letter_files(source: str) -> list[Path]:
    """Letters beside reels at `source` (without it, on mounted sticks), whoever the reels are for; see `reader_of`.

    Of a broken one file those that are left of it, as of the rest.
    """
    if is_far(source):
        return []
    tops = [bag_above(Path(source))] if source else mounted()
    reels = (reel for top in tops for folder in places(top) for reel in (folder, *files_in(folder)))
    return [reel / each.path for reel in reels for each in letters(reel)]


def mounted() -> list[Path]:
    """Where sticks are mounted on this system."""
    if sys.platform == "win32":
        return [Path(f"{letter}:\\") for letter in "DEFGHIJKLMNOPQRSTUVWXYZ" if Path(f"{letter}:\\").exists()]
    found: list[Path] = []
    for mount in map(Path, MOUNTS):
        if mount.is_dir():
            found += [entry for entry in [mount, *_below(mount)] if os.path.ismount(entry)]
    return found


def cargo_beside(folder: Path) -> list[str]:
    """What lies on the stick of `folder` (elsewhere: in it and below), by names alone: reels, open spools, music."""
    stick = next((each for each in mounted() if folder.absolute().is_relative_to(each)), folder)
    near = list(places(stick))
    found = {
        "a reel": any(holds_a_reel(each) or files_in(each) for each in near),
        "an open spool": any(holds_a_spool(each) or holds_a_bag(each) for each in near),
        "music": any(map(holds_music, near)),
    }
    return [name for name, is_there in found.items() if is_there]


def require_sealed(folder: Path, report: CheckReport) -> None:
    """Raises: SourceError for an open reel, which has nothing to check or mend it by."""
    if not report.groups and not report.unprotected and holds_a_spool(folder):
        raise SourceError(
            advice(
                terminal=say(
                    "{folder} holds an open reel, which has no spare parts; `mag dub` verifies all that it takes",
                    folder=folder,
                ),
                page=say(
                    "{folder} holds an open reel, which has no spare parts; whatever is taken from it is verified",
                    folder=folder,
                ),
            )
        )


def reel_at(place: Path) -> Path:
    """The reel as one file that lies alone in a folder, for whoever names the folder; else the place itself.

    Raises: UsageError where several do.
    """
    files = files_in(place) if place.is_dir() and not holds_a_reel(place) else []
    if len(files) > 1:
        raise UsageError(
            say(
                "several reels lie in {folder}, each as one file; name one of them: {names}",
                folder=place,
                names=listed(each.name for each in files),
            )
        )
    return files[0] if files else place


def holds_a_spool(folder: Path) -> bool:
    """Whether an open spool lies there."""
    return (folder / "labels").is_dir() and (folder / "blobs").is_dir()


def holds_music(folder: Path) -> bool:
    """Whether plain music lies there, by names alone."""
    try:
        return any(entry.suffix.lower() in AUDIO_SUFFIXES for entry in folder.iterdir())
    except OSError:
        return False


def places(top: Path) -> Iterator[Path]:
    """`top` and folders below, but for the subfolders of a reel of many files."""
    parts = dict[Path, list[str]]()
    for folder in [top, *_below(top)]:
        if not (_OPAQUE.fullmatch(folder.name) and folder.name in parts.get(folder.parent, ())):
            with suppress(OSError):
                parts[folder] = parts_of(folder) if holds_a_reel(folder) else []
            yield folder


def _below(top: Path) -> list[Path]:
    """Folders below, to a small depth; links are not followed, and what cannot be read is passed over."""
    found, level = [], [top]
    for _ in range(DEPTH):
        following: list[Path] = []
        for folder in level:
            try:
                entries = sorted(folder.iterdir())
            except OSError:
                continue
            hidden = {"labels", "blobs", "post"}
            following += [
                entry
                for entry in entries
                if entry.is_dir() and not entry.is_symlink() and entry.name not in hidden and entry.name[:1] != "."
            ]
        found += following
        level = following
    return found


def _unpacked(folders: Iterator[Path]) -> Iterator[Path]:
    """Without what lies in an archive, whose list says what it is."""
    bags: set[Path] = set()
    for folder in folders:
        if bags.isdisjoint(folder.parents):
            bags |= {folder} if holds_a_bag(folder) else set()
            yield folder


def _open_place(library: Library, folder: Path, words: str, ask: Ask | None) -> Iterator[Source]:
    """What lies in a folder, or in a reel as one file."""
    if holds_a_bag(folder):
        yield from _open_bag(folder)
    elif (folder / "labels").is_dir():
        yield Source(str(folder), FolderSpool(folder))
    if holds_reel(folder) if folder.is_file() else holds_a_reel(folder):
        yield _open_reel(library, folder, words, ask)


def _open_bag(folder: Path) -> Iterator[Source]:
    """Bags of others hold no label."""
    bag = BagSpool(folder)
    if bag.labels():
        yield Source(str(folder), bag, tuple(bag.shortfalls()))


def holds_a_reel(folder: Path) -> bool:
    """Sealed files lie there, or, of a reel of many, in subfolders with names as opaque as theirs."""
    try:
        entries = list(folder.iterdir())
        parts = [entry for entry in entries if _OPAQUE.fullmatch(entry.name) and entry.is_dir()]
        return any(_SEGMENT.fullmatch(entry.name) for part in [entries, *map(Path.iterdir, parts)] for entry in part)
    except OSError:
        return False


def _open_reel(library: Library, folder: Path, words: str, ask: Ask | None) -> Source:
    from magnitizdat.reel.filesystem import ReelFileSystem
    from magnitizdat.reel.opening import open_reel

    keys = reel_keys(library)
    try:
        reel = open_reel(folder, keys.identities, words=normal_words(words) if words else None)
    except NotMineError:
        if words or ask is None:
            raise
        reel = open_reel(folder, keys.identities, words=normal_words(ask(REEL_WORDS)))
    filesystem = ReelFileSystem(reel)
    spool, club = FsspecSpool(filesystem), keys.club_of(reel.opened_by)
    note = _return_note(spool)
    found = map(_RELEASE.fullmatch, reel.paths() if note is not None else ())
    return Source(
        str(folder),
        spool,
        tuple(_shortfalls(folder, filesystem.unreadable)),
        club,
        note,
        frozenset(each[1] for each in found if each is not None),
    )


def _shortfalls(reel: Path, unreadable: Iterable[Unreadable]) -> Iterator[Shortfall]:
    if is_broken(reel):
        yield Shortfall(what=str(reel), reason=of_broken(reel))
    damaged = Counter(each.reason for each in unreadable if each.kind == "damaged")
    for reason, count in damaged.items():
        files = say("{count} {count:file|files} of the reel", count=count) if count > 1 else say("a file of the reel")
        yield Shortfall(what=files, reason=reason)


def _return_note(spool: Spool) -> ReturnNote | None:
    """Whether who cut a reel asks what arrived; older ones have no place for that."""
    try:
        return read_note(spool.fetch(RETURN_PATH, RETURN_FILE.length))
    except SourceError:
        return None
