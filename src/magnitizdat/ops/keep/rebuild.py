"""`mag doctor --rebuild`: the index made anew from the slot and the cells alone."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path
from secrets import token_hex

from magnitizdat.catalogue.documents import LABEL_PATH, MAX_RELEASE_LENGTH, decode
from magnitizdat.catalogue.refresh import Listed, label_state, review
from magnitizdat.disk.disk import Disk
from magnitizdat.errors import LibraryError, SourceError
from magnitizdat.formats.spool_paths import label_path, parse_label_file, parse_piece, piece_name
from magnitizdat.library import rows, tail
from magnitizdat.library.database import Database
from magnitizdat.library.journal import Entry, Row, decode_row, split_page
from magnitizdat.library.keyring import Secrets
from magnitizdat.library.library import (
    INDEX_NAME,
    LOCK_NAME,
    MEMORY,
    Library,
    make_index,
)
from magnitizdat.library.members import keys_name, memory_name, whole_name
from magnitizdat.library.vault import Placement
from magnitizdat.model import File, Progress, Release, Shortfall, Silent
from magnitizdat.ops.albums.ids import album_id
from magnitizdat.ops.keep.upkeep import DoctorReport


def rebuild(
    directory: Path, secrets: Secrets, *, now: datetime, disk: Disk | None = None, progress: Progress | None = None
) -> DoctorReport:
    """Make the index anew from the slot and the cells alone; the old one is replaced last.

    What only the old index knows is the tail of the journal: it is taken over where that index still opens.

    Raises: LibraryBusyError, NoSpaceError; the old index then still stands.
    """
    disk = disk or Disk(private=True)
    fresh = directory / f"{INDEX_NAME}.new"
    with disk.lock(directory / LOCK_NAME):
        for leftover in directory.glob(f"{INDEX_NAME}.new*"):
            disk.remove(leftover)
        make_index(fresh, secrets, disk)
        library = Library(directory, secrets, disk=disk, index=fresh.name)
        try:
            report = _Rebuild(library, now, progress or Silent(), _old_tail(directory / INDEX_NAME, secrets)).run()
            with library.db.transaction():
                library.db.set_meta("copied", 1)
                library.db.set_meta("device", token_hex(8))  # it may be a copy: two must not count rows under one name
            library.db.all("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            library.close()
        for suffix in ("-wal", "-shm"):
            disk.remove(directory / f"{INDEX_NAME}{suffix}")
        disk.rename(fresh, directory / INDEX_NAME)
        disk.flush([directory / INDEX_NAME])
        for suffix in ("-wal", "-shm"):
            disk.remove(directory / f"{INDEX_NAME}.new{suffix}")
    return report


def _old_tail(path: Path, secrets: Secrets) -> list[tail.WaitingRow]:
    """Rows that no cell holds yet, as far as the old index can be read."""
    with suppress(LibraryError):
        old = Database(path, secrets.database_key, read_only=True)
        with closing(old):
            return tail.waiting(old)
    return []


class _Rebuild:
    def __init__(self, library: Library, now: datetime, progress: Progress, waiting: list[tail.WaitingRow]) -> None:
        self._library = library
        self._waiting = waiting
        self._db = library.db
        self._now = now
        self._progress = progress
        self._missing: list[Shortfall] = []
        self._older: dict[tuple[bytes, int], list[tuple[int, int, int]]] = {}

    def run(self) -> DoctorReport:
        with self._db.transaction():
            cells = self._place_members()
            self._replay()
            self._complete_blobs()  # before any label is asked: what one lists wrongly shall not hide what is ours
            self._labels()
        views = list(self._library.shelf.albums())
        self._missing += [
            Shortfall(what=view.title, reason="a part of it is not in the vault; dub or import it again")
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
        )

    def _place_members(self) -> int:
        """Note where everything is; of two members of one name the newer cell wins."""
        count = last = 0
        self._progress.start("Reading the vault", None, unit="files")
        for cell, members in self._library.vault.cells():
            for placement in members:
                found = parse_piece(placement.member)
                where = (cell, placement.offset, placement.length)
                if found is None:
                    self._db.run("INSERT OR REPLACE INTO member VALUES (?, ?, ?, ?)", (placement.member, *where))
                else:
                    blob = (bytes.fromhex(found[0]), found[1])
                    values = (*blob, *where)
                    statement = "SELECT cell, offset, length FROM piece WHERE blob = ? AND number = ?"
                    self._older.setdefault(blob, []).extend(self._db.all(statement, blob))
                    if not self._older[blob]:
                        del self._older[blob]
                    self._db.run("INSERT OR REPLACE INTO piece VALUES (?, ?, ?, ?, ?)", values)
            count, last = count + 1, cell
            self._progress.advance(1)
        self._db.set_meta("next_cell", last + 1 if count else 0)
        return count

    def _replay(self) -> None:
        """All rows of all devices, in the order of their counters; each once, on however many pages it stands."""
        found: dict[tuple[int, str], tuple[int, bytes]] = {}
        names = {whole_name(name) for (name,) in self._db.all("SELECT name FROM member WHERE name GLOB 'rows/*'")}
        for name in sorted(names):
            device, first = name.split("/")[1], int(name.split("/")[2].split(".")[0])
            try:
                lines = split_page(self._library.member(name))
            except LibraryError as exc:
                self._missing.append(Shortfall(what="a page of the journal", reason=str(exc)))
                continue
            found.update({(first + n, device): (first, line) for n, line in enumerate(lines) if line != tail.PAST})
        for (counter, device), (first, line) in sorted(found.items(), key=lambda each: each[0]):
            row = self._apply(device, counter, line)
            if row is not None:
                self._db.run("INSERT OR REPLACE INTO row VALUES (?, ?, ?, ?)", (device, counter, row.subject, first))
        late = [row for row in self._waiting if (row.counter, row.device) not in found]
        tail.put_back(self._db, late)
        for waited in late:
            self._apply(waited.device, waited.counter, waited.body)
        counters = [counter for counter, _ in found] + [waited.counter for waited in late]
        self._db.set_meta("counter", max(counters, default=-1) + 1)

    def _apply(self, device: str, counter: int, line: bytes) -> Row | None:
        try:
            row = decode_row(line)
        except LibraryError as exc:
            self._missing.append(Shortfall(what="a row of the journal", reason=str(exc)))
            return None
        rows.apply(self._library.shelf, Entry(device, counter, row, line))
        return row

    def _labels(self) -> None:
        """Labels as their newest cells hold them, verified again; their releases are shelved as a dub would."""
        files: dict[str, dict[str, bytes]] = {}
        for (name,) in self._db.all("SELECT name FROM member WHERE name GLOB 'labels/*/metadata/*' ORDER BY cell"):
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
            verdict = review(label_state(imprint, _newest(held), remembered=memory), now=self._now)
        except SourceError as exc:
            self._missing.append(Shortfall(what="a label", reason=str(exc)))
            return
        lines = [(imprint, name, body) for name, body in {**verdict.state.files, MEMORY: memory}.items()]
        self._db.many("INSERT OR REPLACE INTO label_file VALUES (?, ?, ?)", lines)
        for path, listed in verdict.targets.items():
            name = label_path(imprint, listed.stored_path)
            if path == LABEL_PATH or not self._library.has_member(name):
                continue
            try:
                release = decode(Release, self._library.member(name), max_length=MAX_RELEASE_LENGTH)
            except (SourceError, LibraryError) as exc:
                self._missing.append(Shortfall(what="one release of a label", reason=str(exc)))
                continue
            if path == f"{release.id[:2]}/{release.id}.json":
                self._release(imprint, listed, release)
        self._complete_blobs(imprint)

    def _release(self, imprint: str, listed: Listed, release: Release) -> None:
        own = self._db.one("SELECT 1 FROM album WHERE id = ? AND own", (release.id,)) is not None
        removed = not own and self._library.has_member(keys_name(imprint)) and self._is_said(f"album:{release.id}")
        album = release.id if own or removed else album_id(imprint, release.id)
        gone = removed or self._is_said(f"album:{imprint}{release.id}")
        if not own and not gone and not self._is_carrier(imprint):
            self._library.shelf.put_release(album, imprint, release)
        values = (imprint, release.id, album, listed.sha256, release.withdrawn, gone)
        self._db.run("INSERT OR REPLACE INTO release VALUES (?, ?, ?, ?, ?, ?)", values)

    def _is_said(self, subject: str) -> bool:
        """Whether the journal says anything of it."""
        return self._db.one("SELECT 1 FROM row WHERE subject = ?", (subject,)) is not None

    def _is_carrier(self, imprint: str) -> bool:
        """Whether it is this library's own carrier label: its releases are albums that are here already."""
        return self._library.has_member(keys_name(imprint)) and (
            self._db.one("SELECT 1 FROM label WHERE imprint = ? AND standing = 'carrier'", (imprint,)) is not None
        )

    def _complete_blobs(self, imprint: str = "") -> None:
        """A blob (of a label's albums, or of all) counts when it reads back piece by piece and hashes to its name."""
        lines = self._db.all(
            "SELECT digest, length, media_type, pieces FROM blob WHERE NOT complete AND (?1 = '' OR digest IN"
            " (SELECT f.blob FROM album_file f JOIN album a ON a.id = f.album WHERE a.imprint = ?1))",
            (imprint,),
        )
        self._progress.start("Verifying", sum(line[1] for line in lines))
        for digest, length, media_type, pieces in lines:
            split = tuple(pieces[start : start + 32].hex() for start in range(0, len(pieces), 32))
            file = File(sha256=digest.hex(), length=length, media_type=media_type, pieces=split)
            found = self._verified(file)
            if found is not None:
                values = [(digest, number, *placement[1:]) for number, placement in enumerate(found)]
                self._db.many("INSERT OR REPLACE INTO piece VALUES (?, ?, ?, ?, ?)", values)
                self._library.shelf.complete_blob(file)
            self._progress.advance(length)

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
        blob = (bytes.fromhex(file.sha256), number)
        newest = self._db.all("SELECT cell, offset, length FROM piece WHERE blob = ? AND number = ?", blob)
        name = piece_name(file.sha256, number, len(file.piece_digests()))
        for where in [*newest, *reversed(self._older.get(blob, []))]:
            yield Placement(name, *where)


def _newest(held: dict[str, bytes]) -> dict[str, bytes]:
    """Every root, the timestamp, the snapshot that it names, and the targets that this one names."""
    kept = {name: body for name, body in held.items() if name.endswith(".root.json")}
    name = "timestamp.json"
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
