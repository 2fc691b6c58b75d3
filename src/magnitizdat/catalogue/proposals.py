"""A proposal: the next root of a label on its way, with the signatures that it has so far. PURE.

TUF takes a root that enough keys of the one before *and* enough of its own signed. These are in several hands, so what
is to be signed travels: as one JSON file, deflated as the text of one QR, and a signature alone as that of a small one.
Copies are merged in any order. What a signature counts for is found by trying the keys of both roots: it bears no name.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Annotated, Any, Final, Literal, NamedTuple

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import Meta
from securesystemslib.signer import SSlibKey
from tuf.api.metadata import Root

from magnitizdat.catalogue import metadata
from magnitizdat.catalogue.club_roots import club_fields, club_of
from magnitizdat.catalogue.clubs import ClubRoot
from magnitizdat.catalogue.documents import decode, encode
from magnitizdat.catalogue.holder_cards import SignatureField, no_card
from magnitizdat.catalogue.key_owners import distinct_keys, has_one_keeper, key_of, named_keys, online_keys, owner
from magnitizdat.catalogue.metadata import Statement, read_statement
from magnitizdat.catalogue.publisher import EXPIRES_DAYS, ONLINE_ROLES, expiry
from magnitizdat.catalogue.succession import CONTINUES, continues_of
from magnitizdat.catalogue.voices import HeardList
from magnitizdat.errors import DamagedError, NotVerifiedError, UsageError
from magnitizdat.formats import base45, budgets
from magnitizdat.model import Checkpoint, Document, Imprint
from magnitizdat.sentence import say

PROPOSAL_SCHEMA: Final = "magnitizdat/proposal/1"
PROPOSAL_TEXT = "MAGROOT:"
"""How the text of a QR begins that is a proposal: its JSON deflated (zlib), in Base45."""
SIGNATURE_TEXT = "MAGSIGN:"
"""How one begins that is signatures alone: the SHA-256 of the root and 64 bytes for each, in Base45."""
MAX_HOLDERS = 16
MAX_ROOTS = 64
ROOTS_LENGTH = 40 << 10
"""Bytes of roots that go along: those of some ten holders' rounds."""
_DIGEST_LENGTH, _SIGNATURE_LENGTH = 32, 64
_MALFORMED = say("the proposal is cut off or altered; ask whoever gave it for another copy")


class Proposal(Document, frozen=True, kw_only=True):
    """The next root of a label. `before` names the one that it follows, `lists` the newest list of who made it.

    `signatures` are Ed25519, over the canonical form of `root`, by keys of either root. `roots` are files of the label,
    the last ones up to the one before: for a holder who has not heard of them. A QR leaves them out.
    """

    schema: Literal["magnitizdat/proposal/1"] = PROPOSAL_SCHEMA
    imprint: Imprint
    root: dict[str, Any]
    before: Checkpoint
    lists: HeardList | None = None
    roots: Annotated[tuple[dict[str, Any], ...], Meta(max_length=MAX_ROOTS)] = ()
    signatures: Annotated[tuple[SignatureField, ...], Meta(max_length=budgets.SIGNATURES.most)] = ()


class NextRoot(NamedTuple):
    """A proposal that was read, and the root in it."""

    proposal: Proposal
    statement: Statement[Root]

    @property
    def sha256(self) -> str:
        """Names it: the SHA-256 of the canonical form of what is signed."""
        return self.statement.sha256

    @property
    def version(self) -> int:
        """Of the root."""
        return self.statement.version


class LoneSignatures(NamedTuple):
    """Signatures that came without what they sign; `root` is its SHA-256."""

    root: str
    signatures: tuple[str, ...]


class Counted(NamedTuple):
    """How many distinct keys of the root before, and of its own, signed; and how many of each must."""

    old: int
    need_old: int
    own: int
    need_own: int

    @property
    def is_enough(self) -> bool:
        """Whether every reader takes it."""
        return self.old >= self.need_old and self.own >= self.need_own


class RootChange(NamedTuple):
    """What a next root changes: keys (hex) that come and go, how many of how many must sign, who signs day by day.

    Where it is that of a club, what it says of it before and after.
    """

    came: tuple[str, ...]
    left: tuple[str, ...]
    need: int
    of: int
    need_before: int
    of_before: int
    new_keeper: bool
    continues: HeardList | None
    club_before: ClubRoot | None = None
    club: ClubRoot | None = None


# -- making -----------------------------------------------------------------------------------------------------------


def propose(
    before: Statement[Root],
    *,
    imprint: str,
    roots: Sequence[bytes] = (),
    holders: Sequence[str],
    need: int,
    now: datetime,
    lists: HeardList | None = None,
    online: str = "",
    continues: bool = False,
    club: ClubRoot | None = None,
    expires_days: int = EXPIRES_DAYS,
) -> NextRoot:
    """The root after `before`, which `need` of `holders` (public keys in hex) carry on. Nobody has signed it.

    `roots` is the chain up to `before`. With `online` another key signs day by day from then on; with `continues` the
    holders stand by `lists` and by nothing that the key before signed beside it. `club` is what the root of a club says
    of it from then on, where that changes.

    Raises: UsageError where all of the holders would be needed, or one stands there twice.
    """
    if len(set(holders)) != len(holders):
        raise UsageError(say("one key stands there twice; each holder needs one of their own"))
    if not 1 <= need < len(holders):
        raise UsageError(
            say("fewer than all {of} holders must be able to carry a label on; choose a lower number", of=len(holders))
        )
    old = before.signed
    root = Root(version=before.version + 1, expires=expiry(now, expires_days), consistent_snapshot=True)
    for key in holders:
        root.add_key(key_of(key), Root.type)
    root.roles[Root.type].threshold = need
    for role in ONLINE_ROLES:
        keys = (
            [key_of(online)] if online else [old.get_key(name) for name in old.roles[role].keyids if name in old.keys]
        )
        for each in keys:
            root.add_key(each, role)
        root.roles[role].threshold = 1 if online else old.roles[role].threshold
    root.unrecognized_fields = metadata.lasting_fields(old) | (club_fields(club) if club is not None else {})
    if continues and lists is not None:
        root.unrecognized_fields[CONTINUES] = {"version": lists.version, "sha256": lists.sha256}
    proposal = Proposal(
        imprint=imprint,
        root=root.to_dict(),
        before=Checkpoint(version=before.version, sha256=before.sha256),
        lists=lists,
        roots=_last_roots(roots),
    )
    return _checked(proposal)


def _last_roots(chain: Sequence[bytes]) -> tuple[dict[str, Any], ...]:
    """Not the first, which whoever knows the label has."""
    found, length = list[dict[str, Any]](), 0
    for data in reversed(chain[1:]):
        length += len(data)
        if length > ROOTS_LENGTH or len(found) == MAX_ROOTS:
            break
        found.insert(0, json.loads(data))
    return tuple(found)


def signature(proposed: NextRoot, seed: bytes) -> str:
    """The signature, in hex, that the key of a 32-byte seed gives to a next root."""
    return Ed25519PrivateKey.from_private_bytes(seed).sign(proposed.statement.canonical).hex()


def with_signatures(proposed: NextRoot, signatures: Iterable[str]) -> NextRoot:
    """The same with these signatures too, each once."""
    every = tuple(sorted({*proposed.proposal.signatures, *signatures}))
    budgets.SIGNATURES.check(len(every))
    return proposed._replace(proposal=msgspec.structs.replace(proposed.proposal, signatures=every))


def merge(copies: Sequence[NextRoot]) -> NextRoot:
    """Copies of one proposal, with all signatures of each. `lists` is advice, which nobody signs: any of theirs.

    Raises: UsageError where they are of several; NotVerifiedError where they name different labels or roots before.
    """
    first = copies[0]
    for other in copies[1:]:
        if other.sha256 != first.sha256:
            raise UsageError(say("these are copies of more than one proposal; give those of one at a time"))
        if _followed(other) != _followed(first):
            raise NotVerifiedError(
                say("two copies of this proposal do not name the same label and root; ask for another copy")
            )
    longest = max(copies, key=lambda each: len(each.proposal.roots))
    return with_signatures(longest, (each for copy in copies for each in copy.proposal.signatures))


def _followed(proposed: NextRoot) -> tuple[str, Checkpoint]:
    return proposed.proposal.imprint, proposed.proposal.before


def genuine(proposed: NextRoot, before: Root, signatures: Iterable[str]) -> NextRoot:
    """The same with those of these signatures that keys of either root gave, and with no others."""
    keys = tuple(root_keys(before) | root_keys(proposed.statement.signed))
    found = [sig for sig in signatures if owner(keys, sig, proposed.statement.canonical)]
    return with_signatures(unsigned(proposed), found)


def unsigned(proposed: NextRoot) -> NextRoot:
    """The same without signatures."""
    return proposed._replace(proposal=msgspec.structs.replace(proposed.proposal, signatures=()))


# -- as files and texts -----------------------------------------------------------------------------------------------


def proposal_bytes(proposed: NextRoot) -> bytes:
    """As its file."""
    return encode(proposed.proposal)


def proposal_text(proposed: NextRoot) -> str:
    """As the text of a QR."""
    small = msgspec.structs.replace(proposed.proposal, roots=())
    return PROPOSAL_TEXT + base45.encode(zlib.compress(encode(small), 9))


def signature_text(root: str, signatures: Sequence[str]) -> str:
    """Signatures alone, as the text of a QR; `root` is the SHA-256 of what they sign."""
    return SIGNATURE_TEXT + base45.encode(bytes.fromhex(root + "".join(signatures)))


def read_proposal(data: bytes) -> NextRoot:
    """A proposal out of its file, or out of the text of its QR.

    Raises: DamagedError if it is none, or of a root that no holder should sign.
    """
    budgets.PROPOSAL.check(len(data))
    plain = _inflated(data) if data.startswith(PROPOSAL_TEXT.encode()) else data
    with no_card():
        return _checked(decode(Proposal, plain, max_length=budgets.PROPOSAL.most))


def read_signatures(data: bytes) -> LoneSignatures:
    """Signatures alone out of the text of a QR.

    Raises: DamagedError.
    """
    budgets.PROPOSAL.check(len(data))
    text = data.decode("ascii", "replace")  # what is none is no Base45 either
    plain = _plain(text.removeprefix(SIGNATURE_TEXT))
    rest = plain[_DIGEST_LENGTH:]
    if not text.startswith(SIGNATURE_TEXT) or not rest or len(rest) % _SIGNATURE_LENGTH:
        raise DamagedError(_MALFORMED)
    budgets.SIGNATURES.check(len(rest) // _SIGNATURE_LENGTH)
    parts = range(0, len(rest), _SIGNATURE_LENGTH)
    return LoneSignatures(
        plain[:_DIGEST_LENGTH].hex(), tuple(rest[start : start + _SIGNATURE_LENGTH].hex() for start in parts)
    )


def _inflated(data: bytes) -> bytes:
    inflater = zlib.decompressobj()
    try:
        plain = inflater.decompress(_plain(data.decode("ascii").removeprefix(PROPOSAL_TEXT)), budgets.PROPOSAL.most)
    except (zlib.error, UnicodeDecodeError) as exc:
        raise DamagedError(_MALFORMED) from exc
    if not inflater.eof or inflater.unused_data:
        raise DamagedError(_MALFORMED)
    return plain


def _plain(text: str) -> bytes:
    try:
        return base45.decode(text.strip("\r\n"))
    except ValueError as exc:
        raise DamagedError(_MALFORMED) from exc


# -- verdicts ---------------------------------------------------------------------------------------------------------


def root_keys(root: Root) -> dict[str, SSlibKey]:
    """The distinct keys that carry a label on, by their public half in hex."""
    return distinct_keys(root, Root.type)


def signed_by(proposed: NextRoot, before: Root) -> frozenset[str]:
    """The public keys, in hex, of both roots that signed; each counts once, whatever names it goes by.

    A signature of none of them counts nothing: it was altered, or belongs to another root.
    """
    keys = tuple(root_keys(before) | root_keys(proposed.statement.signed))
    owners = (owner(keys, sig, proposed.statement.canonical) for sig in proposed.proposal.signatures)
    return frozenset(filter(None, owners))


def counted(proposed: NextRoot, before: Root) -> Counted:
    """How far it is."""
    signers, root = signed_by(proposed, before), proposed.statement.signed
    return Counted(
        len(signers & root_keys(before).keys()),
        before.roles[Root.type].threshold,
        len(signers & root_keys(root).keys()),
        root.roles[Root.type].threshold,
    )


def root_file(proposed: NextRoot, before: Root) -> bytes:
    """The next root as a file of the label, once enough have signed it.

    Raises: NotVerifiedError while they have not.
    """
    signers, statement = signed_by(proposed, before), proposed.statement
    keys = root_keys(before) | root_keys(statement.signed)
    given = {
        signer: sig
        for sig in proposed.proposal.signatures
        if (signer := owner(tuple(keys), sig, statement.canonical)) in signers
    }
    named = {
        name: given[public]
        for root in (before, statement.signed)
        for name, public in named_keys(root, Root.type)
        if public in given
    }
    signatures = [{"keyid": name, "sig": sig} for name, sig in sorted(named.items())]
    body = {"signatures": signatures, "signed": proposed.proposal.root}
    data = json.dumps(body, separators=(",", ":"), sort_keys=True, ensure_ascii=False).encode()
    made = read_statement(Root, data, max_length=metadata.MAX_ROOT_LENGTH)
    metadata.require_signed(before, Root.type, made)
    metadata.require_signed(statement.signed, Root.type, made)
    return data


def change(proposed: NextRoot, before: Root) -> RootChange:
    """What signing it means."""
    old, new = root_keys(before), root_keys(proposed.statement.signed)
    return RootChange(
        tuple(key for key in new if key not in old),
        tuple(key for key in old if key not in new),
        proposed.statement.signed.roles[Root.type].threshold,
        len(new),
        before.roles[Root.type].threshold,
        len(old),
        online_keys(proposed.statement.signed) != online_keys(before),
        stands_by(proposed.statement.signed),
        club_of(before),
        club_of(proposed.statement.signed),
    )


def _checked(proposal: Proposal) -> NextRoot:
    """Raises: DamagedError where it is no root that a holder should sign, whatever it is called."""
    data = json.dumps({"signatures": [], "signed": proposal.root}, ensure_ascii=False).encode()
    statement = read_statement(Root, data, max_length=budgets.PROPOSAL.most)
    root = statement.signed
    held, named = root_keys(root), root.roles[Root.type].keyids
    if statement.version != proposal.before.version + 1 or not root.consistent_snapshot:
        raise DamagedError(_MALFORMED)
    if len(held) != len(named):
        raise DamagedError(say("the proposal names one key twice, or one that is not there; ask for another"))
    if not root.roles[Root.type].threshold < len(held):
        raise DamagedError(say("the proposal would let one lost key end the label; ask for another"))
    if held.keys() & online_keys(root):
        raise DamagedError(say("in this proposal a holder's key would also sign day by day; ask for another"))
    if not has_one_keeper(root):
        raise DamagedError(say("the proposal lets more than one key, or none, sign day by day; ask for another"))
    if CONTINUES in root.unrecognized_fields and (proposal.lists is None or stands_by(root) != proposal.lists):
        raise DamagedError(say("the proposal does not stand by the list that it names; ask for another"))
    return NextRoot(proposal, statement)


def stands_by(root: Root) -> HeardList | None:
    """The list that a root, which is signed, says its holders stand by."""
    named = continues_of(root)
    return HeardList(version=named[0], sha256=named[1]) if named is not None else None
