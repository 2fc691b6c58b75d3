"""The report of a city: one page that runs nothing, fetches nothing, and says what the numbers say."""

from __future__ import annotations

import base64
import re
from xml.etree import ElementTree as ET

import pytest

from magnitizdat.courier.city import CitySettings
from magnitizdat.courier.simulate import percent, simulate
from magnitizdat.pages.city import city_page
from magnitizdat.sentence import Voice


@pytest.fixture(scope="module")
def report():
    return simulate(CitySettings(people=60, couriers=6, weeks=3))


def drawings(page: bytes) -> list[ET.Element]:
    found = re.findall(rb"data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)", page)
    written = [base64.b64decode(each) for each in found]
    assert not [each for each in written if b"<!--" in each], "a comment would say when it was drawn"
    return [ET.fromstring(each) for each in written]


def test_the_same_city_is_the_same_page(report):
    again = simulate(CitySettings(people=60, couriers=6, weeks=3))
    assert city_page(again) == city_page(report)


def test_nothing_runs_and_nothing_is_fetched(report):
    page = city_page(report)
    assert b"<script" not in page
    pictures = drawings(page)
    assert len(pictures) == 4
    for picture in pictures:
        assert not [each for each in picture.iter() if each.tag.rpartition("}")[2] in {"script", "image", "a"}]
        written = re.sub(rb"http://www.w3.org/[a-z0-9/]+", b"", ET.tostring(picture))
        assert b"://" not in written


def test_numbers_of_the_page_are_those_of_the_report(report):
    page = city_page(report).decode()
    rows = re.findall(r'<th scope="row">([^<]*)</th>((?:<td>[^<]*</td>)+)', page)
    told = [(name, tuple(re.findall(r"<td>([^<]*)</td>", cells))) for name, cells in rows]
    assert ("MaxProp", tuple(percent(share) for share in report.maxprop.reach_by_day)) in told
    assert ("the plan", tuple(percent(share) for share in report.plan.reach_by_day)) in told
    assert ("the plan", tuple(str(count) for count in report.copies_of_albums)) in told
    assert f"Within 14 days {percent(report.reach_14_days)} %" in page


def test_it_is_read_from_the_right_where_a_language_is(report):
    page = city_page(report, Voice("he", str, is_right_to_left=True)).decode()
    assert '<html lang="he" dir="rtl">' in page
