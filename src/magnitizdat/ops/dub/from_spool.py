"""`mag dub`: take from a spool what I lack, verify, seal into my library (TUF client workflow, then fetch missing).

Only what is missing is fetched; every byte is hashed while it is sealed, and a blob counts once it is what was signed.
An interrupted run goes on where it was. Authentic and fresh are two verdicts (law 2).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from functools import partial

from msgspec import structs

from magnitizdat.catalogue.documents import MAX_RELEASE_LENGTH, LabelDocument, decode
from magnitizdat.catalogue.forks import fork_of
from magnitizdat.catalogue.kinds import RELEASE, parse_target
from magnitizdat.catalogue.older import Older, supersedes, with_older
from magnitizdat.catalogue.older import older as read_older
from magnitizdat.catalogue.refresh import LabelState, Verdict, review
from magnitizdat.errors import ForkError, RolledBackError, SourceError, UnreachableError
from magnitizdat.formats.names import imprint_words
from magnitizdat.library.club_rows import ClubLabelRow
from magnitizdat.library.index.views import LabelView
from magnitizdat.library.journal import LabelRow, Standing
from magnitizdat.library.library import Changes, Library
from magnitizdat.model import AlbumName, Progress, Quality, Release, Shortfall, Silent
from magnitizdat.ops.clubs.staying import door_labels, is_known, officer_of
from magnitizdat.ops.dub.allowances import MetadataMeter, PaperRoom, friends_of
from magnitizdat.ops.dub.closed_files import ClosedTaker
from magnitizdat.ops.dub.dubbed import DubReport, LabelReport, OlderCopy
from magnitizdat.ops.dub.earlier import Earlier
from magnitizdat.ops.dub.introduced import NotIntroducedError
from magnitizdat.ops.dub.mail import NO_MAIL
from magnitizdat.ops.dub.offers import Offer, read_offer, some_labels
from magnitizdat.ops.dub.shelver import Shelver
from magnitizdat.ops.dub.tally import LabelTally
from magnitizdat.ops.dub.wishes import DubWishes
from magnitizdat.ops.labels.alike import alike
from magnitizdat.ops.labels.branches import ForkTold, freeze_label, with_difference
from magnitizdat.ops.labels.carried_on import disowned_albums, keep_state, keys_went
from magnitizdat.ops.labels.ends import let_in
from magnitizdat.ops.labels.labels import find_label, held_state
from magnitizdat.ops.labels.shelving import SignedDocument
from magnitizdat.ops.labels.signed_roots import signed_roots
from magnitizdat.ops.labels.signing import forget_void_keys
from magnitizdat.ops.labels.vouches import KNOWN, seen_by, vouched_by
from magnitizdat.ops.places.spool import Spool
from magnitizdat.ops.premieres.openings import open_said
from magnitizdat.ops.taking.fetching import Fetcher
from magnitizdat.ops.taking.parts import parts_of
from magnitizdat.ops.taking.versions import ReleaseTaker
from magnitizdat.sentence import framed, say


def dub(
    library: Library,
    source: Spool,
    *,
    now: datetime,
    known_only: bool = False,
    quality: Quality = "full",
    wishes: DubWishes | None = None,
    heard: Mapping[str, str] | None = None,
    without: Collection[str] = (),
    club: str = "",
    progress: Progress | None = None,
) -> DubReport:
    """Take in everything new from `source`: originals (unless told otherwise), small versions where it has only these.

    `wishes`: what of it is meant; all that was not removed here where nothing is said.
    `heard`: the days, by imprint, on which the source itself heard of its labels; today where it does not say.
    `without`: labels whose word for others does not count this time, by whatever names them.
    `club`: for whose members alone it is; a label that is first heard of from it stays in that club.

    Raises: UsageError where one of these is not known here; UnreachableError, LibraryBusyError, NoSpaceError: what was
    committed before stays and the same call goes on.
    """
    watcher = progress or Silent()
    library.salvage()
    with library.changes() as changes, Fetcher(library, changes, source, watcher) as fetcher:
        taker = ReleaseTaker(library, fetcher, quality, watcher, partial(parts_of, source))
        closed = ClosedTaker(library, fetcher, watcher)
        unheard = {find_label(library, each).imprint for each in without}
        run = _Dub(
            library,
            changes,
            source,
            taker,
            closed,
            now=now,
            heard=heard or {},
            wishes=wishes or DubWishes(),
            unheard=unheard,
            club=club,
        )
        return run.run(known_only=known_only)


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
        wishes: DubWishes,
        unheard: Collection[str],
        club: str,
    ) -> None:
        self._unheard, self._club, self._wishes = unheard, club, wishes
        self._shelver = Shelver(library, changes, self._wishes, now=now)
        self._heard = heard
        self._library, self._changes, self._source = library, changes, source
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
        coming = let_in(self._library, offered)
        wanted = {
            each: known.get(each, "new") for each in coming.imprints if not known_only or known.get(each) in KNOWN
        }
        # Whose word counts is heard before others are judged, so that the order on a stick changes nothing.
        reports = self._judge({each: wanted[each] for each in wanted if each in friends})
        reports |= self._judge({each: wanted[each] for each in wanted if each not in friends})
        self._changes.commit()
        if forget_void_keys(self._library, self._changes):
            self._changes.commit()
        opened = open_said(self._library, self._changes, friends=friends, now=self._now)
        return DubReport(
            labels=tuple(reports[each] for each in wanted if each in reports),
            missing=(*self._missing, *self._closed.missing, *opened.missing),
            opened=opened.albums,
            closed=tuple(self._closed.taken),
            refused=self._refusals,
            small=tuple(self._taker.small),
            partly=tuple(self._taker.partly),
            mail=NO_MAIL,
            left=(),
            blocked=coming.blocked,
            slips=(),
            sent=(),
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
                    if self._wishes.wants_label(imprint, offer.document.name):
                        taken[imprint] = self._take_of(held, standing, offer)
            if len(refused) == len(waiting) or not self._meter.friends.issuperset(refused):
                return taken | {
                    imprint: self._refuse(imprint, labels[imprint], refused[imprint])
                    for imprint in refused
                    if self._wishes.wants_label(imprint, self._name(imprint))
                }
            waiting = {imprint: labels[imprint] for imprint in refused}
        return taken

    def _name(self, imprint: str) -> str:
        """What a label is called here; its four words where it is not known."""
        known = (view.name for view in self._library.shelf.labels() if view.imprint == imprint)
        return next(known, "") or imprint_words(imprint)

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

    def _freeze(self, held: LabelState, error: ForkError) -> tuple[ForkTold, ...]:
        """Remember a fork, with what can be read here of what differs."""
        fork = fork_of(error)
        if not any(each.is_same(fork) for each in held.memory.forks):
            fork = with_difference(
                self._library,
                held,
                fork,
                metadata=self._meter.fetching(held.imprint),
                documents=self._source.fetch,
                now=self._now,
            )
        return freeze_label(self._library, self._changes, held, fork)

    def _refuse(self, imprint: str, standing: Standing, exc: SourceError) -> LabelReport:
        """What is only older than what is held is taken as such; red words are for all else."""
        held = held_state(self._library, imprint)
        if isinstance(exc, RolledBackError):
            try:
                return self._take_older(held, standing, read_older(held, self._meter.fetching(imprint), now=self._now))
            except UnreachableError:
                raise
            except SourceError as other:
                exc = other
                self._fill(held)
        forks = self._freeze(held, exc) if isinstance(exc, ForkError) else ()
        why = forks[0].sentence(self._name(imprint)) if forks else exc.sentence
        self._refusals += 1
        self._missing.append(Shortfall(what=say("label {known}", known=self._name(imprint)), reason=why))
        return LabelReport(
            imprint=imprint,
            name=self._name(imprint),
            standing=standing,
            genuine=False,
            verdict=framed("{kind}: {why}", kind=say("refused"), why=why),
            forks=forks,
            vouched_by=vouched_by(self._library, imprint),
            refused_by=exc.word if isinstance(exc, NotIntroducedError) else None,
        )

    # -- an older copy of a label ---------------------------------------------------------------------------------

    def _fill(self, held: LabelState, earlier: Earlier | None = None) -> LabelTally:
        """An older copy says nothing new of a label; music that the newer state still lists is as good from there."""
        tally, verdict = LabelTally(), review(held, now=self._now)
        if earlier is not None:
            verdict = structs.replace(verdict, targets=earlier.still_listed(verdict.targets))
        try:
            offer = self._read(held, verdict)
        except UnreachableError:
            raise
        except SourceError:
            return tally
        for _ in self._shelver.shelve_all(offer, tally):
            self._changes.commit()
            if not self._has_room(held.imprint, offer, tally):
                break
        self._take_music(held.imprint, offer, tally, earlier)
        return tally

    def _take_older(self, held: LabelState, standing: Standing, found: Older) -> LabelReport:
        verdict = review(held, now=self._now)
        earlier = Earlier(found, self._read(held, structs.replace(verdict, targets=found.targets)), verdict.targets)
        tally = self._fill(held, earlier)
        late = self._take_late(held, earlier)
        self._missing += earlier.offer.missing
        return LabelReport(
            imprint=held.imprint,
            name=self._name(held.imprint),
            standing=standing,
            genuine=True,
            verdict=say("older than what you have"),
            freshness=structs.replace(verdict.freshness, seen_by=seen_by(self._library, held)),
            officer_of=officer_of(self._library, held.imprint),
            older=OlderCopy(version=found.list.version, signed_on=found.signed_on, void_keys=found.is_replaced),
            new=(*tally.new, *late.new),
            new_releases=len(tally.new) + len(late.new),
            corrected=tuple(tally.corrected),
            withdrawn=tuple(tally.withdrawn),
            removed=(*tally.removed, *late.removed),
            unlisted=tuple(earlier.unlisted),
            vouched_by=vouched_by(self._library, held.imprint),
        )

    def _take_late(self, held: LabelState, earlier: Earlier) -> LabelTally:
        """Albums that the newest list does not name: as if they had come in time, as long as the keys are not void.

        Signed by keys that were replaced since they are told, and come for whoever names them.
        """
        tally = LabelTally()
        wanted = [each for each in earlier.unlisted_documents() if self._wants_late(held, each, earlier)]
        for document in wanted:
            self._shelver.shelve(document, tally)
        self._changes.commit()
        state = with_older(held, earlier.found, {each.listed.path for each in wanted}, now=self._now)
        if state != held:
            keep_state(self._library, self._changes, state)
        self._take_releases(held.imprint, tally, earlier)
        return tally

    def _wants_late(self, held: LabelState, document: SignedDocument, earlier: Earlier) -> bool:
        release, listed = document.value, document.listed
        known = self._library.index.signed.release(document.imprint, release.id)
        if known is not None and known.sha256 == listed.sha256:
            return self._wishes.wants(release)
        is_meant = self._wishes.names(release) if earlier.found.is_replaced else self._wishes.wants(release)
        if known is None and not is_meant and earlier.found.is_replaced:
            earlier.unlisted.append(AlbumName(id=release.id, title=release.title))
        return is_meant and (known is None or supersedes(held, earlier.found, listed.path, known.sha256))

    def _is_known(self, imprint: str, release_id: str) -> bool:
        return self._library.index.signed.release(imprint, release_id) is not None

    # -- what it brings -------------------------------------------------------------------------------------------

    def _has_room(self, imprint: str, offer: Offer, tally: LabelTally) -> bool:
        """Whether a label may have more of its documents kept; of a stranger, its music makes room for them."""
        if self._room.problem(imprint) is None:
            return True
        self._take_releases(imprint, tally)
        self._changes.commit()
        problem = self._room.problem(imprint)
        if problem is not None:
            self._missing.append(Shortfall(what=say("label {known}", known=offer.document.name), reason=problem))
        return problem is None

    def _take_music(self, imprint: str, offer: Offer, tally: LabelTally, earlier: Earlier | None = None) -> None:
        self._take_releases(imprint, tally, earlier)
        self._closed.take(imprint, offer.document.name, offer.verdict.targets, self._meter.friends)

    def _take_releases(self, imprint: str, tally: LabelTally, earlier: Earlier | None = None) -> None:
        """Read anew one by one: together they are long."""
        wanted, tally.wanted = tally.wanted, []
        for path in wanted:
            release = decode(Release, self._library.member(path), max_length=MAX_RELEASE_LENGTH)
            promised = partial(earlier.files_of, release.id) if earlier is not None else None
            self._taker.take(imprint, release, promised)

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
        document, verdict, tally = offer.document, offer.verdict, LabelTally()
        known = self._library.index.signed.disowned(imprint)
        kept: Standing | None = None
        for _ in self._shelver.shelve_all(offer, tally):
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
            new_releases=len(tally.new),
            new=tuple(tally.new),
            corrected=tuple(tally.corrected),
            withdrawn=tuple(tally.withdrawn),
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
        return kind == RELEASE and release_id not in closed and not self._is_known(imprint, release_id)

    def _lookalike(self, imprint: str, document: LabelDocument) -> str:
        """Name of somebody who is known, for whom this other label could be taken."""
        found = alike(self._library, (document.name, *document.aliases), imprint)
        return found[0] if found is not None else ""
