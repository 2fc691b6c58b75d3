"""Clubs over the API: begun, somebody let in by a card, who goes in by a word of their own, and is let out."""

from __future__ import annotations

import io

import pytest
import segno

from tests.fakes_library import put_album

WORDS = "one two three four five six"
OCTETS = {"content-type": "application/octet-stream"}


@pytest.fixture
def people(tmp_path, opened):
    """Anna, who will begin a club, and Misha."""
    pages = []
    for name in ("Anna", "Misha"):
        page = opened(tmp_path / name)
        page.post("init", {"passphrase": WORDS})
        page.post("labels", {"name": name})
        put_album(page.service.library(), name)
        pages.append(page)
    return pages


@pytest.fixture
def club(people):
    made = people[0].post("clubs", {"name": "45 RPM"})
    assert len(made["paper_words"].split()) == 24
    return made["id"]


@pytest.fixture
def pass_on(tmp_path):
    """A stick for whoever has its words, or for a club."""
    sticks = iter(range(100))

    def carry(giver, taker, **more):
        folder = tmp_path / f"stick {next(sticks)}"
        filled = giver.work("fill", stick=giver.stick(folder)["id"], **more)
        assert filled["state"] == "done", filled
        (reel,) = taker.stick(folder)["reels"]
        return taker.work("take", reel=reel["id"], words=filled["words"])

    return carry


def photo_of(text):
    picture = io.BytesIO()
    segno.make(text, micro=False).save(picture, kind="png", scale=4)
    return picture.getvalue()


def goes_in(page):
    """By the letter that lets them in."""
    (line,) = page.get("post")["letters"]
    letter = page.get(f"post/{line['id']}")
    assert letter["club"] == "45 RPM"
    assert [(each["letter"], each["name"]) for each in page.get("clubs")["invited"]] == [(line["id"], "45 RPM")]
    assert page.get("clubs")["clubs"] == [] or page.get("clubs")["clubs"][0]["role"] != "member"
    assert page.post(f"post/{line['id']}/join")["sentence"]
    assert page.get("clubs")["invited"] == []


def test_who_begins_one_keeps_its_door(people, club):
    anna, misha = people
    (line,) = anna.get("clubs")["clubs"]
    assert (line["name"], line["role"]) == ("45 RPM", "officer")
    sheet = anna.get(f"clubs/{club}")
    assert sheet["members"] == []
    assert [each["here"] for each in sheet["officers"]] == [True]
    picture = anna.client.get(f"/{sheet['picture']}")
    assert picture.headers["content-type"] == "image/svg+xml"
    assert misha.get("clubs") == {"clubs": [], "gigs": [], "invited": []}
    assert misha.send("GET", f"clubs/{club}", status=404)["kind"] == "notfound"
    assert misha.post(f"clubs/{'0' * 32}/leave", status=404)["kind"] == "notfound"


def test_what_signs_for_a_club_signs_for_nobody_s_own_things(people, club):
    lines = {each["name"]: each for each in people[0].get("labels")}
    assert club in {each["id"] for each in lines.values()}
    assert [name for name, each in lines.items() if each["own"] and not each["club"]] == ["Anna"]


@pytest.mark.parametrize("way", ["text", "photo"])
def test_somebody_is_let_in_by_a_card_and_goes_in_by_a_word_of_their_own(people, club, pass_on, way):
    anna, misha = people
    card = misha.get("card")["text"]
    if way == "text":
        anna.post(f"clubs/{club}/admit?past=false", {"text": card})
    else:
        anna.post(f"clubs/{club}/admit?past=false", content=photo_of(card), headers=OCTETS)
    (member,) = anna.get(f"clubs/{club}")["members"]
    assert (member["name"], member["key"]) == ("Misha", True)
    pass_on(anna, misha)
    goes_in(misha)
    (line,) = misha.get("clubs")["clubs"]
    assert (line["role"], line["open"], line["shut"]) == ("member", True, "")
    sheet = misha.get(f"clubs/{line['id']}")
    assert (sheet["members"], sheet["officers"]) == ([], []), "the list is for officers"
    assert misha.post(f"clubs/{line['id']}/expel", {"member": member["id"]}, status=400)["kind"] == "usage"
    assert pass_on(anna, misha, club=club)["state"] == "done", "a reel for the club opens"
    anna.post(f"clubs/{club}/expel", {"member": member["id"], "silent": False})
    assert anna.get(f"clubs/{club}")["members"] == []
    pass_on(anna, misha)
    (line,) = misha.get("clubs")["clubs"]
    assert (line["role"], line["open"]) == ("out", False)
    assert line["shut"]


def test_what_is_no_card_lets_nobody_in(people, club):
    anna, _ = people
    for text in ("", "Misha", "{}"):
        anna.post(f"clubs/{club}/admit?past=false", {"text": text}, status=404)
    anna.post(f"clubs/{club}/admit?past=false", content=photo_of("nothing"), headers=OCTETS, status=404)
    assert anna.get(f"clubs/{club}")["members"] == []


def test_who_leaves_has_no_key_any_more(people, club, pass_on):
    anna, misha = people
    anna.post(f"clubs/{club}/admit?past=true", {"text": misha.get("card")["text"]})
    pass_on(anna, misha)
    goes_in(misha)
    (line,) = misha.get("clubs")["clubs"]
    assert misha.post(f"clubs/{line['id']}/leave")["sentence"]
    (line,) = misha.get("clubs")["clubs"]
    assert (line["role"], line["open"]) == ("left", False)
    assert anna.post(f"clubs/{club}/leave", status=400)["kind"] == "usage", "an officer hands over first"


def test_where_it_meets_is_announced_and_called_off(people, club):
    anna, _ = people
    gig = {"summary": "Kvartirnik", "begins": "2036-12-04T20:00:00+03:00", "location": "Rubinstein st."}
    anna.post(f"clubs/{club}/gigs", gig)
    (line,) = anna.get("clubs")["gigs"]
    assert (line["summary"], line["location"], line["status"]) == ("Kvartirnik", "Rubinstein st.", "CONFIRMED")
    assert line["begins"].startswith("2036-12-04T20:00")
    assert anna.get(f"clubs/{club}")["gigs"] == [line]
    saved = anna.client.get("/api/programme.ics")
    assert saved.headers["content-type"].startswith("text/calendar")
    assert b"SUMMARY:Kvartirnik" in saved.content
    anna.send("DELETE", f"clubs/{club}/gigs/{line['id']}")
    (line,) = anna.get("clubs")["gigs"]
    assert line["status"] == "CANCELLED"
    assert anna.post(f"clubs/{club}/gigs", gig | {"begins": "soon"}, status=400)["kind"] == "usage"


def test_others_keep_the_door_too_by_cards_and_signatures(people, club, pass_on):
    anna, misha = people
    anna.post(f"clubs/{club}/admit?past=false", {"text": misha.get("card")["text"]})
    pass_on(anna, misha)
    goes_in(misha)
    (line,) = misha.get("clubs")["clubs"]
    card = misha.post(f"clubs/{line['id']}/officers/card", {"name": "Misha"})
    assert card["key"] in card["text"]
    assert anna.post(f"clubs/{club}/officers/card", {"name": "Anna"}, status=400)["kind"] == "usage"
    read = anna.post("holders/read", {"text": card["text"]})
    wish = {"need": 2, "papers": 1, "cards": [read["text"]]}
    proposed = anna.post(f"clubs/{club}/officers", wish)
    (paper,) = proposed["papers"]
    assert len(paper.split()) == 24
    signed = misha.post("proposals/sign", {"proposal": proposed["text"]})
    done = anna.post("proposals/sign", {"proposal": signed["text"]})
    assert done["taken"], done
    sheet = anna.get(f"clubs/{club}")
    assert (sheet["holders"]["need"], sheet["holders"]["of"], len(sheet["officers"])) == (2, 3, 2)
    assert [each["here"] for each in sheet["officers"]].count(True) == 1
    assert all(each["speaks"] for each in sheet["officers"])
