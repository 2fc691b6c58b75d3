"""Shelving what a label says: documents that are wanted are kept, and counted by what is new of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import chain

from magnitizdat.catalogue.clubs import Gig
from magnitizdat.catalogue.kinds import LABEL, RELEASE
from magnitizdat.catalogue.voices import VOICES
from magnitizdat.formats.spool_paths import label_path
from magnitizdat.library.journal import AlbumBack
from magnitizdat.library.library import Changes, Library
from magnitizdat.model import AlbumName
from magnitizdat.ops.albums.ids import was_removed
from magnitizdat.ops.dub.offers import Offer
from magnitizdat.ops.dub.tally import LabelTally, batches
from magnitizdat.ops.dub.wishes import DubWishes
from magnitizdat.ops.labels.shelving import SignedDocument, shelving
from magnitizdat.scene.gigs import is_past


class Shelver:
    """Puts documents into the changes of one dub, as far as they are meant."""

    def __init__(self, library: Library, changes: Changes, wishes: DubWishes, *, now: datetime) -> None:
        self._library, self._changes, self._wishes, self._now = library, changes, wishes, now

    def shelve_all(self, offer: Offer, tally: LabelTally) -> Iterator[None]:
        """Shelve a batch of its documents at a time, for the caller to commit; of a label with few, all of them."""
        for documents in batches(chain((offer.about,), offer.documents())):
            self._want_again(documents)
            for document in documents:
                tally.count(document)
                self.shelve(document, tally)
            yield

    def _want_again(self, documents: Iterable[SignedDocument]) -> None:
        """Before any of them is shelved: removed is not for ever."""
        back = [each for each in documents if self._is_wanted_again(each)]
        for each in back:
            self._changes.row(AlbumBack(release_id=each.value.id, imprint=each.imprint))
        if back:
            self._changes.commit()

    def _is_wanted_again(self, document: SignedDocument) -> bool:
        if document.kind != RELEASE or document.value is None or not self._wishes.wants_again(document.value):
            return False
        return was_removed(self._library, document.imprint, document.value.id)

    def shelve(self, document: SignedDocument, tally: LabelTally) -> None:
        """Only wanted documents are kept: the vault tells what was shelved."""
        if isinstance(document.value, Gig) and is_past(document.value, self._now):
            return
        if not self._is_meant(document):
            return
        shelved = shelving(document.kind).shelve(self._library, document)
        if shelved is None:
            if was_removed(self._library, document.imprint, document.value.id):
                tally.removed.append(AlbumName(id=document.value.id, title=document.value.title))
            return
        path = label_path(document.imprint, document.listed.stored_path)
        if shelved.step is not None:
            if document.kind == RELEASE and document.value is not None:
                tally.note(document.value, self._library.index.signed.release(document.imprint, document.value.id))
            self._changes.then(shelved.step)
            tally.voices += document.kind in VOICES and document.value is not None
        if document.is_fresh:
            self._changes.put_member(path, document.content)
        if document.kind == RELEASE and document.value is not None:
            tally.wanted.append(path)

    def _is_meant(self, document: SignedDocument) -> bool:
        """What the label says of itself comes always, else nobody could say who signed the rest."""
        if document.kind == RELEASE and document.value is not None:
            return self._wishes.wants(document.value)
        return not self._wishes.is_narrow or document.kind == LABEL
