"""A holder's card: the public half of a root key, and a name for it, signed with that key. PURE.

It says that whoever made it has the key, and that nobody changed the name on the way; who that is, the giver's face
says. What is signed begins with words that no file of a label begins with, so that a card is never taken for one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Final, Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from msgspec import Meta

from magnitizdat.catalogue.documents import UnknownSchemaError, decode, encode
from magnitizdat.errors import DamagedError, NotVerifiedError
from magnitizdat.formats import budgets
from magnitizdat.formats.names import clean_line
from magnitizdat.model import END, DigestField, Document, ImprintOrNone, Name
from magnitizdat.sentence import advice, say

HOLDER_SCHEMA: Final = "magnitizdat/holder/1"
SignatureField = Annotated[str, Meta(pattern="^[0-9a-f]{128}" + END)]
"""An Ed25519 signature in hex."""


class HolderCard(Document, frozen=True, kw_only=True):
    """Who holds a root key of a label: as one QR or small file. `key` is an Ed25519 public key in hex.

    `label` is the club label of somebody who would be an officer of that club.
    """

    schema: Literal["magnitizdat/holder/1"] = HOLDER_SCHEMA
    name: Name
    key: DigestField
    label: ImprintOrNone = ""
    signature: SignatureField


def public_of(seed: bytes) -> str:
    """The public key of a 32-byte Ed25519 seed, in hex."""
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw().hex()


def make_card(name: str, seed: bytes, *, label: str = "") -> HolderCard:
    """The card of a key; the name in one line, without characters that nobody sees."""
    name, key = clean_line(name), public_of(seed)
    signature = Ed25519PrivateKey.from_private_bytes(seed).sign(_signed_words(name, key, label))
    return HolderCard(name=name, key=key, label=label, signature=signature.hex())


def card_bytes(card: HolderCard) -> bytes:
    """A card as its small file, and as the text of its QR."""
    return encode(card)


def read_card(data: bytes) -> HolderCard:
    """A card out of its bytes.

    Raises: DamagedError if it is none, or its name could pass for other words than a name; NotVerifiedError if its own
    key did not sign it.
    """
    card = decode(HolderCard, data, max_length=budgets.HOLDER_CARD.most)
    try:
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(card.key))
        public.verify(bytes.fromhex(card.signature), _signed_words(card.name, card.key, card.label))
    except (InvalidSignature, ValueError) as exc:
        raise NotVerifiedError(
            say("this holder's card is not signed by its own key; ask its giver for another")
        ) from exc
    if not card.name or card.name != clean_line(card.name):
        raise DamagedError(
            say("the name on this holder's card is of several lines, or has hidden characters; ask for another card")
        )
    return card


@contextmanager
def no_card() -> Iterator[None]:
    """Where something else is read, a card is called one. Raises: DamagedError."""
    try:
        yield
    except UnknownSchemaError as exc:
        if exc.schema != HOLDER_SCHEMA:
            raise
        raise DamagedError(
            advice(
                terminal=say("this is a holder's card and no proposal; `mag label holders` takes it with --holder"),
                page=say("this is a holder's card and no proposal; it is added where a label's holders are named"),
            )
        ) from exc


def _signed_words(name: str, key: str, label: str) -> bytes:
    """What a card signs: the words `magnitizdat holder`, the key, the name, and a club label where there is one.

    With 0x1f between them, which no name has, in UTF-8.
    """
    return "\x1f".join(("magnitizdat holder", key, name, *([label] if label else []))).encode()
