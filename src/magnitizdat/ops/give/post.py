"""The post that goes onto a sealed reel: letters of the vault, and some to nobody, so that it looks like any other."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

from magnitizdat.formats.letter_file import LARGE, SMALL, to_nobody
from magnitizdat.formats.zip_store import Unread
from magnitizdat.library.library import Library
from magnitizdat.ops.post.carrying import CarriedLetter, Mailbag, read
from magnitizdat.reel.post import LEAST, PostCount
from magnitizdat.scene.post import aboard

SHARE = 8
"""Of the bytes that are asked for, or free, post takes one in so many at most."""
_NO_LIMIT = 1 << 40


class Post(NamedTuple):
    """Letters that go along, how many files there are with those to nobody, and own letters that find no room."""

    letters: tuple[CarriedLetter, ...]
    files: PostCount
    own: int
    own_left: int


def most_post(room: int | None) -> int:
    """Bytes of post at most where there are so many for all of a reel; `None`: as many as it takes."""
    return _NO_LIMIT if room is None else max(room // SHARE, LEAST.length)


def choose(mailbag: Mailbag, room: int | None) -> Post:
    """What goes along where there are so many bytes for all of a reel."""
    chosen = aboard(mailbag.own, mailbag.others, random.SystemRandom(), most=most_post(room))
    own = sum(bool(each.letter) for each in chosen.letters)
    return Post(chosen.letters, chosen.files, own, len(mailbag.own) - own)


def letter_files(library: Library, post: Post) -> list[Unread]:
    """As many letter files as were planned, each read or made when it is its turn."""
    return list(_files(library, post))


def _files(library: Library, post: Post) -> Iterator[Unread]:
    for letter in post.letters:
        yield Unread(letter.length, partial(_read, library, letter))
    missing = post.files - PostCount.of(each.length for each in post.letters)
    for length, count in ((SMALL, missing.small), (LARGE, missing.large)):
        yield from (Unread(length, partial(to_nobody, length)) for _ in range(count))


def _read(library: Library, letter: CarriedLetter) -> bytes:
    """One whose cell is hurt leaves its place to nobody."""
    return read(library, letter) or to_nobody(letter.length)
