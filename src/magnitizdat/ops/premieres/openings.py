"""Words that labels say for closed albums: whoever dubs them has these open, for only right ones do that."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator
from datetime import datetime
from itertools import islice
from typing import NamedTuple

from magnitizdat.catalogue import kinds
from magnitizdat.catalogue.kinds import target_path
from magnitizdat.catalogue.premieres import OPENING, Opening, Premiere
from magnitizdat.catalogue.voices import voice_id
from magnitizdat.errors import LibraryError, MagError, NoSpaceError, SourceError, WrongPassphraseError
from magnitizdat.library.library import Changes, Library
from magnitizdat.library.reclaim import reclaim
from magnitizdat.model import Progress, Shortfall, Value
from magnitizdat.ops.premieres.opening import Unpacked, open_in_place
from magnitizdat.ops.premieres.withheld import ClosedAlbum, premiere_of, premieres
from magnitizdat.scene.openings import identity_of, spoken

WRONG_WORDS = 3
"""Words of one dub that may open nothing: anybody can say some, and the next dub goes on behind them."""
HEARD = 1000
"""Sayings that one dub looks at."""
_TRIED = ("opening", "tried")
"""The job that knows which of them opened nothing."""


class OpenedAlbum(Value, frozen=True, kw_only=True):
    """An album that a dub opened, of which `tracks` came out; `by` is the label that said its words."""

    id: str
    title: str
    need: int
    of: int
    by: str
    tracks: int = 0


class OpenedBySaying(NamedTuple):
    """What was opened, and what of it did not come, or why something with right words stays closed."""

    albums: tuple[OpenedAlbum, ...] = ()
    missing: tuple[Shortfall, ...] = ()


class _ToldWords(NamedTuple):
    """A document of the label `by`, under a target path, for an album that lies closed and whole here."""

    by: str
    path: str
    album: ClosedAlbum
    premiere: Premiere
    key: str


def open_said(
    library: Library, changes: Changes, *, friends: Collection[str], now: datetime, progress: Progress | None = None
) -> OpenedBySaying:
    """Open what right words are here for; labels of `friends` are heard first. Commits.

    Raises: LibraryBusyError, and what else a commit raises.
    """
    tried, done, wrong = _tried(library), set[str](), 0
    albums, missing = list[OpenedAlbum](), list[Shortfall]()
    sayings = _sayings(library, friends)
    for said in islice((each for each in sayings if each.key not in tried), HEARD):
        if wrong == WRONG_WORDS:
            break
        if said.album.id in done:
            continue
        tried.add(said.key)
        words = _words(library, said)
        if not words:
            continue
        try:
            identity = identity_of(said.premiere, words)
            taken = open_in_place(library, changes, said.album, said.premiere, identity, now=now, progress=progress)
        except WrongPassphraseError:
            wrong += 1
        except SourceError as exc:
            wrong += 1
            changes.abandon()
            missing.append(_closed_still(said.album, exc))
        except (LibraryError, NoSpaceError) as exc:  # not the words' fault: the next dub tries them again
            tried.discard(said.key)
            done.add(said.album.id)
            changes.abandon()
            missing.append(_closed_still(said.album, exc))
        else:
            changes.commit()
            done.add(said.album.id)
            albums.append(_opened(library, said, taken))
            missing += taken.missing
    _note(library, changes, tried, friends)
    if albums:
        reclaim(library, changes)
    return OpenedBySaying(tuple(albums), tuple(missing))


def sayers(library: Library) -> frozenset[str]:
    """Imprints of labels that say words of premieres."""
    return frozenset(imprint for imprint, _ in library.index.documents.of_kinds([OPENING]))


def _closed_still(album: ClosedAlbum, exc: MagError) -> Shortfall:
    return Shortfall(what=album.title or album.label, reason=exc.sentence)


def _opened(library: Library, said: _ToldWords, taken: Unpacked) -> OpenedAlbum:
    names = {view.imprint: view.name for view in library.shelf.labels()}
    album = said.album
    return OpenedAlbum(
        id=album.id,
        title=taken.title,
        need=album.need,
        of=album.of,
        by=names.get(said.by, ""),
        tracks=taken.tracks,
    )


def _sayings(library: Library, friends: Collection[str]) -> Iterator[_ToldWords]:
    """What labels say of albums that lie closed and whole here; whoever speaks of one does it under the same path."""
    closed = {_path(each): each for each in premieres(library) if each.here and not each.opened}
    known = {path: premiere_of(library, each) for path, each in closed.items()}
    held = library.index.documents.of_kinds([OPENING]) if closed else []
    about = [(imprint, each) for imprint, each in held if each.path in closed]
    for imprint, each in sorted(about, key=lambda found: (found[0] not in friends, found[1].sha256)):
        premiere = known[each.path]
        yield _ToldWords(imprint, each.path, closed[each.path], premiere, _key(each.sha256, premiere))


def _path(album: ClosedAlbum) -> str:
    return target_path(OPENING, voice_id(OPENING, album.imprint, album.id))


def _words(library: Library, said: _ToldWords) -> str:
    """Empty where they are those of no premiere."""
    opening = kinds.read(said.path, library.index.documents.content(said.by, said.path)).value
    return spoken(opening.words) if isinstance(opening, Opening) else ""


def _key(sha256: str, premiere: Premiere) -> str:
    """What is tried once: this document on that file."""
    text = f"{sha256}\x1f{premiere.document}\x1f{premiere.file.sha256}\x1f{premiere.words}"
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _tried(library: Library) -> set[str]:
    return set(json.loads(library.job(*_TRIED) or b"[]"))


def _note(library: Library, changes: Changes, tried: set[str], friends: Collection[str]) -> None:
    """For the next dub, as far as that is anything new; of what is here no more nothing."""
    if not tried - _tried(library):
        return
    body = json.dumps(sorted(tried & {each.key for each in _sayings(library, friends)})).encode()
    changes.then(lambda index: index.jobs.put(*_TRIED, body))
    changes.commit()
