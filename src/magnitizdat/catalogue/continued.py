"""What a label's newest list leaves out, and which of its lists those who carry it on stand by. PURE.

A root that hands a label over names the last list that its holders stand by (`x-continues`). That one is theirs, and
those before it. A list names every album that the one before it named, if only as withdrawn. So an album whose path the
newest list does not name at all stood in none of theirs, whatever its date: it was signed by whoever had the keys that
were taken away, and they disown it. One that is named in another form may be theirs from before they corrected it:
nobody here can tell, and it is not disowned.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from itertools import pairwise

import msgspec
from tuf.api.metadata import Root, TargetFile, Targets

from magnitizdat.catalogue import kinds, metadata
from magnitizdat.catalogue.metadata import Statement
from magnitizdat.catalogue.succession import CONTINUES, continues_of
from magnitizdat.catalogue.trust import previous_of
from magnitizdat.model import DigestField, DigestOrNone, Value

MAX_MET = 64
"""Lists of one label of which is remembered what each followed."""
MAX_LEFT_OUT = 32_768
"""Documents that are remembered of lists that went: more than one list can name."""


class MetList(Value, frozen=True, kw_only=True):
    """A list that was taken in once, and the one that it says it follows, by their digests.

    `version`, and that of the label's `root` then, are 0 where a mag took it in that did not note them. `void`: the
    keys that signed it were replaced before it came.
    """

    sha256: DigestField
    previous: DigestOrNone = ""
    version: int = 0
    root: int = 0
    void: bool = False


class LeftOut(Value, frozen=True, kw_only=True):
    """A release that a list named (`by`, under the label's root of version `root`) and the newest does not.

    `disowned` once a later root has handed the label over: whether it stood in no list that those who signed stand by.
    None as long as that cannot be told.
    """

    path: str
    length: int
    sha256: DigestField
    by: DigestField
    root: int
    disowned: bool | None = None


class HandedOver(Value, frozen=True, kw_only=True):
    """A hand-over that was met: how many of the holders before signed it.

    `goes_on`: whether the newest list follows the one that they stand by; None where that cannot be told any more.
    """

    version: int
    signers: int
    holders: int
    threshold: int
    goes_on: bool | None = None


def met(
    lists: Sequence[MetList], statement: Statement[Targets], *, root: int, void: bool = False
) -> tuple[MetList, ...]:
    """`lists` with this one, which was taken in under a root of that version; the oldest is forgotten."""
    known, previous = {each.sha256: each for each in lists}, previous_of(statement)
    if statement.sha256 not in known:
        known[statement.sha256] = MetList(
            sha256=statement.sha256,
            previous=previous[1] if previous is not None else "",
            version=statement.version,
            root=root,
            void=void,
        )
    return tuple(known.values())[-MAX_MET:]


def left_out(
    known: Iterable[LeftOut], before: Statement[Targets] | None, after: Statement[Targets] | None, *, root: int
) -> tuple[LeftOut, ...]:
    """Releases that stand in lists that went and not in the newest, where `before` was the newest under that root.

    Either is None where it is not here, as after a choice of another branch.
    """
    still = {(path, target.hashes.get("sha256")) for path, target in _listed(after).items()}
    gone = {(each.path, each.sha256): each for each in known}
    for path, target in _listed(before).items():
        sha256 = target.hashes.get("sha256")
        if before and sha256 and (path, sha256) not in still and kinds.parse_target(path).kind == kinds.RELEASE:
            named = LeftOut(path=path, length=target.length, sha256=sha256, by=before.sha256, root=root)
            gone.setdefault((path, sha256), named)
    return tuple(each for named, each in gone.items() if named not in still)[-MAX_LEFT_OUT:]


def _listed(statement: Statement[Targets] | None) -> dict[str, TargetFile]:
    return statement.signed.targets if statement is not None else {}


def judged(
    documents: Iterable[LeftOut],
    lists: Iterable[MetList],
    roots: Sequence[Statement[Root]],
    newest: Statement[Targets] | None,
) -> tuple[LeftOut, ...]:
    """`documents`, each told apart once a root after the one that it came under has handed the label over."""
    handing = [root for root in roots[1:] if CONTINUES in root.signed.unrecognized_fields]
    if not handing:
        return tuple(documents)
    theirs = _with_those_before({named[1] for root in handing if (named := continues_of(root.signed))}, lists)
    return tuple(
        msgspec.structs.replace(each, disowned=_is_disowned(each, theirs, _listed(newest)))
        if each.root < handing[-1].version
        else each
        for each in documents
    )


def _is_disowned(document: LeftOut, theirs: Container[str], named: Container[str]) -> bool | None:
    if document.disowned is False or document.by in theirs:
        return False  # for good: what the lists followed is forgotten one day
    return None if document.path in named else True


def judged_anew(documents: Iterable[LeftOut], root: int) -> tuple[LeftOut, ...]:
    """`documents` that nobody judged yet, none of which came under a later root than this."""
    return tuple(msgspec.structs.replace(each, root=min(each.root, root), disowned=None) for each in documents)


def _with_those_before(named: set[str], lists: Iterable[MetList]) -> set[str]:
    previous = {each.sha256: each.previous for each in lists}
    found = set[str]()
    for sha256 in named:
        before = sha256
        while before and before not in found:
            found.add(before)
            before = previous.get(before, "")
    return found


def with_descendants(sha256: str, lists: Iterable[MetList]) -> tuple[str, ...]:
    """A list, and those that were taken in and go on from it."""
    known, found = [*lists], [sha256]
    for each in found:
        found += [other.sha256 for other in known if other.previous == each and other.sha256 not in found]
    return tuple(found)


def handed_over(roots: Sequence[Statement[Root]], newest: Statement[Targets] | None, *, held: int) -> list[HandedOver]:
    """Hand-overs among the roots after the first `held`, in their order."""
    return [
        _handed_over(before.signed, root, newest)
        for before, root in pairwise(roots)
        if root.version > held and CONTINUES in root.signed.unrecognized_fields
    ]


def _handed_over(before: Root, root: Statement[Root], newest: Statement[Targets] | None) -> HandedOver:
    return HandedOver(
        version=root.version,
        signers=len(metadata.signers(before, Root.type, root)),
        holders=len(metadata.key_identities(before, Root.type)),
        threshold=before.roles[Root.type].threshold,
        goes_on=_goes_on(continues_of(root.signed), newest),
    )


def _goes_on(named: tuple[int, str] | None, newest: Statement[Targets] | None) -> bool | None:
    """A list further on names one in between, of which nobody here knows what it follows."""
    if newest is None:
        return None
    previous = previous_of(newest)
    if named is not None and previous is not None and previous[0] > named[0]:
        return None
    return named is not None and named == previous
