"""The table of what a document does to a library, by its kind: shelved when it is dubbed, shelved anew by a rebuild.

How each is read stands in `catalogue.kinds`. A kind that neither knows is kept with its label and carried on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, cast

from magnitizdat.catalogue import kinds
from magnitizdat.catalogue.refresh import Listed
from magnitizdat.catalogue.voices import VOICES
from magnitizdat.library.index.documents import HeldDocument
from magnitizdat.library.index.index import Index
from magnitizdat.library.index.signed import SignedRelease
from magnitizdat.library.library import Library, Step
from magnitizdat.library.members import keys_name
from magnitizdat.model import Release
from magnitizdat.ops.albums.ids import album_id, is_wanted, last_word


class SignedDocument(NamedTuple):
    """A document as its label signed it. `value` is what it says, None where nobody here knows the kind.

    `content` are its bytes where they are needed: it is fresh (in no cell yet), or nobody here can read it.
    """

    imprint: str
    listed: Listed
    kind: str
    value: Any
    content: bytes
    is_fresh: bool = False


class Shelved(NamedTuple):
    """What is to be done to the index, if anything, and whether the document was not here before."""

    step: Step | None
    is_new: bool


class Shelving(NamedTuple):
    """`shelve`: what a dub does with it, None where it is not wanted here. `rebuild`: the same out of cells alone."""

    shelve: Callable[[Library, SignedDocument], Shelved | None]
    rebuild: Callable[[Library, SignedDocument], None]


def shelving(kind: str) -> Shelving:
    """What is done with documents of a kind."""
    return KINDS.get(kind, _CARRIED)


# -- releases ---------------------------------------------------------------------------------------------------------


def _shelve_release(library: Library, document: SignedDocument) -> Shelved | None:
    """Put a release on the shelf where it is new or was corrected."""
    imprint, release = document.imprint, cast("Release", document.value)
    if not is_wanted(library, imprint, release):
        return None
    held = library.index.signed.release(imprint, release.id)
    if held is not None and held.sha256 == document.listed.sha256:
        return Shelved(None, is_new=False)
    album = held.album if held is not None else _album_here(library, imprint, release.id)
    own = library.shelf.is_own(album)

    def shelve(index: Index) -> None:
        if not own:
            index.shelf.put_release(album, imprint, release)
        signed = SignedRelease(release.id, album, document.listed.sha256, release.withdrawn)
        index.signed.put_release(imprint, signed)

    return Shelved(shelve, is_new=held is None)


def _album_here(library: Library, imprint: str, release_id: str) -> str:
    """A release of a label of one's own may be an own album; all others have one to themselves."""
    is_ours = library.shelf.is_own(release_id) and library.has_member(keys_name(imprint))
    return release_id if is_ours else album_id(imprint, release_id)


def _rebuild_release(library: Library, document: SignedDocument) -> None:
    """After the journal was replayed: what was removed stays so, and an own album is not put there twice."""
    imprint, release, index = document.imprint, cast("Release", document.value), library.index
    own = index.shelf.is_own(release.id)
    is_ours = library.has_member(keys_name(imprint))
    word = last_word(library, imprint, release.id)
    removed = not own and is_ours and word != "back" and index.pages.says(f"album:{release.id}")
    album = release.id if own or removed else album_id(imprint, release.id)
    gone = removed or word == "gone"
    if not own and not gone and not (is_ours and _is_carrier(library, imprint)):
        index.shelf.put_release(album, imprint, release)
    signed = SignedRelease(release.id, album, document.listed.sha256, release.withdrawn, gone)
    index.signed.put_release(imprint, signed)


def _is_carrier(library: Library, imprint: str) -> bool:
    """Releases of this library's own carrier label are albums that are here already."""
    return any(view.imprint == imprint and view.standing == "carrier" for view in library.shelf.labels())


# -- what a label says of itself stands with the label ----------------------------------------------------------------


def _shelve_label(_library: Library, _document: SignedDocument) -> Shelved:
    return Shelved(None, is_new=False)


def _rebuild_label(_library: Library, _document: SignedDocument) -> None:
    """The journal says its name."""


# -- what nobody here knows -------------------------------------------------------------------------------------------


def _shelve_unknown(library: Library, document: SignedDocument) -> Shelved:
    listed = document.listed
    known = {each.path: each.sha256 for each in library.index.documents.held(document.imprint)}
    if known.get(listed.path) == listed.sha256:
        return Shelved(None, is_new=False)
    return Shelved(lambda index: _put(index, document), is_new=listed.path not in known)


def _rebuild_unknown(library: Library, document: SignedDocument) -> None:
    _put(library.index, document)


def _put(index: Index, document: SignedDocument) -> None:
    listed = document.listed
    held = HeldDocument(listed.path, document.kind, listed.sha256, listed.length)
    index.documents.put(document.imprint, held, document.content)


KINDS = {
    kinds.LABEL: Shelving(_shelve_label, _rebuild_label),
    kinds.RELEASE: Shelving(_shelve_release, _rebuild_release),
    **dict.fromkeys(VOICES, Shelving(_shelve_unknown, _rebuild_unknown)),
}
_CARRIED = Shelving(_shelve_unknown, _rebuild_unknown)
