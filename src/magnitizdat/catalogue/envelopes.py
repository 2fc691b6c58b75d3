"""DSSE envelopes (Dead Simple Signing Envelope 1.0): bytes in, and who of a label signed them. PURE.

The envelope and what is signed of it are `securesystemslib`'s; keys and thresholds count as in a label's metadata.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Annotated

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import Meta
from securesystemslib.dsse import Envelope
from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import Root, Targets

from magnitizdat.catalogue import metadata, strict_json
from magnitizdat.catalogue.following import require_root
from magnitizdat.catalogue.metadata import Statement, read_statement
from magnitizdat.catalogue.refresh import LabelState, imprint_of
from magnitizdat.catalogue.trust import Trusted
from magnitizdat.errors import DamagedError, SourceError
from magnitizdat.formats import budgets
from magnitizdat.model import DigestField, Imprint, Value
from magnitizdat.sentence import say

__all__ = ["Envelope", "Proof", "enveloped", "prove", "read_envelope", "still_speak"]

MAX_SIGNATURES = 8
_MALFORMED = say("the envelope of the letter is malformed; ask for the letter again")
_ANY_TIME = datetime.fromtimestamp(0, UTC)
"""Whether a root has expired does not matter here: it says who, not how fresh."""


class Proof(Value, frozen=True, kw_only=True):
    """A label signed: by `keys` (SHA-256 of each public key) of its root `signed`, when the newest known was `newest`.

    `signed` is the newest root that names enough of these keys.
    """

    imprint: Imprint
    keys: tuple[DigestField, ...]
    signed: int
    newest: int


class _Signature(msgspec.Struct, frozen=True):
    keyid: Annotated[str, Meta(max_length=128)]
    sig: Annotated[str, Meta(max_length=16 << 10)]


class _EnvelopeForm(msgspec.Struct, frozen=True):
    """What an envelope has to be before the library looks at it, which believes that each field is what it should."""

    payload: str
    payloadType: Annotated[str, Meta(max_length=256)]  # noqa: N815 -- its name in the specification
    signatures: Annotated[list[_Signature], Meta(max_length=MAX_SIGNATURES)]


def enveloped(payload: bytes, payload_type: str, *, seed: bytes | None = None) -> bytes:
    """The JSON of an envelope, signed by the Ed25519 key of that seed, or (None) by nobody."""
    envelope = Envelope(payload, payload_type, {})
    if seed is not None:
        envelope.sign(CryptoSigner(Ed25519PrivateKey.from_private_bytes(seed)))
    return msgspec.json.encode(envelope.to_dict(), order="sorted")


def read_envelope(data: bytes, payload_type: str) -> Envelope:
    """The envelope in these bytes; verifies no signature.

    Raises: DamagedError, also where it holds something of another type.
    """
    parsed = strict_json.parse(data, max_length=budgets.LETTER.most, what=say("the letter"))
    try:
        form = msgspec.to_builtins(msgspec.convert(parsed, _EnvelopeForm))
        envelope = Envelope.from_dict(form)
    except (msgspec.ValidationError, ValueError, KeyError) as exc:
        raise DamagedError(_MALFORMED) from exc
    if envelope.payload_type != payload_type:
        raise DamagedError(_MALFORMED)
    return envelope


def prove(envelope: Envelope, held: LabelState, brought: Mapping[int, bytes]) -> Proof | None:
    """That a label signed, by its roots as held and those that were brought along by version; None where that is open.

    Brought roots count as far as they follow on the held ones, and only where none is held from the first. A chain that
    misses a root which somebody told of proves nothing.
    """
    trusted = _chain(held, brought) if envelope.signatures else None
    if trusted is None:
        return None
    statement = _statement(envelope, trusted.root)
    for root in reversed(trusted.roots):
        if metadata.is_signed(root.signed, Targets.type, statement):
            keys = metadata.signers(root.signed, Targets.type, statement)
            return Proof(
                imprint=held.imprint,
                keys=tuple(sorted(map(_digest, keys))),
                signed=root.version,
                newest=trusted.root.version,
            )
    return None


def _statement(envelope: Envelope, root: Statement[Root]) -> Statement[Root]:
    """An envelope as metadata of a label are verified: these bytes, these signatures."""
    return root._replace(data=b"", canonical=envelope.pae(), signatures=envelope.signatures, verified={})


def _chain(held: LabelState, brought: Mapping[int, bytes]) -> Trusted | None:
    roots = held.roots()
    with suppress(SourceError):
        first = roots[0] if roots else brought.get(1, b"")
        if imprint_of(first) != held.imprint:
            return None
        trusted = Trusted(first, now=_ANY_TIME, expired_is_stale=True, refused=held.memory.refused)
        for root in roots[1:]:
            trusted.add_root(root)
        _follow(trusted, brought)
        for known in (held.memory.checkpoint, *held.memory.told):
            require_root(trusted, known)
        return trusted
    return None


def _follow(trusted: Trusted, brought: Mapping[int, bytes]) -> None:
    with suppress(SourceError):  # what does not follow was brought in vain
        while (data := brought.get(trusted.root.version + 1)) is not None:
            trusted.add_root(data)


def still_speak(proof: Proof, held: LabelState) -> bool:
    """Whether the keys that signed still sign for their label, by the newest root that is known."""
    roots = held.roots()
    if len(roots) <= proof.newest:
        return proof.signed == proof.newest
    newest = read_statement(Root, roots[-1], max_length=metadata.MAX_ROOT_LENGTH).signed
    named = set(map(_digest, metadata.key_identities(newest, Targets.type)))
    return len(named.intersection(proof.keys)) >= newest.roles[Targets.type].threshold


def _digest(public_key: bytes) -> str:
    return hashlib.sha256(public_key).hexdigest()
