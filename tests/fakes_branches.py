"""Branches of one label for tests: what its keeper, its holders and thieves of its keys sign, each a set of files."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import Metadata, MetaFile, Root, Snapshot, TargetFile, Targets, Timestamp

from magnitizdat.catalogue.kinds import RELEASE, target_path
from magnitizdat.catalogue.succession import CONTINUES
from magnitizdat.catalogue.trust import PREVIOUS
from magnitizdat.errors import NotFoundError
from magnitizdat.model import Checkpoint
from tests.fakes_tuf import NOW, YEAR, digest_of

ONLINE = ("timestamp", "snapshot", "targets")
Named = tuple[int, str]


digest = cache(digest_of)
"""Of a file that is asked for again and again."""


@cache
def key(name: str) -> CryptoSigner:
    """The key of somebody, the same for the same name."""
    return CryptoSigner(Ed25519PrivateKey.from_private_bytes(hashlib.sha256(name.encode()).digest()))


def keys(names: Sequence[str]) -> list[CryptoSigner]:
    return [key(name) for name in names]


Form = tuple[str, str]
"""An album as a list names it: path, and digest of its document."""


def album_path(album: str) -> str:
    """The same for each form of an album: `name` is the first, `name#2` another."""
    return target_path(RELEASE, hashlib.sha256(album.partition("#")[0].encode()).hexdigest()[:32])


def form(album: str) -> Form:
    return album_path(album), hashlib.sha256(album.encode()).hexdigest()


@dataclass(frozen=True)
class Branch:
    """One copy of a label, as a stick has it. `holders` can make its next root, `online` its next list."""

    holders: tuple[str, ...]
    need: int
    online: str
    roots: tuple[bytes, ...] = ()
    files: dict[str, bytes] = field(default_factory=dict)
    albums: tuple[str, ...] = ()
    list: Named = (0, "")
    past: tuple[str, ...] = ()
    """Digests of the lists that this one goes on from, and of itself."""
    signed: frozenset[Form] = frozenset()
    """All that these lists named."""

    @property
    def checkpoint(self) -> Checkpoint:
        return Checkpoint(version=len(self.roots), sha256=digest(self.roots[-1]))

    def fetch(self, name: str, _most: int) -> bytes:
        version, _, rest = name.partition(".")
        if rest == "root.json":
            if int(version) > len(self.roots):
                raise NotFoundError("no such root")
            return self.roots[int(version) - 1]
        if name not in self.files:
            raise NotFoundError(f"no {name}")
        return self.files[name]

    def with_list(self, *albums: str, version: int = 0) -> Branch:
        """The next list, which names these albums too, each in place of other forms of it."""
        number = max(version, self.list[0] + 1)
        targets = Targets(version=number, expires=NOW + YEAR)
        if self.list[0]:
            targets.unrecognized_fields[PREVIOUS] = named(self.list)
        listed = tuple({album_path(album): album for album in (*self.albums, *albums)}.values())
        forms = [form(album) for album in listed]
        targets.targets = {path: TargetFile(1, {"sha256": sha256}, path) for path, sha256 in forms}
        files = {f"{number}.targets.json": _signed(targets, [key(self.online)])}
        snapshot = Snapshot(number, expires=NOW + YEAR, meta={"targets.json": _meta(number, *files.values())})
        files[f"{number}.snapshot.json"] = shot = _signed(snapshot, [key(self.online)])
        timestamp = Timestamp(number, expires=NOW + YEAR, snapshot_meta=_meta(number, shot))
        files["timestamp.json"] = _signed(timestamp, [key(self.online)])
        newest = (number, digest_of(files[f"{number}.targets.json"]))
        past, signed = (*self.past, newest[1]), self.signed.union(forms)
        return replace(self, files=files, albums=listed, list=newest, past=past, signed=signed)

    def with_root(
        self,
        by: Sequence[str],
        *,
        holders: Sequence[str] = (),
        need: int = 0,
        online: str = "",
        continues: object = None,
        mark: object = None,
    ) -> Branch:
        """The next root, signed by these; whoever is new in it signs too. Lists stay as they are."""
        following = replace(
            self,
            holders=tuple(holders) or self.holders,
            need=need or self.need,
            online=online or self.online,
        )
        root = Root(version=len(self.roots) + 1, expires=NOW + YEAR, consistent_snapshot=True)
        for holder in following.holders:
            root.add_key(key(holder).public_key, Root.type)
        root.roles[Root.type].threshold = following.need
        for role in ONLINE:
            root.add_key(key(following.online).public_key, role)
        if continues is not None:
            root.unrecognized_fields[CONTINUES] = continues
        if mark is not None:
            root.unrecognized_fields["x-mark"] = mark
        return replace(following, roots=(*self.roots, _signed(root, keys(by))))


def born(author: Sequence[str], *, online: str = "online", need: int = 1) -> Branch:
    """A label with its first root and an empty list."""
    return Branch(tuple(author), need, online).with_root(author[:need]).with_list()


def named(what: Named) -> dict[str, Any]:
    return {"version": what[0], "sha256": what[1]}


def _signed(signed: Root | Targets | Snapshot | Timestamp, signers: Sequence[CryptoSigner]) -> bytes:
    statement = Metadata(signed)
    for signer in signers:
        statement.sign(signer, append=True)
    return statement.to_bytes()


def _meta(version: int, data: bytes) -> MetaFile:
    return MetaFile(version, len(data), {"sha256": hashlib.sha256(data).hexdigest()})
