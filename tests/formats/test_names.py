"""Laws of names, then vectors (BIP-173, keys of other age programs), then what people would type."""

from __future__ import annotations

import hashlib
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
RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{digit}" for port in ("com", "lpt") for digit in "0123456789¹²³")}


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
