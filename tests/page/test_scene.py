"""Closed albums in the page over real servers: each verb once, at every size, in every language."""

from __future__ import annotations

import pytest

from magnitizdat.ops.labels import labels
from tests.fakes_library import NOW
from tests.page.conftest import DESKTOP, NARROW, PHONE, Tab
from tests.page.test_voices import reads

pytestmark = [pytest.mark.debian, pytest.mark.slow]
READERS = [("en", DESKTOP, "dark"), ("da", PHONE, "light"), ("ru", NARROW, "dark")]


def shares_of(tab: Tab) -> list[str]:
    tab.page.locator(".shares .paper").first.wait_for()
    return tab.page.locator(".shares .paper p").all_inner_texts()


@pytest.mark.parametrize("reader", READERS)
def test_a_premiere_is_closed_and_opened_by_its_holders(shelf, open_tab, axe, reader):
    labels.create(shelf.service.library(), "Zoopark", now=NOW)
    tab = open_tab(shelf, *reader)
    tab.page.locator(".sleeve-link").filter(has_text="45").first.click()
    tab.page.locator(".album > .head summary").click()
    tab.page.get_by_role("menuitem", name=tab.say("premiere.do")).click()
    tab.page.locator("[name=holders]").fill("Mike\nSøren\nНаталья")
    assert tab.page.locator("[name=need]").input_value() == "2"
    reads(tab, axe, "closing")
    tab.press("premiere.go")
    shares = shares_of(tab)
    assert [len(each.split()) for each in shares] == [20, 20, 20]
    reads(tab, axe, "shares")
    tab.go("premieres")
    tab.page.locator(".closed-cover").wait_for()
    reads(tab, axe, "closed albums")
    tab.page.locator(".sleeve-link").click()
    tab.page.locator(".opening").wait_for()
    reads(tab, axe, "closed")
    tab.press("friends.text", within=".opening")
    for share in shares[1:]:
        tab.page.locator(".opening [name=card]").fill(share)
        tab.press("open.put")
        tab.page.wait_for_function("() => document.querySelector('.opening [name=card]').value === ''")
    tab.press("open.go")
    tab.page.locator(".job.over.done").wait_for()
    reads(tab, axe, "opened")
    tab.press("take.listen")
    tab.page.locator(".album h1").wait_for()
