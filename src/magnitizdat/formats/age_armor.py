"""age's ASCII armour, strictly. PURE. Source: age v1 specification, "ASCII armor" (strict PEM, RFC 7468)."""

from __future__ import annotations

import base64
import binascii

from magnitizdat.errors import DamagedError

_BEGIN = b"-----BEGIN AGE ENCRYPTED FILE-----"
_END = b"-----END AGE ENCRYPTED FILE-----"
_COLUMNS = 64


def is_armored(prefix: bytes) -> bool:
    """Whether a file begins like armour."""
    return prefix.lstrip(b" \t\r\n").startswith(b"-----BEGIN")


def dearmor(armored: bytes) -> bytes:
    """The binary file inside.

    Raises: DamagedError for whatever a strict reader refuses: headers, short lines, padding that is not canonical.
    """
    text = armored.strip(b" \t\r\n")
    if b"\r" in text.replace(b"\r\n", b"\n"):
        raise DamagedError("the armour is malformed; copy the file again")
    lines = text.replace(b"\r\n", b"\n").split(b"\n")
    if len(lines) < 2 or lines[0] != _BEGIN or lines[-1] != _END:
        raise DamagedError("the armour has no proper first and last line; copy all of it again")
    body = lines[1:-1]
    if not body or any(len(line) != _COLUMNS for line in body[:-1]) or not 0 < len(body[-1]) <= _COLUMNS:
        raise DamagedError("the armour's lines are malformed; copy all of it again")
    joined = b"".join(body)
    try:
        binary = base64.b64decode(joined, validate=True)
    except (binascii.Error, ValueError) as exc:
        raise DamagedError("the armour is not sound base64; copy all of it again") from exc
    if base64.b64encode(binary) != joined:
        raise DamagedError("the armour is not canonical base64; copy all of it again")
    return binary
