"""Premieres for tests: made by a real library, with music that says where it got to."""

from __future__ import annotations

from datetime import date
from typing import Any

from magnitizdat.catalogue.premieres import Premiere
from magnitizdat.library.index.views import LabelView
from magnitizdat.library.library import Library
from magnitizdat.model import File
from magnitizdat.ops.premieres.making import PremiereReport, PremiereWish, make
from tests.fakes_library import NOW, put_album
from tests.fakes_spool import new_label

HOLDERS = ("Анна", "Борис", "Вера", "Глеб", "Дина")
OPENS = date(2026, 12, 24)
WISH = PremiereWish(opens=OPENS, need=3, holders=HOLDERS)
MARK = b"MUSIC-OF-A-CLOSED-ALBUM"
"""Stands in each track of `put_closed`, often enough to be met in any piece of it."""


def marked(length: int, number: int = 0) -> bytes:
    """Music of that many bytes, full of the mark."""
    line = b"\x80%s-%d." % (MARK, number)
    return (line * (length // len(line) + 1))[:length]


def put_closed(
    library: Library, title: str = "Тайна", *, lengths: tuple[int, ...] = (1_500_000, 3000), wish: PremiereWish = WISH
) -> tuple[str, list[bytes], LabelView, PremiereReport]:
    """A premiere of a new label: (the album's id here, its music, its label, the report)."""
    contents = [marked(length, number) for number, length in enumerate(lengths)]
    album, _ = put_album(library, title, contents=contents)
    label = new_label(library)
    return album, contents, label, make(library, album, label, wish, now=NOW, small=False)


def premiere_of(file: File, *, document: str, release_id: str = "1" * 32, **fields: Any) -> Premiere:
    """What a label says of a closed file, true or not."""
    said = {"words": "AAAA", "opens": "2026-12-24", "need": 3, "shares": tuple(f"{n:064x}" for n in range(5)), **fields}
    return Premiere(**{"id": "0" * 32, "release_id": release_id, "document": document, "file": file, **said})
