"""Closed albums over the API: closed by whoever made them, carried, and opened by shares or words."""

from __future__ import annotations

import io

import pytest
import segno

from magnitizdat.web.owner.work import Room
from tests.fakes_spool import write_spool

WORDS = "one two three four five six"
HOLDERS = ["Mike", "Søren", "Наталья"]
OCTETS = {"content-type": "application/octet-stream"}


@pytest.fixture
def closed(page):
    """The work that closed «45», and the page of its maker."""
    label = page.post("labels", {"name": "Zoopark"})
    album = next(each["id"] for each in page.get("albums")["albums"] if each["title"] == "45")
    wish = {"album": album, "label": label["id"], "opens": "2036-12-24", "need": 2, "holders": HOLDERS}
    return page.work("premiere", **wish)


@pytest.fixture
def reader(tmp_path, page, closed, opened):
    """Somebody who has dubbed the label."""
    assert closed["state"] == "done", closed
    write_spool(page.service.library(), tmp_path / "spool")
    other = opened(tmp_path / "other")
    other.post("init", {"passphrase": WORDS})
    assert other.work("take", stick=other.stick(tmp_path / "spool")["id"])["state"] == "done"
    return other


def photo_of(text):
    picture = io.BytesIO()
    segno.make(text, micro=False).save(picture, kind="png", scale=4)
    return picture.getvalue()


def test_the_shares_are_in_the_report_and_nowhere_else(page, closed):
    shares = closed["report"]["shares"]
    assert [each["holder"] for each in shares] == HOLDERS
    assert {len(each["words"].split()) for each in shares} == {20}
    assert all(each["qr"].startswith("data:image/svg+xml;base64,") for each in shares)
    said = " ".join([closed["sentence"], *closed["said"]])
    assert not [each for each in shares if each["words"] in said]
    page.service.lock()
    assert page.service.only(Room).jobs.all() == [], "locked, the page has nothing of them"


def test_its_maker_reads_and_opens_it_like_anybody(page, closed):
    assert page.get("beside") == {"unread": 0, "closed": [], "more": 0}, "her own stands on the shelf, for it plays"
    (line,) = page.get("premieres")["premieres"]
    assert (line["title"], line["opens"], line["need"], line["of"]) == ("45", "2036-12-24", 2, 3)
    assert (line["own"], line["here"], line["opened"]) == (True, True, False)
    assert "mag1" not in line["id"], "its address says nothing in a browser's history"
    assert page.get(f"premieres/{line['id']}") == line
    assert page.send("GET", f"premieres/{'0' * 32}", status=404)["kind"] == "notfound"


def test_shares_are_read_from_a_photo_or_typed_and_open_it(page, closed):
    one, other, _ = closed["report"]["shares"]
    (line,) = page.get("premieres")["premieres"]
    read = [
        page.post(f"premieres/{line['id']}/share", content=photo_of(one["words"].upper()), headers=OCTETS),
        page.post(f"premieres/{line['id']}/share", {"text": f"  {other['words'].upper()} "}),
    ]
    assert [each["text"] for each in read] == [one["words"], other["words"]]
    alone = page.work("open", premiere=line["id"], shares=[one["words"]])
    assert alone["state"] == "partly"
    done = page.work("open", premiere=line["id"], shares=[each["text"] for each in read])
    assert done["state"] == "done", done
    assert done["report"]["premiere"] == line["id"]
    (after,) = page.get("premieres")["premieres"]
    assert after["opened"]
    assert page.get(f"albums/{after['album']}")["title"] == "45"


def test_a_closed_album_stands_beside_the_shelf_of_others_and_on_that_of_its_maker(page, reader):
    assert page.get("beside")["closed"] == []
    (mine,) = page.get("premieres")["premieres"]
    assert (mine["own"], mine["opened"]) == (True, False)
    (line,) = reader.get("beside")["closed"]
    assert (line["title"], line["opens"], line["need"], line["of"]) == ("45", "2036-12-24", 2, 3)
    assert (line["here"], line["opened"], line["album"]) == (True, False, "")
    assert "mag1" not in line["id"], "its address says nothing in a browser's history"
    assert reader.get(f"premieres/{line['id']}") == line
    assert "45" not in {each["title"] for each in reader.get("albums")["albums"]}
    assert reader.send("GET", f"premieres/{'0' * 32}", status=404)["kind"] == "notfound"


def test_whoever_sends_many_does_not_bury_the_shelf(reader, monkeypatch):
    monkeypatch.setattr("magnitizdat.web.owner.premieres.SHELVED", 0)
    assert reader.get("beside") == {"unread": 0, "closed": [], "more": 1}
    assert len(reader.get("premieres")["premieres"]) == 1


def test_shares_open_it_in_place_for_whoever_dubbed_it(reader, closed):
    shares = [each["words"] for each in closed["report"]["shares"][1:]]
    (line,) = reader.get("premieres")["premieres"]
    done = reader.work("open", premiere=line["id"], shares=shares)
    assert done["state"] == "done", done
    assert reader.get(f"albums/{done['report']['album']}")["title"] == "45"
    (after,) = reader.get("premieres")["premieres"]
    assert (after["opened"], after["album"]) == (True, done["report"]["album"])
    assert reader.get("beside")["closed"] == []


def test_who_has_the_words_may_say_them_under_a_label(reader, closed):
    shares = [each["words"] for each in closed["report"]["shares"][:2]]
    (line,) = reader.get("premieres")["premieres"]
    label = reader.post("labels", {"name": "Natalia"})
    done = reader.work("open", premiere=line["id"], shares=shares, label=label["id"])
    assert any("Natalia" in each for each in done["said"])
    assert len(done["report"]["words"].split()) == 12


def test_what_is_refused_is_called_what_was_brought(page, closed):
    assert closed["state"] == "done"
    (line,) = page.get("premieres")["premieres"]
    address, right = f"premieres/{line['id']}/share", closed["report"]["shares"][0]["words"]
    named = {**OCTETS, "X-Mag-Name": "fra%20%C3%85se.txt"}
    typed = page.post(address, {"text": "twenty words"}, status=404)
    file = page.post(address, content=b"twenty words", headers=named, status=404)
    seen = page.post(address, content=photo_of("nothing"), headers=OCTETS, status=404)
    assert [name in each["error"] for name, each in (("the text", typed), ("fra Åse.txt", file), ("picture", seen))]
    assert line["title"] not in typed["error"] + file["error"] + seen["error"]
    assert page.post(address, content=right.encode(), headers=named)["text"] == right


def test_what_is_no_share_and_words_of_something_else(page, closed):
    assert closed["state"] == "done"
    (line,) = page.get("premieres")["premieres"]
    address = f"premieres/{line['id']}/share"
    for text in ("", "twenty words", " ".join(["academic"] * 20)):
        assert page.post(address, {"text": text}, status=404)["kind"] == "notfound"
    assert page.post(address, content=photo_of("nothing"), headers=OCTETS, status=404)["kind"] == "notfound"
    wrong = page.work("open", premiere=line["id"], words=" ".join(["abandon"] * 11 + ["about"]))
    assert wrong["state"] == "failed"


@pytest.mark.parametrize("wish", [{"need": 3}, {"need": 1}, {"holders": HOLDERS[:2]}, {"opens": "soon"}])
def test_what_could_open_to_nobody_is_not_closed(page, wish):
    label = page.post("labels", {"name": "Zoopark"})
    album = page.get("albums")["albums"][0]["id"]
    asked = {"album": album, "label": label["id"], "opens": "2036-12-24", "need": 2, "holders": HOLDERS} | wish
    begun = page.client.post("/api/jobs", json={"verb": "premiere", **asked})
    ended = page.ended(begun.json()["id"]) if begun.status_code == 200 else {"state": "failed"}
    assert ended["state"] == "failed"
    assert page.get("premieres")["premieres"] == []
