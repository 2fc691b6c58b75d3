"""`mag import --move`: an original goes once what the library holds of it was read back bit by bit."""

from __future__ import annotations

import hashlib
from contextlib import suppress

from magnitizdat.errors import MagError
from magnitizdat.library.index.sources import MOVED, FileSeen
from magnitizdat.library.library import Library
from magnitizdat.ops.intake.account import Account
from magnitizdat.ops.intake.scan import ScannedFile, path_text, reason_of
from magnitizdat.sentence import say

_ANOTHER = say("it was not removed: its sound is in the library in another file, and this one is not kept there")
_HALF = say("it was not removed: the .wvc file beside it is not lossless sound without it; keep both")


class Originals:
    """Files that wait for the commit after which they may go."""

    def __init__(self, library: Library, account: Account) -> None:
        self._library = library
        self._account = account
        self._waiting: list[tuple[ScannedFile, str]] = []
        self._moved: list[FileSeen] = []

    def wait(self, found: ScannedFile, sha256: str) -> None:
        """A file, and the digest that it has in the library."""
        self._waiting.append((found, sha256))

    def remove(self) -> None:
        """What waited is committed."""
        waiting, self._waiting = self._waiting, []
        for found, sha256 in waiting:
            if not self._library.index.shelf.is_on_album(sha256):
                self._account.tell(found.hint, _ANOTHER)
            elif _is_half(found):
                self._account.tell(found.hint, _HALF)
            else:
                self._remove(found, sha256)
        if self._moved:
            with self._library.index.transaction():
                self._library.index.sources.put_all(self._moved)
            self._moved = []
        if waiting:
            with suppress(MagError):  # after a power cut they are there again, and nothing is lost by that
                self._library.disk.flush()

    def _remove(self, found: ScannedFile, sha256: str) -> None:
        digest = hashlib.sha256()
        try:
            for piece in self._library.blob(sha256).pieces():
                digest.update(piece)
            status = found.path.stat()
            if digest.hexdigest() != sha256 or (status.st_size, status.st_mtime_ns) != (found.length, found.mtime_ns):
                stays = say("it was not removed: it changed meanwhile, or did not read back")
                self._account.tell(found.hint, stays)
                return
            self._library.disk.remove(found.path)
            self._account.moved += 1
            self._moved.append(FileSeen(path_text(found.path), found.length, MOVED, sha256))
        except FileNotFoundError:
            return  # named twice, and removed by its other name
        except (OSError, MagError) as exc:
            stays = say("it is in the library, but the original stays: {exc}", exc=reason_of(exc))
            self._account.tell(found.hint, stays)


def _is_half(found: ScannedFile) -> bool:
    """Whether it is a WavPack whose other half lies beside it."""
    if found.path.suffix.casefold() != ".wv":
        return False
    other = f"{found.path.name}c".casefold()
    return any(path.name.casefold() == other for path in found.path.parent.iterdir())
