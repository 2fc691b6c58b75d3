"""Somebody who gives back, without a network: their table, and the way between them and the host, which may break."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import parse_qs

import msgspec

from magnitizdat.errors import NotFoundError, UnreachableError
from magnitizdat.formats.age import BytesReader
from magnitizdat.ops.places.asked import AskedSpool, Turn


class FolderTable(Mapping[str, BytesReader]):
    """The files of an open spool in a folder."""

    def __init__(self, folder: Path) -> None:
        self._files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}

    def __getitem__(self, path: str) -> BytesReader:
        return BytesReader(self._files[path].read_bytes())

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)


class Way:
    """What `give_back` posts to: a host's spool. It breaks at these posts (from 1), before or behind the host.

    After `most` bytes of answers it is gone for good.
    """

    def __init__(
        self,
        spool: AskedSpool,
        *,
        before: frozenset[int] = frozenset(),
        behind: frozenset[int] = frozenset(),
        most: int = 1 << 62,
    ) -> None:
        self._spool = spool
        self._before, self._behind = before, behind
        self._most = most
        self._guard = threading.Lock()
        self.posts = 0
        self.arrived = 0
        """Bytes of answers that the host got, or is about to."""

    def __call__(self, path: str, body: bytes, most: int) -> bytes:
        with self._guard:
            self.posts += 1
            post = self.posts
            gone = self.arrived >= self._most
            broken = gone or post in self._before
            self.arrived += 0 if broken else len(body)  # now, lest all lanes pass at once
        if broken:
            raise UnreachableError("the way broke")
        told = self._host(path, body)
        if post in self._behind:
            raise UnreachableError("the way broke")
        assert len(told) <= most
        return told

    def _host(self, path: str, body: bytes) -> bytes:
        name, _, query = path.partition("?")
        if name != "back":
            raise NotFoundError("nothing is here")
        if not query:
            return b'{"guest":"g"}'
        asked = {key: values[0] for key, values in parse_qs(query).items()}
        if "ask" in asked:
            self._spool.answer(int(asked["ask"]), int(asked["status"]), body)
        return msgspec.json.encode(self._spool.next_ask(int(asked["lane"]), patience_s=0.05))


def over(tracks: int = 0, length: int = 0) -> Turn:
    return Turn(over=True, tracks=tracks, length=length)
