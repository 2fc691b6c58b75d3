"""Laws of names, then vectors (BIP-173, keys of other age programs), then what people would type."""

from __future__ import annotations

import hashlib
import re
import unicodedata
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magnitizdat.errors import DamagedError
from magnitizdat.formats.names import (
    bech32_decode,
    bech32_encode,
    clean_text,
    imprint_bytes,
    imprint_picture,
    imprint_text,
    imprint_words,
    opaque_name,
    passphrase_words,
    portable_name,
    portable_names,
)

digests = st.binary(min_size=32, max_size=32)
nasty = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from('<>:"/\\|?*.-_ \0\x1b\x7f\u202e\u2066\u200b\ufeff\u0301\u0338éЙй１ß\ud800'),
    ),
    max_size=150,
)
MARKS = st.sampled_from("\u0301\u0323\u0327\u0338\u0345\u05b0\u064b\u0f71\u302a\U0001d165")
"""Nine classes of them, one beyond the basic plane; none that becomes two when it is composed."""
stacked = st.lists(
    st.tuples(
        st.sampled_from(["a", "\u1e69", "\u0958", "\u1100\u1161", "\u09c7", " ", "", "\n", "\u202e", "\u200d"]),
        st.lists(MARKS | st.sampled_from("\u0344\u0f73\u0f76\u09be\u0903\u20dd\ufe0f\u034f\u202e\u200d"), max_size=99),
    ).map(lambda each: each[0] + "".join(each[1])),
    max_size=4,
).map("".join)
RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{digit}" for port in ("com", "lpt") for digit in "0123456789¹²³")}


def rows(text):
    """Marks that follow each other."""
    return re.findall("M+", "".join(unicodedata.category(char)[0] for char in text))


def sorting(text):
    """Steps that it takes at worst to put marks in their order, which is how they are composed."""
    return sum(len(row) ** 2 for row in rows(text))


# -- bech32 ------------------------------------------------------------------------------------------------------------


@given(prefix=st.from_regex(r"[a-z]{1,10}", fullmatch=True), content=st.binary(max_size=1300))
def test_bech32_round_trip(prefix, content):
    text = bech32_encode(prefix, content)
    assert bech32_decode(text) == bech32_decode(text.upper()) == (prefix, content)


@given(content=digests, position=st.integers(0, 61), char=st.sampled_from("qpzry9x8gf2tvdw0s3jn54khce6mua7lQ1b -"))
def test_one_mistyped_character_is_noticed(content, position, char):
    text = imprint_text(content)
    mistyped = text[:position] + char + text[position + 1 :]
    if mistyped == text:
        return
    with pytest.raises(DamagedError):
        imprint_bytes(mistyped)
    assert imprint_words(mistyped) == mistyped, "strangers write what they like, and it is told as it is"


@pytest.mark.parametrize("text", ["A12UEL5L", "a12uel5l", "?1ezyfcl"])
def test_bip173_valid(text):
    assert bech32_decode(text) == (text.lower().rpartition("1")[0], b"")


@pytest.mark.parametrize(
    "text",
    [
        "\x201nwldj5",
        "\x7f1axkwrx",
        "\x801eym55h",
        "pzry9x0s0muk",
        "1pzry9x0s0muk",
        "x1b4n0q5v",
        "li1dgmt3",
        "de1lg7wt\xff",
        "A1G7SGD8",
        "10a06t8",
        "1qzzfhee",
        "A12uEL5L",
        "",
        "1",
    ],
)
def test_bip173_invalid(text):
    with pytest.raises(DamagedError):
        bech32_decode(text)


def test_bits_left_over_are_refused():
    """Groups of five that are no whole bytes: BIP-173 lets them be, keys do not."""
    for text in (
        "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw",
        "split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w",
    ):
        try:
            prefix, content = bech32_decode(text)
        except DamagedError:
            continue
        assert bech32_encode(prefix, content) == text


# -- imprints ----------------------------------------------------------------------------------------------------------


@given(digest=digests)
def test_imprint_round_trip(digest):
    text = imprint_text(digest)
    assert len(text) == 62
    assert text.startswith("mag1")
    assert imprint_bytes(text) == digest


@given(digest=digests)
def test_imprint_words_are_four_and_lasting(digest):
    words = imprint_words(imprint_text(digest)).split("-")
    assert len(words) == 4
    assert words == imprint_words(imprint_text(digest).upper()).split("-")


@given(digest=digests)
def test_imprint_picture_is_symmetric_and_self_contained(digest):
    drawn = imprint_picture(imprint_text(digest))
    root = ET.fromstring(drawn)
    squares = {(rect.get("x"), rect.get("y")) for rect in root.iter("{http://www.w3.org/2000/svg}g") for rect in rect}
    assert drawn == imprint_picture(imprint_text(digest))
    assert squares == {(str(6 - int(x)), y) for x, y in squares}
    assert len(drawn) < 6000
    assert "href" not in drawn
    assert "style" not in drawn
    assert "script" not in drawn


def test_different_labels_look_and_sound_different():
    imprints = [imprint_text(hashlib.sha256(bytes([number])).digest()) for number in range(100)]
    assert len({imprint_picture(imprint) for imprint in imprints}) == 100
    assert len({imprint_words(imprint) for imprint in imprints}) == 100


def test_an_address_is_no_imprint():
    with pytest.raises(DamagedError):
        imprint_bytes(bech32_encode("age", bytes(32)))
    with pytest.raises(DamagedError):
        imprint_bytes(bech32_encode("mag", bytes(31)))


# -- generated names ---------------------------------------------------------------------------------------------------


def test_generated_words_and_names():
    assert [len(passphrase_words().split()), len(passphrase_words(9).split())] == [6, 9]
    assert len({passphrase_words() for _ in range(50)}) == 50
    made = {opaque_name() for _ in range(200)}
    assert len(made) == 200
    assert all(len(name) == 8 and set(name) <= set("abcdefghijklmnopqrstuvwxyz234567") for name in made)


# -- text and file names -----------------------------------------------------------------------------------------------


@given(text=nasty)
def test_clean_text_has_nothing_that_moves_a_terminal(text):
    cleaned = clean_text(text)
    assert clean_text(cleaned) == cleaned == unicodedata.normalize("NFC", cleaned)
    assert not {unicodedata.category(char) for char in cleaned} & {"Cc", "Cs", "Co", "Zl", "Zp"}
    assert not set(cleaned) & set("\x1b\x9b\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")
    cleaned.encode()


@given(text=stacked | nasty)
def test_letters_carry_thirty_marks_and_no_text_takes_more_steps_than_that(text):
    steps = []
    normalize = unicodedata.normalize
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(unicodedata, "normalize", lambda form, text: steps.append(sorting(text)) or normalize(form, text))
        cleaned = clean_text(text)
    assert sum(steps) <= 30 * len(text)
    assert all(len(row) <= 30 for row in rows(cleaned))
    assert clean_text(cleaned) == cleaned == unicodedata.normalize("NFC", cleaned)


@given(text=st.lists(st.tuples(st.sampled_from("aяक"), st.text(MARKS, max_size=30))))
def test_as_many_marks_as_any_language_has_all_stay(text):
    written = "".join(letter + "".join(marks) for letter, marks in text)
    assert clean_text(written) == unicodedata.normalize("NFC", written)


@given(text=nasty, max_bytes=st.integers(24, 200))
def test_portable_name_is_safe_everywhere(text, max_bytes):
    name = portable_name(text, max_bytes=max_bytes)
    assert 0 < len(name.encode()) <= max_bytes
    assert not set(name) & set('<>:"/\\|?*\x7f')
    assert min(name) >= " "
    assert name[0] not in ".- "
    assert name[-1] not in ". "
    assert name.partition(".")[0].strip().casefold() not in RESERVED
    assert name == unicodedata.normalize("NFC", name)
    assert portable_name(name, max_bytes=max_bytes) == name


@given(
    texts=st.lists(st.one_of(nasty, st.sampled_from(["Song.mp3", "SONG.mp3", "song (2).mp3", "é", "e\u0301", "ＡＢ"])))
)
def test_portable_names_never_meet(texts):
    names = portable_names(texts)
    assert len(names) == len(texts)
    folded = [unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name).casefold()) for name in names]
    assert len(set(folded)) == len(names)
    assert names == portable_names(iter(texts))
    for name in names:
        assert len(name.encode()) <= 120
        assert portable_name(name) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Группа крови", "Группа крови"),
        ("AC/DC: Back?", "AC_DC_ Back_"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("...", "_"),
        ("", "_"),
        ("CON", "_CON"),
        ("nul.flac", "_nul.flac"),
        ("COM¹.mp3", "_COM¹.mp3"),
        ("-rf", "rf"),
        ("- ..bashrc", "bashrc"),
        ("45.", "45"),
        ("evil\u202egpj.exe", "evilgpj.exe"),
        ("a\x1b[2Jb", "a[2Jb"),
    ],
)
def test_portable_name_examples(text, name):
    assert portable_name(text) == name


def test_a_suffix_stays():
    long = portable_name("щ" * 300 + ".flac")
    assert long.endswith("щ.flac")
    assert portable_names(["a.flac", "A.flac", "a.FLAC"]) == ["a.flac", "A (2).flac", "a (3).FLAC"]
    assert all(name.endswith(".flac") for name in portable_names(["щ" * 300 + ".flac"] * 3))
