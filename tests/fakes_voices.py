"""Voices for tests: what labels say, as documents, and labels that say it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from magnitizdat.catalogue.documents import encode
from magnitizdat.catalogue.kinds import target_path
from magnitizdat.catalogue.voices import VOICES, NamedAlbum, Review, Voice
from tests.fakes_spool import Liar

UNCLOSED = (
    *(f"DROP TRIGGER {name}" for name in ("document_unclosed", "document_closed_anew", "release_opened")),
    *(f"DROP TABLE {name}" for name in ("closed", "withheld")),
)
UNVOICED = (
    *UNCLOSED,
    *(f"DROP TRIGGER {what}_{did}" for what in ("album", "track", "release") for did in ("shelved", "unshelved")),
    *(f"DROP TRIGGER {name}" for name in ("document_went", "document_anew", "voice_went")),
    *(f"DROP TABLE {name}" for name in ("voice", "voice_track", "reshelved")),
    *(f"DROP INDEX release_{name}" for name in ("album", "gone")),
    "DELETE FROM meta WHERE name = 'voices'",
)
"""What makes an index one of version 6, which knew no voices."""


def path_of(voice: Voice) -> str:
    kind = next(name for name, form in VOICES.items() if isinstance(voice, form))
    return target_path(kind, voice.id)


def as_documents(voices: Iterable[Voice]) -> dict[str, bytes]:
    return {path_of(voice): encode(voice) for voice in voices}


def speaker(folder: Path, name: str, *voices: Voice) -> Liar:
    """A label without albums that says this."""
    liar = Liar(folder, name)
    liar.sign(as_documents(voices))
    return liar


def review_of(
    *tracks: str, imprint: str = "", release_id: str = "", artist: str = "Somebody", title: str = "45", **said: object
) -> Review:
    """A review of the album of these track ids, or of that name; a rating where nothing else is said."""
    album = NamedAlbum(artist=artist, title=title, imprint=imprint, release_id=release_id, tracks=tracks)
    return Review(item_reviewed=album, **(said or {"rating_value": 4}))
