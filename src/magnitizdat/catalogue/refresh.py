"""Drives the workflow of `trust` with a `fetch` callback, and the state of a label that is carried between runs. PURE.

A label's state is replaced as a whole: it always holds a root chain and, once heard of, a timestamp, snapshot and
targets that belong together, so that what travels on is never a mixed set.
"""

from __future__ import annotations

import hashlib
import urllib.parse
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta
from tuf.api.metadata import Root, Snapshot, TargetFile, Targets, Timestamp

from magnitizdat.catalogue import documents, metadata
from magnitizdat.catalogue.metadata import read_statement
from magnitizdat.catalogue.trust import Trusted
from magnitizdat.errors import DamagedError, ForkError, NotFoundError, NotVerifiedError
from magnitizdat.formats import budgets
from magnitizdat.formats.names import imprint_text
from magnitizdat.model import END, Checkpoint, DigestField, Freshness, Imprint, Value
from magnitizdat.sentence import say

MAX_ROOTS = budgets.ROOTS.most
"""Roots in one chain."""
TARGET_PATH = "^[0-9a-f]{2}/[0-9a-z][0-9a-z._-]{0,127}" + END
SIGNED_ON = "x-signed-on"
"""Field of a timestamp: the publisher's date (YYYY-MM-DD)."""
TIMESTAMP_NAME = "timestamp.json"

Fetch = Callable[[str, int], bytes]
"""(name within `metadata/`, most bytes) -> bytes. Raises NotFoundError where the source has no such file."""
Keep = Callable[[str, bytes], None]
"""(role, bytes): called for each file as soon as it is trusted."""


class Fork(Value, frozen=True, kw_only=True):
    """Two statements of one role and version. `evidence` is the other file, empty where only its digest is known."""

    role: str
    version: int
    held: DigestField
    other: DigestField
    evidence: bytes = b""


class Memory(Value, frozen=True, kw_only=True):
    """What is known of a label beside its files; stays at home."""

    checkpoint: Checkpoint | None = None
    refused: tuple[DigestField, ...] = ()
    forks: tuple[Fork, ...] = ()


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
    """What a label says, verified. `changed`: whether `state` differs from the one that was given."""

    state: LabelState
    freshness: Freshness
    targets: dict[str, Listed]
    checkpoint: Checkpoint
    changed: bool = False


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
    known = state.memory.checkpoint
    if told is not None and _root_digest(state, told.version) not in (None, told.sha256):
        raise NotVerifiedError(say("you were told of another root than the one that is held; ask where both come from"))
    if told is None or (known is not None and known.version >= told.version):
        return state
    return msgspec.structs.replace(state, memory=msgspec.structs.replace(state.memory, checkpoint=told))


def _root_digest(state: LabelState, version: int) -> str | None:
    if version <= len(roots := state.roots()):
        return read_statement(Root, roots[version - 1], max_length=metadata.MAX_ROOT_LENGTH).sha256
    known = state.memory.checkpoint
    return known.sha256 if known is not None and known.version == version else None


def refresh(state: LabelState, fetch: Fetch, *, now: datetime, expired_is_stale: bool = True) -> Verdict:
    """Take in what a source knows of a label; `state` itself is never changed.

    Raises: ForkError (give it to `freeze`), RolledBackError if the source is older than what is held, NotVerifiedError,
    DamagedError, NotFoundError where the source lacks a file, and what `fetch` raises.
    """
    _require_unfrozen(state)
    roots = state.roots() or [_first_root(state.imprint, fetch)]
    trusted = _trusted(state, roots, now=now, expired_is_stale=expired_is_stale)
    for version in range(2, len(trusted.roots) + 1):
        try:
            trusted.compare_root(fetch(f"{version}.root.json", metadata.MAX_ROOT_LENGTH))
        except NotFoundError:
            break  # an older source; what it lacks it cannot contradict
    update_roots(trusted, fetch)
    # Before anything that these keys sign is looked at: a chain that misses the told root is not this label.
    _require_checkpoint(trusted, state.memory.checkpoint)
    trusted.hold(state.role_files())
    update_roles(trusted, fetch)
    return _verdict(state, trusted)


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


def freeze(state: LabelState, fork: ForkError) -> LabelState:
    """`state` with the fork remembered: nothing new enters until `choose`."""
    found = Fork(role=fork.role, version=fork.version, held=fork.held, other=fork.other, evidence=fork.evidence)
    if found in state.memory.forks:
        return state
    memory = msgspec.structs.replace(state.memory, forks=(*state.memory.forks, found))
    return msgspec.structs.replace(state, memory=memory)


def choose(state: LabelState, sha256: str) -> LabelState:
    """The person chose the branch with the digest `sha256`; the other one is turned down for good.

    Choosing the other branch drops what was held from the forked version on; the next `refresh` brings the rest.

    Raises: NotFoundError if no fork has that digest.
    """
    fork = next((fork for fork in state.memory.forks if sha256 in (fork.held, fork.other)), None)
    if fork is None:
        raise NotFoundError(say("no branch of this label has that digest; look at the label again"))
    turned_down = fork.other if sha256 == fork.held else fork.held
    told = state.memory.checkpoint
    other_chain = fork.role == Root.type and sha256 == fork.other and told is not None and told.version >= fork.version
    memory = msgspec.structs.replace(
        state.memory,
        # The told root lies on the branch that was turned down; kept, it would refuse the chosen one for ever.
        checkpoint=None if other_chain else told,
        refused=(*state.memory.refused, turned_down),
        forks=tuple(other for other in state.memory.forks if other != fork),
    )
    files = state.files if sha256 == fork.held else _other_branch(state.files, fork)
    return msgspec.structs.replace(state, files=files, memory=memory)


def _other_branch(files: dict[str, bytes], fork: Fork) -> dict[str, bytes]:
    if fork.role == Root.type:
        kept = {f"{version}.root.json" for version in range(1, fork.version)}
        return {name: body for name, body in files.items() if name in kept or not name.endswith(".root.json")} | {
            f"{fork.version}.root.json": fork.evidence
        }
    name = TIMESTAMP_NAME if fork.role == Timestamp.type else f"{fork.version}.{fork.role}.json"
    rest = {name: body for name, body in files.items() if name.endswith(".root.json") or name == TIMESTAMP_NAME}
    return rest | ({name: fork.evidence} if fork.evidence else {})


def update_roots(trusted: Trusted, fetch: Fetch, *, keep: Keep | None = None) -> None:
    """Follow the root chain of a source to its end (5.3)."""
    while len(trusted.roots) <= MAX_ROOTS:
        try:
            data = fetch(f"{trusted.root.version + 1}.root.json", metadata.MAX_ROOT_LENGTH)
        except NotFoundError:
            return
        budgets.ROOT_CHAIN.check(sum(len(root.data) for root in trusted.roots) + len(data))
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


def _first_root(imprint: str, fetch: Fetch) -> bytes:
    data = fetch("1.root.json", metadata.MAX_ROOT_LENGTH)
    if imprint_of(data) != imprint:
        raise NotVerifiedError(say("the first root does not belong to this imprint; ask where the copy came from"))
    return data


def _trusted(state: LabelState, roots: list[bytes], *, now: datetime, expired_is_stale: bool) -> Trusted:
    if imprint_of(roots[0]) != state.imprint:
        raise NotVerifiedError(say("the first root does not belong to this imprint; ask where the copy came from"))
    trusted = Trusted(roots[0], now=now, expired_is_stale=expired_is_stale, refused=state.memory.refused)
    for root in roots[1:]:
        trusted.add_root(root)
    return trusted


def _require_unfrozen(state: LabelState) -> None:
    for fork in state.memory.forks:
        raise ForkError(
            say(
                "this label signed two different {role} files of version {version}"
                " ({held} and {other}); nothing new is taken until you choose one",
                role=fork.role,
                version=fork.version,
                held=fork.held[:12],
                other=fork.other[:12],
            ),
            role=fork.role,
            version=fork.version,
            held=fork.held,
            other=fork.other,
            evidence=fork.evidence,
        )


def _require_checkpoint(trusted: Trusted, known: Checkpoint | None) -> None:
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


def _verdict(state: LabelState, trusted: Trusted) -> Verdict:
    timestamp, snapshot, targets = trusted.timestamp, trusted.snapshot, trusted.targets[Targets.type]
    if timestamp is None or snapshot is None:
        raise RuntimeError("the roles were not updated")
    files = {f"{root.version}.root.json": root.data for root in trusted.roots}
    files |= {TIMESTAMP_NAME: timestamp.data, f"{snapshot.version}.snapshot.json": snapshot.data}
    files[f"{targets.version}.targets.json"] = targets.data
    newest = Checkpoint(version=trusted.root.version, sha256=trusted.root.sha256)
    signed_on = timestamp.signed.unrecognized_fields.get(SIGNED_ON, "")
    freshness = Freshness(
        version=targets.version,
        signed_on=signed_on if isinstance(signed_on, str) and len(signed_on) <= 32 else "",
        expired=trusted.is_expired(),
    )
    return Verdict(
        state=msgspec.structs.replace(heard(state, newest), files=files),
        freshness=freshness,
        targets={path: _listed(path, target) for path, target in targets.signed.targets.items()},
        checkpoint=newest,
        changed=files != state.files,
    )


def _listed(path: str, target: TargetFile) -> Listed:
    try:
        return msgspec.convert({"path": path, "length": target.length, "sha256": target.hashes.get("sha256")}, Listed)
    except msgspec.ValidationError as exc:
        raise DamagedError(
            say("the label lists a document with an odd name or no SHA-256; ask for a fresh copy")
        ) from exc


def verify_document(listed: Listed, data: bytes) -> bytes:
    """`data`, if it is the listed document.

    Raises: NotVerifiedError.
    """
    if len(data) != listed.length or hashlib.sha256(data).hexdigest() != listed.sha256:
        raise NotVerifiedError(say("a document is not the one that its label signed; ask for a fresh copy"))
    return data
