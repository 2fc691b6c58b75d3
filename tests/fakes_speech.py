"""Labels that say something, for tests: own ones, and others whose word comes by a folder."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

from magnitizdat.catalogue.refresh import checkpoint
from magnitizdat.catalogue.voices import VOICES, Compilation, CompiledTrack, NamedAlbum, Review, Voice, Vouch
from magnitizdat.library.index.views import LabelView
from magnitizdat.library.library import Library
from magnitizdat.ops.dub.from_spool import dub
from magnitizdat.ops.labels.labels import find_label, follow, held_state
from magnitizdat.ops.places.spool import FolderSpool
from magnitizdat.ops.voices.saying import say_voices
from tests.fakes_library import NOW
from tests.fakes_spool import Liar
from tests.fakes_voices import as_documents


def named(library: Library, album: str) -> NamedAlbum:
    """How a voice names an album that is here."""
    view, release = library.shelf.album(album), library.shelf.release(album)
    assert view is not None
    assert release is not None
    signed = {"imprint": view.imprint, "release_id": view.release_id} if view.imprint else {}
    tracks = tuple(track.id for track in release.tracks)[:64]
    return NamedAlbum(artist=release.artist, title=release.title, tracks=tracks, **signed)


def review_of(library: Library, album: str, text: str = "Worth a tape.", *, date: str = "2026-04-01") -> Review:
    return Review(item_reviewed=named(library, album), recommended=True, review_body=text, date_published=date)


def vouch_for(library: Library, label: LabelView) -> Vouch:
    known = checkpoint(held_state(library, label.imprint))
    return Vouch(imprint=label.imprint, name=label.name, checkpoint=known)


def compilation_of(library: Library, albums: Iterable[str], *, date: str = "2026-04-01") -> Compilation:
    releases = [release for album in albums if (release := library.shelf.release(album)) is not None]
    tracks = tuple(
        CompiledTrack(track_id=track.id, title=track.title, artist=track.artist)
        for release in releases
        for track in release.tracks
    )
    return Compilation(playlist="c0" * 16, name="Mix", tracks=tracks, date_published=date)


def unknown_album(number: int, *, date: str = "2026-04-01") -> Review:
    """A review of an album that nobody has."""
    track = hashlib.sha256(f"nobody's {number}".encode()).hexdigest()
    album = NamedAlbum(artist="Nobody", title=f"Nothing {number}", tracks=(track,))
    return Review(item_reviewed=album, review_body="Lost.", date_published=date)


def say(library: Library, label: LabelView, *voices: Voice) -> None:
    """Sign these in an own label."""
    with library.changes() as changes:
        say_voices(library, changes, label, voices, now=NOW)
        changes.commit()


class Other:
    """A label of somebody else, whose word comes by a folder."""

    def __init__(self, folder: Path, name: str = "Kino") -> None:
        self.liar = Liar(folder, name)
        self.imprint = self.liar.imprint

    def say(self, *voices: Voice) -> None:
        self.liar.sign(as_documents(voices))

    def come(self, library: Library, *, followed: bool = True) -> LabelView:
        """Dub it, and follow it."""
        dub(library, FolderSpool(self.liar.folder), now=NOW)
        label = find_label(library, self.imprint)
        if followed and label.standing != "followed":
            follow(library, self.imprint)
        return find_label(library, self.imprint)


def voices_of(paths: Sequence[str]) -> set[str]:
    """Of paths in a spool, those of voices, by their target paths' names."""
    names = {path.rsplit("/", 1)[-1].partition(".")[2] for path in paths if "/targets/" in path}
    return {name for name in names if name.split(".")[-2] in VOICES}
