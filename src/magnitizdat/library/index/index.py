"""The index of a library: one encrypted database, and what is asked of it by subject."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from magnitizdat.disk.disk import Disk
from magnitizdat.library.index.browse import Browse
from magnitizdat.library.index.cells import Cells
from magnitizdat.library.index.closed import ClosedFiles
from magnitizdat.library.index.commands import Commands
from magnitizdat.library.index.database import Database
from magnitizdat.library.index.discovering import Discovering
from magnitizdat.library.index.documents import Documents
from magnitizdat.library.index.given import GivenTable
from magnitizdat.library.index.jobs import JobTable
from magnitizdat.library.index.lengths import Lengths
from magnitizdat.library.index.listening import Listening
from magnitizdat.library.index.pages import Pages
from magnitizdat.library.index.prepared import Prepared
from magnitizdat.library.index.settings import MetaTable
from magnitizdat.library.index.shelf import Shelf
from magnitizdat.library.index.signed import Signed
from magnitizdat.library.index.songs import SongTable
from magnitizdat.library.index.sources import Sources
from magnitizdat.library.index.tail import Tail
from magnitizdat.library.index.tracks import Tracks
from magnitizdat.library.index.unread import UnreadTable
from magnitizdat.library.index.voices import Voices
from magnitizdat.library.index.wishes import WishTable


class Index:
    """Named questions and named changes; the database itself is nobody else's.

    A change that comes with others is made inside a `transaction`. Several threads may ask at once.
    """

    def __init__(
        self,
        path: Path,
        database_key: bytes,
        *,
        create: bool = False,
        read_only: bool = False,
        disk: Disk | None = None,
    ) -> None:
        """Changes pass through a `disk` that wants it. Raises: LibraryError, LibraryBusyError, NoSpaceError."""
        self._db = Database(path, database_key, create=create, read_only=read_only, disk=disk)
        self.settings = MetaTable(self._db)
        self.shelf = Shelf(self._db)
        self.browse = Browse(self._db, self.settings.changed)
        self.tracks = Tracks(self._db)
        self.signed = Signed(self._db)
        self.documents = Documents(self._db)
        self.voices = Voices(self._db)
        self.discovering = Discovering(self._db)
        self.closed = ClosedFiles(self._db)
        self.cells = Cells(self._db)
        self.pages = Pages(self._db)
        self.tail = Tail(self._db, self.pages)
        self.unread = UnreadTable(self._db)
        self.listening = Listening(self._db)
        self.commands = Commands(self._db)
        self.given = GivenTable(self._db)
        self.wishes = WishTable(self._db)
        self.prepared = Prepared(self._db)
        self.lengths = Lengths(self._db)
        self.jobs = JobTable(self._db)
        self.sources = Sources(self._db)
        self.songs = SongTable(self._db, self.browse)

    @property
    def is_read_only(self) -> bool:
        """Whether its medium takes no writes."""
        return self._db.read_only

    def require_writable(self) -> None:
        """Raises: LibraryError on a read-only medium."""
        self._db.require_writable()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; on return it is on the medium. Raises: LibraryBusyError, NoSpaceError, LibraryError."""
        with self._db.transaction():
            yield
            self.voices.settle()

    def version(self) -> tuple[int, int]:
        """Another value after every change, by whichever process."""
        return self._db.version()

    def is_sound(self) -> bool:
        """SQLite's own check of the whole file."""
        return self._db.is_sound()

    def keep_in_memory(self, length: int) -> None:
        """So many bytes of pages stay in memory: each that is read again would be deciphered again."""
        self._db.keep_pages(length)

    def fill_up(self) -> None:
        """Let its length say little, after changes that the search heard of. Without an error."""
        self._db.fill_up()

    def settle(self) -> None:
        """All that was changed goes into the one file, and its journal becomes empty."""
        self._db.all("PRAGMA wal_checkpoint(TRUNCATE)")
        self._db.make_alike()

    def copy_to(self, path: Path, database_key: bytes, *, disk: Disk) -> None:
        """A consistent copy while in use, under the same key."""
        self._db.copy_to(path, database_key, disk=disk)

    def close(self) -> None:
        """More than once is fine."""
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
