"""What a spool offers of a label: its state, name and releases, verified before anything is believed or shown."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple, cast

from magnitizdat.catalogue import kinds
from magnitizdat.catalogue.documents import LABEL_PATH, LabelDocument
from magnitizdat.catalogue.refresh import (
    LabelState,
    Listed,
    Verdict,
    refresh,
    review,
    says_nothing_new,
    thawed,
    verify_document,
)
from magnitizdat.errors import (
    DamagedError,
    LibraryError,
    NotFoundError,
    SourceError,
    UnreachableError,
)
from magnitizdat.formats import budgets
from magnitizdat.formats.spool_index import LabelHint
from magnitizdat.formats.spool_paths import label_path
from magnitizdat.library.library import Library
from magnitizdat.lookahead import ahead
from magnitizdat.model import Checkpoint, Release, Shortfall
from magnitizdat.ops.dub.allowances import MetadataMeter, friends_of
from magnitizdat.ops.dub.introduced import require_introduced
from magnitizdat.ops.labels.shelving import SignedDocument, read_signed
from magnitizdat.ops.labels.vouches import VouchLine
from magnitizdat.ops.places.spool import Spool
from magnitizdat.sentence import say


class Offer(NamedTuple):
    """One label as a source has it. What of its documents cannot be taken is known when all have been read."""

    about: SignedDocument
    verdict: Verdict
    reader: _Reader
    missing: list[Shortfall]
    """Documents that are there and cannot be taken."""
    elsewhere: list[str]
    """Paths of documents that the label lists and the source does not have: perhaps never meant to be there."""
    left_out: list[str]
    """Paths of documents of unknown kinds that are too long, or more than are taken from such a label."""

    @property
    def document(self) -> LabelDocument:
        """What the label says of itself."""
        return cast("LabelDocument", self.about.value)

    def documents(self) -> Iterator[SignedDocument]:
        """All but the one about the label itself, each read when it is asked for: together they are long.

        Those of unknown kinds too. Raises: UnreachableError.
        """
        every = (listed for path, listed in self.verdict.targets.items() if path != LABEL_PATH)
        for paper, coming in self.reader.ahead(every):
            document = self._read(paper, coming.result)
            if document is not None:
                yield document

    def releases(self) -> Iterator[Release]:
        """The albums among its documents, as `documents`."""
        return (each.value for each in self.documents() if each.kind == kinds.RELEASE)

    def document_of(self, listed: Listed) -> SignedDocument | None:
        paper = self.reader.paper(listed)
        return self._read(paper, lambda: self.reader.content(paper))

    def _read(self, paper: _Paper, content: Callable[[], bytes]) -> SignedDocument | None:
        if not paper.has_room:
            self.left_out.append(paper.listed.path)
            return None
        try:
            return self.reader.read(paper, content())
        except NotFoundError:
            self.elsewhere.append(paper.listed.path)  # a reel may carry a part of a label on purpose
        except UnreachableError:
            raise
        except SourceError as exc:
            self.missing.append(
                Shortfall(what=say("one release of {name}", name=self.document.name), reason=exc.sentence)
            )
        return None


def read_offer(
    library: Library | None,
    source: Spool,
    held: LabelState,
    *,
    now: datetime,
    verdict: Verdict | None = None,
    meter: MetadataMeter | None = None,
    vouched: Collection[VouchLine] = (),
) -> Offer:
    """Refresh a label from a source (or with `verdict` do not). Documents that are here come from the library.

    Where the source says that its timestamp is the held one, nothing of the metadata is asked for.

    Of kinds that nobody here knows few are asked for where the label is no friend; what is here counts first.
    `vouched`: the words for the label that count.

    Raises: as `catalogue.refresh.refresh`, NotIntroducedError, UnreachableError, and OverBudgetError.
    """
    meter = meter or MetadataMeter(source, friends_of(library))
    if verdict is None:
        verdict = _said(held, meter, [each.checkpoint for each in vouched], now=now)
    require_introduced(held, verdict.state, vouched)
    reader = _Reader(library, source, verdict, meter.hint(held.imprint), is_friend=held.imprint in meter.friends)
    about = verdict.targets.get(LABEL_PATH)
    if about is None:
        raise DamagedError(say("the label says no name; ask for a fresh copy"))
    paper = reader.paper(about)
    return Offer(reader.read(paper, reader.content(paper)), verdict, reader, [], [], [])


def _said(held: LabelState, meter: MetadataMeter, vouched: list[Checkpoint], *, now: datetime) -> Verdict:
    if says_nothing_new(held, meter.hint(held.imprint).timestamp, vouched=vouched):
        return review(held, now=now)
    fetch = meter.fetching(held.imprint)
    return refresh(thawed(held, fetch, now=now), fetch, now=now, vouched=vouched)


class _Paper(NamedTuple):
    """A document that a label lists: whether it may be asked for, and its bytes where they are here."""

    listed: Listed
    has_room: bool
    held: bytes | None


class _Reader:
    """Reads the documents of one label, from the library or else from a source."""

    def __init__(
        self, library: Library | None, source: Spool, verdict: Verdict, hint: LabelHint, *, is_friend: bool
    ) -> None:
        self._hint = hint
        self._library = library
        self._source = source
        self._imprint = verdict.state.imprint
        held = library.index.documents.held(self._imprint) if library is not None else []
        self._held = {each.path: each for each in held if each.path in verdict.targets}  # others make room
        documents = budgets.DOCUMENTS if is_friend else budgets.STRANGE_DOCUMENTS
        length = budgets.ALL_DOCUMENTS if is_friend else budgets.ALL_STRANGE_DOCUMENTS
        self._documents = documents.most - len(self._held)
        self._length = length.most - sum(each.length for each in self._held.values())

    def has_room(self, listed: Listed) -> bool:
        """Whether a document may be asked for. The label's own and releases may, each within its own length."""
        held = self._held.get(listed.path)
        is_music = kinds.parse_target(listed.path).kind in {kinds.LABEL, kinds.RELEASE}
        if is_music or (held is not None and held.sha256 == listed.sha256):
            return True
        self._documents -= held is None
        self._length -= listed.length - (held.length if held is not None else 0)
        return listed.length <= kinds.max_length(listed.path) and self._documents >= 0 and self._length >= 0

    def ahead(self, every: Iterable[Listed]) -> Iterator[tuple[_Paper, Future[bytes]]]:
        """Each with its bytes, as many on their way as the source is best asked for at a time."""
        with ThreadPoolExecutor(self._source.abreast, "papers") as pool:
            yield from ahead(pool, self.content, map(self.paper, every), most=self._source.abreast)

    def paper(self, listed: Listed) -> _Paper:
        has_room = self.has_room(listed)
        return _Paper(listed, has_room, self._held_content(listed) if has_room else None)

    def content(self, paper: _Paper) -> bytes:
        """Its bytes, verified.

        Raises: NotFoundError, UnreachableError, DamagedError, NotVerifiedError.
        """
        if paper.held is not None or not paper.has_room:
            return paper.held or b""
        return self._fetched(paper.listed)

    def read(self, paper: _Paper, content: bytes) -> SignedDocument:
        """Raises: DamagedError."""
        return read_signed(self._imprint, paper.listed, content, is_fresh=paper.held is None)

    def _held_content(self, listed: Listed) -> bytes | None:
        held = self._held.get(listed.path)
        if self._library is not None and held is not None and held.length and held.sha256 == listed.sha256:
            with suppress(SourceError):  # read from the index, where it takes no cell
                return verify_document(listed, self._library.index.documents.content(self._imprint, listed.path))
        path = label_path(self._imprint, listed.stored_path)
        if self._library is not None and self._library.has_member(path):
            with suppress(LibraryError, SourceError):  # a damaged one comes anew
                return verify_document(listed, self._library.member(path))
        return None

    def _fetched(self, listed: Listed) -> bytes:
        kind, name = kinds.parse_target(listed.path)
        if kind == kinds.RELEASE and self._hint.lacks(name):
            raise NotFoundError(say("the source does not have this file"))
        if listed.length > kinds.max_length(listed.path):
            raise DamagedError(say("a document of the label is longer than it may be; tell the label"))
        path = label_path(self._imprint, listed.stored_path)
        return verify_document(listed, self._source.fetch(path, listed.length))


def some_labels(source: Spool, missing: list[Shortfall], *, friends: Collection[str] = ()) -> list[str]:
    """The labels of a source, as many as we look at, friends first; that there are more is told in `missing`."""
    offered = sorted(set(source.labels()), key=lambda imprint: (imprint not in friends, imprint))
    if len(offered) > budgets.LABELS.most:
        missing.append(Shortfall(what=say("this source"), reason=budgets.LABELS.sentence))
    return offered[: budgets.LABELS.most]
