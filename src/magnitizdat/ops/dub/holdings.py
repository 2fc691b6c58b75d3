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
from magnitizdat.formats.names import imprint_words
from magnitizdat.formats.spool_index import Files
from magnitizdat.formats.spool_paths import blob_path
from magnitizdat.formats.typed_words import normal_words
from magnitizdat.library.library import Library
from magnitizdat.model import PIECE_LENGTH, File, Release, Shortfall, Track, Value
from magnitizdat.ops.dub.allowances import MetadataMeter, friends_of
from magnitizdat.ops.dub.offers import read_offer, some_labels
from magnitizdat.ops.places.spool import FsspecSpool
from magnitizdat.ops.taking.parts import part_there, parts_of
from magnitizdat.reel.filesystem import ReelFileSystem
from magnitizdat.reel.opening import OpenReel, open_reel
from magnitizdat.reel.reports import CheckReport
from magnitizdat.sentence import Sentence, framed, listed, say

_NO_PAPERS = say(
    "what the label signed is lost, so nothing can be verified or taken; mend the reel, or ask for another copy"
)


class Holding(Value, frozen=True, kw_only=True):
    """An album on a reel: `whole` of its `tracks` are; `papers` of its covers, notes and words are not.

    Of one that is there in part on purpose only that part counts; `elsewhere` are its other tracks.
    """

    label: str
    artist: str
    title: str
    tracks: int
    whole: int
    papers: int = 0
    elsewhere: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether nothing of it is missing."""
        return self.whole == self.tracks and not self.papers

    def sentence(self) -> Sentence:
        """How much of it is whole."""
        if self.is_whole:
            return say("whole")
        tracks = say("{whole} of {tracks} {tracks:track|tracks}", whole=self.whole, tracks=self.tracks)
        return listed(
            [tracks, say("pictures and texts lost: {papers}", papers=self.papers)] if self.papers else [tracks], "; "
        )


class Holdings(Value, frozen=True, kw_only=True):
    """All albums whose label and document are whole; `missing`: labels and releases of which that cannot be said."""

    albums: tuple[Holding, ...]
    missing: tuple[Shortfall, ...] = ()

    def sentences(self) -> list[Sentence]:
        """What is whole, then what is not, one album a line."""
        hurt = [each for each in self.albums if not each.is_whole]
        whole = [each for each in self.albums if each.is_whole]
        if not hurt and not self.missing:
            return [say("Every album on it is whole ({whole}).", whole=len(whole))]
        lines = [
            say(
                "Albums, as they are without mending: {whole} of {albums} whole.",
                whole=len(whole),
                albums=len(self.albums),
            )
        ]
        lines += [
            framed(
                "  ✓ {album}", album=say("{artist} — {title}: all of it is whole", artist=each.artist, title=each.title)
            )
            for each in whole
        ]
        lines += [
            framed("  ✗ {artist} — {title}: {sentence}", artist=each.artist, title=each.title, sentence=each.sentence())
            for each in hurt
        ]
        return lines + [framed("  ✗ {what}: {reason}", what=each.what, reason=each.reason) for each in self.missing]


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
    missing, albums = list[Shortfall](), list[Holding]()
    parts = parts_of(spool)
    labels, meter = some_labels(spool, missing), MetadataMeter(spool, friends_of(library))
    if not labels:
        missing.append(Shortfall(what=say("all albums"), reason=_NO_PAPERS))
    for imprint in labels:
        try:
            # What the label said before is of no matter here: only whether its signatures stand for these bytes.
            offer = read_offer(library, spool, LabelState(imprint=imprint), now=now, meter=meter)
            albums += [
                _holding(reel, sound, offer.document.name, release, parts.get((imprint, release.id)))
                for release in offer.releases()
            ]
        except SourceError as exc:
            reason = _NO_PAPERS if isinstance(exc, NotFoundError) else exc.sentence
            missing.append(Shortfall(what=say("the label «{imprint}»", imprint=imprint_words(imprint)), reason=reason))
            continue
        missing += offer.missing
    return Holdings(albums=tuple(albums), missing=tuple(missing))


def _holding(reel: OpenReel, sound: set[Path], label: str, whole: Release, there: Files | None) -> Holding:
    release = whole if there is None else part_there(whole, there)
    music = {file.sha256 for track in release.tracks for file in _versions(track)}
    meant = (file for file in release.files() if there is None or file.sha256 in there)
    return Holding(
        label=label,
        artist=release.artist,
        title=release.title,
        tracks=len(release.tracks),
        whole=sum(any(_is_whole(reel, sound, file) for file in _versions(track)) for track in release.tracks),
        papers=sum(not _is_whole(reel, sound, file) for file in meant if file.sha256 not in music),
        elsewhere=len(whole.tracks) - len(release.tracks),
    )


def _versions(track: Track) -> Iterator[File]:
    """In full, or small: either can be listened to."""
    yield from (file for file in (track.file, track.small) if file is not None)


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
