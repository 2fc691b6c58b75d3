"""Folders and zips of small real music, for the tests of import and export."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import mutagen.id3

from magnitizdat.library.library import Library
from magnitizdat.model import Release
from tests.fakes_audio import make_audio


def song(number: int = 1, kind: str = "mp3", *, cover: bytes = b"", **tags: str) -> bytes:
    """A fifth of a second of a tone of its own, tagged as track `number` of Kino's "45"."""
    said = {"title": f"Song {number}", "artist": "Кино", "album": "45", "track": str(number), **tags}
    return make_audio(kind, 0.2, {name: text for name, text in said.items() if text}, tone=200.0 + number, cover=cover)


def old_song(number: int, encoding: str = "cp1251") -> bytes:
    """Tags as programs of 1999 wrote them: Cyrillic bytes declared as latin-1."""
    audio = make_audio("mp3", 0.2, tone=300.0 + number)
    tags = mutagen.id3.ID3()
    for frame, text in (
        ("TIT2", f"Звезда по имени Солнце {number}"),
        ("TPE1", "Кино"),
        ("TALB", "Звезда по имени Солнце"),
    ):
        tags.add(getattr(mutagen.id3, frame)(encoding=0, text=[text.encode(encoding).decode("latin-1")]))
    tags.add(mutagen.id3.TRCK(encoding=0, text=[str(number)]))
    file = io.BytesIO(audio)
    tags.save(file)
    return file.getvalue()


def write(folder: Path, files: Mapping[str, bytes]) -> Path:
    """Files by their paths below `folder`."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def zipped(files: Mapping[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of these members, by whatever names."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content, compress_type=method)
    return out.getvalue()


def releases(library: Library) -> list[Release]:
    """All albums with their tracks, in the order of the shelf."""
    found = [library.shelf.release(view.id) for view in library.shelf.albums()]
    return [release for release in found if release is not None]


def only(library: Library) -> Release:
    """The one album that is there."""
    (found,) = releases(library)
    return found


def content(library: Library, sha256: str) -> bytes:
    """The bytes of a blob."""
    return b"".join(library.blob(sha256).pieces())
