"""Slips: what arrived and what is asked for goes back in a small letter like any other, moves an order, and is gone."""

from __future__ import annotations

import secrets
from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from magnitizdat.disk.disk import Disk
from magnitizdat.formats import budgets
from magnitizdat.formats.age_keys import X25519Identity, X25519Recipient
from magnitizdat.formats.letter_file import SMALL
from magnitizdat.library.slip_rows import SlipKeyRow
from magnitizdat.model import Silent
from magnitizdat.ops.dub.from_sources import dub_all, outcome, together
from magnitizdat.ops.dub.from_spool import dub
from magnitizdat.ops.give.chosen import StickWish
from magnitizdat.ops.give.fill import fill
from magnitizdat.ops.give.given import friends_lack
from magnitizdat.ops.give.rehearsing import rehearse
from magnitizdat.ops.labels.friends import add_friend, my_card
from magnitizdat.ops.places.sources import letter_files
from magnitizdat.ops.places.spool import FolderSpool
from magnitizdat.ops.post.carrying import mailbag, read
from magnitizdat.ops.post.collecting import collect
from magnitizdat.ops.post.inbox import inbox
from magnitizdat.ops.post.return_addresses import IN_FORCE, return_address, slip_identities
from magnitizdat.ops.post.slips import asked_by, due_slips, note_due, send_slips, slips
from magnitizdat.ops.post.wanting import want
from magnitizdat.scene.slips import MOST_IDS, RETURN_FILE, SLIP, ReelSlip, ReturnNote, note_bytes, read_note, slip_bytes
from tests.fakes_doors import enter
from tests.fakes_letters import beside, file_of, letter_to
from tests.fakes_library import NOW, make_library, put_album
from tests.fakes_spool import publish_all, write_spool
from tests.ops.post.conftest import arrive

LATER = NOW + timedelta(days=2)
UNHEARD = 32 * "a"


@pytest.fixture
def mine(mike):
    """Mike, who cuts reels with two albums."""
    ids = [put_album(mike, title, lengths=(1000,))[0] for title in ("First", "Second")]
    publish_all(mike, ids)
    return mike


def cut(library, folder, *, now=NOW, **wish):
    wish = StickWish(**{"slip": True, "friends": ("Viktor",), **wish})
    return fill(library, folder, wish, now=now, disk=Disk(), tell=lambda _said: None, progress=Silent())


def hear(library, source, *, words=""):
    return together([report for _, report in dub_all(library, str(source), now=lambda: NOW, words=words)])


def taken_to(library, sender, tmp_path):
    """The sender's letters arrive: what became of them."""
    folder = tmp_path / secrets.token_hex(4) / "post"
    folder.mkdir(parents=True)
    for number, letter in enumerate(mailbag(sender, now=NOW).own):
        (folder / f"abcdefg{number + 2}.age").write_bytes(read(sender, letter))
    return collect(library, letter_files(str(folder.parent)), now=LATER)


@pytest.fixture
def known(mine, viktor):
    add_friend(mine, my_card(viktor, name="Viktor"))
    return mine, viktor, my_card(viktor).imprint


def test_what_arrived_and_what_is_asked_for_comes_back_and_nothing_is_left_of_the_letter(known, tmp_path):
    mine, viktor, imprint = known
    report = cut(mine, tmp_path / "reel").report
    found = hear(viktor, tmp_path / "reel")
    assert found.slips == (report.slip,)
    assert "mag want --slip" in str(outcome(found).lines[-1])
    assert mailbag(viktor, now=NOW).own == (), "nothing goes without a yes"
    want(viktor, [UNHEARD], now=NOW)
    assert send_slips(viktor, now=NOW).sent == 1
    assert due_slips(viktor) == []
    (letter,) = mailbag(viktor, now=NOW).own
    assert letter.length == SMALL
    post = taken_to(mine, viktor, tmp_path)
    assert (post.slips, post.opened, post.kept) == (1, 0, 0)
    assert inbox(mine).letters == ()
    assert mine.index.cells.members_like("letter/*") == []
    row = slips(mine)[report.slip]
    assert (row.whole, len(row.arrived), row.damaged, row.wanted) == (True, 2, 0, (UNHEARD,))
    assert asked_by(mine) == {imprint: frozenset({UNHEARD})}


def test_a_slip_that_comes_again_says_nothing_new_and_no_more_count_than_the_budget(known, tmp_path):
    mine, viktor, _ = known
    reel = cut(mine, tmp_path / "reel").report.slip
    hear(viktor, tmp_path / "reel")
    send_slips(viktor, now=NOW)
    assert [taken_to(mine, viktor, tmp_path).slips for _ in range(3)] == [1, 0, 0]
    address = return_address(mine, now=NOW)
    for number in range(2 * budgets.SLIPS.most):
        arrive(mine, slip_file(address, ReelSlip(reel=reel, wanted=(f"{number:032x}",))))
    assert len(slips(mine)[reel].letters) == budgets.SLIPS.most
    assert slips(mine)[reel].wanted == (f"{budgets.SLIPS.most - 2:032x}",)


def test_what_is_known_through_a_club_alone_is_asked_of_nobody_by_a_slip(known, tmp_path):
    mine, viktor, _ = known
    club = make_library(tmp_path / "club")
    label = publish_all(club, [put_album(club, "Inside", lengths=(1000,))[0]], "Inside Tapes")
    write_spool(club, tmp_path / "spool")
    dub(viktor, FolderSpool(tmp_path / "spool"), now=NOW)
    enter(viktor, label.imprint, X25519Identity.generate(), name="Inside")
    want(viktor, [UNHEARD, label.imprint], now=NOW)
    cut(mine, tmp_path / "reel")
    hear(viktor, tmp_path / "reel")
    assert send_slips(viktor, now=NOW).wanted == 1
    taken_to(mine, viktor, tmp_path)
    assert [row.wanted for row in slips(mine).values()] == [(UNHEARD,)]


@pytest.mark.parametrize("address", ["age1" + 58 * "q", X25519Recipient(bytes(32)).text])
def test_a_reel_with_an_address_that_nobody_has_keeps_no_other_slip_back(known, tmp_path, address):
    mine, viktor, _ = known
    cut(mine, tmp_path / "reel")
    hear(viktor, tmp_path / "reel")
    note_due(viktor, ReturnNote(reel=UNHEARD, address=address), [], whole=True, damaged=0, now=NOW)
    assert send_slips(viktor, now=NOW).sent == 1
    assert due_slips(viktor) == []


def slip_file(address, slip, *, content=None):
    said, content = beside(slip_bytes(slip) if content is None else content, SLIP)
    return file_of(letter_to(address, attachment=said), attachment=content)


def test_what_is_no_slip_of_a_reel_from_here_leaves_no_trace(known, tmp_path):
    mine, _, _ = known
    reel, address = cut(mine, tmp_path / "reel").report.slip, return_address(mine, now=NOW)
    long = msgspec.json.encode(
        {"schema": "magnitizdat/slip/1", "reel": reel, "arrived": [f"{number:032x}" for number in range(65_537)]}
    )
    mail_address = mine.secrets.addresses[0].recipient.text
    for letter in (
        slip_file(address, ReelSlip(reel=UNHEARD)),
        slip_file(mail_address, ReelSlip(reel=reel)),
        slip_file(address, ReelSlip(reel=reel), content=long[: 1 << 20]),
        slip_file(address, ReelSlip(reel=reel), content=b"{"),
        file_of(letter_to(address, text="Read me")),
    ):
        assert arrive(mine, letter) is None
    assert slips(mine) == {}
    assert inbox(mine).letters == ()


def test_what_did_not_arrive_goes_again_and_what_is_asked_for_goes_first(known, tmp_path):
    """A lie does the same, and no more: what is here stays here."""
    mine, _, imprint = known
    reel = cut(mine, tmp_path / "reel").report.slip
    first, second = sorted(mine.shelf.albums(), key=lambda view: view.title)
    assert friends_lack(mine)[0].new == ()
    arrive(mine, slip_file(return_address(mine, now=NOW), ReelSlip(reel=reel, arrived=(first.release_id,), damaged=1)))
    assert [each.title for each in friends_lack(mine)[0].new] == ["Second"]
    third, fourth = (put_album(mine, title, lengths=(1000,))[0] for title in ("Third", "Fourth"))
    publish_all(mine, [third, fourth], "Other")
    wanted = (mine.shelf.find("Fourth").release_id, second.release_id)
    slip = ReelSlip(reel=reel, arrived=(first.release_id,), wanted=wanted)
    arrive(mine, slip_file(return_address(mine, now=NOW), slip))
    wish = StickWish(friends=("Viktor",), size=64 << 20)
    plan = rehearse(mine, tmp_path / "x", wish, now=NOW, tell=lambda _: None, progress=Silent())
    assert {each.title for each in plan.albums[:2]} == {"Second", "Fourth"}
    assert [(each.reason, each.wishes) for each in plan.albums] == [("asked", 1), ("asked", 1), ("scarce", 0)]
    cut(mine, tmp_path / "again", albums=("Second",), slip=False)
    assert "Second" not in [each.title for each in friends_lack(mine)[0].new]
    assert len(list(mine.shelf.albums())) == 4
    assert imprint in asked_by(mine)


def test_a_label_that_is_asked_for_means_all_of_its_albums(known, tmp_path):
    mine, _, _ = known
    reel = cut(mine, tmp_path / "reel").report.slip
    label = mine.shelf.find("First").imprint
    arrive(mine, slip_file(return_address(mine, now=NOW), ReelSlip(reel=reel, wanted=(label,))))
    wish = StickWish(size=64 << 20, scope="city")
    plan = rehearse(mine, tmp_path / "x", wish, now=NOW, tell=lambda _: None, progress=Silent())
    assert [each.reason for each in plan.albums] == ["asked", "asked"]


def test_a_new_address_each_quarter_and_four_in_force(viktor):
    months = [NOW.replace(year=2026 + month // 12, month=1 + month % 12, day=1) for month in range(24)]
    made = [return_address(viktor, now=month) for month in months]
    assert len(set(made)) == 8
    assert {each.recipient.text for each in slip_identities(viktor)} == set(made[-1 - 3 * (IN_FORCE - 1) :])
    assert len(viktor.index.cells.members_like("slip-key/*")) == IN_FORCE


@pytest.mark.parametrize("year", [1970, 2099])
def test_a_wrong_clock_costs_one_address_and_no_more(viktor, year):
    before = return_address(viktor, now=NOW)
    assert return_address(viktor, now=NOW.replace(year=year)) != before
    assert return_address(viktor, now=NOW) == before
    assert len(list(slip_identities(viktor))) == 2
    assert [row.number for row in viktor.index.listening.kept(SlipKeyRow, "slip-key:")] in ([1, 2], [2, 1])


def test_many_wrong_clocks_destroy_no_address_of_today(viktor):
    before = return_address(viktor, now=NOW)
    for year in (1970, 2099, 1971, 2098, 1972, 2097, 1973, 2096, 1999):
        assert return_address(viktor, now=NOW.replace(year=year)) != before
    assert return_address(viktor, now=NOW) == before


IDS = st.lists(st.integers(0, 2**128 - 1).map("{:032x}".format), max_size=MOST_IDS)
RETURN = st.builds(
    lambda reel, key: ReturnNote(reel=f"{reel:032x}", address=X25519Identity(key).recipient.text),
    st.integers(0, 2**128 - 1),
    st.binary(min_size=32, max_size=32),
)


@given(note=RETURN | st.just(ReturnNote()))
def test_the_file_of_a_reel_has_one_length_whatever_stands_in_it(note):
    assert len(note_bytes(note)) == RETURN_FILE.length
    assert read_note(note_bytes(note)) == (note if note.reel else None)


@given(content=st.binary(max_size=300) | st.text(max_size=80).map(str.encode))
def test_any_bytes_are_read_as_no_address(content):
    assert read_note(content) is None


def test_the_longest_slip_is_a_small_letter(viktor):
    from magnitizdat.formats.letter_file import seal_letter
    from magnitizdat.scene.letters import letter_members

    wanted = ("mag1" + 58 * "q",) * MOST_IDS
    slip = ReelSlip(reel=UNHEARD, arrived=(UNHEARD,) * MOST_IDS, damaged=1 << 20, wanted=wanted)
    said, content = beside(slip_bytes(slip), SLIP)
    members = letter_members(letter_to(attachment=said, text=""), attachment=content)
    assert len(seal_letter(members, [X25519Identity.generate().recipient], length=SMALL)) == SMALL


def test_reels_with_and_without_an_address_are_told_apart_by_nothing(known, tmp_path):
    """Same files, same lengths: the names are chance, and what is inside is sealed."""
    mine, _, _ = known
    lengths = [
        sorted(path.stat().st_size for path in (tmp_path / name).rglob("*.*") if path.parent.name != "post")
        for name, slip in (("with", True), ("without", False))
        if cut(mine, tmp_path / name, slip=slip, albums=("First",))
    ]
    assert lengths[0] == lengths[1]
