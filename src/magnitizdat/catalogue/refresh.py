"""Drives the workflow of `trust` with a `fetch` callback, and the state of a label that is carried between runs. PURE.

A label's state is replaced as a whole: it always holds a root chain and, once heard of, a timestamp, snapshot and
targets that belong together, so that what travels on is never a mixed set.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta
from tuf.api.metadata import Root, TargetFile, Targets, Timestamp

from magnitizdat.catalogue import documents, metadata
from magnitizdat.catalogue.continued import HandedOver, handed_over, judged, left_out, met
from magnitizdat.catalogue.following import (
    TIMESTAMP_NAME,
    Fetch,
    is_from_before,
    other_root,
    require_root,
    update_roles,
    update_roots,
)
from magnitizdat.catalogue.memory import Fork, Memory
from magnitizdat.catalogue.metadata import Statement, key_identities, read_statement
from magnitizdat.catalogue.succession import CONTINUES, continues_of
from magnitizdat.catalogue.trust import Trusted, fork_error
from magnitizdat.errors import DamagedError, ForkError, NotFoundError, NotVerifiedError, RolledBackError
from magnitizdat.formats.names import imprint_text
from magnitizdat.model import END, Checkpoint, DigestField, Freshness, Imprint, Value
from magnitizdat.sentence import say

TARGET_PATH = "^[0-9a-f]{2}/[0-9a-z][0-9a-z._-]{0,127}" + END
SIGNED_ON = "x-signed-on"
"""Field of a timestamp: the publisher's date (YYYY-MM-DD)."""
_DATE = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")


class LabelState(Value, frozen=True, kw_only=True):
    """A label as held. `files` (name within `metadata/` to bytes) travels: every root, the newest of the rest."""

    imprint: Imprint
    files: dict[str, bytes] = msgspec.field(default_factory=dict)
    memory: Memory = Memory()

    @property
    def is_frozen(self) -> bool:
        """Whether a fork waits for the person to choose."""
        return bool(self.memory.forks)

    def roots(self) -> list[bytes]:
        """The root chain, oldest first."""
        found: list[bytes] = []
        while (name := f"{len(found) + 1}.root.json") in self.files:
            found.append(self.files[name])
        return found

    def role_files(self) -> dict[str, bytes]:
        """Timestamp, snapshot and targets by role, where held; the newest if there are several."""
        versioned = sorted((int(version), role, body) for version, role, body in self._versioned())
        found = {role: body for _, role, body in versioned if role != Root.type}
        return found | ({Timestamp.type: self.files[TIMESTAMP_NAME]} if TIMESTAMP_NAME in self.files else {})

    def _versioned(self) -> Iterator[tuple[str, str, bytes]]:
        for name, body in self.files.items():
            match name.split("."):
                case [version, role, "json"] if version.isdecimal():
                    yield version, role, body


class Listed(Value, frozen=True, kw_only=True):
    """A document that a label's targets list. Its path is checked here: it becomes part of others."""

    path: Annotated[str, Meta(pattern=TARGET_PATH)]
    length: int
    sha256: DigestField

    @property
    def stored_path(self) -> str:
        """Where it stands within the label: `targets/ab/<sha256>.<id>.json`."""
        return stored_path(self.path, self.sha256)


class Verdict(Value, frozen=True, kw_only=True):
    """What a label says, verified. `changed`: whether `state` differs from the one that was given.

    `handed_over`: what roots that were not held before say of who carries the label on.
    """

    state: LabelState
    freshness: Freshness
    targets: dict[str, Listed]
    checkpoint: Checkpoint
    changed: bool = False
    handed_over: tuple[HandedOver, ...] = ()


def stored_path(path: str, sha256: str) -> str:
    """Path within the label of a target that is stored under its digest (consistent snapshots)."""
    folder, slash, name = path.rpartition("/")
    return f"targets/{folder}{slash}{sha256}.{name}"


def imprint_of(first_root: bytes) -> str:
    """`mag1…` of a label: SHA-256 of the canonical `signed` part of its first root.

    Raises: DamagedError, NotVerifiedError if it is not a first root signed by itself.
    """
    root = read_statement(Root, first_root, max_length=metadata.MAX_ROOT_LENGTH)
    metadata.require_signed(root.signed, Root.type, root)
    if root.version != 1:
        raise NotVerifiedError(say("this is not a label's first root; ask for a complete copy"))
    return imprint_text(hashlib.sha256(root.canonical).digest())


def label_state(imprint: str, files: Mapping[str, bytes] | None = None, *, remembered: bytes = b"") -> LabelState:
    """The state of a label out of its stored files; with none, of a label that is known by name alone."""
    memory = documents.decode(Memory, remembered, max_length=64 << 20) if remembered else Memory()
    return LabelState(imprint=imprint, files=dict(files or {}), memory=memory)


def remembered(state: LabelState) -> bytes:
    """What `label_state` takes back: for the library to keep, never to travel."""
    return documents.encode(state.memory)


def checkpoint(state: LabelState) -> Checkpoint:
    """Newest root version held and its digest.

    Raises: NotFoundError if no root is held.
    """
    roots = state.roots()
    if not roots:
        raise NotFoundError(say("nothing is held of this label yet; dub it from somewhere"))
    newest = read_statement(Root, roots[-1], max_length=metadata.MAX_ROOT_LENGTH)
    return Checkpoint(version=newest.version, sha256=newest.sha256)


def heard(state: LabelState, told: Checkpoint | None) -> LabelState:
    """`state` that remembers the newest checkpoint that somebody told of.

    Raises: NotVerifiedError if the told root is not the one that is held or was told of before.
    """
    if told is None:
        return state
    if _root_digest(state, told.version) not in (None, told.sha256):
        raise NotVerifiedError(say("you were told of another root than the one that is held; ask where both come from"))
    return msgspec.structs.replace(state, memory=state.memory.heard(told, held=len(state.roots())))


def signed_here(state: LabelState) -> LabelState:
    """`state` whose newest root was made or signed here: nobody can tell better which one is right."""
    return heard(state, checkpoint(state))


def remember(state: LabelState, **changes: Any) -> LabelState:
    """`state` with other fields of what is remembered."""
    return msgspec.structs.replace(state, memory=msgspec.structs.replace(state.memory, **changes))


def _root_digest(state: LabelState, version: int) -> str | None:
    if version <= len(roots := state.roots()):
        return read_statement(Root, roots[version - 1], max_length=metadata.MAX_ROOT_LENGTH).sha256
    known = (state.memory.checkpoint, *state.memory.told)
    return next((each.sha256 for each in known if each is not None and each.version == version), None)


def refresh(
    state: LabelState,
    fetch: Fetch,
    *,
    now: datetime,
    expired_is_stale: bool = True,
    vouched: Iterable[Checkpoint] = (),
) -> Verdict:
    """Take in what a source knows of a label; `state` itself is never changed.

    `vouched` are checkpoints that labels which are followed vouch for. Where one of them, or a told one, names the held
    branch, roots of another are refused and freeze nothing.

    Raises: ForkError (give it to `freeze`), RolledBackError if the source is older than what is held, NotVerifiedError,
    DamagedError, NotFoundError where the source lacks a file, and what `fetch` raises.
    """
    roots = state.roots()
    if not roots:
        _require_unfrozen(state.memory.forks)
        roots = [_first_root(state.imprint, fetch)]
    trusted = _trusted(state, roots, now=now, expired_is_stale=expired_is_stale)
    told = (*state.memory.told, *vouched)
    _require_unfrozen(_undecided(state.memory.forks, trusted, told))
    other = other_root(trusted, fetch)
    if other is not None:
        trusted.require_branch(other, told)
    update_roots(trusted, fetch)
    # Before anything that these keys sign is looked at: a chain that misses the told root is not this label.
    for known in (state.memory.checkpoint, *state.memory.told):
        require_root(trusted, known)
    trusted.hold(state.role_files())
    trusted.stand_by(named[1] for root in trusted.roots if (named := continues_of(root.signed)))
    try:
        update_roles(trusted, fetch)
    except (ForkError, RolledBackError):
        raise
    except NotVerifiedError as exc:
        if is_from_before(trusted, fetch):
            raise RolledBackError(
                say("this copy was signed with keys that the label has replaced since; ask for a newer one")
            ) from exc
        raise
    verdict = _verdict(_after(state, trusted), trusted)
    if not state.roots():
        return verdict
    given = handed_over(trusted.roots, trusted.targets[Targets.type], held=len(roots))
    return msgspec.structs.replace(verdict, handed_over=tuple(given))


def _after(state: LabelState, trusted: Trusted) -> LabelState:
    """What is remembered once a source was taken in: no fork is open, and what the newest list leaves out."""
    before, newest, memory = trusted.held_list(), trusted.targets[Targets.type], state.memory
    lists = met(memory.lists, before, root=len(state.roots())) if before is not None else memory.lists
    lists, left = met(lists, newest, root=trusted.root.version), memory.left
    if left or before is None or before.sha256 != newest.sha256:
        left = left_out(left, before, newest, root=len(state.roots()))
    return remember(state, forks=(), lists=lists, left=judged(left, lists, trusted.roots, newest))


def _undecided(forks: Iterable[Fork], trusted: Trusted, told: Sequence[Checkpoint]) -> list[Fork]:
    """Forks of which nothing says by now that the held branch is the right one."""
    return [fork for fork in forks if fork.role != Root.type or not trusted.is_told(fork.version, told)]


def says_nothing_new(state: LabelState, timestamp: str, *, vouched: Iterable[Checkpoint] = ()) -> bool:
    """Whether a copy whose timestamp has this SHA-256 (hex) has nothing to say that is not held.

    Where a fork waits, or somebody told of roots that are not held, it may have.
    """
    held, roots = state.files.get(TIMESTAMP_NAME), len(state.roots())
    if held is None or state.memory.forks or hashlib.sha256(held).hexdigest() != timestamp:
        return False
    known = (each for each in (state.memory.checkpoint, *state.memory.told, *vouched) if each is not None)
    return all(each.version <= roots and _root_digest(state, each.version) == each.sha256 for each in known)


def review(state: LabelState, *, now: datetime) -> Verdict:
    """What the held files say, verified again, with nothing fetched; works for a frozen label: old music plays.

    Raises: as `refresh`; NotFoundError if nothing but roots is held.
    """

    def fetch(name: str, _length: int) -> bytes:
        if name not in state.files:
            raise NotFoundError(say("nothing is held of this label yet; dub it from somewhere"))
        return state.files[name]

    trusted = _trusted(state, state.roots() or [fetch("1.root.json", 0)], now=now, expired_is_stale=True)
    update_roles(trusted, fetch)
    return _verdict(state, trusted)


def trusted_roots(state: LabelState, *, now: datetime, most: int | None = None) -> Trusted:
    """The held chain of roots alone, up to the version `most`; expiry is a mere verdict. Raises: as `refresh`."""
    trusted = _trusted(state, state.roots()[:most], now=now, expired_is_stale=True)
    trusted.stand_by(named[1] for root in trusted.roots if (named := continues_of(root.signed)))
    return trusted


def thawed(state: LabelState, fetch: Fetch, *, now: datetime) -> LabelState:
    """`state` without forks of roles whose keys a hand-over has taken away since: nothing is left to choose.

    A source is asked for nothing but its next roots, and only where such a fork waits.

    Raises: as `refresh`.
    """
    if all(fork.role == Root.type for fork in state.memory.forks):
        return state
    trusted = _trusted(state, state.roots(), now=now, expired_is_stale=True)
    before = trusted.root.signed
    update_roots(trusted, fetch)
    after = trusted.root.signed
    if not any(CONTINUES in root.signed.unrecognized_fields for root in trusted.roots[before.version :]):
        return state
    forks = [
        fork
        for fork in state.memory.forks
        if fork.role == Root.type or key_identities(before, fork.role) & key_identities(after, fork.role)
    ]
    return remember(state, forks=tuple(forks))


def _first_root(imprint: str, fetch: Fetch) -> bytes:
    data = fetch("1.root.json", metadata.MAX_ROOT_LENGTH)
    if imprint_of(data) != imprint:
        raise NotVerifiedError(say("this copy begins with the keys of another label; ask where it came from"))
    return data


def _trusted(state: LabelState, roots: list[bytes], *, now: datetime, expired_is_stale: bool) -> Trusted:
    if imprint_of(roots[0]) != state.imprint:
        raise NotVerifiedError(say("this copy begins with the keys of another label; ask where it came from"))
    trusted = Trusted(roots[0], now=now, expired_is_stale=expired_is_stale, refused=state.memory.refused)
    for root in roots[1:]:
        trusted.add_root(root)
    return trusted


def _require_unfrozen(forks: Iterable[Fork]) -> None:
    for fork in forks:
        raise fork_error(fork.role, fork.version, fork.held, fork.other, evidence=fork.evidence)


def _verdict(state: LabelState, trusted: Trusted) -> Verdict:
    timestamp, snapshot, targets = trusted.timestamp, trusted.snapshot, trusted.targets[Targets.type]
    if timestamp is None or snapshot is None:
        raise RuntimeError("the roles were not updated")
    files = {f"{root.version}.root.json": root.data for root in trusted.roots}
    files |= {TIMESTAMP_NAME: timestamp.data, f"{snapshot.version}.snapshot.json": snapshot.data}
    files[f"{targets.version}.targets.json"] = targets.data
    newest = Checkpoint(version=trusted.root.version, sha256=trusted.root.sha256)
    freshness = Freshness(version=targets.version, signed_on=signed_on(timestamp), expired=trusted.is_expired())
    return Verdict(
        state=remember(
            msgspec.structs.replace(state, files=files, memory=state.memory.seen(newest)),
            lists=met(state.memory.lists, targets, root=trusted.root.version),
        ),
        freshness=freshness,
        targets=listed_of(targets),
        checkpoint=newest,
        changed=files != state.files,
    )


def signed_on(timestamp: Statement[Timestamp]) -> str:
    """The publisher's date, empty where it says none that could be one."""
    said = timestamp.signed.unrecognized_fields.get(SIGNED_ON, "")
    return said if isinstance(said, str) and _DATE.fullmatch(said) else ""


def listed_of(targets: Statement[Targets]) -> dict[str, Listed]:
    """The documents that a list names, by path. Raises: DamagedError."""
    return {path: _listed(path, target) for path, target in targets.signed.targets.items()}


def _listed(path: str, target: TargetFile) -> Listed:
    try:
        return msgspec.convert({"path": path, "length": target.length, "sha256": target.hashes.get("sha256")}, Listed)
    except msgspec.ValidationError as exc:
        raise DamagedError(say("the label's list is not written as it should be; ask for a fresh copy")) from exc


def verify_document(listed: Listed, data: bytes) -> bytes:
    """`data`, if it is the listed document.

    Raises: NotVerifiedError.
    """
    if len(data) != listed.length or hashlib.sha256(data).hexdigest() != listed.sha256:
        raise NotVerifiedError(say("a document is not the one that its label signed; ask for a fresh copy"))
    return data
