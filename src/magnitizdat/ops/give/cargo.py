"""What goes on a reel or into an open spool: which files of the one tree, and their bytes when they are wanted."""

from __future__ import annotations

import copy
import hashlib
import threading
from bisect import bisect_left
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Sequence
from typing import NamedTuple

from magnitizdat.catalogue.documents import LABEL_PATH
from magnitizdat.catalogue.following import TIMESTAMP_NAME
from magnitizdat.catalogue.kinds import RELEASE, parse_target, target_path
from magnitizdat.catalogue.refresh import Verdict
from magnitizdat.errors import NoSpaceError
from magnitizdat.formats import spool_index
from magnitizdat.formats.spool_index import IndexedLabel
from magnitizdat.formats.spool_paths import INDEX_PATH, blob_path, label_path, parse_blob
from magnitizdat.library.index.views import LabelView
from magnitizdat.library.library import Library
from magnitizdat.library.vault import Placement
from magnitizdat.model import PIECE_LENGTH, AlbumName, File, Quality, Release, Shortfall, SpoolFile
from magnitizdat.ops.albums.quality import version_of
from magnitizdat.ops.clubs.staying import Gate
from magnitizdat.ops.give.loading import Loaded, LoadedClosed, LoadedRelease, list_alone, part_of, read_release
from magnitizdat.ops.give.voices import (
    SILENCE,
    Speech,
    SpokenWord,
    Voiced,
    is_read,
    is_told,
    most,
)
from magnitizdat.ops.post.carrying import NO_MAIL, Mailbag
from magnitizdat.ops.premieres.withheld import premiere_at
from magnitizdat.sentence import say


class _Group(NamedTuple):
    """An album that goes: its document, and where among the blobs those stand that no album before it has."""

    imprint: str
    name: AlbumName
    album: str
    document: SpoolFile
    start: int
    end: int
    length: int

    @property
    def key(self) -> str:
        return self.album or self.name.id


class CargoAlbum(NamedTuple):
    """An album that goes, by its id here (a closed one by its own).

    `length`: bytes of its document and of all its files, also of those that it shares with others.
    """

    id: str
    name: AlbumName
    imprint: str
    length: int


class Cargo:
    """Files in the order of writing: labels, what is said, then each release's files in the order of listening.

    With an `order`, of ids as `CargoAlbum` has them, albums stand in it, and not label by label.
    """

    def __init__(
        self,
        library: Library,
        loaded: Sequence[Loaded],
        quality: Quality = "full",
        halves: Sequence[AlbumName] = (),
        *,
        speech: Speech = SILENCE,
        lacking: Sequence[Shortfall] = (),
        passes: Gate | None = None,
        staying: int = 0,
        mailbag: Mailbag = NO_MAIL,
        order: Sequence[str] = (),
    ) -> None:
        self._library = library
        self._order = tuple(order)
        self._passes = passes or Gate()
        self.loaded = tuple(loaded)
        self.quality: Quality = quality
        self.halves = tuple(halves)
        """Albums that stay here, since nobody signed them and a track of each ends too early."""
        self.lacking = tuple(lacking)
        """Songs that were asked for, and that are not here, or cannot be signed."""
        self.staying = staying
        """How many labels stay in clubs, and would have gone."""
        self.mailbag = mailbag
        """Letters that go along where it is sealed."""
        self._speech = speech
        self._small: dict[str, bytes] = {}
        self._turn = threading.Lock()
        self._last = threading.local()
        self._papers: list[SpoolFile] = []
        self._blobs: list[SpoolFile] = []
        self._documents: dict[tuple[str, str], SpoolFile] = {}
        self._groups: list[_Group] = []
        for label in sorted(loaded, key=lambda label: label.view.imprint):  # own ones first would tell which these are
            self._papers += self._of_label(label.view.imprint, label.verdict, label.documents)
            self._papers += [each.document for each in label.closed]
            self._papers += self._unknown(label)
        seen: set[str] = set()
        rank = {each: place for place, each in enumerate(self._order)}
        for label, each in sorted(_going(loaded), key=lambda pair: rank.get(_id_of(pair[1]), len(rank))):
            self._add(label.view.imprint, each, seen)
        self._say(self._said_about(len(self._groups)))

    def _hold(self, path: str, content: bytes) -> SpoolFile:
        self._small[path] = content
        return SpoolFile(path=path, length=len(content))

    def _of_label(self, imprint: str, verdict: Verdict, releases: Collection[str] = ()) -> Iterator[SpoolFile]:
        """Its metadata, what it says of itself, and the documents of these releases."""
        for name, body in verdict.state.files.items():
            yield self._hold(label_path(imprint, f"metadata/{name}"), body)
        wanted = {target_path(RELEASE, each): each for each in releases} | {LABEL_PATH: ""}
        for path, listed in verdict.targets.items():
            if path in wanted:
                stored = label_path(imprint, listed.stored_path)
                document = SpoolFile(path=stored, length=listed.length)  # read when it is wanted: they are many
                self._documents[imprint, wanted[path]] = document
                yield document

    def _unknown(self, label: Loaded) -> Iterator[SpoolFile]:
        """Documents of kinds that nobody here knows go along with whatever albums of their label do.

        A premiere goes with its closed file alone.
        """
        imprint, documents = label.view.imprint, self._library.index.documents
        for held in documents.held(imprint):
            listed = label.verdict.targets.get(held.path)
            if listed is None or listed.sha256 != held.sha256 or (self._speech.is_mute and is_told(held.path)):
                continue
            if self._passes.holds_back(self._library, imprint, held.path):
                continue
            stored = label_path(imprint, listed.stored_path)
            content = documents.body(imprint, held.sha256)
            if is_read(held.path, content) or premiere_at(self._library, imprint, held.path) is not None:
                continue
            if content or self._library.has_member(stored):
                yield self._hold(stored, content or self._library.member(stored))

    # -- what is said -------------------------------------------------------------------------------------------------

    def _said_about(self, albums: int) -> Iterator[SpokenWord]:
        """What is said of its labels and of the first of its albums, as far as there is room for it."""
        labels = [label.view.imprint for label in self.loaded]
        groups = self._groups[:albums]
        music = sum(file.length for file in self._blobs[: groups[-1].end if groups else 0])
        said = self._speech.about(labels, (group.album for group in groups))
        return self._speech.within(said, labels, most(music))

    def _say(self, said: Iterable[SpokenWord]) -> None:
        """Let this be what is said, and nothing else."""
        self.said = tuple(said)
        imprints = {label.view.imprint for label in self.loaded}
        beside = [self._speech.speakers[each.imprint] for each in self.voices if each.imprint not in imprints]
        going = [_indexed(label) for label in self.loaded] + [_entry(each.view, each.verdict) for each in beside]
        self.indexed = tuple(sorted(going))
        self.verdicts = {each.view.imprint: each.verdict for each in self.loaded}
        self.verdicts |= {each.view.imprint: each.verdict for each in beside}
        index = spool_index.render(self.indexed)
        words = [file for speaker in beside for file in self._of_label(speaker.view.imprint, speaker.verdict)]
        words += [SpoolFile(path=each.path, length=each.length) for each in self.said]
        self._small = {**self._small, INDEX_PATH: index}
        self._spoken = {each.path: each for each in self.said}
        self.files = [*self._papers, SpoolFile(path=INDEX_PATH, length=len(index)), *words, *self._blobs]
        self.first_word = len(self._papers) + 1
        self.first_blob = self.first_word + len(words)

    @property
    def voices(self) -> tuple[Voiced, ...]:
        """Whose voices go along."""
        return self._speech.voiced(self.said)

    def about_first(self, albums: int) -> Cargo:
        """The same, with what is said where only the first albums go."""
        return self if albums == len(self._groups) else self._saying(self._said_about(albums))

    def silent(self) -> Cargo:
        """The same, with nothing said."""
        return self._saying(())

    def _saying(self, said: Iterable[SpokenWord]) -> Cargo:
        other = copy.copy(self)
        other._say(said)  # noqa: SLF001 - it is one of us
        return other

    def said_where(self, fits: Callable[[Cargo], bool]) -> Cargo:
        """The same with as much of the newest that is said as fits; all of it if that does."""
        if not self.said or fits(self):
            return self
        counts = range(1, len(self.said))
        most_said = bisect_left(counts, 1, key=lambda count: not fits(self._saying(self.said[:count])))
        return self._saying(self.said[:most_said])

    # -- albums -------------------------------------------------------------------------------------------------------

    def _add(self, imprint: str, each: LoadedRelease | LoadedClosed, seen: set[str]) -> None:
        document = each.document if isinstance(each, LoadedClosed) else self._documents[imprint, each.id]
        start, name, length = len(self._blobs), AlbumName(id=each.id, title=each.title), document.length
        for file in (each.file,) if isinstance(each, LoadedClosed) else each.files:
            length += file.length
            if file.path not in seen:
                seen.add(file.path)
                self._blobs.append(file)
        self._groups.append(_Group(imprint, name, _shelf_id(each), document, start, len(self._blobs), length))

    def releases(self, label: Loaded) -> Iterator[Release]:
        """The releases of one of its labels, read anew one by one, each with the versions of its tracks that go.

        Of what the label withdrew, the list alone.
        """
        paths = {file.path for file in self.files}

        def goes(file: File) -> bool:
            return blob_path(file.sha256) in paths

        for each in label.releases:
            signed = read_release(self._library, self._documents[label.view.imprint, each.id].path)
            part = signed if each.tracks is None else part_of(signed, each.tracks, goes)
            found = version_of(part, each.quality, goes)
            if found is not None:
                yield found
        for gone in label.withdrawn:
            yield list_alone(read_release(self._library, self._documents[label.view.imprint, gone.id].path))

    def head_files(self) -> list[SpoolFile]:
        """What goes along whichever albums do: labels, but no release's document."""
        documents = {group.document.path for group in self._groups}
        return [file for file in self.files[: self.first_blob] if file.path not in documents]

    def album_files(self) -> list[tuple[AlbumName, list[SpoolFile]]]:
        """(album, its document and those of its files that no album before it has), in the order of writing."""
        return [(group.name, [group.document, *self._blobs[group.start : group.end]]) for group in self._groups]

    def albums(self) -> tuple[AlbumName, ...]:
        """All that go along, in the order of writing."""
        return tuple(group.name for group in self._groups)

    @property
    def without_small(self) -> tuple[AlbumName, ...]:
        """Albums that go in full, since nobody signed a small version of them, or it is not here."""
        return self._among({each for label in self.loaded for each in label.without_small})

    @property
    def only_small(self) -> tuple[AlbumName, ...]:
        """Albums that go in their small version, since not every original is here."""
        return self._among({each for label in self.loaded for each in label.only_small})

    @property
    def withdrawn(self) -> tuple[AlbumName, ...]:
        """Albums of which nothing goes but what says that their label withdrew them."""
        return tuple(AlbumName(id=each.id, title=each.title) for label in self.loaded for each in label.withdrawn)

    def _among(self, ids: set[str]) -> tuple[AlbumName, ...]:
        return tuple(name for name in self.albums() if name.id in ids)

    def within(self, size: int) -> tuple[Cargo, tuple[AlbumName, ...]]:
        """As many of the first albums as take at most `size` bytes as plain files, and the others.

        Raises: NoSpaceError if not even one does.
        """
        groups, length = self.album_files(), sum(file.length for file in self.silent().head_files())
        chosen = 0
        for _, files in groups:
            length += sum(file.length for file in files)
            if length > size:
                break
            chosen += 1
        if groups and not chosen:
            raise NoSpaceError(say("not even one album fits that size; give more, or choose a smaller album"))
        if length > size and not groups:
            raise NoSpaceError(say("what these labels say of themselves does not fit that size; give more"))
        cargo = self._of_first(chosen) if groups else self
        return cargo.said_where(lambda each: each.length <= size), self.albums()[chosen:]

    def _of_first(self, albums: int) -> Cargo:
        ids = {(group.imprint, group.name.id) for group in self._groups[:albums]}
        return self._with(
            [label.only({each for imprint, each in ids if imprint == label.view.imprint}) for label in self.loaded]
        )

    def stowed(self, full: Cargo, order: Sequence[str], in_full: Container[str]) -> Cargo:
        """Of the same albums those in this order alone, by their ids here; these in full, as `full` has them."""
        chosen, whole = set(order), {label.view.imprint: label for label in full.loaded}
        kept = []
        for label in self.loaded:
            ids = {each.id for _, each in _going([label]) if _id_of(each) in chosen}
            kept.append(label.with_full(whole.get(label.view.imprint, label), in_full).only(ids))
        found = self._with(kept, order)
        found.quality = full.quality if all(each in in_full for each in order) else self.quality
        return found

    def _with(self, labels: Sequence[Loaded], order: Sequence[str] | None = None) -> Cargo:
        """The same with these of its labels, but for those of which no album is left."""
        pairs = zip(labels, self.loaded, strict=True)
        going = [label for label, whole in pairs if label.albums or label.withdrawn or not whole.albums]
        return Cargo(
            self._library,
            going,
            self.quality,
            self.halves,
            speech=self._speech,
            lacking=self.lacking,
            passes=self._passes,
            staying=self.staying,
            mailbag=self.mailbag,
            order=self._order if order is None else order,
        )

    def each_album(self) -> list[CargoAlbum]:
        """All that go along, in the order of writing."""
        return [CargoAlbum(each.key, each.name, each.imprint, each.length) for each in self._groups]

    def planned(self) -> dict[str, bool]:
        """Where albums stand in an order: each by its id here, and whether it goes in full."""
        full = {_id_of(each) for label in self.loaded for each in label.releases if each.quality == "full"}
        return {each.key: each.key in full for each in self._groups} if self._order else {}

    def release_ids(self) -> dict[str, frozenset[str]]:
        """By label, the releases that go, whole or in part."""
        return {label.view.imprint: frozenset(each.id for each in label.releases) for label in self.loaded}

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
        whole = self.whole(path)
        return whole[piece * PIECE_LENGTH : (piece + 1) * PIECE_LENGTH]

    def whole(self, path: str) -> bytes:
        """All of a file that is not a blob. Raises: LibraryError."""
        small, said = self._small.get(path), self._spoken.get(path)
        if small is None and said is not None:
            small = self._library.index.documents.body(said.imprint, said.sha256)
        return self._library.member(path) if small is None else small

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


def _going(loaded: Iterable[Loaded]) -> Iterator[tuple[Loaded, LoadedRelease | LoadedClosed]]:
    """Albums label by label, of each what is closed last."""
    for label in loaded:
        yield from ((label, each) for each in label.releases)
        yield from ((label, each) for each in label.closed)


def _shelf_id(each: LoadedRelease | LoadedClosed) -> str:
    return each.album if isinstance(each, LoadedRelease) else ""


def _id_of(each: LoadedRelease | LoadedClosed) -> str:
    return _shelf_id(each) or each.id


def _indexed(label: Loaded) -> IndexedLabel:
    parts = {each.id: frozenset(_digests(each.files)) for each in label.releases if each.tracks is not None}
    return _entry(label.view, label.verdict, label.documents.keys())._replace(partly=parts)


def _entry(view: LabelView, verdict: Verdict, going: Collection[str] = ()) -> IndexedLabel:
    """A label of which these releases go along; named are they where it lists others too."""
    held = verdict.state.files.get(TIMESTAMP_NAME)
    timestamp = hashlib.sha256(held).hexdigest() if held is not None else ""
    is_whole = going and all(place.kind != RELEASE or place.id in going for place in map(parse_target, verdict.targets))
    return IndexedLabel(view.imprint, view.name, timestamp=timestamp, releases=None if is_whole else going)


def _digests(files: Iterable[SpoolFile]) -> Iterator[str]:
    return (sha256 for file in files if (sha256 := parse_blob(file.path)))
