"""What SQLite refused, in a sentence: by its own code, and by the system's number where that is what failed."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import apsw

from magnitizdat.errors import LibraryBusyError, LibraryError, MagError, NoSpaceError
from magnitizdat.sentence import advice, say
from magnitizdat.ways import DOCTOR, REBUILD


class UnreadableIndexError(LibraryError):
    """It is damaged, absent, of another library or version: nothing in it can be asked for."""


READ_ONLY = advice(
    terminal=say(
        "the library is on a read-only medium; copy it somewhere writable first, with `mag backup"
        " DEST`, and go on there with --library DEST"
    ),
    page=say("the library is on a medium that cannot be written; copy its folder somewhere else, and go on there"),
)
_NO_INDEX = say("the library has no readable index; {then}", then=REBUILD)
_NOT_PERMITTED = say("the index of the library may not be read or written; change the permissions of its folder")
_TOO_MANY = say("too many files are open; close other programs and do this again")
_FULL = say("the disk of the library is full; nothing was lost: free some space and do this again")
_QUOTA = say(
    "your quota on the disk of the library is used up; nothing was lost: remove something of"
    " yours there and do this again"
)
_FAILS = advice(
    terminal=say(
        "the medium of the library fails; what was committed still stands, so copy it elsewhere with `mag backup DEST`"
    ),
    page=say("the medium of the library fails; what was saved still stands, so copy its folder elsewhere"),
)
_BY_NUMBER = {
    errno.EIO: _FAILS,
    errno.EROFS: READ_ONLY,
    errno.EACCES: _NOT_PERMITTED,
    errno.EPERM: _NOT_PERMITTED,
    errno.EMFILE: _TOO_MANY,
    errno.ENFILE: _TOO_MANY,
}


def refusal(exc: apsw.Error, number: int) -> MagError:
    """Our error for one of SQLite's; `number` is what the system said last, 0 where that is not known."""
    if isinstance(exc, apsw.BusyError | apsw.LockedError):
        return LibraryBusyError(
            say("another Magnitizdat is writing to this library; wait for it to finish, then do this again")
        )
    if isinstance(exc, apsw.FullError):
        return NoSpaceError(_FULL)
    if isinstance(exc, apsw.NotADBError | apsw.CorruptError):
        return UnreadableIndexError(say("the index is damaged or of another library; {then}", then=REBUILD))
    if isinstance(exc, apsw.IOError | apsw.CantOpenError) and number:
        return _by_number(number)
    if isinstance(exc, apsw.CantOpenError):
        return UnreadableIndexError(_NO_INDEX)
    if isinstance(exc, apsw.ReadOnlyError):
        return LibraryError(READ_ONLY)
    return LibraryError(say("the index could not be used ({name}); {then}", name=type(exc).__name__, then=DOCTOR))


def _by_number(number: int) -> MagError:
    if number == errno.ENOSPC:
        return NoSpaceError(_FULL)
    if number == getattr(errno, "EDQUOT", -1):
        return NoSpaceError(_QUOTA)
    if number == errno.ENOENT:
        return UnreadableIndexError(_NO_INDEX)
    told = say("the index could not be used ({name}); {then}", name=os.strerror(number), then=DOCTOR)
    return LibraryError(_BY_NUMBER.get(number, told))


def why_not_opened(path: Path) -> int:
    """The system's number for a file that SQLite could not open, by asking again; 0 where it opens now."""
    try:
        with path.open("rb"):
            return 0
    except OSError as exc:
        return exc.errno or 0
