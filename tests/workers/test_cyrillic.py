from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magnitizdat.workers.cyrillic import repair, repair_together

WESTERN = [
    *("Björk", "Mötley Crüe", "Sigur Rós", "Dvořák", "Ágætis byrjun", "Þórr", "ÆØÅ", "Ænima", "ÅÄÖ", "été", "Île", "Ö"),
    *("Für Elise", "São Paulo", "¡Ay!", "Señor", "Où", "«Où»", "Çà et là", "æøå", "áéíóú", "ÄÖÜ", "äöüß", "ÉÉÉ", "ÿÿÿ"),
    *("Blue Öyster Cult", "Motörhead", "Café Tacvba", "Håkan Hellström", "Röyksopp", "Beyoncé", "Ø", "Ólafur Arnalds"),
    *(
        "Ça va",
        "L'été à la mer",
        "Ärzte",
        "Kid A",
        "",
        "...",
        "Pí",
        "Ænæ",
        "Über",
        "Éé",
        "©",
        "® ™",
        "½ ¾",
        "Jóhann Jóhannsson",
    ),
]
SONGS = [
    *("Кино", "Группа крови", "Зоопарк", "Звезда по имени Солнце", "ВОСЬМИКЛАССНИЦА", "Сладкая N и другие", "Майк"),
    *(
        "Аквариум - Треугольник",
        "Мама, мы все тяжело больны",
        "Щёлкунчик",
        "Пачка сигарет",
        "Уездный город N",
        "АукцЫон",
    ),
]


@pytest.mark.parametrize("text", WESTERN)
def test_western_text_is_never_touched(text):
    assert repair(text) is None


@pytest.mark.parametrize("encoding", ["cp1251", "koi8-r", "cp866"])
@pytest.mark.parametrize("text", SONGS)
def test_old_cyrillic_is_put_right(text, encoding):
    assert repair(text.encode(encoding).decode("latin-1")) == text


@pytest.mark.parametrize("text", SONGS)
def test_real_cyrillic_is_never_touched(text):
    assert repair(text) is None


@given(st.text(alphabet=st.characters(max_codepoint=0x17F)))
def test_ascii_words_never_change(text):
    """Whatever is repaired, the ASCII in it stays as and where it is."""
    repaired = repair(text)
    if repaired is not None:
        assert len(repaired) == len(text)
        assert all(new == old for new, old in zip(repaired, text, strict=True) if old.isascii())


@given(st.lists(st.sampled_from([word for word in WESTERN if len(word) > 3]), min_size=1, max_size=6))
def test_western_sentences_are_never_touched(words):
    assert repair(" ".join(words)) is None


@given(st.lists(st.sampled_from(SONGS), min_size=1, max_size=4), st.sampled_from(["cp1251", "koi8-r", "cp866"]))
def test_repair_happens_once(songs, encoding):
    repaired = repair(", ".join(songs).encode(encoding).decode("latin-1"))
    assert repaired == ", ".join(songs)
    assert repair(repaired) is None


def test_short_names_follow_the_long_ones():
    broken = {field: text.encode("cp1251").decode("latin-1") for field, text in {"a": "ДДТ", "b": "Осень"}.items()}
    assert repair_together(broken | {"c": "Björk"}) == {"a": "ДДТ", "b": "Осень"}
    assert repair_together({"a": broken["a"]}) == {}
