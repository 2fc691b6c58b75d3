"""Who vouches for a label and who carries it on, over the API of three libraries that hand each other small files."""

from __future__ import annotations

import io

import pytest
import segno

from tests.fakes_spool import write_spool

WORDS = "one two three four five six"
OCTETS = {"content-type": "application/octet-stream"}


@pytest.fixture
def people(tmp_path, opened):
    """Somebody by name, with a library of their own."""

    def make(name):
        page = opened(tmp_path / name)
        page.post("init", {"passphrase": WORDS})
        return page

    return make


def label_of(page, name):
    return next(each["id"] for each in page.get("labels") if each["name"] == name)


def photo_of(text):
    picture = io.BytesIO()
    segno.make(text, micro=False).save(picture, kind="png", scale=4)
    return picture.getvalue()


@pytest.fixture
def zoopark(tmp_path, page, people):
    """The author, and two others who have dubbed the author's label: (author, Natalia, Misha)."""
    label = page.post("labels", {"name": "Zoopark"})
    page.work("publish", albums=[page.get("albums")["albums"][0]["id"]], label=label["id"])
    write_spool(page.service.library(), tmp_path / "spool")
    others = [people(name) for name in ("natalia", "misha")]
    for each in others:
        (tmp_path / "spool").exists()
        stick = each.stick(tmp_path / "spool")
        assert each.work("take", stick=stick["id"])["state"] == "done"
    return page, *others


def test_vouching_is_one_sentence_signed_shown_and_withdrawn(zoopark):
    _, natalia, _ = zoopark
    label = label_of(natalia, "Zoopark")
    assert natalia.post(f"labels/{label}/vouch", {}, status=400)["kind"] == "usage", "somebody must say so"
    mine = natalia.post("labels", {"name": "Natalia"})
    sheet = natalia.get(f"labels/{label}")
    assert sheet["vouches"] == []
    assert "Zoopark" in sheet["statement"]
    assert natalia.post(f"labels/{label}/vouch", {"label": mine["id"], "note": "From the kitchen."})["sentence"]
    sheet = natalia.get(f"labels/{label}")
    (vouch,) = sheet["vouches"]
    assert (vouch["name"], vouch["own"], vouch["note"], vouch["agrees"]) == ("Natalia", True, "From the kitchen.", True)
    assert sheet["disagree"] == ""
    assert "Natalia" in next(each["vouched"] for each in natalia.get("labels") if each["id"] == label)
    natalia.send("DELETE", f"labels/{label}/vouch?label={mine['id']}")
    assert natalia.get(f"labels/{label}")["vouches"] == []


def card_of(page, name):
    return page.post("holders/card", {"name": name})


def test_holders_are_appointed_by_cards_and_paper_and_sign_in_any_order(zoopark):
    author, natalia, misha = zoopark
    label = label_of(author, "Zoopark")
    before = author.get(f"labels/{label}")["holders"]
    assert (before["need"], before["of"], before["waiting"]) == (1, 2, 0)
    cards = [card_of(natalia, "Natalia"), card_of(misha, "Misha")]
    as_photo = author.post("holders/read", content=photo_of(cards[0]["text"]), headers=OCTETS)
    as_text = author.post("holders/read", {"text": cards[1]["text"]})
    assert [as_photo["name"], as_text["name"]] == ["Natalia", "Misha"]
    assert [as_photo["key"], as_text["key"]] == [each["key"] for each in cards], "which people read to each other"
    assert cards[0]["key"] in cards[0]["text"]
    wish = {"need": 2, "papers": 1, "cards": [as_photo["text"], as_text["text"]]}
    proposed = author.post(f"labels/{label}/holders", wish)
    (paper,) = proposed["papers"]
    assert len(paper.split()) == 24
    assert (proposed["complete"], proposed["need_own"]) == (False, 2)
    assert author.get(f"labels/{label}")["holders"]["waiting"] == 1
    read = natalia.post("proposals", {"text": proposed["text"]})
    assert read["papers"] == []
    assert read["can_sign"]
    assert any("Misha" in line or "New among" in line for line in read["changes"])
    assert author.post("proposals/sign", {"proposal": proposed["text"]})["old"] == 1
    signed = natalia.post("proposals/sign", {"proposal": read["text"]})
    assert not signed["can_sign"]
    back = author.post("proposals", {"text": signed["signature"]["text"]})
    assert back["own"] == signed["own"]
    done = author.post("proposals/sign", {"proposal": back["text"], "words": paper})
    assert done["complete"]
    assert not done["passes_on"]
    assert done["burn"]
    after = author.get(f"labels/{label}")["holders"]
    assert (after["need"], after["of"], after["waiting"]) == (2, 3, 0)
    assert {each["here"] for each in after["all"]} == {False}


def test_who_carries_a_label_on_reads_that_it_goes_on_from_what_its_holders_stand_by(zoopark, tmp_path):
    author, natalia, misha = zoopark
    label = label_of(author, "Zoopark")
    cards = [card_of(natalia, "Natalia")["text"], card_of(misha, "Misha")["text"]]
    proposed = author.post(f"labels/{label}/holders", {"need": 2, "with_me": True, "cards": cards})
    signed = natalia.post("proposals/sign", {"proposal": proposed["text"]})
    author.post("proposals/sign", {"proposal": author.post("proposals", {"text": signed["text"]})["text"]})
    write_spool(author.service.library(), tmp_path / "held")
    for each in (natalia, misha):
        each.work("take", stick=each.stick(tmp_path / "held")["id"])
    theirs = label_of(natalia, "Zoopark")
    asked = natalia.post(f"labels/{theirs}/hand-over", {"need": 2})
    agreed = misha.post("proposals/sign", {"proposal": asked["text"]})
    done = natalia.post("proposals/sign", {"proposal": agreed["text"]})
    if not done["taken"]:
        natalia.post("proposals/sign", {"proposal": done["text"]})
    told = natalia.get(f"labels/{theirs}")["handed_over"]
    assert told.endswith("2 of its 3 holders."), "and no word of lists that do not go on"
    again = natalia.post("proposals", {"text": done["text"]})
    assert again["taken"], "what is in force is not to be put in force"
    assert (again["can_sign"], natalia.get("holding")["waiting"]) == (False, [])


def test_what_is_no_card_and_no_proposal_is_told_so(zoopark):
    author, natalia, _ = zoopark
    label = label_of(author, "Zoopark")
    assert author.post("holders/read", {"text": "hello"}, status=404)["kind"] == "notfound"
    assert author.post("holders/read", content=photo_of("hello"), headers=OCTETS, status=404)["kind"] == "notfound"
    card = card_of(natalia, "Natalia")["text"]
    assert author.post("holders/read", {"text": card.replace("Natalia", "Mallory")}, status=422)["kind"] == "source"
    assert author.post("proposals", {"text": card}, status=422)["kind"] == "source"
    few = {"need": 2, "cards": [card], "papers": 0}
    assert author.post(f"labels/{label}/holders", few, status=400)["kind"] == "usage"
    many = {"need": 2, "papers": 17}
    assert author.post(f"labels/{label}/holders", many, status=400)["kind"] == "usage"


def test_of_two_proposals_for_one_step_the_second_wants_somebody_sure(zoopark):
    author, natalia, misha = zoopark
    label = label_of(author, "Zoopark")
    cards = [card_of(natalia, "Natalia")["text"], card_of(misha, "Misha")["text"]]
    proposals = []
    first = author.post(f"labels/{label}/holders", {"need": 2, "papers": 1, "cards": cards})
    author.post("proposals/sign", {"proposal": first["text"]})
    natalia.post("proposals/sign", {"proposal": first["text"]})
    refused = author.post(f"labels/{label}/holders", {"need": 3, "papers": 2, "cards": cards}, status=409)
    assert refused["kind"] == "instead"
    proposals.append(first)


def test_what_i_hold_and_what_waits(zoopark):
    author, natalia, misha = zoopark
    assert natalia.get("holding") == {"labels": [], "waiting": [], "unused": 0}
    cards = [card_of(natalia, "Natalia")["text"], card_of(misha, "Misha")["text"]]
    assert natalia.get("holding")["unused"] == 1
    label = label_of(author, "Zoopark")
    proposed = author.post(f"labels/{label}/holders", {"need": 2, "with_me": True, "cards": cards})
    natalia.post("proposals", {"text": proposed["text"]})
    (waits,) = natalia.get("holding")["waiting"]
    assert (waits["name"], waits["can_sign"]) == ("Zoopark", True)
    assert (
        natalia.get(f"proposals/{waits['id']}")["changes"]
        == natalia.post("proposals", {"text": proposed["text"]})["changes"]
    )
    assert natalia.send("GET", "proposals/none", status=404)["kind"] == "notfound"


def test_a_sleeve_says_whose_an_album_is_and_there_is_none_of_what_nobody_signed(zoopark):
    author, natalia, _ = zoopark
    album = next(each for each in natalia.get("albums")["albums"] if each["label"] == "Zoopark")
    sleeve = natalia.client.get(f"/api/albums/{album['id']}/sleeve")
    assert sleeve.headers["content-type"] == "text/html; charset=utf-8"
    assert "script" not in sleeve.headers["content-security-policy"]
    assert "Zoopark" in sleeve.text
    unsigned = next(each for each in author.get("albums")["albums"] if not each["label"])
    assert author.client.get(f"/api/albums/{unsigned['id']}/sleeve").status_code == 400


def test_a_label_is_archived_on_a_stick_and_again_brought_up_to_date(tmp_path, zoopark):
    _, natalia, _ = zoopark
    label, stick = label_of(natalia, "Zoopark"), natalia.stick(tmp_path / "stick")
    done = natalia.work("archive", label=label, stick=stick["id"])
    assert done["state"] == "done", done
    assert (tmp_path / "stick" / "Zoopark" / "bagit.txt").is_file()
    assert done["report"]["written"] > 0
    assert natalia.work("archive", label=label, stick=stick["id"])["report"]["already"] > 0
    assert natalia.post("jobs", {"verb": "archive", "label": "0" * 32, "stick": stick["id"]}, status=404)
