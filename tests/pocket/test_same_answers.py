"""The page's small rooms beside the program's: names, texts, canonical JSON, signatures and budgets are the same."""

from __future__ import annotations

import hashlib
import html
import json
import random
import re
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st
from securesystemslib.formats import encode_canonical

from magnitizdat.catalogue.documents import _is_carried
from magnitizdat.catalogue.strict_json import parse
from magnitizdat.errors import DamagedError
from magnitizdat.formats import budgets
from magnitizdat.formats.names import (
    clean_line,
    clean_lines,
    clean_text,
    imprint_picture,
    imprint_text,
    imprint_words,
)
from magnitizdat.model import MEDIA_TYPES
from magnitizdat.pages.markup import from_markdown
from tests.pocket.node import answers

PRIME = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
CURVE = -121665 * pow(121666, PRIME - 2, PRIME) % PRIME
ROOT = pow(2, (PRIME - 1) // 4, PRIME)

Point = tuple[int, int, int, int]
"""Extended coordinates: x = X / Z, y = Y / Z, T = X Y / Z."""

# -- names and texts --------------------------------------------------------------------------------------------------

IMPRINTS = [imprint_text(hashlib.sha256(b"%d" % number).digest()) for number in range(300)]


def test_an_imprint_has_the_same_words() -> None:
    said = answers("answers.js", (["fourWords", imprint] for imprint in IMPRINTS))
    assert ["-".join(words) for words in said] == [imprint_words(imprint) for imprint in IMPRINTS]


def test_an_imprint_has_the_same_picture_in_all_colours() -> None:
    every = [*IMPRINTS, *(imprint_text(bytes([*[7] * 6, hue, *[85] * 25])) for hue in range(256))]
    for imprint, picture in zip(every, answers("answers.js", (["picture", each] for each in every)), strict=True):
        drawn = imprint_picture(imprint)
        squares = {(int(x), int(y)) for x, y in re.findall(r'<rect x="(\d)" y="(\d)" width="1"', drawn)}
        assert {tuple(cell) for cell in picture["cells"]} == squares
        assert len(picture["cells"]) == len(squares)
        assert f'fill="{picture["ground"]}"' in drawn
        assert f'<g fill="{picture["colour"]}"' in drawn


# Only what Unicode 14 knows: what is no character yet for Python may be one for the browser.
TEXTS = st.text(
    st.characters(exclude_categories=["Cs", "Cn"]) | st.sampled_from("\t\r\n\x0b\x1c\u2028\u202e\u200d e\u0301\ufeff")
)

MARKS = (
    "\u0301\u0323\u0327\u0338\u0344\u0345\u034f\u05b0\u064b\u0903\u09be\u0f71\u0f73\u0f76\u20dd\u302a\ufe0f\U0001d165"
)
STACKED = st.lists(
    st.tuples(TEXTS, st.lists(st.sampled_from(MARKS), min_size=20, max_size=70).map("".join)).map("".join), max_size=4
).map("".join)


@settings(max_examples=20)
@given(st.lists(TEXTS | STACKED, min_size=30, max_size=60))
def test_text_is_cleaned_alike(texts: list[str]) -> None:
    asked = [[name, text] for text in texts for name in ("plainText", "plainLine", "plainLines")]
    cleaned = [clean(text) for text in texts for clean in (clean_text, clean_line, clean_lines)]
    assert answers("answers.js", asked) == cleaned


MARKED = st.lists(
    st.sampled_from(
        [
            *"*_#-+![]()a.1) \n\u2028\x1c\u0661б",
            "**",
            "\n\n",
            "# ",
            "- ",
            "1. ",
            "***",
            "[a](b)",
            "![a](b c)",
            "<b>",
            "  ",
        ]
    )
    | TEXTS
).map("".join)


def as_html(blocks: list[dict[str, Any]]) -> str:
    """What the page makes of notes, written as the program writes it."""

    def inside(spans: list[tuple[str, str]]) -> str:
        return "".join(f"<{tag}>{html.escape(text)}</{tag}>" if tag else html.escape(text) for tag, text in spans)

    def one(tag: str, lines: list[list[tuple[str, str]]]) -> str:
        between = "li" if tag in {"ul", "ol"} else ""
        items = "".join(f"<li>{inside(spans)}</li>" if between else inside(spans) for spans in lines)
        return "<hr>" if tag == "hr" else f"<{tag}>{items}</{tag}>"

    return "".join(one(**block) for block in blocks)


@settings(max_examples=40)
@given(st.lists(MARKED, min_size=30, max_size=60))
def test_notes_have_the_same_headings_lists_and_emphasis(texts: list[str]) -> None:
    shown = [re.sub('<span class="url">(.*?)</span>', r"\1", from_markdown(text, top_level=3)) for text in texts]
    assert [as_html(blocks) for blocks in answers("answers.js", [["marked", text] for text in texts])] == shown


def test_media_types_are_the_same() -> None:
    assert dict(answers("answers.js", [["mediaTypes"]])[0]) == MEDIA_TYPES
    names = [
        "flac",
        "x-new",
        "svg",
        "svg+xml",
        "x-script",
        "FLAC",
        "",
        "-a",
        "a" * 51,
        "a" * 52,
        "a\n",
        "plain",
        "jpeg",
        "a/b",
    ]
    asked = [
        (f"{family}/{name}", f"{place}/")
        for family in ("audio", "image", "text", "Audio")
        for name in names
        for place in ("audio", "image", "text")
    ]
    said = answers("answers.js", (["isCarried", *each] for each in asked))
    assert said == [_is_carried(*each) for each in asked]


# -- JSON -------------------------------------------------------------------------------------------------------------

LETTERS = st.characters(exclude_categories=["Cs"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(LETTERS) | st.floats(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(LETTERS), inner),
    max_leaves=12,
)
NEAR = st.text(st.sampled_from('{}[]":,\\ud8bfntrlsae0123456789.-+E \n\U0001f3b8'), max_size=24)


def canonical_here(text: bytes) -> str:
    try:
        return str(encode_canonical(parse(text, max_length=1 << 20, what="it"))).encode().hex()
    except DamagedError:
        return "DamagedError"
    except Exception:  # noqa: BLE001 - securesystemslib's for a fraction
        return "DamagedError"


@settings(max_examples=20)
@given(st.lists(st.tuples(VALUES, st.booleans()), max_size=40), st.lists(NEAR, max_size=200))
def test_canonical_json_is_the_same(values: list[tuple[object, bool]], near: list[str]) -> None:
    texts = [json.dumps(value, ensure_ascii=is_ascii).encode() for value, is_ascii in values]
    texts += [text.encode() for text in near]
    said = answers("answers.js", (["canonical", text.hex()] for text in texts))
    assert said == [canonical_here(text) for text in texts]


# -- signatures -------------------------------------------------------------------------------------------------------


def plus(one: Point, other: Point) -> Point:
    a, b = (one[1] - one[0]) * (other[1] - other[0]) % PRIME, (one[1] + one[0]) * (other[1] + other[0]) % PRIME
    c, d = 2 * CURVE * one[3] * other[3] % PRIME, 2 * one[2] * other[2] % PRIME
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % PRIME, g * h % PRIME, f * g % PRIME, e * h % PRIME


def times(number: int, point: Point) -> Point:
    found = (0, 1, 1, 0)
    while number:
        if number & 1:
            found = plus(found, point)
        point, number = plus(point, point), number >> 1
    return found


def point_of(y: int, sign: int) -> Point | None:
    square = (y * y - 1) * pow(CURVE * y * y + 1, PRIME - 2, PRIME) % PRIME
    x = pow(square, (PRIME + 3) // 8, PRIME)
    x = x if (x * x - square) % PRIME == 0 else x * ROOT % PRIME
    if (x * x - square) % PRIME:
        return None
    x = x if x & 1 == sign else -x % PRIME
    return x, y % PRIME, 1, x * y % PRIME


def coded(point: Point) -> bytes:
    inverse = pow(point[2], PRIME - 2, PRIME)
    return (point[1] * inverse % PRIME | (point[0] * inverse % PRIME & 1) << 255).to_bytes(32, "little")


BASE = point_of(4 * pow(5, PRIME - 2, PRIME) % PRIME, 0)


def small_points(dice: random.Random) -> list[Point]:
    """The eight points of small order."""
    found: dict[bytes, Point] = {}
    while len(found) < 8:
        point = point_of(dice.randrange(PRIME), dice.randrange(2))
        if point is not None:
            small = times(ORDER, point)
            found[coded(small)] = small
    return [found[each] for each in sorted(found)]


def odd_codings(points: list[Point]) -> list[bytes]:
    """Each of these, with either sign and above the prime; and whatever lies just above it."""
    ys = {int.from_bytes(coded(point), "little") & 2**255 - 1 for point in points} | set(range(19))
    return [
        (y + more | sign << 255).to_bytes(32, "little")
        for y in sorted(ys)
        for more in (0, PRIME)
        for sign in (0, 1)
        if y + more < 2**255
    ]


def challenge(r: bytes, key: bytes, message: bytes) -> int:
    return int.from_bytes(hashlib.sha512(r + key + message).digest(), "little") % ORDER


def odd_signatures(dice: random.Random) -> list[tuple[bytes, bytes, bytes]]:
    """(key, message, signature), made so that readers differ about them if they can."""
    assert BASE is not None
    small = small_points(dice)
    codings, found = odd_codings(small), []
    for number in range(60):
        message, secret, nonce = b"%d" % number, dice.randrange(ORDER), dice.randrange(ORDER)
        key = coded(plus(times(secret, BASE), dice.choice(small)))
        r = coded(plus(times(nonce, BASE), dice.choice(small)))
        scalar = (nonce + challenge(r, key, message) * secret) % ORDER
        found.append((key, message, r + scalar.to_bytes(32, "little")))  # right but for parts of small order
        key, r = dice.choice(codings), dice.choice(codings)
        found.append((key, message, r + bytes(32)))
        r = coded(plus(times(nonce, BASE), dice.choice(small)))
        found.append((key, message, r + nonce.to_bytes(32, "little")))  # right for one key of small order in eight
        honest = Ed25519PrivateKey.from_private_bytes(dice.randbytes(32))
        key, signature = honest.public_key().public_bytes_raw(), honest.sign(message)
        higher = int.from_bytes(signature[32:], "little") + dice.choice((0, ORDER, 1))
        found.append((key, message, signature[:32] + higher.to_bytes(32, "little")))
        found.append((dice.randbytes(32), message, dice.randbytes(64)))
    return found


def verifies(key: bytes, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


@pytest.mark.parametrize("seed", range(2))
def test_of_signatures_that_readers_differ_about_both_say_the_same(seed: int) -> None:
    asked = odd_signatures(random.Random(seed))
    said = answers("answers.js", (["verifies", *(part.hex() for part in each)] for each in asked))
    expected = [verifies(*each) for each in asked]
    assert said == expected
    assert len(set(expected)) == 2


# -- budgets ----------------------------------------------------------------------------------------------------------


def test_budgets_of_papers_are_those_of_the_program() -> None:
    said = answers("answers.js", [["budgets"]])[0]
    shared = {
        "header": budgets.HEADER,
        "wordsWork": budgets.WORDS_WORK,
        "wordFiles": budgets.WORD_FILES,
        "jsonDepth": budgets.JSON_DEPTH,
        "jsonValues": budgets.JSON_VALUES,
        "root": budgets.ROOT,
        "timestamp": budgets.TIMESTAMP,
        "snapshot": budgets.SNAPSHOT,
        "targets": budgets.TARGETS,
        "roots": budgets.ROOTS,
        "rootChain": budgets.ROOT_CHAIN,
        "signatures": budgets.SIGNATURES,
        "metadata": budgets.METADATA,
        "release": budgets.RELEASE,
        "labelDocument": budgets.LABEL_DOCUMENT,
    }
    assert {name: said[name] for name in shared} == {name: budget.most for name, budget in shared.items()}
