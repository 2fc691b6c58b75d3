"""The TUF client workflow (specification 5.3 to 5.6) without I/O: bytes in, verdict out. PURE.

Order: roots, `hold` what was held, timestamp, snapshot, targets. Beyond the specification (DESIGN, laws 2 and 3):
expiry may be a mere verdict, thresholds count public keys, and a second validly signed statement of one role and
version is a fork. A version floor falls only where the root gave that role new keys (5.3.11), seen by the held file no
longer being signed by the keys of its role; new snapshot keys also free the versions that the held snapshot lists.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any, NoReturn

import msgspec
from tuf.api.metadata import MetaFile, Root, Snapshot, Targets, Timestamp

from magnitizdat.catalogue import metadata
from magnitizdat.catalogue.forms import MAX_VERSION
from magnitizdat.catalogue.metadata import S, Statement, is_signed, read_statement, require_bytes, require_signed
from magnitizdat.errors import DamagedError, ForkError, NotVerifiedError, RolledBackError
from magnitizdat.model import Checkpoint
from magnitizdat.sentence import say

PREVIOUS = "x-previous"
"""Field of a targets file: `{"version", "sha256"}` of the canonical `signed` of the one before."""


class Trusted:
    """What is verified of one repository. Each `add_*` either takes the bytes in or raises and changes nothing.

    `now` is aware UTC; `refused` are digests of statements that the person turned down after a fork.

    Raises: NotVerifiedError, DamagedError (from every method that is given bytes).
    """

    def __init__(
        self, first_root: bytes, *, now: datetime, expired_is_stale: bool = False, refused: Iterable[str] = ()
    ) -> None:
        if now.tzinfo is None:
            raise ValueError("now must be aware")
        root = read_statement(Root, first_root, max_length=metadata.MAX_ROOT_LENGTH)
        require_signed(root.signed, Root.type, root)
        self._now = now
        self._expired_is_stale = expired_is_stale
        self._refused = frozenset(refused)
        self._held: dict[str, bytes] = {}
        self.roots = [root]
        self.timestamp: Statement[Timestamp] | None = None
        self.snapshot: Statement[Snapshot] | None = None
        self.targets: dict[str, Statement[Targets]] = {}

    @property
    def root(self) -> Statement[Root]:
        """The newest root."""
        return self.roots[-1]

    def add_root(self, data: bytes) -> None:
        """The next root: exactly one version on, signed by the keys of the last and by its own (5.3.4, 5.3.5)."""
        root = read_statement(Root, data, max_length=metadata.MAX_ROOT_LENGTH)
        self._require_succession(self.root, root)
        self._refuse(root)
        self.roots.append(root)

    def require_branch(self, other: Statement[Root], known: Iterable[Checkpoint]) -> NoReturn:
        """Somebody else's root of a version that is held, where theirs leave ours: it is refused, or it is a fork.

        It is refused where one of `known` names our root of that version or a later one.

        Raises: NotVerifiedError; ForkError where nothing says which branch is right.
        """
        held, before = self.roots[other.version - 1], self.roots[other.version - 2]
        self._require_succession(before, other)
        self._refuse(other)
        if not self.is_told(other.version, known):
            _fork(held, other)
        if metadata.signers(before.signed, Root.type, other) <= metadata.key_identities(self.root.signed, Root.type):
            raise NotVerifiedError(
                say("this copy follows another branch of the label than the one that you know; ask for another copy")
            )
        raise NotVerifiedError(
            say(
                "root {version} of this copy was made with a key that was replaced;"
                " the one that you know is another: ask for another copy",
                version=other.version,
            )
        )

    def is_told(self, version: int, known: Iterable[Checkpoint]) -> bool:
        """Whether one of `known` names a root here of that version or a later one."""
        ours = {(root.version, root.sha256) for root in self.roots[version - 1 :]}
        return any((each.version, each.sha256) in ours for each in known)

    @staticmethod
    def _require_succession(before: Statement[Root], root: Statement[Root]) -> None:
        if root.version != before.version + 1:
            raise NotVerifiedError(say("the label's root chain has a gap; ask for a complete copy"))
        require_signed(before.signed, Root.type, root)
        require_signed(root.signed, Root.type, root)

    def hold(self, files: dict[str, bytes]) -> None:
        """What was trusted before, by role; call when the roots are complete. It counts where its keys still hold."""
        self._held = dict(files)

    def held_list(self) -> Statement[Targets] | None:
        """The list that was trusted before, whatever its keys are worth now."""
        return self._parsed(Targets, Targets.type)

    def _parsed(self, kind: type[S], role: str) -> Statement[S] | None:
        if role not in self._held:
            return None
        with suppress(DamagedError):
            return read_statement(kind, self._held[role], max_length=metadata.MAX_TARGETS_LENGTH)
        return None

    def _held_statement(self, kind: type[S], role: str, by: Root | Targets) -> tuple[Statement[S] | None, bool]:
        """(the held statement, or None; whether its keys were rotated since)."""
        held = self._parsed(kind, role)
        if held is None:
            return None, False
        signed = is_signed(by, role, held)
        return (held if signed else None), not signed

    def add_timestamp(self, data: bytes) -> bool:
        """The timestamp that a source offers; False if it states what is held (5.4)."""
        self.require_current(self.root, Root.type)
        new = read_statement(Timestamp, data, max_length=metadata.MAX_TIMESTAMP_LENGTH)
        require_signed(self.root.signed, Timestamp.type, new)
        self._refuse(new)
        held, _ = self._held_statement(Timestamp, Timestamp.type, self.root.signed)
        if held is not None:
            _require_not_older(held, new, Timestamp.type)
            if new.version == held.version:
                _require_same(held, new)
                new = held
            _, rotated = self._held_statement(Snapshot, Snapshot.type, self.root.signed)
            if new.signed.snapshot_meta.version < held.signed.snapshot_meta.version and not rotated:
                raise RolledBackError(say("this copy of the label goes back to an older list; ask for a newer copy"))
        self.require_current(new, Timestamp.type)
        self.timestamp = new
        return held is None or new.version != held.version

    def missing_snapshot(self) -> MetaFile | None:
        """What to fetch next, or None if the held snapshot is the one that the timestamp names."""
        meta = _loaded(self.timestamp).signed.snapshot_meta
        held, _ = self._held_statement(Snapshot, Snapshot.type, self.root.signed)
        if held is None or held.version != meta.version or not _fits(meta, held.data):
            return meta
        self.add_snapshot(held.data)
        return None

    def add_snapshot(self, data: bytes) -> None:
        """The snapshot that the timestamp names (5.5)."""
        meta = _loaded(self.timestamp).signed.snapshot_meta
        require_bytes(meta, data, say("the label's table of contents"))
        new = read_statement(Snapshot, data, max_length=metadata.MAX_SNAPSHOT_LENGTH)
        require_signed(self.root.signed, Snapshot.type, new)
        self._refuse(new)
        if new.version != meta.version:
            raise NotVerifiedError(say("the label's papers in this copy do not belong together; ask for a fresh copy"))
        held, _ = self._held_statement(Snapshot, Snapshot.type, self.root.signed)
        if held is not None:
            _require_not_older(held, new, Snapshot.type)
            if new.version == held.version:
                _require_same(held, new)
            self._require_floors(held.signed, new.signed)
        self.require_current(new, Snapshot.type)
        self.snapshot = new

    def _require_floors(self, held: Snapshot, new: Snapshot) -> None:
        _, rotated = self._held_statement(Targets, Targets.type, self.root.signed)
        for name, floor in held.meta.items():
            listed = new.meta.get(name)
            if listed is None:
                raise NotVerifiedError(say("this copy leaves out a list that the label had; ask for a fresh copy"))
            if listed.version < floor.version and not (rotated and name == "targets.json"):
                raise RolledBackError(say("this copy of the label goes back to an older list; ask for a newer copy"))

    def targets_meta(self, role: str) -> MetaFile:
        """What the snapshot says of a targets role."""
        meta = _loaded(self.snapshot).signed.meta.get(f"{role}.json")
        if meta is None:
            raise NotVerifiedError(say("this copy lacks a list of the label that is needed; ask for a fresh copy"))
        return meta

    def missing_targets(self, role: str = Targets.type, delegator: str = Root.type) -> MetaFile | None:
        """What to fetch next, or None if the held file of `role` is the one that the snapshot names."""
        meta = self.targets_meta(role)
        held, _ = self._held_statement(Targets, role, self._delegator(delegator))
        if held is None or held.version != meta.version or not _fits(meta, held.data):
            return meta
        self.add_targets(held.data, role, delegator)
        return None

    def add_targets(self, data: bytes, role: str = Targets.type, delegator: str = Root.type) -> None:
        """The targets file of `role`, as `delegator` (already added) delegates it (5.6)."""
        meta = self.targets_meta(role)
        require_bytes(meta, data, say("the label's list of documents"))
        new = read_statement(Targets, data, max_length=metadata.MAX_TARGETS_LENGTH)
        require_signed(self._delegator(delegator), role, new)
        self._refuse(new)
        if new.version != meta.version:
            raise NotVerifiedError(say("the label's papers in this copy do not belong together; ask for a fresh copy"))
        held, _ = self._held_statement(Targets, role, self._delegator(delegator))
        if held is not None:
            self._require_continued(held, new)
        self.require_current(new, role)
        self.targets[role] = new

    def _require_continued(self, held: Statement[Targets], new: Statement[Targets]) -> None:
        if new.version == held.version:
            _require_same(held, new)
        previous = previous_of(new)
        if previous is not None and previous[0] == held.version and previous[1] != held.sha256:
            _fork(held, None, other=previous[1])

    def _delegator(self, role: str) -> Root | Targets:
        return self.root.signed if role == Root.type else self.targets[role].signed

    def stand_by(self, digests: Iterable[str]) -> None:
        """Holders stand by these lists; that a person once turned one down for another of the old keys is over."""
        self._refused -= frozenset(digests)

    def _refuse(self, statement: Statement[Any]) -> None:
        """Turn down what the person turned down, and what names it as its predecessor."""
        previous = previous_of(statement)
        if statement.sha256 in self._refused or (previous is not None and previous[1] in self._refused):
            raise NotVerifiedError(
                say("this copy follows the branch of the label that you turned down; ask for the other")
            )

    def require_current(self, statement: Statement[Any], role: str) -> None:
        """Raises: NotVerifiedError if `statement` has expired and that is not a mere verdict here."""
        if not self._expired_is_stale and statement.signed.is_expired(self._now):
            raise NotVerifiedError(
                say("the label's {paper} is past its date; ask for a newer copy", paper=metadata.paper(role))
            )

    def is_expired(self) -> bool:
        """Whether any of the top-level files has expired."""
        found = [self.root, self.timestamp, self.snapshot, self.targets.get(Targets.type)]
        return any(statement.signed.is_expired(self._now) for statement in found if statement is not None)


def previous_of(statement: Statement[Any]) -> tuple[int, str] | None:
    """(version, digest) of the statement that this one says it follows."""
    return named_list(statement.signed.unrecognized_fields, PREVIOUS)


def named_list(fields: Mapping[str, Any], name: str) -> tuple[int, str] | None:
    """(version, digest) that a field of this `name` names, None where there is none or it is garbled."""
    try:
        named = msgspec.convert(fields.get(name), Checkpoint)
    except msgspec.ValidationError:
        return None
    return (named.version, named.sha256) if named.version < MAX_VERSION else None


def _loaded(statement: Statement[S] | None) -> Statement[S]:
    if statement is None:
        raise RuntimeError("roles are added in order: timestamp, snapshot, targets")
    return statement


def _fits(meta: MetaFile, data: bytes) -> bool:
    try:
        require_bytes(meta, data, "")
    except NotVerifiedError:
        return False
    return True


def _require_not_older(held: Statement[Any], new: Statement[Any], role: str) -> None:
    if new.version < held.version:
        raise RolledBackError(
            say(
                "the label's {role} is version {version} and version {held} is held;"
                " it was rolled back or the copy is old: ask for a newer one",
                role=metadata.paper(role),
                version=new.version,
                held=held.version,
            )
        )


def _require_same(held: Statement[Any], new: Statement[Any]) -> None:
    if held.sha256 != new.sha256:
        _fork(held, new)


def _fork(held: Statement[Any], other_statement: Statement[Any] | None, *, other: str = "") -> NoReturn:
    raise fork_error(
        held.signed.type,
        held.version,
        held.sha256,
        other_statement.sha256 if other_statement else other,
        evidence=other_statement.data if other_statement else b"",
    )


def fork_error(role: str, version: int, held: str, other: str, *, evidence: bytes) -> ForkError:
    """That a label signed two statements of one role and version."""
    return ForkError(
        say(
            "this label signed two different {type} files of version {version}"
            " ({sha256} and {other}); nothing new is taken until you choose one",
            type=role,
            version=version,
            sha256=held[:12],
            other=other[:12],
        ),
        role=role,
        version=version,
        held=held,
        other=other,
        evidence=evidence,
    )
