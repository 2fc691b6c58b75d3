"""A whole TUF repository in memory, made with python-tuf's public API alone, honest or lying."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import (
    DelegatedRole,
    Delegations,
    Metadata,
    MetaFile,
    Root,
    Snapshot,
    TargetFile,
    Targets,
    Timestamp,
)

from magnitizdat.errors import NotFoundError

NOW = datetime(2030, 6, 1, 12, tzinfo=UTC)
YEAR = timedelta(days=365)


def ed25519() -> CryptoSigner:
    return CryptoSigner.generate_ed25519()


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


class Repository:
    """`files` is what is served: `metadata/…` and `targets/…`. Change the signed parts, then publish them or not."""

    def __init__(
        self,
        *,
        signer: Callable[[], CryptoSigner] = ed25519,
        consistent: bool = True,
        hashes: bool = True,
        now: datetime = NOW,
    ) -> None:
        self.new_signer = signer
        self.hashes = hashes
        self.files: dict[str, bytes] = {}
        self.asked: list[str] = []
        expires = now + YEAR
        self.root = Root(version=1, expires=expires, consistent_snapshot=consistent)
        self.timestamp = Timestamp(expires=expires)
        self.snapshot = Snapshot(expires=expires)
        self.roles: dict[str, Targets] = {"targets": Targets(expires=expires)}
        self.signers: dict[str, list[CryptoSigner]] = {}
        for role in ("root", "timestamp", "snapshot", "targets"):
            self.rotate(role)
        self.publish_root(bump=False)
        self.publish(bump=False)

    @property
    def targets(self) -> Targets:
        return self.roles["targets"]

    # -- keys ---------------------------------------------------------------------------------------------------------

    def rotate(self, role: str, *, count: int = 1, threshold: int = 1) -> None:
        """New keys for `role`; publish the root to say so."""
        self.signers[role] = [self.new_signer() for _ in range(count)]
        self.root.roles[role].keyids = []
        for signer in self.signers[role]:
            self.root.add_key(signer.public_key, role)
        self.root.roles[role].threshold = threshold
        named = {key_id for each in self.root.roles.values() for key_id in each.keyids}
        self.root.keys = {key_id: key for key_id, key in self.root.keys.items() if key_id in named}

    # -- publishing ---------------------------------------------------------------------------------------------------

    def sign(self, signed: Root | Timestamp | Snapshot | Targets, signers: Iterable[CryptoSigner]) -> bytes:
        statement = Metadata(signed)
        for signer in signers:
            statement.sign(signer, append=True)
        return statement.to_bytes()

    def publish_root(self, *, bump: bool = True, also: Iterable[CryptoSigner] = ()) -> bytes:
        """`also`: signers of the root before, where its keys change."""
        self.root.version += bump
        data = self.sign(self.root, [*self.signers["root"], *also])
        self.files[f"metadata/{self.root.version}.root.json"] = data
        return data

    def rotate_and_publish(self, *roles: str) -> None:
        """New keys for `roles`, a new root that says so, and everything signed anew."""
        before = self.signers["root"]
        for role in roles:
            self.rotate(role)
        self.publish_root(also=before if "root" in roles else ())

    def publish(self, *, bump: bool = True, roles: Iterable[str] | None = None) -> None:
        """All targets roles (or `roles`), the snapshot and the timestamp."""
        for role in self.roles if roles is None else roles:
            self.roles[role].version += bump
            self.write_targets(role)
        self.publish_snapshot(bump=bump)

    def write_targets(self, role: str) -> bytes:
        data = self.sign(self.roles[role], self.signers[role])
        self.snapshot.meta[f"{role}.json"] = self._meta(self.roles[role].version, data)
        self._store(role, self.roles[role].version, data)
        return data

    def publish_snapshot(self, *, bump: bool = True) -> None:
        self.snapshot.version += bump
        data = self.sign(self.snapshot, self.signers["snapshot"])
        self._store("snapshot", self.snapshot.version, data)
        self.timestamp.snapshot_meta = self._meta(self.snapshot.version, data)
        self.publish_timestamp(bump=bump)

    def publish_timestamp(self, *, bump: bool = True) -> None:
        self.timestamp.version += bump
        self.files["metadata/timestamp.json"] = self.sign(self.timestamp, self.signers["timestamp"])

    def _meta(self, version: int, data: bytes) -> MetaFile:
        return MetaFile(version, len(data), {"sha256": sha256(data)}) if self.hashes else MetaFile(version)

    def _store(self, role: str, version: int, data: bytes) -> None:
        prefix = f"{version}." if self.root.consistent_snapshot else ""
        self.files[f"metadata/{prefix}{quote(role, safe='')}.json"] = data

    # -- content ------------------------------------------------------------------------------------------------------

    def add_target(self, path: str, data: bytes, *, role: str = "targets") -> None:
        target = TargetFile.from_data(path, data, ["sha256"])
        self.roles[role].targets[path] = target
        stored = target.get_prefixed_paths()[0] if self.root.consistent_snapshot else path
        self.files[f"targets/{stored}"] = data

    def delegate(
        self,
        delegator: str,
        role: str,
        *,
        paths: list[str] | None = None,
        prefixes: list[str] | None = None,
        terminating: bool = False,
    ) -> None:
        """`role` gets one key (the one it has, if it exists already)."""
        if paths is None and prefixes is None:
            paths = ["*"]
        self.signers.setdefault(role, [self.new_signer()])
        self.roles.setdefault(role, Targets(expires=self.targets.expires))
        parent = self.roles[delegator]
        if parent.delegations is None:
            parent.delegations = Delegations({}, roles={})
        assert parent.delegations.roles is not None
        key = self.signers[role][0].public_key
        parent.delegations.keys[key.keyid] = key
        parent.delegations.roles[role] = DelegatedRole(role, [key.keyid], 1, terminating, paths, prefixes)

    # -- serving ------------------------------------------------------------------------------------------------------

    def fetch(self, name: str, max_length: int) -> bytes:
        """`following.Fetch`; cuts off like a transport that keeps its word would, one byte after."""
        return self.serve(f"metadata/{name}")[: max_length + 1]

    def serve(self, path: str) -> bytes:
        self.asked.append(path)
        if path not in self.files:
            raise NotFoundError(f"no {path}")
        return self.files[path]


def digest_of(data: bytes) -> str:
    """What a metadata file is known by: the SHA-256 of the canonical form of what is signed."""
    from securesystemslib.formats import encode_canonical

    return sha256(str(encode_canonical(json.loads(data)["signed"])).encode())


def edit(data: bytes, change: Callable[[dict], None]) -> bytes:
    """A metadata file with its JSON changed and its signatures left as they were."""
    value = json.loads(data)
    change(value)
    return json.dumps(value).encode()


def resign(data: bytes, signer: CryptoSigner, change: Callable[[dict], None]) -> bytes:
    """A metadata file whose signed part was changed as raw JSON and signed again, past what python-tuf would write."""
    from securesystemslib.formats import encode_canonical

    value = json.loads(data)
    change(value["signed"])
    canonical = str(encode_canonical(value["signed"])).encode()
    value["signatures"] = [signer.sign(canonical).to_dict()]
    return json.dumps(value).encode()
