"""`mag import`: from files to sealed, searchable albums. Read once, hashed by piece and whole, committed last."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from magnitizdat.errors import MagError, SourceError
from magnitizdat.library.index.sources import FORGOTTEN, FileSeen
from magnitizdat.library.library import Changes, Library
from magnitizdat.model import File, Progress, ReadAt, Silent
from magnitizdat.ops.intake.account import Account, ImportReport, MetList
from magnitizdat.ops.intake.beside import LIST, PICTURE, WORDS, FolderPictures, Lying, Words, alone, kind_of
from magnitizdat.ops.intake.copies import Copies
from magnitizdat.ops.intake.folder import AudioItem, MetFolder
from magnitizdat.ops.intake.grouping import name_of
from magnitizdat.ops.intake.halves import taken_half_words
from magnitizdat.ops.intake.images import Cutter, Music
from magnitizdat.ops.intake.later import Additions
from magnitizdat.ops.intake.moving import Originals
from magnitizdat.ops.intake.one_file import LazyFile, Taker, members
from magnitizdat.ops.intake.preview import SNIFFED, Opener, unpacker
from magnitizdat.ops.intake.received import NEVER, Landed
from magnitizdat.ops.intake.retagged import SIGNED, Retagged, Retagging
from magnitizdat.ops.intake.scan import ScannedFile, by_folder, path_text, reason_of, walk, why_no_music
from magnitizdat.ops.intake.sheets import Sheets
from magnitizdat.ops.intake.shelve import Shelves
from magnitizdat.ops.intake.together import read_together, repairs
from magnitizdat.ops.intake.twins import Twins
from magnitizdat.sentence import say
from magnitizdat.workers.discs import may_be_a_disc
from magnitizdat.workers.pool import ParserPool
from magnitizdat.workers.sniff import AUDIO_SUFFIXES, sniff
from magnitizdat.workers.values import Parsed, ParseFailure

COMMIT_LENGTH = 96 << 20
"""Bytes after which what is sealed is flushed and committed, so that an interruption loses little."""
Seen = Callable[[ScannedFile, str], object]
"""Is told of a file and the SHA-256 of its bytes."""


def import_music(
    library: Library,
    paths: Sequence[Path],
    *,
    move: bool = False,
    met_list: MetList | None = None,
    only: Callable[[list[ScannedFile]], list[ScannedFile]] = list,
    progress: Progress | None = None,
) -> ImportReport:
    """Take in folders, files and zips. What cannot be understood is in `missing`, and stops nothing.

    `met_list` is told of each playlist, whose music may come later; `only` says what of a folder is looked at.

    Raises: LibraryBusyError, NoSpaceError; after any of them, and after Ctrl-C, the same call goes on.
    """
    with library.changes() as changes, ParserPool() as pool:
        intake = _Intake(library, changes, pool, progress or Silent(), move=move, met_list=met_list, roots=paths)
        return intake.run(filter(None, map(only, walk(paths))), LazyFile)


def import_landed(
    library: Library, landed: Sequence[Landed], *, seen: Seen | None = None, progress: Progress | None = None
) -> ImportReport:
    """The same of files that came by page or were left by guests, and lie sealed on disk.

    `seen` is told of each file of music, also in a zip, as what it stands in the library now.

    Raises: as `import_music`.
    """
    known = {each.found: each for each in landed}
    with library.changes() as changes, ParserPool() as pool:
        intake = _Intake(library, changes, pool, progress or Silent(), move=False, seen=seen)
        return intake.run(by_folder(known), known.__getitem__)


class _Intake:
    def __init__(
        self,
        library: Library,
        changes: Changes,
        pool: ParserPool,
        progress: Progress,
        *,
        move: bool,
        seen: Seen | None = None,
        met_list: MetList | None = None,
        roots: Sequence[Path] = (),
    ) -> None:
        self._library = library
        self._changes = changes
        self._pool = pool
        self._progress = progress
        self._move = move
        self._seen = seen
        self._account = Account(met_list)
        self._taker = Taker(library, changes)
        self._cutter = Cutter(pool, self._taker, library, self._account.tell, self._end_with)
        self._pictures = FolderPictures(self._account, self._taker, self._remember, pool)
        self._shelves = Shelves(library, changes)
        self._later = Additions(library, self._shelves)
        self._twins = Twins(library, self._shelves)
        self._copies = Copies(self._account, self._shelves)
        self._originals = Originals(library, self._account)
        self._open_folders: list[MetFolder] = []
        self._zips: list[ScannedFile] = []
        self._retagging = Retagging(library, changes, pool, roots)
        self._standing: dict[str, tuple[int, int]] = {}
        self._fresh: set[str] = set()
        self._fresh_names: set[tuple[str, str, int]] = set()

    def run(self, folders: Iterable[list[ScannedFile]], open_: Opener) -> ImportReport:
        self._progress.start(say("Importing"), None, unit="files")
        try:
            self._parse(folders, open_)
            for found in self._zips:
                self._take_zip(found, open_)
        finally:
            # Ctrl-C too: what is parsed is kept, so that the next run goes on from here.
            for folder in list(self._open_folders):
                self._finish(folder)
            self._pictures.end()
            self._commit()
        self._retag()
        return self._account.report(self._shelves.albums)

    def _parse(self, folders: Iterable[list[ScannedFile]], open_: Opener) -> None:
        for batch in self._pool.parse_batches(self._items(folders, open_)):
            tracks = [parsed.track_id for _, parsed in batch if isinstance(parsed, Parsed)]
            self._taker.at_hand.look_up(filter(None, (item.source.digest() for item, _ in batch)), tracks)
            for item, parsed in batch:
                self._accept(item, parsed)

    # -- finding --------------------------------------------------------------------------------------------------

    def _items(self, folders: Iterable[list[ScannedFile]], open_: Opener) -> Iterator[tuple[AudioItem, ReadAt, str]]:
        for met in folders:
            files = self._account.meet(met)
            if not files:
                continue
            folder = MetFolder(files[0].path.parent, Words(self._account, self._taker, self._remember))
            self._open_folders.append(folder)
            self._standing = self._library.index.sources.standing(path_text(found.path) for found in files)
            for found in files:  # words first: their songs may be parsed before the last file is looked at
                if kind_of(found) == WORDS and not found.odd:
                    folder.words.meet(self._lying(found, open_(found)))
            folder.sheets = Sheets(files, open_)  # so are these
            if may_be_a_disc(folder.path.name):
                folder.pictures_above = self._pictures.above(folder.path)
            for found in files:
                source = open_(found)
                if kind_of(found) == LIST and self._account.is_seen_to(found, source):
                    source.close()
                elif self._is_wanted(folder, found, source):
                    folder.waiting += 1
                    yield AudioItem(folder, found, source), source, found.place
                else:
                    source.close()
            self._pictures.meet(folder.pictures, folder.path)
            folder.listed = True
            if not folder.waiting:
                self._finish(folder)

    def _lying(self, found: ScannedFile, source: LazyFile) -> Lying:
        before = None if found.mtime_ns == NEVER else self._library.index.sources.get(path_text(found.path))
        if before is None:
            return Lying(found, source)
        is_fresh = (before.length, before.mtime_ns) != (found.length, found.mtime_ns)
        return Lying(found, source, before.sha256, is_fresh)

    def _is_wanted(self, folder: MetFolder, found: ScannedFile, source: LazyFile) -> bool:
        """Whether it is audio that is not here yet; zips are put aside, and whatever else it is finds its place."""
        kind = kind_of(found)
        if found.odd:
            if kind and found.member >= 0:
                folder.rest.append(found)
            else:
                self._account.leave_out(found, found.odd)
            return False
        if kind == WORDS:
            return False
        if self._is_unchanged(found):
            if kind:
                self._put_beside(folder, found, source, kind)
            else:
                folder.unchanged.append(found)
                self._cutter.look_again(found, folder.sheets.beside(found))
                self._account.end("unchanged")
            self._progress.advance(1)
            return False
        if found.member >= 0 and kind and kind != PICTURE:
            folder.rest.append(found)
            return False
        return self._sounds(folder, found, source, kind)

    def _sounds(self, folder: MetFolder, found: ScannedFile, source: LazyFile, kind: str) -> bool:
        """Whether a file is audio by its first bytes."""
        try:
            beginning = source.read_at(0, SNIFFED)
        except (OSError, MagError) as exc:
            self._account.leave_out(found, reason_of(exc))
            return False
        media_type = sniff(beginning) or ""
        if media_type == "application/zip" and found.member < 0:
            self._zips.append(found)
        elif media_type.startswith("audio/"):
            if found.member < 0:
                source.rest()  # opened again when its turn comes, so that few are open at a time
            return True
        elif kind and found.path.suffix.lower() not in AUDIO_SUFFIXES:
            self._put_beside(folder, found, source, kind)
        else:
            self._account.leave_out(found, why_no_music(found, beginning))
        return False

    def _put_beside(self, folder: MetFolder, found: ScannedFile, source: LazyFile, kind: str) -> None:
        if kind == PICTURE:
            folder.pictures.append(self._lying(found, source))
        else:
            folder.rest.append(found)

    def _is_unchanged(self, found: ScannedFile) -> bool:
        # To be moved it must be read back anyway; members and uploads have no time of their own to go by.
        goes_by_time = not self._move and found.member < 0 and found.mtime_ns != NEVER
        return goes_by_time and self._standing.get(path_text(found.path)) == (found.length, found.mtime_ns)

    # -- taking ---------------------------------------------------------------------------------------------------

    def _accept(self, item: AudioItem, parsed: Parsed | ParseFailure) -> None:
        folder, found, source = item
        folder.waiting -= 1
        try:
            if isinstance(parsed, ParseFailure):
                self._account.leave_out(found, parsed.reason)
            else:
                self._take(folder, found, source, parsed)
        except (OSError, SourceError) as exc:
            self._account.leave_out(found, reason_of(exc))
        finally:
            source.close()
        self._progress.advance(1)
        if folder.listed and not folder.waiting:
            self._finish(folder)

    def _take(self, folder: MetFolder, found: ScannedFile, source: LazyFile, parsed: Parsed) -> None:
        file = self._taker.seal(source, parsed.media_type)
        # It was read twice, by the parser and by the seal: facts and bytes must be of one file.
        source.require_unchanged()
        music, sheet = Music(found, source, file, parsed), folder.sheets.about(found, parsed)
        folder.sources.append((found, file.sha256))
        is_here = file.sha256 in self._fresh or self._taker.at_hand.own_places(file.sha256)
        if is_here and self._twins.may_be(folder, found, file.sha256, parsed, self._was(found)):
            folder.twins.append(self._taker.take(found, file, parsed, None))
            return
        if is_here or self._cutter.has_cut(folder, music, sheet):
            self._account.end("known")
            return
        if self._is_another_file(folder, found, file, parsed):
            return
        self._fresh_names.add(name_of(parsed.track_id, parsed.tags))
        is_timed = any(each.timed for each in parsed.lyrics)
        words = None if is_timed else folder.words.take(found, parsed.tags.title)
        try:
            taken = self._cutter.take(music, sheet, lambda facts: self._taker.take(found, file, facts, words))
        except BaseException:  # stopped while it was cut: the next run begins with it again
            folder.sources.remove((found, file.sha256))
            raise
        folder.taken += taken
        self._fresh |= {each.track.file.sha256 for each in taken}
        if parsed.cut_off:
            self._account.tell(found.hint, taken_half_words(parsed))
        self._account.tell_of(found, parsed.omitted)
        self._account.end("imported")
        self._account.further += len(taken) - 1
        self._account.length += sum(each.track.file.length for each in taken)
        if self._changes.pending_bytes >= COMMIT_LENGTH:
            self._commit()

    def _is_another_file(self, folder: MetFolder, found: ScannedFile, file: File, parsed: Parsed) -> bool:
        """Whether it is a track that is here in other bytes: what it was itself before, or a copy."""
        standing = self._taker.at_hand.own_standing(parsed.track_id)
        is_decided = self._retagging.is_decided(parsed, file, standing)
        if is_decided and self._was(found) == file.sha256:
            self._account.end("known")
        elif standing and (origin := self._retagging.origin(found, parsed, standing)):
            folder.instead(found, origin.places[0].sha256)
            self._retagging.wait(Retagged(found, parsed, self._taker.take(found, file, parsed, None), origin))
            self._account.tell_of(found, parsed.omitted)
        elif is_decided or name_of(parsed.track_id, parsed.tags) in self._fresh_names:
            folder.copies.append((found, self._taker.take(found, file, parsed, None)))
        else:
            return False
        return True

    def _retag(self) -> None:
        """Tracks say what their files say now; until something is removed an undo finds what these were before."""
        is_any = False
        for retagged, sha256 in self._retagging.apply():
            is_any = True
            own = retagged.taken.track.file.sha256
            self._account.end("updated" if sha256 else "known")
            if sha256 not in {"", own}:
                self._account.tell(retagged.found.hint, SIGNED)
            self._end_with(retagged.found, own, stands_as=sha256)
        if is_any:
            self._commit()

    # -- finishing ------------------------------------------------------------------------------------------------

    def _finish(self, folder: MetFolder) -> None:
        """All of a folder is parsed: make albums of it, and let each other file end."""
        if folder in self._open_folders:
            self._open_folders.remove(folder)
        self._shelve(folder)
        self._give_words(folder)
        for found in (*folder.rest, *folder.words.end()):
            self._lay_aside(folder, found)
        for found, sha256 in folder.sources:
            self._end_with(found, sha256)
        if self._changes.pending_bytes >= COMMIT_LENGTH:
            self._commit()

    def _end_with(self, found: ScannedFile, sha256: str, *, stands_as: str = "") -> None:
        """Music of these bytes that stands in the library now, perhaps as another file."""
        self._remember(found, stands_as or sha256)
        if self._seen is not None:
            self._seen(found, stands_as or sha256)
        if self._move and found.member < 0:
            self._originals.wait(found, sha256)

    def _shelve(self, folder: MetFolder) -> None:
        """Albums of a folder with their cover, also where only that is new."""
        folder.taken += self._copies.choose(folder)
        is_new = any(each.is_fresh for each in folder.candidates) and folder.has_music
        wants_cover = folder.taken or folder.twins or is_new
        chosen = self._pictures.choose(folder.candidates) if wants_cover else None
        cover, images = chosen.file if chosen is not None else None, self._cutter.images_of(folder.taken)
        where = path_text(folder.sources[0][0].path.parent) if folder.sources else ""
        taken = read_together([*folder.taken, *self._twins.choose(folder, self._was)])
        hints = {found.place: found.hint for found, _ in folder.sources}
        self._account.repaired += repairs(taken, hints)
        made = self._shelves.shelve(taken, cover, where, images)
        came = set[str]().union(*made.values())
        for twin in folder.twins if folder.is_whole else ():
            self._account.end("imported" if twin.track.file.sha256 in came else "known")
        folder.taken, folder.twins, albums = [], [], set(made)
        if chosen is not None:
            albums |= self._later.albums_of([sha256 for _, sha256 in self._songs(folder)])
            if title := self._later.cover(albums, chosen):
                self._pictures.took(chosen, title)
        if not folder.has_music:
            self._pictures.refuse_alone(folder.pictures)

    def _give_words(self, folder: MetFolder) -> None:
        """Words that came after their songs."""
        for song, sha256 in self._songs(folder, fresh_words=True):
            lying = folder.words.fresh(song)
            tracks = self._later.tracks_for(sha256, lying) if lying is not None else []
            words = folder.words.take(song, tracks[0][1].title) if tracks else None
            if words is not None and lying is not None:
                for album, track in tracks:
                    self._later.give_words(album, track, words, lying.was)

    def _songs(self, folder: MetFolder, *, fresh_words: bool = False) -> Iterator[tuple[ScannedFile, str]]:
        """Music of a folder that is in the library, with its digest; perhaps only what has new words beside it."""
        unchanged = ((found, "") for found in folder.unchanged)
        for found, sha256 in (*folder.sources, *folder.retagged, *unchanged):
            if not fresh_words or folder.words.fresh(found):
                yield found, sha256 or self._was(found)

    def _was(self, found: ScannedFile) -> str:
        """Digest of what was taken of a path before; empty for nothing."""
        seen = None if found.mtime_ns == NEVER else self._library.index.sources.get(path_text(found.path))
        return seen.sha256 if seen is not None and seen.mtime_ns != FORGOTTEN else ""

    def _lay_aside(self, folder: MetFolder, found: ScannedFile) -> None:
        """A file that is no music and was not taken along."""
        is_alone = found.is_pointed_at and not folder.has_music
        if reason := alone(found) if is_alone else folder.sheets.wrong.get(found):
            self._account.leave_out(found, reason)
        else:
            self._account.name(found, kind_of(found), "beside")
            self._remember(found)

    def _remember(self, found: ScannedFile, sha256: str = "") -> None:
        if found.mtime_ns == NEVER:
            return
        self._changes.saw(FileSeen(path_text(found.path), found.length, found.mtime_ns, sha256))

    def _commit(self) -> None:
        self._changes.commit()
        self._taker.at_hand.forget()
        self._shelves.committed()
        taken = [each for folder in self._open_folders for each in folder.taken]
        self._fresh = {each.track.file.sha256 for each in taken}
        self._fresh_names = {each.name for each in taken}
        self._originals.remove()

    # -- zips -----------------------------------------------------------------------------------------------------

    def _take_zip(self, archive: ScannedFile, open_: Opener) -> None:
        """Files of a zip, folder by folder; what it calls its files never reaches the file system."""
        reader = open_(archive)
        left_out, here = self._account.left_out, self._account.here
        try:
            folders = members(archive, self._pool.list_zip(reader))
            self._parse(folders, unpacker(self._pool, reader))
            reader.require_unchanged()
            self._account.end("opened")
        except (OSError, SourceError) as exc:
            self._account.leave_out(archive, reason_of(exc))
        finally:
            # Pictures and words are still in the archive: before it is closed.
            for folder in list(self._open_folders):
                self._finish(folder)
            reader.close()
        if self._account.left_out == left_out and self._account.here > here:
            self._remember(archive)
