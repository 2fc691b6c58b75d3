"""Signed, edited, to be signed again: how own albums stand to what their label signed of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from msgspec import structs

from magnitizdat.catalogue.documents import MAX_RELEASE_LENGTH, decode
from magnitizdat.catalogue.kinds import RELEASE, target_path
from magnitizdat.catalogue.refresh import stored_path
from magnitizdat.errors import LibraryError
from magnitizdat.formats.spool_paths import label_path
from magnitizdat.library.index.views import AlbumView
from magnitizdat.library.journal import PublishedRow
from magnitizdat.library.library import Library
from magnitizdat.library.members import keys_name
from magnitizdat.model import Release, Value
from magnitizdat.ops.albums.corrections import read_row
from magnitizdat.sentence import Sentence, say

Signature = Literal["", "unsigned", "signed", "edited", "withdrawn"]
"""Of an own album; empty for one that is somebody else's signed word."""


class EditedAlbum(Value, frozen=True, kw_only=True):
    """An own album that says something else than its label signed of it, in version `version` of its list.

    0 where nobody knows which that was.
    """

    id: str
    title: str
    imprint: str
    label: str
    version: int = 0


def document_path(release_id: str, sha256: str) -> str:
    """Where a release's document stands within its label."""
    return stored_path(target_path(RELEASE, release_id), sha256)


def signed_release(library: Library, imprint: str, release_id: str) -> Release | None:
    """What a label signed of a release at last, where that is here."""
    held = library.index.signed.release(imprint, release_id)
    path = label_path(imprint, document_path(release_id, held.sha256)) if held else ""
    if not path or not library.has_member(path):
        return None
    return decode(Release, library.member(path), max_length=MAX_RELEASE_LENGTH)


def edited(library: Library, album: str = "") -> list[EditedAlbum]:
    """Own albums (or that one) that were corrected since their label signed them, and that this library can sign again.

    The journal says which may have been; what was signed says which were: taken back, a correction is none.
    """
    touched = library.index.signed.touched(album)
    ours = {imprint for imprint in {each for _, each in touched} if library.has_member(keys_name(imprint))}
    wanted = [each for each, imprint in touched if imprint in ours and _differs(library, each, imprint)]
    return [
        EditedAlbum(
            id=view.id,
            title=view.title,
            imprint=view.imprint,
            label=view.label,
            version=_signed_version(library, view.imprint, view.id),
        )
        for view in library.shelf.albums_among(wanted)
    ]


def _differs(library: Library, album: str, imprint: str) -> bool:
    try:
        signed, now = signed_release(library, imprint, album), library.shelf.release(album)
    except LibraryError:
        return False  # `mag doctor` tells that
    if signed is None or now is None or signed.withdrawn:
        return False
    return _said(signed, dated=bool(now.released)) != _said(now, dated=True)


def _said(release: Release, *, dated: bool) -> Release:
    """What a person says in it: no small version, no image that came in later, no day that a signature wrote there."""
    return structs.replace(
        release,
        released=release.released if dated else "",
        published="",
        images=(),
        tracks=tuple(
            sorted(
                (structs.replace(track, renditions=()) for track in release.tracks),
                key=lambda track: (track.disc, track.position, track.id, track.file.sha256),
            )
        ),
    )


def _signed_version(library: Library, imprint: str, album: str) -> int:
    place = library.index.pages.last_said(f"published:{imprint}{album}")
    try:
        row = read_row(library, *place) if place is not None else None
    except LibraryError:
        return 0
    return row.version if isinstance(row, PublishedRow) else 0


def signature(view: AlbumView, edited_ids: Iterable[str]) -> Signature:
    """How an album stands to what was signed of it."""
    if not view.own:
        return ""
    if not view.imprint:
        return "unsigned"
    if view.withdrawn:
        return "withdrawn"
    return "edited" if view.id in edited_ids else "signed"


def edited_sentence(version: int) -> Sentence:
    """Of an album that was."""
    if not version:
        return say("edited since it was signed; sign it again")
    return say("edited since version {version}; sign it again", version=version)
