"""`mag dub`: take from a spool what I lack, verify, seal into my library (TUF client workflow, then fetch missing).

Only what is missing is fetched; every byte is hashed while it is sealed, and a blob counts once it is what was signed.
An interrupted run goes on where it was. Authentic and fresh are two verdicts (law 2).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import chain

from msgspec import structs

from magnitizdat.catalogue.clubs import Gig
from magnitizdat.catalogue.documents import MAX_RELEASE_LENGTH, LabelDocument, decode
from magnitizdat.catalogue.kinds import RELEASE, parse_target
from magnitizdat.catalogue.refresh import LabelState, Verdict, freeze, remembered, review
from magnitizdat.catalogue.voices import VOICES
from magnitizdat.errors import (
    ForkError,
    RolledBackError,
    SourceError,
    UnreachableError,
)
from magnitizdat.formats.names import imprint_words
from magnitizdat.formats.spool_paths import label_path
from magnitizdat.library.club_rows import ClubLabelRow
from magnitizdat.library.index.views import LabelView
from magnitizdat.library.journal import AlbumBack, LabelRow, Standing
from magnitizdat.library.library import Changes, Library
from magnitizdat.model import AlbumName, Progress, Quality, Release, Shortfall, Silent
from magnitizdat.ops.albums.ids import was_removed
from magnitizdat.ops.clubs.staying import door_labels, is_known, officer_of
from magnitizdat.ops.dub.allowances import MetadataMeter, PaperRoom, friends_of
from magnitizdat.ops.dub.closed_files import ClosedTaker
from magnitizdat.ops.dub.dubbed import DubReport, LabelReport
from magnitizdat.ops.dub.introduced import NotIntroducedError
from magnitizdat.ops.dub.mail import NO_MAIL
from magnitizdat.ops.dub.offers import Offer, read_offer, some_labels
from magnitizdat.ops.labels.alike import alike
from magnitizdat.ops.labels.carried_on import disowned_albums, keep_state, keys_went
from magnitizdat.ops.labels.labels import find_label, held_state
from magnitizdat.ops.labels.shelving import SignedDocument, shelving
from magnitizdat.ops.labels.signed_roots import signed_roots
from magnitizdat.ops.labels.signing import forget_void_keys
from magnitizdat.ops.labels.vouches import KNOWN, seen_by, vouched_by
from magnitizdat.ops.places.spool import Spool
from magnitizdat.ops.premieres.openings import open_said
from magnitizdat.ops.taking.fetching import Fetcher
from magnitizdat.ops.taking.parts import parts_of
from magnitizdat.ops.taking.versions import ReleaseTaker
from magnitizdat.scene.gigs import is_past
from magnitizdat.sentence import framed, say

BATCH_LENGTH = 4 << 20
"""Bytes of documents that are shelved and committed together: those of some thousand tracks."""


def dub(
    library: Library,
    source: Spool,
    *,
    now: datetime,
    known_only: bool = False,
    quality: Quality = "full",
    again: Collection[str] | None = None,
    heard: Mapping[str, str] | None = None,
    without: Collection[str] = (),
    club: str = "",
    progress: Progress | None = None,
) -> DubReport:
    """Take in everything new from `source`: originals (unless told otherwise), small versions where it has only these.

    `again`: what of it the person removed here is taken nevertheless, by title or id; all of it where none is named.
    `heard`: the days, by imprint, on which the source itself heard of its labels; today where it does not say.
    `without`: labels whose word for others does not count this time, by whatever names them.
    `club`: for whose members alone it is; a label that is first heard of from it stays in that club.

    Raises: UsageError where one of these is not known here; UnreachableError, LibraryBusyError, NoSpaceError: what was
    committed before stays and the same call goes on.
    """
    watcher = progress or Silent()
    with library.changes() as changes, Fetcher(library, changes, source, watcher) as fetcher:
        taker = ReleaseTaker(library, fetcher, quality, watcher, partial(parts_of, source))
        closed = ClosedTaker(library, fetcher, watcher)
        unheard = {find_label(library, each).imprint for each in without}
        run = _Dub(
            library, changes, source, taker, closed, now=now, heard=heard or {}, again=again, unheard=unheard, club=club
        )
        return run.run(known_only=known_only)


@dataclass
class _LabelTally:
    """What became of the documents of one label. `wanted`: where the releases to fetch lie in the vault."""

    wanted: list[str] = field(default_factory=list)
    removed: list[AlbumName] = field(default_factory=list)
    new: int = 0
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


def _batches(documents: Iterable[SignedDocument]) -> Iterator[list[SignedDocument]]:
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


class _Dub:
    def __init__(
        self,
        library: Library,
        changes: Changes,
        source: Spool,
        taker: ReleaseTaker,
        closed: ClosedTaker,
        *,
        now: datetime,
        heard: Mapping[str, str],
        again: Collection[str] | None,
        unheard: Collection[str],
        club: str,
    ) -> None:
        self._unheard = unheard
        self._club = club
        self._again = again if again is None else {each.casefold() for each in again}
        self._heard = heard
        self._library = library
        self._changes = changes
        self._source = source
        self._taker = taker
        self._closed = closed
        self._now = now
        self._missing = taker.missing
        self._doors = door_labels(library, club) if club else frozenset()
        friends = friends_of(library) | self._doors
        self._meter = MetadataMeter(source, friends)
        self._room = PaperRoom(library, friends)
        self._refusals = 0

    def run(self, *, known_only: bool) -> DubReport:
        known = self._known()
        friends = self._meter.friends
        offered = some_labels(self._source, self._missing, friends=friends)
        if not offered:
            self._refusals += 1
            reason = say("the papers of its labels are not there, so nothing can be verified; ask for another copy")
            self._missing.append(Shortfall(what=say("this source"), reason=reason))
        wanted = {each: known.get(each, "new") for each in offered if not known_only or known.get(each) in KNOWN}
        # Whose word counts is heard before others are judged, so that the order on a stick changes nothing.
        reports = self._judge({each: wanted[each] for each in wanted if each in friends})
        reports |= self._judge({each: wanted[each] for each in wanted if each not in friends})
        self._changes.commit()
        if forget_void_keys(self._library, self._changes):
            self._changes.commit()
        opened = open_said(self._library, self._changes, friends=friends, now=self._now)
        return DubReport(
            labels=tuple(reports[each] for each in wanted),
            missing=(*self._missing, *self._closed.missing, *opened.missing),
            opened=opened.albums,
            closed=tuple(self._closed.taken),
            refused=self._refusals,
            small=tuple(self._taker.small),
            partly=tuple(self._taker.partly),
            mail=NO_MAIL,
            **{**self._taker.counts, "length": self._taker.counts["length"] + self._closed.length},
        )

    def _known(self) -> dict[str, Standing]:
        """How we stand to labels; those of the door through which this came have room for what they write."""
        known: dict[str, Standing] = {view.imprint: view.standing for view in self._library.shelf.labels()}
        return known | {each: "followed" for each in self._doors if known.get(each) != "own"}

    # -- one label ------------------------------------------------------------------------------------------------

    def _judge(self, labels: dict[str, Standing]) -> dict[str, LabelReport]:
        """Those that are refused are judged again while others were taken: what these say may decide it."""
        taken, waiting = dict[str, LabelReport](), labels
        while waiting:
            refused = dict[str, SourceError]()
            for imprint, standing in waiting.items():
                held = held_state(self._library, imprint)
                try:
                    offer = self._read(held)
                except UnreachableError:
                    raise
                except SourceError as exc:
                    refused[imprint] = exc
                else:
                    taken[imprint] = self._take_of(held, standing, offer)
            if len(refused) == len(waiting) or not self._meter.friends.issuperset(refused):
                return taken | {
                    imprint: self._refuse(imprint, labels[imprint], refused[imprint]) for imprint in refused
                }
            waiting = {imprint: labels[imprint] for imprint in refused}
        return taken

    def _take_of(self, held: LabelState, standing: Standing, offer: Offer) -> LabelReport:
        went = keys_went(self._library, offer.verdict.state)
        report = self._take(held.imprint, "followed" if went and standing == "own" else standing, offer)
        held_roots, roots = held.roots(), offer.verdict.state.roots()
        changed, newest = bool(held_roots) and len(roots) > len(held_roots), offer.verdict.checkpoint
        unexpected = changed and newest.sha256 not in signed_roots(self._library, held.imprint, newest.version)
        return structs.replace(report, keys_changed=unexpected, keys_went=went and (changed or standing == "own"))

    def _read(self, held: LabelState, verdict: Verdict | None = None) -> Offer:
        """Raises: OverBudgetError where a stranger has no room left here."""
        self._room.check(held.imprint)
        said = [each for each in vouched_by(self._library, held.imprint) if each.imprint not in self._unheard]
        return read_offer(
            self._library, self._source, held, now=self._now, verdict=verdict, meter=self._meter, vouched=said
        )

    def _freeze(self, held: LabelState, fork: ForkError) -> None:
        self._changes.put_label(held.imprint, held.files, remembered(freeze(held, fork)))
        for view in self._library.shelf.labels():
            if view.imprint == held.imprint:
                row = LabelRow(
                    imprint=view.imprint,
                    name=view.name,
                    standing=view.standing,
                    heard=view.heard,
                    frozen=f"{fork.role} {fork.version}",
                )
                self._changes.row(row)

    def _fill(self, held: LabelState) -> None:
        """An older copy says nothing new of a label; music that the newer state still lists is as good from there."""
        try:
            offer = self._read(held, review(held, now=self._now))
        except UnreachableError:
            raise
        except SourceError:
            return
        tally = _LabelTally()
        for _ in self._shelve_all(offer, tally):
            self._changes.commit()
            if not self._has_room(held.imprint, offer, tally):
                break
        self._take_music(held.imprint, offer, tally)

    def _refuse(self, imprint: str, standing: Standing, exc: SourceError) -> LabelReport:
        held = held_state(self._library, imprint)
        if isinstance(exc, ForkError):
            self._freeze(held, exc)
        if isinstance(exc, RolledBackError):
            self._fill(held)
        names = {view.imprint: view.name for view in self._library.shelf.labels()}
        known = names.get(imprint) or imprint_words(imprint)
        self._refusals += 1
        self._missing.append(Shortfall(what=say("label {known}", known=known), reason=exc.sentence))
        kind = say("older than what you have") if isinstance(exc, RolledBackError) else say("refused")
        return LabelReport(
            imprint=imprint,
            name=known,
            standing=standing,
            genuine=False,
            verdict=framed("{kind}: {why}", kind=kind, why=exc.sentence),
            vouched_by=vouched_by(self._library, imprint),
            refused_by=exc.word if isinstance(exc, NotIntroducedError) else None,
        )

    def _shelve_all(self, offer: Offer, tally: _LabelTally) -> Iterator[None]:
        """Shelve a batch of its documents at a time, for the caller to commit; of a label with few, all of them."""
        for documents in _batches(chain((offer.about,), offer.documents())):
            self._want_again(documents)
            for document in documents:
                tally.count(document)
                self._shelve(document, tally)
            yield

    def _want_again(self, documents: Iterable[SignedDocument]) -> None:
        """Before any of them is shelved: removed is not for ever."""
        back = [each for each in documents if self._is_wanted_again(each)]
        for each in back:
            self._changes.row(AlbumBack(release_id=each.value.id, imprint=each.imprint))
        if back:
            self._changes.commit()

    def _is_wanted_again(self, document: SignedDocument) -> bool:
        if self._again is None or document.kind != RELEASE or document.value is None:
            return False
        names = {document.value.id, document.value.title.casefold()}
        is_meant = not self._again or bool(self._again & names)
        return is_meant and was_removed(self._library, document.imprint, document.value.id)

    def _shelve(self, document: SignedDocument, tally: _LabelTally) -> None:
        """Only wanted documents are kept: the vault tells what was shelved."""
        if isinstance(document.value, Gig) and is_past(document.value, self._now):
            return
        shelved = shelving(document.kind).shelve(self._library, document)
        if shelved is None:
            if was_removed(self._library, document.imprint, document.value.id):
                tally.removed.append(AlbumName(id=document.value.id, title=document.value.title))
            return
        path = label_path(document.imprint, document.listed.stored_path)
        if shelved.step is not None:
            self._changes.then(shelved.step)
            tally.voices += document.kind in VOICES and document.value is not None
        if document.is_fresh:
            self._changes.put_member(path, document.content)
        if document.kind == RELEASE and document.value is not None:
            tally.wanted.append(path)
            tally.new += shelved.is_new

    def _has_room(self, imprint: str, offer: Offer, tally: _LabelTally) -> bool:
        """Whether a label may have more of its documents kept; of a stranger, its music makes room for them."""
        if self._room.problem(imprint) is None:
            return True
        self._take_releases(imprint, tally)
        self._changes.commit()
        problem = self._room.problem(imprint)
        if problem is not None:
            self._missing.append(Shortfall(what=say("label {known}", known=offer.document.name), reason=problem))
        return problem is None

    def _take_music(self, imprint: str, offer: Offer, tally: _LabelTally) -> None:
        self._take_releases(imprint, tally)
        self._closed.take(imprint, offer.document.name, offer.verdict.targets, self._meter.friends)

    def _take_releases(self, imprint: str, tally: _LabelTally) -> None:
        """Read anew one by one: together they are long."""
        wanted, tally.wanted = tally.wanted, []
        for path in wanted:
            self._taker.take(imprint, decode(Release, self._library.member(path), max_length=MAX_RELEASE_LENGTH))

    def _keep_label(self, imprint: str, standing: Standing, offer: Offer) -> None:
        state, targets = offer.verdict.state, offer.verdict.targets
        heard = self._heard.get(imprint, self._now.date().isoformat())
        keep_state(self._library, self._changes, state)
        view = LabelView(imprint=imprint, name=offer.document.name, standing=standing, heard=heard)
        if view not in self._library.shelf.labels():
            self._note_first_heard(imprint)
            self._changes.row(LabelRow(imprint=imprint, name=view.name, standing=standing, heard=heard))
        self._changes.then(lambda index: index.settings.settle(imprint))
        listed = {path: each.sha256 for path, each in targets.items()}
        self._changes.then(lambda index: index.documents.keep_listed(imprint, listed))

    def _note_first_heard(self, imprint: str) -> None:
        """In one commit with the label itself: nothing of it is here for a moment without saying where it stays."""
        if self._club and not is_known(self._library, imprint):
            self._changes.row(ClubLabelRow(imprint=imprint, club=self._club))

    def _take(self, imprint: str, standing: Standing, offer: Offer) -> LabelReport:
        document, verdict, tally = offer.document, offer.verdict, _LabelTally()
        known = self._library.index.signed.disowned(imprint)
        kept: Standing | None = None
        for _ in self._shelve_all(offer, tally):
            if tally.carried and standing == "new":
                standing = "carrier"
            if kept != standing:  # with the first batch, so that nothing is shelved of a label that is not here
                self._keep_label(imprint, standing, offer)
                kept = standing
            self._changes.commit()
            if not self._has_room(imprint, offer, tally):
                break
        self._missing += offer.missing
        self._take_music(imprint, offer, tally)
        return LabelReport(
            imprint=imprint,
            name=document.name,
            standing=standing,
            genuine=True,
            verdict=say("genuine"),
            freshness=structs.replace(verdict.freshness, seen_by=seen_by(self._library, verdict.state)),
            looks_like=self._lookalike(imprint, document),
            officer_of=officer_of(self._library, imprint),
            new_releases=tally.new,
            elsewhere=sum(self._is_elsewhere(imprint, path) for path in offer.elsewhere),
            voices=tally.voices,
            unknown=tally.unknown,
            left_out=len(offer.left_out),
            removed=tuple(tally.removed),
            newer=tally.newer,
            vouched_by=vouched_by(self._library, imprint),
            handed_over=verdict.handed_over,
            disowned=disowned_albums(self._library, verdict.state, known=known),
        )

    def _is_elsewhere(self, imprint: str, path: str) -> bool:
        kind, release_id = parse_target(path)
        closed = {each.release_id for each in self._library.index.closed.all(imprint)}
        is_known = release_id in closed or self._library.index.signed.release(imprint, release_id) is not None
        return kind == RELEASE and not is_known

    def _lookalike(self, imprint: str, document: LabelDocument) -> str:
        """Name of somebody who is known, for whom this other label could be taken."""
        found = alike(self._library, (document.name, *document.aliases), imprint)
        return found[0] if found is not None else ""
