"""Files by their bytes, and sealing small ones (covers, notes, lyrics) into the library as blobs, each once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from magnitizdat.library.library import Changes, Library
from magnitizdat.model import PIECE_LENGTH, File


def describe(content: bytes, media_type: str) -> File:
    """The file value of some bytes."""
    parts = [content[start : start + PIECE_LENGTH] for start in range(0, len(content), PIECE_LENGTH)]
    pieces = tuple(hashlib.sha256(part).hexdigest() for part in parts) if len(parts) > 1 else ()
    digest = hashlib.sha256(content).hexdigest()
    return File(sha256=digest, length=len(content), media_type=media_type, pieces=pieces)


def measured(pieces: Iterable[bytes], media_type: str) -> File:
    """The file value of bytes that come 1 MiB at a time."""
    whole, digests, length = hashlib.sha256(), list[str](), 0
    for piece in pieces:
        whole.update(piece)
        digests.append(hashlib.sha256(piece).hexdigest())
        length += len(piece)
    found = tuple(digests) if len(digests) > 1 else ()
    return File(sha256=whole.hexdigest(), length=length, media_type=media_type, pieces=found)


def seal_small(library: Library, changes: Changes, content: bytes, media_type: str) -> File:
    """Keep some bytes; what is here already is not sealed again."""
    file = describe(content, media_type)
    if not library.shelf.is_complete(file.sha256):
        parts = [content[start : start + PIECE_LENGTH] for start in range(0, max(1, len(content)), PIECE_LENGTH)]
        changes.put_blob(file, parts)
    return file
