"""An older copy of a label beside what is held of it: what it still gives, and what it alone has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from magnitizdat.catalogue.documents import LABEL_PATH
from magnitizdat.catalogue.kinds import RELEASE, parse_target, target_path
from magnitizdat.catalogue.older import Older
from magnitizdat.catalogue.refresh import Listed
from magnitizdat.formats.spool_index import Files
from magnitizdat.model import AlbumName
from magnitizdat.ops.dub.offers import Offer
from magnitizdat.ops.labels.shelving import SignedDocument


class Earlier:
    """`found` is its list, `offer` reads its documents; `newest` is the held list.

    `unlisted` are albums that were told and left.
    """

    def __init__(self, found: Older, offer: Offer, newest: Mapping[str, Listed]) -> None:
        self.found = found
        self.offer = offer
        self._newest = newest
        self.unlisted: list[AlbumName] = []

    def still_listed(self, newest: Mapping[str, Listed]) -> dict[str, Listed]:
        """The part of a newer list that an older copy can say something of."""
        return {path: each for path, each in newest.items() if path in self.found.targets or path == LABEL_PATH}

    def unlisted_documents(self) -> Iterator[SignedDocument]:
        """Albums that the newest list names in no form."""
        for path, listed in self.found.targets.items():
            if parse_target(path).kind == RELEASE and path not in self._newest:
                document = self.offer.document_of(listed)
                if document is not None and document.value is not None:
                    yield document

    def files_of(self, release_id: str) -> Files:
        """What it promises of an album: all files of the form in which it has that."""
        listed = self.found.targets.get(target_path(RELEASE, release_id))
        document = self.offer.document_of(listed) if listed is not None else None
        if document is None or document.value is None:
            return frozenset()
        return frozenset(file.sha256 for file in document.value.files())
