"""What is typed and not sent yet: there again after a lock and another start, sealed, and bounded."""

from __future__ import annotations

import pytest

from magnitizdat.ops.jobs import in_hand
from tests.fakes_library import PASSPHRASE


def kept(page):
    return page.get("in-hand")["places"]


def test_what_is_typed_outlives_a_lock_and_the_server(tmp_path, page, opened):
    typed = {"title": "Черновик-5521", "notes": {"ru": "…"}, "tracks": [1, 2.5, None, True]}
    page.send("PUT", "in-hand", {"place": "edit/1", "value": typed})
    page.send("PUT", "in-hand", {"place": "write/to/2", "value": [["text", "Dear", False]]})
    page.post("lock")
    assert page.send("GET", "in-hand", status=423)["kind"] == "locked"
    page.post("unlock", {"passphrase": PASSPHRASE})
    assert kept(page)["edit/1"] == typed
    page.service.close()
    again = opened(tmp_path / "library")
    again.post("unlock", {"passphrase": PASSPHRASE})
    assert kept(again) == {"edit/1": typed, "write/to/2": [["text", "Dear", False]]}
    again.send("PUT", "in-hand", {"place": "edit/1", "value": None})
    again.send("PUT", "in-hand", {"place": "edit/1"})
    assert list(kept(again)) == ["write/to/2"]
    files = [path.read_bytes() for path in (tmp_path / "library").rglob("*") if path.is_file()]
    assert not any("Черновик-5521".encode() in content for content in files)


def test_of_very_many_unfinished_things_the_oldest_goes(page, monkeypatch):
    monkeypatch.setattr(in_hand, "MAX_PLACES", 3)
    for number in range(5):
        page.send("PUT", "in-hand", {"place": str(number), "value": number})
    assert kept(page) == {"2": 2, "3": 3, "4": 4}


@pytest.mark.parametrize("place", ["", "x" * 201])
def test_a_place_has_a_short_name(page, place):
    assert page.send("PUT", "in-hand", {"place": place, "value": 1}, status=400)["kind"] == "usage"


def test_what_is_too_long_to_be_typed_is_refused(page):
    assert page.client.put("/api/in-hand", content=b"x" * (in_hand.MAX_LENGTH + 1)).status_code == 413
