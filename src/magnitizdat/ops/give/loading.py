"""What of a label goes along: its releases, whole or some tracks of them, in the versions that are here."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from datetime import datetime
from functools import cache
from typing import NamedTuple

from msgspec import structs

from magnitizdat.catalogue.documents import MAX_RELEASE_LENGTH, decode
from magnitizdat.catalogue.following import TIMESTAMP_NAME
from magnitizdat.catalogue.kinds import RELEASE, target_path
from magnitizdat.catalogue.refresh import Verdict, review
from magnitizdat.formats.spool_paths import blob_path, label_path
from magnitizdat.library.index.views import LabelView
from magnitizdat.library.library import Library
from magnitizdat.model import TEXT_TYPES, File, Quality, Release, SpoolFile
from magnitizdat.ops.albums.quality import Has, version_of
from magnitizdat.ops.give.voices import Speech
from magnitizdat.ops.labels.labels import held_state, is_own_carrier
from magnitizdat.ops.premieres.withheld import premiere_at
from magnitizdat.sentence import say

Wanted = Mapping[str, frozenset[str] | None]
"""Albums by their ids here, each with the ids of those of its tracks that are wanted; None where that is all of it."""


class LoadedRelease(NamedTuple):
    """What a plan needs of a release that goes along whole: of many, their documents are too long to be held."""

    id: str
    album: str
    """Its id on this shelf."""
    title: str
    files: tuple[SpoolFile, ...]
    """Of the versions of its tracks that go, in the order of listening, and what belongs to it."""
    tracks: frozenset[str] | None = None
    """Ids of its tracks that go, where not all of them do."""
    quality: Quality = "full"
    """In which these versions were picked."""


class LoadedWithdrawn(NamedTuple):
    """What its label withdrew: the document that says so goes along, and nothing of its music."""

    id: str
    album: str
    """Its id on this shelf."""
    title: str


class LoadedClosed(NamedTuple):
    """A premiere that goes along: its document, by its target path, and the closed file."""

    id: str
    title: str
    path: str
    document: SpoolFile
    file: SpoolFile


class Loaded(NamedTuple):
    """One label with the releases of it that go along, and what of it is closed."""

    view: LabelView
    verdict: Verdict
    releases: tuple[LoadedRelease, ...]
    without_small: frozenset[str] = frozenset()
    """Ids of those of which small versions were asked for, and no track has one here."""
    only_small: frozenset[str] = frozenset()
    """Ids of those of which originals were asked for, and some track is here only in its small version."""
    closed: tuple[LoadedClosed, ...] = ()
    withdrawn: tuple[LoadedWithdrawn, ...] = ()

    @property
    def albums(self) -> int:
        """How many albums of it go, closed ones too."""
        return len(self.releases) + len(self.closed)

    @property
    def documents(self) -> dict[str, str]:
        """Ids of the releases of which the document goes, each with its album's id here."""
        return {each.id: each.album for each in self.releases} | {each.id: each.album for each in self.withdrawn}

    def only(self, ids: Container[str]) -> Loaded:
        """The same with these of them alone, by what the label calls them."""
        return self._replace(
            releases=tuple(each for each in self.releases if each.id in ids),
            closed=tuple(each for each in self.closed if each.id in ids),
        )

    def with_full(self, full: Loaded, albums: Container[str]) -> Loaded:
        """The same, of these albums (by their ids here) with what `full` has of them."""
        other = {each.id: each for each in full.releases if each.album in albums}
        return self._replace(
            releases=tuple(other.get(each.id, each) for each in self.releases),
            without_small=self.without_small.difference(other),
            only_small=full.only_small.intersection(other),
        )


def load(
    library: Library, view: LabelView, wanted: Wanted | None, speech: Speech, *, now: datetime, quality: Quality
) -> Loaded | None:
    """A label with what goes of these albums (None: of all); None where no list of it is held.

    Whatever leaves a library by gathering is loaded here, so here what its label withdrew loses its music.
    """
    speaker = speech.speakers.get(view.imprint)
    if speaker is None and TIMESTAMP_NAME not in library.label_files(view.imprint):  # of some there are roots alone
        return None
    verdict = speaker.verdict if speaker is not None else review(held_state(library, view.imprint), now=now)
    releases, without_small, only_small = list[LoadedRelease](), set[str](), set[str]()
    withdrawn = list[LoadedWithdrawn]()
    for album, signed in _documents(library, view, verdict, wanted):
        if signed.withdrawn:
            withdrawn.append(LoadedWithdrawn(signed.id, album, signed.title))
            continue
        tracks = wanted[album] if wanted is not None else None
        holds = cache(library.shelf.holds)  # asked of each file more than once
        release = signed if tracks is None else part_of(signed, tracks, holds)
        found = version_of(release, quality, holds)
        if found is None or (tracks is not None and not found.tracks):
            continue
        part = None if tracks is None else frozenset(each.id for each in found.tracks)
        releases.append(_loaded(album, found, part, quality))
        if quality != "full" and not _has_small(release, found):
            without_small.add(release.id)
        if quality != "small" and any(a.file != b.file for a, b in zip(release.tracks, found.tracks, strict=True)):
            only_small.add(release.id)
    closed = tuple(_closed(library, view, verdict)) if wanted is None else ()
    return Loaded(
        view,
        verdict,
        tuple(releases),
        without_small=frozenset(without_small),
        only_small=frozenset(only_small),
        closed=closed,
        withdrawn=tuple(withdrawn),
    )


def _closed(library: Library, view: LabelView, verdict: Verdict) -> Iterator[LoadedClosed]:
    """A closed album is a file of its label like others: it goes where all albums of the label do."""
    for each in library.index.closed.all(view.imprint):
        listed, premiere = verdict.targets.get(each.path), premiere_at(library, view.imprint, each.path)
        if not each.is_here or listed is None or premiere is None:
            continue
        document = SpoolFile(path=label_path(view.imprint, listed.stored_path), length=listed.length)
        file = SpoolFile(path=blob_path(each.sha256), length=premiere.file.length)
        title = premiere.title or say("a premiere of {label}", label=view.name)
        yield LoadedClosed(premiere.id, title, each.path, document, file)


def part_of(release: Release, tracks: frozenset[str], holds: Has) -> Release:
    """Of a release those of these tracks that can be heard, with the cover, pictures and words that are there."""

    def there(file: File | None) -> File | None:
        return file if file is not None and holds(file) else None

    kept = (each for each in release.tracks if each.id in tracks and (there(each.file) or there(each.small)))
    found = (
        structs.replace(each, cover=there(each.cover), lyrics=tuple(text for text in each.lyrics if there(text.file)))
        for each in kept
    )
    return structs.replace(release, tracks=tuple(found), cover=there(release.cover), notes={})


def list_alone(release: Release) -> Release:
    """Of a release what its list says: no pictures, words or notes, whose files stay here with its music."""
    tracks = tuple(structs.replace(each, cover=None, lyrics=()) for each in release.tracks)
    return structs.replace(release, tracks=tracks, cover=None, notes={}, images=())


def _loaded(album: str, release: Release, tracks: frozenset[str] | None, quality: Quality) -> LoadedRelease:
    files = (*release.files(), *release.spare_files())
    carried = tuple(
        SpoolFile(path=blob_path(file.sha256), length=file.length, is_text=file.media_type in TEXT_TYPES)
        for file in files
    )
    return LoadedRelease(release.id, album, release.title, carried, tracks, quality)


def _has_small(release: Release, found: Release) -> bool:
    pairs = zip(release.tracks, found.tracks, strict=True)
    return any(signed.small is not None and signed.small in (goes.file, goes.small) for signed, goes in pairs)


def _documents(
    library: Library, view: LabelView, verdict: Verdict, wanted: Wanted | None
) -> Iterator[tuple[str, Release]]:
    """What a label signed of the albums that are wanted, each with the id of its album here."""
    carried = is_own_carrier(library, view)  # passed on while it is nobody's, and while it is here
    for release_id, album, sha256, *_ in library.index.signed.wanted(view.imprint, unclaimed_only=carried):
        listed = verdict.targets.get(target_path(RELEASE, release_id))
        if listed is None or listed.sha256 != sha256 or (wanted is not None and album not in wanted):
            continue
        path = label_path(view.imprint, listed.stored_path)
        if library.has_member(path):
            yield album, read_release(library, path)


def read_release(library: Library, path: str) -> Release:
    """A signed release by its path in the spool. Raises: LibraryError."""
    return decode(Release, library.member(path), max_length=MAX_RELEASE_LENGTH)
