"""Documents of a premiere: an album that lies closed in every library, and the words that open it. PURE."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from msgspec import Meta

from magnitizdat.catalogue.voices import voice_id
from magnitizdat.model import END, DigestField, Document, File, Imprint, ReleaseId, ShortText

PREMIERE: Final = "premiere"
OPENING: Final = "opening"
SEALED_TYPE: Final = "application/age"
"""Media type of the closed file."""
MAX_LENGTH = (4 << 30) - 1
"""Bytes of the closed file: its ZIP has no 64-bit fields."""
MAX_SHARES = 16


class Premiere(Document, frozen=True, kw_only=True):
    """An album that its label listed and withholds: `release_id` names it, `document` is the SHA-256 of what it listed.

    `file` is an age file, sealed to an identity of its own, of a ZIP with the album's document and its music. `words`
    is an age scrypt file, in base64, of that identity. `shares` are digests of the shares of these words, of which
    `need` bring them back. Artist and title may be left out.
    """

    schema: Literal["magnitizdat/premiere/1"] = "magnitizdat/premiere/1"
    id: ReleaseId
    release_id: ReleaseId
    document: DigestField
    file: File
    words: Annotated[str, Meta(max_length=1024, pattern="^[A-Za-z0-9+/]+={0,2}" + END)]
    opens: Annotated[str, Meta(pattern=r"^\d{4}-\d{2}-\d{2}" + END)]
    need: Annotated[int, Meta(ge=2, le=MAX_SHARES)]
    shares: Annotated[tuple[DigestField, ...], Meta(min_length=3, max_length=MAX_SHARES)]
    artist: ShortText = ""
    title: ShortText = ""


class Opening(Document, frozen=True, kw_only=True):
    """The words that open a premiere, said by whoever has them: only right ones open it."""

    schema: Literal["magnitizdat/opening/1"] = "magnitizdat/opening/1"
    imprint: Imprint
    premiere: ReleaseId
    words: Annotated[str, Meta(min_length=1, max_length=256)]

    @property
    def id(self) -> str:
        """One for each premiere."""
        return voice_id(OPENING, self.imprint, self.premiere)


PREMIERE_KINDS: dict[str, type[Premiere | Opening]] = {PREMIERE: Premiere, OPENING: Opening}
