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
        ("май 1982", "1982-05"),
        ("5 June 1972", "1972-06-05"),
        ("5. juni 1972", "1972-06-05"),
        ("June 1972", "1972-06"),
        ("31 июня 1972", "1972-06"),
        ("June 5, 1972", "1972-06-05"),
        ("June 5th 1972", "1972-06-05"),
        ("5th June 1972", "1972-06-05"),
        ("1972/06/05", "1972-06-05"),
        ("05.06.1972", "1972-06-05"),
        ("06/25/1972", "1972-06-25"),
        ("12/1971", "1971-12"),
        ("13/1971", "1971"),
        ("197106", "1971-06"),
        ("[1972]", "1972"),
        ("c. 1972", "1972"),
        ("℗ 1972 Label", "1972"),
        ("catalogue 19721", ""),
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


@pytest.mark.parametrize(
    ("raw", "disc", "number", "total"),
    [
        ("A1", 1, 1, 0),
        ("b2", 2, 2, 0),
        ("C", 3, 1, 0),
        ("1-03", 1, 3, 0),
        ("2.11", 2, 11, 0),
        ("3/12", 0, 3, 12),
        ("07", 0, 7, 0),
        ("x", 0, 0, 0),
        ("", 0, 0, 0),
    ],
)
def test_places(raw, disc, number, total):
    assert text.numbering(raw) == text.Numbering(number, total, disc)


@given(st.text())
def test_any_place_has_an_answer(raw):
    assert all(0 <= number <= 99999 for number in text.numbering(raw))


def test_genres_once_each():
    assert text.genre_names(["Rock; Post-Punk", "rock\0Jazz", ""]) == ("Rock", "Post-Punk", "Jazz")


def test_timed_lyrics():
    written = text.lrc([("Первая\n", 0), ("вторая", 61_230)])
    assert written == "[00:00.00]Первая\n[01:01.23]вторая"
    assert text.is_timed(written)
    assert not text.is_timed("[Припев]\nла-ла")
