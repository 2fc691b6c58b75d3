"""The session in a browser: it lasts over reloads and tabs, and is of no use to other servers of the same machine."""

from __future__ import annotations

import threading
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.fakes_library import PASSPHRASE
from tests.page.conftest import TWO_FRAMES
from tests.page.test_leaving import hold, let_go

pytestmark = [pytest.mark.debian, pytest.mark.slow]


@pytest.fixture
def neighbour():
    """A server of somebody else's on this machine: (its address, the cookies that it was sent)."""
    sent: list[str] = []

    class Listening(BaseHTTPRequestHandler):
        def do_GET(self):
            sent.append(self.headers.get("cookie", ""))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<!doctype html><title>Hello</title>")

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Listening)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/", sent
    server.shutdown()
    thread.join()
    server.server_close()


def status(url: str, cookie: str) -> int:
    """What a program gets that has only the cookie."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers={"cookie": cookie}), timeout=60) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


def enter_again(tab, stand):
    """By the passphrase, from the page where a session's end leads: that one answer is no fault."""
    tab.page.locator("input[type=password]").fill(PASSPHRASE)
    tab.page.keyboard.press("Enter")
    tab.page.locator(".sleeve-link").first.wait_for()
    refused = f"404 (Not Found) {stand.base_url()}/enter"
    assert [fault for fault in tab.faults if not fault.endswith(refused)] == []
    tab.faults.clear()


def test_reload_back_and_a_second_tab(shelf, open_tab):
    tab = open_tab(shelf)
    page = tab.page
    page.locator(".sleeve-link").first.click()
    page.locator(".album").wait_for()
    page.reload()
    page.locator(".album .tracks").first.wait_for()
    page.go_back()
    page.locator("main.view-home .sleeve-link").first.wait_for()
    assert "once" not in page.url
    second = page.context.new_page()
    second.goto(f"{shelf.base_url()}/")
    second.locator(".sleeve-link").first.click()
    second.locator(".album .actions .solid").click()
    second.wait_for_function("() => navigator.mediaSession.playbackState === 'playing'")
    second.wait_for_function("() => [...document.images].every(each => !each.complete || each.naturalWidth)")


SHOWN = """window.shown = [];
new MutationObserver((all) => all.forEach(({ target }) => target.localName === 'main' && shown.push(target.className)))
  .observe(document, { subtree: true, attributeFilter: ['class'] });"""


def test_what_is_asked_for_before_the_page_knows_who_we_are_is_shown_once_and_nothing_else(shelf, open_tab):
    tab = open_tab(shelf)
    tab.page.add_init_script(SHOWN)
    held = hold(tab, "**/api/session")
    tab.page.reload()
    tab.page.evaluate("() => { location.hash = '#/albums'; }")
    tab.page.evaluate("() => import('./static/views/unlock.js').then(() => null)")  # it could be shown
    tab.page.evaluate(TWO_FRAMES)
    let_go(tab, held)
    tab.page.locator("main.view-albums .sleeve-link").first.wait_for()
    tab.settles()
    assert tab.page.evaluate("() => shown") == ["view-albums"]


def test_entering_again_in_another_tab_ends_no_other(shelf, open_tab):
    tab = open_tab(shelf)
    second = tab.page.context.new_page()
    second.goto(shelf.link())
    second.locator(".sleeve-link").first.wait_for()
    tab.page.locator(".sleeve-link").first.click()
    tab.page.locator(".album .actions .solid").click()
    tab.sounds()


def test_what_another_server_here_is_sent_opens_nothing(shelf, open_tab, neighbour):
    address, sent = neighbour
    tab = open_tab(shelf)
    album = tab.page.locator(".sleeve-link").first.get_attribute("href").rpartition("/")[2]
    other = tab.page.context.new_page()
    other.goto(address)
    cookie = sent[0]
    assert "session-" in cookie, "browsers send cookies to every port: if this one does not, nothing is shown here"
    assert other.evaluate("() => localStorage.length") == 0
    paths = ("api/session", "api/albums", f"api/albums/{album}", f"api/covers/al-{album}", "api/card.svg")
    assert {status(f"{shelf.base_url()}/{path}", cookie) for path in paths} == {404}
    assert [fault for fault in tab.faults if address not in fault] == []
    tab.faults.clear()


def test_without_what_it_kept_the_passphrase_opens_the_page_again(shelf, open_tab):
    tab = open_tab(shelf)
    tab.page.evaluate("() => localStorage.clear()")
    tab.page.reload()
    enter_again(tab, shelf)


def test_a_page_whose_session_is_over_leads_to_the_passphrase(shelf, open_tab):
    tab = open_tab(shelf)
    tab.page.evaluate("() => localStorage.clear()")
    tab.page.locator(".sleeve-link").first.click()
    enter_again(tab, shelf)
