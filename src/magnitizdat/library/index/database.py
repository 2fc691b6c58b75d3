"""The index: one encrypted SQLite file. The one home of `apsw` (SQLite3 Multiple Ciphers, ChaCha20, raw key).

It can always be made anew from the key slot and the cells (`doctor --rebuild`), so it holds nothing that they do not.
"""

from __future__ import annotations

import itertools
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import apsw

from magnitizdat.errors import LibraryBusyError, LibraryError, NoSpaceError

SCHEMA_VERSION = 4
_BATCH = 256
_READ_ONLY = (
    "the library is on a read-only medium; copy it somewhere writable first, with `mag backup DEST`, and go on there"
    " with --library DEST"
)
SCHEMA = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE member (name TEXT PRIMARY KEY, cell INTEGER NOT NULL, offset INTEGER NOT NULL, length INTEGER NOT NULL)
    WITHOUT ROWID;
CREATE INDEX member_cell ON member (cell);
CREATE TABLE piece (blob BLOB NOT NULL, number INTEGER NOT NULL, cell INTEGER NOT NULL, offset INTEGER NOT NULL,
    length INTEGER NOT NULL, PRIMARY KEY (blob, number)) WITHOUT ROWID;
CREATE INDEX piece_cell ON piece (cell);
CREATE TABLE blob (digest BLOB PRIMARY KEY, length INTEGER NOT NULL, media_type TEXT NOT NULL, pieces BLOB NOT NULL,
    complete INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE album (id TEXT PRIMARY KEY, imprint TEXT NOT NULL, release_id TEXT NOT NULL, title TEXT NOT NULL,
    artist TEXT NOT NULL, date TEXT NOT NULL, own INTEGER NOT NULL, body BLOB NOT NULL, added INTEGER) WITHOUT ROWID;
CREATE INDEX album_release ON album (imprint, release_id);
CREATE TABLE track (key INTEGER PRIMARY KEY, album TEXT NOT NULL, id BLOB NOT NULL, disc INTEGER NOT NULL,
    position INTEGER NOT NULL, blob BLOB NOT NULL, title TEXT NOT NULL, artist TEXT NOT NULL,
    duration_s REAL NOT NULL, body BLOB NOT NULL, small BLOB, song TEXT);
CREATE UNIQUE INDEX track_album ON track (album, disc, position, id, blob);
CREATE INDEX track_id ON track (id);
CREATE INDEX track_blob ON track (blob);
CREATE INDEX track_song ON track (song);
CREATE TABLE album_file (album TEXT NOT NULL, blob BLOB NOT NULL, PRIMARY KEY (album, blob)) WITHOUT ROWID;
CREATE INDEX album_file_blob ON album_file (blob);
CREATE TABLE source (path TEXT PRIMARY KEY, length INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, blob BLOB)
    WITHOUT ROWID;
CREATE TABLE label (imprint TEXT PRIMARY KEY, name TEXT NOT NULL, standing TEXT NOT NULL, heard TEXT NOT NULL,
    frozen TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE label_file (imprint TEXT NOT NULL, name TEXT NOT NULL, body BLOB NOT NULL, PRIMARY KEY (imprint, name))
    WITHOUT ROWID;
CREATE TABLE release (imprint TEXT NOT NULL, release_id TEXT NOT NULL, album TEXT NOT NULL, sha256 TEXT NOT NULL,
    withdrawn INTEGER NOT NULL, gone INTEGER NOT NULL, PRIMARY KEY (imprint, release_id)) WITHOUT ROWID;
CREATE TABLE friend (name TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE row (device TEXT NOT NULL, counter INTEGER NOT NULL, subject TEXT NOT NULL, first INTEGER NOT NULL,
    PRIMARY KEY (device, counter)) WITHOUT ROWID;
CREATE INDEX row_subject ON row (subject, counter);
CREATE TABLE job (kind TEXT NOT NULL, target TEXT NOT NULL, body BLOB NOT NULL, PRIMARY KEY (kind, target))
    WITHOUT ROWID;
"""

_SONGS = """
ALTER TABLE album ADD COLUMN added INTEGER;
UPDATE album SET added = unixepoch();
ALTER TABLE track ADD COLUMN song TEXT;
UPDATE track SET song = numbered.song FROM (
    SELECT key, lower(hex(substr(id, 1, 12))) || substr(album, 1, 8) || iif(place > 1, '-' || place, '') AS song FROM (
        SELECT key, id, album, row_number() OVER (PARTITION BY album, substr(id, 1, 12)
            ORDER BY disc, position, key) AS place FROM track)) AS numbered
    WHERE numbered.key = track.key;
CREATE INDEX track_song ON track (song);
"""
# Made from blobs, gone with them, and can be made again (ADR 0027).
_PREPARED = """
CREATE TABLE loudness (blob BLOB PRIMARY KEY, lufs REAL, peak REAL) WITHOUT ROWID;
CREATE TABLE waveform (blob BLOB PRIMARY KEY, peaks BLOB NOT NULL, blocks BLOB NOT NULL);
CREATE TABLE album_loudness (album TEXT PRIMARY KEY, lufs REAL, peak REAL) WITHOUT ROWID;
CREATE TABLE thumbnail (blob BLOB NOT NULL, side INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY (blob, side));
CREATE INDEX blob_kind ON blob (media_type, complete);
CREATE TRIGGER blob_went AFTER DELETE ON blob BEGIN
    DELETE FROM loudness WHERE blob = old.digest;
    DELETE FROM waveform WHERE blob = old.digest;
    DELETE FROM thumbnail WHERE blob = old.digest;
END;
CREATE TRIGGER track_came AFTER INSERT ON track BEGIN DELETE FROM album_loudness WHERE album = new.album; END;
CREATE TRIGGER track_went AFTER DELETE ON track BEGIN DELETE FROM album_loudness WHERE album = old.album; END;
"""
# What rows of listening say, and those that no cell holds yet (ADR 0026).
_LISTENING = """
CREATE TABLE tail (device TEXT NOT NULL, counter INTEGER NOT NULL, subject TEXT NOT NULL, body BLOB NOT NULL,
    PRIMARY KEY (device, counter)) WITHOUT ROWID;
CREATE INDEX tail_subject ON tail (subject);
CREATE TABLE kept (subject TEXT PRIMARY KEY, counter INTEGER NOT NULL, device TEXT NOT NULL, body BLOB NOT NULL);
CREATE INDEX kept_row ON kept (device, counter);
CREATE TABLE play (device TEXT NOT NULL, counter INTEGER NOT NULL, listener TEXT NOT NULL, track TEXT NOT NULL,
    album TEXT NOT NULL, at TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (device, counter)) WITHOUT ROWID;
CREATE TABLE mark (listener TEXT NOT NULL, kind TEXT NOT NULL, target TEXT NOT NULL, starred TEXT NOT NULL DEFAULT '',
    rating INTEGER NOT NULL DEFAULT 0, plays INTEGER NOT NULL DEFAULT 0, played TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (listener, kind, target)) WITHOUT ROWID;
CREATE INDEX mark_starred ON mark (listener, kind, starred DESC, target) WHERE starred <> '';
CREATE INDEX mark_frequent ON mark (listener, kind, plays DESC, played DESC, target) WHERE plays > 0;
CREATE INDEX mark_recent ON mark (listener, kind, played DESC, target) WHERE played <> '';
CREATE INDEX mark_highest ON mark (listener, kind, rating DESC, plays DESC, target) WHERE rating > 0;
"""
# Every word once, with its sounds; what bears it (ADR 0025).
_FINDING = """
DROP TABLE IF EXISTS search;
CREATE INDEX track_artist ON track (artist);
CREATE INDEX album_artist ON album (artist);
CREATE VIRTUAL TABLE search USING fts5 (title, artist, album, whole, content='', contentless_delete=1, detail=column,
    tokenize='ascii');
CREATE TABLE named (key INTEGER PRIMARY KEY, kind TEXT NOT NULL, target TEXT NOT NULL, UNIQUE (kind, target));
CREATE VIRTUAL TABLE naming USING fts5 (kind, name, more, whole, content='', contentless_delete=1, detail=column,
    tokenize='ascii');
CREATE TABLE word (key INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
CREATE VIRTUAL TABLE sound USING fts5 (terms, content='', detail=none, columnsize=0, tokenize='ascii');
"""
# What newer mags wrote: rows, line by line, and documents of labels that are no releases (ADR 0032).
_GROWING = """
CREATE TABLE unread (device TEXT NOT NULL, counter INTEGER NOT NULL, kind TEXT NOT NULL, body BLOB NOT NULL,
    PRIMARY KEY (device, counter)) WITHOUT ROWID;
CREATE TABLE document (imprint TEXT NOT NULL, path TEXT NOT NULL, kind TEXT NOT NULL, sha256 TEXT NOT NULL,
    body BLOB NOT NULL, PRIMARY KEY (imprint, path));
CREATE INDEX document_kind ON document (kind);
"""
FINDING_RULES = 1
"""Of folding and sounds; an index of names that was filled by other rules, or never, is filled at the first search."""
SCHEMA += _PREPARED + _LISTENING + _FINDING + _GROWING
UPGRADES = {
    1: "ALTER TABLE track ADD COLUMN small BLOB",
    2: _SONGS + _PREPARED + _LISTENING + _FINDING,
    3: _GROWING,
}
"""By version, what makes an index of it one of the next."""


def _takes_writes(path: Path) -> bool:
    """Whether the index and the journals beside it can be written to."""
    return os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)


class Database:
    """A connection to the index. Statements of several threads take turns; a transaction belongs to one of them."""

    def __init__(self, path: Path, database_key: bytes, *, create: bool = False, read_only: bool = False) -> None:
        """`read_only` also comes by itself where the medium takes no writes: then everything can be read."""
        self._turn = threading.RLock()
        self.rolled_back = 0
        self.read_only = read_only or (not create and path.is_file() and not _takes_writes(path))
        try:
            self._connection = self._connect(path, create=create)
            self._connection.execute("PRAGMA cipher = 'chacha20'")
            self._connection.execute(f"PRAGMA key = 'raw:{database_key.hex()}'")
            self._connection.set_busy_timeout(5000)
            self._prepare(create=create)
        except apsw.CantOpenError as exc:
            if self.read_only:  # its last changes are in a journal that SQLite must write to
                raise LibraryError(_READ_ONLY) from exc
            raise self.translate(exc) from exc
        except apsw.Error as exc:
            raise self.translate(exc) from exc

    def _connect(self, path: Path, *, create: bool) -> apsw.Connection:
        if not self.read_only:
            flags = apsw.SQLITE_OPEN_READWRITE | (apsw.SQLITE_OPEN_CREATE if create else 0)
            return apsw.Connection(str(path), flags=flags)
        # Without shared memory a WAL index opens only as one that nobody changes; changes not yet in it forbid that.
        journal = path.with_name(f"{path.name}-wal")
        immutable = "" if journal.exists() and journal.stat().st_size else "?immutable=1"
        flags = apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI
        return apsw.Connection(path.absolute().as_uri() + immutable, flags=flags)

    def require_writable(self) -> None:
        """Raises: LibraryError on a read-only medium."""
        if self.read_only:
            raise LibraryError(_READ_ONLY)

    def _prepare(self, *, create: bool) -> None:
        pragmas = ("temp_store = MEMORY", "journal_mode = WAL", "synchronous = FULL", "cache_size = -8000")
        for pragma in pragmas:
            if not (self.read_only and pragma.startswith("journal_mode")):
                list(self._connection.execute(f"PRAGMA {pragma}"))
        version = self._connection.pragma("user_version")
        if create and version == 0:
            with self.transaction():
                self._connection.execute(SCHEMA)
                self.set_meta("finding", FINDING_RULES)
                self._connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        elif version in UPGRADES and not self.read_only:
            with self.transaction():
                for older in range(version, SCHEMA_VERSION):
                    self._connection.execute(UPGRADES[older])
                self._connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        elif version != SCHEMA_VERSION:
            raise LibraryError(
                f"the index is of version {version} and this mag reads {SCHEMA_VERSION}; run `mag doctor --rebuild`"
            )

    @staticmethod
    def translate(exc: apsw.Error) -> Exception:
        """Our sentence for an error of SQLite."""
        if isinstance(exc, apsw.BusyError | apsw.LockedError):
            return LibraryBusyError(
                "another mag is writing to this library; wait for it to finish, then run this again"
            )
        no_room = getattr(exc, "extendedresult", 0) == apsw.SQLITE_IOERR_SHMSIZE  # for the memory beside the index
        if isinstance(exc, apsw.FullError) or no_room:
            return NoSpaceError("the disk of the library is full; nothing was lost: free some space and run this again")
        if isinstance(exc, apsw.CantOpenError):
            return LibraryError("the library has no readable index; run `mag doctor --rebuild`")
        if isinstance(exc, apsw.NotADBError | apsw.CorruptError):
            return LibraryError("the index is damaged or of another library; run `mag doctor --rebuild`")
        if isinstance(exc, apsw.ReadOnlyError):
            return LibraryError(_READ_ONLY)
        return LibraryError(f"the index could not be used ({type(exc).__name__}); run `mag doctor`")

    def all(self, statement: str, values: Iterable[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a statement."""
        try:
            with self._turn:
                return list(self._connection.execute(statement, tuple(values)))
        except apsw.Error as exc:
            raise self.translate(exc) from exc

    def iterate(self, statement: str, values: Iterable[Any] = ()) -> Iterator[tuple[Any, ...]]:
        """Rows one by one, for what may be long; other threads wait for each batch of them only."""
        try:
            cursor = self._connection.cursor()
            with self._turn:
                cursor.execute(statement, tuple(values))
            while True:
                with self._turn:
                    batch = list(itertools.islice(cursor, _BATCH))
                if not batch:
                    return
                yield from batch
        except apsw.Error as exc:
            raise self.translate(exc) from exc

    def one(self, statement: str, values: Iterable[Any] = ()) -> tuple[Any, ...] | None:
        """The first row, or None."""
        rows = self.all(statement, values)
        return rows[0] if rows else None

    def run(self, statement: str, values: Iterable[Any] = ()) -> int:
        """Run a statement; the number of rows that it changed."""
        with self._turn:
            self.all(statement, values)
            return int(self._connection.changes())

    def many(self, statement: str, rows: Iterable[Iterable[Any]]) -> None:
        """Run a statement for each row of values."""
        try:
            with self._turn:
                self._connection.executemany(statement, [tuple(row) for row in rows])
        except apsw.Error as exc:
            raise self.translate(exc) from exc

    def last_key(self) -> int:
        """The rowid of the last insert."""
        return int(self._connection.last_insert_rowid())

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; on return it is on the medium (synchronous = FULL)."""
        self.require_writable()
        with self._turn:
            try:
                self._connection.execute("BEGIN IMMEDIATE")
            except apsw.Error as exc:
                raise self.translate(exc) from exc
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException as exc:
                self.rolled_back += 1
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                if isinstance(exc, apsw.Error):
                    raise self.translate(exc) from exc
                raise

    def function(self, name: str, function: Callable[..., Any], arguments: int) -> None:
        """Let statements call a function of ours; the same bytes in, the same value out."""
        with self._turn:
            self._connection.create_scalar_function(name, function, arguments, deterministic=True)

    def meta(self, name: str, default: Any = None) -> Any:
        """One setting of the index."""
        row = self.one("SELECT value FROM meta WHERE name = ?", (name,))
        return default if row is None else row[0]

    def set_meta(self, name: str, value: Any) -> None:
        """Set one setting of the index."""
        self.run(
            "INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            (name, value),
        )

    def keep_pages(self, length: int) -> None:
        """Keep so many bytes of pages in memory: each that is read again would be deciphered again."""
        self.all(f"PRAGMA cache_size = -{length >> 10}")

    def version(self) -> tuple[int, int]:
        """Another value after every change of the index, by whichever process."""
        with self._turn:
            return int(self._connection.pragma("data_version")), int(self._connection.total_changes())

    def is_sound(self) -> bool:
        """SQLite's own check of the whole file."""
        return self.all("PRAGMA integrity_check") == [("ok",)]

    def copy_to(self, path: Path, database_key: bytes) -> None:
        """A consistent copy while in use, under the same key."""
        copy = Database(path, database_key, create=True)
        try:
            with copy._connection.backup("main", self._connection, "main") as backup:
                backup.step(-1)
            copy.close()
        except apsw.Error as exc:
            raise self.translate(exc) from exc

    def close(self) -> None:
        """Close the connection; more than once is fine."""
        self._connection.close()
