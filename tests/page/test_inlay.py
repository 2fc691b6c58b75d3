"""A sleeve in Debian's Chromium: one page of paper, true millimetres, nothing upon another, a code that reads back."""

from __future__ import annotations

import json
import re

import pytest

from magnitizdat.language import load
from magnitizdat.pages.inlay import Inlay, inlay_page
from magnitizdat.sentence import Voice
from magnitizdat.workers.pictures import read_qr
from tests.pages.test_site import IMPRINT, release, track

MILLIMETRE = 96 / 25.4
TITLES = {
    "short": ("45", 4, "Kitchen", "en"),
    "thirty": (
        "Thirty songs recorded at night on a borrowed machine",
        30,
        "Borrowed guitar of a friend who left",
        "da",
    ),
    "cyrillic": ("Никто не узнает, кто это пел", 14, "Кухонный концерт, когда стучали соседи", "ru"),
    "wide": ("夜の歌", 40, "台所のコンサート、隣の人が叩いた時", "en"),
    "many": ("W" * 300, 200, "W" * 80, "ru"),
}
CODE = json.dumps({"name": "Zoopark", "imprint": IMPRINT, "checkpoint": {"version": 3, "sha256": "ab" * 32}})
BOXES = """() => [...document.querySelectorAll('text')].map(each => {
  const found = each.getBoundingClientRect();
  return [found.x, found.y, found.width, found.height, each.textContent] })"""


def sleeve(name: str) -> bytes:
    title, songs, song, code = TITLES[name]
    tracks = tuple(track(f"{song} {number}", number) for number in range(1, songs + 1))
    spoken = load(code)
    inlay = Inlay(release(title, tracks=tracks), "Zoopark Tapes", IMPRINT, CODE, notes="Копируй. " * 60)
    return inlay_page(inlay, Voice(code, spoken.translate))


@pytest.fixture
def sheet(chromium, tmp_path):
    context = chromium.new_context(offline=True, viewport={"width": 800, "height": 1130}, device_scale_factor=3)
    page = context.new_page()
    page.faults = []
    page.on("console", lambda line: page.faults.append(line.text))

    def show(content: bytes):
        (tmp_path / "sleeve.html").write_bytes(content)
        page.goto((tmp_path / "sleeve.html").as_uri())
        return page

    yield show
    assert page.faults == []
    context.close()


@pytest.mark.parametrize("name", TITLES)
def test_a_sleeve_is_one_page_of_true_millimetres(sheet, name):
    page = sheet(sleeve(name))
    cards = page.evaluate(
        "() => [...document.querySelectorAll('svg.sheet > rect.cut')].map(e => e.getBoundingClientRect().toJSON())"
    )
    sizes = [(each["width"] / MILLIMETRE, each["height"] / MILLIMETRE) for each in cards]
    assert [size for size in sizes if size == pytest.approx((102.7, 101.6), abs=0.3)] == sizes[:2]
    assert [size for size in sizes if size == pytest.approx((89, 42), abs=0.3)]
    printed = page.pdf(prefer_css_page_size=True, print_background=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
    (wide, tall) = map(float, re.search(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", printed).groups())
    assert (wide / 72 * 25.4, tall / 72 * 25.4) == pytest.approx((210, 297), abs=0.2)


@pytest.mark.parametrize("name", TITLES)
def test_no_line_lies_on_another_or_leaves_the_page(sheet, name):
    boxes = sheet(sleeve(name)).evaluate(BOXES)
    page_wide, page_tall = 210 * MILLIMETRE, 297 * MILLIMETRE
    for x, y, wide, tall, _ in boxes:
        assert x >= 0
        assert y >= 0
        assert x + wide <= page_wide
        assert y + tall <= page_tall
    for at, (x, y, wide, tall, said) in enumerate(boxes):
        for x2, y2, wide2, tall2, other in boxes[at + 1 :]:
            across = min(x + wide, x2 + wide2) - max(x, x2)
            down = min(y + tall, y2 + tall2) - max(y, y2)
            assert across <= 1 or down <= 0.35 * min(tall, tall2, wide, wide2), (said, other)


def test_the_code_reads_back(sheet):
    picture = sheet(sleeve("short")).screenshot(full_page=True)
    assert read_qr(picture) == [CODE]
