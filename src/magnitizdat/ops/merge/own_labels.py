"""A label of which a library has the key: both may have signed since they went apart, and it must not fork.

What either lists is listed once more, signed on top of the newer state, far enough beyond it that whatever the other
library signs next is of another version. What one says, and the other knew and says no more, was taken back, unless it
was said again since. Where both
have signed one version, only the person knows which one was given away: the label is frozen until they choose, and the
next merge signs what the other branch listed on top.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Literal, NamedTuple

from magnitizdat.catalogue.publisher import LabelKeys, publish, speaks_for
from magnitizdat.catalogue.refresh import LabelState, Verdict, refresh, review, stored_path
from magnitizdat.errors import ForkError, NotFoundError, NotVerifiedError, SourceError
from magnitizdat.formats.spool_paths import label_path
from magnitizdat.library.library import Changes, Library
from magnitizdat.library.members import keys_name
from magnitizdat.library.reclaim import rewrite
from magnitizdat.ops.labels.carried_on import keep_state
from magnitizdat.ops.labels.copies import versions_beyond
from magnitizdat.ops.labels.labels import held_state, label_keys
from magnitizdat.ops.labels.shelving import is_said, keep_words
from magnitizdat.ops.merge.since_apart import SinceApart
from magnitizdat.sentence import say

Fate = Literal["as it was", "newer", "signed anew", "forked", "unsigned"]
"""What became of an own label. `unsigned`: no key that is here speaks for it any more, so what one side lists is not
listed; its paper words take it back.
"""


class _Branch(NamedTuple):
    library: Library
    verdict: Verdict | None

    def lists(self) -> dict[str, str]:
        """Digests of documents by target path."""
        targets = self.verdict.targets if self.verdict is not None else {}
        return {path: listed.sha256 for path, listed in targets.items()}


def source_of(state: LabelState) -> Callable[[str, int], bytes]:
    """The files of a label, for whoever refreshes from them."""

    def fetch(name: str, _length: int) -> bytes:
        if name not in state.files:
            raise NotFoundError(say("nothing is held of this label yet; dub it from somewhere"))
        return state.files[name]

    return fetch


def newer(ours: LabelState, theirs: LabelState, *, now: datetime) -> LabelState:
    """Of two states of one label the newer, verified.

    Raises: ForkError; SourceError where the other is damaged.
    """
    try:
        return refresh(ours, source_of(theirs), now=now).state
    except ForkError:
        raise
    except NotVerifiedError:  # older than ours, or a branch that was turned down here
        review(ours, now=now)
        return ours


def join_own_label(library: Library, other: Library, imprint: str, *, now: datetime) -> Fate:
    """Take up an own label of either library: its keys, and a state that lists what both list.

    Raises: SourceError, LibraryError; the label is then as it was.
    """
    ours, theirs = held_state(library, imprint), held_state(other, imprint)
    keys = [label_keys(each, imprint) for each in (library, other) if each.has_member(keys_name(imprint))]
    with library.changes() as changes:
        try:
            base = newer(ours, theirs, now=now)
        except ForkError:  # the dub that follows freezes it, with what proves the fork
            if _keep_keys(library, changes, imprint, keys[:1], is_shared=len(keys) > 1):
                changes.commit()
            return "forked"
        speaking = [each for each in keys if speaks_for(base, each)]
        absent = _differences(library, other, ours, theirs, base, now=now)
        state = base
        if absent and speaking:
            state = publish(base, speaking[0], absent, now=now, skip_versions=versions_beyond(library, imprint)).state
        is_kept = _keep_keys(library, changes, imprint, speaking or keys, is_shared=len(keys) > 1)
        is_news = state.files != ours.files
        if is_news:
            keep_state(library, changes, state)
            keep_words(library, changes, state)
        if is_kept or is_news:
            changes.commit()
    if absent:
        return "signed anew" if speaking else "unsigned"
    return "newer" if is_news else "as it was"


def _keep_keys(library: Library, changes: Changes, imprint: str, keys: list[LabelKeys], *, is_shared: bool) -> bool:
    """The key that speaks for the label stays here, and that another library has it too: whether that is news.

    Before anything else of the label is kept: cells that held another key go, and what lives in them is written anew.
    """
    held = label_keys(library, imprint) if library.has_member(keys_name(imprint)) else None
    is_new = bool(keys) and held not in keys
    if is_new:
        rewrite(library, changes, keys_name(imprint), keys[0].to_bytes())
    is_shared = (is_shared or is_new) and not library.index.settings.is_shared(imprint)
    if is_shared:
        changes.then(lambda index: index.settings.share(imprint))
    return is_new or is_shared


def _differences(
    library: Library, other: Library, ours: LabelState, theirs: LabelState, base: LabelState, *, now: datetime
) -> dict[str, bytes | None]:
    """Documents that one side lists and the newer state does not, by target path; None where that lists too much."""
    sides = _Branch(library, _reviewed(ours, now)), _Branch(other, _reviewed(theirs, now))
    listed = _Branch(library, review(base, now=now)).lists()
    apart = SinceApart(library, other, base.imprint)
    wanted = _union(*sides, apart, imprint=base.imprint, listed=listed)
    withdrawn = _withdrawn(*sides, apart, imprint=base.imprint)
    if _went_through(library, theirs) or _went_through(other, ours):  # one went on where the other stopped
        withdrawn = {path for path in wanted if is_said(path) and path not in listed}
        wanted |= {path: sha256 for path, sha256 in listed.items() if is_said(path)}
    found = {}
    for path, sha256 in wanted.items():
        if listed.get(path) != sha256 and path not in withdrawn:
            found[path] = _document(sides, label_path(base.imprint, stored_path(path, sha256)))
    gone = dict.fromkeys(withdrawn & listed.keys())
    return {path: content for path, content in found.items() if content} | gone


def _went_through(library: Library, state: LabelState) -> bool:
    """Whether a library once held the very list that is the newest of this state."""
    for name, body in state.files.items():
        member = label_path(state.imprint, f"metadata/{name}")
        if name.endswith(".targets.json") and library.has_member(member):
            return library.member(member) == body
    return False


def _withdrawn(ours: _Branch, theirs: _Branch, apart: SinceApart, *, imprint: str) -> set[str]:
    """What one side says and the other knew and says no more, where it was not said again since."""
    found = set[str]()
    for lists, other in ((ours.lists(), theirs), (theirs.lists(), ours)):
        for path in filter(is_said, lists.keys() - other.lists().keys()):
            if other.library.has_member(label_path(imprint, stored_path(path, lists[path]))):
                mine, others = apart.changes(path)
                saying, silent = (others, mine) if other is ours else (mine, others)
                found |= {path} if saying <= silent else set()
    return found


def _reviewed(state: LabelState, now: datetime) -> Verdict | None:
    with suppress(SourceError):
        return review(state, now=now)
    return None


def _union(
    ours: _Branch, theirs: _Branch, apart: SinceApart, *, imprint: str, listed: dict[str, str]
) -> dict[str, str]:
    """Of a document that both list, and not the same: the one whose side knows the other.

    Else the one of the side that changed it since, else what the newer lists.
    """
    mine, others = ours.lists(), theirs.lists()
    wanted = {**listed, **others, **mine}
    for path in mine.keys() & others.keys():
        if mine[path] != others[path]:
            knows_theirs = ours.library.has_member(label_path(imprint, stored_path(path, others[path])))
            knows_ours = theirs.library.has_member(label_path(imprint, stored_path(path, mine[path])))
            if knows_theirs == knows_ours:
                changed, they_changed = apart.changes(path)
                knows_theirs, knows_ours = changed > they_changed, they_changed > changed
            known = mine[path] if knows_theirs else others[path]
            wanted[path] = known if knows_theirs != knows_ours else listed.get(path, max(mine[path], others[path]))
    return wanted


def _document(sides: tuple[_Branch, _Branch], path: str) -> bytes:
    for side in sides:
        if side.library.has_member(path):
            return side.library.member(path)
    return b""
