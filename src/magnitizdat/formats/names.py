"""Names: bech32, imprints as text, words and picture, generated words, and file names that every system takes. PURE."""

from __future__ import annotations

import colorsys
import re
import secrets
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import count
from typing import Any

from magnitizdat.errors import DamagedError
from magnitizdat.sentence import say

_CHARSET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_OPAQUE = "abcdefghijklmnopqrstuvwxyz234567"
_IMPRINT_PREFIX = "mag"
_DIGEST_LENGTH = 32
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])\s*(?:\..*)?", re.IGNORECASE)
_PORTABLE = re.compile(r"[A-Za-z0-9А-Яа-яЁё]+(?:[ -][A-Za-z0-9А-Яа-яЁё]+)*")
"""Most names; to look at each of their letters takes long."""
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_JOINERS = "\u200c\u200d"
_MOST_MARKS = 30
"""Over one letter. To sort n of them takes n² steps; no language has more (UAX #15, 13: Stream-Safe Text Format)."""
_PERHAPS_MARKS = re.compile(f"[\u0300-\U0010ffff]{{{_MOST_MARKS + 1},}}")
"""Most text has no row as long as that in which every character could be one."""


# -- bech32 (BIP-173; as age uses it, without the limit of 90 characters) ----------------------------------------------


def _polymod(values: Iterable[int]) -> int:
    checksum = 1
    for value in values:
        top = checksum >> 25
        checksum = (checksum & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate(_GENERATOR):
            checksum ^= generator if top >> bit & 1 else 0
    return checksum


def _expand(prefix: str) -> list[int]:
    return [ord(char) >> 5 for char in prefix] + [0] + [ord(char) & 31 for char in prefix]


def _regroup(values: Iterable[int], source: int, target: int) -> tuple[list[int], int, int]:
    """(groups of `target` bits, what is left, how many bits are left)."""
    rest = bits = 0
    groups = []
    for value in values:
        rest, bits = rest << source | value, bits + source
        while bits >= target:
            bits -= target
            groups.append(rest >> bits & (1 << target) - 1)
        rest &= (1 << bits) - 1
    return groups, rest, bits


def bech32_encode(prefix: str, content: bytes) -> str:
    """Lower-case bech32."""
    groups, rest, bits = _regroup(content, 8, 5)
    if bits:
        groups.append(rest << 5 - bits)
    checksum = _polymod([*_expand(prefix), *groups, 0, 0, 0, 0, 0, 0]) ^ 1
    groups += [checksum >> 5 * (5 - place) & 31 for place in range(6)]
    return f"{prefix}1" + "".join(_CHARSET[group] for group in groups)


def bech32_decode(text: str) -> tuple[str, bytes]:
    """(prefix in lower case, content).

    Raises: DamagedError for mixed case, a wrong checksum or padding.
    """
    lower = text.lower()
    prefix, one, rest = lower.rpartition("1")
    wrong = DamagedError(say("this address or key is mistyped; copy all of it again"))
    if (text not in {lower, text.upper()}) or not one or not prefix or len(rest) < 6 or not text.isascii():
        raise wrong
    if any(char not in _CHARSET for char in rest) or any(not 33 <= ord(char) <= 126 for char in prefix):
        raise wrong
    groups = [_CHARSET.index(char) for char in rest]
    if _polymod([*_expand(prefix), *groups]) != 1:
        raise wrong
    octets, left, bits = _regroup(groups[:-6], 5, 8)
    if bits >= 5 or left:
        raise wrong
    return prefix, bytes(octets)


# -- imprints ----------------------------------------------------------------------------------------------------------


def imprint_text(sha256: bytes) -> str:
    """`mag1…` (62 characters) of a label's imprint."""
    return bech32_encode(_IMPRINT_PREFIX, sha256)


def imprint_bytes(text: str) -> bytes:
    """The digest in an imprint.

    Raises: DamagedError if it is mistyped.
    """
    prefix, digest = bech32_decode(text)
    if prefix != _IMPRINT_PREFIX or len(digest) != _DIGEST_LENGTH:
        raise DamagedError(say("this is not a label's address; it begins with mag1 and has 62 characters"))
    return digest


@cache
def _mnemonic() -> Any:
    from mnemonic import Mnemonic

    return Mnemonic("english")


def word_list() -> list[str]:
    """The words that passphrases, paper keys and words for reels are made of (BIP-39, English)."""
    found: list[str] = _mnemonic().wordlist
    return found


def secret_words(secret: bytes) -> str:
    """BIP-39 words (English) of a secret: 12 of 16 bytes, 24 of 32."""
    return str(_mnemonic().to_mnemonic(secret))


def words_secret(words: str) -> bytes:
    """The inverse of `secret_words`; case and spacing do not matter.

    Raises: ValueError where a word is unknown, or they do not belong together.
    """
    try:
        return bytes(_mnemonic().to_entropy(" ".join(words.lower().split())))
    except (ValueError, LookupError) as exc:
        raise ValueError("a word is unknown, or they do not belong together") from exc


def imprint_words(imprint: str) -> str:
    """Four words of an imprint (44 bits): to compare by voice, never instead of the imprint.

    One that is mistyped has none, and is itself all that can be said of it: strangers write what they like.
    """
    try:
        number = int.from_bytes(imprint_bytes(imprint)[:6], "big") >> 4
    except DamagedError:
        return imprint
    return "-".join(word_list()[number >> 11 * place & 2047] for place in (3, 2, 1, 0))


def imprint_picture(imprint: str) -> str:
    """A small SVG of an imprint: a symmetric pattern in one colour, the same on every device."""
    digest = imprint_bytes(imprint)
    red, green, blue = colorsys.hls_to_rgb(digest[6] / 256, 0.35, 0.55)
    colour = f"#{int(red * 255):02x}{int(green * 255):02x}{int(blue * 255):02x}"
    bits = int.from_bytes(digest[7:15], "big")
    cells = []
    for row in range(7):
        for column in range(4):
            if bits >> (row * 4 + column) & 1:
                mirrored = {column, 6 - column}
                cells += [f'<rect x="{x}" y="{row}" width="1" height="1"/>' for x in sorted(mirrored)]
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="-1 -1 9 9" width="72" height="72" role="img"'
        f' shape-rendering="crispEdges"><rect x="-1" y="-1" width="9" height="9" fill="#f4efe4"/>'
        f'<g fill="{colour}">{"".join(cells)}</g></svg>'
    )


# -- generated names ---------------------------------------------------------------------------------------------------


def passphrase_words(count: int = 6) -> str:
    """Generated words (11 bits each) joined with spaces."""
    return " ".join(secrets.choice(word_list()) for _ in range(count))


def opaque_name() -> str:
    """Eight random characters: one FAT slot, says nothing."""
    return "".join(secrets.choice(_OPAQUE) for _ in range(8))


# -- names for people's file systems -----------------------------------------------------------------------------------


def clean_text(text: str) -> str:
    """Text that is safe on a terminal or a page: no control, escape, bidi or other invisible characters; NFC.

    Of marks over one letter the first 30 stay.
    """
    if text.isprintable():  # most of it: none of those is
        return _composed(text)
    kept = (
        char for char in text.replace("\t", " ") if char in _JOINERS or unicodedata.category(char) not in _INVISIBLE
    )
    return _composed("".join(kept))  # last: what was between two characters is gone now


def _composed(text: str) -> str:
    """NFC in steps that grow with the text and no faster."""
    return _few_marks(unicodedata.normalize("NFC", _few_marks(text)))  # again: some letters and marks become two


def _few_marks(text: str) -> str:
    return _PERHAPS_MARKS.sub(lambda row: "".join(_spared(row.group())), text)


def _spared(row: str) -> Iterator[str]:
    marks = 0
    for char in row:
        marks = marks + 1 if unicodedata.category(char).startswith("M") else 0
        if marks <= _MOST_MARKS:
            yield char


def clean_line(text: str) -> str:
    """The same in one line, with one space where there was any."""
    return " ".join(clean_text(" ".join(text.split())).split())


def clean_lines(text: str) -> str:
    """The same of several lines: what ends one becomes a newline, and nothing stands around the text."""
    return "\n".join(map(clean_text, text.splitlines())).strip()


def portable_name(text: str, *, max_bytes: int = 120) -> str:
    """A file name that FAT, exFAT, NTFS, ext4 and macOS take, as near to `text` as they allow; never empty."""
    if 2 * len(text) <= max_bytes and _PORTABLE.fullmatch(text) and not _RESERVED.fullmatch(text):
        return text
    name = _FORBIDDEN.sub("_", clean_text(re.sub(r"[\r\n\t]+", " ", text)))
    name = re.sub(r"\s+", " ", name).rstrip(" ").lstrip(" .-")
    name = _cut(name, max_bytes).rstrip(". ")
    if _RESERVED.fullmatch(name):
        name = _cut(f"_{name}", max_bytes)
    return name or "_"


def _cut(name: str, max_bytes: int) -> str:
    """At most that many bytes of UTF-8; a short suffix such as `.flac` stays."""
    if len(name.encode()) <= max_bytes:
        return name
    stem, dot, suffix = name.rpartition(".")
    if not dot or not stem or len(suffix.encode()) > 8:
        stem, dot, suffix = name, "", ""
    room = max_bytes - len((dot + suffix).encode())
    return stem.encode()[:room].decode(errors="ignore").rstrip() + dot + suffix


def portable_names(texts: Iterable[str], *, max_bytes: int = 120) -> list[str]:
    """`portable_name` of each, made different where a file system could take two for one: ` (2)` before the suffix."""
    taken: set[str] = set()
    names = []
    for text in texts:
        candidates = numbered(portable_name(text, max_bytes=max_bytes), max_bytes=max_bytes)
        name = next(each for each in candidates if folded_name(each) not in taken)
        taken.add(folded_name(name))
        names.append(name)
    return names


def numbered(name: str, *, max_bytes: int) -> Iterator[str]:
    """A name of a file, and then the same with ` (2)`, ` (3)` and so on before its suffix."""
    yield name
    stem, dot, suffix = name.rpartition(".")
    if not stem or len(suffix) > 5:
        stem, dot, suffix = name, "", ""
    for number in count(2):
        mark = f" ({number}){dot}{suffix}"
        yield stem.encode()[: max_bytes - len(mark.encode())].decode(errors="ignore") + mark


def folded_name(name: str) -> str:
    """What names have in common that a file system could take for one: FAT, exFAT, NTFS and APFS fold case."""
    return unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name).upper().casefold())
