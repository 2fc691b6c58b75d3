from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magnitizdat.workers.discs import DiscFolder, DiscTitled, disc_folder, disc_in, disc_in_title


@given(st.text())
def test_any_name_has_an_answer(name):
    found = disc_folder(name)
    assert found is None or 0 <= found.number <= 99


@pytest.mark.parametrize("number", [1, 2, 12])
@pytest.mark.parametrize(
    "pattern",
    "CD{0} cd{0:02} CD_{0:02} Disc_{0} [CD{0}] (Disc_{0}) LP{0} Disque_{0} Plade_{0} Диск_{0} Кассета_{0} Vol._{0}"
    " Volume_{0} Disc_{0}_-_Early_Days".split(),
)
def test_discs_as_people_name_them(pattern, number):
    assert disc_folder(pattern.replace("_", " ").format(number)) == DiscFolder(number)


@pytest.mark.parametrize("pattern", ["{} (Disc 2)", "{} [CD2]", "{} CD2", "{} - Disc Two", "{} LP 2", "{}_cd2"])
def test_an_albums_name_may_stand_before(pattern):
    assert disc_folder(pattern.format("Ночь")) == DiscFolder(2, "Ночь")


@pytest.mark.parametrize(("name", "number"), [("Side A", 1), ("side b", 2), ("Сторона 2", 2), ("Disc Three", 3)])
def test_sides_and_words_count(name, number):
    assert disc_folder(name) == DiscFolder(number)


@pytest.mark.parametrize(
    "name", ["45", "Side Effects", "Disco", "CDs", "Discovery", "Volume", "Best of Vol. 2", "Tapes", "1984", "LP", ""]
)
def test_other_folders_are_none(name):
    assert disc_folder(name) is None


def test_an_album_of_such_a_name_is_no_disc():
    assert disc_in(["Black Sabbath", "Vol. 4"], album="Vol. 4") is None
    assert disc_in(["Paranoid", "Vol. 4"], album="Paranoid") == DiscFolder(4)


def test_a_bare_number_is_a_disc_below_its_albums_folder_alone():
    assert disc_in(["45 (1982)", "2"], album="45") == DiscFolder(2)
    assert disc_in(["Кино", "45"], album="45") is None
    assert disc_in(["Beatles", "1"], album="1") is None
    assert disc_in(["2"], album="45") is None


@pytest.mark.parametrize(
    ("title", "found"),
    [
        ("45 (Disc 2)", DiscTitled("45", 2)),
        ("45 [CD2]", DiscTitled("45", 2)),
        ("45, Disc Two", DiscTitled("45", 2)),
        ("45 - CD 02", DiscTitled("45", 2)),
        ("45 (Диск 2)", DiscTitled("45", 2)),
        ("45 (Disc 2: Live)", DiscTitled("45", 2, "Live")),
        ("The Something LP 2", None),
        ("Disc 2", None),
        ("Vol. 4", None),
        ("Best of (Vol. 2)", None),
        ("Disco (CDs)", None),
    ],
)
def test_a_disc_in_a_title(title, found):
    assert disc_in_title(title) == found
