"""A city that is tried from the page: the same numbers as at the terminal, and a page of them to save."""

from __future__ import annotations

import pytest
from msgspec import json

from magnitizdat.courier.city import CitySettings
from magnitizdat.courier.simulate import simulate
from magnitizdat.model import fields
from magnitizdat.pages.city import city_page
from magnitizdat.sentence import IN_ENGLISH

SMALL = CitySettings(people=200, couriers=20, weeks=4, stick=5, meetings=2, stash=False, seed=3)


def test_the_usual_city_is_the_one_of_the_terminal(page):
    assert page.get("city") == {"city": fields(CitySettings())}


def test_its_numbers_and_its_report_are_those_of_the_terminal(page):
    tried = page.work("simulate", city=fields(SMALL))
    expected = simulate(SMALL)
    assert (tried["state"], tried["report"]) == ("done", json.decode(json.encode(expected)))
    assert tried["sentence"] == str(expected.outcome().headline)
    saved = page.client.get("/api/city/report")
    assert saved.content == city_page(expected, IN_ENGLISH)
    assert "attachment" in saved.headers["content-disposition"]
    assert not saved.headers["content-type"].startswith("text/html")


def test_before_one_was_tried_there_is_no_report(page):
    assert page.client.get("/api/city/report").status_code == 404


@pytest.mark.parametrize("wrong", [{"people": 1}, {"weeks": 53}, {"stick": 0}, {"meetings": 15}, {"seed": -1}])
def test_a_city_that_is_none_is_refused(page, wrong):
    page.post("jobs", {"verb": "simulate", "city": {**fields(SMALL), **wrong}}, status=400)


def test_more_couriers_than_people_are_told_in_the_words_of_the_page(page):
    told = page.work("simulate", city={**fields(SMALL), "couriers": 201})
    assert (told["state"], told["sentence"]) == (
        "failed",
        "couriers are people too; choose more people, or fewer couriers",
    )
