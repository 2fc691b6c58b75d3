"""The same values in other words, or nearly: text and bytes of papers, changed by chance."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from typing import Any

from tests.fakes_papers import spelled

ODD_TEXT = ("\t", "\x7f", "\\/", "\\x41", "\\u00zz", "\\", "\\u0000", "\u2028", "\\U0041", "\\b\\f\\n\\r\\t")
BIG_NUMBERS = (
    *("9" * 4300, "9" * 4301, "-" + "9" * 4300, "1e400", "-1e400", "1E+2", "0.1", "-0", "-0.0", "1e-999", "01", "1."),
    *(".5", "+1", "NaN", "Infinity", "-Infinity", "0x10", "1_000", "9007199254740993", "1e", "--1"),
)
HALVES = ("\\ud83c", "\\udfb8", "\\udfb8\\ud83c", "\\ud83c\\udfb8", "\\ud83cx")
ENDS = (b" ", b"\n", b"\x00", b"x", b"{}", b"\xc2\xa0", b"\xff")
BETWEEN = (" : ", ":\n", "\t:\r", "\x0b:", ":\u00a0")
ENCODINGS = ("utf-16", "utf-8-sig", "utf-32", "utf-16-le")
NUMBERS = ("{}.0", "{}e0", "0{}", "+{}", "{}E+0", "-{}", "{}0e-1", "{} ", '"{}"', "-0", "{}.")


def changed_spelling(dice: random.Random, role: str) -> Callable[[str, Any], bytes]:
    """How the papers of one role are written otherwise: what is signed may stay what it was."""
    change = dice.choice(SPELLINGS)

    def spell(this: str, value: Any) -> bytes:
        plain = spelled(this, value)
        if this != role:
            return plain
        made = change(dice, plain.decode("utf-8", "surrogatepass"), value)
        return made if isinstance(made, bytes) else made.encode("utf-8", "surrogatepass")

    return spell


def changed_bytes(dice: random.Random, body: bytes) -> bytes:
    """Some of them flipped, lost, doubled or put in."""
    at = dice.randrange(len(body) + 1)
    length = dice.choice((1, 1, 1, 2, 7, 64, 1000))
    match dice.randrange(5):
        case 0 if at < len(body):
            return body[:at] + bytes([body[at] ^ (1 << dice.randrange(8))]) + body[at + 1 :]
        case 1:
            return body[:at] + body[at + length :]
        case 2:
            return body[:at] + body[at : at + length] + body[at:]
        case 3:
            return body[:at]
        case _:
            put = bytes(dice.choice(b'{}[]":,0129aeE+-. \n\\u\x00\xff\xc3') for _ in range(length))
            return body[:at] + put + body[at:]


def _at_a_key(put: Callable[[random.Random, str], str]) -> Callable[[random.Random, str, Any], str]:
    """Something more before one of the keys of an object."""

    def change(dice: random.Random, text: str, _value: Any) -> str:
        found = list(re.finditer(r'"[^"\\]*"(?=: )', text))
        if not found:
            return text
        key = dice.choice(found)
        return text[: key.start()] + put(dice, key[0]) + text[key.start() :]

    return change


def _deep(dice: random.Random, _name: str) -> str:
    depth = dice.choice((15, 28, 29, 30, 31, 32, 33, 5000))
    return f'"deep":{"[" * depth}{"]" * depth},'


def _escaped(name: str) -> str:
    return '"' + "".join(f"\\u{ord(letter):04x}" if ord(letter) < 0x10000 else letter for letter in name[1:-1]) + '"'


def _number(dice: random.Random, text: str, _value: Any) -> str:
    found = list(re.finditer(r"(?<=[:,\[] )-?\d+\b(?![\".])", text))
    if not found:
        return text
    number = dice.choice(found)
    return text[: number.start()] + dice.choice(NUMBERS).format(number[0]) + text[number.end() :]


SPELLINGS: tuple[Callable[[random.Random, str, Any], str | bytes], ...] = (
    lambda _dice, _text, value: json.dumps(value),
    lambda _dice, _text, value: json.dumps(value, indent="\t", sort_keys=True),
    lambda _dice, text, _value: "\ufeff" + text,
    lambda dice, text, _value: text.encode("utf-8", "surrogatepass") + dice.choice(ENDS),
    lambda dice, text, _value: text.replace(":", dice.choice(BETWEEN)),
    lambda dice, text, _value: text.encode(dice.choice(ENCODINGS), "surrogatepass"),
    lambda dice, text, _value: changed_bytes(dice, text.encode("utf-8", "surrogatepass")),
    _number,
    _at_a_key(lambda dice, name: f"{name}:{dice.choice(('1', 'null', '[]'))},"),
    _at_a_key(lambda dice, name: f"{_escaped(name)}:{dice.choice(('1', '{}'))},"),
    _at_a_key(_deep),
    _at_a_key(lambda dice, _name: f'"half":"{dice.choice(HALVES)}",'),
    _at_a_key(lambda dice, _name: f'"big":{dice.choice(BIG_NUMBERS)},'),
    _at_a_key(lambda dice, _name: f'"odd":"{dice.choice(ODD_TEXT)}",'),
)
