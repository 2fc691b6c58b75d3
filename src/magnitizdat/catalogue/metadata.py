"""One TUF metadata file: bytes in, a statement out, and who signed it. PURE.

The canonical bytes are those of the *received* `signed` part, not of python-tuf's reading of it, so nothing that it
drops can be left out of what is verified.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Generic, NamedTuple, TypeVar

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key
from securesystemslib.exceptions import FormatError, UnsupportedLibraryError, UnverifiedSignatureError
from securesystemslib.formats import encode_canonical
from securesystemslib.signer import Key, Signature, SSlibKey
from tuf.api.exceptions import LengthOrHashMismatchError
from tuf.api.metadata import Metadata, MetaFile, Root, Snapshot, TargetFile, Targets, Timestamp

from magnitizdat.catalogue import strict_json
from magnitizdat.catalogue.clubs import CLUB
from magnitizdat.catalogue.forms import pass_over_unknown_keys, require_form
from magnitizdat.errors import DamagedError, NotVerifiedError
from magnitizdat.formats import budgets
from magnitizdat.sentence import Sentence, say

MAX_ROOT_LENGTH = budgets.ROOT.most
"""Bytes of one root file."""
MAX_TIMESTAMP_LENGTH = budgets.TIMESTAMP.most
"""Bytes of a timestamp file."""
MAX_SNAPSHOT_LENGTH = budgets.SNAPSHOT.most
"""Bytes of a snapshot file."""
MAX_TARGETS_LENGTH = budgets.TARGETS.most
"""Bytes of a targets file: some 30 000 releases."""
_UNUSABLE = (ValueError, TypeError, KeyError, UnsupportedAlgorithm)
"""What becomes of a key that is not there, or that nobody can verify with."""

_PAPERS = {
    Root.type: say("set of keys"),
    Timestamp.type: say("date sheet"),
    Snapshot.type: say("table of contents"),
    Targets.type: say("list of albums"),
}

S = TypeVar("S", Root, Timestamp, Snapshot, Targets)


class Statement(NamedTuple, Generic[S]):
    """A parsed metadata file. `sha256` is that of `canonical`, the canonical form of what is signed.

    `verified`: by public key, scheme and signature, whether the one made the other, as far as anybody asked.
    """

    signed: S
    data: bytes
    canonical: bytes
    signatures: dict[str, Signature]
    verified: dict[tuple[bytes, str, str], bool]

    @property
    def sha256(self) -> str:
        """The statement's identity: equal for two files that differ in signatures or spacing alone."""
        return hashlib.sha256(self.canonical).hexdigest()

    @property
    def version(self) -> int:
        """The version that it states."""
        return int(self.signed.version)


def paper(role: str) -> Sentence:
    """What a role's file is for people: TUF's names are for programs."""
    return _PAPERS.get(role, _PAPERS[Targets.type])


def read_statement(kind: type[S], data: bytes, *, max_length: int) -> Statement[S]:
    """Parse one metadata file of at most `max_length` bytes; verifies no signature.

    Raises: DamagedError.
    """
    what = say("the label's {paper}", paper=paper(kind.type))
    raw = strict_json.parse(data, max_length=max_length, what=what)
    if isinstance(raw, dict) and isinstance(raw.get("signatures"), list):
        budgets.SIGNATURES.check(len(raw["signatures"]))
    try:
        require_form(raw)
        canonical = str(encode_canonical(raw["signed"])).encode("utf-8")
        pass_over_unknown_keys(raw["signed"])
        parsed: Metadata[S] = Metadata.from_dict(raw)
    except (ValueError, KeyError, TypeError, AttributeError, FormatError, RecursionError) as exc:
        raise DamagedError(say("{what} is damaged; ask for a fresh copy", what=what)) from exc
    if parsed.signed.type != kind.type:
        raise DamagedError(say("{what} is another paper than it should be; ask for a fresh copy", what=what))
    return Statement(parsed.signed, data, canonical, parsed.signatures, {})


def lasting_fields(signed: Root | Timestamp | Snapshot | Targets) -> dict[str, Any]:
    """Fields for what is signed next: those that a newer mag added, and what makes a label a club.

    All others that begin with `x-` speak of one version alone.
    """
    fields = signed.unrecognized_fields.items()
    return {name: value for name, value in fields if name == CLUB or not name.startswith("x-")}


def signers(delegator: Root | Targets, role: str, statement: Statement[Any]) -> set[bytes]:
    """The distinct *public keys* (not key ids) that `delegator` names for `role` and that signed `statement`."""
    return set(_signing(delegator, role, statement))


def _signing(delegator: Root | Targets, role: str, statement: Statement[Any]) -> Iterator[bytes]:
    """Public keys that signed, one by one, so that who needs no more of them looks at no more signatures."""
    for key_id in delegator.get_delegated_role(role).keyids:
        signature = statement.signatures.get(key_id)
        with suppress(*_UNUSABLE):
            if signature is not None and _is_by(key := delegator.get_key(key_id), signature, statement):
                yield public_identity(key)


def _is_by(key: Key, signature: Signature, statement: Statement[Any]) -> bool:
    """Whether a key made a signature; each is looked at once, though the root before names the same keys."""
    known = (public_identity(key), key.scheme, signature.signature)
    if known not in statement.verified:
        try:
            key.verify_signature(signature, statement.canonical)
        except (*_UNUSABLE, UnverifiedSignatureError, UnsupportedLibraryError):
            statement.verified[known] = False
        else:
            statement.verified[known] = True
    return statement.verified[known]


def key_identities(delegator: Root | Targets, role: str) -> set[bytes]:
    """The distinct public keys that `delegator` names for `role`, as far as they are there and can be verified with."""
    found = set()
    for key_id in delegator.get_delegated_role(role).keyids:
        with suppress(*_UNUSABLE):
            found.add(public_identity(delegator.get_key(key_id)))
    return found


def is_signed(delegator: Root | Targets, role: str, statement: Statement[Any]) -> bool:
    """Whether at least the threshold of distinct public keys signed."""
    try:
        threshold = delegator.get_delegated_role(role).threshold
    except ValueError:
        return False
    found = set[bytes]()
    for identity in _signing(delegator, role, statement):
        found.add(identity)
        if len(found) >= threshold:
            return True
    return False


def require_signed(delegator: Root | Targets, role: str, statement: Statement[Any]) -> None:
    """Raises: NotVerifiedError."""
    if not is_signed(delegator, role, statement):
        raise NotVerifiedError(
            say(
                "the label's {paper} is not signed by enough of its keys; ask for a copy from elsewhere",
                paper=paper(role),
            )
        )


def public_identity(key: Key) -> bytes:
    """The public key itself, whatever id or spelling it goes by.

    Raises: ValueError if it is not a key that we verify with.
    """
    if not isinstance(key, SSlibKey):
        raise ValueError("a key of a kind that is not verified here")  # noqa: TRY004 - bad input, not a programming error
    public = str(key.keyval["public"])
    if key.keytype == "ed25519":
        return bytes.fromhex(public)
    return load_pem_public_key(public.encode()).public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def require_bytes(meta: MetaFile | TargetFile, data: bytes, what: str) -> None:
    """Length and hashes as stated.

    Raises: NotVerifiedError.
    """
    try:
        meta.verify_length_and_hashes(data)
    except LengthOrHashMismatchError as exc:
        raise NotVerifiedError(
            say(
                "{what} is not the one that the label states; the copy is mixed or altered: ask for a fresh one",
                what=what,
            )
        ) from exc
