"""What opens a premiere: shares of its words, its words, and the closed file that they lead to. PURE.

Nothing that is inside is believed: the album is the one whose digest the label listed, or it is none.
"""

from __future__ import annotations

import hashlib
from base64 import b64decode
from binascii import Error
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from magnitizdat.catalogue.documents import MAX_RELEASE_LENGTH
from magnitizdat.catalogue.premieres import Premiere
from magnitizdat.errors import DamagedError, NotMineError, NotVerifiedError, WrongPassphraseError
from magnitizdat.formats import budgets, shares
from magnitizdat.formats.age import BytesReader, open_sealed, read_header_of, unseal
from magnitizdat.formats.age_keys import ScryptIdentity, X25519Identity
from magnitizdat.formats.age_stream import StreamReader
from magnitizdat.formats.names import secret_words, words_secret
from magnitizdat.formats.typed_words import look_again, normal_words
from magnitizdat.formats.zip_store import Member, read_member, read_table
from magnitizdat.model import ReadAt
from magnitizdat.scene.premieres import DOCUMENT_NAME, WORK_FACTOR, share_digest
from magnitizdat.sentence import say

LABEL_ERRS = say("what opens this premiere leads to nothing that its label listed; tell the label")
NOT_THESE = say("these are not the words of this premiere; check the spelling, and which premiere they are of")


class GivenShare(NamedTuple):
    """A share as it came: `name` is whose it is, or of which file. Its `repr` would show it: never log one."""

    name: str
    words: str


def lacking(premiere: Premiere, given: Sequence[GivenShare]) -> int:
    """How many more shares are needed; one that comes twice counts once.

    Raises: NotVerifiedError where one is none of those that were given out.
    """
    for share in given:
        if share_digest(share.words) not in premiere.shares:
            raise NotVerifiedError(
                say(
                    "the share of {name} is not the one that was given out; compare it with what was written down,"
                    " and which premiere it is of",
                    name=share.name,
                )
            )
    return max(0, premiere.need - len(_distinct(given)))


def new_among(sent: Sequence[GivenShare], given: Sequence[GivenShare]) -> int:
    """So many different shares were sent that are not among those that were given."""
    return len(_distinct(sent).keys() - _distinct(given).keys())


def words_of(premiere: Premiere, given: Sequence[GivenShare]) -> str:
    """The words of a premiere, of enough shares.

    Raises: DamagedError where these, all of them given out, make none: that is the label's doing.
    """
    secret = shares.combine(list(_distinct(given).values())[: premiere.need])
    if len(secret) != shares.SECRET_LENGTH:
        raise DamagedError(LABEL_ERRS)
    return secret_words(secret)


def _distinct(given: Sequence[GivenShare]) -> Mapping[str, str]:
    return {share_digest(share.words): share.words for share in given}


def spoken(words: str) -> str:
    """Words as they are sealed to; empty where they are the words of no premiere: of chance, fifteen in sixteen are."""
    normal = normal_words(words)
    try:
        return normal if len(words_secret(normal)) == shares.SECRET_LENGTH else ""
    except ValueError:
        return ""


def identity_of(premiere: Premiere, words: str) -> X25519Identity:
    """What the words of a premiere unlock. To try words that can be none costs nothing.

    Raises: WrongPassphraseError; DamagedError where they are sealed in another way, or unlock no identity.
    """
    normal = spoken(words)
    if not normal:
        raise WrongPassphraseError(look_again(words) or NOT_THESE)
    try:
        plain = unseal(_sealed_identity(premiere), [ScryptIdentity(normal, max_work_factor=WORK_FACTOR)])
        lines = (line.strip() for line in plain.decode("ascii", "replace").splitlines())
        return X25519Identity.from_text(next((line for line in lines if line and not line.startswith("#")), ""))
    except WrongPassphraseError as exc:
        raise WrongPassphraseError(NOT_THESE) from exc
    except (DamagedError, NotMineError) as exc:
        raise DamagedError(LABEL_ERRS) from exc


def _sealed_identity(premiere: Premiere) -> bytes:
    """Sealed to words, with the one work factor that premieres have. Raises: DamagedError."""
    try:
        sealed = b64decode(premiere.words, validate=True)
    except Error as exc:
        raise DamagedError(LABEL_ERRS) from exc
    first = read_header_of(BytesReader(sealed)).stanzas[0]
    if first.args[0] != "scrypt" or first.args[2:] != (str(WORK_FACTOR),):
        raise DamagedError(LABEL_ERRS)
    return sealed


class Inside(NamedTuple):
    """What is in a closed file: the document that its label listed, and its files by their paths in a spool.

    These are not verified: the document names their digests.
    """

    document: bytes
    plain: StreamReader
    files: Mapping[str, Member]


def open_closed(premiere: Premiere, closed: ReadAt, identity: X25519Identity) -> Inside:
    """The inside of a closed file, which is the one that its label signed.

    Raises: NotVerifiedError where its document is not the one that the label listed; DamagedError; LibraryError.
    """
    try:
        plain = open_sealed(closed, [identity])
        members = {each.name: each for each in read_table(plain, max_members=_most_members(plain))}
        document = _document(plain, members.pop(DOCUMENT_NAME, None))
    except (NotMineError, DamagedError) as exc:
        raise DamagedError(LABEL_ERRS) from exc
    if hashlib.sha256(document).hexdigest() != premiere.document:
        raise NotVerifiedError(LABEL_ERRS)
    return Inside(document, plain, members)


def _most_members(plain: ReadAt) -> int:
    return budgets.ZIP_MEMBERS.allowed(plain.length)


def _document(plain: ReadAt, member: Member | None) -> bytes:
    """Nothing where there is none, or one that is longer than is read."""
    return read_member(plain, member) if member is not None and member.length <= MAX_RELEASE_LENGTH else b""


def read_inside(inside: Inside, path: str, offset: int, length: int) -> bytes | None:
    """Bytes of a file; None where it is not there. Raises: DamagedError, LibraryError."""
    member = inside.files.get(path)
    if member is None:
        return None
    wanted = max(0, min(length, member.length - offset))
    return inside.plain.read_at(member.offset + offset, wanted)
