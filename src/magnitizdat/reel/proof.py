"""Whether what is copied is what its spare parts stand for: they go along anyway, and say what each file should be.

The files are hashed while a copy is read back, each on one stick: what verifies there is what the source gave. Of what
does not the source itself is looked at, as `check` does.
"""

from __future__ import annotations

import hashlib
import threading
from pathlib import Path
from typing import Protocol

from magnitizdat.reel.check import inspect
from magnitizdat.reel.folder import survey
from magnitizdat.reel.reports import CheckReport
from magnitizdat.reel.sets import gather


class Hashing(Protocol):
    """What `hashlib.md5` gives."""

    def update(self, content: memoryview, /) -> None: ...
    def digest(self) -> bytes: ...


class CopyProof:
    """The files of a reel against its own par2 files. Safe in several threads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._gathered = gather(folder, survey(folder))
        self._expected = {each.path_of(file): file.md5 for each in self._gathered.sets for file in each.files}
        self._waiting = set(self._expected)
        self._sound = set[str]()
        self._guard = threading.Lock()

    def hashing(self, path: str) -> Hashing | None:
        """What to hash a file with; None where that is done already, or nothing says what it should be."""
        with self._guard:
            if path not in self._waiting:
                return None
            self._waiting.remove(path)
        return hashlib.md5(usedforsecurity=False)

    def note(self, path: str, hashed: Hashing | None) -> None:
        """All of a file was hashed, as the source gave it."""
        if hashed is not None and hashed.digest() == self._expected[path]:
            with self._guard:
                self._sound.add(path)

    def report(self) -> CheckReport:
        """How the source is; only what did not verify is read once more."""
        return inspect(self._folder, verified=self._sound, gathered=self._gathered).report()
