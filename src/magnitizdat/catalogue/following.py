"""Follows a source's roots and roles with a `fetch` callback, in the order of the workflow of `trust`. PURE."""

from __future__ import annotations

import urllib.parse
from collections.abc import Callable
from contextlib import suppress

from tuf.api.metadata import Root, Snapshot, Targets, Timestamp

from magnitizdat.catalogue import metadata
from magnitizdat.catalogue.metadata import Statement, read_statement
from magnitizdat.catalogue.trust import Trusted
from magnitizdat.errors import NotFoundError, NotVerifiedError, SourceError
from magnitizdat.formats import budgets
from magnitizdat.model import Checkpoint
from magnitizdat.sentence import say

MAX_ROOTS = budgets.ROOTS.most
"""Roots in one chain."""
TIMESTAMP_NAME = "timestamp.json"

Fetch = Callable[[str, int], bytes]
"""(name within `metadata/`, most bytes) -> bytes. Raises NotFoundError where the source has no such file."""
Keep = Callable[[str, bytes], None]
"""(role, bytes): called for each file as soon as it is trusted."""


def other_root(trusted: Trusted, fetch: Fetch) -> Statement[Root] | None:
    """The first root of a source where its roots leave those that are held, and do not come back to them.

    What an older source lacks it cannot contradict; what lies before a root that both have is of the past.
    """
    newest, parted = trusted.root.version, None
    with suppress(NotFoundError):
        if newest == 1 or _differing(trusted, fetch, newest) is None:
            return None
    with suppress(NotFoundError):
        for version in range(2, newest + 1):
            other = _differing(trusted, fetch, version)
            parted = (parted or other) if other is not None else None
    return parted


def _differing(trusted: Trusted, fetch: Fetch, version: int) -> Statement[Root] | None:
    """A source's root of a version that is held, where it is another one."""
    data, held = fetch(f"{version}.root.json", metadata.MAX_ROOT_LENGTH), trusted.roots[version - 1]
    if data == held.data:
        return None
    other = read_statement(Root, data, max_length=metadata.MAX_ROOT_LENGTH)
    if other.version != version:
        raise NotVerifiedError(say("the label's root chain has a gap; ask for a complete copy"))
    return other if other.sha256 != held.sha256 else None


def require_root(trusted: Trusted, known: Checkpoint | None) -> None:
    """That the root which somebody knows of is among those that are held.

    Raises: NotVerifiedError.
    """
    if known is None:
        return
    found = next((root for root in trusted.roots if root.version == known.version), None)
    if found is None:
        raise NotVerifiedError(
            say(
                "this copy's roots end at version {version}, and the label is known to have reached"
                " {known}; ask for a newer copy",
                version=trusted.root.version,
                known=known.version,
            )
        )
    if found.sha256 != known.sha256:
        raise NotVerifiedError(
            say("this copy's root chain is not the one that you were told of; ask where it came from")
        )


def is_from_before(trusted: Trusted, fetch: Fetch) -> bool:
    """Whether a source was signed by keys that a root has replaced since."""
    with suppress(SourceError):
        data = fetch(TIMESTAMP_NAME, metadata.MAX_TIMESTAMP_LENGTH)
        timestamp = read_statement(Timestamp, data, max_length=metadata.MAX_TIMESTAMP_LENGTH)
        signed = [metadata.is_signed(root.signed, Timestamp.type, timestamp) for root in trusted.roots]
        return any(signed) and not signed[-1]
    return False


def update_roots(trusted: Trusted, fetch: Fetch, *, keep: Keep | None = None) -> None:
    """Follow the root chain of a source to its end (5.3)."""
    length = sum(len(root.data) for root in trusted.roots)
    while len(trusted.roots) <= MAX_ROOTS:
        try:
            data = fetch(f"{trusted.root.version + 1}.root.json", metadata.MAX_ROOT_LENGTH)
        except NotFoundError:
            return
        length += len(data)
        budgets.ROOT_CHAIN.check(length)
        trusted.add_root(data)
        if keep is not None:
            keep(Root.type, data)
    raise NotVerifiedError(
        say("the label has more than {max_roots} roots; ask where the copy came from", max_roots=MAX_ROOTS)
    )


def update_roles(trusted: Trusted, fetch: Fetch, *, keep: Keep | None = None) -> None:
    """Timestamp, snapshot and top-level targets (5.4 to 5.6); `hold` what is held first."""
    trusted.require_current(trusted.root, Root.type)
    data = fetch(TIMESTAMP_NAME, metadata.MAX_TIMESTAMP_LENGTH)
    if trusted.add_timestamp(data) and keep is not None:
        keep(Timestamp.type, data)
    meta = trusted.missing_snapshot()
    if meta is not None:
        length = min(meta.length or metadata.MAX_SNAPSHOT_LENGTH, metadata.MAX_SNAPSHOT_LENGTH)
        data = fetch(_name(trusted, Snapshot.type, meta.version), length)
        trusted.add_snapshot(data)
        if keep is not None:
            keep(Snapshot.type, data)
    load_targets(trusted, fetch, keep=keep)


def load_targets(
    trusted: Trusted, fetch: Fetch, *, role: str = Targets.type, delegator: str = Root.type, keep: Keep | None = None
) -> None:
    """One targets role, from what is held or from the source (5.6)."""
    meta = trusted.missing_targets(role, delegator)
    if meta is None:
        return
    length = min(meta.length or metadata.MAX_TARGETS_LENGTH, metadata.MAX_TARGETS_LENGTH)
    data = fetch(_name(trusted, role, meta.version), length)
    trusted.add_targets(data, role, delegator)
    if keep is not None:
        keep(role, data)


def _name(trusted: Trusted, role: str, version: int) -> str:
    quoted = urllib.parse.quote(role, safe="")
    return f"{version}.{quoted}.json" if trusted.root.signed.consistent_snapshot else f"{quoted}.json"
