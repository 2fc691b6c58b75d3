"""What people say and who carries labels on, in the page over real servers: each verb once, by hand and by keyboard."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from magnitizdat.catalogue.voices import Compilation, CompiledTrack
from magnitizdat.ops.dub.from_spool import dub
from magnitizdat.ops.labels import holders, labels, signing
from magnitizdat.ops.places.spool import FolderSpool
from magnitizdat.ops.voices.vouching import vouch
from tests.fakes_library import NOW, make_library
from tests.fakes_spool import publish_all, write_spool
from tests.fakes_voices import review_of, speaker
from tests.page.conftest import AXE_RUN, CHROMIUM, DESKTOP, FLAGS, NARROW, PHONE, Tab, expect
from tests.page.test_friends import photo_of
from tests.page.test_keyboard import Hands

pytestmark = [pytest.mark.debian, pytest.mark.slow]
READERS = [("en", DESKTOP, "dark"), ("da", PHONE, "light"), ("ru", NARROW, "dark")]
TEXT = "Line one.\n<b>Line</b> two: https://example.org/"


def album_named(library, title):
    return next(view for view in library.shelf.albums() if view.title == title)


def tracks_of(library, title):
    release = library.shelf.release(album_named(library, title).id)
    return [track.id for track in release.tracks]


@pytest.fixture
def spoken_of(shelf, tmp_path):
    """The shelf, two labels that speak of its albums and of one that is not here, and a stranger who does."""
    library = shelf.service.library()
    here, other = tracks_of(library, "45"), tracks_of(library, "Nat i juni")
    away = CompiledTrack(track_id="f" * 64, title="Away", artist="Akvarium", duration_s=61)
    near = CompiledTrack(track_id=here[0], title="Here", artist="Виктор")
    words = {
        "Anna": [
            review_of(*here, recommended=True, rating_value=4, headline="Loud", review_body=TEXT, in_language="en"),
            review_of("e" * 64, title="Acrobat", artist="Akvarium", recommended=True),
            Compilation(playlist="0" * 32, name="Night trams", tracks=(near, away), notes={"en": "For the last one."}),
        ],
        "Boris": [review_of(*here, rating_value=3), review_of(*other, recommended=True)],
        "Stranger": [review_of(*here, rating_value=1)],
    }
    for name, voices in words.items():
        dub(library, FolderSpool(speaker(tmp_path / name, name, *voices).folder), now=NOW)
    for name in ("Anna", "Boris"):
        labels.follow(library, name, sure=True)
    return shelf


def reads(tab: Tab, axe: str, view: str) -> None:
    tab.settles()
    assert tab.page.evaluate("() => document.documentElement.scrollWidth - innerWidth") <= 0, view
    tab.page.evaluate(axe)
    assert tab.page.evaluate(AXE_RUN) == [], view


def open_album(tab: Tab, title: str = "45") -> None:
    tab.go("albums")
    tab.page.locator(".sleeve-link").filter(has_text=title).first.click()
    tab.page.locator(".voices h2").wait_for()


@pytest.mark.parametrize("reader", READERS)
def test_what_people_say_and_my_own_word(spoken_of, open_tab, axe, reader):
    labels.create(spoken_of.service.library(), "Zoopark", now=NOW)
    tab = open_tab(spoken_of, *reader)
    open_album(tab)
    slips = tab.page.locator(".slip")
    expect(slips).to_have_count(2)
    said = slips.filter(has_text="Anna").locator(".said-text")
    assert said.evaluate("one => one.innerText") == TEXT, "text is text, its lines are lines"
    assert said.locator("a, b").count() == 0
    assert tab.page.locator(".average b").inner_text().replace(",", ".") == "3.5"
    assert "1" in tab.page.locator(".strangers").inner_text()
    assert "Stranger" not in tab.page.locator("main").inner_text()
    reads(tab, axe, "voices")
    tab.press("voices.say")
    tab.told("voices.travels")
    reads(tab, axe, "editor")
    tab.press("voices.sign")
    tab.told("voices.nothing")
    expect(tab.page.locator(".notice"), "nothing lies over what is being written").to_have_count(0)
    tab.page.locator("[name=recommended]").check()
    tab.page.locator("[name=rating][value='5']").check()
    tab.page.locator("[name=headline]").fill("Mine")
    tab.page.locator("[name=text]").fill(TEXT)
    tab.press("voices.sign")
    mine = tab.page.locator(".slip.own")
    mine.get_by_text("Mine", exact=True).wait_for()
    expect(mine.locator(".stamp.pick")).to_have_count(1)
    tab.press("voices.change")
    tab.page.locator("[name=headline]").fill("Mine again")
    tab.press("voices.sign")
    mine.get_by_text("Mine again", exact=True).wait_for()
    tab.press("voices.withdraw", within=".slip.own")
    reads(tab, axe, "withdrawing")
    tab.press("voices.withdraw", within="dialog")
    mine.wait_for(state="detached")
    expect(slips).to_have_count(2)


def test_whoever_has_several_labels_says_which_one_signs(spoken_of, open_tab):
    for name in ("Zoopark", "Night owl"):
        labels.create(spoken_of.service.library(), name, now=NOW)
    tab = open_tab(spoken_of)
    open_album(tab)
    tab.press("voices.say")
    tab.page.locator("[name=label]").first.wait_for(state="attached")
    assert tab.page.locator("[name=label]:checked").count() == 0
    tab.page.locator("[name=headline]").fill("Mine")
    tab.press("voices.sign")
    tab.page.wait_for_function("() => document.querySelector('[name=label]').validity.valueMissing")
    tab.page.get_by_label("Night owl").check()
    tab.press("voices.sign")
    tab.page.locator(".slip.own").get_by_text("Night owl").wait_for()


@pytest.mark.parametrize("reader", READERS)
def test_discover_leads_to_what_is_here_and_says_whom_to_ask(spoken_of, open_tab, axe, reader):
    tab = open_tab(spoken_of, *reader)
    tab.page.locator(".spoken").click()
    lines = tab.page.locator(".chart > li")
    lines.nth(2).wait_for()
    reads(tab, axe, "discover")
    away = lines.filter(has_text="Acrobat")
    assert away.locator("a").count() == 0
    assert away.locator(".ask").inner_text()
    assert "Anna" in away.locator(".why").inner_text()
    lines.filter(has_text="Nat i juni").locator("a").click()
    tab.page.get_by_role("heading", name="Nat i juni", exact=True).wait_for()


@pytest.mark.parametrize("reader", READERS)
def test_a_playlist_of_somebody_elses_plays_what_is_here(spoken_of, open_tab, axe, reader):
    tab = open_tab(spoken_of, *reader)
    tab.go("playlists")
    tab.page.locator(".ruled").filter(has_text="Night trams").click()
    tab.page.locator("main.view-compilation").wait_for()
    reads(tab, axe, "compilation")
    rows = tab.page.locator(".tracks li")
    expect(rows).to_have_count(2)
    expect(rows.nth(1)).to_contain_text("Away")
    assert rows.nth(1).locator("button").count() == 0
    tab.press("player.play")
    tab.sounds()


def test_a_playlist_of_mine_is_signed_and_withdrawn(spoken_of, open_tab, axe):
    labels.create(spoken_of.service.library(), "Zoopark", now=NOW)
    tab = open_tab(spoken_of, size=PHONE)
    open_album(tab)
    tab.page.locator(".album > .head summary").click()
    tab.page.get_by_role("menuitem", name=tab.say("playlist.add")).click()
    tab.page.locator("dialog [name=name]").fill("Mine")
    tab.press("playlist.put", within="dialog")
    tab.told("playlist.done")
    tab.go("playlists")
    tab.page.locator(".ruled").filter(has_text="Mine").click()
    tab.press("compiled.sign")
    tab.page.locator("dialog [name=notes]").fill(TEXT)  # a key that was pressed is paler until its dialog is there
    reads(tab, axe, "compiling")
    tab.press("voices.sign", within="dialog")
    tab.page.locator(".notice").get_by_text("Zoopark").wait_for()
    tab.go("playlists")
    tab.page.locator(".shelf .ruled").filter(has_text="Mine").click()
    tab.page.locator("main.view-compilation .said-text").wait_for()
    expect(tab.page.locator(".tracks li")).to_have_count(4)
    tab.press("voices.withdraw")
    tab.press("voices.withdraw", within="dialog")
    tab.page.locator("main.view-playlists").wait_for()
    expect(tab.page.locator(".shelf .ruled").filter(has_text="Mine")).to_have_count(0)


@pytest.mark.parametrize("carried", [True, False])
def test_words_go_along_on_a_stick_unless_they_are_left_out(spoken_of, open_tab, tmp_path, carried):
    (tmp_path / "stick").mkdir()
    tab = open_tab(spoken_of)
    tab.go("fill")
    tab.offer(tmp_path / "stick")
    tab.page.locator("[name=without_voices]").set_checked(not carried)
    tab.press("fill.go")
    tab.page.locator(".job.over").get_by_text(tab.say("job.safe")).wait_for()
    assert ("Anna" in tab.page.locator(".job.over").inner_text()) is carried


# -- who vouches for a label, and who carries it on --------------------------------------------------------------------


@pytest.fixture
def three(tmp_path, shelf, serve):
    """The author of «Zoopark», and two who have dubbed it: servers of (author, Natalia, Misha)."""
    library = shelf.service.library()
    publish_all(library, [view.id for view in library.shelf.albums()], "Zoopark")
    write_spool(library, tmp_path / "spool")
    servers = [shelf]
    for name in ("natalia", "misha"):
        other = make_library(tmp_path / name)
        dub(other, FolderSpool(tmp_path / "spool"), now=NOW)
        servers.append(serve(tmp_path / name, other))
    return servers


def label_sheet(tab: Tab) -> None:
    tab.go("labels")
    tab.page.locator(".label-card a").filter(has_text="Zoopark").first.click()
    tab.page.locator(".passport h1").wait_for()


def saved(tab: Tab, folder: Path, within: str = "main") -> Path:
    """The file that is to be passed on."""
    with tab.page.expect_download() as download:
        tab.press("pass.file", within=within)
    path = folder / f"{len(list(folder.glob('*.json')))}.json"
    download.value.save_as(path)
    return path


def holder_card(tab: Tab, name: str, folder: Path, axe: str) -> Path:
    tab.go("sign")
    tab.page.locator(".my-card [name=name]").fill(name)
    tab.press("holding.card.make")
    tab.page.locator(".my-card .qr").wait_for()
    reads(tab, axe, "holder's card")
    return saved(tab, folder, ".my-card")


def signs(tab: Tab, proposal: Path) -> None:
    tab.go("sign")
    tab.page.locator(".sheet input[type=file]").first.set_input_files(str(proposal))
    tab.page.locator(".proposal").wait_for()


@pytest.mark.parametrize("reader", READERS)
def test_holders_are_appointed_and_sign_in_turn_by_files(three, open_tab, axe, tmp_path, reader):
    (tmp_path / "files").mkdir()
    author, natalia, misha = (open_tab(each, *reader) for each in three)
    cards = [holder_card(natalia, "Natalia", tmp_path / "files", axe)]
    cards.append(holder_card(misha, "Misha", tmp_path / "files", axe))
    label_sheet(author)
    author.press("holders.appoint")
    author.page.locator(".blank-slip input[type=file]").set_input_files([str(card) for card in cards])
    author.page.locator(".blank-slip .picked li").nth(1).wait_for()
    author.page.locator("[name=papers]").fill("1")
    expect(author.page.locator("[name=need]")).to_have_value("2")
    reads(author, axe, "appointing")
    author.press("holders.go")
    author.page.locator("pre.paper").wait_for()
    assert len(author.page.locator("pre.paper").inner_text().split()) == 24
    reads(author, axe, "appointed")
    author.press("sign.key")
    author.page.locator("pre.paper").wait_for(state="detached")
    proposal = saved(author, tmp_path / "files")
    author.press("holders.done")
    signs(natalia, proposal)
    reads(natalia, axe, "proposal")
    natalia.press("sign.key")
    natalia.page.locator(".proposal details").get_by_text(natalia.say("sign.lone"), exact=True).wait_for()
    signs(author, saved(natalia, tmp_path / "files"))
    author.press("sign.finish")
    author.page.locator(".proposal .warning").wait_for()
    reads(author, axe, "in force")
    label_sheet(author)
    expect(author.page.locator(".holders .seals")).to_contain_text("2/3")


@pytest.mark.parametrize("reader", READERS)
def test_the_sentence_is_shown_before_it_is_signed_and_the_voucher_after(three, open_tab, axe, reader):
    _, natalia, _ = three
    labels.create(natalia.service.library(), "Natalia", now=NOW)
    tab = open_tab(natalia, *reader)
    label_sheet(tab)
    reads(tab, axe, "label")
    tab.press("vouch.do")
    expect(tab.page.locator("blockquote")).to_contain_text("«Zoopark»")
    reads(tab, axe, "vouching")
    tab.page.locator("[name=note]").fill("From the kitchen.")
    tab.press("voices.sign")
    tab.page.locator(".vouches li").get_by_text("Natalia").wait_for()
    tab.go("labels")
    tab.page.locator(".vouched").get_by_text("Natalia").wait_for()
    label_sheet(tab)
    tab.press("voices.withdraw", within=".vouches")
    tab.press("voices.withdraw", within="dialog")
    tab.told("vouch.none")


def test_one_vouches_anew_for_keys_that_changed_since(three, open_tab, tmp_path):
    author, natalia, _ = three
    library = natalia.service.library()
    labels.create(library, "Natalia", now=NOW)
    vouch(library, "Zoopark", as_="", note="From the kitchen.", now=NOW)
    tab = open_tab(natalia)
    label_sheet(tab)
    assert tab.page.get_by_text(tab.say("vouch.outgrown")).count() == 0
    cards = [holders.holder_card(library, "N", now=NOW)]
    made = holders.appoint(author.service.library(), "Zoopark", need=2, cards=cards, papers=2, now=NOW)
    signing.sign(author.service.library(), [made.text.encode()], now=NOW)
    write_spool(author.service.library(), tmp_path / "again")
    dub(library, FolderSpool(tmp_path / "again"), now=NOW)
    label_sheet(tab)
    tab.told("vouch.outgrown")
    tab.press("vouch.anew")
    expect(tab.page.locator("[name=note]")).to_have_value("From the kitchen.")
    tab.press("voices.sign")
    tab.page.get_by_text(tab.say("vouch.outgrown")).wait_for(state="detached")


def test_a_label_is_archived_on_a_stick(three, open_tab, axe, tmp_path):
    (tmp_path / "stick").mkdir()
    tab = open_tab(three[1], size=PHONE)
    label_sheet(tab)
    tab.press("archive.do")
    tab.offer(tmp_path / "stick")
    reads(tab, axe, "archiving")
    tab.press("archive.go")
    tab.page.locator(".job.over.done").wait_for()
    assert (tmp_path / "stick" / "Zoopark" / "bagit.txt").is_file()


@pytest.fixture
def held_by_three(three, tmp_path):
    """The same, after the label was put into the hands of Natalia, Misha and a paper, two of whom are enough."""
    author, *others = (each.service.library() for each in three)
    cards = [holders.holder_card(library, name, now=NOW) for library, name in zip(others, ("N", "M"), strict=True)]
    made = holders.appoint(author, "Zoopark", need=2, cards=cards, papers=1, now=NOW)
    signed = signing.sign(others[0], [made.text.encode()], now=NOW)
    assert signing.sign(author, [signed.text.encode()], now=NOW).taken
    write_spool(author, tmp_path / "again")
    for library in others:
        dub(library, FolderSpool(tmp_path / "again"), now=NOW)
    return three


@pytest.mark.parametrize("reader", READERS)
def test_a_label_is_handed_over_to_one_of_its_holders(held_by_three, open_tab, axe, tmp_path, reader):
    (tmp_path / "files").mkdir()
    natalia, misha = (open_tab(each, *reader) for each in held_by_three[1:])
    label_sheet(natalia)
    expect(natalia.page.locator(".holders .seals")).to_contain_text("2/3")
    natalia.press("over.do")
    natalia.told("over.how")
    reads(natalia, axe, "handing over")
    natalia.press("holders.go")
    natalia.page.locator(".proposal").wait_for()
    signs(misha, saved(natalia, tmp_path / "files"))
    misha.page.locator(".changes li").nth(2).wait_for()
    misha.press("sign.key")
    misha.page.locator(".signed-by").get_by_text("2/2").first.wait_for()
    signs(natalia, saved(misha, tmp_path / "files"))
    natalia.press("sign.finish")
    natalia.page.locator(".proposal form").wait_for(state="detached")
    label_sheet(natalia)
    natalia.page.locator(".handed").get_by_text("Zoopark").wait_for()
    reads(natalia, axe, "handed over")


def test_a_second_proposal_for_one_step_wants_somebody_sure(held_by_three, open_tab):
    natalia = open_tab(held_by_three[1])
    label_sheet(natalia)
    for again in (False, True):
        natalia.press("over.do")
        natalia.page.locator("[name=papers]").fill("1" if again else "0")
        natalia.press("holders.go")
        if again:
            natalia.press("sign.instead", within="dialog")
        natalia.page.locator(".proposal").wait_for()
        natalia.press("holders.done")
        natalia.page.locator(".proposal").wait_for(state="detached")
    natalia.go("sign")
    natalia.page.locator(".waiting li").nth(1).wait_for()


def test_a_sleeve_to_print_stands_in_a_tab_of_its_own(three, open_tab):
    tab = open_tab(three[1])
    open_album(tab)
    tab.page.locator(".album > .head summary").click()
    with tab.page.context.expect_page() as opened:
        tab.page.get_by_role("menuitem", name=tab.say("sleeve.print")).click()
    wide = "() => document.querySelector('svg.sheet')?.getBoundingClientRect().width > 700"
    opened.value.wait_for_function(wide)  # its own rules of style are in force


@pytest.fixture
def before_the_camera(three, tmp_path, play):
    """A browser whose camera looks at a holder's card of Natalia's."""
    frame = io.BytesIO()
    text = holders.card_bytes(holders.holder_card(three[1].service.library(), "Natalia", now=NOW)).decode()
    photo_of(text).save(frame, "JPEG", quality=90)
    (tmp_path / "camera.mjpeg").write_bytes(frame.getvalue() * 5)
    seeing = [
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={tmp_path / 'camera.mjpeg'}",
    ]
    browser = play.chromium.launch(executable_path=str(CHROMIUM), args=[*FLAGS, *seeing])
    yield browser
    browser.close()


def test_a_holders_card_is_read_by_the_camera(three, open_tab, before_the_camera):
    tab = open_tab(three[0], browser=before_the_camera)
    label_sheet(tab)
    tab.press("holders.appoint")
    tab.press("friends.camera", within=".blank-slip")
    tab.page.locator(".blank-slip .picked").get_by_text("Natalia").wait_for()
    expect(tab.page.locator("video")).to_have_count(0)


def test_by_keyboard_alone(three, open_tab):
    _, natalia, _ = three
    labels.create(natalia.service.library(), "Natalia", now=NOW)
    hands = Hands(open_tab(natalia))
    page, say = hands.tab.page, hands.tab.say
    page.locator(".sleeve-link").first.wait_for()
    hands.to(".sleeve-link", "45")
    hands.press("Enter")
    page.locator(".voices h2").wait_for()
    hands.to(".tally button", say("voices.say"))
    hands.press("Enter")
    page.locator(".blank-slip").wait_for()
    hands.is_somewhere()
    hands.to("[name=recommended]")
    hands.press("Space")
    hands.to("[name=rating]")
    hands.press("ArrowLeft")
    hands.to("[name=headline]")
    hands.type("By hand")
    hands.to(".blank-slip button", say("voices.sign"))
    hands.press("Enter")
    page.locator(".slip.own").get_by_text("By hand").wait_for()
    hands.is_somewhere()
    hands.go("nav.more")
    page.locator(".door").first.wait_for()
    hands.to(".door", say("labels.title"))
    hands.press("Enter")
    page.locator(".label-card").first.wait_for()
    hands.to(".label-card a", "Zoopark")
    hands.press("Enter")
    page.locator(".passport h1").wait_for()
    hands.to(".vouches button", say("vouch.do"))
    hands.press("Enter")
    page.locator("blockquote").wait_for()
    hands.to("[name=note]")
    hands.type("By hand")
    hands.press("Enter")
    page.locator(".vouches li").get_by_text("By hand").wait_for()
    hands.is_somewhere()
