"""A concert in a flat as guests have it: a phone, a browser without scripts, and an address on the wall."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest

from magnitizdat.ops.intake.quarantine import Quarantine
from magnitizdat.web.guests.pages import PAGE_LENGTH
from magnitizdat.web.guests.words import words_of
from tests.conftest import missing
from tests.fakes_library import contents_of
from tests.ops.music import song
from tests.page.conftest import AXE_RUN, DESKTOP, NARROW, PATIENCE_MS, PHONE, expect

pytestmark = [pytest.mark.debian, pytest.mark.slow]


GOES_ON = """title => {
  const [player, said] = ['audio', 'p'].map(part => document.querySelector(`.player ${part}`));
  if (!said.textContent.includes(title) || !player.currentTime) return false;
  player.pause(); // or the next one follows
  return true;
}"""


class Evening:
    """An evening that the owner opened in the page, and the address on the wall."""

    def __init__(self, tab: Any, library: Any) -> None:
        self.tab, self.library = tab, library
        self.url: str = tab.page.locator(".address").first.inner_text().strip()

    def answers(self) -> bool:
        """Whether anybody listens at the address."""
        place = urlsplit(self.url)
        connection = HTTPConnection(place.hostname or "", place.port, timeout=60)
        try:
            connection.connect()
        except ConnectionError:
            return False
        connection.close()
        return True


@pytest.fixture
def evening(shelf, open_tab, monkeypatch) -> Evening:
    """Everything is shared, and guests may leave music."""
    monkeypatch.setattr("magnitizdat.web.guests.venue.near_addresses", lambda: ["127.0.0.1"])
    tab = open_tab(shelf)
    tab.go("share")
    tab.page.locator("[name=take]").check()
    tab.press("share.go")
    tab.told("share.on")
    return Evening(tab, shelf.service.library())


@pytest.fixture
def phone(chromium) -> Iterator[Callable[..., Any]]:
    """A guest's browser: without scripts, and with a note of all that it asked for."""
    contexts: list[Any] = []

    def take_out(
        language: str = "en", size: tuple[int, int] = PHONE, theme: str = "light", *, scripts: bool = False
    ) -> Any:
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
        page.asked, page.weights = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("response", lambda answer: page.weights.append((answer.url, answer.headers.get("content-length"))))
        return page

    yield take_out
    for context in contexts:
        context.close()


def open_album(page: Any, title: str = "45") -> None:
    page.locator("ul.shelf a").filter(has_text=title).click()
    page.get_by_role("heading", name=title, exact=True).wait_for()


def press_play(audio: Any) -> None:
    """With the browser's own buttons; back when something was heard."""
    audio.focus()
    audio.press("Space")
    expect(audio).to_have_js_property("paused", False)
    expect(audio).not_to_have_js_property("currentTime", 0)


def is_wide(page: Any) -> bool:
    page.wait_for_load_state()  # a heading is there before the rules of style
    return bool(page.evaluate("() => document.documentElement.scrollWidth > innerWidth"))


@pytest.mark.parametrize(
    "reader", [("en", PHONE, "light"), ("da-DK", NARROW, "dark"), ("ru", NARROW, "light"), ("fi", PHONE, "dark")]
)
def test_a_guest_sees_and_hears_in_the_phones_language(evening, phone, reader):
    page, words = phone(*reader), words_of(reader[0][:2] if reader[0][:2] in {"da", "ru"} else "en")
    page.goto(evening.url)
    page.get_by_role("heading", name=words.heading).wait_for()
    covers = page.locator("ul.shelf img")
    expect(covers).to_have_count(2)
    for cover in covers.all():
        cover.scroll_into_view_if_needed()
        expect(cover).to_have_js_property("complete", True)
        assert cover.evaluate("image => image.naturalWidth") >= 300
    assert not is_wide(page)
    open_album(page)
    assert not is_wide(page)
    expect(page.locator(".tracks audio")).to_have_count(4)
    with page.expect_response(lambda answer: answer.url.rpartition("/")[2].startswith("f")) as sound:
        press_play(page.locator(".tracks audio").first)
    assert sound.value.status == 206
    assert sound.value.url.startswith(evening.url)
    page.get_by_role("link", name=words.back).click()
    page.get_by_role("heading", name=words.heading).wait_for()
    origin = evening.url.rpartition("/")[0]
    assert all(asked.startswith(origin) for asked in page.asked), page.asked
    named = [(url.rpartition("/")[2], int(length or 0)) for url, length in page.weights]
    pages = [length for name, length in named if not name.startswith(("c", "f"))]
    assert len(pages) >= 4
    assert max(pages) <= PAGE_LENGTH


def test_a_language_can_be_chosen_and_stays(evening, phone):
    page = phone("en")
    page.goto(evening.url)
    page.get_by_role("link", name="Русский").click()
    page.get_by_role("heading", name=words_of("ru").heading).wait_for()
    open_album(page)
    page.get_by_role("link", name=words_of("ru").back).click()
    page.get_by_role("heading", name=words_of("ru").heading).wait_for()


def test_a_guest_takes_a_song_and_an_album(evening, phone, tmp_path):
    album = next(view for view in evening.library.shelf.albums() if view.title == "45")
    songs = contents_of(evening.library, album.id)
    page = phone()
    page.goto(evening.url)
    open_album(page)
    with page.expect_download() as one:
        page.locator(".save a").first.click()
    assert Path(one.value.path()).read_bytes() == songs[0]
    assert one.value.suggested_filename.endswith(".ogg")
    with page.expect_download() as whole:
        page.locator("a.big").click()
    copy = tmp_path / whole.value.suggested_filename
    whole.value.save_as(copy)
    with urlopen(Request(whole.value.url, method="HEAD")) as announced:
        assert copy.stat().st_size == int(announced.headers["content-length"])
    if not shutil.which("unzip"):
        missing("Debian's unzip is not installed")
    subprocess.run(["unzip", "-q", copy, "-d", tmp_path / "out"], check=True, capture_output=True)
    assert sorted(path.read_bytes() for path in (tmp_path / "out").rglob("*.ogg")) == sorted(songs)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.999])
def test_a_copy_that_broke_off_goes_on(evening, share):
    place = urlsplit(evening.url)
    connection = HTTPConnection(place.hostname or "", place.port, timeout=60)
    connection.request("GET", f"{place.path}/z0")
    first = connection.getresponse()
    length, tag = int(first.headers["content-length"]), first.headers["etag"]
    begun = first.read(int(length * share))
    connection.close()
    connection.request("GET", f"{place.path}/z0", headers={"Range": f"bytes={len(begun)}-", "If-Range": tag})
    rest = connection.getresponse()
    assert rest.status == 206
    assert rest.headers["content-range"] == f"bytes {len(begun)}-{length - 1}/{length}"
    joined = begun + rest.read()
    connection.request("GET", f"{place.path}/z0")
    assert joined == connection.getresponse().read()
    connection.close()


def test_music_that_a_guest_leaves_is_sealed_until_the_owner_accepts_it(evening, phone, tmp_path):
    mine, yours = tmp_path / "Незнакомая.mp3", tmp_path / "Unwanted.mp3"
    mine.write_bytes(song(7, title="Незнакомая", album="From a guest"))
    yours.write_bytes(song(8, title="Unwanted"))
    page = phone("ru")
    page.goto(evening.url)
    page.locator("input[type=file]").set_input_files([mine, yours])
    page.get_by_role("button", name=words_of("ru").leave_button).click()
    page.get_by_text(words_of("ru").left.format(count=2)).wait_for()
    assert not is_wide(page)
    on_disk = b"".join(path.read_bytes() for path in evening.library.directory.rglob("*") if path.is_file())
    rich = max(
        (mine.read_bytes()[at : at + 64] for at in range(0, mine.stat().st_size - 64, 64)), key=lambda it: len(set(it))
    )
    assert rich not in on_disk
    assert "Незнакомая".encode() not in on_disk
    tab = evening.tab
    tab.go("albums")
    expect(tab.page.locator("main.view-albums .sleeve-link")).to_have_count(2)
    assert tab.page.get_by_text("From a guest").count() == 0
    tab.go("share")
    tab.page.get_by_label("Unwanted.mp3").uncheck()
    tab.press("share.accept")
    tab.page.locator(".job.done").wait_for()
    tab.page.get_by_label("Незнакомая.mp3").wait_for(state="detached")
    assert [left.arrival.name for left in Quarantine(evening.library).files()] == ["Unwanted.mp3"]
    tab.press("share.refuse")
    tab.page.get_by_label("Unwanted.mp3").wait_for(state="detached")
    assert not list((evening.library.directory / "left").glob("*"))
    tab.go("albums")
    tab.page.get_by_text("From a guest").first.wait_for()
    assert tab.faults == []


def test_one_button_ends_it_for_everybody_and_escape_does_not(evening, phone):
    page = phone()
    page.goto(evening.url)
    open_album(page)
    evening.tab.page.keyboard.press("Escape")
    evening.tab.go("more")
    evening.tab.page.locator("#tray").get_by_text(evening.tab.say("share.on")).click()
    evening.tab.press("share.end")
    evening.tab.page.get_by_text(evening.tab.say("share.go"), exact=True).wait_for()
    until = time.monotonic() + PATIENCE_MS / 1000
    while evening.answers():
        assert time.monotonic() < until
    with pytest.raises(Exception, match="ERR_CONNECTION_RE"):
        page.goto(evening.url)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("reader", [("en", PHONE), ("da", NARROW), ("ru", DESKTOP)])
def test_the_pages_are_for_everybody(evening, phone, axe, reader, theme):
    page = phone(*reader, theme, scripts=True)

    def check() -> None:
        assert not is_wide(page), page.url
        page.evaluate(axe)
        assert page.evaluate(AXE_RUN) == [], page.url

    page.goto(evening.url)
    check()
    page.locator("form[method=post] button").click()
    page.get_by_role("status").wait_for()
    check()
    page.get_by_role("link", name="Dansk").click()
    page.get_by_role("heading", name=words_of("da").heading).wait_for()
    open_album(page)
    check()
    page.goto(f"{evening.url.rpartition('/')[0]}/nothing")
    check()


def test_an_album_goes_on_by_itself_in_one_player(evening, phone):
    page = phone(scripts=True)
    page.goto(evening.url)
    open_album(page)
    expect(page.locator(".player")).to_be_hidden()
    page.get_by_role("button", name="Play Rødgrød").click()
    player = page.locator(".player audio")
    page.wait_for_function("() => document.querySelector('.player audio').currentTime > 0")
    expect(page.locator("audio:visible")).to_have_count(1)
    player.evaluate("audio => { audio.currentTime = audio.duration - 0.3; }")
    page.wait_for_function(GOES_ON, arg="Last tram")
    expect(page.locator(".tracks li[aria-current]")).to_contain_text("Last tram")
    page.get_by_role("button", name="Previous song").click()
    page.locator(".player p").get_by_text("Rødgrød").wait_for()
    assert not is_wide(page)


def test_search_and_a_find_without_a_script(evening, phone):
    page = phone(size=NARROW)
    page.goto(evening.url)
    page.get_by_role("searchbox").fill("poslednij rodgrod")
    page.get_by_role("button", name="Search").click()
    page.get_by_text("Nothing in this room bears that name.").wait_for()
    page.get_by_role("searchbox").fill("rodgrod")
    page.get_by_role("searchbox").press("Enter")
    page.locator(".found a").wait_for()
    assert not is_wide(page)
    page.locator(".found a").click()
    page.get_by_role("heading", name="45", exact=True).wait_for()
    assert page.url.endswith("#t1")
