"""Recipients and identities of age, and the one place that draws randomness for sealing.

Source: age v1 specification, "The X25519 recipient type", "The scrypt recipient type".
"""

from __future__ import annotations

import os
import random
import re
from collections.abc import Sequence
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from magnitizdat.errors import DamagedError, UnsupportedError, WrongPassphraseError
from magnitizdat.formats.age_header import RECIPIENT_STEPS, Stanza, decode_base64, encode_base64
from magnitizdat.formats.names import bech32_decode, bech32_encode

FILE_KEY_LENGTH = 16
MAX_WORK_FACTOR = 20
"""2**20 scrypt rounds: 1 GiB of memory for a few seconds. Files that ask for more are refused."""

_KEY_LENGTH = 32
_WRAPPED_LENGTH = FILE_KEY_LENGTH + 16
_ZERO_NONCE = bytes(12)
_X25519 = "X25519"
_X25519_INFO = b"age-encryption.org/v1/X25519"
_SCRYPT = "scrypt"
_SCRYPT_LABEL = b"age-encryption.org/v1/scrypt"
_SALT_LENGTH = 16
_WORK_FACTOR = re.compile(r"[1-9][0-9]*")


class Recipient(Protocol):
    """Somebody to seal to."""

    def wrap(self, file_key: bytes) -> Stanza:
        """The stanza that gives this recipient the file key."""
        ...


class Identity(Protocol):
    """Somebody who may open."""

    def unwrap(self, stanzas: Sequence[Stanza]) -> bytes | None:
        """The file key, or None where no stanza is ours.

        Raises: DamagedError if one is of our type and malformed.
        """
        ...


def new_file_key() -> bytes:
    """16 random bytes."""
    return os.urandom(FILE_KEY_LENGTH)


def new_nonce() -> bytes:
    """16 random bytes."""
    return os.urandom(16)


def pad_recipients(recipients: Sequence[X25519Recipient]) -> list[X25519Recipient]:
    """The recipients among throw-away ones, in random order: their number says only which step it is at most.

    Raises: UnsupportedError for more than 1 024.
    """
    count = next((step for step in RECIPIENT_STEPS if step >= len(recipients)), None)
    if count is None:
        raise UnsupportedError(f"a reel is sealed to at most {RECIPIENT_STEPS[-1]} people; cut several reels")
    padded = [*recipients, *(X25519Identity.generate().recipient for _ in range(count - len(recipients)))]
    random.SystemRandom().shuffle(padded)
    return padded


def _x25519_wrap_key(shared: bytes, share: bytes, recipient: bytes) -> bytes:
    if shared == bytes(_KEY_LENGTH):
        raise DamagedError("a recipient stanza holds a weak key; copy the file again")
    return HKDF(algorithm=SHA256(), length=32, salt=share + recipient, info=_X25519_INFO).derive(shared)


class X25519Recipient:
    """`age1…`."""

    __slots__ = ("_key", "_raw")

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self._key = X25519PublicKey.from_public_bytes(raw)

    @classmethod
    def from_text(cls, text: str) -> X25519Recipient:
        """Raises: DamagedError if it is not a whole `age1…`."""
        prefix, raw = bech32_decode(text)
        if prefix != "age" or len(raw) != _KEY_LENGTH or text != text.lower():
            raise DamagedError("this is not an age address; it begins with age1 and has 62 characters")
        return cls(raw)

    @property
    def text(self) -> str:
        """`age1…`."""
        return bech32_encode("age", self._raw)

    def wrap(self, file_key: bytes) -> Stanza:
        """The stanza that gives this recipient the file key."""
        ephemeral = X25519PrivateKey.generate()
        share = ephemeral.public_key().public_bytes_raw()
        wrap_key = _x25519_wrap_key(ephemeral.exchange(self._key), share, self._raw)
        body = ChaCha20Poly1305(wrap_key).encrypt(_ZERO_NONCE, file_key, None)
        return Stanza((_X25519, encode_base64(share).decode("ascii")), body)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, X25519Recipient) and self._raw == other._raw

    def __hash__(self) -> int:
        return hash(self._raw)

    def __repr__(self) -> str:
        return f"X25519Recipient({self.text})"


class X25519Identity:
    """`AGE-SECRET-KEY-1…`; its `repr` says nothing."""

    __slots__ = ("_key", "_raw", "recipient")

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self._key = X25519PrivateKey.from_private_bytes(raw)
        self.recipient = X25519Recipient(self._key.public_key().public_bytes_raw())

    @classmethod
    def generate(cls) -> X25519Identity:
        """A fresh one."""
        return cls(os.urandom(_KEY_LENGTH))

    @classmethod
    def from_seed(cls, seed: bytes) -> X25519Identity:
        """The identity whose 32 secret bytes are `seed`."""
        return cls(seed)

    @classmethod
    def from_text(cls, text: str) -> X25519Identity:
        """Raises: DamagedError if it is not a whole `AGE-SECRET-KEY-1…`."""
        prefix, raw = bech32_decode(text)
        if prefix != "age-secret-key-" or len(raw) != _KEY_LENGTH or text != text.upper():
            raise DamagedError("this is not an age identity; it begins with AGE-SECRET-KEY-1")
        return cls(raw)

    @property
    def text(self) -> str:
        """`AGE-SECRET-KEY-1…`."""
        return bech32_encode("age-secret-key-", self._raw).upper()

    def unwrap(self, stanzas: Sequence[Stanza]) -> bytes | None:
        """The file key, or None where no stanza is ours."""
        for stanza in stanzas:
            if stanza.args[0] != _X25519:
                continue
            if len(stanza.args) != 2:
                raise DamagedError("a recipient stanza is malformed; copy the file again")
            share = decode_base64(stanza.args[1].encode("ascii"))
            if len(share) != _KEY_LENGTH or len(stanza.body) != _WRAPPED_LENGTH:
                raise DamagedError("a recipient stanza is malformed; copy the file again")
            try:
                shared = self._key.exchange(X25519PublicKey.from_public_bytes(share))
            except ValueError as exc:
                raise DamagedError("a recipient stanza holds a weak key; copy the file again") from exc
            wrap_key = _x25519_wrap_key(shared, share, self.recipient._raw)  # noqa: SLF001 -- the pair is one unit
            try:
                return ChaCha20Poly1305(wrap_key).decrypt(_ZERO_NONCE, stanza.body, None)
            except InvalidTag:
                continue
        return None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, X25519Identity) and self.recipient == other.recipient

    def __hash__(self) -> int:
        return hash(self.recipient)

    def __repr__(self) -> str:
        return "X25519Identity(…)"


def _scrypt_key(passphrase: str, salt: bytes, work_factor: int) -> bytes:
    kdf = Scrypt(salt=_SCRYPT_LABEL + salt, length=32, n=1 << work_factor, r=8, p=1)
    return kdf.derive(passphrase.encode())


class ScryptRecipient:
    """Whoever knows a passphrase; has to be the only recipient of a file."""

    def __init__(self, passphrase: str, *, work_factor: int = 17) -> None:
        self._passphrase = passphrase
        self._work_factor = work_factor

    def wrap(self, file_key: bytes) -> Stanza:
        """The stanza that gives this recipient the file key; takes a second at the usual work factor."""
        salt = os.urandom(_SALT_LENGTH)
        wrap_key = _scrypt_key(self._passphrase, salt, self._work_factor)
        body = ChaCha20Poly1305(wrap_key).encrypt(_ZERO_NONCE, file_key, None)
        return Stanza((_SCRYPT, encode_base64(salt).decode("ascii"), str(self._work_factor)), body)

    def __repr__(self) -> str:
        return "ScryptRecipient(…)"


class ScryptIdentity:
    """A passphrase to open with."""

    def __init__(self, passphrase: str, *, max_work_factor: int = MAX_WORK_FACTOR) -> None:
        self._passphrase = passphrase
        self._max_work_factor = max_work_factor

    def unwrap(self, stanzas: Sequence[Stanza]) -> bytes | None:
        """The file key, or None where the file is not sealed to a passphrase.

        Raises: WrongPassphraseError; UnsupportedError for a work factor above the limit.
        """
        ours = [stanza for stanza in stanzas if stanza.args[0] == _SCRYPT]
        if not ours:
            return None
        stanza = ours[0]
        if len(stanza.args) != 3 or len(stanza.body) != _WRAPPED_LENGTH:
            raise DamagedError("the passphrase stanza is malformed; copy the file again")
        salt = decode_base64(stanza.args[1].encode("ascii"))
        if len(salt) != _SALT_LENGTH or not _WORK_FACTOR.fullmatch(stanza.args[2]):
            raise DamagedError("the passphrase stanza is malformed; copy the file again")
        if len(stanza.args[2]) > 2 or int(stanza.args[2]) > self._max_work_factor:
            raise UnsupportedError("this file asks for more work than it should to try a passphrase; ask for another copy")
        wrap_key = _scrypt_key(self._passphrase, salt, int(stanza.args[2]))
        try:
            return ChaCha20Poly1305(wrap_key).decrypt(_ZERO_NONCE, stanza.body, None)
        except InvalidTag as exc:
            raise WrongPassphraseError("that passphrase does not open it; check the words and try again") from exc

    def __repr__(self) -> str:
        return "ScryptIdentity(…)"
