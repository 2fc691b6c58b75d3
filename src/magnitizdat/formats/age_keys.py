"""Recipients and identities of age, and the one place that draws randomness for sealing.

Source: age v1 specification, "Native recipient types".
"""

from __future__ import annotations

import hashlib
import os
import random
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from magnitizdat.errors import DamagedError, UnsupportedError, WrongPassphraseError
from magnitizdat.formats import budgets
from magnitizdat.formats.age_header import RECIPIENT_STEPS, Stanza, decode_base64, encode_base64
from magnitizdat.formats.names import bech32_decode, bech32_encode
from magnitizdat.sentence import say

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.hpke import Suite

FILE_KEY_LENGTH = 16

_KEY_LENGTH = 32
_WRAPPED_LENGTH = FILE_KEY_LENGTH + 16
_ZERO_NONCE = bytes(12)
_X25519 = "X25519"
_X25519_INFO = b"age-encryption.org/v1/X25519"
_SCRYPT = "scrypt"
_SCRYPT_LABEL = b"age-encryption.org/v1/scrypt"
_SALT_LENGTH = 16
_WORK_FACTOR = re.compile(r"[1-9][0-9]*")
_HYBRID = "mlkem768x25519"
_HYBRID_INFO = b"age-encryption.org/mlkem768x25519"
_MLKEM_PUBLIC_LENGTH = 1184
_MLKEM_SHARE_LENGTH = 1088
_WEAK = say("the part of the file that says who can open it is damaged; copy the file again")
_MALFORMED = say("the part of the file that says who can open it is damaged; copy the file again")


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
        raise UnsupportedError(
            say(
                "a reel is sealed to at most {recipient_steps} people; cut several reels",
                recipient_steps=RECIPIENT_STEPS[-1],
            )
        )
    padded = [*recipients, *(X25519Identity.generate().recipient for _ in range(count - len(recipients)))]
    random.SystemRandom().shuffle(padded)
    return padded


def _shared_secret(key: X25519PrivateKey, share: bytes) -> bytes:
    """X25519; raises DamagedError for points of low order, whose result is all zeros."""
    try:
        return key.exchange(X25519PublicKey.from_public_bytes(share))
    except ValueError as exc:
        raise DamagedError(_WEAK) from exc


def _share_of(stanza: Stanza, length: int) -> bytes:
    """The key share of a stanza `<type> <share>` with a wrapped file key; raises DamagedError for any other."""
    if len(stanza.args) != 2 or len(stanza.body) != _WRAPPED_LENGTH:
        raise DamagedError(_MALFORMED)
    share = decode_base64(stanza.args[1].encode("ascii"))
    if len(share) != length:
        raise DamagedError(_MALFORMED)
    return share


def _x25519_wrap_key(shared: bytes, share: bytes, recipient: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=share + recipient, info=_X25519_INFO).derive(shared)


class _Secret:
    """Something whose `repr` says nothing."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"


class _PublicKey:
    """Bytes that are equal where they and their kind are."""

    __slots__ = ("_raw",)

    def __init__(self, raw: bytes) -> None:
        self._raw = raw

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and isinstance(other, _PublicKey) and self._raw == other._raw

    def __hash__(self) -> int:
        return hash(self._raw)


class X25519Recipient(_PublicKey):
    """`age1…`."""

    __slots__ = ()

    @classmethod
    def from_text(cls, text: str) -> X25519Recipient:
        """Raises: DamagedError if it is not a whole `age1…`."""
        prefix, raw = bech32_decode(text)
        if prefix != "age" or len(raw) != _KEY_LENGTH or text != text.lower():
            raise DamagedError(say("this is not an age address; it begins with age1 and has 62 characters"))
        return cls(raw)

    @property
    def text(self) -> str:
        """`age1…`."""
        return bech32_encode("age", self._raw)

    def wrap(self, file_key: bytes) -> Stanza:
        """The stanza that gives this recipient the file key."""
        ephemeral = X25519PrivateKey.generate()
        share = ephemeral.public_key().public_bytes_raw()
        wrap_key = _x25519_wrap_key(_shared_secret(ephemeral, self._raw), share, self._raw)
        body = ChaCha20Poly1305(wrap_key).encrypt(_ZERO_NONCE, file_key, None)
        return Stanza((_X25519, encode_base64(share).decode("ascii")), body)

    def __repr__(self) -> str:
        return f"X25519Recipient({self.text})"


class X25519Identity(_Secret):
    """`AGE-SECRET-KEY-1…`."""

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
    def from_text(cls, text: str) -> X25519Identity:
        """Raises: DamagedError if it is not a whole `AGE-SECRET-KEY-1…`."""
        prefix, raw = bech32_decode(text)
        if prefix != "age-secret-key-" or len(raw) != _KEY_LENGTH or text != text.upper():
            raise DamagedError(say("this is not an age identity; it begins with AGE-SECRET-KEY-1"))
        return cls(raw)

    @property
    def text(self) -> str:
        """`AGE-SECRET-KEY-1…`."""
        return bech32_encode("age-secret-key-", self._raw).upper()

    def unwrap(self, stanzas: Sequence[Stanza]) -> bytes | None:
        """The file key, or None where no stanza is ours.

        Raises: DamagedError if an X25519 stanza is malformed.
        """
        for stanza in stanzas:
            if stanza.args[0] != _X25519:
                continue
            share = _share_of(stanza, _KEY_LENGTH)
            shared = _shared_secret(self._key, share)
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


def _scrypt_key(passphrase: str, salt: bytes, work_factor: int) -> bytes:
    kdf = Scrypt(salt=_SCRYPT_LABEL + salt, length=32, n=1 << work_factor, r=8, p=1)
    try:
        return kdf.derive(passphrase.encode("utf-8", "surrogateescape"))  # bytes of a terminal that is not UTF-8
    except MemoryError as exc:
        raise UnsupportedError(
            say("trying a passphrase here needs {value} MiB of free memory", value=1 << work_factor >> 10)
        ) from exc


class ScryptRecipient(_Secret):
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


class ScryptIdentity(_Secret):
    """A passphrase to open with."""

    def __init__(self, passphrase: str, *, max_work_factor: int | None = None) -> None:
        self._passphrase = passphrase
        self._max_work_factor = budgets.WORK.most if max_work_factor is None else max_work_factor

    def unwrap(self, stanzas: Sequence[Stanza]) -> bytes | None:
        """The file key, or None where the file is not sealed to a passphrase.

        Raises: WrongPassphraseError; DamagedError for a malformed stanza, OverBudgetError for too high a work factor.
        """
        stanza = next((stanza for stanza in stanzas if stanza.args[0] == _SCRYPT), None)
        if stanza is None:
            return None
        if len(stanza.args) != 3 or len(stanza.body) != _WRAPPED_LENGTH:
            raise DamagedError(say("the part of the file that says who can open it is damaged; copy the file again"))
        salt = decode_base64(stanza.args[1].encode("ascii"))
        if len(salt) != _SALT_LENGTH or not _WORK_FACTOR.fullmatch(stanza.args[2]):
            raise DamagedError(say("the part of the file that says who can open it is damaged; copy the file again"))
        if len(stanza.args[2]) > 2 or int(stanza.args[2]) > self._max_work_factor:
            raise budgets.OverBudgetError(budgets.WORK.sentence)
        wrap_key = _scrypt_key(self._passphrase, salt, int(stanza.args[2]))
        try:
            return ChaCha20Poly1305(wrap_key).decrypt(_ZERO_NONCE, stanza.body, None)
        except InvalidTag as exc:
            raise WrongPassphraseError(say("that passphrase does not open it; check the words and try again")) from exc


class HybridRecipient(_PublicKey):
    """`age1pq1…`: ML-KEM-768 and X25519 together, against a recording that is opened years later."""

    __slots__ = ()

    @classmethod
    def from_text(cls, text: str) -> HybridRecipient:
        """Raises: DamagedError if it is not a whole `age1pq1…`."""
        prefix, raw = bech32_decode(text)
        if prefix != "age1pq" or len(raw) != _MLKEM_PUBLIC_LENGTH + _KEY_LENGTH or text != text.lower():
            raise DamagedError(say("this is not a post-quantum age address; it begins with age1pq1"))
        return cls(raw)

    @property
    def text(self) -> str:
        """`age1pq1…`."""
        return bech32_encode("age1pq", self._raw)

    def wrap(self, file_key: bytes) -> Stanza:
        """The stanza that gives this recipient the file key.

        Raises: DamagedError if the address holds no sound keys.
        """
        from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PublicKey
        from cryptography.hazmat.primitives.hpke import MLKEM768X25519PublicKey

        try:
            mlkem = MLKEM768PublicKey.from_public_bytes(self._raw[:_MLKEM_PUBLIC_LENGTH])
            x25519 = X25519PublicKey.from_public_bytes(self._raw[_MLKEM_PUBLIC_LENGTH:])
            sealed = _hybrid_suite().encrypt(file_key, MLKEM768X25519PublicKey(mlkem, x25519), info=_HYBRID_INFO)
        except ValueError as exc:
            raise DamagedError(say("this post-quantum age address holds no sound key; ask for it again")) from exc
        share, body = sealed[:-_WRAPPED_LENGTH], sealed[-_WRAPPED_LENGTH:]
        return Stanza((_HYBRID, encode_base64(share).decode("ascii")), body)

    def __repr__(self) -> str:
        return f"HybridRecipient({self.text[:24]}…)"


class HybridIdentity(_Secret):
    """`AGE-SECRET-KEY-PQ-1…`."""

    __slots__ = ("_mlkem", "_raw", "_x25519")

    def __init__(self, raw: bytes) -> None:
        from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey

        expanded = hashlib.shake_256(raw).digest(64 + _KEY_LENGTH)  # draft-ietf-hpke-pq-03, "DeriveKeyPair"
        self._raw = raw
        self._mlkem = MLKEM768PrivateKey.from_seed_bytes(expanded[:64])
        self._x25519 = X25519PrivateKey.from_private_bytes(expanded[64:])

    @classmethod
    def generate(cls) -> HybridIdentity:
        """A fresh one."""
        return cls(os.urandom(_KEY_LENGTH))

    @classmethod
    def from_text(cls, text: str) -> HybridIdentity:
        """Raises: DamagedError if it is not a whole `AGE-SECRET-KEY-PQ-1…`."""
        prefix, raw = bech32_decode(text)
        if prefix != "age-secret-key-pq-" or len(raw) != _KEY_LENGTH or text != text.upper():
            raise DamagedError(say("this is not a post-quantum age identity; it begins with AGE-SECRET-KEY-PQ-1"))
        return cls(raw)

    @property
    def text(self) -> str:
        """`AGE-SECRET-KEY-PQ-1…`."""
        return bech32_encode("age-secret-key-pq-", self._raw).upper()

    @property
    def recipient(self) -> HybridRecipient:
        """The public half."""
        mlkem = self._mlkem.public_key().public_bytes_raw()
        return HybridRecipient(mlkem + self._x25519.public_key().public_bytes_raw())

    def unwrap(self, stanzas: Sequence[Stanza]) -> bytes | None:
        """The file key, or None where no stanza is ours.

        Raises: DamagedError if a hybrid stanza is malformed.
        """
        from cryptography.hazmat.primitives.hpke import MLKEM768X25519PrivateKey

        key = MLKEM768X25519PrivateKey(self._mlkem, self._x25519)
        for stanza in stanzas:
            if stanza.args[0] != _HYBRID:
                continue
            share = _share_of(stanza, _MLKEM_SHARE_LENGTH + _KEY_LENGTH)
            _shared_secret(self._x25519, share[_MLKEM_SHARE_LENGTH:])  # HPKE below cannot tell weak from foreign
            try:
                return _hybrid_suite().decrypt(share + stanza.body, key, info=_HYBRID_INFO)
            except InvalidTag:
                continue
        return None


def _hybrid_suite() -> Suite:
    from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

    return Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)


def parse_identity(text: str) -> X25519Identity | HybridIdentity:
    """An identity from its text; raises DamagedError."""
    return HybridIdentity.from_text(text) if text.startswith("AGE-SECRET-KEY-PQ-1") else X25519Identity.from_text(text)
