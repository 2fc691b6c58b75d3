"""The library's secrets and the slot that keeps them: `key.age`, an age file under the passphrase.

All keys are random and separate, so a new passphrase only rewraps the slot. Inside is one JSON object: `age -d key.age`
shows it, and its `vault` line is the identity that opens every cell with stock `age`.
"""

from __future__ import annotations

import base64
import hmac
import json
import re
import secrets as randomness
import textwrap
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn, Self

from magnitizdat.disk.disk import Disk
from magnitizdat.errors import DamagedError, LibraryError, NotMineError, WrongPassphraseError
from magnitizdat.formats.age_keys import X25519Identity
from magnitizdat.library import process
from magnitizdat.sentence import advice, say

SLOT_FORMAT = "magnitizdat/key-slot/1"
SLOT_FAMILY = "magnitizdat/key-slot/"
SLOT_LIMIT = 1 << 18
"""Bytes that a key slot may have at most; one with a thousand addresses has under half of it."""

_KEY_LENGTH = 32
_HEX = re.compile(r"[0-9a-f]*")
_DAMAGED = advice(
    terminal=say(
        "the key file `key.age` is damaged; `mag restore FILE` puts back the one from your paper copy or a backup"
    ),
    page=say("the key file `key.age` is damaged; a paper copy or a backup brings it back, in a terminal"),
)


class DamagedSlotError(LibraryError):
    """A key slot that is not what it was, or none."""


class Secrets:
    """What an unlocked library knows. Not a Struct and never pickled: its `repr` says nothing.

    `addresses` are the identities that friends seal reels to, newest first; `vault` opens the cells, and its recipient
    is never shown to anybody. No process has any before its memory is hidden.
    """

    __slots__ = ("addresses", "cell_names_key", "database_key", "device_id", "vault", "web_key")

    def __init__(
        self,
        *,
        database_key: bytes,
        vault: X25519Identity,
        cell_names_key: bytes,
        web_key: bytes,
        device_id: str,
        addresses: Sequence[X25519Identity],
    ) -> None:
        process.hide_memory()
        self.database_key = database_key
        self.vault = vault
        self.cell_names_key = cell_names_key
        self.web_key = web_key
        self.device_id = device_id
        self.addresses = tuple(addresses)

    @classmethod
    def generate(cls) -> Self:
        """Fresh secrets with one address."""
        return cls(
            database_key=randomness.token_bytes(_KEY_LENGTH),
            vault=X25519Identity.generate(),
            cell_names_key=randomness.token_bytes(_KEY_LENGTH),
            web_key=randomness.token_bytes(_KEY_LENGTH),
            device_id=randomness.token_hex(8),
            addresses=[X25519Identity.generate()],
        )

    def with_new_address(self) -> Secrets:
        """The same with one more address, the newest; what was sealed to the others opens as before."""
        return self.with_addresses([X25519Identity.generate(), *self.addresses])

    def with_addresses(self, addresses: Sequence[X25519Identity]) -> Secrets:
        """The same with these addresses, newest first."""
        return Secrets(
            database_key=self.database_key,
            vault=self.vault,
            cell_names_key=self.cell_names_key,
            web_key=self.web_key,
            device_id=self.device_id,
            addresses=addresses,
        )

    def to_bytes(self) -> bytes:
        """Plaintext JSON, for the inside of a key slot and the agent only."""
        fields = {
            "format": SLOT_FORMAT,
            "vault": self.vault.text,
            "addresses": [address.text for address in self.addresses],
            "database": self.database_key.hex(),
            "cell_names": self.cell_names_key.hex(),
            "web": self.web_key.hex(),
            "device": self.device_id,
        }
        return json.dumps(fields, separators=(",\n", ":")).encode()

    @classmethod
    def from_bytes(cls, plain: bytes) -> Self:
        """The inverse of `to_bytes`.

        Raises: DamagedSlotError if it is no such thing, LibraryError if a newer program made it.
        """
        try:
            fields = json.loads(plain)
            version = str(fields["format"])
            if version != SLOT_FORMAT and version.startswith(SLOT_FAMILY):
                raise LibraryError(say("this library was made by a newer Magnitizdat; get the newer program"))
            return cls(
                database_key=_hex_field(fields["database"], _KEY_LENGTH),
                vault=X25519Identity.from_text(fields["vault"]),
                cell_names_key=_hex_field(fields["cell_names"], _KEY_LENGTH),
                web_key=_hex_field(fields["web"], _KEY_LENGTH),
                device_id=_hex_field(fields["device"], 8).hex(),
                addresses=[X25519Identity.from_text(text) for text in fields["addresses"]],
            )
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError, DamagedError):
            raise DamagedSlotError(_DAMAGED) from None  # the cause could quote what it could not read

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secrets) and hmac.compare_digest(self.to_bytes(), other.to_bytes())

    def __hash__(self) -> int:
        return hash(self.device_id)

    def __repr__(self) -> str:
        return "Secrets(…)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("secrets are not pickled")


def create_slot(secrets: Secrets, passphrase: str, *, work_factor: int = 17) -> bytes:
    """The sealed key slot: an age scrypt file that costs 2**`work_factor` (1 s at 17) to try a passphrase on.

    It is sealed to the passphrase as `kept_passphrase` has it: so it is for age.
    """
    from magnitizdat.formats.age import seal
    from magnitizdat.formats.age_keys import ScryptRecipient
    from magnitizdat.formats.typed_words import kept_passphrase

    return seal(secrets.to_bytes(), [ScryptRecipient(kept_passphrase(passphrase), work_factor=work_factor)])


def is_slot(content: bytes) -> bool:
    """Whether it is a file that a passphrase opens, binary or armoured: whole as far as its header tells."""
    from magnitizdat.formats.age import BytesReader, read_header_of
    from magnitizdat.formats.age_armor import dearmor

    try:
        binary = dearmor(content) if content.lstrip().startswith(b"-----BEGIN") else content
        return [stanza.args[0] for stanza in read_header_of(BytesReader(binary)).stanzas] == ["scrypt"]
    except DamagedError:
        return False


def open_slot(sealed: bytes, passphrase: str) -> Secrets:
    """The secrets in a key slot, binary or armoured (from paper).

    Raises: WrongPassphraseError, DamagedSlotError; LibraryError if a newer program made it.
    """
    from magnitizdat.formats.age_armor import dearmor

    if len(sealed) > SLOT_LIMIT:
        raise DamagedSlotError(_DAMAGED)
    try:
        binary = dearmor(sealed) if sealed.lstrip().startswith(b"-----BEGIN") else sealed
        plain = _tried(binary, passphrase)
    except (DamagedError, NotMineError) as exc:
        raise DamagedSlotError(_DAMAGED) from exc
    return Secrets.from_bytes(plain)


def _tried(sealed: bytes, passphrase: str) -> bytes:
    """What a slot holds, with what somebody may have meant who typed this."""
    from magnitizdat.formats.age import unseal
    from magnitizdat.formats.age_keys import ScryptIdentity
    from magnitizdat.formats.typed_words import passphrases, six_again

    try:
        return unseal(sealed, [ScryptIdentity(each) for each in passphrases(passphrase)])
    except WrongPassphraseError as exc:
        hint = six_again(passphrase)
        raise exc if hint is None else WrongPassphraseError(hint) from exc


def slot_work_factor(sealed: bytes) -> int | None:
    """What trying a passphrase costs, as its power of two; None where the slot does not say."""
    from magnitizdat.formats.age_header import read_header

    with suppress(DamagedError, ValueError, IndexError):
        return next(int(each.args[2]) for each in read_header(sealed).stanzas if each.args[0] == "scrypt")
    return None


def rewrap(disk: Disk, path: Path, secrets: Secrets, passphrase: str, *, work_factor: int = 17) -> None:
    """Put `secrets` under a (new) passphrase in the slot at `path`: one switch, then the old slot is overwritten.

    Raises: TargetError, NoSpaceError: the old slot still stands; UnsureError: the new one does, and the old may remain.
    """
    disk.replace_secret(path, create_slot(secrets, passphrase, work_factor=work_factor))


def armor(sealed: bytes) -> str:
    """A sealed slot as age's ASCII armour: short enough for one QR code or a sheet of paper.

    On paper it needs the passphrase all the same. Source: age v1 specification, "ASCII armor" (PEM, RFC 7468).
    """
    body = "\n".join(textwrap.wrap(base64.b64encode(sealed).decode("ascii"), 64))
    return f"-----BEGIN AGE ENCRYPTED FILE-----\n{body}\n-----END AGE ENCRYPTED FILE-----\n"


def _hex_field(text: Any, length: int) -> bytes:
    if not isinstance(text, str) or len(text) != 2 * length or not _HEX.fullmatch(text):
        raise ValueError(length)
    return bytes.fromhex(text)
