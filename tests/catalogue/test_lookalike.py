from __future__ import annotations

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from magnitizdat.catalogue.lookalike import names_clash

names = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@given(names)
@example("!!!")
@example("")
def test_every_name_looks_like_itself(name):
    assert names_clash(name, name)


@given(names, names)
def test_likeness_goes_both_ways(first, second):
    assert names_clash(first, second) == names_clash(second, first)


@given(st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=20), st.data())
def test_dressing_up_changes_nothing(name, data):
    dressed = "".join(
        data.draw(st.sampled_from([sign, sign.upper(), sign + "\u200b", sign + "\u0301", f" {sign}", f"{sign}."]))
        for sign in name
    )
    assert names_clash(name, dressed)


HOMOGLYPHS = dict(zip("aeopcxyikbmht", "аеорсхуікЬмһт", strict=True))


@given(st.text("aeopcxyikmhtzr", min_size=2, max_size=20))
def test_letters_of_another_script_that_look_the_same_are_seen(name):
    assume(any(sign in HOMOGLYPHS for sign in name))
    assert names_clash(name, "".join(HOMOGLYPHS.get(sign, sign) for sign in name))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Zoopark Tapes", "Зоопарк Тейпс"),
        ("Zoopark", "Зоопарк"),
        ("Zoopark", "Zооpаrk"),
        ("Zoopark", "ＺＯＯＰＡＲＫ"),
        ("Zoopark Tapes", "zoopark-tapes!"),
        ("Kino", "K1n0"),
        ("Кино", "Kino"),
        ("Аквариум", "Aquarium"),
        ("Мелодия", "Melodija"),
        ("Наталья", "Natalia"),
        ("Ёлка", "Елка"),
        ("Blå Hund", "Bla Hund"),
        ("modern", "rnodern"),
        ("lllusion", "Illusion"),
        ("Χορός", "Choros"),
    ],
)
def test_names_that_could_be_mistaken(first, second):
    assert names_clash(first, second)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Zoopark Tapes", "Melodiya"),
        ("Kino", "Kuna"),
        ("Tapes One", "Tapes Two"),
        ("!!!", "???"),
        ("", "Zoopark"),
        ("Sun", "Moon"),
        ("Радио Африка", "Радио Прага"),
    ],
)
def test_names_that_are_merely_names(first, second):
    assert not names_clash(first, second)
