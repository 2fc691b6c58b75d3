"""The whole way through the API alone, from a first start to somebody else who listens."""

from __future__ import annotations

from tests.fakes_library import contents_of

WORDS = "one two three four five six"


def test_a_first_start(tmp_path, opened):
    page = opened(tmp_path / "library")
    state = page.get("session")
    assert state["state"] == "none"
    assert len(state["suggest_words"].split()) == 6
    assert page.send("GET", "albums", status=423)["kind"] == "locked"
    assert page.post("init", {"passphrase": "short"}, status=400)["kind"] == "usage"
    made = page.post("init", {"passphrase": WORDS})
    assert made["state"] == "open"
    assert "AGE ENCRYPTED FILE" in made["paper"]["text"]
    assert page.client.get(f"/{made['paper']['qr']}").headers["content-type"] == "image/svg+xml"
    assert page.get("albums")["total"] == 0
    assert page.post("init", {"passphrase": WORDS}, status=400)["error"].startswith("there is a library already")
    assert page.post("lock")["state"] == "locked"
    assert page.get("session")["state"] == "locked"
    assert page.post("unlock", {"passphrase": "not these"}, status=423)["kind"] == "locked"
    assert page.post("unlock", {"passphrase": WORDS})["state"] == "open"


def test_a_stick_sealed_to_words_goes_from_hand_to_hand(tmp_path, page, opened):
    stick = page.stick(tmp_path / "stick")
    fits = page.post("fill/preview", {"stick": stick["id"], "quality": "full"})
    assert fits["fits"]
    assert fits["tracks"] == 5
    filled = page.work("fill", stick=stick["id"], quality="full")
    assert filled["state"] == "done", filled
    assert filled["safe_to_pull"]
    assert len(filled["words"].split()) == 6
    assert 0.8 < fits["length"] / filled["report"]["length"] < 1.2

    other = opened(tmp_path / "other")
    other.post("init", {"passphrase": WORDS})
    (reel,) = other.stick(tmp_path / "stick")["reels"]
    assert reel["words"]
    assert not reel["mine"]
    refused = other.work("take", reel=reel["id"])
    assert refused["state"] == "failed"
    assert refused["exit_code"] == 10
    taken = other.work("take", reel=reel["id"], words=filled["words"])
    assert taken["state"] == "done", taken
    assert taken["report"]["tracks"] == 5
    for line in other.get("albums?order=title")["albums"]:
        assert line["standing"] == "carried"
        mine = next(each for each in page.get("albums")["albums"] if each["title"] == line["title"])
        album = other.get(f"albums/{line['id']}")
        heard = [other.client.get(f"/api/songs/{song['id']}/audio").content for song in album["sides"][0]["tracks"]]
        assert heard == contents_of(page.service.library(), mine["id"])


def test_two_reels_on_one_stick_stay_two(tmp_path, page, opened):
    other = opened(tmp_path / "other")
    other.post("init", {"passphrase": WORDS})
    other.post("labels", {"name": "Natalia"})
    page.post("friends", {"text": other.get("card")["text"]})
    stick = page.stick(tmp_path / "stick")
    for more in ({}, {"friends": ["Natalia"]}):
        filled = page.work("fill", stick=stick["id"], **more)
        assert filled["state"] == "done", filled
    found = other.stick(tmp_path / "stick")["reels"]
    assert sorted((reel["words"], reel["mine"]) for reel in found) == [(False, True), (True, False)]
    taken = other.work("take", reel=next(reel["id"] for reel in found if reel["mine"]))
    assert (taken["state"], taken["report"]["tracks"]) == ("done", 5), taken


def test_a_reel_is_checked_and_copied(tmp_path, page):
    stick = page.stick(tmp_path / "stick")
    filled = page.work("fill", stick=stick["id"], albums=[page.get("albums")["albums"][0]["id"]])
    checked = page.work("check", reel=filled["report"]["reel"])
    assert checked["state"] == "done"
    assert checked["report"]["valid"]
    second = page.stick(tmp_path / "second")
    copied = page.work("copy", reel=filled["report"]["reel"], sticks=[second["id"]])
    assert copied["state"] == "done"
    assert copied["safe_to_pull"]
    (reel,) = page.stick(tmp_path / "second")["reels"]
    assert page.work("mend", reel=reel["id"])["report"]["valid"]
    jobs = page.get("jobs")["jobs"]
    assert [job["verb"] for job in jobs] == ["fill", "check", "copy", "mend"]
