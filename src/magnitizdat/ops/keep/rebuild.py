"""`mag doctor --rebuild`: the index made anew from the slot and the cells alone."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from secrets import token_hex

from magnitizdat.catalogue.chains import with_roots
from magnitizdat.catalogue.following import TIMESTAMP_NAME
from magnitizdat.catalogue.kinds import SCENE
from magnitizdat.catalogue.refresh import Listed, label_state, review
from magnitizdat.disk.disk import Disk
from magnitizdat.errors import LibraryError, MagError, SourceError
from magnitizdat.formats.spool_paths import label_path, parse_label_file, parse_piece, piece_name
from magnitizdat.library import holders, rows
from magnitizdat.library.index.index import Index
from magnitizdat.library.index.pages import RowPlace
from magnitizdat.library.index.refusals import UnreadableIndexError
from magnitizdat.library.index.tail import PAST, WaitingRow
from magnitizdat.library.journal import Entry, Row, decode_row, split_page
from magnitizdat.library.keyring import Secrets
from magnitizdat.library.library import (
    INDEX_NAME,
    LOCK_NAME,
    Library,
    make_index,
    replace_index,
)
from magnitizdat.library.members import memory_name, whole_name
from magnitizdat.library.vault import Placement
from magnitizdat.model import File, Progress, Shortfall, Silent
from magnitizdat.ops.keep.upkeep import DoctorReport
from magnitizdat.ops.labels.carried_on import disowned
from magnitizdat.ops.labels.shelving import read_signed, shelving
from magnitizdat.sentence import say


def rebuild(
    directory: Path, secrets: Secrets, *, now: datetime, disk: Disk, progress: Progress | None = None
) -> DoctorReport:
    """Make the index anew from the slot and the cells alone; the old one is replaced last.

    What only the old index knows is the tail of the journal: it is taken over where that index still opens. Nobody has
    it open meanwhile, or what they were told is kept would go with it.

    Raises: LibraryBusyError, NoSpaceError, LibraryError; the old index then still stands.
    """
    fresh = directory / f"{INDEX_NAME}.new"
    with (
        holders.claim(directory, disk),
        holders.hold(directory, disk, kind=holders.Kind.REBUILD) as hold,
        disk.lock(directory / LOCK_NAME),
    ):
        _clear(fresh, disk)
        try:
            waiting = _old_tail(directory / INDEX_NAME, secrets, disk)
            make_index(fresh, secrets, disk)
            with Library(directory, secrets, disk=disk, index=fresh.name, hold=hold) as library:
                report = _Rebuild(library, now, progress or Silent(), waiting).run()
                with library.index.transaction():
                    library.index.settings.become_copy(token_hex(8))  # it may be one
                library.index.settle()
            replace_index(directory, fresh, secrets, disk)
        finally:
            with suppress(MagError):
                _clear(fresh, disk)
    return report


def _clear(fresh: Path, disk: Disk) -> None:
    """Nothing stays of an index that got no name."""
    for leftover in fresh.parent.glob(f"{fresh.name}*"):
        disk.remove(leftover)


def _old_tail(path: Path, secrets: Secrets, disk: Disk) -> list[WaitingRow]:
    """Rows that no cell holds yet. Of an index that nobody can read none; one that fails to be read stops us.

    Raises: LibraryError.
    """
    with suppress(UnreadableIndexError), Index(path, secrets.database_key, disk=disk) as old:
        return old.tail.waiting()
    return []


class _Rebuild:
    def __init__(self, library: Library, now: datetime, progress: Progress, waiting: list[WaitingRow]) -> None:
        self._library = library
        self._waiting = waiting
        self._index = library.index
        self._now = now
        self._progress = progress
        self._missing: list[Shortfall] = []
        self._older: dict[tuple[str, int], list[Placement]] = {}

    def run(self) -> DoctorReport:
        with self._index.transaction():
            cells = self._place_members()
            self._replay()
            self._complete_blobs()  # before any label is asked: what one lists wrongly shall not hide what is ours
            self._labels()
        views = list(self._library.shelf.albums())
        self._missing += [
            Shortfall(
                what=view.title,
                id=view.release_id,
                reason=say("a part of it is not in the library; dub or import it again"),
            )
            for view in views
            if not view.complete
        ]
        return DoctorReport(
            cells=cells,
            damaged=0,
            unused=0,
            rebuilt=True,
            albums=len(views),
            tracks=sum(view.tracks for view in views),
            missing=tuple(self._missing),
            unknown=self._index.documents.count(read=SCENE),
            unread=self._index.unread.count(),
        )

    def _place_members(self) -> int:
        """Note where everything is; of two members of one name the newer cell wins."""
        count = last = 0
        self._progress.start(say("Reading the library"), None, unit="files")
        for cell, members in self._library.vault.cells():
            for placement in members:
                found = parse_piece(placement.member)
                older = self._index.cells.piece(*found) if found is not None else None
                if found is not None and older is not None:
                    self._older.setdefault(found, []).append(older)
            self._index.cells.place(members)
            count, last = count + 1, cell
            self._progress.advance(1)
        self._index.settings.set_next_cell(last + 1 if count else 0)
        return count

    def _replay(self) -> None:
        """All rows of all devices, in the order of their counters; each once, on however many pages it stands."""
        found: dict[tuple[int, str], tuple[int, bytes]] = {}
        names = {whole_name(name) for name in self._index.cells.members_like("rows/*")}
        for name in sorted(names):
            device, first = name.split("/")[1], int(name.split("/")[2].split(".")[0])
            try:
                lines = split_page(self._library.member(name))
            except LibraryError as exc:
                self._missing.append(Shortfall(what=say("a page of the journal"), reason=exc.sentence))
                continue
            found.update({(first + n, device): (first, line) for n, line in enumerate(lines) if line != PAST})
        for (counter, device), (first, line) in sorted(found.items(), key=lambda each: each[0]):
            row = self._apply(device, counter, line)
            if row is not None:
                self._index.pages.put([(row.subject, RowPlace(device, counter, first))])
        late = [row for row in self._waiting if (row.counter, row.device) not in found]
        self._index.tail.put(late)
        for waited in late:
            self._apply(waited.device, waited.counter, waited.body)
        counters = [counter for counter, _ in found] + [waited.counter for waited in late]
        self._index.settings.set_counter(max(counters, default=-1) + 1)

    def _apply(self, device: str, counter: int, line: bytes) -> Row | None:
        try:
            row = decode_row(line)
        except LibraryError as exc:
            self._missing.append(Shortfall(what=say("a row of the journal"), reason=exc.sentence))
            return None
        rows.apply(self._index, Entry(device, counter, row, line))
        return row

    def _labels(self) -> None:
        """Labels as their newest cells hold them, verified again; their releases are shelved as a dub would."""
        known = {view.imprint for view in self._library.shelf.labels()}
        for imprint in {*self._index.pages.names("label")} - known:  # removed, and their papers lie in shared cells
            self._index.cells.forget_papers(imprint)
        files: dict[str, dict[str, bytes]] = {}
        for name in self._index.cells.members_like("labels/*/metadata/*"):
            found = parse_label_file(whole_name(name))
            if found is not None:
                with suppress(LibraryError):  # a damaged one: whether it was needed shows below
                    content = self._library.member(whole_name(name))
                    files.setdefault(found[0], {})[found[1].removeprefix("metadata/")] = content
        for imprint, held in files.items():
            self._label(imprint, held)

    def _label(self, imprint: str, held: dict[str, bytes]) -> None:
        memory = b""
        with suppress(LibraryError):
            memory = self._library.member(memory_name(imprint))
        try:
            if TIMESTAMP_NAME not in held:  # its roots came by letter, and no list yet
                state = with_roots(label_state(imprint, remembered=memory), label_state(imprint, held).roots())
                self._index.signed.put_files(imprint, state.files, memory)
                return
            verdict = review(label_state(imprint, _newest(held), remembered=memory), now=self._now)
        except SourceError as exc:
            self._missing.append(Shortfall(what=say("a label"), reason=exc.sentence))
            return
        self._index.signed.put_files(imprint, verdict.state.files, memory)
        left = verdict.state.memory.left
        self._index.signed.disown(imprint, disowned(left))
        for each in left:  # before what is listed, which counts where both are of one release
            self._document(imprint, Listed(path=each.path, length=each.length, sha256=each.sha256))
        for listed in verdict.targets.values():
            self._document(imprint, listed)
        self._complete_blobs(imprint)

    def _document(self, imprint: str, listed: Listed) -> None:
        name = label_path(imprint, listed.stored_path)
        if not self._library.has_member(name):
            return
        try:
            content = self._library.member(name)
            document = read_signed(imprint, listed, content)
        except (SourceError, LibraryError) as exc:
            self._missing.append(Shortfall(what=say("one release of a label"), reason=exc.sentence))
            return
        shelving(document.kind).rebuild(self._library, document)

    def _complete_blobs(self, imprint: str = "") -> None:
        """A blob (of a label's albums, or of all) counts when it reads back piece by piece and hashes to its name."""
        files = self._library.shelf.unfinished(imprint)
        self._progress.start(say("Verifying"), sum(file.length for file in files))
        for file in files:
            found = self._verified(file)
            if found is not None:
                self._index.cells.place(found)
                self._library.shelf.complete_blob(file)
            self._progress.advance(file.length)

    def _verified(self, file: File) -> list[Placement] | None:
        """Where each piece of a blob is, if all of it is here."""
        whole = hashlib.sha256()
        placements = []
        for number, digest in enumerate(file.piece_digests()):
            for placement in self._candidates(file, number):
                with suppress(LibraryError):
                    content = self._library.vault.read(placement)
                    if len(content) == file.piece_length(number) and hashlib.sha256(content).hexdigest() == digest:
                        whole.update(content)
                        placements.append(placement)
                        break
            else:
                return None
        return placements if whole.hexdigest() == file.sha256 else None

    def _candidates(self, file: File, number: int) -> Iterator[Placement]:
        """Newest first. An older one counts where the newest is damaged, or of somebody who signed wrong pieces."""
        newest = self._index.cells.piece(file.sha256, number)
        name = piece_name(file.sha256, number, len(file.piece_digests()))
        for placement in filter(None, [newest, *reversed(self._older.get((file.sha256, number), []))]):
            yield placement._replace(member=name)


def _newest(held: dict[str, bytes]) -> dict[str, bytes]:
    """Every root, the timestamp, the snapshot that it names, and the targets that this one names."""
    kept = {name: body for name, body in held.items() if name.endswith(".root.json")}
    name = TIMESTAMP_NAME
    for role in ("snapshot", "targets"):
        if name in held:
            kept[name] = held[name]
            name = f"{_version_in(held[name], f'{role}.json')}.{role}.json"
    return kept | ({name: held[name]} if name in held else {})


def _version_in(statement: bytes, name: str) -> int:
    try:
        return int(json.loads(statement)["signed"]["meta"][name]["version"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return 0
