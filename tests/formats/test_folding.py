"""What the same name has in common, however it was typed; ids are made of it."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magnitizdat.formats.folding import folded


@given(st.text(), st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]), st.sampled_from(["", " ", "\t\n"]))
def test_composition_and_blanks_around_do_not_count(text, form, blanks):
    assert folded(blanks + unicodedata.normalize(form, text) + blanks) == folded(text)


@pytest.mark.parametrize(
    ("text", "common"),
    [
        ("КИНО", "кино"),
        (" Straße ", "strasse"),
        ("Ёлка", "ёлка"),
        ("ﬁlm №２", "film no2"),
        ("two  blanks", "two  blanks"),
    ],
)
def test_it_stays_what_it_was(text, common):
    assert folded(text) == common
