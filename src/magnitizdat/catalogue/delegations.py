"""Finds a target through delegations (TUF specification, 5.6.7); our own labels have none. PURE."""

from __future__ import annotations

from collections.abc import Iterable

from tuf.api.metadata import Root, TargetFile, Targets

from magnitizdat.catalogue import following
from magnitizdat.catalogue.trust import Trusted
from magnitizdat.errors import NotFoundError
from magnitizdat.sentence import say

MAX_VISITED = 32
"""Targets roles visited for one target, the top-level one aside."""


def find_target(
    trusted: Trusted, path: str, fetch: following.Fetch, *, keep: following.Keep | None = None
) -> TargetFile:
    """What the most trusted role that lists `path` says of it: depth first, in the order of delegation.

    Each role is visited once, so cycles end; a terminating delegation that matches ends the search behind it.

    Raises: NotFoundError if no role lists it, and as `refresh.refresh` for each role on the way.
    """
    waiting = [(Targets.type, Root.type)]
    visited: set[str] = set()
    while waiting and len(visited) <= MAX_VISITED:
        role, delegator = waiting.pop()
        if role in visited:
            continue
        visited.add(role)
        if role not in trusted.targets:
            following.load_targets(trusted, fetch, role=role, delegator=delegator, keep=keep)
        targets = trusted.targets[role].signed
        if path in targets.targets:
            return targets.targets[path]
        children, ends = _children(targets, path)
        waiting = ([] if ends else waiting) + [(child, role) for child in reversed(children)]
    raise NotFoundError(say("no list of this label has a file of that name; check it"))


def _children(targets: Targets, path: str) -> tuple[list[str], bool]:
    """(delegated roles that may list `path`, up to a terminating one; whether one was terminating)."""
    found: list[str] = []
    for role, terminating in targets.delegations.get_roles_for_target(path) if targets.delegations else ():
        found.append(role)
        if terminating:
            return found, True
    return found, False


def target_names(trusted: Trusted, target: TargetFile) -> Iterable[str]:
    """Where to fetch `target`, relative to the base of targets: under its digest with consistent snapshots."""
    return target.get_prefixed_paths() if trusted.root.signed.consistent_snapshot else [target.path]
