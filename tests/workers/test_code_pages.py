from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magnitizdat.workers.code_pages import decoded, repair, repair_together
from magnitizdat.workers.text import one_line

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


PAGES = ["cp1251", "koi8-r", "koi8-u", "cp866", "mac_cyrillic"]


@pytest.mark.parametrize("encoding", PAGES)
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
        assert [char for char in repaired if char.isascii()] == [char for char in text if char.isascii()]


@given(st.lists(st.sampled_from([word for word in WESTERN if len(word) > 3]), min_size=1, max_size=6))
def test_western_sentences_are_never_touched(words):
    assert repair(" ".join(words)) is None


@given(st.lists(st.sampled_from(SONGS), min_size=1, max_size=4), st.sampled_from(PAGES))
def test_repair_happens_once(songs, encoding):
    repaired = repair(", ".join(songs).encode(encoding).decode("latin-1"))
    assert repaired == ", ".join(songs)
    assert repair(repaired) is None


def test_short_names_follow_the_long_ones():
    broken = {field: text.encode("cp1251").decode("latin-1") for field, text in {"a": "ДДТ", "b": "Осень"}.items()}
    assert repair_together(broken | {"c": "Björk"}) == {"a": "ДДТ", "b": "Осень"}
    assert repair_together({"a": broken["a"]}) == {}


UKRAINIAN = ["Океан Ельзи", "Я їду додому", "Вєрка Сердючка", "Пісня буде поміж нас", "Червона рута"]
SERBIAN = ["Бијело дугме", "Ђорђе Балашевић", "Љубав и моћ", "Једном када ноћ падне"]


@pytest.mark.parametrize(("encoding", "texts"), [("cp1251", UKRAINIAN + SERBIAN), ("koi8-u", UKRAINIAN)])
def test_ukrainian_and_serbian_are_put_right(encoding, texts):
    """As the album and the titles of one file, the way they come."""
    for text in texts:
        broken = {"title": text, "album": texts[0]}
        assert (
            repair_together({field: each.encode(encoding).decode("latin-1") for field, each in broken.items()})
            == broken
        )


@given(st.text(alphabet=st.characters(min_codepoint=0xA0, exclude_categories=["Cs"]), min_size=1, max_size=40))
def test_utf8_declared_as_latin1_is_put_right(text):
    assert repair(text.encode().decode("latin-1")) == text


@pytest.mark.parametrize("text", ["Zемфира", "Zемфира — Хочешь?", "Дельфин feat. Zемфира"])
@pytest.mark.parametrize("encoding", ["cp1251", "koi8-r"])
def test_a_latin_letter_in_a_russian_name_is_no_accent(text, encoding):
    assert repair(text.replace("—", "-").encode(encoding).decode("latin-1")) == text.replace("—", "-")


@pytest.mark.parametrize(
    "text", ["Zażółć gęślą jaźń", "Świetliki", "Maanam – Kocham cię, kochanie moje", "Przyśniło się", "Żółty"]
)
def test_polish_of_windows_is_put_right(text):
    """Beside an album of the same file that leaves no doubt."""
    broken = {
        field: each.encode("cp1250").decode("latin-1") for field, each in {"title": text, "album": "Błękit"}.items()
    }
    assert repair_together(broken) == {"title": text, "album": "Błękit"}


@pytest.mark.parametrize("text", ["m³", "Song¹", "Größe in km³, E = mc²", "¿Qué? ¡No!", "A³"])
def test_small_figures_end_western_words(text):
    assert repair(text) is None


@pytest.mark.parametrize("text", ["Cœur de pirate", "L’œuvre", "“Heroes”", "Sœur Œdipe", "Don’t – Stop…", "5 €"])
def test_quotes_of_windows_are_no_polish(text):
    """They stay what they are; that they are cp1252 is for cleaning."""
    assert repair(text.encode("cp1252").decode("latin-1")) is None
    assert one_line(text.encode("cp1252").decode("latin-1")) == text


WORDS = "[00:01.00]Группа крови — на рукаве\n[00:05.00]Мой порядковый номер"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251", "koi8-r", "cp866", "mac_cyrillic"])
def test_a_file_of_words_is_read_whatever_wrote_it(encoding):
    words = WORDS if encoding not in {"koi8-r", "cp866"} else WORDS.replace("—", "-")
    assert decoded(words.encode(encoding)) == words


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\ufeff")))
def test_utf8_is_never_touched(text):
    assert decoded(text.encode()) == text


def test_western_words_of_windows_are_read():
    assert decoded("L’œuvre – “déjà vu”".encode("cp1252")) == "L’œuvre – “déjà vu”"


@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        ("cp1251", "Восьмиклассница, песня о любви и времени"),
        ("koi8_u", "Группа крови на рукаве, мой порядковый номер"),
        ("cp866", "Звезда по имени Солнце и перемен требуют сердца"),
        ("cp1250", "Zażółć gęślą jaźń, Dvořák, őrült"),
        ("cp1252", "L’œuvre – “déjà vu”"),
    ],
)
def test_a_long_text_is_judged_by_its_first_words(encoding, words):
    text = "REM no word of it here\r\n" * 2000 + f"{words}\r\n" * 2000
    assert decoded(text.encode(encoding)) == text


def test_one_odd_sign_far_behind_changes_nothing():
    text = "Время есть, а денег нет\n" * 2000 + "±"
    assert decoded(text.encode("cp1251")) == text
