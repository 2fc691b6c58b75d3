"""What the first block of a WavPack says. PURE."""

from __future__ import annotations

_HEADER = 32
_IS_LARGE, _KIND, _BITS, _CORRECTION = 0x80, 0x3F, 0x0A, 0x0B
"""Of the first byte of a part of a block."""
_HYBRID, _DSD = 8, 1 << 31
"""Flags of a block that is not lossless by itself, and of one whose samples are single bits, eight in what is told as
one."""


def is_correction(prefix: bytes) -> bool:
    """Whether this begins like the half of a WavPack that makes the other one lossless, and sounds of none.

    Source: WavPack 4 and 5 binary file formats, "Metadata Sub-Blocks".
    """
    at = _HEADER if prefix.startswith(b"wvpk") else len(prefix)
    while at + 4 <= len(prefix):
        kind, width = prefix[at], 3 if prefix[at] & _IS_LARGE else 1
        if kind & _KIND in {_BITS, _CORRECTION}:
            return kind & _KIND == _CORRECTION
        at += 1 + width + 2 * int.from_bytes(prefix[at + 1 : at + 1 + width], "little")
    return False


def bit_depth(first: bytes) -> int:
    """Bits of one sample; 0 of what is not lossless, or where that is not said. Source: the same, "Block Header"."""
    flags = int.from_bytes(first[24:28], "little") if len(first) >= 28 else _HYBRID
    if flags & _HYBRID:
        return 0
    return 1 if flags & _DSD else max(0, 8 * ((flags & 3) + 1) - (flags >> 13 & 31))
