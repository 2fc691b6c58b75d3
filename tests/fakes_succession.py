"""A label with holders, for tests: in a folder, taken by a thief, handed over by those who hold its root keys."""

from __future__ import annotations

import copy
import hashlib
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import Metadata, MetaFile, Root, Snapshot, Targets, Timestamp

from magnitizdat.catalogue.publisher import LabelKeys, create_label, paper_seed
from magnitizdat.catalogue.refresh import LabelState, label_state, review
from magnitizdat.catalogue.succession import CONTINUES
from magnitizdat.catalogue.trust import PREVIOUS
from tests.fakes_library import NOW
from tests.fakes_spool import Liar
from tests.fakes_tuf import digest_of

NEED, HOLDERS = 3, 5


def newest_list(state: LabelState) -> dict[str, object]:
    """What `x-previous` and `x-continues` say of it."""
    data = state.role_files()["targets"]
    return {"version": Metadata[Targets].from_bytes(data).signed.version, "sha256": digest_of(data)}


class Held(Liar):
    """A label of which three of five holders can make a root; its keeper, or whoever took the key, signs lists."""

    def __init__(self, folder: Path, name: str = "Zoopark") -> None:
        self.folder, self.now = folder, NOW
        made = create_label(name, now=NOW, trustees=HOLDERS, threshold=NEED)
        self.imprint, self.keys, self.state = made.imprint, made.keys, made.state
        self.holders = [_signer(paper_seed(words)) for words in made.paper]
        self.write(made.files)
        self.write({f"metadata/{each}": body for each, body in self.state.files.items()})

    def thief(self, folder: Path) -> Held:
        """Whoever took the key that signs day by day, with another folder."""
        other = copy.copy(self)
        other.folder = folder
        other.write({f"metadata/{each}": body for each, body in self.state.files.items()})
        for path in (self.root / "targets").rglob("*.json"):
            other.write({path.relative_to(self.root).as_posix(): path.read_bytes()})
        return other

    def hand_over(self, named: object, *, signers: int = NEED, skip: int = 1000) -> None:
        """A root with another online key that names what its holders stand by, and the list that goes on."""
        root = Metadata[Root].from_bytes(self.state.roots()[-1])
        root.signed.version += 1
        root.signed.unrecognized_fields = {CONTINUES: named}
        online = _signer(seed := hashlib.sha256(b"online %d" % root.signed.version).digest())
        for role in ("timestamp", "snapshot", "targets"):
            root.signed.roles[role].keyids = []
            root.signed.add_key(online.public_key, role)
        root.signatures.clear()
        for holder in self.holders[:signers]:
            root.sign(holder, append=True)
        self.keys = LabelKeys(online_seed=seed, root_seed=None)
        files = self._lists(online, skip) | {f"{root.signed.version}.root.json": root.to_bytes()}
        roots = {name: body for name, body in self.state.files.items() if name.endswith(".root.json")}
        self.state = label_state(self.imprint, roots | files)
        if signers >= NEED:
            self.state = review(self.state, now=NOW).state
        self.write({f"metadata/{name}": body for name, body in self.state.files.items()})

    def _lists(self, online: CryptoSigner, skip: int) -> dict[str, bytes]:
        before = self.state.role_files()
        targets = Metadata[Targets].from_bytes(before["targets"]).signed
        targets.unrecognized_fields = {PREVIOUS: newest_list(self.state)}
        targets.version += 1 + skip
        snapshot = Metadata[Snapshot].from_bytes(before["snapshot"]).signed
        timestamp = Metadata[Timestamp].from_bytes(before["timestamp"]).signed
        snapshot.version = timestamp.version = targets.version
        listed = _signed(targets, online)
        snapshot.meta["targets.json"] = _meta(targets.version, listed)
        shot = _signed(snapshot, online)
        timestamp.snapshot_meta = _meta(snapshot.version, shot)
        return {
            f"{targets.version}.targets.json": listed,
            f"{targets.version}.snapshot.json": shot,
            "timestamp.json": _signed(timestamp, online),
        }


def _signer(seed: bytes) -> CryptoSigner:
    return CryptoSigner(Ed25519PrivateKey.from_private_bytes(seed))


def _signed(signed: Targets | Snapshot | Timestamp, signer: CryptoSigner) -> bytes:
    statement = Metadata(signed)
    statement.sign(signer)
    return statement.to_bytes()


def _meta(version: int, data: bytes) -> MetaFile:
    return MetaFile(version, len(data), {"sha256": hashlib.sha256(data).hexdigest()})
