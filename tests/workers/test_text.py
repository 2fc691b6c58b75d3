from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magnitizdat.workers import text


@given(st.text())
def test_lines_are_clean_short_and_stable(raw):
    for clean, limit in ((text.one_line, 512), (text.many_lines, 4096)):
        cleaned = clean(raw)
        assert len(cleaned) <= limit
        assert cleaned == unicodedata.normalize("NFC", cleaned)
        assert not [char for char in cleaned if unicodedata.category(char) in {"Cc", "Cs"} and char not in "\n\t"]
        assert clean(cleaned) == cleaned


@given(st.text(alphabet="0123456789-./ TZ:x", max_size=24))
def test_dates_have_one_shape(raw):
    assert re.fullmatch(r"(\d{4}(-\d{2}(-\d{2})?)?)?", text.iso_date(raw))


@pytest.mark.parametrize(
    ("raw", "date"),
    [
        ("1982", "1982"),
        ("1982-05", "1982-05"),
        ("1982-05-07T10:00:00Z", "1982-05-07"),
        ("19820507", "1982-05-07"),
        ("07.05.1982", "1982-05-07"),
        ("1982-13-01", "1982"),
        ("1982-02-30", "1982-02"),
        ("0000", ""),
        ("май 1982", ""),
        ("123456", ""),
    ],
)
def test_date_examples(raw, date):
    assert text.iso_date(raw) == date


@given(st.text())
def test_numbers_are_small(raw):
    assert all(0 <= number <= 99999 for number in text.number_pair(raw))


@pytest.mark.parametrize(
    ("raw", "pair"),
    [
        ("3/12", (3, 12)),
        ("03", (3, 0)),
        (" 3 of 12", (3, 12)),
        ("A3", (3, 0)),
        ("x", (0, 0)),
        ("", (0, 0)),
        ("-1", (0, 0)),
    ],
)
def test_number_examples(raw, pair):
    assert text.number_pair(raw) == pair


def test_genres_once_each():
    assert text.genre_names(["Rock; Post-Punk", "rock\0Jazz", ""]) == ("Rock", "Post-Punk", "Jazz")


def test_timed_lyrics():
    written = text.lrc([("Первая\n", 0), ("вторая", 61_230)])
    assert written == "[00:00.00]Первая\n[01:01.23]вторая"
    assert text.is_timed(written)
    assert not text.is_timed("[Припев]\nла-ла")
