"""Author a label: birth, publishing, taking it back with the paper words. Draws seeds; otherwise bytes in, bytes out.

Written: Ed25519, consistent snapshots, one version number for timestamp, snapshot and targets. The online key signs
these three; root keys sign roots alone. Everything that is made is verified by the reader in `refresh` before it is
returned.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import Metadata, MetaFile, Root, Snapshot, TargetFile, Targets, Timestamp

from magnitizdat.catalogue import documents, metadata
from magnitizdat.catalogue.documents import LABEL_PATH, LabelDocument
from magnitizdat.catalogue.following import TIMESTAMP_NAME
from magnitizdat.catalogue.metadata import S, Statement, read_statement
from magnitizdat.catalogue.refresh import (
    SIGNED_ON,
    LabelState,
    imprint_of,
    label_state,
    review,
    stored_path,
)
from magnitizdat.catalogue.trust import PREVIOUS
from magnitizdat.errors import NotVerifiedError, UsageError, WrongPassphraseError
from magnitizdat.formats.names import secret_words, words_secret
from magnitizdat.formats.typed_words import look_again, normal_words
from magnitizdat.sentence import Sentence, say

EXPIRES_DAYS = 3650
"""Days until what is signed counts as stale: music travels slowly, and expiry never stops it."""
RESTORED_SKIP = 1000
"""Versions that a restored or cloned library skips (DESIGN, law 3)."""
SEED_LENGTH = 32
ONLINE_ROLES = (Timestamp.type, Snapshot.type, Targets.type)

Listing = TargetFile
"""What a label's list says of a document."""


class LabelKeys:
    """The seeds (32 bytes each) that a library keeps for a label; no `root_seed` where trustees hold all root keys."""

    __slots__ = ("online_seed", "root_seed")

    def __init__(self, *, online_seed: bytes, root_seed: bytes | None) -> None:
        if len(online_seed) != SEED_LENGTH or (root_seed is not None and len(root_seed) != SEED_LENGTH):
            raise ValueError("a seed is 32 bytes")
        self.online_seed = online_seed
        self.root_seed = root_seed

    def to_bytes(self) -> bytes:
        """For the library to seal: the online seed, then the root seed if there is one."""
        return self.online_seed + (self.root_seed or b"")

    @classmethod
    def from_bytes(cls, data: bytes) -> LabelKeys:
        """Raises: ValueError if `data` is not 32 or 64 bytes."""
        return cls(online_seed=data[:SEED_LENGTH], root_seed=data[SEED_LENGTH:] or None)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LabelKeys) and secrets.compare_digest(self.to_bytes(), other.to_bytes())

    def __hash__(self) -> int:
        return hash(self.to_bytes())

    def __repr__(self) -> str:
        return "LabelKeys(…)"


class Publication(NamedTuple):
    """What publishing made. `files`: path within the label (`metadata/…`, `targets/…`) to bytes, only what is new."""

    state: LabelState
    files: dict[str, bytes]


class NewLabel:
    """A label that was born or taken back. `paper` (24 words a root key) is shown once and kept nowhere."""

    __slots__ = ("files", "keys", "paper", "state")

    def __init__(self, publication: Publication, keys: LabelKeys, paper: tuple[str, ...]) -> None:
        self.state = publication.state
        self.files = publication.files
        self.keys = keys
        self.paper = paper

    @property
    def imprint(self) -> str:
        """`mag1…`."""
        return self.state.imprint

    @property
    def paper_words(self) -> str:
        """The 24 words of the first paper key."""
        return self.paper[0]

    def __repr__(self) -> str:
        return f"NewLabel({self.imprint}, …)"


def create_label(
    name: str,
    *,
    now: datetime,
    expires_days: int = EXPIRES_DAYS,
    language: str = "und",
    aliases: Sequence[str] = (),
    trustees: int = 0,
    threshold: int = 1,
    letters: str = "",
    fields: Mapping[str, Any] | None = None,
) -> NewLabel:
    """A label of version 1 that lists only its own document. `fields` stand in its root; it takes `letters` there.

    Without `trustees` it is born 1-of-2: one root key in the library, one on paper. With them, `threshold` of that many
    paper keys are needed for each later root, and the library keeps none.

    Raises: UsageError if all trustees would be needed, or the name does not fit a label document.
    """
    document = documents.encode(LabelDocument(name=name, language=language, aliases=tuple(aliases), letters=letters))
    keys, paper_seeds = _draw(trustees, threshold)
    root = _root(1, keys, paper_seeds, threshold=threshold, expires=expiry(now, expires_days))
    root.unrecognized_fields = dict(fields or {})
    signers = _root_signers(keys, paper_seeds)[:threshold]
    first = _signed(root, signers)
    state = label_state(imprint_of(first), {"1.root.json": first})
    publication = _publish(state, {}, {LABEL_PATH: document}, keys, now=now, expires_days=expires_days, skip_versions=0)
    publication.files["metadata/1.root.json"] = first
    return NewLabel(publication, keys, tuple(paper_words(seed) for seed in paper_seeds))


def publish(
    state: LabelState,
    keys: LabelKeys,
    changes: Mapping[str, bytes | TargetFile | None],
    *,
    now: datetime,
    skip_versions: int = 0,
    expires_days: int = EXPIRES_DAYS,
) -> Publication:
    """The next version: target path to new document, or None to list it no more. No changes sign the same list anew.

    Of a document that the caller stores itself `listing` is enough: a label has more of them than memory should hold.
    `skip_versions` is RESTORED_SKIP after a library was restored or cloned. The caller stores `files`, then `state`.

    Raises: ForkError while the label is frozen, NotVerifiedError if `keys` do not speak for the label (any more).
    """
    if state.is_frozen:
        raise UsageError(say("this label is frozen by a fork; choose a branch before you publish to it"))
    _require_online(state, keys)
    held = review(state, now=now)
    return _publish(
        held.state,
        _target_files(held.state),
        changes,
        keys,
        now=now,
        expires_days=expires_days,
        skip_versions=skip_versions,
    )


def speaks_for(state: LabelState, keys: LabelKeys) -> bool:
    """Whether these keys sign for the label as its newest root has it."""
    try:
        _require_online(state, keys)
    except NotVerifiedError:
        return False
    return True


def listing(path: str, document: bytes) -> Listing:
    """What a label's list says of a document."""
    return TargetFile.from_data(path, document, ["sha256"])


def restore(
    state: LabelState,
    words: Sequence[str],
    *,
    now: datetime,
    expires_days: int = EXPIRES_DAYS,
    trustees: int = 0,
    threshold: int = 1,
    skip_versions: int = RESTORED_SKIP,
) -> NewLabel:
    """Take a label back with the words of as many paper keys as its root needs: a new root, and every key is new.

    What is listed stays listed. Versions go on (with a gap), though the new keys would let readers accept any.

    Raises: WrongPassphraseError if words are not words, NotVerifiedError if they are not this label's.
    """
    held = review(state, now=now)
    old_root = read_statement(Root, state.roots()[-1], max_length=metadata.MAX_ROOT_LENGTH)
    keys, paper_seeds = _draw(trustees, threshold)
    root = _root(old_root.version + 1, keys, paper_seeds, threshold=threshold, expires=expiry(now, expires_days))
    root.unrecognized_fields = metadata.lasting_fields(old_root.signed)
    old_signers = [_signer(paper_seed(text)) for text in words]
    signed = _signed(root, [*old_signers, *_root_signers(keys, paper_seeds)[:threshold]])
    if not metadata.is_signed(old_root.signed, Root.type, read_statement(Root, signed, max_length=len(signed))):
        raise NotVerifiedError(say("these words do not belong to this label; look for the right paper"))
    publication = carry_on(held.state, signed, keys, now=now, expires_days=expires_days, skip_versions=skip_versions)
    return NewLabel(publication, keys, tuple(paper_words(seed) for seed in paper_seeds))


def carry_on(
    state: LabelState,
    next_root: bytes,
    keys: LabelKeys,
    *,
    now: datetime,
    skip_versions: int = 0,
    expires_days: int = EXPIRES_DAYS,
) -> Publication:
    """The label under its next root: what the newest list in `state` lists stays listed, signed anew with `keys`.

    Raises: NotVerifiedError where that root does not follow, or names another key than this.
    """
    root = read_statement(Root, next_root, max_length=metadata.MAX_ROOT_LENGTH)
    name = f"{root.version}.root.json"
    rooted = msgspec.structs.replace(state, files={**state.files, name: next_root})
    _require_online(rooted, keys)
    publication = _publish(
        rooted, _target_files(state), {}, keys, now=now, expires_days=expires_days, skip_versions=skip_versions
    )
    publication.files[f"metadata/{name}"] = next_root
    return publication


def paper_words(seed: bytes) -> str:
    """24 BIP-39 words (English) of a 32-byte seed."""
    return secret_words(seed)


def paper_seed(words: str) -> bytes:
    """The seed of 24 words; case and spacing do not matter.

    Raises: WrongPassphraseError if a word is unknown or the checksum is wrong.
    """
    try:
        seed = words_secret(normal_words(words))
    except ValueError as exc:
        raise WrongPassphraseError(
            look_again(words) or say("these are not 24 words of a paper key; check the spelling and the order")
        ) from exc
    if len(seed) != SEED_LENGTH:
        raise WrongPassphraseError(say("a paper key has 24 words; check that none is missing"))
    return seed


def _draw(trustees: int, threshold: int) -> tuple[LabelKeys, list[bytes]]:
    """(what the library keeps, the paper keys)."""
    if trustees and not 1 <= threshold < trustees:
        raise UsageError(say("fewer than all trustees must be able to carry a label on; choose a lower threshold"))
    if not trustees and threshold != 1:
        raise UsageError(say("a threshold needs trustees; name how many there are"))
    paper = [secrets.token_bytes(SEED_LENGTH) for _ in range(trustees or 1)]
    root_seed = None if trustees else secrets.token_bytes(SEED_LENGTH)
    return LabelKeys(online_seed=secrets.token_bytes(SEED_LENGTH), root_seed=root_seed), paper


def _signer(seed: bytes) -> CryptoSigner:
    return CryptoSigner(Ed25519PrivateKey.from_private_bytes(seed))


def _root_signers(keys: LabelKeys, paper_seeds: list[bytes]) -> list[CryptoSigner]:
    seeds = [keys.root_seed, *paper_seeds] if keys.root_seed is not None else paper_seeds
    return [_signer(seed) for seed in seeds if seed is not None]


def expiry(now: datetime, days: int) -> datetime:
    """Midnight of a day: the second at which somebody signed would tie what two of their labels signed together."""
    try:
        return now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=days)
    except OverflowError:  # a clock near the end of the calendar
        return datetime.max.replace(tzinfo=UTC)


def _root(version: int, keys: LabelKeys, paper_seeds: list[bytes], *, threshold: int, expires: datetime) -> Root:
    root = Root(version=version, expires=expires, consistent_snapshot=True)
    for signer in _root_signers(keys, paper_seeds):
        root.add_key(signer.public_key, Root.type)
    root.roles[Root.type].threshold = threshold
    for role in ONLINE_ROLES:
        root.add_key(_signer(keys.online_seed).public_key, role)
    return root


def _signed(signed: Root | Timestamp | Snapshot | Targets, signers: Sequence[CryptoSigner]) -> bytes:
    statement: Metadata[Root | Timestamp | Snapshot | Targets] = Metadata(signed)  # type: ignore[type-var]
    for signer in signers:
        statement.sign(signer, append=True)
    return statement.to_bytes()


def _require_online(state: LabelState, keys: LabelKeys) -> None:
    root = read_statement(Root, state.roots()[-1], max_length=metadata.MAX_ROOT_LENGTH).signed
    ours = metadata.public_identity(_signer(keys.online_seed).public_key)
    for role in ONLINE_ROLES:
        named = {
            metadata.public_identity(root.keys[key_id]) for key_id in root.roles[role].keyids if key_id in root.keys
        }
        if ours not in named:
            raise NotVerifiedError(_silenced(root))


def _silenced(root: Root) -> Sentence:
    if root.roles[Root.type].threshold > 1:
        return say(
            "this label was handed over, and this library's key no longer speaks for it;"
            " give its keeper what you would sign, or ask its holders"
        )
    return say("this library's key no longer speaks for the label; take it back with the paper words")


def _target_files(state: LabelState) -> dict[str, TargetFile]:
    """What is listed, with whatever a newer mag says of each."""
    targets = _held(state, Targets, Targets.type)
    return dict(targets.signed.targets) if targets is not None else {}


def _held(state: LabelState, kind: type[S], role: str) -> Statement[S] | None:
    data = state.role_files().get(role)
    return None if data is None else read_statement(kind, data, max_length=metadata.MAX_TARGETS_LENGTH)


def _publish(
    state: LabelState,
    listed: dict[str, TargetFile],
    changes: Mapping[str, bytes | TargetFile | None],
    keys: LabelKeys,
    *,
    now: datetime,
    expires_days: int,
    skip_versions: int,
) -> Publication:
    files: dict[str, bytes] = {}
    for path, document in changes.items():
        if document is None:
            listed.pop(path, None)
        elif isinstance(document, TargetFile):
            listed[path] = document
        else:
            listed[path] = listing(path, document)
            files[stored_path(path, listed[path].hashes["sha256"])] = document
    metadata_files = _online_files(state, listed, keys, now=now, expires=expiry(now, expires_days), skip=skip_versions)
    roots = {name: body for name, body in state.files.items() if name.endswith(".root.json")}
    made = review(msgspec.structs.replace(state, files=roots | metadata_files), now=now)
    return Publication(made.state, files | {f"metadata/{name}": body for name, body in metadata_files.items()})


def _online_files(
    state: LabelState,
    listed: dict[str, TargetFile],
    keys: LabelKeys,
    *,
    now: datetime,
    expires: datetime,
    skip: int,
) -> dict[str, bytes]:
    before = _held(state, Targets, Targets.type)
    snapshot_before = _held(state, Snapshot, Snapshot.type)
    timestamp_before = _held(state, Timestamp, Timestamp.type)
    held = [each.version for each in (before, snapshot_before, timestamp_before) if each is not None]
    version = max(held, default=0) + 1 + skip
    signer = [_signer(keys.online_seed)]
    targets = _signed(
        Targets(
            version=version,
            expires=expires,
            targets=listed,
            delegations=before.signed.delegations if before else None,
            unrecognized_fields=_lasting(before) | _follows(before),
        ),
        signer,
    )
    others = snapshot_before.signed.meta if snapshot_before else {}
    meta = {**others, "targets.json": _meta(version, targets)}
    snapshot = _signed(
        Snapshot(version=version, expires=expires, meta=meta, unrecognized_fields=_lasting(snapshot_before)), signer
    )
    signed_on = {SIGNED_ON: now.astimezone(UTC).date().isoformat()}
    timestamp = Timestamp(
        version=version,
        expires=expires,
        snapshot_meta=_meta(version, snapshot),
        unrecognized_fields=_lasting(timestamp_before) | signed_on,
    )
    return {
        f"{version}.targets.json": targets,
        f"{version}.snapshot.json": snapshot,
        TIMESTAMP_NAME: _signed(timestamp, signer),
    }


def _lasting(before: Statement[Any] | None) -> dict[str, Any]:
    return metadata.lasting_fields(before.signed) if before is not None else {}


def _follows(before: Statement[Targets] | None) -> dict[str, Any]:
    return {PREVIOUS: {"version": before.version, "sha256": before.sha256}} if before is not None else {}


def _meta(version: int, data: bytes) -> MetaFile:
    return MetaFile(version, len(data), {"sha256": hashlib.sha256(data).hexdigest()})
