"""`mag simulate` as a person meets it. It needs no library."""

from __future__ import annotations

import pytest

SMALL = ("simulate", "--people", 60, "--couriers", 6, "--weeks", 3)


def test_a_city_for_people_and_for_scripts(bare):
    said = bare(*SMALL)
    assert said.code == 0
    assert said.out.startswith("Within 14 days ")
    assert "% by MaxProp" in said.out
    document = bare(*SMALL, "--json").document
    assert 0 < document["reach_14_days"] <= document["bound_14_days"] <= 1
    assert 0 <= document["maxprop_14_days"] <= document["bound_14_days"]
    assert document["bytes_over_least"] > 0
    assert document["settings"]["people"] == 60


def test_its_report_is_one_page_that_replaces_nothing(bare, tmp_path):
    page = tmp_path / "city.html"
    said = bare("--lang", "da", *SMALL, "--report", page)
    assert said.code == 0
    assert f"Rapporten er i {page}." in said.out
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert bare(*SMALL, "--report", page).code == 2
    nowhere = bare("simulate", "--weeks", 52, "--report", tmp_path / "none" / "city.html")
    assert (nowhere.code, nowhere.out) == (2, "")
    assert f"there is no folder {tmp_path / 'none'}" in nowhere.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--people", 5, "--couriers", 6), "couriers are people too; make --people more, or --couriers fewer"),
        (("--weeks", 2), "greater than or equal to 3"),
        (("--stick", "x"), "valid integer"),
        (("--seed", -1), "greater than or equal to 0"),
    ],
)
def test_a_city_that_cannot_be(bare, arguments, words):
    said = bare("simulate", *arguments)
    assert said.code == 2
    assert words in said.err
