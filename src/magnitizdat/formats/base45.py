"""Base45: bytes as text of the alphanumeric mode of a QR, at 5.5 bits a letter where a byte would take 8. PURE.

Source: RFC 9285.
"""

from __future__ import annotations

from collections.abc import Iterator

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUES = {letter: value for value, letter in enumerate(ALPHABET)}


def encode(plain: bytes) -> str:
    """Three letters for two bytes, two for a last one."""
    return "".join(map(_letters, (plain[start : start + 2] for start in range(0, len(plain), 2))))


def decode(text: str) -> bytes:
    """The inverse of `encode`.

    Raises: ValueError if it is not made like that.
    """
    return b"".join(_bytes(text))


def _letters(pair: bytes) -> str:
    value, found = int.from_bytes(pair, "big"), ""
    for _ in range(len(pair) + 1):
        value, digit = divmod(value, 45)
        found += ALPHABET[digit]
    return found


def _bytes(text: str) -> Iterator[bytes]:
    for start in range(0, len(text), 3):
        letters = text[start : start + 3]
        if len(letters) == 1:
            raise ValueError("a letter alone")
        try:
            value = sum(_VALUES[letter] * 45**place for place, letter in enumerate(letters))
            yield value.to_bytes(len(letters) - 1, "big")
        except (KeyError, OverflowError) as exc:
            raise ValueError("not base45") from exc
