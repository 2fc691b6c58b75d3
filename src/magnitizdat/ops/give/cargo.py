"""What goes on a reel or into an open spool: which files of the one tree, and their bytes when they are wanted."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache
from typing import NamedTuple

import msgspec

from magnitizdat.catalogue.documents import LABEL_PATH, MAX_RELEASE_LENGTH, decode
from magnitizdat.catalogue.kinds import RELEASE, target_path
from magnitizdat.catalogue.publisher import LabelKeys
from magnitizdat.catalogue.refresh import Verdict, review
from magnitizdat.errors import NoSpaceError, UsageError
from magnitizdat.formats.spool_paths import INDEX_PATH, blob_path, label_path, parse_blob
from magnitizdat.library.index.views import AlbumView, LabelView
from magnitizdat.library.library import Library
from magnitizdat.library.vault import Placement
from magnitizdat.model import PIECE_LENGTH, TEXT_TYPES, AlbumName, Progress, Quality, Release, Silent, SpoolFile
from magnitizdat.ops.albums.quality import version_of
from magnitizdat.ops.albums.renditions import add_small
from magnitizdat.ops.intake.halves import half_left, halves
from magnitizdat.ops.labels.labels import carrier, held_state, is_own_carrier, label_keys
from magnitizdat.ops.labels.publish import sign_releases
from magnitizdat.sentence import say


class LoadedRelease(NamedTuple):
    """What a plan needs of a release that goes along whole: of many, their documents are too long to be held."""

    id: str
    title: str
    files: tuple[SpoolFile, ...]
    """Of the versions of its tracks that go, in the order of listening, and what belongs to it."""


class Loaded(NamedTuple):
    """One label with the releases of it that go along."""

    view: LabelView
    verdict: Verdict
    releases: tuple[LoadedRelease, ...]
    without_small: frozenset[str] = frozenset()
    """Ids of those of which small versions were asked for, and no track has one here."""
    only_small: frozenset[str] = frozenset()
    """Ids of those of which originals were asked for, and some track is here only in its small version."""


class Cargo:
    """Files in the order of writing: labels first, then each release's files in the order of listening."""

    def __init__(
        self, library: Library, loaded: Sequence[Loaded], quality: Quality = "full", halves: Sequence[AlbumName] = ()
    ) -> None:
        self._library = library
        self.loaded = tuple(loaded)
        self.quality: Quality = quality
        self.halves = tuple(halves)
        """Albums that stay here, since nobody signed them and a track of each ends too early."""
        self._small: dict[str, bytes] = {}
        self._turn = threading.Lock()
        self._last = threading.local()
        self.files: list[SpoolFile] = []
        self._documents: dict[tuple[str, str], SpoolFile] = {}
        self._groups: list[tuple[AlbumName, SpoolFile, int, int]] = []
        unordered = sorted(loaded, key=lambda label: label.view.imprint)  # own ones first would tell which these are
        for label in unordered:
            self._add_label(label)
        self._add_small(INDEX_PATH, label_index(label.view for label in unordered))
        self.first_blob = len(self.files)
        seen: set[str] = set()
        for label in loaded:
            for release in label.releases:
                self._add_release(label.view.imprint, release, seen)

    def _add_small(self, path: str, content: bytes) -> None:
        self._small[path] = content
        self.files.append(SpoolFile(path=path, length=len(content)))

    def _add_label(self, label: Loaded) -> None:
        imprint = label.view.imprint
        for name, body in label.verdict.state.files.items():
            self._add_small(label_path(imprint, f"metadata/{name}"), body)
        wanted = {target_path(RELEASE, release.id): release.id for release in label.releases} | {LABEL_PATH: ""}
        for path, listed in label.verdict.targets.items():
            if path in wanted:
                stored = label_path(imprint, listed.stored_path)
                self.files.append(SpoolFile(path=stored, length=listed.length))  # read when it is wanted: they are many
                self._documents[imprint, wanted[path]] = self.files[-1]
        self._add_unknown(label)

    def _add_unknown(self, label: Loaded) -> None:
        """Documents of kinds that nobody here knows go along with whatever albums of their label do."""
        imprint = label.view.imprint
        for held in self._library.index.documents.held(imprint):
            listed = label.verdict.targets.get(held.path)
            if listed is None or listed.sha256 != held.sha256:
                continue
            stored = label_path(imprint, listed.stored_path)
            content = self._library.index.documents.body(imprint, held.sha256)
            if content or self._library.has_member(stored):
                self._add_small(stored, content or self._library.member(stored))

    def _add_release(self, imprint: str, release: LoadedRelease, seen: set[str]) -> None:
        start = len(self.files)
        for file in release.files:
            if file.path not in seen:
                seen.add(file.path)
                self.files.append(file)
        name = AlbumName(id=release.id, title=release.title)
        self._groups.append((name, self._documents[imprint, release.id], start, len(self.files)))

    def releases(self, label: Loaded) -> Iterator[Release]:
        """The releases of one of its labels, read anew one by one, each with the versions of its tracks that go."""
        paths = {file.path for file in self.files}
        for each in label.releases:
            signed = _read(self._library, self._documents[label.view.imprint, each.id].path)
            found = version_of(signed, self.quality, lambda file: blob_path(file.sha256) in paths)
            if found is not None:
                yield found

    def head_files(self) -> list[SpoolFile]:
        """What goes along whichever albums do: labels, but no release's document."""
        documents = {document.path for _, document, _, _ in self._groups}
        return [file for file in self.files[: self.first_blob] if file.path not in documents]

    def album_files(self) -> list[tuple[AlbumName, list[SpoolFile]]]:
        """(album, its document and those of its files that no album before it has), in the order of writing."""
        return [(name, [document, *self.files[start:end]]) for name, document, start, end in self._groups]

    def albums(self) -> tuple[AlbumName, ...]:
        """All that go along, in the order of writing."""
        return tuple(name for name, _, _, _ in self._groups)

    @property
    def without_small(self) -> tuple[AlbumName, ...]:
        """Albums that go in full, since nobody signed a small version of them, or it is not here."""
        return self._among({each for label in self.loaded for each in label.without_small})

    @property
    def only_small(self) -> tuple[AlbumName, ...]:
        """Albums that go in their small version, since not every original is here."""
        return self._among({each for label in self.loaded for each in label.only_small})

    def _among(self, ids: set[str]) -> tuple[AlbumName, ...]:
        return tuple(name for name in self.albums() if name.id in ids)

    def within(self, size: int) -> tuple[Cargo, tuple[AlbumName, ...]]:
        """As many of the first albums as take at most `size` bytes as plain files, and the others.

        Raises: NoSpaceError if not even one does.
        """
        groups, length = self.album_files(), sum(file.length for file in self.head_files())
        chosen = 0
        for _, files in groups:
            length += sum(file.length for file in files)
            if length > size:
                break
            chosen += 1
        if not chosen:
            raise NoSpaceError(say("not even one album fits that size; give more, or choose a smaller album"))
        kept, left = [], chosen
        for label in self.loaded:
            kept.append(label._replace(releases=label.releases[:left]))
            left = max(0, left - len(label.releases))
        cargo = Cargo(self._library, [label for label in kept if label.releases], self.quality, self.halves)
        return cargo, self.albums()[chosen:]

    @property
    def length(self) -> int:
        """Bytes of all files."""
        return sum(file.length for file in self.files)

    def read(self, path: str, piece: int) -> bytes:
        """Piece `piece` (of 1 MiB) of a file.

        Raises: LibraryError.
        """
        if parse_blob(path):
            return self._library.vault.read(self._placement(path, piece))
        small = self._small.get(path)
        whole = self._library.member(path) if small is None else small
        return whole[piece * PIECE_LENGTH : (piece + 1) * PIECE_LENGTH]

    def read_into(self, path: str, piece: int, buffer: memoryview) -> int:
        """Fill the beginning of `buffer` with piece `piece` of a file; how many bytes that was.

        Raises: LibraryError.
        """
        if parse_blob(path):
            is_whole = piece == 0 and len(buffer) < PIECE_LENGTH
            return self._library.vault.read_into(self._placement(path, piece, is_whole=is_whole), buffer)
        content = self.read(path, piece)
        buffer[: len(content)] = content
        return len(content)

    def _placement(self, path: str, piece: int, *, is_whole: bool = False) -> Placement:
        """Where a piece is. Each thread keeps the places of its last file; a file of one piece is asked for alone."""
        sha256 = parse_blob(path) or ""
        if getattr(self._last, "sha256", "") != sha256:
            with self._turn:
                only = self._library.index.cells.piece(sha256, 0) if is_whole else None
                self._last.places = {0: only} if only else self._library.placements(sha256)
            self._last.sha256 = sha256
        places: dict[int, Placement] = self._last.places
        return places[piece]

    def pieces(self, file: SpoolFile) -> Iterator[bytes]:
        """A whole file, 1 MiB at a time."""
        for number in range(max(1, -(-file.length // PIECE_LENGTH))):
            yield self.read(file.path, number)


def label_index(views: Iterator[LabelView]) -> bytes:
    """`labels/index.json`: an unsigned hint for sources that cannot list folders."""
    labels = [{"imprint": view.imprint, "name": view.name} for view in views]
    return json.dumps({"labels": labels}, ensure_ascii=False, separators=(",", ":")).encode()


def gather(
    library: Library,
    *,
    now: datetime,
    labels: Sequence[LabelView] = (),
    albums: Sequence[AlbumView] = (),
    quality: Quality = "full",
    progress: Progress | None = None,
) -> Cargo:
    """Whole releases of these labels, or these albums, or (with neither) all that I hold; the unsigned goes as carried.

    Where small versions are to go along, those of carried music are made first.

    Raises: UsageError if nothing whole is there to go.
    """
    wanted = {view.id for view in albums}
    chosen = {view.imprint for view in labels}
    everything = not wanted and not chosen
    carried = None if everything else wanted
    left = _carry(library, carried, now=now, small=quality != "full", progress=progress or Silent())
    loaded = []
    for view in library.shelf.labels():
        if chosen and view.imprint not in chosen:
            continue
        label = _load(library, view, None if everything or chosen else wanted, now=now, quality=quality)
        if label is not None and label.releases:
            loaded.append(label)
    if not loaded and left:
        raise UsageError(half_left(left))
    if not loaded:
        raise UsageError(say("there is no whole album to put there; `mag import` or `mag dub` brings some"))
    return Cargo(library, loaded, quality, left)


def _load(
    library: Library, view: LabelView, wanted: set[str] | None, *, now: datetime, quality: Quality
) -> Loaded | None:
    files = library.label_files(view.imprint)
    if not files:
        return None
    verdict = review(held_state(library, view.imprint), now=now)
    releases, without_small, only_small = list[LoadedRelease](), set[str](), set[str]()
    for release in _documents(library, view, verdict, wanted):
        found = version_of(release, quality, cache(library.shelf.holds))  # asked of each file more than once
        if found is None:
            continue
        releases.append(_loaded(found))
        if quality != "full" and not _has_small(release, found):
            without_small.add(release.id)
        if quality != "small" and any(a.file != b.file for a, b in zip(release.tracks, found.tracks, strict=True)):
            only_small.add(release.id)
    return Loaded(view, verdict, tuple(releases), frozenset(without_small), frozenset(only_small))


def _loaded(release: Release) -> LoadedRelease:
    files = (*release.files(), *release.spare_files())
    carried = tuple(
        SpoolFile(path=blob_path(file.sha256), length=file.length, is_text=file.media_type in TEXT_TYPES)
        for file in files
    )
    return LoadedRelease(release.id, release.title, carried)


def _has_small(release: Release, found: Release) -> bool:
    pairs = zip(release.tracks, found.tracks, strict=True)
    return any(signed.small is not None and signed.small in (goes.file, goes.small) for signed, goes in pairs)


def _documents(library: Library, view: LabelView, verdict: Verdict, wanted: set[str] | None) -> Iterator[Release]:
    """What a label signed of the albums that are wanted."""
    carried = is_own_carrier(library, view)  # passed on while it is nobody's, and while it is here
    for release_id, album, sha256, *_ in library.index.signed.wanted(view.imprint, unclaimed_only=carried):
        listed = verdict.targets.get(target_path(RELEASE, release_id))
        if listed is None or listed.sha256 != sha256 or (wanted is not None and album not in wanted):
            continue
        path = label_path(view.imprint, listed.stored_path)
        if library.has_member(path):
            yield _read(library, path)


def _read(library: Library, path: str) -> Release:
    return decode(Release, library.member(path), max_length=MAX_RELEASE_LENGTH)


def _unsigned(library: Library, wanted: set[str] | None) -> Iterator[Release]:
    """Whole albums that nobody signed, of those that are wanted."""
    for view in list(library.shelf.unsigned_albums()):
        release = library.shelf.release(view.id) if view.complete and (wanted is None or view.id in wanted) else None
        if release is not None:
            yield release


def _carry(
    library: Library, wanted: set[str] | None, *, now: datetime, small: bool, progress: Progress
) -> list[AlbumName]:
    """Sign unsigned albums as carried: "these bytes I passed on", never as their author.

    Those of which a track ends too early are answered: nobody was asked whether these shall be signed.
    """
    if all(map(halves, _unsigned(library, wanted))):
        held = list(_unsigned(library, wanted))
    else:
        held = _sign_carried(library, wanted, now=now, small=small, progress=progress)
    return [AlbumName(id=release.id, title=release.title) for release in held if halves(release)]


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
