"""Words, sounds, keyboards: what holds for any name, then names that everybody knows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magnitizdat.formats.spelling.given_names import equivalents
from magnitizdat.formats.spelling.keyboards import LAYOUTS, looks_mistyped, other_layouts, swap
from magnitizdat.formats.spelling.keys import index_terms, lookup
from magnitizdat.formats.spelling.likeness import SAME, SAME_BY_HABIT, SAME_LETTERS, likeness
from magnitizdat.formats.spelling.sounds import MAX_READINGS, skeletons, sounds
from magnitizdat.formats.spelling.words import compounds, folded, joined, latin, sort_name, words

LETTERS = "абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґў" + "abcdefghijklmnopqrstuvwxyzčšžřöøüåæ" + "αβγδεζηθικλμνξοπρστυφχψω"
WORD = st.text(LETTERS, min_size=1, max_size=12)
CYRILLIC = st.text(LETTERS[:38], min_size=4, max_size=10)


@given(text=st.text())
def test_folding_what_is_folded_changes_nothing(text):
    assert folded(folded(text)) == folded(text)
    assert latin(latin(text)) == latin(text)
    assert all(each.isascii() and each.isalnum() for each in folded(text).split())


@given(name=st.lists(WORD, min_size=1, max_size=4))
def test_case_and_punctuation_part_no_words(name):
    text = " ".join(name)
    assert words(" ".join(words(text))) == words(text)
    assert words(f"«{text}»!") == words(text)
    assert joined(text) == "".join(words(text))


@given(text=st.text(), layout=st.sampled_from(sorted(LAYOUTS)))
def test_two_swaps_of_the_keyboard_are_none(text, layout):
    assert swap(swap(text, layout), layout) == text


@given(text=st.text())
def test_other_layouts_are_other_texts(text):
    found = other_layouts(text)
    assert text not in found
    assert len(found) <= len(LAYOUTS)


@given(text=st.one_of(WORD, st.text(min_size=1, max_size=30)))
def test_a_word_sounds_like_itself_and_is_nearest_to_itself(text):
    for word in words(text):
        found = sounds(word)
        assert len(found) <= MAX_READINGS
        assert "" not in found
        assert {term for term in lookup(word).alike if term[0] == "q"} <= set(index_terms(word).split())
        assert likeness(word, word) == SAME


@given(word=CYRILLIC, at=st.integers(0, 9), kind=st.sampled_from(["lost", "more", "other", "swapped"]))
def test_one_sound_wrong_is_still_looked_up(word, at, kind):
    (sound, *_) = sounds(word) or ("",)
    at %= max(1, len(sound) - 1)
    if len(sound) < 4:
        return
    wrong = {
        "lost": sound[:at] + sound[at + 1 :],
        "more": f"{sound[:at]}m{sound[at:]}",
        "other": f"{sound[:at]}m{sound[at + 1 :]}",
        "swapped": sound[:at] + sound[at + 1] + sound[at] + sound[at + 2 :],
    }[kind]
    held = {f"q{sound}", *(f"x{sound[:n]}{sound[n + 1 :]}" for n in range(len(sound)))}
    asked = {f"q{wrong}", f"x{wrong}"}
    asked |= {f"{kind}{wrong[:n]}{wrong[n + 1 :]}" for n in range(len(wrong)) for kind in "qx"}
    assert held & asked
    assert held <= set(index_terms(word).split())


@pytest.mark.parametrize(
    ("native", "spelled"),
    [
        ("щербаков", "shcherbakov schtscherbakow sjtjerbakov chtcherbakov szczerbakow ščerbakov scherbakov"),
        ("чайковский", "tchaikovsky tschaikowski tjajkovskij czajkowski čajkovskij chaykovskiy tchaïkovski"),
        ("жанна", "zhanna schanna zjanna žanna"),
        ("хвостенко", "khvostenko chwostenko hvostenko xvostenko"),
        ("цой", "tsoi tsoy zoi choi coj"),
        ("юрий", "yuri jurij iouri yuriy juri"),
        ("їжак", "yizhak izhak jischak"),
        ("hellström", "hellstrom hellstroem хелльстром"),
    ],
)
def test_habits_come_down_to_one_sound(native, spelled):
    for each in spelled.split():
        assert set(sounds(each)) & set(sounds(native)), each


def test_consonants_are_enough_where_nothing_else_is_written():
    assert set(skeletons("محمد")) & set(skeletons("mohammad"))
    assert set(skeletons("الحليم")) & set(skeletons("halim"))
    assert set(skeletons("שלמה")) & set(skeletons("shlomo"))


def test_the_plainest_spelling_is_nearest():
    assert likeness("майк", "майк") == SAME
    assert likeness("mew", "méw") == SAME_LETTERS
    assert likeness("zoi", "цой") == SAME_BY_HABIT
    assert SAME_BY_HABIT > likeness("zoii", "цой") > likeness("zug", "цой")


def test_keyboards():
    assert "Цой" in other_layouts("Wjq")
    assert "Їжак" in other_layouts("};fr")
    assert "Tsoi" in other_layouts("Еыщш")
    assert other_layouts("Wjq Цой") == ()
    assert looks_mistyped("Xb;")
    assert not looks_mistyped("Don't stop, please; now.")


def test_words_of_titles():
    assert words("Don’t Stop") == ("dont", "stop")
    assert words("東京 Жара") == ("東", "京", "жара")
    assert compounds("Ленинградский рок-клуб, R.E.M. и AC/DC") == ("рокклуб", "rem", "acdc")
    assert words("हिन्दी गीत") == ("हिन्दी", "गीत")
    assert (sort_name("The Doors"), sort_name("Кино"), sort_name("The")) == ("doors", "kino", "the")
    assert folded("Mew på scenen") == "mew pa scenen"


def test_given_names_that_are_one_name():
    assert "майк" in equivalents("mike")
    assert equivalents("кино") == ()
