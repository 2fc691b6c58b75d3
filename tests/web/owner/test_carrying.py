"""What is carried, by the page's API: wishes, and the stash between two sticks."""

from __future__ import annotations

import pytest

from magnitizdat.disk.disk import Disk
from magnitizdat.errors import EXIT_PARTLY
from magnitizdat.ops.jobs.chores import mirror
from magnitizdat.ops.jobs.jobs import Watch
from magnitizdat.ops.labels.labels import own_labels
from tests.fakes_library import NOW, make_library, put_album
from tests.fakes_spool import publish_all
from tests.fakes_stash import digests_in, tiny_reel


@pytest.fixture(autouse=True)
def _own_stash(monkeypatch, tmp_path):
    monkeypatch.setenv("MAG_STASH", str(tmp_path / "stash"))


def test_reels_go_from_stick_to_stick_by_the_stash(page, tmp_path):
    digest = tiny_reel(tmp_path / "red" / "aaaaaaaa")
    (tmp_path / "blue").mkdir()
    red, blue = (page.post("sticks", {"path": str(tmp_path / name)})["id"] for name in ("red", "blue"))
    assert page.get("stash")["said"][0] == "The stash is empty."
    taken = page.work("stash_take", sticks=[red])
    assert (taken["state"], len(taken["report"]["taken"])) == ("done", 1)
    given = page.work("stash_give", sticks=[blue])
    assert (given["state"], given["safe_to_pull"]) == ("done", True)
    assert digests_in(tmp_path / "blue") == {digest}
    (reel,) = page.get("stash")["reels"]
    assert (reel["digest"], reel["copies"]) == (digest, 1)
    refused = page.post("stash/drop", {"names": [reel["name"]]}, status=409)
    assert refused["kind"] == "unsure"
    assert page.post("stash/drop", {"names": [reel["name"]], "sure": True})["reels"] == []


def test_a_quota_is_kept_and_taken_back(page, tmp_path):
    tiny_reel(tmp_path / "red" / "aaaaaaaa")
    red = page.post("sticks", {"path": str(tmp_path / "red")})["id"]
    assert page.post("stash/quota", {"quota": 10})["quota"] == 10
    full = page.work("stash_take", sticks=[red])
    assert full["state"] == "partly"
    assert "what is new there is larger than its quota" in full["sentence"]
    assert "mag " not in full["sentence"]
    assert page.post("stash/quota", {"quota": None})["quota"] is None
    assert page.work("stash_take", sticks=[red])["state"] == "done"


def test_what_is_asked_for_is_listed_and_dropped(page):
    wanted = "f" * 32
    (wish,) = page.post("wishes", {"name": wanted})["wishes"]
    assert wish["id"] == wanted
    assert page.post("wishes", {"name": "45"}, status=400)["kind"] == "usage"
    assert page.send("DELETE", f"wishes/{wanted}")["wishes"] == []
    assert page.send("DELETE", f"wishes/{wanted}", status=400)["kind"] == "usage"


def test_what_would_go_is_said_with_its_reasons_and_nothing_is_written(page, tmp_path):
    stick = page.stick(tmp_path / "stick")
    plan = page.work("rehearse", stick=stick["id"], quality="full", city=True)
    assert plan["state"] == "done", plan
    assert {each["title"] for each in plan["report"]["albums"]} == {"45", "Группа крови"}
    assert all(any(title in line for line in plan["said"]) for title in ("45", "Группа крови"))
    assert list((tmp_path / "stick").iterdir()) == []


def test_who_opens_a_reel_that_asks_tells_what_arrived(page, tmp_path, opened):
    stick = page.stick(tmp_path / "stick")
    filled = page.work("fill", stick=stick["id"], quality="full", slip=True)
    other = opened(tmp_path / "other")
    other.post("init", {"passphrase": "one two three four five six"})
    (reel,) = other.stick(tmp_path / "stick")["reels"]
    taken = other.work("take", reel=reel["id"], words=filled["words"])
    assert other.get("slips")["due"] == len(taken["report"]["slips"]) == 1
    assert "on their way" in other.post("slips", {"reels": taken["report"]["slips"]})["sentence"]
    assert other.get("slips")["due"] == 0


def test_a_label_is_published_at_an_address_and_never_at_a_path(page, tmp_path):
    publish_all(page.service.library(), [view.id for view in page.service.library().shelf.albums()])
    (label,) = [each for each in page.get("labels") if each["own"]]
    for place in (str(tmp_path / "mirror"), "file:///tmp", "https://example.org", "memory"):
        body = {"verb": "mirror", "label": label["id"], "to": place}
        assert page.post("jobs", body, status=400)["error"].startswith("this is no place to write to")


def test_what_lies_at_an_address_is_compared_and_mended(tmp_path):
    with make_library(tmp_path / "library") as library:
        publish_all(library, [put_album(library)[0]])
        (label,) = own_labels(library)

        def done(way):
            work = mirror(library, label, str(tmp_path / "place"), way, now=lambda: NOW, disk=Disk())
            return work(Watch()).outcome

        assert "it is open" in done("write").headline
        assert done("check").missing == ()
        next(path for path in (tmp_path / "place" / "blobs").rglob("*") if path.is_file()).unlink()
        assert done("check").exit_code == EXIT_PARTLY
        done("mend")
        assert done("check").missing == ()
