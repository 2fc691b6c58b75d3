"""An older copy of a label, of which something newer is held: genuine by the keys of its day, or not calm at all. PURE.

Nothing of it is believed over what is held: no version falls, and no document takes the place of a newer one. Sticks
come in any order, so that alone is no attack. It is one where a set does not hold together, where versions go back
within what is newer, where keys that were replaced go on signing, and where two lists of one version meet.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NamedTuple, NoReturn

import msgspec
from tuf.api.metadata import Root, Targets, Timestamp

from magnitizdat.catalogue import metadata
from magnitizdat.catalogue.continued import LeftOut, judged, met
from magnitizdat.catalogue.following import TIMESTAMP_NAME, Fetch, update_roles, update_roots
from magnitizdat.catalogue.memory import Fork, Memory
from magnitizdat.catalogue.metadata import Statement, read_statement
from magnitizdat.catalogue.refresh import LabelState, Listed, listed_of, remember, signed_on, trusted_roots
from magnitizdat.catalogue.succession import continues_of
from magnitizdat.catalogue.trust import Trusted, fork_error, previous_of
from magnitizdat.errors import NotVerifiedError, RolledBackError
from magnitizdat.sentence import say


class Older(NamedTuple):
    """What an older copy says. `root`: version of the root whose keys signed it; `is_replaced`: these are void now."""

    list: Statement[Targets]
    signed_on: str
    root: int
    is_replaced: bool
    targets: dict[str, Listed]


def older(state: LabelState, fetch: Fetch, *, now: datetime) -> Older:
    """What a source says that `refresh` found to be behind what is held.

    Raises: RolledBackError where it is not simply older, ForkError where its list is another one of a version that was
    taken in, NotVerifiedError, DamagedError, and what `fetch` raises.
    """
    data = fetch(TIMESTAMP_NAME, metadata.MAX_TIMESTAMP_LENGTH)
    timestamp = read_statement(Timestamp, data, max_length=metadata.MAX_TIMESTAMP_LENGTH)
    newest = trusted_roots(state, now=now)
    then = trusted_roots(state, now=now, most=_signing_root(newest, timestamp))
    update_roles(then, lambda name, length: data if name == TIMESTAMP_NAME else fetch(name, length))
    is_replaced, found = len(then.roots) < len(newest.roots), then.targets[Targets.type]
    held = _held(state, Targets.type, Targets)
    if not is_replaced:
        if timestamp.version >= _held(state, Timestamp.type, Timestamp).version:
            _go_back()
        _require_one_list(state, held, found, root=newest.root.version)
    else:
        _require_no_other(state, held, found, root=then.root.version)
    _require_stood_by(newest.roots[then.root.version :], found)
    if found.version > held.version or (found.version == held.version and found.sha256 != held.sha256):
        if is_replaced:
            _go_on()
        _go_back()
    return Older(
        list=found,
        signed_on=signed_on(timestamp),
        root=then.root.version,
        is_replaced=is_replaced,
        targets=listed_of(found),
    )


def named_in(data: bytes) -> dict[str, Listed]:
    """What a list names, whoever signed it: to compare it, and believed in nothing. Raises: DamagedError."""
    return listed_of(read_statement(Targets, data, max_length=metadata.MAX_TARGETS_LENGTH))


def _signing_root(trusted: Trusted, timestamp: Statement[Timestamp]) -> int:
    """Version of the newest root whose keys signed it."""
    for root in reversed(trusted.roots):
        if metadata.is_signed(root.signed, Timestamp.type, timestamp):
            return root.version
    raise NotVerifiedError(say("no key that the label ever had signed this copy; ask where it came from"))


def _held(state: LabelState, role: str, kind: type[metadata.S]) -> Statement[metadata.S]:
    return read_statement(kind, state.role_files()[role], max_length=metadata.MAX_TARGETS_LENGTH)


def _go_back() -> NoReturn:
    raise RolledBackError(
        say("this copy was put together so that it goes back behind what you have; ask where it came from")
    )


def _go_on() -> NoReturn:
    """A copy of the makers' library may have signed it before they took the label back: a number proves nothing."""
    raise NotVerifiedError(
        say(
            "keys that the label has replaced signed this copy, as something later than what you have: that was another"
            " copy of its makers' library, or whoever took these keys; ask its makers"
        )
    )


def _require_stood_by(later: Iterable[Statement[Root]], found: Statement[Targets]) -> None:
    """Those who handed the label over named the last list of the old keys that is theirs. Raises: NotVerifiedError."""
    for root in later:
        named = continues_of(root.signed)
        if named is not None and (found.version, found.sha256) != named and found.version >= named[0]:
            raise NotVerifiedError(
                say(
                    "a key that was taken away from the label signed this copy, and those who carry it on do not stand"
                    " by it; ask for a newer one"
                )
            )


def _require_one_list(state: LabelState, held: Statement[Targets], found: Statement[Targets], *, root: int) -> None:
    """No list of that version that was taken in under the same root, nor the one that the held list follows, differs.

    Raises: ForkError.
    """
    known = {held.version: held.sha256}
    if root == 1 and (previous := previous_of(held)) is not None:  # later, other keys may have signed that one
        known[previous[0]] = previous[1]
    told = (known | _taken_in(state, root)).get(found.version, found.sha256)
    if told != found.sha256:
        raise fork_error(Targets.type, found.version, told, found.sha256, evidence=found.data)


def _require_no_other(state: LabelState, held: Statement[Targets], found: Statement[Targets], *, root: int) -> None:
    """What void keys sign makes no fork and freezes nothing; where another list of theirs is known it is forged.

    So is what follows such a one. What came only after they were replaced is no witness: it may be the forged one.

    Raises: NotVerifiedError.
    """
    known = dict(filter(None, [previous_of(held)])) | _taken_in(state, root)
    for version, sha256 in filter(None, [(found.version, found.sha256), previous_of(found)]):
        if known.get(version, sha256) != sha256:
            raise NotVerifiedError(
                say(
                    "keys that the label has replaced signed this copy, and it is not what the label signed as its"
                    " version {version}; ask where it came from",
                    version=version,
                )
            )


def _taken_in(state: LabelState, root: int) -> dict[int, str]:
    """Digests by version of the lists that came while the keys of that root counted."""
    return {each.version: each.sha256 for each in state.memory.lists if each.root == root and not each.void}


def with_older(state: LabelState, found: Older, late: Collection[str] = (), *, now: datetime) -> LabelState:
    """`state` that met an older list, and `late` some of its documents (paths) that the newest one leaves out.

    Where the label was handed over since they are judged as if they had been here before.
    """
    newest, roots = _held(state, Targets.type, Targets), trusted_roots(state, now=now).roots
    lists = met(state.memory.lists, found.list, root=found.root, void=found.is_replaced)
    came = (
        LeftOut(path=path, length=each.length, sha256=each.sha256, by=found.list.sha256, root=found.root)
        for path, each in found.targets.items()
        if path in late
    )
    left = {(each.path, each.sha256): each for each in (*came, *state.memory.left)}
    judgement = judged(left.values(), lists, roots, newest)
    return remember(state, lists=lists, left=judgement)


def supersedes(state: LabelState, found: Older, path: str, here: str) -> bool:
    """Whether a document that no newest list names comes after the form of it that is `here` (its digest)."""
    versions = {each.sha256: each.version for each in state.memory.lists}
    known = (each for each in state.memory.left if each.path == path and each.sha256 == here)
    return all(versions.get(each.by, 0) < found.list.version for each in known)


def branch_of(state: LabelState, fork: Fork, fetch: Fetch, *, now: datetime) -> dict[str, Listed]:
    """What the other branch of a fork lists, verified by its own chain; nothing of it is believed.

    Raises: NotVerifiedError, DamagedError, and what `fetch` raises.
    """
    if fork.role == Targets.type and fork.evidence:
        return listed_of(read_statement(Targets, fork.evidence, max_length=metadata.MAX_TARGETS_LENGTH))
    bare = msgspec.structs.replace(state, memory=Memory())
    trusted = trusted_roots(bare, now=now, most=fork.version - 1 if fork.role == Root.type else None)
    update_roots(trusted, fetch)
    update_roles(trusted, fetch)
    return listed_of(trusted.targets[Targets.type])
