"""Keys that a root names, by their public half, and which of them gave a signature. PURE."""

from __future__ import annotations

from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from securesystemslib.signer import SSlibKey
from tuf.api.metadata import Root

from magnitizdat.catalogue import metadata
from magnitizdat.catalogue.publisher import ONLINE_ROLES


def has_one_keeper(root: Root) -> bool:
    """Whether one key alone signs day by day, and can: what a hand-over says of a keeper would be untrue of two."""
    named = [root.roles[role].keyids for role in ONLINE_ROLES]
    able = all(root.roles[role].threshold == 1 for role in ONLINE_ROLES)
    return able and all(len(keys) == 1 for keys in named) and len(online_keys(root)) == 1


def key_of(public: str) -> SSlibKey:
    """An Ed25519 key by its public half in hex."""
    return SSlibKey.from_crypto(Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)))


def named_keys(root: Root, role: str) -> list[tuple[str, str]]:
    """(name of a key, the key itself in hex) of those that a role names and that are there."""
    found = []
    for name in root.roles[role].keyids:
        try:
            found.append((name, metadata.public_identity(root.get_key(name)).hex()))
        except ValueError:
            continue  # not there, or of a kind that nobody verifies
    return found


def distinct_keys(root: Root, role: str) -> dict[str, SSlibKey]:
    """Those of a role by their public half in hex, whatever names they go by."""
    return {public: root.keys[name] for name, public in named_keys(root, role)}  # type: ignore[misc]


def online_keys(root: Root) -> set[str]:
    """Public halves of those that sign day by day."""
    return {public for role in ONLINE_ROLES for _, public in named_keys(root, role)}


@lru_cache(maxsize=4096)
def owner(keys: tuple[str, ...], sig: str, canonical: bytes) -> str:
    """Which of these keys gave a signature; empty where none did."""
    return next((key for key in keys if _is_of(key, sig, canonical)), "")


def _is_of(key: str, sig: str, canonical: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(bytes.fromhex(sig), canonical)
    except (InvalidSignature, ValueError):  # ValueError: a key of another kind
        return False
    return True
