"""Reels for tests: a small spool in memory, and a folder that it was cut into."""

from __future__ import annotations

import errno
import hashlib
import os
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from magnitizdat.disk.disk import Disk
from magnitizdat.formats.age_keys import X25519Identity
from magnitizdat.formats.spool_paths import blob_path
from magnitizdat.model import PIECE_LENGTH, SpoolFile
from magnitizdat.reel.plan import ReelPlan, plan
from magnitizdat.reel.words import WordLock
from magnitizdat.reel.writer import CutReport, cut

WORK_FACTOR = 2


def noise(length: int, seed: int = 0) -> bytes:
    return random.Random(seed).randbytes(length)


def spool_of(lengths: Sequence[int], *, seed: int = 0) -> dict[str, bytes]:
    """Blobs of these lengths, and a small file of a label."""
    contents = [noise(length, seed * 1000 + number) for number, length in enumerate(lengths)]
    blobs = {blob_path(hashlib.sha256(content).hexdigest()): content for content in contents}
    return blobs | {"labels/mag1test/metadata/1.root.json": b'{"signed":{}}'}


def files_of(spool: Mapping[str, bytes]) -> list[SpoolFile]:
    return [SpoolFile(path=path, length=len(content)) for path, content in spool.items()]


def reader(spool: Mapping[str, bytes]):
    def read(path: str, piece: int, buffer: memoryview) -> int:
        content = spool[path][piece * PIECE_LENGTH : (piece + 1) * PIECE_LENGTH]
        buffer[: len(content)] = content
        return len(content)

    return read


@dataclass
class CutReel:
    folder: Path
    spool: dict[str, bytes]
    identity: X25519Identity
    plan: ReelPlan
    report: CutReport

    def segments(self) -> list[Path]:
        return sorted(self.folder.rglob("*.age"))

    def parity(self) -> list[Path]:
        return sorted(self.folder.rglob("*.par2"))

    def contents(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in self.segments()}


def cut_reel(
    folder: Path, spool: dict[str, bytes], *, parity_percent: int = 10, words: str = "", disk: Disk | None = None
) -> CutReel:
    identity = X25519Identity.generate()
    reel = plan(files_of(spool), parity_percent=parity_percent, word_sealed=bool(words))
    lock = WordLock(words, identity=identity, work_factor=WORK_FACTOR) if words else None
    recipients = [] if words else [identity.recipient]
    report = cut(reel, reader(spool), recipients, folder, disk or Disk(), lock=lock)
    return CutReel(folder, spool, identity, reel, report)


def overwrite(path: Path, offset: int, content: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(offset)
        file.write(content)


class BadSectors:
    """A medium that refuses to read some ranges of some files, as long as they are the same files."""

    def __init__(self, monkeypatch, ranges: dict[Path, range], *, longer_than: int = 0) -> None:
        self._longer_than = longer_than
        self._ranges = {self._key(path.stat()): bad for path, bad in ranges.items()}
        self._pread, self._preadv = os.pread, os.preadv
        self.refused = 0
        monkeypatch.setattr(os, "pread", self.pread)
        monkeypatch.setattr(os, "preadv", self.preadv)

    @staticmethod
    def _key(found: os.stat_result) -> tuple[int, int]:
        return found.st_ino, found.st_ctime_ns  # numbers of removed files come again

    def _check(self, descriptor: int, offset: int, length: int) -> None:
        bad = self._ranges.get(self._key(os.fstat(descriptor)))
        refuses = bad is not None and length > self._longer_than
        if refuses and offset < bad.stop and offset + length > bad.start:
            self.refused += 1
            raise OSError(errno.EIO, "Input/output error")

    def pread(self, descriptor, length, offset):
        self._check(descriptor, offset, length)
        return self._pread(descriptor, length, offset)

    def preadv(self, descriptor, buffers, offset):
        self._check(descriptor, offset, sum(map(len, buffers)))
        return self._preadv(descriptor, buffers, offset)
