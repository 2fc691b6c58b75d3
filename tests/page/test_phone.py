"""The page among a phone's apps: the browser keeps its shell and nothing of the library, and tells what it may."""

from __future__ import annotations

import pytest

from magnitizdat.web.http.sessions import Sessions
from magnitizdat.web.owner import files
from tests.fakes_library import PASSPHRASE
from tests.page.conftest import AXE_RUN, PHONE, expect
from tests.page.test_verbs import open_album

pytestmark = [pytest.mark.debian, pytest.mark.slow]

KEPT = """async () => {
  const kept = [];
  for (const name of await caches.keys()) {
    const shelf = await caches.open(name);
    for (const request of await shelf.keys()) {
      const { pathname, search } = new URL(request.url);
      kept.push([pathname, search, await (await shelf.match(request)).text()]);
    }
  }
  return kept;
}"""
READY = "() => navigator.serviceWorker.ready.then(() => navigator.serviceWorker.controller !== null)"
TOLD = "() => navigator.mediaSession.metadata?.title"


@pytest.fixture
def kept(shelf, open_tab):
    """A page whose shell the browser keeps."""
    tab = open_tab(shelf)
    tab.page.wait_for_function(READY)
    return tab


def test_the_browser_keeps_the_shell_and_nothing_of_the_library(kept):
    open_album(kept)
    kept.press("player.play", within=".album")
    kept.sounds()
    for view in ("home", "albums", "artists", "playlists", "now", "import", "share"):
        kept.go(view)
    kept.settles()
    held, secrets = kept.page.evaluate(KEPT), kept.page.evaluate("() => localStorage.session").split()
    assert ["/", ""] in [entry[:2] for entry in held]
    assert "/static/app.js" in [path for path, *_ in held]
    for path, query, content in held:
        assert path == "/" or path.startswith("/static/"), path
        assert not query
        assert not any(planted in content for planted in ("Чужая гитара", "Nat i juni", "Kødbyen", *secrets))


def test_locked_and_opened_again_as_without_it(kept):
    kept.press("nav.lock", within=".rail")
    kept.told("unlock.title")
    kept.page.reload()
    kept.told("unlock.title")
    kept.page.locator("[name=passphrase]").fill(PASSPHRASE)
    kept.press("unlock.open")
    open_album(kept)
    kept.press("player.play", within=".album")
    kept.sounds()


def test_a_new_version_is_there_at_once(kept, monkeypatch):
    old = files._files()["i18n/en.js"]
    changed = old._replace(body=old.body.replace(b'"Players"', b'"Wireless sets"'), packed=None, etag="another")
    monkeypatch.setitem(files._files(), "i18n/en.js", changed)
    kept.page.reload()
    kept.go("players")
    kept.page.get_by_role("heading", name="Wireless sets").wait_for()
    assert any("Wireless sets" in content for path, _, content in kept.page.evaluate(KEPT) if path.endswith("en.js"))


def test_whose_session_is_over_sees_the_entrance_and_not_what_was_kept(shelf, kept):
    sessions = shelf.service.only(Sessions.of)
    for cookie in kept.page.context.cookies():
        sessions.end(cookie["value"])
    kept.page.reload()
    kept.page.locator("form [name=passphrase]").wait_for()
    kept.faults.clear()  # the browser calls a page that is not there an error
    expect(kept.page.locator("#app, .rail")).to_have_count(0)


def test_where_the_server_is_gone_the_page_says_so_and_comes_back_with_it(shelf, kept):
    kept.page.context.set_offline(True)
    kept.page.reload()
    kept.told("gone.title")
    kept.page.context.set_offline(False)
    kept.page.goto(shelf.link())  # where it began anew, by its link
    kept.page.locator("main.view-home").wait_for()
    kept.faults.clear()  # what the browser says of a network that is not there


def test_in_danger_the_shell_goes_too(kept):
    kept.page.evaluate("() => import('./static/views/album.js').then(() => null)")  # which comes when there is time
    kept.settles()
    kept.page.evaluate("() => import('./static/kept.js').then((kept) => kept.forgetShell())")
    assert kept.page.evaluate(KEPT) == []
    assert kept.page.evaluate("() => navigator.serviceWorker.getRegistrations().then((all) => all.length)") == 0


def test_the_lock_screen_says_what_plays_only_where_that_is_allowed(long_shelf, open_tab):
    tab = open_tab(long_shelf)
    open_album(tab)
    tab.press("player.play", within=".album")
    tab.sounds()
    tab.page.wait_for_function(f"() => ({TOLD})() === 'Library'")
    tab.go("more")
    with tab.sends("POST", "settings", "true"):
        tab.page.locator("[name=show_names]").check()
    tab.page.wait_for_function("() => navigator.mediaSession.metadata.title === 'Чужая гитара'")
    artwork = tab.page.evaluate("() => navigator.mediaSession.metadata.artwork.map(({ src }) => src)")
    assert artwork
    kind = tab.page.evaluate("url => fetch(url).then((answer) => answer.headers.get('content-type'))", artwork[0])
    assert kind.startswith("image/")
    with tab.sends("PUT", "queue"):
        tab.page.evaluate("() => document.activeElement.blur()")
        tab.page.keyboard.press("k")  # what is paused is kept for another day
    tab.page.reload()
    tab.page.wait_for_function("() => navigator.mediaSession.metadata?.title === 'Чужая гитара'")
    tab.go("more")
    tab.page.locator("[name=show_names]").uncheck()
    tab.page.wait_for_function("() => navigator.mediaSession.metadata.title === 'Library'")
    tab.page.locator("[name=show_names]").check()
    tab.page.wait_for_function("() => navigator.mediaSession.metadata.title === 'Чужая гитара'")
    tab.press("nav.lock", within=".rail")
    tab.told("unlock.title")
    tab.page.wait_for_function(f"() => ({TOLD})() === 'Library'")


def test_a_player_gets_its_address_by_a_code_and_by_copying(shelf, open_tab, axe):
    tab = open_tab(shelf, size=PHONE, permissions=["clipboard-read", "clipboard-write"])
    tab.go("players")
    tab.page.locator("[name=name]").fill("My phone")
    tab.press("players.add")
    tab.told("players.once")
    tab.told("players.alone")
    tab.page.locator(".handover .qr").wait_for()
    tab.page.locator(".handover dd button").first.click()
    tab.told("copied")
    assert tab.page.evaluate("() => navigator.clipboard.readText()") == shelf.base_url()
    assert tab.page.evaluate("() => document.documentElement.scrollWidth - innerWidth") <= 0
    tab.page.evaluate(axe)
    assert tab.page.evaluate(AXE_RUN) == []
