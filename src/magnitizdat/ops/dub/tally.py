"""What became of the documents of one label, counted while they are shelved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from magnitizdat.catalogue.kinds import RELEASE
from magnitizdat.library.index.signed import SignedRelease
from magnitizdat.model import AlbumName, Release, Value
from magnitizdat.ops.labels.shelving import SignedDocument

BATCH_LENGTH = 4 << 20
"""Bytes of documents that are shelved and committed together: those of some thousand tracks."""


class WithdrawnAlbum(Value, frozen=True, kw_only=True):
    """An album that its label took back since; what is here of it plays. `reason` in the label's words."""

    id: str
    title: str
    reason: str = ""


@dataclass
class LabelTally:
    """Albums by what is new of them; `removed`: by the person. `wanted`: where those to fetch lie in the vault."""

    wanted: list[str] = field(default_factory=list)
    new: list[AlbumName] = field(default_factory=list)
    corrected: list[AlbumName] = field(default_factory=list)
    withdrawn: list[WithdrawnAlbum] = field(default_factory=list)
    removed: list[AlbumName] = field(default_factory=list)
    newer: int = 0
    voices: int = 0
    unknown: int = 0
    carried: bool = False

    def count(self, document: SignedDocument) -> None:
        """What is told of a document, whether it is wanted here or not."""
        self.unknown += document.value is None
        if document.kind == RELEASE and document.value is not None:
            self.newer += document.value.is_newer()
            self.carried |= document.value.carried

    def note(self, release: Release, known: SignedRelease | None) -> None:
        """A release that is shelved; `known` is what was here of it."""
        name = AlbumName(id=release.id, title=release.title)
        if release.withdrawn and not (known is not None and known.is_withdrawn):
            reason = release.withdrawn_reason
            self.withdrawn.append(WithdrawnAlbum(id=release.id, title=release.title, reason=reason))
        elif known is None:
            self.new.append(name)
        else:
            self.corrected.append(name)


def batches(documents: Iterable[SignedDocument]) -> Iterator[list[SignedDocument]]:
    """Batches that memory can hold until they are committed."""
    batch, length = list[SignedDocument](), 0
    for document in documents:
        batch.append(document)
        length += document.listed.length
        if length >= BATCH_LENGTH:
            yield batch
            batch, length = [], 0
    if batch:
        yield batch
