"""Two laptops meet, on two pages: one opens a share, the other takes by its ticket, or by six words, and gives back."""

from __future__ import annotations

import pytest

from magnitizdat.web.peers.ticket_port import Tickets
from tests.fakes_library import make_library, put_album
from tests.fakes_spool import publish_all
from tests.page.conftest import DESKTOP, NARROW, PHONE

pytestmark = [pytest.mark.debian, pytest.mark.slow]


@pytest.fixture
def laptops(tmp_path, serve, monkeypatch):
    """Two, each with a signed album that the other lacks, on a network of this machine alone."""
    for place in ("guests.venue", "peers.ticket_port"):
        monkeypatch.setattr(f"magnitizdat.web.{place}.near_addresses", lambda: ["127.0.0.1"])
    found = []
    for name in ("host", "guest"):
        library = make_library(tmp_path / name)
        publish_all(library, [put_album(library, f"Of the {name}", lengths=(300_000, 20))[0]], f"The {name}'s")
        found.append(serve(tmp_path / name, library))
    return found


def titles(stand) -> set[str]:
    return {view.title for view in stand.service.library().shelf.albums() if view.complete}


def shared(tab, *, take: bool) -> None:
    tab.go("share")
    tab.page.locator("[name=phones]").uncheck()
    tab.page.locator("[name=take]").set_checked(take)
    tab.press("share.go")
    tab.told("share.ticket")


@pytest.mark.parametrize("size", [DESKTOP, PHONE, NARROW])
def test_what_runs_lies_on_no_last_button(laptops, open_tab, size):
    tab = open_tab(laptops[0], size=size)
    shared(tab, take=False)
    tab.go("more")
    tab.page.locator(".tray .on").wait_for()
    tab.settles()
    tab.page.evaluate("() => scrollTo(0, document.body.scrollHeight)")
    tab.settles()
    last = tab.page.locator("main :is(a, button, summary, input):visible").last.bounding_box()
    assert last["y"] + last["height"] <= tab.page.locator(".tray").bounding_box()["y"]


@pytest.mark.parametrize("by_words", [True, False])
def test_what_each_lacks_comes_in_one_meeting(laptops, open_tab, by_words):
    host, guest = laptops
    there, here = open_tab(host), open_tab(guest, size=PHONE)
    shared(there, take=True)
    here.go("take")
    here.press("take.address")
    if by_words:
        here.page.locator("[name=address]").fill(there.page.locator(".address").inner_text())
        here.page.locator("[name=share_words]").fill(there.page.locator(".six").inner_text())
    else:
        here.page.locator("[name=address]").fill(str(host.service.only(Tickets).current.ticket))
    here.page.locator("[name=give]").check()
    here.press("take.take", within=".other")
    here.page.locator(".job.over").wait_for()
    assert titles(guest) == titles(host) == {"Of the host", "Of the guest"}
    here.go("labels")
    here.page.locator("main a").filter(has_text="The host's").first.click()
    here.press("wish.ask")
    here.page.locator(".notice").get_by_text("The host's").wait_for()
    here.go("carry")
    here.page.locator(".ruled").filter(has_text="The host's").wait_for()
    there.page.locator(".on-air .said li").wait_for()
    there.press("share.end")
    there.page.get_by_text(there.say("share.go"), exact=True).wait_for()
    assert here.faults == there.faults == []
