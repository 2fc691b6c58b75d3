"""An archive in Debian's Chromium: opened from a disk, with the network cut, everything plays in every language."""

from __future__ import annotations

import pytest

from magnitizdat.disk.disk import Disk
from magnitizdat.ops.give.archive import archive
from magnitizdat.ops.intake.importing import import_music
from tests.fakes_audio import KINDS
from tests.fakes_library import NOW, make_library
from tests.fakes_spool import publish_all
from tests.ops.music import song, write
from tests.page.conftest import expect

PLAY = """player => {
  const heard = new Promise(done => { player.ontimeupdate = () => done(player.duration); });
  const gaveUp = new Promise(done => { setTimeout(done, 60000, 0); });
  player.play();
  return Promise.race([heard, gaveUp]);
}"""
TITLES = ("100% <b>", "#1 & 'x'?", "Ж \u202egnp", "Чай")


@pytest.fixture
def bag(tmp_path):
    with make_library(tmp_path / "library") as library:
        kinds = [kind for kind in ("mp3", "flac", "vorbis", "opus", "wav", "aac") if kind in KINDS]
        files = {
            f"{number}.{kind}": song(number, kind, title=TITLES[number % len(TITLES)], album="<i>45</i> #2?")
            for number, kind in enumerate(kinds, 1)
        }
        import_music(library, [write(tmp_path / "music" / "<i>45<", files)])
        view = publish_all(library, [view.id for view in library.shelf.albums()], "Zoopark & <Tapes>")
        archive(library, view, tmp_path / "bag #1%20", now=NOW, disk=Disk())
    return tmp_path / "bag #1%20"


@pytest.fixture
def tab(chromium):
    """A page that may ask nobody, and what it asked."""
    context = chromium.new_context(offline=True, java_script_enabled=True)
    page = context.new_page()
    page.asked = []
    context.on("request", lambda request: page.asked.append(request.url))
    page.faults = []
    page.on("console", lambda line: page.faults.append(line.text))
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    yield page
    context.close()


@pytest.mark.parametrize(("language", "name"), [("en", "index.html"), ("da", "index.da.html"), ("ru", "index.ru.html")])
def test_an_archive_plays_from_a_disk(tab, bag, language, name):
    tab.goto((bag / "data" / name).as_uri())
    expect(tab.locator("html")).to_have_attribute("lang", language)
    tab.locator(".shelf a").first.click()
    players = tab.locator("audio")
    expect(players).to_have_count(6)
    for at in range(players.count()):
        assert players.nth(at).evaluate(PLAY) > 0.1
    expect(tab.locator("h1")).to_have_text("<i>45</i> #2?")
    assert tab.locator("main script, main b b, main i i").count() == 0
    tab.locator("header a[hreflang]").first.click()
    expect(tab.locator("html")).not_to_have_attribute("lang", language)
    tab.locator("header a").first.click()
    expect(tab.locator("h1")).to_have_text("Zoopark & <Tapes>")
    assert {url.partition(":")[0] for url in tab.asked} <= {"file", "data"}
    assert tab.faults == []
