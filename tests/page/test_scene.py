"""Post, clubs and closed albums in the page over real servers: each verb once, at every size, in every language."""

from __future__ import annotations

from pathlib import Path

import pytest

from magnitizdat.ops.labels import labels
from magnitizdat.ops.labels.friends import add_friend, my_card
from tests.fakes_library import NOW, make_library
from tests.page.conftest import DESKTOP, NARROW, PHONE, Tab, expect
from tests.page.test_keyboard import Hands
from tests.page.test_voices import reads

pytestmark = [pytest.mark.debian, pytest.mark.slow]
READERS = [("en", DESKTOP, "dark"), ("da", PHONE, "light"), ("ru", NARROW, "dark")]
TEXT = "Line one.\n<b>Line</b> two: https://example.org/"


@pytest.fixture
def two(tmp_path, shelf, serve):
    """Servers of Viktor, who has the shelf, and Natalia: they have each other's cards."""
    viktor, natalia = shelf.service.library(), make_library(tmp_path / "natalia")
    for library, name in ((viktor, "Viktor"), (natalia, "Natalia")):
        labels.create(library, name, now=NOW)
    add_friend(viktor, my_card(natalia))
    add_friend(natalia, my_card(viktor))
    return shelf, serve(tmp_path / "natalia", natalia)


def pass_on(giver: Tab, taker: Tab, stick: Path) -> None:
    """A stick for the friend, from page to page."""
    stick.mkdir()
    giver.go("fill")
    giver.offer(stick)
    giver.page.locator("[name=friends]").first.check()
    giver.press("fill.go")
    giver.told("job.safe")
    taker.go("take")
    taker.offer(stick)
    taker.press("take.take", within=".stick")
    taker.page.locator(".job.over").wait_for()


def write(tab: Tab, text: str) -> None:
    tab.go("post")
    tab.press("write.title")
    tab.page.locator("[name=text]").fill(text)


# -- post --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reader", READERS)
def test_a_letter_is_written_carried_read_and_answered(two, open_tab, axe, tmp_path, reader):
    viktor, natalia = (open_tab(each, *reader) for each in two)
    viktor.go("post")
    reads(viktor, axe, "no letters")
    write(viktor, TEXT)
    reads(viktor, axe, "writing")
    viktor.press("write.go")
    viktor.page.locator(".notice").get_by_text("Natalia").wait_for()
    viktor.page.locator("main.view-post").wait_for()
    pass_on(viktor, natalia, tmp_path / "stick")
    natalia.go("home")
    natalia.page.locator(".spoken").filter(has_text=natalia.say("nav.post")).click()
    natalia.page.locator(".envelope.new").wait_for()
    reads(natalia, axe, "post")
    natalia.page.locator(".envelope").click()
    natalia.page.locator(".letter h1").wait_for()
    said = natalia.page.locator(".said-text")
    assert said.evaluate("one => one.innerText") == TEXT, "text is text, its lines are lines"
    assert said.locator("a, b").count() == 0
    expect(natalia.page.locator(".postmark.unproven")).to_have_count(1)
    reads(natalia, axe, "letter")
    natalia.go("post")
    natalia.page.locator(".envelope:not(.new)").click()
    natalia.page.locator(".letter h1").wait_for()
    natalia.press("letter.remove")
    natalia.press("letter.remove", within="dialog")
    natalia.told("post.none")


def test_who_signs_is_asked_for_and_a_card_put_in_is_answered(two, open_tab, axe, tmp_path):
    viktor, natalia = (open_tab(each) for each in two)
    write(viktor, "Here.")
    viktor.press("write.sign")
    viktor.told("write.warning")
    viktor.page.get_by_label("Viktor").check()
    viktor.page.locator("[name=enclose][value=card]").check()
    reads(viktor, axe, "signing")
    viktor.press("write.go")
    viktor.page.locator("main.view-post").wait_for()
    pass_on(viktor, natalia, tmp_path / "stick")
    natalia.go("post")
    natalia.page.locator(".envelope").click()
    natalia.page.locator(".postmark:not(.unproven)").wait_for()
    natalia.press("letter.answer")
    natalia.page.locator("main.view-write").wait_for()
    expect(natalia.page.locator("[name=to]")).to_have_count(0)
    natalia.page.locator("[name=text]").fill("Yes.")
    natalia.press("write.go")
    natalia.page.locator("main.view-post").wait_for()
    natalia.page.locator(".envelope").click()
    natalia.press("enclosed.card.open")
    natalia.page.locator("main.view-friends .label-card").wait_for()


def test_an_empty_letter_is_asked_about(two, open_tab):
    tab = open_tab(two[0], size=PHONE)
    write(tab, "  ")
    tab.press("write.go")
    tab.told("write.empty")


@pytest.mark.parametrize("reader", READERS)
def test_a_label_takes_letters(two, open_tab, axe, reader):
    tab = open_tab(two[0], *reader)
    tab.go("labels")
    tab.page.locator(".label-card a").filter(has_text="Viktor").first.click()
    tab.page.locator(".passport h1").wait_for()
    tab.press("address.take")
    tab.told("address.on")
    reads(tab, axe, "address")
    with tab.sends("POST", "labels", '"new"'):
        tab.press("address.new")
    tab.settles()
    tab.press("address.stop")
    tab.told("address.off")


# -- clubs -------------------------------------------------------------------------------------------------------------


def found_club(tab: Tab, name: str = "45 RPM") -> None:
    tab.go("clubs")
    tab.page.locator("[name=name]").fill(name)
    tab.press("club.create.go")
    tab.page.locator("pre.paper").wait_for()


def card_file(stand, folder: Path) -> Path:
    from magnitizdat.ops.labels.friends import card_bytes

    path = folder / "natalia.card"
    path.write_bytes(card_bytes(my_card(stand.service.library())))
    return path


@pytest.mark.parametrize("reader", READERS)
def test_a_club_is_begun_somebody_let_in_goes_in_and_is_let_out(two, open_tab, axe, tmp_path, reader):
    viktor, natalia = (open_tab(each, *reader) for each in two)
    viktor.go("clubs")
    reads(viktor, axe, "no clubs")
    found_club(viktor)
    assert len(viktor.page.locator("pre.paper").inner_text().split()) == 24
    reads(viktor, axe, "club's paper")
    viktor.press("publish.paper.done")
    viktor.page.locator(".passport h1").wait_for()
    viktor.page.locator(".members input[type=file]").set_input_files(card_file(two[1], tmp_path))
    viktor.page.locator(".members li").get_by_text("Natalia").wait_for()
    reads(viktor, axe, "club")
    pass_on(viktor, natalia, tmp_path / "stick")
    natalia.go("post")
    natalia.page.locator(".envelope").click()
    natalia.press("letter.join")
    natalia.page.locator("main.view-clubs .label-card").wait_for()
    reads(natalia, axe, "clubs")
    natalia.page.locator(".label-card a").click()
    natalia.page.locator(".passport h1").wait_for()
    expect(natalia.page.locator(".members"), "the list is for officers").to_have_count(0)
    reads(natalia, axe, "member's club")
    viktor.go("clubs")
    viktor.page.locator(".label-card a").click()
    viktor.press("club.expel", within=".members")
    reads(viktor, axe, "letting out")
    viktor.press("club.expel", within="dialog")
    viktor.page.locator(".members li").wait_for(state="detached")
    natalia.press("club.leave")
    natalia.press("club.leave", within="dialog")
    natalia.page.locator("main.view-clubs .label-card").get_by_text(natalia.say("club.left"), exact=True).wait_for()


def test_another_keeps_the_door_too(two, open_tab, axe, tmp_path):
    viktor, natalia = (open_tab(each, size=PHONE) for each in two)
    found_club(viktor)
    viktor.press("publish.paper.done")
    viktor.page.locator(".members input[type=file]").set_input_files(card_file(two[1], tmp_path))
    viktor.page.locator(".members li").get_by_text("Natalia").wait_for()
    pass_on(viktor, natalia, tmp_path / "stick")
    natalia.go("clubs")
    natalia.page.locator(".spoken").get_by_text("45 RPM").click()
    natalia.press("letter.join")
    natalia.page.locator("main.view-clubs .label-card a").click()
    natalia.page.locator("details").get_by_text(natalia.say("holding.card.make"), exact=True).first.click()
    natalia.page.locator("details [name=name]").fill("Natalia")
    natalia.page.locator("details button").click()
    natalia.page.locator(".pass-on").wait_for()
    reads(natalia, axe, "an officer's card")
    with natalia.page.expect_download() as card:
        natalia.press("pass.file")
    card.value.save_as(tmp_path / "card.json")
    viktor.go("clubs")
    viktor.page.locator(".label-card a").click()
    viktor.press("club.officer.change")
    viktor.page.locator(".blank-slip input[type=file]").set_input_files(tmp_path / "card.json")
    viktor.page.locator(".blank-slip .picked li").wait_for()
    viktor.page.locator("[name=papers]").fill("1")
    expect(viktor.page.locator(".blank-slip .seals")).to_contain_text("2/3")
    reads(viktor, axe, "appointing officers")
    viktor.press("holders.go")
    viktor.page.locator("pre.paper").wait_for()
    reads(viktor, axe, "officers appointed")


@pytest.mark.parametrize("reader", READERS)
def test_a_gig_is_announced_and_called_off(two, open_tab, axe, reader):
    tab = open_tab(two[0], *reader)
    found_club(tab)
    tab.press("publish.paper.done")
    tab.press("gig.new")
    tab.page.locator("[name=summary]").fill("Kvartirnik")
    tab.page.locator("[name=begins]").fill("2036-12-04T20:00")
    reads(tab, axe, "announcing")
    tab.press("gig.go")
    poster = tab.page.locator(".poster").filter(has_text="Kvartirnik")
    poster.wait_for()
    reads(tab, axe, "programme")
    tab.go("clubs")
    with tab.page.expect_download() as calendar:
        tab.press("club.ics")
    assert "Kvartirnik" in Path(calendar.value.path()).read_text()
    tab.page.locator(".label-card a").click()
    tab.press("gig.cancel")
    poster.locator("del").wait_for()


def test_a_stick_is_filled_for_a_club(two, open_tab, tmp_path):
    (tmp_path / "stick").mkdir()
    tab = open_tab(two[0])
    found_club(tab)
    tab.press("publish.paper.done")
    tab.page.locator(".members input[type=file]").set_input_files(card_file(two[1], tmp_path))
    tab.press("club.fill")
    tab.offer(tmp_path / "stick")
    tab.page.locator("[name=who][value=club]").check()
    tab.press("fill.go")
    tab.told("job.safe")
    assert tab.page.locator(".job .six").count() == 0


# -- premieres ---------------------------------------------------------------------------------------------------------


def shares_of(tab: Tab) -> list[str]:
    tab.page.locator(".shares .paper").first.wait_for()
    return tab.page.locator(".shares .paper p[lang]").all_inner_texts()


@pytest.mark.parametrize("reader", READERS)
def test_a_premiere_is_closed_and_opened_by_its_holders(shelf, open_tab, axe, reader):
    labels.create(shelf.service.library(), "Zoopark", now=NOW)
    tab = open_tab(shelf, *reader)
    tab.page.locator(".sleeve-link").filter(has_text="45").first.click()
    tab.page.locator(".album > .head summary").click()
    tab.page.get_by_role("menuitem", name=tab.say("premiere.do")).click()
    tab.page.locator("[name=holders]").fill("Mike\nSøren\nНаталья")
    expect(tab.page.locator("[name=need]")).to_have_value("2")
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
    tab.page.locator(".opening [name=card]").fill("twenty words")
    tab.press("open.put")
    tab.page.locator(".notice.bad").wait_for()
    for share in shares[1:]:
        tab.page.locator(".opening [name=card]").fill(share)
        tab.press("open.put")
        tab.page.wait_for_function("() => document.querySelector('.opening [name=card]').value === ''")
    expect(tab.page.locator(".notice.bad"), "what was complained of is over").to_have_count(0)
    tab.press("open.go")
    tab.page.locator(".job.over.done").wait_for()
    reads(tab, axe, "opened")
    tab.press("take.listen")
    tab.page.locator(".album h1").wait_for()


def test_a_share_comes_in_a_letter_and_another_from_paper(two, open_tab, axe, tmp_path):
    viktor, natalia = (open_tab(each, size=PHONE) for each in two)
    viktor.page.locator(".sleeve-link").filter(has_text="45").first.click()
    viktor.page.locator(".album > .head summary").click()
    viktor.page.get_by_role("menuitem", name=viktor.say("premiere.do")).click()
    viktor.page.locator("[name=holders]").fill("Natalia\nMike\nSøren")
    viktor.press("premiere.go")
    shares = shares_of(viktor)
    viktor.told("premiere.letter")
    pass_on(viktor, natalia, tmp_path / "stick")
    natalia.go("home")
    natalia.page.locator(".closed-cover").wait_for()
    reads(natalia, axe, "a closed album on the shelf")
    natalia.go("post")
    natalia.page.locator(".envelope").click()
    natalia.press("enclosed.share.open")
    natalia.page.locator("main.view-premieres .sleeve-link").click()
    natalia.page.locator(".opening .seals i.red").wait_for()
    natalia.press("friends.text", within=".opening")
    natalia.page.locator(".opening [name=card]").fill(shares[1])
    natalia.press("open.put")
    natalia.press("open.go")
    natalia.page.locator(".job.over.done").wait_for()
    reads(natalia, axe, "opened")
    natalia.press("take.listen")
    natalia.page.locator(".album h1").wait_for()
    natalia.press("player.play", within=".album")
    natalia.sounds()


def test_by_keyboard_alone(two, open_tab):
    hands = Hands(open_tab(two[0]))
    page, say = hands.tab.page, hands.tab.say
    page.locator(".sleeve-link").first.wait_for()
    hands.go("nav.post")
    page.locator("main.view-post").wait_for()
    hands.to("a.button", say("write.title"))
    hands.press("Enter")
    page.locator("main.view-write").wait_for()
    hands.to("[name=text]")
    hands.type("By hand")
    hands.to("button", say("write.go"))
    hands.press("Enter")
    page.locator("main.view-post").wait_for()
    hands.is_somewhere()
    hands.go("nav.clubs")
    page.locator("main.view-clubs").wait_for()
    hands.to("[name=name]")
    hands.type("45 RPM")
    hands.press("Enter")
    page.locator("pre.paper").wait_for()
    hands.is_somewhere()
