"""The age v1 header: strict reading, canonical writing. PURE. Source: age v1 specification, "Header"."""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from collections.abc import Sequence
from typing import NamedTuple

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from magnitizdat.errors import DamagedError
from magnitizdat.formats import budgets
from magnitizdat.sentence import say

RECIPIENT_STEPS = (1, 4, 16, 64, 256, 1024)
"""Counts of recipients that a header of ours shows; the rest is filled with throw-away ones."""

_INTRO = b"age-encryption.org/v1\n"
_COLUMNS = 64
_ARGUMENT = re.compile(r"[\x21-\x7e]+")
_X25519_STANZA_LENGTH = len("-> X25519 ") + 43 + 1 + 43 + 1
_MAC_LENGTH = 32
_FILE_KEY_LENGTH = 16


class Stanza(NamedTuple):
    """One recipient stanza; `args[0]` is its type."""

    args: tuple[str, ...]
    body: bytes


class Header(NamedTuple):
    """A parsed header. `signed` is what the MAC covers; `length` counts bytes up to and with the last newline."""

    stanzas: tuple[Stanza, ...]
    mac: bytes
    signed: bytes
    length: int


def decode_base64(text: bytes) -> bytes:
    """Canonical base64 without padding.

    Raises: DamagedError for anything else.
    """
    try:
        decoded = base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError) as exc:
        raise DamagedError(say("the beginning of the file is damaged; copy the file again")) from exc
    if encode_base64(decoded) != text:
        raise DamagedError(say("the beginning of the file is damaged; copy the file again"))
    return decoded


def encode_base64(raw: bytes) -> bytes:
    """Canonical base64 without padding."""
    return base64.b64encode(raw).rstrip(b"=")


def read_header(prefix: bytes) -> Header:
    """The header at the beginning of an age file; `prefix` holds at least all of it.

    Raises: DamagedError if it is not exactly as the specification writes it, or longer than its budget.
    """
    if not prefix.startswith(_INTRO):
        raise DamagedError(say("this is not an age file of version 1; check that it is the right file"))
    reader = _Lines(prefix[: budgets.HEADER.most], len(_INTRO))
    stanzas: list[Stanza] = []
    while True:
        start = reader.offset
        line = reader.next()
        if line.startswith(b"-> "):
            stanzas.append(_read_stanza(line, reader))
        elif line.startswith(b"--- "):
            mac = decode_base64(line[4:])
            if len(mac) != _MAC_LENGTH or not stanzas:
                raise DamagedError(say("the beginning of the file is damaged; copy the file again"))
            if len(stanzas) > 1 and any(stanza.args[0] == "scrypt" for stanza in stanzas):
                raise DamagedError(
                    say("a file sealed to a passphrase names other recipients too; ask for another copy")
                )
            return Header(tuple(stanzas), mac, prefix[: start + 3], reader.offset)
        else:
            raise DamagedError(say("the beginning of the file is damaged; copy the file again"))


class _Lines:
    """Lines of a header, each ended by one newline."""

    def __init__(self, text: bytes, offset: int) -> None:
        self._text = text
        self.offset = offset

    def next(self) -> bytes:
        end = self._text.find(b"\n", self.offset)
        if end < 0:
            raise DamagedError(budgets.HEADER.sentence)
        line = self._text[self.offset : end]
        self.offset = end + 1
        return line


def _read_stanza(line: bytes, reader: _Lines) -> Stanza:
    try:
        args = tuple(line[3:].decode("ascii").split(" "))
    except UnicodeDecodeError as exc:
        raise DamagedError(
            say("the part of the file that says who can open it is damaged; copy the file again")
        ) from exc
    if not all(_ARGUMENT.fullmatch(arg) for arg in args):
        raise DamagedError(say("the part of the file that says who can open it is damaged; copy the file again"))
    lines = []
    while True:
        part = reader.next()
        if len(part) > _COLUMNS:
            raise DamagedError(say("the beginning of the file is damaged; copy the file again"))
        lines.append(part)
        if len(part) < _COLUMNS:
            return Stanza(args, decode_base64(b"".join(lines)))


def encode_header(stanzas: Sequence[Stanza], file_key: bytes) -> bytes:
    """The header of a file with this 16-byte file key."""
    parts = [_INTRO]
    for stanza in stanzas:
        parts.append(b"-> " + " ".join(stanza.args).encode("ascii") + b"\n")
        body = encode_base64(stanza.body)
        parts.extend(body[start : start + _COLUMNS] + b"\n" for start in range(0, len(body) + 1, _COLUMNS))
    parts.append(b"---")
    signed = b"".join(parts)
    return signed + b" " + encode_base64(_mac(signed, file_key)) + b"\n"


def verify_mac(header: Header, file_key: bytes) -> None:
    """Raises: DamagedError if the header was altered, or the file key is not its own."""
    if not hmac.compare_digest(_mac(header.signed, file_key), header.mac):
        raise DamagedError(say("the beginning of the file was altered; copy the file again"))


def _mac(signed: bytes, file_key: bytes) -> bytes:
    if len(file_key) != _FILE_KEY_LENGTH:
        raise DamagedError(say("the part of the file that says who can open it is damaged; copy the file again"))
    header_key = HKDF(algorithm=SHA256(), length=32, salt=b"", info=b"header").derive(file_key)
    return hmac.digest(header_key, signed, "sha256")


def header_length(recipients: int) -> int:
    """Bytes of a header with that many X25519 stanzas."""
    return len(_INTRO) + recipients * _X25519_STANZA_LENGTH + len("--- ") + 43 + 1
