"""A sealed reel that guests take along: from a phone's browser, and from the owner's page."""

from __future__ import annotations

import hashlib
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from magnitizdat.model import Silent
from magnitizdat.ops.give.handing_on import HandedOn
from magnitizdat.pages import pocket
from magnitizdat.web.guests.along_words import along_words_of
from magnitizdat.web.guests.evening import Evening
from magnitizdat.web.guests.venue import Venue
from magnitizdat.web.http.service import Service
from tests.fakes_reel import cut_reel, spool_of
from tests.page.conftest import AXE_RUN, DESKTOP, NARROW, PATIENCE_MS, PHONE, expect
from tests.pocket.tapes import Tape

pytestmark = [pytest.mark.debian, pytest.mark.slow]


@pytest.fixture(scope="module")
def cut(tmp_path_factory):
    return cut_reel(tmp_path_factory.mktemp("carried") / "reel", spool_of([300_000, 1_200_000]))


@contextmanager
def handed_on(reel: Path, directory: Path) -> Iterator[Venue]:
    """Somebody without a library hands a reel on."""
    service, reels = Service(directory), HandedOn([reel])
    reels.look(Silent())
    found = Venue(service, Evening(service, None, handed_on=reels), address="127.0.0.1", port=0)
    thread = threading.Thread(target=found.run)
    thread.start()
    try:
        yield found
    finally:
        found.end()
        thread.join(60)


@pytest.fixture
def venue(cut, tmp_path) -> Iterator[Venue]:
    with handed_on(cut.folder, tmp_path / "none") as found:
        yield found


@pytest.fixture
def phone(chromium) -> Iterator[Any]:
    contexts = []

    def take_out(language: str = "en", size=PHONE, theme: str = "light", *, scripts: bool = False) -> Any:
        width, height = size
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            color_scheme=theme,
            locale=language,
            java_script_enabled=scripts,
            accept_downloads=True,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.faults = []
        page.on("console", lambda line: page.faults.append(line.text) if line.type == "error" else None)
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        return page

    yield take_out
    for context in contexts:
        context.close()


def is_wide(page: Any) -> bool:
    page.wait_for_load_state()  # a heading is there before the rules of style
    return bool(page.evaluate("() => document.documentElement.scrollWidth > innerWidth"))


def test_a_guest_takes_the_reel_and_the_page_without_a_script(venue, cut, phone, tmp_path):
    page, words = phone(), along_words_of("en")
    page.goto(venue.url)
    page.get_by_role("heading", name=words.heading).wait_for()
    (volume,) = venue.evening.handed_on.reels[0].found.volumes
    with page.expect_download() as reel:
        page.locator("a[href='r0.0']").click()
    assert reel.value.suggested_filename == volume.name
    with page.expect_download() as opener:
        page.locator(f"a[href='{pocket.NAME}?keep=1']").click()
    assert opener.value.suggested_filename == "Library.html"
    shutil.unpack_archive(reel.value.path(), tmp_path / "out", "zip")
    there, back = (
        {path.name: path.read_bytes() for path in each.rglob("*.*")} for each in (cut.folder, tmp_path / "out")
    )
    assert back == there
    assert hashlib.sha256(Path(opener.value.path()).read_bytes()).hexdigest() == pocket.fingerprint()


def test_the_page_runs_from_here_and_its_policy_stands_in_the_way_of_nothing(venue, phone):
    page, words = phone(scripts=True), along_words_of("en")
    page.goto(venue.url)
    page.get_by_role("link", name=words.open_page).click()
    page.wait_for_url(f"**/{pocket.NAME}")
    page.locator("input[type=file]").first.wait_for(state="attached")
    expect(page).to_have_title("Library")
    assert page.faults == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("reader", [("en", PHONE), ("da", NARROW), ("ru", NARROW), ("ru", DESKTOP)])
def test_the_page_is_for_everybody(venue, phone, axe, reader, theme):
    page = phone(*reader, theme, scripts=True)
    page.goto(venue.url)
    page.get_by_role("heading", name=along_words_of(reader[0]).heading).wait_for()
    assert not is_wide(page)
    for link in page.locator("a.big").all():
        box = link.bounding_box()
        assert box["height"] >= 44
        assert box["x"] + box["width"] <= reader[1][0]
    page.evaluate(axe)
    assert page.evaluate(AXE_RUN) == []
    assert page.faults == []


@pytest.fixture
def tab(shelf, open_tab, monkeypatch):
    """The owner's page; guests come by this computer alone."""
    monkeypatch.setattr("magnitizdat.web.guests.venue.near_addresses", lambda: ["127.0.0.1"])
    return open_tab(shelf)


def test_the_owner_hands_a_reel_on_from_a_stick(tab, phone, cut, tmp_path):
    shutil.copytree(cut.folder, tmp_path / "RED" / "reel")
    tab.go("take")
    tab.offer(tmp_path / "RED")
    tab.page.get_by_text("RED").first.wait_for()
    tab.go("share")
    tab.page.locator("[name=reel]").check()
    tab.page.locator("[name=alone]").check()
    tab.press("share.go")
    tab.told("share.on")
    tab.page.get_by_text(tab.say("share.reel.there").partition("{")[0]).first.wait_for()
    url = tab.page.locator(".address").first.inner_text().strip()
    page = phone()
    page.goto(url)
    with page.expect_download() as reel:
        page.locator("a[href='r0.0']").click()
    shutil.unpack_archive(reel.value.path(), tmp_path / "out", "zip")
    assert {path.name for path in (tmp_path / "out").rglob("*.age")} == {
        path.name for path in cut.folder.rglob("*.age")
    }
    assert tab.page.locator("h2").filter(has_text=tab.say("share.laptops")).count() == 0
    tab.press("share.end")
    tab.page.get_by_text(tab.say("share.go"), exact=True).wait_for()
    assert tab.faults == []


def test_a_reel_that_was_taken_opens_in_the_page_from_here_and_the_share_may_end(phone, tmp_path):
    """As on an iPhone: the reel first, the page from the address, then no network at all."""
    tape = Tape(tmp_path)
    tape.album("45", [("Перекур", tape.song("flac"))])
    reel = tape.sealed()
    page = phone(scripts=True)
    with handed_on(reel.folder, tmp_path / "none") as venue:
        page.goto(venue.url)
        with page.expect_download() as taken:
            page.locator("a[href='r0.0']").click()
        taken.value.save_as(tmp_path / taken.value.suggested_filename)
        page.get_by_role("link", name=along_words_of("en").open_page).click()
        page.wait_for_url(f"**/{pocket.NAME}")
    page.context.set_offline(True)
    page.locator("input[type=file]:not([webkitdirectory])").set_input_files(tmp_path / taken.value.suggested_filename)
    page.locator("textarea, input[type=text], input:not([type])").first.fill(reel.words)
    page.get_by_role("button", name="Open").click()
    page.get_by_text("Zoopark Tapes").first.wait_for()
    page.get_by_text("45", exact=True).first.wait_for()
    assert page.faults == []
