"""What is done on other days, in the page over a real server."""

from __future__ import annotations

import io

import pytest
from mutagen import id3

from magnitizdat.ops.intake.importing import import_music
from tests.fakes_audio import make_audio
from tests.fakes_library import PASSPHRASE, make_library
from tests.page.conftest import PATIENCE_MS, PHONE, expect, record

pytestmark = [pytest.mark.debian, pytest.mark.slow]


def open_album(tab, title="45"):
    tab.go("albums")
    tab.page.locator(".sleeve-link").filter(has_text=title).first.click()
    tab.page.get_by_role("heading", name=title, exact=True).wait_for()


def test_edit_undo_remove(shelf, open_tab):
    tab = open_tab(shelf)
    open_album(tab)
    tab.page.locator(".album > .head summary").click()
    tab.press("edit.title")
    tab.page.locator("[name=title]").fill("46")
    tab.page.get_by_label("Title of song 1").fill("Borrowed guitar")
    tab.press("save")
    tab.page.get_by_role("heading", name="46").wait_for()
    tab.page.locator(".tracks").get_by_text("Borrowed guitar").wait_for()
    album = tab.page.url.rpartition("/")[2]
    tab.go(f"edit/{album}")
    tab.press("edit.undo")
    tab.page.wait_for_function("() => document.querySelector('[name=title]')?.value === '45'")
    tab.press("edit.remove", within=".shelf")
    tab.press("edit.remove", within="dialog")
    tab.page.locator("main.view-albums").wait_for()
    expect(tab.page.locator(".sleeve-link")).to_have_count(1)
    assert tab.faults == []


def untagged(folder, seconds, names=("one", "two")):
    folder.mkdir()
    for place, name in enumerate(names):
        (folder / f"{name}.ogg").write_bytes(make_audio("vorbis", seconds, tone=300.0 + 50 * place))
    return [str(folder / f"{name}.ogg") for name in names]


def test_files_without_tags_become_one_album_also_at_the_second_try(shelf, open_tab, tmp_path):
    tab = open_tab(shelf)
    files = untagged(tmp_path / "untagged", 4.0)
    tab.go("import")
    tab.page.locator("#drop-files").set_input_files(files)
    tab.page.locator(".draft").wait_for()
    tab.press("import.away")
    tab.page.locator(".draft").wait_for(state="detached")
    tab.page.locator("#drop-files").set_input_files(files)
    tab.page.locator(".draft").first.wait_for()
    tab.settles()
    expect(tab.page.locator(".draft")).to_have_count(1)
    tab.page.locator("[name=title]").fill("Untagged")
    second = tab.page.context.new_page()
    second.set_default_timeout(PATIENCE_MS)
    second.goto(f"{shelf.base_url()}/#/import")
    second.locator("#drop-files").set_input_files(untagged(tmp_path / "other", 9.0))
    second.locator(".draft").first.wait_for()
    tab.press("import.keep")
    tab.told("import.imported")
    open_album(tab, "Untagged")
    expect(tab.page.locator(".tracks li")).to_have_count(2)
    rows = tab.page.locator(".tracks li").all_inner_texts()
    assert [("one" in row, "two" in row, "0:04" in row) for row in rows] == [(True, False, True), (False, True, True)]
    assert tab.faults == []


def test_search_star_queue_and_a_playlist(shelf, open_tab):
    tab = open_tab(shelf, size=PHONE)
    tab.page.get_by_role("searchbox").fill("viktor")
    tab.page.locator(".found .tracks").get_by_text("Last tram").first.wait_for()
    assert "viktor" not in tab.page.url.casefold()
    open_album(tab)
    with tab.sends("POST", "star"):
        tab.page.locator(".tracks .star").first.click()
    tab.press("player.play", within=".album")
    tab.sounds()
    tab.go("now")
    tab.page.locator(".queue li").nth(3).wait_for()
    tab.press("queue.keep")
    tab.page.locator("dialog [name=name]").fill("Night shift")
    tab.press("playlist.put", within="dialog")
    tab.told("playlist.done")
    tab.go("playlists")
    tab.page.get_by_text("Night shift").click()
    expect(tab.page.locator(".tracks li")).to_have_count(4)
    expect(tab.page.locator(".star[aria-pressed=true]")).to_have_count(1)
    tab.page.locator(".moves").first.locator("button").last.click()
    expect(tab.page.locator(".tracks li")).to_have_count(3)
    assert tab.faults == []


def test_everything_in_an_order_of_chance(shelf, open_tab):
    tab = open_tab(shelf)
    tab.go("albums")
    tab.page.get_by_role("button", name=tab.say("albums.shuffle"), exact=True).click()
    tab.sounds()
    tab.go("now")
    tab.page.locator(".queue li").nth(5).wait_for()
    for title in ("Last tram", "Blå time"):
        expect(tab.page.locator(".queue li").filter(has_text=title)).to_have_count(1)
    assert tab.faults == []


def test_a_playlist_is_made_put_in_order_renamed_and_deleted(shelf, open_tab):
    tab = open_tab(shelf)
    titles = tab.page.locator(".tracks .title span")
    tab.go("playlists")
    tab.page.locator("[name=name]").fill("Trams")
    tab.press("playlist.create")
    tab.told("playlist.empty")
    open_album(tab)
    for song in ("Last tram", "Rødgrød"):
        line = tab.page.locator(".tracks li").filter(has_text=song)
        line.locator("summary").click()
        line.get_by_role("menuitem", name=tab.say("playlist.add")).click()
        tab.page.locator("dialog select").select_option(label="Trams")
        with tab.sends("PUT", "playlists"):
            tab.press("playlist.put", within="dialog")
        tab.page.locator("dialog").wait_for(state="detached")
    tab.go("playlists")
    tab.page.locator(".ruled").filter(has_text="Trams").click()
    expect(titles).to_have_text(["Last tram", "Rødgrød"])
    tab.page.get_by_label(tab.say("move.up")).nth(1).click()
    expect(titles).to_have_text(["Rødgrød", "Last tram"])
    tab.page.wait_for_function("() => document.activeElement.closest('.tracks') !== null")  # the hand stays in the list
    tab.press("playlist.rename")
    tab.page.locator("dialog input").fill("Night trams")
    tab.press("save", within="dialog")
    tab.page.get_by_role("heading", name="Night trams").wait_for()
    tab.page.reload()
    expect(titles).to_have_text(["Rødgrød", "Last tram"])
    tab.press("playlist.delete")
    tab.press("cancel", within="dialog")
    tab.press("playlist.delete")
    tab.press("playlist.delete", within="dialog")
    tab.told("playlist.none")


SUNG = ("Я помню этот трамвай", "Он ушёл без нас")
MEANT = ("Jeg husker den sporvogn", "Den kørte uden os")


def test_the_words_of_a_song_with_what_they_mean_and_how_they_sound(tmp_path, serve, open_tab):
    song = io.BytesIO(make_audio("mp3", 4.0, {"title": "Трамвай", "artist": "Виктор", "album": "45"}))
    tags = id3.ID3(song)
    for language, lines in (("rus", SUNG), ("dan", MEANT)):
        tags.add(id3.USLT(encoding=3, lang=language, text="\n".join(lines)))
    song.seek(0)
    tags.save(song)
    (tmp_path / "music").mkdir()
    (tmp_path / "music" / "1.mp3").write_bytes(song.getvalue())
    library = make_library(tmp_path / "library")
    import_music(library, [tmp_path / "music"])
    tab = open_tab(serve(tmp_path / "library", library), "da")
    open_album(tab)
    tab.press("player.play", within=".album")
    tab.go("now")
    for sung, meant in zip(SUNG, MEANT, strict=True):
        row = tab.page.locator(".lyrics [role=row]").filter(has_text=sung)
        row.get_by_text(meant, exact=True).wait_for()
        expect(row.locator("[lang=da]")).to_have_text(meant)
        assert row.locator("[lang=ru-Latn]").inner_text().isascii()
    assert "dansk" in tab.page.locator(".lyrics .heads").inner_text().casefold()


@pytest.mark.parametrize("view", ["import", "more"])
def test_a_folder_dropped_anywhere_on_the_page(shelf, open_tab, tmp_path, view):
    record(tmp_path / "Kassette", "Ny kassette", "Kødbyen", ("Bro", "Havn"))
    tab = open_tab(shelf)
    tab.go(view)
    drag = {"items": [], "files": [str(tmp_path / "Kassette")], "dragOperationsMask": 1}
    session = tab.page.context.new_cdp_session(tab.page)
    for event in ("dragEnter", "dragOver", "drop"):
        session.send("Input.dispatchDragEvent", {"type": event, "x": 700, "y": 400, "data": drag})
    tab.page.locator(".draft").wait_for()
    expect(tab.page.locator("[name=title]")).to_have_value("Ny kassette")
    expect(tab.page.locator(".songs li")).to_have_count(2)
    tab.press("import.keep")
    tab.told("import.imported")
    open_album(tab, "Ny kassette")


def test_songs_follow_each_other_without_a_gap(shelf, open_tab):
    tab = open_tab(shelf)
    open_album(tab)
    tab.press("player.play", within=".album")
    tab.sounds()
    tab.page.evaluate(
        """() => {
          window.silences = [];
          let last = performance.now();
          setInterval(() => {
            const now = performance.now();
            if (navigator.mediaSession.playbackState !== 'playing') window.silences.push(now - last);
            last = now;
          }, 5);
        }"""
    )
    tab.page.locator(".deck .now").get_by_text("Rødgrød").wait_for()
    assert sum(tab.page.evaluate("() => window.silences")) < 100


def test_words_for_paper_stay_until_they_are_there_and_the_signing_goes_on(shelf, open_tab):
    tab = open_tab(shelf)
    tab.page.goto(f"{tab.page.url.partition('#')[0]}#/publish")
    tab.page.locator(".pick-line input").first.check()
    tab.press("publish.sign")
    tab.page.locator("[name=name]").fill("Zoopark Tapes")
    tab.press("publish.signit")
    words = tab.page.locator("pre.paper").inner_text()
    for away in ("home", "friends"):
        tab.page.locator(f".rail [data-name={away}]").click()
        tab.page.wait_for_url("**/#/publish")
        expect(tab.page.locator("pre.paper")).to_have_text(words, use_inner_text=True)
    tab.press("nav.lock", within=".rail")
    tab.page.locator("dialog").get_by_text(tab.say("lock.paper")).wait_for()
    tab.press("cancel", within="dialog")
    tab.press("publish.paper.done")
    tab.press("publish.look", within=".job.done")
    tab.page.locator(".verdict .stamp").wait_for()


def test_friends_players_and_an_evening(shelf, open_tab, monkeypatch):
    monkeypatch.setattr("magnitizdat.web.guests.venue.near_addresses", lambda: ["127.0.0.1"])
    tab = open_tab(shelf)
    tab.go("friends")
    tab.page.locator(".my-card [name=name]").fill("Zoopark Tapes")
    tab.press("card.make")
    tab.press("publish.paper.done")
    tab.page.locator(".my-card .qr").wait_for()
    tab.go("players")
    tab.page.locator("[name=name]").fill("My phone")
    tab.press("players.add")
    tab.told("players.once")
    tab.page.get_by_text("My phone").first.wait_for()
    tab.go("share")
    tab.press("share.go")
    tab.told("share.on")
    expect(tab.page.locator(".address").first).to_contain_text("http")
    tab.press("nav.lock", within=".rail")
    tab.page.locator("dialog").get_by_text(tab.say("lock.air")).wait_for()
    tab.press("cancel", within="dialog")
    tab.press("share.end")
    tab.page.get_by_text(tab.say("share.go"), exact=True).wait_for()
    assert tab.faults == []


def test_locked_it_shows_and_plays_nothing(shelf, open_tab):
    tab = open_tab(shelf)
    open_album(tab)
    tab.press("player.play", within=".album")
    tab.sounds()
    tab.press("nav.lock", within=".rail")
    tab.told("unlock.title")
    expect(tab.page.locator("body")).not_to_contain_text("45", use_inner_text=True)
    tab.page.wait_for_function("() => navigator.mediaSession.playbackState === 'none'")
    tab.page.locator("[name=passphrase]").fill("wrong")
    tab.press("unlock.open")
    tab.page.locator(".wrong").get_by_text("passphrase").wait_for()
    tab.page.locator("[name=passphrase]").fill(PASSPHRASE)
    tab.press("unlock.open")
    tab.page.get_by_role("heading", name="45", exact=True).wait_for()
    assert set(tab.page.evaluate("() => Object.keys(localStorage)")) <= {"theme", "language", "volume", "session"}


def test_by_keyboard_alone(shelf, open_tab):
    tab = open_tab(shelf)
    keys = tab.page.keyboard
    tab.page.locator(".sleeve-link").first.wait_for()
    keys.press("/")
    with tab.sends("POST", "search", '"last tram"'):
        keys.type("last tram", delay=10)
    tab.settles()
    tab.page.locator(".found .tracks").get_by_text("Last tram").wait_for()
    for _ in range(30):
        keys.press("Tab")
        if tab.page.evaluate("() => document.activeElement.matches('.tracks .title')"):
            break
    keys.press("Enter")
    tab.sounds()
    tab.page.evaluate("() => document.activeElement.blur()")
    keys.press("k")
    tab.page.wait_for_function("() => navigator.mediaSession.playbackState === 'paused'")
    keys.press("?")
    tab.told("keys.title")
    keys.press("Escape")
    keys.press("l")
    tab.page.locator("main.view-now").wait_for()


@pytest.mark.parametrize("language", ["en", "da", "ru"])
def test_the_passphrase_opens_it_also_where_no_link_is_at_hand(shelf, chromium, language):
    context = chromium.new_context(locale=language, java_script_enabled=False)
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(shelf.base_url())
    page.locator("[name=passphrase]").fill("wrong")
    page.locator("form button").click()
    page.get_by_role("alert").wait_for()
    page.locator("[name=passphrase]").fill(PASSPHRASE)
    page.locator("form button").click()
    page.locator("#app, main[class^='view-'], noscript").first.wait_for(state="attached")
    assert shelf.base_url() in page.url
    expect(page.locator("[name=passphrase]")).to_have_count(0)
    context.close()


def test_an_import_is_taken_back(shelf, open_tab, tmp_path):
    tab = open_tab(shelf)
    tab.go("import")
    files = [str(path) for path in record(tmp_path / "new", "Ny kassette", "Kødbyen", ("Bro", "Havn"))]
    tab.page.locator("#drop-files").set_input_files(files)
    tab.page.locator(".draft").first.wait_for()
    tab.press("import.keep")
    tab.told("import.imported")
    assert len(list(shelf.service.library().shelf.albums())) == 3
    tab.press("import.undo", within=".after")
    tab.press("import.undo", within="dialog")
    tab.page.locator(".notice").get_by_text(tab.say("import.undone")).wait_for()
    tab.page.locator("#drop-files").wait_for(state="attached")
    assert {view.title for view in shelf.service.library().shelf.albums()} == {"45", "Nat i juni"}


def test_a_folder_is_watched_and_no_longer(shelf, open_tab, tmp_path):
    (tmp_path / "incoming").mkdir()
    tab = open_tab(shelf)
    tab.go("import")
    tab.press("watch.ask")
    tab.page.locator("[name=path]").fill(str(tmp_path / "incoming"))
    tab.press("watch.start")
    tab.told("watch.keeps")
    tab.page.reload()
    tab.page.locator("main").get_by_text(str(tmp_path / "incoming")).wait_for()
    tab.press("watch.stop")
    tab.press("watch.ask")
    tab.page.locator("[name=path]").wait_for()
