"""Paths of the one tree that everything is exchanged as, the spool (DESIGN, sections 1 and 2). Pure text.

`blobs/ab/<sha256>` is a blob; inside a ZIP a blob of more than one piece stands as `blobs/ab/<sha256>.0000`, `.0001`, …
so that `cat blobs/ab/<sha256>.*` joins it.
"""

from __future__ import annotations

import re

from magnitizdat.model import PIECE_LENGTH

_PIECE = re.compile(r"blobs/([0-9a-f]{2})/(\1[0-9a-f]{62})(?:\.(\d{4,7}))?")
_BLOB = re.compile(r"blobs/([0-9a-f]{2})/(\1[0-9a-f]{62})")
_LABEL_FILE = re.compile(r"labels/(mag1[02-9ac-hj-np-z]{58})/(.+)")

INDEX_PATH = "labels/index.json"


def blob_path(sha256: str) -> str:
    """Where a blob stands in a spool."""
    return f"blobs/{sha256[:2]}/{sha256}"


def text_path(path: str) -> str:
    """Where a blob of text stands in an open spool: a server says "plain text" of such a name, and no browser asks on.

    Without a suffix many servers look at the first bytes, and what begins like a page is one, of the site it lies on.
    """
    return f"{path}.txt"


def begins_like_markup(begin: bytes) -> bool:
    """Whether a server or browser that guesses by the first bytes could take this for a page.

    Source: MIME Sniffing Standard, 7.1: white space, then a tag; marks of an encoding before it count for less. A zero
    is no white space: an M4A whose first box has 60 bytes begins with three of them and "<".
    """
    return begin.removeprefix(b"\xef\xbb\xbf").lstrip(b"\t\n\x0c\r ").startswith(b"<")


def piece_count(length: int) -> int:
    """Pieces of a blob of `length` bytes; an empty one is one empty piece."""
    return max(1, -(-length // PIECE_LENGTH))


def piece_name(sha256: str, number: int, count: int) -> str:
    """Name of the ZIP member that holds piece `number` of `count`."""
    return blob_path(sha256) if count == 1 else f"{blob_path(sha256)}.{number:04d}"


def parse_piece(name: str) -> tuple[str, int] | None:
    """(blob digest, piece number) of a member, or None where it is something else."""
    found = _PIECE.fullmatch(name)
    return (found[2], int(found[3] or 0)) if found else None


def parse_blob(path: str) -> str | None:
    """The digest of a blob's path, or None where it is something else."""
    found = _BLOB.fullmatch(path)
    return found[2] if found else None


def label_path(imprint: str, name: str) -> str:
    """Where a file of a label (`metadata/1.root.json`, `targets/ab/…`) stands in a spool."""
    return f"labels/{imprint}/{name}"


def parse_label_file(path: str) -> tuple[str, str] | None:
    """(imprint, name within the label) of a path, or None where it is something else."""
    found = _LABEL_FILE.fullmatch(path)
    return (found[1], found[2]) if found else None
