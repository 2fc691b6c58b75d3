"""What every handler gets: the library while it is unlocked, and what one server holds in memory."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Any, Protocol, TypeVar

from magnitizdat.disk.disk import Disk
from magnitizdat.errors import LockedError, MagError, TargetError, UsageError
from magnitizdat.library import panic
from magnitizdat.library.keyring import Secrets
from magnitizdat.library.library import Library, unlock
from magnitizdat.ops.jobs.background import Background
from magnitizdat.ops.keep.locking import require_locked
from magnitizdat.ops.keep.panic import panic as destroy_keys
from magnitizdat.ops.keep.session import brought_up
from magnitizdat.sentence import say
from magnitizdat.workers.pool import ParserPool

T = TypeVar("T")

LOCKED = say("the library is locked; unlock it with its passphrase")
BUSY = say("another passphrase is being tried; wait a moment, then try again")
KEPT_PAGES = 32 << 20
"""Bytes of the index that a server keeps in memory."""
USE_EVERY_S = 60.0
"""Seconds between two questions to the agent: each counts as use against the auto-lock."""


class Keeper(Protocol):
    """Who keeps the secrets between commands, and forgets them when nobody asks: the agent, or a fake of it."""

    def start(self, library: Path, secrets: Secrets, /) -> None: ...
    def ask(self, library: Path, /) -> Secrets | None: ...
    def remaining_s(self, library: Path, /) -> float | None: ...
    def stop(self, library: Path, /) -> bool: ...


class Attendant(Protocol):
    """Something that works beside the requests while the library is open, as the analysis of new music."""

    def opened(self, library: Library, /) -> None: ...
    def closing(self, library: Library, /) -> None: ...


class Lease:
    """One stretch of use of one unlocked library, by somebody who is welcome; over once either is not so any more.

    `opening` is None where nothing of a library is used.
    """

    def __init__(self, service: Service, opening: int | None, is_welcome: Callable[[], bool]) -> None:
        self.service, self._opening, self._is_welcome = service, opening, is_welcome

    def renew(self) -> None:
        """Count as use.

        Raises: LockedError if the library was locked meanwhile, also if only to whom this was lent.
        """
        is_open = self._opening is None or self.service.opening == self._opening
        if not is_open or not self._is_welcome():
            raise LockedError(LOCKED)
        self.service.used()


class Service:
    """One server's hold on one library. Safe in several threads; closed by whoever opened it.

    With a `keeper` the server forgets the secrets when the keeper has; without one it holds them until told to lock.
    """

    def __init__(
        self,
        directory: Path,
        *,
        keeper: Keeper | None = None,
        attendants: Sequence[Attendant] = (),
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        clock: Callable[[], float] = monotonic,
        die: Callable[[], None] = panic.end_myself,
    ) -> None:
        self.directory = directory
        self._die = die
        self.now = now
        """The wall clock, aware, in UTC."""
        self.clock = clock
        """Seconds that only rise, for deadlines and lockouts."""
        self.pool = ParserPool()
        self.ending = threading.Event()
        """Set when the server ends: whoever waits for news in a handler waits for this too."""
        self.opening = 0
        """Rises whenever the library is unlocked or locked."""
        self._keeper = keeper
        self._attendants = tuple(attendants)
        self.background = next((each for each in self._attendants if isinstance(each, Background)), Background())
        """What prepares new music; one that never begins, where no attendant does that."""
        self._library: Library | None = None
        self._guard = threading.RLock()
        self._trying = threading.Lock()
        self._asked = -USE_EVERY_S
        self._let_go = False
        self._only: dict[Any, Any] = {}
        self._hearers: list[Callable[[], object]] = []

    @staticmethod
    def disk(*, private: bool = False) -> Disk:
        """What an op writes with: the one place where the server makes one."""
        return Disk(private=private)

    # -- the library ----------------------------------------------------------------------------------------------

    @property
    def locked(self) -> bool:
        """Whether only the passphrase opens the library."""
        return self._library is None

    def library(self) -> Library:
        """The unlocked library.

        Raises: LockedError.
        """
        library = self._library
        if library is None:
            raise LockedError(LOCKED)
        return library

    def lease(self, is_welcome: Callable[[], bool] = lambda: True, *, keyless: bool = False) -> Lease:
        """For an answer that takes long, as a stream: it ends when the library is locked, or whoever asked is let out.

        `keyless`: nothing of the library is in it. Raises: LockedError.
        """
        if keyless:
            return Lease(self, None, is_welcome)
        self.library()
        return Lease(self, self.opening, is_welcome)

    def open(self, library: Library) -> None:
        """Serve a library that somebody has unlocked; the service closes it."""
        brought_up(library).index.keep_in_memory(KEPT_PAGES)
        self._close_library()
        with self._guard:
            self._library = library
            self.opening += 1
        self._tell()
        for attendant in self._attendants:
            attendant.opened(library)

    def open_kept(self) -> bool:
        """Open with the secrets that the keeper has; False if it has none."""
        secrets = self._keeper.ask(self.directory) if self._keeper else None
        if secrets is None:
            return False
        self.open(Library(self.directory, secrets))
        return True

    def unlock(self, passphrase: str, *, patience_s: float = 0.0) -> None:
        """Open the library, and let the keeper keep its secrets.

        One passphrase is tried at a time: each try takes a lot of memory, and many at once would pass any lockout.
        `patience_s`: seconds to wait for one's turn.

        Raises: UsageError if there is no library, or somebody is trying; WrongPassphraseError, LibraryError.
        """
        if not self._trying.acquire(timeout=patience_s):
            raise UsageError(BUSY)
        try:
            secrets = unlock(self.directory, passphrase)
        finally:
            self._trying.release()
        if self._keeper is not None:
            self._keeper.start(self.directory, secrets)
        with self._guard:
            if self._library is None:
                self.open(Library(self.directory, secrets))

    def lock(self) -> None:
        """Forget the secrets, and make the keeper and all other processes do so; streams end. Twice is fine.

        Raises: LibraryBusyError where somebody does not; this server has forgotten them all the same.
        """
        try:
            if self._keeper is not None:
                self._keeper.stop(self.directory)
        finally:
            self.let_go()
            require_locked(self.directory)

    def let_go(self) -> None:
        """Forget the secrets as another process says; they are not taken again from a keeper that is yet to be told."""
        self._let_go = True
        self._close_library()

    def panic(self) -> None:
        """Destroy the keys: the slot, whoever else has them, then this process.

        Raises: TargetError where the slot could not be destroyed; nobody holds keys all the same.
        """
        report = destroy_keys(self.directory, disk=self.disk(private=True))
        if report.is_slot_left:
            self.let_go()
            raise TargetError(report.outcome().headline)
        self._die()

    def look(self) -> None:
        """Whether somebody asks for that by the file in the library's folder."""
        panic.carry_out_if_asked(self.directory, self.disk(private=True), self._die)

    def used(self) -> None:
        """Count as use against the auto-lock: the keeper is asked once a minute at most."""
        now = self.clock()
        if self._keeper is not None and now - self._asked >= USE_EVERY_S:
            self._asked = now
            self._keeper.ask(self.directory)

    def tick(self) -> None:
        """Do as the keeper did: lock where it has forgotten (told to, or unused for its hours), open where it knows."""
        if self._keeper is None:
            return
        kept = self._keeper.remaining_s(self.directory) is not None
        self._let_go = self._let_go and kept
        if kept and self.locked and not self._let_go:
            self.open_kept()
        elif not kept and not self.locked:
            self._close_library()

    # -- the server -----------------------------------------------------------------------------------------------

    def only(self, make: Callable[[Service], T]) -> T:
        """The one thing of its kind of this server, made when it is first asked for: `service.only(Jobs)`."""
        with self._guard:
            if make not in self._only:
                self._only[make] = make(self)
            found: T = self._only[make]
            return found

    def attend(self, attendant: Attendant) -> None:
        """Tell one more whenever the library is opened, and before it is closed."""
        with self._guard:
            self._attendants = (*self._attendants, attendant)

    @contextmanager
    def hearing(self, told: Callable[[], object]) -> Iterator[int]:
        """Call `told`, from any thread, whenever the library is opened or locked or the server ends; how many hear."""
        with self._guard:
            self._hearers.append(told)
            count = len(self._hearers)
        try:
            yield count
        finally:
            with self._guard:
                self._hearers.remove(told)

    def _tell(self) -> None:
        with self._guard:
            hearers = list(self._hearers)
        for told in hearers:
            with suppress(RuntimeError):  # its loop of events has ended
                told()

    def begin_to_end(self) -> None:
        """Whoever waits for news need not wait any more."""
        self.ending.set()
        self._tell()

    def close(self) -> None:
        """The server ends; the keeper keeps what it has."""
        self.begin_to_end()
        self._close_library()
        self.pool.close()

    def _close_library(self) -> None:
        """Who attends may wait for threads, which may ask for something of this service: so not under the guard."""
        with self._guard:
            library, self._library = self._library, None
            if library is None:
                return
            self.opening += 1
        self._tell()
        for attendant in reversed(self._attendants):
            with suppress(MagError):  # whatever it could not finish, it is locked
                attendant.closing(library)
        library.close()
