"""Albums that nobody signed go as carried: "these bytes I passed on", never as their author (ADR 0004)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime

import msgspec

from magnitizdat.catalogue.publisher import LabelKeys
from magnitizdat.library.library import Library
from magnitizdat.model import AlbumName, Progress, Release
from magnitizdat.ops.albums.renditions import add_small
from magnitizdat.ops.albums.withheld import withheld_albums
from magnitizdat.ops.intake.halves import halves
from magnitizdat.ops.labels.labels import carrier, label_keys
from magnitizdat.ops.labels.publish import sign_releases


def carry(
    library: Library, wanted: set[str] | None, *, now: datetime, small: bool, progress: Progress
) -> list[AlbumName]:
    """Sign whole albums that nobody signed, of those that are wanted (None: all); where `small`, with small versions.

    Those of which a track ends too early are answered: nobody was asked whether these shall be signed.
    """
    if all(map(halves, _unsigned(library, wanted))):
        held = list(_unsigned(library, wanted))
    else:
        held = _sign_carried(library, wanted, now=now, small=small, progress=progress)
    return [AlbumName(id=release.id, title=release.title) for release in held if halves(release)]


def _unsigned(library: Library, wanted: set[str] | None) -> Iterator[Release]:
    """Whole albums that nobody signed, of those that are wanted, and that may leave."""
    staying = withheld_albums(library)
    for view in list(library.shelf.unsigned_albums()):
        goes = view.complete and (wanted is None or view.id in wanted) and view.id not in staying
        release = library.shelf.release(view.id) if goes else None
        if release is not None:
            yield release


def _sign_carried(
    library: Library, wanted: set[str] | None, *, now: datetime, small: bool, progress: Progress
) -> list[Release]:
    """Sign what is whole of the albums as they are by now; all of these."""
    label = carrier(library, now=now)
    keys = label_keys(library, label.imprint)
    with library.changes() as changes:
        held = list(_unsigned(library, wanted))
        releases = [release for release in held if not halves(release)]
        if small:
            releases = add_small(library, changes, releases, progress).releases
        signed = ((release.id, _as_carried(release, keys)) for release in releases)
        sign_releases(library, changes, signed, label, now=now)
        changes.commit()
    return held


def _as_carried(release: Release, keys: LabelKeys) -> Release:
    """The id is salted with a secret of the carrier: a list of what somebody carried cannot be guessed from it."""
    salted = hashlib.sha256(b"magnitizdat carried\x1f" + keys.online_seed + release.id.encode()).hexdigest()[:32]
    return msgspec.structs.replace(release, id=salted, carried=True)
