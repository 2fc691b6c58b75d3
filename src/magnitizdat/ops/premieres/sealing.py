"""Sealing the closed file of an album into the library, bit by bit: neither it nor a track of it is ever in memory.

Three times over what it holds: for the checksums that stand before each file of a ZIP, for the digest that names the
closed file, and to keep it. The second and the third time the same bytes come.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from magnitizdat.catalogue.premieres import SEALED_TYPE
from magnitizdat.formats.age_keys import X25519Recipient
from magnitizdat.formats.checksum import crc32
from magnitizdat.formats.spool_paths import blob_path
from magnitizdat.formats.zip_store import Content, Streamed
from magnitizdat.library.library import Changes, Library
from magnitizdat.model import File, Progress, Release
from magnitizdat.ops.albums.small_files import measured
from magnitizdat.scene.premieres import DOCUMENT_NAME, AlbumSealing, shape
from magnitizdat.sentence import verbatim


def seal_album(
    library: Library,
    changes: Changes,
    release: Release,
    document: bytes,
    recipient: X25519Recipient,
    *,
    progress: Progress,
) -> File:
    """Keep an album as it is signed in `document`, with all of its files that are here, closed.

    Raises: UsageError where it is too long for one file; LibraryError.
    """
    files = list(_files(library, release))
    length = shape([(DOCUMENT_NAME, len(document)), *((blob_path(f.sha256), f.length) for f in files)]).length
    progress.start(verbatim(release.title), 3 * length)
    members = [(DOCUMENT_NAME, document), *_members(library, files, progress)]
    sealing = AlbumSealing(recipient)
    file = measured(_told(sealing.pieces(members), progress), SEALED_TYPE)
    changes.put_blob(file, _told(sealing.pieces(members), progress))
    return file


def _files(library: Library, release: Release) -> Iterator[File]:
    """Each once. What it is whole without goes along where it is here."""
    seen = set[str]()
    for file in (*release.files(), *release.spare_files()):
        if file.sha256 not in seen and library.shelf.holds(file):
            seen.add(file.sha256)
            yield file


def _members(library: Library, files: list[File], progress: Progress) -> Iterator[tuple[str, Content]]:
    for file in files:
        checksum = 0
        for piece in _told(library.blob(file.sha256).pieces(), progress):
            checksum = crc32(piece, checksum)
        parts = partial(_pieces, library, file)
        yield blob_path(file.sha256), Streamed(file.length, checksum, parts)


def _pieces(library: Library, file: File) -> Iterator[bytes]:
    return library.blob(file.sha256).pieces()


def _told(pieces: Iterator[bytes], progress: Progress) -> Iterator[bytes]:
    for piece in pieces:
        progress.advance(len(piece))
        yield piece
