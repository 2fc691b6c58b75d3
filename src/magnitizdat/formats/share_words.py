"""Six words of a share: from them follow the key of its certificate and the folder that it stands under. PURE.

Whoever fetches the certificate can try words without asking: 2^65 times a third of a second, for what is worth nothing
after the evening. Whoever has them can pose as the share to others who have them; what labels signed they cannot alter.
"""

from __future__ import annotations

from hashlib import sha256
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from magnitizdat.errors import WrongPassphraseError
from magnitizdat.formats.names import word_list
from magnitizdat.formats.tickets import CODE_LENGTH, encode_code
from magnitizdat.formats.typed_words import OFFERED, look_again, normal_words
from magnitizdat.sentence import say

WORK_FACTOR = 17
"""Of scrypt: 128 MiB, and a third of a second of a core."""
SALT = b"magnitizdat share words 1"
"""The same for all, so that the words alone are enough."""
_SEED_LENGTH = 32


class ShareSecret(NamedTuple):
    """The Ed25519 seed of the certificate, and CODE. Its `repr` says nothing."""

    seed: bytes
    code: str

    @property
    def pin(self) -> bytes:
        """SHA-256 of the public key (RFC 7469, 2.4): known before anything is fetched."""
        public = Ed25519PrivateKey.from_private_bytes(self.seed).public_key()
        return sha256(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).digest()

    def __repr__(self) -> str:
        return "ShareSecret(…)"


def derive(words: str) -> ShareSecret:
    """What six words stand for, however they were typed: scrypt gives the seed, then CODE.

    Raises: WrongPassphraseError where they are not six words of the list.
    """
    normal = normal_words(words).split(" ")
    if len(normal) != OFFERED or not all(each in word_list() for each in normal):
        raise WrongPassphraseError(look_again(words) or say("these are not the six words of a share; type them again"))
    scrypt = Scrypt(salt=SALT, length=_SEED_LENGTH + CODE_LENGTH, n=1 << WORK_FACTOR, r=8, p=1)
    derived = scrypt.derive(" ".join(normal).encode())
    return ShareSecret(seed=derived[:_SEED_LENGTH], code=encode_code(derived[_SEED_LENGTH:]))
