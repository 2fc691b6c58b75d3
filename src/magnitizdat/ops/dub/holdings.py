"""What of its albums a reel still holds, for whoever has its key: `mag reel check` with words or an unlocked library.

Nothing is taken and nothing is mended. A piece in a file that check found whole is whole; any other is read, and
compared with the digest that its label signed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from magnitizdat.catalogue.refresh import LabelState
from magnitizdat.errors import NotFoundError, SourceError
from magnitizdat.formats.age_keys import X25519Identity
from magnitizdat.formats.names import imprint_words, normal_words
from magnitizdat.formats.spool_paths import blob_path
from magnitizdat.library.library import Library
from magnitizdat.model import PIECE_LENGTH, File, Release, Shortfall, Track, Value
from magnitizdat.ops.dub.offers import read_offer
from magnitizdat.ops.places.spool import FsspecSpool
from magnitizdat.reel.filesystem import ReelFileSystem
from magnitizdat.reel.opening import OpenReel, open_reel
from magnitizdat.reel.reports import CheckReport

_NO_PAPERS = (
    "what the label signed is lost, so nothing can be verified or taken; mend the reel, or ask for another copy"
)


class Holding(Value, frozen=True, kw_only=True):
    """An album on a reel: `whole` of its `tracks` are; `papers` of its covers, notes and words are not."""

    label: str
    artist: str
    title: str
    tracks: int
    whole: int
    papers: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether nothing of it is missing."""
        return self.whole == self.tracks and not self.papers

    def sentence(self) -> str:
        """How much of it is whole."""
        if self.is_whole:
            return "whole"
        lost = f"; pictures and texts lost: {self.papers}" if self.papers else ""
        return f"{self.whole} of {self.tracks} tracks{lost}"


class Holdings(Value, frozen=True, kw_only=True):
    """All albums whose label and document are whole; `missing`: labels and releases of which that cannot be said."""

    albums: tuple[Holding, ...]
    missing: tuple[Shortfall, ...] = ()

    def sentences(self) -> list[str]:
        """What is whole, then what is not, one album a line."""
        hurt = [each for each in self.albums if not each.is_whole]
        whole = [each for each in self.albums if each.is_whole]
        if not hurt and not self.missing:
            return [f"Every album on it is whole ({len(whole)})."]
        lines = [f"Albums, as they are without mending: {len(whole)} of {len(self.albums)} whole."]
        lines += [f"  ✓ {each.artist} — {each.title}: all of it is whole" for each in whole]
        lines += [f"  ✗ {each.artist} — {each.title}: {each.sentence()}" for each in hurt]
        return lines + [f"  ✗ {each.what}: {each.reason}" for each in self.missing]


def holdings(
    folder: Path,
    report: CheckReport,
    identities: Sequence[X25519Identity],
    *,
    now: datetime,
    words: str = "",
    library: Library | None = None,
) -> Holdings:
    """What of each album is there, after `report` has said which files are whole.

    `library` gives documents that are here already. Raises: as `reel.opening.open_reel`.
    """
    reel = open_reel(folder, identities, words=normal_words(words) if words else None)
    sound = {
        folder / (each.found_as or each.path)
        for group in report.groups
        for each in group.segments
        if each.state in {"whole", "renamed"}
    }
    spool = FsspecSpool(ReelFileSystem(reel))
    labels, albums = spool.labels(), list[Holding]()
    missing = [] if labels else [Shortfall(what="all albums", reason=_NO_PAPERS)]
    for imprint in labels:
        try:
            # What the label said before is of no matter here: only whether its signatures stand for these bytes.
            offer = read_offer(library, spool, LabelState(imprint=imprint), now=now)
        except SourceError as exc:
            reason = _NO_PAPERS if isinstance(exc, NotFoundError) else str(exc)
            missing.append(Shortfall(what=f"the label «{imprint_words(imprint)}»", reason=reason))
            continue
        missing += offer.missing
        albums += [_holding(reel, sound, offer.document.name, release) for _, release in offer.releases]
    return Holdings(albums=tuple(albums), missing=tuple(missing))


def _holding(reel: OpenReel, sound: set[Path], label: str, release: Release) -> Holding:
    music = {file.sha256 for track in release.tracks for file in _versions(track)}
    return Holding(
        label=label,
        artist=release.artist,
        title=release.title,
        tracks=len(release.tracks),
        whole=sum(any(_is_whole(reel, sound, file) for file in _versions(track)) for track in release.tracks),
        papers=sum(not _is_whole(reel, sound, file) for file in release.files() if file.sha256 not in music),
    )


def _versions(track: Track) -> Iterator[File]:
    """In full, or small: either can be listened to."""
    yield track.file
    yield from (rendition.file for rendition in track.renditions)


def _is_whole(reel: OpenReel, sound: set[Path], file: File) -> bool:
    path = blob_path(file.sha256)
    for number, digest in enumerate(file.piece_digests()):
        if not sound.isdisjoint(reel.holders(path, number)):
            continue
        try:
            piece = reel.read(path, number * PIECE_LENGTH, number * PIECE_LENGTH + file.piece_length(number))
        except (SourceError, FileNotFoundError):
            return False
        if hashlib.sha256(piece).hexdigest() != digest:
            return False
    return True
