"""The index: one encrypted SQLite file. The one home of `apsw` (SQLite3 Multiple Ciphers, ChaCha20, raw key).

It can always be made anew from the key slot and the cells (`doctor --rebuild`), so it holds nothing that they do not.
"""

from __future__ import annotations

import itertools
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import apsw

from magnitizdat.disk.disk import Disk
from magnitizdat.disk.failures import explain
from magnitizdat.errors import LibraryError
from magnitizdat.library.index.refusals import READ_ONLY, UnreadableIndexError, refusal, why_not_opened
from magnitizdat.library.index.schema import FINDING_RULES, SCHEMA, SCHEMA_VERSION, UPGRADES, VOICE_RULES
from magnitizdat.library.index.watched import vfs_for
from magnitizdat.sentence import say
from magnitizdat.ways import REBUILD

_BATCH = 256
_OVERFLOW_LENGTH = 4096 - 32 - 4
"""Bytes of a blob in each page after its first: without the nonce and tag of the cipher, and the number of the next."""
_LEAST_STEP = 64
_WAIT_MS = 5000


def step_up(pages: int) -> int:
    """Pages of an index that needs so many: its length says little, and is an eighth more at most (or 256 KiB)."""
    step = max(_LEAST_STEP, 1 << max(0, pages.bit_length() - 4))
    return -(-pages // step) * step


def _takes_writes(path: Path) -> bool:
    """Whether the index and the journals beside it can be written to."""
    return os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)


class Database:
    """A connection to the index. Statements of several threads take turns; a transaction belongs to one of them."""

    def __init__(
        self,
        path: Path,
        database_key: bytes,
        *,
        create: bool = False,
        read_only: bool = False,
        disk: Disk | None = None,
    ) -> None:
        """`read_only` also comes by itself where the medium takes no writes: then everything can be read.

        A `disk` that wants it hears of every change.
        """
        self._vfs = vfs_for(disk) if disk is not None else None
        self._disk = disk
        self._files = (path, *(path.with_name(path.name + suffix) for suffix in ("-wal", "-shm")), path.parent)
        self._turn = threading.RLock()
        self.rolled_back = 0
        self.read_only = read_only or (not create and path.is_file() and not _takes_writes(path))
        try:
            self._connection = self._connect(path, create=create)
        except apsw.Error as exc:
            raise refusal(exc, why_not_opened(path)) from exc
        try:
            self._connection.execute("PRAGMA cipher = 'chacha20'")
            self._connection.execute(f"PRAGMA key = 'raw:{database_key.hex()}'")
            self._connection.set_busy_timeout(_WAIT_MS)
            self._prepare(create=create)
        except apsw.CantOpenError as exc:
            if self.read_only:  # its last changes are in a journal that SQLite must write to
                raise LibraryError(READ_ONLY) from exc
            raise self.translate(exc) from exc
        except apsw.Error as exc:
            raise self.translate(exc) from exc
        self.make_alike()

    def _connect(self, path: Path, *, create: bool) -> apsw.Connection:
        if not self.read_only:
            flags = apsw.SQLITE_OPEN_READWRITE | (apsw.SQLITE_OPEN_CREATE if create else 0)
            return apsw.Connection(str(path), flags=flags, vfs=self._vfs)
        # Without shared memory a WAL index opens only as one that nobody changes; changes not yet in it forbid that.
        journal = path.with_name(f"{path.name}-wal")
        immutable = "" if journal.exists() and journal.stat().st_size else "?immutable=1"
        flags = apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI
        return apsw.Connection(path.absolute().as_uri() + immutable, flags=flags)

    def require_writable(self) -> None:
        """Raises: LibraryError on a read-only medium."""
        if self.read_only:
            raise LibraryError(READ_ONLY)

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
                self.set_meta("voices", VOICE_RULES)
                self._connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        elif version in UPGRADES and not self.read_only:
            with self.transaction():
                for older in range(version, SCHEMA_VERSION):
                    self._connection.execute(UPGRADES[older])
                self._connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        elif version != SCHEMA_VERSION:
            raise UnreadableIndexError(
                say(
                    "the index is of version {version} and this program reads {schema_version}; {then}",
                    version=version,
                    schema_version=SCHEMA_VERSION,
                    then=REBUILD,
                )
            )

    def translate(self, exc: apsw.Error) -> Exception:
        """Our sentence for an error of SQLite."""
        failed = isinstance(exc, apsw.IOError | apsw.CantOpenError)
        return refusal(exc, self._connection.system_errno if failed else 0)

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
                pages = int(self._connection.pragma("page_count"))
                self._connection.execute("COMMIT")
            except BaseException as exc:
                self.rolled_back += 1
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                if isinstance(exc, apsw.Error):
                    raise self.translate(exc) from exc
                raise
            self._fill_up(pages)

    def fill_up(self) -> None:
        """The same after a transaction of which the search wrote its share at the very end."""
        with suppress(apsw.Error):
            if not self.read_only:
                self._fill_up(int(self._connection.pragma("page_count")))

    def _fill_up(self, pages: int) -> None:
        """Let the file grow by steps alone, with free pages: enciphered like all others, where zeros would be seen.

        Two transactions, for SQLite writes no page that is made and freed in one. Without an error: what was to be kept
        is kept, and where somebody writes or there is no room, this is for another time.
        """
        if pages == step_up(pages):
            return
        with suppress(apsw.Error):
            self._connection.set_busy_timeout(0)
            with self._connection:
                self._connection.execute("DROP TABLE IF EXISTS room; CREATE TABLE room (body)")
                pages, free = (int(self._connection.pragma(name)) for name in ("page_count", "freelist_count"))
                wanted = step_up(pages) - pages + free
                self._connection.execute("INSERT INTO room (body) VALUES (zeroblob(?))", (wanted * _OVERFLOW_LENGTH,))
            self._connection.execute("DROP TABLE room")
        self._connection.set_busy_timeout(_WAIT_MS)

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

    def copy_to(self, path: Path, database_key: bytes, *, disk: Disk) -> None:
        """A consistent copy while in use, under the same key."""
        copy = Database(path, database_key, create=True, disk=disk)
        try:
            with copy._connection.backup("main", self._connection, "main") as backup:
                backup.step(-1)
            copy.close()
        except apsw.Error as exc:
            number = copy._connection.system_errno  # where it is not its medium that failed, there is none
            raise (explain(OSError(number, ""), path) if number else self.translate(exc)) from exc

    def make_alike(self) -> None:
        """Take back what SQLite's own writes say of when they were made.

        At the beginning and the end, not after each: the next write would then change the file's entry again, which
        takes the processor longer than all the rest of a small commit.
        """
        if self._disk is not None and not self.read_only:
            self._disk.make_alike(self._files)

    def close(self) -> None:
        """Close the connection; more than once is fine. SQLite tidies up then: where that fails nothing is undone."""
        with suppress(apsw.Error):
            self._connection.close()
        self.make_alike()
