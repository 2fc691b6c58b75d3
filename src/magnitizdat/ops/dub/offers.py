"""What a spool offers of a label: its state, name and releases, verified before anything is believed or shown."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple

from magnitizdat.catalogue.documents import LABEL_PATH, MAX_LABEL_LENGTH, MAX_RELEASE_LENGTH, LabelDocument, decode
from magnitizdat.catalogue.refresh import LabelState, Listed, Verdict, refresh, review, verify_document
from magnitizdat.errors import (
    DamagedError,
    LibraryError,
    NotFoundError,
    NotVerifiedError,
    RolledBackError,
    SourceError,
    UnreachableError,
)
from magnitizdat.formats.names import imprint_words
from magnitizdat.formats.spool_paths import label_path
from magnitizdat.library.library import Library
from magnitizdat.model import Release, Shortfall, Value
from magnitizdat.ops.albums.ids import is_here, plays_here
from magnitizdat.ops.labels.labels import held_state
from magnitizdat.ops.places.spool import Spool

Keep = Callable[[str, bytes], object]
"""(path in the spool, bytes): called for each document that was fetched and verified."""


class Offer(NamedTuple):
    """One label as a source has it. `missing`: documents that are there and cannot be taken."""

    document: LabelDocument
    verdict: Verdict
    releases: list[tuple[Listed, Release]]
    missing: list[Shortfall]
    elsewhere: list[str]
    """Paths of documents that the label lists and the source does not have: perhaps never meant to be there."""


class Offered(Value, frozen=True, kw_only=True):
    """A line of `mag reel list`. `here`: every recording of it is in the library; `small`: some only small."""

    label: str
    imprint: str
    artist: str
    title: str
    tracks: int
    here: bool
    small: bool = False


def read_offer(  # noqa: C901 -- two closures, counted as if they were branches
    library: Library | None,
    source: Spool,
    held: LabelState,
    *,
    now: datetime,
    keep: Keep | None = None,
    verdict: Verdict | None = None,
) -> Offer:
    """Refresh a label from a source (or with `verdict` do not), and read its documents: from the library where here.

    Raises: as `catalogue.refresh.refresh`, and UnreachableError.
    """
    imprint = held.imprint

    def fetch(name: str, max_length: int) -> bytes:
        return source.fetch(label_path(imprint, f"metadata/{name}"), max_length)

    def document(listed: Listed, max_length: int) -> bytes:
        path = label_path(imprint, listed.stored_path)
        if library is not None and library.has_member(path):
            with suppress(LibraryError, SourceError):  # a damaged one comes anew
                return verify_document(listed, library.member(path))
        if listed.length > max_length:
            raise DamagedError("a document of the label is longer than it may be; tell the label")
        content = verify_document(listed, source.fetch(path, listed.length))
        if keep is not None:
            keep(path, content)
        return content

    verdict = verdict or refresh(held, fetch, now=now)
    about = verdict.targets.get(LABEL_PATH)
    if about is None:
        raise DamagedError("the label says no name; ask for a fresh copy")
    named = decode(LabelDocument, document(about, MAX_LABEL_LENGTH), max_length=MAX_LABEL_LENGTH)
    offer = Offer(named, verdict, [], [], [])
    for path, listed in verdict.targets.items():
        if path == LABEL_PATH:
            continue
        try:
            release = decode(Release, document(listed, MAX_RELEASE_LENGTH), max_length=MAX_RELEASE_LENGTH)
        except NotFoundError:
            offer.elsewhere.append(path)  # a reel may carry a part of a label on purpose
            continue
        except UnreachableError:
            raise
        except SourceError as exc:
            offer.missing.append(Shortfall(what=f"one release of {named.name}", reason=str(exc)))
            continue
        if path == f"{release.id[:2]}/{release.id}.json":
            offer.releases.append((listed, release))
        else:
            offer.missing.append(Shortfall(what=release.title, reason="it stands under another release's name"))
    return offer


def preview(library: Library, source: Spool, *, now: datetime) -> tuple[list[Offered], list[Shortfall]]:
    """The albums that lie on a source, and what does not verify or is older than what is held; nothing is taken.

    Of an older copy that is offered which the newer state still lists, as a dub takes it.
    """
    found, missing = list[Offered](), list[Shortfall]()
    for imprint in source.labels():
        offer = _lying_there(library, source, imprint, now=now, missing=missing)
        if offer is None:
            continue
        missing += offer.missing
        found += [
            Offered(
                label=offer.document.name,
                imprint=imprint,
                artist=release.artist,
                title=release.title,
                tracks=len(release.tracks),
                here=plays_here(library, release),
                small=not is_here(library, release) and plays_here(library, release),
            )
            for _, release in offer.releases
        ]
    return found, missing


def _lying_there(
    library: Library, source: Spool, imprint: str, *, now: datetime, missing: list[Shortfall]
) -> Offer | None:
    """A label with those documents that lie on the source; what is only in the library does not count."""
    held = held_state(library, imprint)
    try:
        return read_offer(None, source, held, now=now)
    except UnreachableError:
        raise
    except SourceError as exc:
        known = (view.name for view in library.shelf.labels() if view.imprint == imprint)
        missing.append(Shortfall(what=f"label {next(known, imprint_words(imprint))}", reason=str(exc)))
        if not isinstance(exc, RolledBackError):
            return None
    with suppress(DamagedError, NotFoundError, NotVerifiedError):
        return read_offer(None, source, held, now=now, verdict=review(held, now=now))
    return None
