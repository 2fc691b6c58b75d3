"""What is typed and not sent yet: there again after a lock and another start, sealed, and bounded."""

from __future__ import annotations

from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magnitizdat.ops.jobs import in_hand
from magnitizdat.web.owner import in_hand as told
from tests.fakes_library import PASSPHRASE


def kept(page):
    return page.get("in-hand")["places"]


def test_what_is_typed_outlives_a_lock_and_the_server(tmp_path, page, opened):
    typed = {"title": "Черновик-5521", "notes": {"ru": "…"}, "tracks": [1, 2.5, None, True]}
    page.send("PUT", "in-hand", {"places": {"edit/1": typed}})
    page.send("PUT", "in-hand", {"places": {"write/to/2": [["text", "Dear", False]]}})
    page.post("lock")
    assert page.send("GET", "in-hand", status=423)["kind"] == "locked"
    page.post("unlock", {"passphrase": PASSPHRASE})
    assert kept(page)["edit/1"] == typed
    page.service.close()
    again = opened(tmp_path / "library")
    again.post("unlock", {"passphrase": PASSPHRASE})
    assert kept(again) == {"edit/1": typed, "write/to/2": [["text", "Dear", False]]}
    again.send("PUT", "in-hand", {"places": {"edit/1": None}})
    again.send("PUT", "in-hand", {"places": {"edit/2": None}})
    assert list(kept(again)) == ["write/to/2"]
    files = [path.read_bytes() for path in (tmp_path / "library").rglob("*") if path.is_file()]
    assert not any("Черновик-5521".encode() in content for content in files)


def test_of_very_many_unfinished_things_the_oldest_goes(page, monkeypatch):
    monkeypatch.setattr(in_hand, "MAX_PLACES", 3)
    for number in range(5):
        page.send("PUT", "in-hand", {"places": {str(number): number}})
    assert kept(page) == {"2": 2, "3": 3, "4": 4}


def test_how_views_were_left_is_kept_of_each_tab_and_of_very_many_the_last(page, monkeypatch):
    monkeypatch.setattr(in_hand, "MAX_VISITS", 3)
    for said in ({"a": 1, "b": 1}, {"c": 1}, {"a": 2}, {"d": 1}):
        page.send("PUT", "in-hand", {"places": {in_hand.SHARED: said}})
    assert kept(page)[in_hand.SHARED] == {"c": 1, "a": 2, "d": 1}
    page.send("PUT", "in-hand", {"places": {in_hand.SHARED: [1]}})  # of another version of the page
    assert kept(page)[in_hand.SHARED] == [1]
    page.send("PUT", "in-hand", {"places": {in_hand.SHARED: {"e": 1}}})
    assert kept(page)[in_hand.SHARED] == {"e": 1}
    page.send("PUT", "in-hand", {"places": {in_hand.SHARED: None}})
    assert kept(page) == {}


@pytest.mark.parametrize("place", ["", "x" * 201])
def test_a_place_has_a_short_name(page, place):
    assert page.send("PUT", "in-hand", {"places": {place: 1}}, status=400)["kind"] == "usage"


def test_what_is_too_long_to_be_typed_is_refused(page):
    assert page.client.put("/api/in-hand", content=b"x" * (in_hand.MAX_LENGTH + 1)).status_code == 413


PAGES = st.sampled_from(["", "one", "two"])
SAID = st.lists(st.tuples(PAGES, st.sets(st.sampled_from("abc")), st.booleans()), max_size=12)


@given(said=SAID)
def test_of_what_a_page_says_nothing_counts_that_comes_behind_its_last_words_of_the_same(said):
    pages, last = told.LastWords(), {}
    for page, places, left in said:
        typed = told.Typed(page=page, places=dict.fromkeys(places, b"1"), left=left)
        with pages.speaks(typed) as counts:
            assert set(counts) == places - last.get(page, set())
        if left and page:
            last[page] = places


def test_a_page_that_asks_after_another_waits_for_its_last_words(page, monkeypatch):
    monkeypatch.setattr(told, "LAST_WORDS_S", 60.0)
    found = []
    asks = Thread(target=lambda: found.append(page.get("in-hand?after=one")["places"]))
    asks.start()
    page.send("PUT", "in-hand", {"page": "two", "places": {"a": 1}, "left": True})
    page.send("PUT", "in-hand", {"page": "one", "places": {"a": 2}})
    assert found == []
    page.send("PUT", "in-hand", {"page": "one", "places": {"a": 3, "b": 4}, "left": True})
    asks.join(timeout=60)
    assert found == [{"a": 3, "b": 4}]
    page.send("PUT", "in-hand", {"page": "one", "places": {"a": 2, "c": 5}})
    assert page.get("in-hand?after=one")["places"] == {"a": 3, "b": 4, "c": 5}


def test_a_page_that_said_no_last_words_is_not_waited_for_for_long(page, monkeypatch):
    monkeypatch.setattr(told, "LAST_WORDS_S", 0.01)
    assert page.get("in-hand?after=one")["places"] == {}
    assert page.send("GET", f"in-hand?after={'x' * 65}", status=400)["kind"] == "usage"


def test_of_pages_that_were_left_the_last_are_known():
    pages = told.LastWords()
    for number in range(told.PAGES + 2):
        with pages.speaks(told.Typed(page=str(number), left=True)):
            pass
    assert [pages.knows(str(number)) for number in (0, 1, 2, told.PAGES + 1)] == [False, False, True, True]
