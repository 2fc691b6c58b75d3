"""Words that labels say for closed albums: whoever dubs them has these open, for only right ones do that."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator
from datetime import datetime
from typing import NamedTuple

from magnitizdat.catalogue import kinds
from magnitizdat.catalogue.premieres import OPENING, Opening, Premiere
from magnitizdat.errors import LibraryError, MagError, NoSpaceError, SourceError, WrongPassphraseError
from magnitizdat.library.library import Changes, Library
from magnitizdat.library.reclaim import reclaim
from magnitizdat.model import Progress, Shortfall, Value
from magnitizdat.ops.premieres.opening import Unpacked, open_in_place
from magnitizdat.ops.premieres.withheld import ClosedAlbum, premiere_of, premieres
from magnitizdat.scene.openings import identity_of, spoken

WRONG_WORDS = 3
"""Words of one dub that may open nothing: anybody can say some, and the next dub goes on behind them."""
_TRIED = ("opening", "tried")
"""The job that knows which words opened nothing."""


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


class _WordsTold(NamedTuple):
    """Words for an album that lies closed and whole here; `key` names both."""

    by: str
    words: str
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
    for said in _sayings(library, friends):
        if said.key in tried or said.album.id in done:
            continue
        if wrong == WRONG_WORDS:
            break
        tried.add(said.key)
        try:
            identity = identity_of(said.premiere, said.words)
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
            albums.append(_opened(said, taken))
            missing += taken.missing
    _note(library, changes, tried)
    if albums:
        reclaim(library, changes)
    return OpenedBySaying(tuple(albums), tuple(missing))


def _closed_still(album: ClosedAlbum, exc: MagError) -> Shortfall:
    return Shortfall(what=album.title or album.label, reason=exc.sentence)


def _opened(said: _WordsTold, taken: Unpacked) -> OpenedAlbum:
    album = said.album
    return OpenedAlbum(id=album.id, title=taken.title, need=album.need, of=album.of, by=said.by, tracks=taken.tracks)


def _sayings(library: Library, friends: Collection[str]) -> Iterator[_WordsTold]:
    """Words that could be those of an album that lies closed and whole here."""
    closed = {(each.imprint, each.id): each for each in premieres(library) if each.here and not each.opened}
    if not closed:
        return
    names = {view.imprint: view.name for view in library.shelf.labels()}
    documents = library.index.documents
    held = documents.of_kinds([OPENING])
    for imprint, each in sorted(held, key=lambda found: (found[0] not in friends, found[1].sha256)):
        opening = kinds.read(each.path, documents.content(imprint, each.path)).value
        album = closed.get((opening.imprint, opening.premiere)) if isinstance(opening, Opening) else None
        words = spoken(opening.words) if album is not None else ""
        if album is not None and words:
            premiere = premiere_of(library, album)
            yield _WordsTold(names.get(imprint, ""), words, album, premiere, _key(premiere, words))


def _key(premiere: Premiere, words: str) -> str:
    """What is tried once: these words on that file, whoever says them."""
    text = f"{premiere.words}\x1f{premiere.document}\x1f{premiere.file.sha256}\x1f{words}"
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _tried(library: Library) -> set[str]:
    return set(json.loads(library.job(*_TRIED) or b"[]"))


def _note(library: Library, changes: Changes, tried: set[str]) -> None:
    """For the next dub, as far as that is anything new."""
    if tried - _tried(library):
        body = json.dumps(sorted(tried)).encode()
        changes.then(lambda index: index.jobs.put(*_TRIED, body))
        changes.commit()
