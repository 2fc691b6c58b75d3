"""`mag archive`: a label as a BagIt bag, for whoever keeps it and has never heard of us.

Originals under readable names, each once, with playlists, notes and pages that need no server; beside them all that the
label signed, so that `mag dub` takes it back with its signatures. What is not here is named.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from msgspec import structs

from magnitizdat import __version__, language, program
from magnitizdat.catalogue.documents import LABEL_PATH, MAX_LABEL_LENGTH, MAX_RELEASE_LENGTH, LabelDocument, decode
from magnitizdat.catalogue.kinds import RELEASE, parse_target
from magnitizdat.catalogue.refresh import Listed, Verdict, review, verify_document
from magnitizdat.catalogue.voices import VOICES
from magnitizdat.disk.disk import Disk
from magnitizdat.disk.space import existing_folder, space
from magnitizdat.disk.surroundings import medium
from magnitizdat.errors import LibraryError, NoSpaceError, SourceError, UsageError, partly
from magnitizdat.formats import m3u, spool_index
from magnitizdat.formats.bagit import PAYLOAD
from magnitizdat.formats.names import clean_text, imprint_words, portable_name
from magnitizdat.formats.spool_index import IndexedLabel
from magnitizdat.formats.spool_paths import INDEX_PATH, begins_like_markup, label_path
from magnitizdat.library.index.views import LabelView
from magnitizdat.library.library import Library
from magnitizdat.model import AlbumName, File, Outcome, Progress, Release, Shortfall, Silent, Value
from magnitizdat.ops.albums.contents import notes_of
from magnitizdat.ops.clubs.staying import Gate, gate, staying_words_sentence
from magnitizdat.ops.give import archive_names as names
from magnitizdat.ops.give.archive_closed import closed_files, withheld_paths
from magnitizdat.ops.give.archive_voices import said_in
from magnitizdat.ops.give.bag_writer import IDENTIFIER, BagWriter
from magnitizdat.ops.give.export import FAT, FAT_LIMIT, TOO_LONG
from magnitizdat.ops.give.open_spool import PAGES
from magnitizdat.ops.labels.labels import held_state
from magnitizdat.pages import archive as pages
from magnitizdat.sentence import Sentence, say, size_words

PAGE_LENGTH = 32 << 10
"""Bytes of a page, about."""
SHOWN_STRANGE = 10
NO_DOCUMENT = say("what the label signed of it is not here; dub it, then repeat the command")
NOT_KEPT = say("a program could take it for a page or cannot name it, so it is not in the archive; it goes in reels")
STRANGE = say("no archive wrote it, and the bag counts as altered while it is there; move it elsewhere")


class ArchiveReport(Value, frozen=True, kw_only=True):
    """What is in the bag: albums, tracks and files with their bytes; `already` stood there whole, `written` are bytes.

    `withdrawn` are there by their lists alone, `closed` as closed files. `removed`: files of an earlier run that are
    not of this one.
    """

    label: str
    imprint: str
    albums: int
    tracks: int
    files: int
    length: int
    written: int
    already: int
    removed: int
    withdrawn: tuple[AlbumName, ...]
    closed: tuple[AlbumName, ...]
    missing: tuple[Shortfall, ...]
    staying: int = 0
    """Words about labels that stay in clubs."""

    def outcome(self, destination: Path) -> Outcome:
        """What stands where, and what it is worth."""
        return Outcome(
            headline=say(
                "«{label}» is archived in {destination}, {length}. Tracks: {tracks}. Albums: {albums}.",
                label=self.label,
                destination=destination,
                length=size_words(self.length),
                tracks=self.tracks,
                albums=self.albums,
            ),
            lines=(
                say("A browser opens {page}; any program for BagIt checks it; Magnitizdat takes it back.", page=_FIRST),
                *(
                    say("«{title}» is withdrawn: what was signed of it is there, its music is not.", title=each.title)
                    for each in self.withdrawn
                ),
                *(
                    say("«{title}» is a premiere: its closed file is there, what is in it is not.", title=each.title)
                    for each in self.closed
                ),
                say("It is not sealed: whoever holds that folder can play it, and sees who signed it."),
                *((staying_words_sentence(self.staying),) if self.staying else ()),
            ),
            missing=self.missing,
            exit_code=partly(self.missing),
        )


_FIRST = f"{PAYLOAD}/index.html"


class _PayloadFile(NamedTuple):
    """A file of the payload; `path` counts from there."""

    path: str
    sha256: str
    length: int


class _AlbumFolder(NamedTuple):
    """A release that the label signed, where its document lies in the vault, and its folder in the payload."""

    document: str
    folder: str


def archive(
    library: Library,
    label: LabelView,
    destination: Path,
    *,
    now: datetime,
    disk: Disk,
    passes: Gate | None = None,
    progress: Progress | None = None,
) -> ArchiveReport:
    """Write all that is here of a label into a bag, or bring one up to date; the same call goes on after an accident.

    Raises: UsageError where nothing is here of it, or something else is there; NoSpaceError, before anything is written
    where that can be known; TargetError.
    """
    passes = gate(library) if passes is None else passes
    reason = passes.reason(label.imprint)
    if reason is not None:
        raise UsageError(reason)
    if not library.label_files(label.imprint):
        raise UsageError(say("nothing that «{name}» signed is here; dub it first", name=label.name))
    run = _Archive(library, label, destination, passes, now=now, disk=disk, progress=progress or Silent())
    return run.run()


class _Archive:
    def __init__(
        self,
        library: Library,
        label: LabelView,
        destination: Path,
        passes: Gate,
        *,
        now: datetime,
        disk: Disk,
        progress: Progress,
    ) -> None:
        self._library = library
        self._passes = passes
        self._staying = 0
        self._label = label
        self._destination = destination
        self._progress = progress
        self._verdict: Verdict = review(held_state(library, label.imprint), now=now)
        self._bag = BagWriter(destination, _facts(label, now), disk=disk)
        self._voices = tuple(language.voices(program.data_folder()))
        self._pages = pages.page_names(self._voices)
        self._places: dict[str, str] = {}
        self._withdrawn: list[AlbumName] = []
        self._missing: list[Shortfall] = []
        self._closed = tuple(closed_files(library, label))
        self._tracks = 0

    def run(self) -> ArchiveReport:
        """Names first, then room, then bytes."""
        documents = list(self._documents())
        albums = self._named(documents)
        files = [*self._files(albums), *(_PayloadFile(*each[1:]) for each in self._closed)]
        self._require_room(files, documents, len(albums))
        self._bag.begin()
        for file in files:
            self._put_blob(file)
        for listed in documents:
            self._put_document(listed)
        self._put_metadata()
        self._put_pages(albums, documents)
        strange = self._bag.finish()
        self._missing += [Shortfall(what=path, reason=STRANGE) for path in strange[:SHOWN_STRANGE]]
        return self._report(len(albums), sum(file.length for file in files))

    def _report(self, albums: int, length: int) -> ArchiveReport:
        return ArchiveReport(
            label=self._label.name,
            imprint=self._label.imprint,
            albums=albums,
            tracks=self._tracks,
            files=self._bag.files,
            length=length,
            written=self._bag.written,
            already=self._bag.already,
            removed=self._bag.removed,
            withdrawn=tuple(self._withdrawn),
            closed=tuple(each.name for each in self._closed),
            missing=tuple(self._missing),
            staying=self._staying,
        )

    # -- what there is ------------------------------------------------------------------------------------------------

    def _documents(self) -> Iterator[Listed]:
        """All that the label lists and that is here; the rest is named."""
        closed = withheld_paths(self._library, self._label.imprint)
        for path, listed in sorted(self._verdict.targets.items()):
            if self._passes.holds_back(self._library, self._label.imprint, path):
                self._staying += 1
            elif self._content(listed) is not None:
                yield listed
            elif path not in closed:
                kind = parse_target(path)
                what = say("an album of {label}", label=self._label.name) if kind.kind == RELEASE else path
                self._missing.append(Shortfall(what=what, reason=NO_DOCUMENT, id=kind.id))

    def _content(self, listed: Listed) -> bytes | None:
        """A document as it was signed, where it is here."""
        path = label_path(self._label.imprint, listed.stored_path)
        content = self._library.index.documents.body(self._label.imprint, listed.sha256)
        with suppress(LibraryError, SourceError):
            return verify_document(listed, content or self._library.member(path))
        return None

    def _named(self, documents: Sequence[Listed]) -> list[_AlbumFolder]:
        """The albums, each with a folder; named in the order of their documents, so the same each time."""
        releases = [listed for listed in documents if parse_target(listed.path).kind == RELEASE]
        titles = list[tuple[str, str, str]]()
        paths = [label_path(self._label.imprint, listed.stored_path) for listed in releases]
        for path in paths:
            release = self._release(path)
            titles.append((release.artist, release.title, (release.date or release.released)[:4]))
            if release.withdrawn:
                self._withdrawn.append(AlbumName(id=release.id, title=release.title))
        return [_AlbumFolder(*pair) for pair in zip(paths, names.folder_names(titles), strict=True)]

    def _release(self, path: str) -> Release:
        return decode(Release, self._library.member(path), max_length=MAX_RELEASE_LENGTH)

    def _contents(self, release: Release) -> names.Contents:
        return names.contents(release, self._pages, self._library.shelf.holds)

    def _files(self, albums: Sequence[_AlbumFolder]) -> Iterator[_PayloadFile]:
        """Each blob once: in the folder of the first album that has it."""
        for album in albums:
            release = self._release(album.document)
            found = self._contents(release)
            self._missing += found.missing
            for name, file in found.files:
                if file.sha256 not in self._places:
                    self._places[file.sha256] = f"{album.folder}/{name}"
                    yield _PayloadFile(f"{album.folder}/{name}", file.sha256, file.length)

    # -- room ---------------------------------------------------------------------------------------------------------

    def _require_room(self, files: Sequence[_PayloadFile], documents: Sequence[Listed], albums: int) -> None:
        """Raises: NoSpaceError where new bytes or names do not fit."""
        room = space(self._destination)
        lacking = [file.length for file in files if self._bag.length_of(f"{PAYLOAD}/{file.path}") != file.length]
        if not self._bag.has_list():
            lacking += [listed.length for listed in documents]
            lacking += [PAGE_LENGTH] * (len(self._pages) * (albums + 1) + len(files) // 100)
        needed = room.allocated(lacking)
        if not room.takes(needed):
            raise NoSpaceError(
                say(
                    "the archive takes {needed} more and {free} are free in {destination}; nothing was written; free"
                    " some, or name another place",
                    needed=size_words(needed),
                    free=size_words(room.free or 0),
                    destination=self._destination,
                )
            )
        if room.names is not None and len(lacking) > room.names:
            raise NoSpaceError(
                say(
                    "{destination} takes {room} more names of files, and {names} are needed; nothing was written",
                    destination=self._destination,
                    room=room.names,
                    names=len(lacking),
                )
            )
        self._progress.start(say("Archiving"), sum(file.length for file in files))

    # -- writing ------------------------------------------------------------------------------------------------------

    @property
    def _longest(self) -> int | None:
        """Bytes of a file there, where that is little."""
        under = medium(existing_folder(self._destination))
        return FAT_LIMIT if under is not None and under.kind in FAT else None

    def _put_blob(self, file: _PayloadFile) -> None:
        longest = self._longest if file.length > FAT_LIMIT else None
        reason = TOO_LONG if longest is not None else self._tried(file)
        if reason:
            self._missing.append(Shortfall(what=file.path, reason=reason))
            del self._places[file.sha256]
        self._progress.advance(file.length)

    def _tried(self, file: _PayloadFile) -> Sentence | None:
        """Why a file could not be written, if the library is at fault."""
        try:
            content = self._library.blob(file.sha256).pieces()
            self._bag.put(f"{PAYLOAD}/{file.path}", file.sha256, file.length, content)
        except LibraryError as exc:
            return exc.sentence
        return None

    def _put_document(self, listed: Listed) -> None:
        content = self._content(listed) or b""
        path = f"{PAYLOAD}/{label_path(self._label.imprint, listed.stored_path)}"
        if not _may_lie_there(path, content):
            self._missing.append(Shortfall(what=listed.path, reason=NOT_KEPT))
            return
        try:
            self._bag.put(path, listed.sha256, len(content), iter([content]))
        except LibraryError as exc:
            self._missing.append(Shortfall(what=listed.path, reason=exc.sentence))

    def _put_metadata(self) -> None:
        for name, body in sorted(self._verdict.state.files.items()):
            self._bag.put_small(f"{PAYLOAD}/{label_path(self._label.imprint, f'metadata/{name}')}", body)
        self._bag.put_small(
            f"{PAYLOAD}/{INDEX_PATH}", spool_index.render([IndexedLabel(self._label.imprint, self._label.name)])
        )

    # -- pages --------------------------------------------------------------------------------------------------------

    def _put_pages(self, albums: Sequence[_AlbumFolder], documents: Sequence[Listed]) -> None:
        label = pages.ArchivedLabel(self._label.name, self._label.imprint, self._voices, self._about())
        shelf = list[pages.ShelfLine]()
        for album in albums:
            release = self._release(album.document)
            found = self._contents(release)
            shown = self._shown(release, found, album.folder)
            self._tracks += sum(bool(each.link) for each in shown.tracks)
            cover = self._places.get(release.cover.sha256, "") if release.cover is not None else ""
            shelf.append(pages.ShelfLine(release, album.folder, pages.link_to(cover) if not release.withdrawn else ""))
            for voice, page in zip(self._voices, found.pages, strict=True):
                self._bag.put_small(f"{PAYLOAD}/{album.folder}/{page}", pages.album_page(label, voice, shown))
            if any(each.link for each in shown.tracks):
                playlist = self._playlist(release, found, album.folder)
                self._bag.put_small(f"{PAYLOAD}/{album.folder}/{found.playlist}", playlist)
        said = [line for listed in documents for line in self._said(listed)]
        for voice, page in zip(self._voices, self._pages, strict=True):
            content = pages.shelf_page(label, voice, shelf, said, self._missing)
            self._bag.put_small(f"{PAYLOAD}/{page}", content)

    def _said(self, listed: Listed) -> Iterator[pages.SaidLine]:
        if parse_target(listed.path).kind in VOICES:
            yield from said_in(listed.path, self._content(listed) or b"")

    def _about(self) -> dict[str, str]:
        listed = self._verdict.targets.get(LABEL_PATH)
        content = self._content(listed) if listed is not None else None
        return dict(decode(LabelDocument, content, max_length=MAX_LABEL_LENGTH).notes) if content is not None else {}

    def _shown(self, release: Release, found: names.Contents, folder: str) -> pages.ArchivedAlbum:
        tracks = tuple(
            pages.ArchivedTrack(
                track,
                pages.link_to(self._from(folder, file)) if names.plays(file) and not release.withdrawn else "",
            )
            for track, file in found.versions
        )
        cover = "" if release.withdrawn else pages.link_to(self._from(folder, release.cover))
        notes = {} if release.withdrawn else notes_of(self._library, self._with_notes_there(release))
        return pages.ArchivedAlbum(release, folder, tracks, cover, found.playlist, notes)

    def _from(self, folder: str, file: File | None) -> str:
        """Where a file lies, counted from a folder; nothing where it is not there."""
        place = self._places.get(file.sha256, "") if file is not None else ""
        return place.removeprefix(f"{folder}/") if place.startswith(f"{folder}/") else place and f"../{place}"

    def _with_notes_there(self, release: Release) -> Release:
        notes = {written_in: file for written_in, file in release.notes.items() if file.sha256 in self._places}
        return structs.replace(release, notes=notes)

    def _playlist(self, release: Release, found: names.Contents, folder: str) -> bytes:
        entries = (
            m3u.PlaylistEntry(self._from(folder, file), track.artist, track.title, track.duration_s)
            for track, file in found.versions
            if self._from(folder, file)
        )
        return m3u.render(entries, name=release.title).encode()


def _facts(label: LabelView, now: datetime) -> list[tuple[str, str]]:
    """Source: RFC 8493, 2.2.2."""
    name = " ".join(clean_text(label.name).split())
    return [
        ("Source-Organization", name),
        (IDENTIFIER, label.imprint),
        ("External-Description", f"Music signed by the label {name} ({imprint_words(label.imprint)})"),
        ("Bagging-Date", now.date().isoformat()),
        ("Bag-Software-Agent", f"magnitizdat {__version__}"),
    ]


def _may_lie_there(path: str, content: bytes) -> bool:
    """A document of a kind to come may be named or begin like a page, and a name end as no system takes it."""
    name = path.rpartition("/")[2]
    is_page = name.rpartition(".")[2] in PAGES or (not name.endswith(".json") and begins_like_markup(content))
    return not is_page and portable_name(name, max_bytes=len(name)) == name
