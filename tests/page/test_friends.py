"""Friends by their cards: typed in, from a file, from a photo, held before the camera; and a stick for one of them."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
import segno
from PIL import Image

from magnitizdat.ops.labels.friends import card_bytes, my_card
from tests.fakes_library import make_library
from tests.page.conftest import CHROMIUM, FLAGS, PHONE, expect

pytestmark = [pytest.mark.debian, pytest.mark.slow]


@pytest.fixture
def card(tmp_path) -> str:
    """Somebody's card, as the text of its QR."""
    library = make_library(tmp_path / "natalia")
    text = card_bytes(my_card(library, name="Наталья")).decode()
    library.close()
    return text


def photo_of(text: str, *, size: tuple[int, int] = (640, 480)) -> Image.Image:
    """A QR as a camera sees it: in the middle of a grey table."""
    picture = io.BytesIO()
    segno.make(text, micro=False, error="l").save(picture, kind="png", scale=4, border=4)
    found = Image.new("RGB", size, "#8a857c")
    code = Image.open(picture)
    code.thumbnail((size[1] - 20, size[1] - 20))
    found.paste(code, ((size[0] - code.width) // 2, (size[1] - code.height) // 2))
    return found


def friend(tab):
    return tab.page.locator(".label-card").filter(has_text="Наталья")


def hand_in(tab, file: Path) -> None:
    tab.page.locator("input[type=file]").set_input_files(file)


@pytest.mark.parametrize("way", ["text", "file", "photo"])
def test_a_card_becomes_a_friend(shelf, open_tab, tmp_path, card, way):
    tab = open_tab(shelf, size=PHONE)
    tab.go("friends")
    if way == "text":
        tab.press("friends.text")
        tab.page.locator("[name=card]").fill(card)
        tab.press("friends.put")
    elif way == "file":
        (tmp_path / "natalia.card").write_text(card)
        hand_in(tab, tmp_path / "natalia.card")
    else:
        photo_of(card, size=(1600, 1200)).save(tmp_path / "photo.jpg", quality=70)
        hand_in(tab, tmp_path / "photo.jpg")
    friend(tab).wait_for()
    assert len(friend(tab).locator("p").inner_text().split("-")) == 4
    assert friend(tab).locator("img").evaluate("picture => picture.decode().then(() => picture.naturalWidth)")


def test_a_card_of_ones_own_is_told(shelf, open_tab):
    mine = card_bytes(my_card(shelf.service.library(), name="Виктор")).decode()
    tab = open_tab(shelf, size=PHONE)
    tab.go("friends")
    tab.press("friends.text")
    tab.page.locator("[name=card]").fill(mine)
    tab.press("friends.put")
    tab.page.get_by_text(tab.say("friends.own").replace("{name}", "Виктор")).wait_for()
    assert tab.faults == []


def test_a_photo_without_a_card_says_so_and_the_next_one_does(shelf, open_tab, tmp_path, card):
    tab = open_tab(shelf)
    tab.go("friends")
    Image.new("RGB", (400, 300), "#357").save(tmp_path / "holiday.png")
    hand_in(tab, tmp_path / "holiday.png")
    tab.page.locator(".notice.bad").get_by_text("no card was found").wait_for()
    photo_of(card).save(tmp_path / "photo.png")
    hand_in(tab, tmp_path / "photo.png")
    friend(tab).wait_for()


@pytest.fixture
def camera(tmp_path, play, card):
    """A browser whose camera looks at a card: one picture, again and again."""
    frame = io.BytesIO()
    photo_of(card).save(frame, "JPEG", quality=90)
    (tmp_path / "camera.mjpeg").write_bytes(frame.getvalue() * 5)
    seeing = [
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={tmp_path / 'camera.mjpeg'}",
    ]
    browser = play.chromium.launch(executable_path=str(CHROMIUM), args=[*FLAGS, *seeing])
    yield browser
    browser.close()


def test_a_card_held_before_the_camera(shelf, open_tab, camera):
    tab = open_tab(shelf, browser=camera)
    tab.go("friends")
    tab.press("friends.camera")
    friend(tab).wait_for()
    expect(tab.page.locator("video"), "it looks no longer than it must").to_have_count(0)


def test_without_a_camera_the_page_says_what_else_there_is(shelf, open_tab):
    tab = open_tab(shelf)
    tab.go("friends")
    tab.press("friends.camera")
    tab.told("camera.refused")


def test_another_card_under_a_known_name_is_asked_about(shelf, open_tab, tmp_path, card):
    stranger = make_library(tmp_path / "stranger")
    other = card_bytes(my_card(stranger, name="Наталья")).decode()
    stranger.close()
    tab = open_tab(shelf)
    tab.go("friends")
    tab.press("friends.text")
    for text in (card, other):
        tab.page.locator("[name=card]").fill(text)
        tab.press("friends.put")
        tab.page.locator(".label-card, dialog").last.wait_for()
    words = friend(tab).locator("p").inner_text()
    tab.told("friends.other.text")
    tab.press("friends.other", within="dialog")
    tab.page.wait_for_function(
        "before => ![...document.querySelectorAll('.label-card p')].some(line => line.innerText === before)", arg=words
    )
    expect(friend(tab)).to_have_count(1)


def test_a_card_with_a_name_like_a_friends_is_asked_about(shelf, open_tab, tmp_path, card):
    stranger = make_library(tmp_path / "stranger")
    other = card_bytes(my_card(stranger, name="Натaлья")).decode()
    stranger.close()
    tab = open_tab(shelf)
    tab.go("friends")
    tab.press("friends.text")
    for text in (card, other):
        tab.page.locator("[name=card]").fill(text)
        tab.press("friends.put")
        tab.page.locator(".label-card, dialog").last.wait_for()
    tab.told("friends.alike.text")
    tab.press("friends.alike", within="dialog")
    tab.page.locator(".label-card").nth(1).wait_for()


def test_a_stick_for_a_friend_has_no_words_what_they_had_is_forgotten_and_a_friend_can_go(
    shelf, open_tab, tmp_path, card
):
    (tmp_path / "stick").mkdir()
    tab = open_tab(shelf)
    tab.go("friends")
    tab.press("friends.text")
    tab.page.locator("[name=card]").fill(card)
    tab.press("friends.put")
    friend(tab).wait_for()
    tab.go("fill")
    tab.offer(tmp_path / "stick")
    tab.page.locator("label.tick").get_by_text("Наталья").click()
    tab.press("fill.go")
    tab.told("job.safe")
    assert tab.page.locator(".job .six").count() == 0
    tab.page.locator(".rows").get_by_text(tab.say("take.reel")).wait_for()
    tab.go("friends")
    tab.press("friends.forget")
    tab.page.locator("dialog").get_by_text(tab.say("friends.forget.sure").replace("{name}", "Наталья")).wait_for()
    tab.press("friends.forget", within="dialog")
    tab.page.locator(".notice").get_by_text("Forgotten: which albums «Наталья» had from here").wait_for()
    tab.press("friends.remove")
    tab.press("friends.remove", within="dialog")
    tab.told("friends.none")
