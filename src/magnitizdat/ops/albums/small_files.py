"""Sealing small files (covers, notes, lyrics) into the library as blobs, each once."""

from __future__ import annotations

import hashlib

from magnitizdat.library.library import Changes, Library
from magnitizdat.model import PIECE_LENGTH, File


def describe(content: bytes, media_type: str) -> File:
    """The file value of some bytes."""
    parts = [content[start : start + PIECE_LENGTH] for start in range(0, len(content), PIECE_LENGTH)]
    pieces = tuple(hashlib.sha256(part).hexdigest() for part in parts) if len(parts) > 1 else ()
    digest = hashlib.sha256(content).hexdigest()
    return File(sha256=digest, length=len(content), media_type=media_type, pieces=pieces)


def seal_small(library: Library, changes: Changes, content: bytes, media_type: str) -> File:
    """Keep some bytes; what is here already is not sealed again."""
    file = describe(content, media_type)
    if not library.shelf.is_complete(file.sha256):
        parts = [content[start : start + PIECE_LENGTH] for start in range(0, max(1, len(content)), PIECE_LENGTH)]
        changes.put_blob(file, parts)
    return file
