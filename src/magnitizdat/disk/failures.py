"""Why a write failed, in a sentence: what the system said with a number, and what to do next."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from magnitizdat.disk.space import space
from magnitizdat.errors import MagError, NoSpaceError, TargetError
from magnitizdat.sentence import say
from magnitizdat.ways import AGAIN

_GONE = {errno.ENOENT, errno.ENODEV, errno.ENXIO, errno.ENOTCONN, errno.ESTALE, getattr(errno, "ENOMEDIUM", -1)}
_QUOTA = getattr(errno, "EDQUOT", -1)
_SENTENCES = {
    errno.EROFS: say("{where} is read-only; allow writing, or choose another place"),
    errno.EACCES: say("writing to {where} is not permitted; change its permissions, or choose another place"),
    errno.EPERM: say("writing to {where} is not permitted; change its permissions, or choose another place"),
    errno.EIO: say("the medium under {where} fails; nothing that was committed is lost, so go on with another medium"),
    errno.EEXIST: say("{path} is there already; move it away, or choose another place"),
    errno.ENOTEMPTY: say("{path} is not empty; move what it holds away, or choose another place"),
    errno.ENOTDIR: say("{where} is not a folder; choose another place"),
    errno.EISDIR: say("{path} is a folder where a file is expected; move it away, or choose another place"),
    errno.ELOOP: say("{path} is a link where a file is expected; move it away, or choose another place"),
    errno.ENAMETOOLONG: say("the name of {path} is too long for that file system; choose a shorter folder"),
    errno.EFBIG: say("{path} is larger than that file system allows; choose another place"),
    errno.EMFILE: say("too many files are open; close other programs and {then}", then=AGAIN),
    errno.ENFILE: say("too many files are open; close other programs and {then}", then=AGAIN),
}


def explain(exc: OSError, path: Path) -> MagError:
    """The sentence for a failed write at `path`."""
    code = exc.errno if exc.errno is not None else errno.EIO
    where = path.parent
    if code == errno.ENOSPC and _takes_no_more_files(where):
        return NoSpaceError(
            say("{where} takes no more files, whatever is free; remove some, or choose another place", where=where)
        )
    if code == errno.ENOSPC:
        return NoSpaceError(say("no space is left in {where}; free some and {then}", where=where, then=AGAIN))
    if code == _QUOTA:
        return NoSpaceError(
            say("your quota in {where} is used up; remove something of yours there and {then}", where=where, then=AGAIN)
        )
    if code in _GONE:
        return TargetError(say("{where} is gone; bring it back and {then}", where=where, then=AGAIN))
    sentence = _SENTENCES.get(code)
    if sentence is None:
        return TargetError(
            say("writing to {where} failed ({strerror}); {then}", where=where, strerror=os.strerror(code), then=AGAIN)
        )
    return TargetError(sentence.filled(where=where, path=path))


def _takes_no_more_files(folder: Path) -> bool:
    """As far as the file system says: FAT does not."""
    with suppress(OSError):
        return space(folder).names == 0
    return False


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """What fails here fails with its sentence. Raises: TargetError, NoSpaceError."""
    try:
        yield
    except OSError as exc:
        raise explain(exc, path) from exc
