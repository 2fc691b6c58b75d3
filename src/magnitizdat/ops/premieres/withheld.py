"""Closed albums that are known here: of which label, until when, and whether they are open by now."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from magnitizdat.catalogue import kinds
from magnitizdat.catalogue.kinds import parse_target, target_path
from magnitizdat.catalogue.premieres import PREMIERE, Premiere
from magnitizdat.catalogue.refresh import stored_path
from magnitizdat.errors import LibraryError, NotFoundError
from magnitizdat.formats.names import clean_line
from magnitizdat.formats.spool_paths import label_path
from magnitizdat.library.library import Library
from magnitizdat.model import Value
from magnitizdat.scene.premieres import is_sound
from magnitizdat.sentence import advice, say


class ClosedAlbum(Value, frozen=True, kw_only=True, omit_defaults=False):
    """A premiere as it is shown. `here`: its closed file is whole here; `opened`: the album is, closed no more.

    `need` of the `of` shares that were given out open it. Artist and title are empty where its label says neither.
    """

    imprint: str
    label: str
    id: str
    release_id: str
    title: str
    artist: str
    opens: str
    need: int
    of: int
    length: int
    opened: bool
    here: bool
    own: bool


def premieres(library: Library) -> tuple[ClosedAlbum, ...]:
    """All that labels announced and are known here, the next one to open first."""
    views = {view.imprint: view for view in library.shelf.labels()}
    found = [
        _shown(library, imprint, views[imprint].name, premiere)
        for imprint, premiere in _known(library)
        if imprint in views
    ]
    return tuple(sorted(found, key=lambda each: (each.opens, each.label, each.id)))


def premiere_of(library: Library, closed: ClosedAlbum) -> Premiere:
    """The document that says of it what is shown.

    Raises: NotFoundError where it went since.
    """
    found = premiere_at(library, closed.imprint, target_path(PREMIERE, closed.id))
    if found is None:
        raise NotFoundError(
            advice(
                terminal=say("this premiere is not here any more; `mag premiere list` shows which are"),
                page=say("this premiere is not here any more; look at the list again"),
            )
        )
    return found


def premiere_at(library: Library, imprint: str, path: str) -> Premiere | None:
    """A premiere by its target path; None where it is not here, or cannot be one.

    A long one stands in cells alone.
    """
    if parse_target(path).kind != PREMIERE:
        return None
    content = library.index.documents.content(imprint, path)
    if not content:
        member = label_path(imprint, stored_path(path, library.index.documents.sha256(imprint, path)))
        with suppress(LibraryError):
            content = library.member(member)
    value = kinds.read(path, content).value if content else None
    return value if isinstance(value, Premiere) and is_sound(value) else None


def is_open(library: Library, imprint: str, premiere: Premiere) -> bool:
    """Whether its album is here as its label listed it."""
    return library.index.signed.release(imprint, premiere.release_id) is not None


def _known(library: Library) -> Iterator[tuple[str, Premiere]]:
    for imprint, held in library.index.documents.of_kinds([PREMIERE]):
        premiere = premiere_at(library, imprint, held.path)
        if premiere is not None:
            yield imprint, premiere


def _shown(library: Library, imprint: str, label: str, premiere: Premiere) -> ClosedAlbum:
    return ClosedAlbum(
        imprint=imprint,
        label=label,
        id=premiere.id,
        release_id=premiere.release_id,
        title=clean_line(premiere.title),
        artist=clean_line(premiere.artist),
        opens=premiere.opens,
        need=premiere.need,
        of=len(premiere.shares),
        length=premiere.file.length,
        opened=is_open(library, imprint, premiere),
        here=library.shelf.is_complete(premiere.file.sha256),
        own=(imprint, premiere.release_id) in library.index.closed.releases(),
    )
