"""`mag label sign`: a next root on its way: copies merged, what it changes in words, signed, and taken in when enough.

A library signs one root a version. Two next roots that both have enough signatures freeze the label for everybody.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Literal, NamedTuple

import msgspec

from magnitizdat.catalogue.carrying_on import (
    carried_on,
    is_taken_in,
    is_void,
    newest_list,
    received,
    require_followed,
    speaks_under,
    taken_in,
    up_to,
)
from magnitizdat.catalogue.club_roots import club_of
from magnitizdat.catalogue.holder_cards import public_of
from magnitizdat.catalogue.proposals import (
    LoneSignatures,
    NextRoot,
    change,
    counted,
    proposal_bytes,
    proposal_text,
    read_proposal,
    root_keys,
    signature,
    signature_text,
    signed_by,
    with_signatures,
)
from magnitizdat.catalogue.publisher import RESTORED_SKIP, LabelKeys, Publication, paper_seed
from magnitizdat.catalogue.refresh import LabelState, remembered
from magnitizdat.errors import NotFoundError, NotVerifiedError
from magnitizdat.formats.spool_paths import label_path
from magnitizdat.library.index.views import LabelView
from magnitizdat.library.journal import LabelRow
from magnitizdat.library.library import Changes, Library
from magnitizdat.library.members import keys_name, online_name
from magnitizdat.library.reclaim import rewrite
from magnitizdat.model import Outcome, Value
from magnitizdat.ops.labels.carried_on import keep_state
from magnitizdat.ops.labels.copies import versions_to_skip
from magnitizdat.ops.labels.given_proposals import find_proposal, with_kept
from magnitizdat.ops.labels.holder_keys import Names, seeds_for, state_under, waiting
from magnitizdat.ops.labels.kept_proposals import keep
from magnitizdat.ops.labels.labels import held_state, keep_documents, label_keys
from magnitizdat.ops.labels.root_words import change_words
from magnitizdat.ops.labels.shelving import keep_words
from magnitizdat.ops.labels.signed_roots import be_only_copy, note_signed, require_first, require_only
from magnitizdat.sentence import Sentence, advice, listed, say

__all__ = ["LoneSignatures", "ProposalReport", "look", "read_proposal", "sign"]

Taken = Literal["", "published", "taken", "told", "before"]
"""What became of the root here. `taken`: it is in force here, `told`: the new keeper's list is still to come."""
BURN = say(
    "Burn the old paper, and destroy backups made before today, also those that were brought up to date since: they"
    " still hold the old key."
)


class ProposalReport(Value, frozen=True, kw_only=True, omit_defaults=False):
    """How a proposed root stands here. `proposal` is its file, `text` that of its QR, `signature` that of one's own."""

    label: str
    imprint: str
    version: int
    sha256: str
    changes: tuple[Sentence, ...]
    signed_by: tuple[Sentence, ...]
    old: int
    need_old: int
    own: int
    need_own: int
    signed_now: int = 0
    strange: int = 0
    can_sign: bool = False
    complete: bool = False
    taken: Taken = ""
    list_version: int = 0
    forgot: bool = False
    paper_words: tuple[str, ...] = ()
    proposal: str = ""
    text: str = ""
    signature: str = ""

    def outcome(self) -> Outcome:
        """What it changes, who signed, and what comes next."""
        return Outcome(headline=self._headline(), lines=(*self.changes, *self.strangers(), *self._lines()))

    def strangers(self) -> Iterator[Sentence]:
        """What was left out of what was given."""
        if self.strange:
            yield say(
                "{n} {n:signature|signatures} on it {n:is|are} of nobody who may sign it; {n:it was|they were} left"
                " out.",
                n=self.strange,
            )

    @property
    def is_carried_back(self) -> bool:
        """Whether enough have signed it, and who signs the lists has to hear of that."""
        return self.taken in {"told", "taken"}

    def _headline(self) -> Sentence:
        names = {"name": self.label, "version": self.version}
        if self.taken == "published":
            return say("«{name}» goes on under root version {version}, and its list is signed anew.", **names)
        if self.taken == "told":
            return say("Enough have signed root version {version} of «{name}»; its keeper signs the list.", **names)
        if self.taken:
            return say("«{name}» goes on under root version {version}.", **names)
        if self.signed_now:
            return say("You signed root version {version} of «{name}».", **names)
        return say("Root version {version} of «{name}» is proposed.", **names)

    def _lines(self) -> Iterator[Sentence]:
        if self.signed_by:
            yield say("Signed by {names}.", names=listed(self.signed_by))
        if self.paper_words:
            yield advice(
                terminal=say(
                    "Write the words down first, then sign: `mag label sign`. Until then nothing has changed,"
                    " and holders can be proposed anew."
                ),
                page=say(
                    "Write the words down first, then sign. Until then nothing has changed, and holders can be"
                    " proposed anew."
                ),
            )
        if not self.complete:
            yield say(
                "Signatures: {old} of {need_old} by those who carry the label on now, {own} of {need_own} by those who"
                " shall. Carry the proposal on to the next of them.",
                old=self.old,
                need_old=self.need_old,
                own=self.own,
                need_own=self.need_own,
            )
        if self.taken == "told":
            yield advice(
                terminal=say("Carry this back to the new keeper: `mag label sign` there takes it in."),
                page=say("Carry this back to the new keeper, who takes it in there."),
            )
        elif self.is_carried_back:
            yield advice(
                terminal=say("Carry this back to whoever signs its lists: `mag label sign` there takes it in."),
                page=say("Carry this back to whoever signs its lists, and takes it in there."),
            )
        if self.forgot:
            yield say("This library has forgotten its root key.")
            yield BURN


class Given(NamedTuple):
    """What is given beside the proposal: seeds that are in no library (or not yet), and its online key.

    With `papers` these seeds alone sign, and what is here signs in a step of its own: once their words were seen.
    """

    seeds: tuple[bytes, ...] = ()
    online: bytes = b""
    instead: bool = False
    only_copy: bool = False
    papers: bool = False


class Work(NamedTuple):
    """A label that is worked on, under the library's write lock; whoever made `changes` commits them."""

    library: Library
    changes: Changes
    view: LabelView
    state: LabelState
    now: datetime


class PutForward(NamedTuple):
    """What became of a proposal: as it is now, signatures that were given now, and whether it was taken in.

    So many signatures on it were `strange`: of nobody who may sign it.
    """

    proposed: NextRoot
    fresh: tuple[str, ...]
    taken: Taken = ""
    forgot: bool = False
    strange: int = 0


def look(library: Library, files: Sequence[bytes], *, now: datetime) -> ProposalReport:
    """Merge what was given with what is known here, keep it, and say how it stands; nothing is signed.

    Raises: UsageError, NotFoundError, NotVerifiedError, DamagedError.
    """
    with library.changes() as changes:
        proposed, view, state, strange = find_proposal(library, files)
        if keep(library, changes, proposed, now=now):
            changes.commit()
    is_before = is_taken_in(proposed, state)
    return report(library, view, PutForward(proposed, (), "before" if is_before else "", strange=strange))


def sign(
    library: Library,
    files: Sequence[bytes],
    *,
    words: Sequence[str] = (),
    now: datetime,
    instead: bool = False,
    only_copy: bool = False,
) -> ProposalReport:
    """The same, and sign it with every key of either root that is held here, or that `words` (24 a key) are.

    Once enough have signed it is taken in; where this library signs the label's lists, the next one is signed.

    Raises: as `look`; WrongPassphraseError for words that are none, NotVerifiedError for those of another label, and
    where this library signed another next root of that version, unless `instead`, or a copy of it may have, unless this
    is the `only_copy`.
    """
    seeds = tuple(paper_seed(text) for text in words)
    with library.changes() as changes:
        proposed, view, state, strange = find_proposal(library, files)
        given = Given(seeds, instead=instead, only_copy=only_copy)
        done = put_forward(Work(library, changes, view, state, now), proposed, given)
        changes.commit()
    return report(library, view, done._replace(strange=strange))


def put_forward(work: Work, proposed: NextRoot, given: Given) -> PutForward:
    """Sign a proposal with all keys that are here, keep it, and take it in where that is enough."""
    library, view, state = work.library, work.view, work.state
    before = require_followed(proposed, state).signed
    if is_taken_in(proposed, state):
        return PutForward(proposed, (), "before")
    merged = with_kept(proposed, [each for each in waiting(library, state) if each.sha256 == proposed.sha256], state)
    able = root_keys(before).keys() | root_keys(proposed.statement.signed).keys()
    given_seeds = {public_of(seed): seed for seed in given.seeds}
    if given_seeds.keys() - able:
        raise NotVerifiedError(say("these words are no key of this label; look for the right paper"))
    own = {} if given.papers else seeds_for(library, view.imprint)
    seeds, signers = own | given_seeds, signed_by(merged, before)
    fresh = tuple(signature(merged, seed) for key, seed in seeds.items() if key in able and key not in signers)
    if fresh and not given.instead:
        require_first(library, view.imprint, view.name, merged.version, merged.sha256)
    if fresh and not (given.instead or given.only_copy):
        require_only(library, view.imprint, view.name, merged.version, merged.sha256)
    if fresh and not given.papers:
        note_signed(work.changes, view.imprint, merged.version, merged.sha256, now=work.now)
    if given.only_copy:
        be_only_copy(work.changes, view.imprint)
    signed = with_signatures(merged, fresh)
    keep(library, work.changes, signed, now=work.now)
    if given.papers:
        return PutForward(signed, ())
    if not counted(signed, before).is_enough:
        return PutForward(signed, fresh)
    return _take_in(work, signed, given)._replace(fresh=fresh)


def report(library: Library, view: LabelView, done: PutForward, *, papers: Sequence[str] = ()) -> ProposalReport:
    """How a proposal stands, after the commit."""
    proposed, names = done.proposed, Names(library)
    state = state_under(library, proposed)
    before = require_followed(proposed, state).signed
    count, signers = counted(proposed, before), signed_by(proposed, before)
    able = root_keys(before).keys() | root_keys(proposed.statement.signed).keys()
    own = seeds_for(library, view.imprint)
    mine = [signature(proposed, seed) for key, seed in own.items() if key in signers]
    newest = newest_list(state)
    return ProposalReport(
        label=view.name,
        imprint=view.imprint,
        version=proposed.version,
        sha256=proposed.sha256,
        changes=tuple(change_words(change(proposed, before), names, state)),
        signed_by=tuple(names.of(key) for key in sorted(signers)),
        old=count.old,
        need_old=count.need_old,
        own=count.own,
        need_own=count.need_own,
        signed_now=len(done.fresh),
        strange=done.strange,
        can_sign=bool(able & own.keys() - signers) and not done.taken,
        complete=count.is_enough,
        taken=done.taken,
        list_version=newest.version if newest is not None else 0,
        forgot=done.forgot,
        paper_words=tuple(papers),
        proposal=proposal_bytes(proposed).decode(),
        text=proposal_text(proposed),
        signature=signature_text(proposed.sha256, mine) if mine else "",
    )


# -- when enough have signed ------------------------------------------------------------------------------------------


def _take_in(work: Work, proposed: NextRoot, given: Given) -> PutForward:
    library, view, state = work.library, work.view, work.state
    keys = _speaking(library, view.imprint, proposed, state, given.online)
    if keys is None:
        after = taken_in(proposed, state, now=work.now)
        is_in_force = is_taken_in(proposed, after)
        kept = after if is_in_force else msgspec.structs.replace(after, files=library.label_files(view.imprint))
        work.changes.put_label(view.imprint, kept.files, remembered(kept))
        if view.standing == "own" and not is_in_force:  # the new keeper signs from here on
            heard = view.heard
            work.changes.row(LabelRow(imprint=view.imprint, name=view.name, standing="followed", heard=heard))
        return PutForward(proposed, (), "taken" if is_in_force else "told")
    skip = versions_to_skip(library, view.imprint, only_copy=given.only_copy)
    is_handed_over = change(proposed, require_followed(proposed, state).signed).new_keeper
    publication = carried_on(
        proposed,
        _stood_by(library, proposed, state) if is_handed_over else state,
        keys,
        now=work.now,
        skip_versions=max(skip, RESTORED_SKIP) if is_handed_over else skip,
    )
    return PutForward(proposed, (), "published", _keep_published(work, publication, keys))


def _speaking(library: Library, imprint: str, proposed: NextRoot, state: LabelState, online: bytes) -> LabelKeys | None:
    """Keys that are here and sign the label's lists under its next root."""
    found = [online] if online else []
    for name in (keys_name(imprint), online_name(proposed.sha256)):
        found += [library.member(name)] if library.has_member(name) else []
    every = map(LabelKeys.from_bytes, found)
    return next((keys for keys in every if speaks_under(proposed, state, keys)), None)


def _stood_by(library: Library, proposed: NextRoot, state: LabelState) -> LabelState:
    """The label with the list that its holders stand by as its newest."""
    named, held = proposed.proposal.lists, newest_list(state)
    if named is None or held == named:
        return state
    name = label_path(state.imprint, f"metadata/{named.version}.targets.json")
    if not library.has_member(name):
        if club_of(proposed.statement.signed) is not None:
            raise NotFoundError(say("what its officers stand by is not here; dub a reel for the club first"))
        raise NotFoundError(say("the list that its holders stand by is not here; dub the label from one of them first"))
    return up_to(state, library.member(name))


def _keep_published(work: Work, publication: Publication, keys: LabelKeys) -> bool:
    """Whether a root key was forgotten: it carries the label on no more, and whoever found it could pretend that."""
    library, changes, view = work.library, work.changes, work.view
    after = received(held_state(library, view.imprint), publication.state, now=work.now).state
    is_forgotten = _keep_keys(library, changes, keys_name(view.imprint), keys, after)  # first: it writes others anew
    keep_documents(library, changes, view.imprint, publication.files)
    keep_state(library, changes, after)
    keep_words(library, changes, after)
    changes.then(lambda index: index.settings.settle(view.imprint))
    heard = work.now.date().isoformat()
    changes.row(LabelRow(imprint=view.imprint, name=view.name, standing="own", heard=heard))
    return is_forgotten


def forget_void_keys(library: Library, changes: Changes) -> bool:
    """Forget root keys of own labels that carry them on no more, as soon as that is known here; the caller commits."""
    found = False
    for name in library.index.cells.members_like("keys/*"):
        imprint = name.removeprefix("keys/")
        state, keys = held_state(library, imprint), label_keys(library, imprint)
        if keys.root_seed is not None and state.roots() and is_void(state, keys.root_seed):
            found = _keep_keys(library, changes, name, keys, state)
    return found


def _keep_keys(library: Library, changes: Changes, name: str, keys: LabelKeys, after: LabelState) -> bool:
    if keys.root_seed is not None and is_void(after, keys.root_seed):
        rewrite(library, changes, name, LabelKeys(online_seed=keys.online_seed, root_seed=None).to_bytes())
        return True
    if not library.has_member(name) or library.member(name) != keys.to_bytes():
        rewrite(library, changes, name, keys.to_bytes())
    return False
