"""`mag sleeve`: a sleeve for a tape, a stick or a disc, to print: one page that needs nothing beside it."""

from __future__ import annotations

from pathlib import Path

import msgspec

from magnitizdat.disk.disk import Disk
from magnitizdat.errors import UsageError
from magnitizdat.formats.names import portable_name
from magnitizdat.library.index.views import AlbumView
from magnitizdat.library.library import Library
from magnitizdat.model import IMAGE_TYPES, Outcome, Release, Value
from magnitizdat.ops.albums.contents import notes_of
from magnitizdat.ops.albums.withheld import require_open
from magnitizdat.ops.clubs.staying import Gate, gate
from magnitizdat.ops.labels.labels import address
from magnitizdat.pages.inlay import Inlay, inlay_page
from magnitizdat.sentence import Voice, advice, say

MAX_COVER_LENGTH = 8 << 20
"""Bytes of a cover that goes into the page; for a longer one there is a drawing."""


class InlayReport(Value, frozen=True, kw_only=True):
    """Where the page is, and of what."""

    file: str
    title: str
    label: str
    imprint: str

    def outcome(self) -> Outcome:
        """What to do with it."""
        return Outcome(
            headline=say("The sleeve of «{title}» is in {file}.", title=self.title, file=self.file),
            lines=(
                say("Print it from a browser on A4 at 100 %; its ruler says whether the printer kept to millimetres."),
            ),
        )


def inlay_name(album: AlbumView) -> str:
    """What the page is called where nobody says otherwise."""
    return f"{portable_name(f'{album.artist} - {album.title}', max_bytes=200)}.html"


def write_inlay(
    library: Library, album: AlbumView, target: Path, voice: Voice, *, disk: Disk, passes: Gate | None = None
) -> InlayReport:
    """Write the page of an album that a label signed.

    Raises: as `inlay_of`; TargetError, NoSpaceError.
    """
    inlay = inlay_of(library, album, voice, passes=passes)
    disk.write_atomic(target, inlay_page(inlay, voice))
    return InlayReport(file=str(target), title=album.title, label=inlay.label, imprint=album.imprint)


def inlay_of(library: Library, album: AlbumView, voice: Voice, *, passes: Gate | None = None) -> Inlay:
    """What stands on the page of an album that a label signed. `passes`: what of clubs may go; without it nothing.

    Raises: UsageError where nobody did, the label stays in a club, or it is a premiere that is not open.
    """
    require_open(library, album)
    reason = (gate(library) if passes is None else passes).reason(album.imprint)
    if reason is not None:
        raise UsageError(reason)
    release = library.shelf.release(album.id)
    if release is None or not album.imprint:
        raise UsageError(
            advice(
                terminal=say(
                    "«{title}» is signed by nobody yet, and a sleeve says whose it is; `mag publish` signs it",
                    title=album.title,
                ),
                page=say(
                    "«{title}» is signed by nobody yet, and a sleeve says whose it is; publish it first",
                    title=album.title,
                ),
            )
        )
    return _inlay(library, release, album.imprint, voice)


def _inlay(library: Library, release: Release, imprint: str, voice: Voice) -> Inlay:
    found, cover = address(library, imprint), _cover(library, release)
    return Inlay(
        release=release,
        label=found.name,
        imprint=imprint,
        code=msgspec.json.encode(found).decode(),
        cover=cover,
        cover_type=release.cover.media_type if cover and release.cover is not None else "",
        notes=_chosen(notes_of(library, release), voice),
    )


def _cover(library: Library, release: Release) -> bytes:
    file = release.cover
    if file is None or file.media_type not in IMAGE_TYPES or file.length > MAX_COVER_LENGTH:
        return b""
    return b"".join(library.blob(file.sha256).pieces()) if library.shelf.holds(file) else b""


def _chosen(notes: dict[str, str], voice: Voice) -> str:
    """In the reader's language, in English, or in whichever there is."""
    return next((notes[each] for each in (voice.language, "en", *notes) if each in notes), "")
