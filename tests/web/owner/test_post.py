"""Letters over the API of libraries that pass one stick round: written, carried, read, answered, silenced."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from tests.fakes_audio import make_audio
from tests.fakes_library import put_album

WORDS = "one two three four five six"
TEXT = "Line one.\n\n<b>Line</b> two: https://example.org/"


@pytest.fixture
def people(tmp_path, opened):
    """Natalia and Misha, who have each other's cards, and Boris who has none."""
    pages = {}
    for name in ("Natalia", "Misha", "Boris"):
        pages[name] = opened(tmp_path / name)
        pages[name].post("init", {"passphrase": WORDS})
        pages[name].post("labels", {"name": name})
        put_album(pages[name].service.library(), name)
    natalia, misha, boris = pages.values()
    natalia.post("friends", {"text": misha.get("card")["text"]})
    misha.post("friends", {"text": natalia.get("card")["text"]})
    return natalia, misha, boris


@pytest.fixture
def pass_on(tmp_path):
    """A stick goes from one library to the next: the music on it is for nobody, the post for whom it may concern."""
    sticks = iter(range(100))

    def carry(giver, taker, **more):
        folder = tmp_path / f"stick {next(sticks)}"
        words = giver.work("fill", stick=giver.stick(folder)["id"], **more)["words"]
        (reel,) = taker.stick(folder)["reels"]
        return taker.work("take", reel=reel["id"], words=words)

    return carry


def friend(page, name):
    return next(each["id"] for each in page.get("post/people")["people"] if each["name"] == name)


def letter(page):
    (line,) = page.get("post")["letters"]
    return line


def test_a_letter_goes_by_a_courier_who_cannot_read_it_and_is_answered(people, pass_on):
    natalia, misha, boris = people
    assert natalia.post("post", {"to": friend(natalia, "Misha"), "text": TEXT})["sentence"]
    assert natalia.get("post")["carried"]["own"] == 1
    pass_on(natalia, boris)
    bag = boris.get("post")
    assert bag["letters"] == []
    assert bag["carried"]["others"] >= 1
    pass_on(boris, misha)
    line = letter(misha)
    assert (line["read"], line["enclosed"]) == (False, "")
    assert misha.get("beside")["unread"] == 1
    read = misha.get(f"post/{line['id']}")
    assert (read["text"], read["verdict"], read["can_answer"]) == (TEXT, "unproven", False)
    assert "Natalia" in read["said"]
    assert misha.get("beside")["unread"] == 0
    misha.post("post", {"to": friend(misha, "Natalia"), "answers": line["id"], "text": "Yes."})
    pass_on(misha, natalia)
    assert natalia.get(f"post/{letter(natalia)['id']}")["answers"]
    assert natalia.get("post")["carried"]["own"] == 0, "what was answered goes along no more"


def test_a_signature_is_named_and_a_stranger_silenced(people, pass_on):
    natalia, misha, _ = people
    signer = next(each["id"] for each in natalia.get("labels") if each["own"])
    natalia.post("post", {"to": friend(natalia, "Misha"), "text": TEXT, "label": signer})
    pass_on(natalia, misha)
    read = misha.get(f"post/{letter(misha)['id']}")
    assert read["verdict"] == "signed"
    assert read["words"] == next(each["words"] for each in natalia.get("labels") if each["own"])
    misha.post(f"post/{read['id']}/block")
    bag = misha.get("post")
    assert (bag["letters"], bag["silenced"]) == ([], 1)


def test_a_letter_is_destroyed_and_does_not_come_again(people, pass_on):
    natalia, misha, boris = people
    natalia.post("post", {"to": friend(natalia, "Misha"), "text": TEXT})
    pass_on(natalia, boris)
    pass_on(boris, misha)
    misha.send("DELETE", f"post/{letter(misha)['id']}")
    pass_on(boris, misha)
    assert misha.get("post")["letters"] == []


def test_my_card_lies_in_it_only_where_i_put_it_in(people, pass_on):
    natalia, misha, _ = people
    label = next(each["id"] for each in natalia.get("labels") if each["own"])
    natalia.post("post", {"to": friend(natalia, "Misha"), "text": "Here.", "card": label})
    pass_on(natalia, misha)
    line = letter(misha)
    assert line["enclosed"] == "card"
    assert misha.get(f"post/{line['id']}")["can_answer"]
    assert misha.get(f"post/{line['id']}/text")["text"] == natalia.get("card")["text"]


def upload(page, number, content):
    answer = page.client.put(f"/api/uploads/{number}", content=content, headers={"x-mag-name": "a"})
    assert answer.status_code == 200, answer.text
    return number


def picture():
    found = io.BytesIO()
    Image.new("RGB", (64, 48), "#c2211c").save(found, "PNG")
    return found.getvalue()


@pytest.mark.parametrize(("way", "kind", "media_type"), [("demo", "demo", "audio/"), ("attach", "picture", "image/")])
def test_what_is_enclosed_is_made_anew_before_a_browser_has_it(people, pass_on, way, kind, media_type):
    natalia, misha, _ = people
    content = make_audio("flac", 3.0, {"title": "Demo"}) if way == "demo" else picture()
    number = upload(natalia, 7, content)
    natalia.post("post", {"to": friend(natalia, "Misha"), "text": "Hear.", way: number})
    assert natalia.client.delete(f"/api/uploads/{number}").status_code == 200
    pass_on(natalia, misha)
    line = letter(misha)
    assert line["enclosed"] == kind
    shown = misha.client.get(f"/api/post/{line['id']}/enclosed")
    assert shown.headers["content-type"].startswith(media_type)
    assert shown.content


def test_a_label_takes_letters_at_an_address_of_its_own(people, pass_on):
    natalia, misha, _ = people
    label = next(each["id"] for each in natalia.get("labels") if each["own"])
    assert natalia.get(f"labels/{label}")["letters"] is False
    natalia.post(f"labels/{label}/letters", {"address": "on"})
    assert natalia.get(f"labels/{label}")["letters"] is True
    pass_on(natalia, misha, labels=[label])
    taker = next(each for each in misha.get("post/people")["people"] if each["kind"] == "label")
    assert misha.get(f"labels/{taker['id']}")["letters"] is True
    misha.post("post", {"to": taker["id"], "text": TEXT})
    pass_on(misha, natalia)
    assert natalia.get(f"post/{letter(natalia)['id']}")["text"] == TEXT
    natalia.post(f"labels/{label}/letters", {"address": "off"})
    assert natalia.get(f"labels/{label}")["letters"] is False


def test_whom_nobody_knows_gets_no_letter(people):
    _, _, boris = people
    assert boris.get("post/people")["people"] == []
    assert boris.post("post", {"to": "0" * 32, "text": "Hello."}, status=404)["kind"] == "notfound"
    assert boris.post("post", {"text": "x" * 20_001}, status=400)["kind"] == "usage"
