"""A reel of which whoever cut it would like to hear: what became of it waits until the person says yes.

What arrived is shown by the reel alone, read as by somebody who knows no label and holds no music: else whoever names
an album on a reel would learn by the slip whether it lies here.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from datetime import datetime

from magnitizdat.catalogue.refresh import LabelState
from magnitizdat.errors import LibraryError, SourceError, UnreachableError
from magnitizdat.formats.spool_paths import blob_path
from magnitizdat.library.library import Library
from magnitizdat.model import PIECE_LENGTH, File, Release, Track
from magnitizdat.ops.dub.allowances import MetadataMeter, friends_of
from magnitizdat.ops.dub.dubbed import DubReport
from magnitizdat.ops.dub.offers import read_offer
from magnitizdat.ops.dub.wishes import DubWishes
from magnitizdat.ops.places.sources import Source
from magnitizdat.ops.places.spool import Spool
from magnitizdat.ops.post.slips import note_due
from magnitizdat.ops.taking.parts import part_there, parts_of


def note_arrived(
    library: Library, source: Source, report: DubReport, *, wishes: DubWishes | None = None, now: datetime
) -> tuple[str, ...]:
    """What slips call a source that was dubbed, where it asks for one. Its spool is still open."""
    if source.asks is None:
        return ()
    try:
        lost = _lost(library, source.spool, report, wishes or DubWishes(), now=now)
    except UnreachableError:
        return ()  # it was pulled out, and is dubbed again
    arrived = {release for release, tracks in lost.items() if not tracks}
    with library.afterwards():
        note_due(
            library,
            source.asks,
            arrived,
            whole=arrived >= source.releases,
            damaged=sum(lost.values()),
            now=now,
        )
    return (source.asks.reel,)


def _lost(library: Library, spool: Spool, report: DubReport, wishes: DubWishes, *, now: datetime) -> dict[str, int]:
    """Of each release that the reel is to have in full, how many of its tracks did not come."""
    found, parts = dict[str, int](), parts_of(spool)
    meter = MetadataMeter(spool, friends_of(library))
    for label in report.labels:
        if not label.genuine or (label.older is not None and label.older.void_keys):
            continue
        for release in _releases_there(spool, label.imprint, meter, now=now):
            files = parts.get((label.imprint, release.id))
            is_part = files is not None and part_there(release, files) != release
            if not is_part and wishes.wants(release) and _comes_in(library, label.imprint, release):
                lost = sum(not _has_come(library, spool, track) for track in release.tracks)
                found[release.id] = min(lost, found.get(release.id, lost))
    return found


def _releases_there(spool: Spool, imprint: str, meter: MetadataMeter, *, now: datetime) -> Iterator[Release]:
    """Those whose papers lie there with all that proves them."""
    try:
        yield from read_offer(None, spool, LabelState(imprint=imprint), now=now, meter=meter).releases()
    except UnreachableError:
        raise
    except SourceError:
        return


def _comes_in(library: Library, imprint: str, release: Release) -> bool:
    """Whether somebody who lacks it takes it: not what its label took back, nor what the person removed."""
    known = library.index.signed.release(imprint, release.id)
    return known is not None and not known.is_withdrawn and not known.is_gone


def _has_come(library: Library, spool: Spool, track: Track) -> bool:
    """Whether it is here in some version, and the reel shows that it has one."""
    versions = [file for file in (track.file, track.small) if file is not None]
    return any(map(library.shelf.holds, versions)) and any(_lies_there(library, spool, file) for file in versions)


def _lies_there(library: Library, spool: Spool, file: File) -> bool:
    """Whether a piece by chance is what is here, which no name and no signature makes up; of what is not, the whole."""
    held = library.shelf.holds(file)
    count = max(1, -(-file.length // PIECE_LENGTH))
    numbers = [secrets.randbelow(count)] if held else range(count)
    path, whole = blob_path(file.sha256), hashlib.sha256()
    try:
        for number in numbers:
            offset, length = number * PIECE_LENGTH, file.piece_length(number)
            piece = spool.fetch_range(path, offset, length)
            whole.update(piece)
            if held and piece != library.blob(file.sha256).read_at(offset, length):
                return False
    except UnreachableError:
        raise
    except (LibraryError, SourceError):
        return False
    return held or whole.hexdigest() == file.sha256
