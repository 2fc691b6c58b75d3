"""Letters travel from library to library with reels: each arrives once, and what is carried is never pushed out."""

from __future__ import annotations

import os
import shutil
from datetime import timedelta

import pytest

from magnitizdat.disk.disk import Disk
from magnitizdat.errors import NoSpaceError, NotMineError, UsageError
from magnitizdat.formats import budgets
from magnitizdat.formats.age import seal
from magnitizdat.formats.age_keys import X25519Identity
from magnitizdat.formats.letter_file import LARGE, SMALL, recipients_of, seal_letter, to_nobody
from magnitizdat.library.library import Library
from magnitizdat.ops.dub.from_sources import dub_all, outcome, together
from magnitizdat.ops.give.cut import cut_reel
from magnitizdat.ops.give.gathering import gather
from magnitizdat.ops.give.planned import plan_reel
from magnitizdat.ops.keep.rebuild import rebuild
from magnitizdat.ops.merge.merging import merge
from magnitizdat.ops.post.carrying import carried, mailbag, read, send
from magnitizdat.ops.post.collecting import collect
from magnitizdat.ops.post.inbox import inbox
from magnitizdat.ops.post.writing import write
from magnitizdat.reel.copy import copy
from magnitizdat.scene.resting import LOOKS, STEP
from tests.fakes_library import NOW, make_library, put_album, rows

HALF_A_YEAR = timedelta(days=180)


@pytest.fixture
def people(tmp_path):
    """A maker with music, a courier and a friend."""
    made = [make_library(tmp_path / name) for name in ("maker", "courier", "friend")]
    put_album(made[0], "45", lengths=(300_000,))
    yield made
    for library in made:
        library.close()


def address(library: Library) -> str:
    return library.secrets.addresses[0].recipient.text


def cut(library, folder, *readers, now=NOW, **how):
    to = [each.secrets.addresses[0].recipient for each in readers]
    return cut_reel(library, gather(library, now=now), folder, recipients=to, work_factor=1, disk=Disk(), **how)


def dub_from(library, folder, *, now=NOW):
    return together([report for _, report in dub_all(library, str(folder), now=lambda: now)])


def texts(library):
    return sorted(each.begins for each in inbox(library).letters)


def post_of(folder):
    return {path.name: path.read_bytes() for path in (folder / "post").iterdir()}


def put_in(folder, *letters):
    folder.mkdir(exist_ok=True)
    for number, letter in enumerate(letters):
        (folder / f"{number:08}.age").write_bytes(letter)
    return sorted(folder.glob("*.age"))


def strangers(count, length=SMALL):
    return [to_nobody(length) for _ in range(count)]


def to_several(*readers):
    others = [X25519Identity.generate().recipient]
    return seal_letter([], [*others, *(each.secrets.addresses[0].recipient for each in readers)])


def in_a_club(library):
    with library.changes() as changes:
        changes.put_member("epoch/mag1club/0", b"x")
        changes.commit()


# -- on reels ---------------------------------------------------------------------------------------------------------


def test_a_letter_goes_with_a_courier_and_arrives_once(people, tmp_path):
    maker, courier, friend = people
    write(maker, address(friend), "hello Viktor", now=NOW)
    report = cut(maker, tmp_path / "first", courier)
    assert (report.letters, report.letters_left) == (1, 0)
    assert len(post_of(tmp_path / "first")) == 4
    mail = dub_from(courier, tmp_path / "first").mail.post
    assert (mail.opened, mail.kept, mail.left) == (0, 4, 0)
    cut(courier, tmp_path / "second", maker)  # for somebody else, and it has post all the same
    assert set(post_of(tmp_path / "first").values()) == set(post_of(tmp_path / "second").values())
    for _ in range(2):
        reports = []
        with pytest.raises(NotMineError):
            reports += (report for _, report in dub_all(friend, str(tmp_path / "second"), now=lambda: NOW))
        assert texts(friend) == ["hello Viktor"]
    assert carried(friend, now=NOW).others == 3
    assert dub_from(maker, tmp_path / "second").mail.post.opened == 0
    assert carried(maker, now=NOW).own == 1


def test_what_came_is_told_also_where_the_reel_is_for_somebody_else(people, tmp_path):
    maker, courier, friend = people
    write(maker, address(friend), "hello", now=NOW)
    cut(maker, tmp_path / "reel", courier)
    told = dub_all(friend, str(tmp_path / "reel"), now=lambda: NOW)
    _, report = next(told)
    assert str(outcome(report).headline) == "New letters: 1; `mag inbox` shows them."
    with pytest.raises(NotMineError):
        next(told)


def test_an_answer_ends_it(people, tmp_path):
    maker, _, friend = people
    sent = write(maker, address(friend), "hello", now=NOW)
    cut(maker, tmp_path / "there", friend)
    dub_from(friend, tmp_path / "there")
    write(friend, address(maker), "and to you", in_reply_to=sent.id, now=NOW)
    cut(friend, tmp_path / "back", maker)
    assert carried(maker, now=NOW).own == 1
    dub_from(maker, tmp_path / "back")
    assert texts(maker) == ["and to you"]
    assert carried(maker, now=NOW).own == 0
    assert cut(maker, tmp_path / "again", friend).letters == 0


def test_after_180_days_nothing_goes_along_and_it_does_not_come_again(people, tmp_path):
    maker, courier, friend = people
    write(maker, address(friend), "hello", now=NOW)
    cut(maker, tmp_path / "first", courier)
    dub_from(courier, tmp_path / "first")
    assert carried(courier, now=NOW + HALF_A_YEAR).others == 4
    later = NOW + HALF_A_YEAR + timedelta(days=1)
    assert cut(maker, tmp_path / "late", courier, now=later).letters == 0
    assert carried(courier, now=later).others == 0
    assert not set(post_of(tmp_path / "first").values()) & set(post_of(tmp_path / "late").values())
    assert dub_from(courier, tmp_path / "first", now=later).mail.post.kept == 0
    for number in range(1, LOOKS + 1):
        assert len(courier.index.cells.members_like("post/*")) == 4  # it rests
        assert dub_from(courier, tmp_path / "first", now=later + number * STEP).mail.post.kept == 0
    assert not courier.index.cells.members_like("post/*")
    assert dub_from(courier, tmp_path / "first", now=NOW).mail.post.kept == 0


def test_clocks_that_were_ahead_end_no_letter(people, tmp_path):
    """Once; then thrice one after the other, further ahead each time."""
    maker, courier, friend = people
    write(maker, address(friend), "hello", now=NOW)
    cut(maker, tmp_path / "first", courier)
    before = post_of(tmp_path / "first")
    ahead_by = timedelta(days=3 * 365)
    ahead = NOW + ahead_by
    for library in (maker, courier):
        collect(library, put_in(tmp_path / "stick", *before.values()), now=NOW)
        told = [collect(library, put_in(tmp_path / "other", *strangers(1)), now=ahead).ended for _ in range(2)]
        assert told == ([1, 0] if library is maker else [0, 0])
        collect(library, put_in(tmp_path / "other", *strangers(1)), now=NOW)
        assert {
            read(library, each) for each in [*mailbag(library, now=NOW).own, *mailbag(library, now=NOW).others]
        } >= {*before.values()}
    told = [collect(maker, put_in(tmp_path / "other", *strangers(1)), now=n * ahead_by + NOW).ended for n in (1, 2, 3)]
    assert told == [1, 0, 0]  # the look at the right time counts, and not those before it
    assert carried(maker, now=NOW).own == 1


def test_a_copy_without_keys_carries_all(people, tmp_path):
    maker, courier, friend = people
    write(maker, address(friend), "hello", now=NOW)
    cut(maker, tmp_path / "reel", courier)
    copy(tmp_path / "reel", [(tmp_path / "copy", Disk())])
    assert post_of(tmp_path / "copy") == post_of(tmp_path / "reel")
    with pytest.raises(NotMineError):
        dub_from(friend, tmp_path / "copy")
    assert texts(friend) == ["hello"]


@pytest.mark.parametrize(("letters", "files"), [(0, 4), (4, 4), (5, 8), (9, 16)])
def test_counts_are_powers_of_two_and_the_plan_says_the_size_before(people, tmp_path, letters, files):
    maker, _, friend = people
    for number in range(letters):
        write(maker, address(friend), f"letter {number}", now=NOW)
    reel, order = plan_reel(gather(maker, now=NOW), recipients=1, word_sealed=False, parity_percent=10)
    report = cut(maker, tmp_path / "reel", friend)
    found = post_of(tmp_path / "reel")
    assert {len(each) for each in found.values()} == {SMALL}
    assert len(found) == files
    assert report.letters == letters == order.letters
    assert report.cut.post_bytes == files * SMALL
    assert report.cut.total_bytes == reel.total_bytes
    assert reel.total_bytes == sum(path.stat().st_size for path in (tmp_path / "reel").rglob("*") if path.is_file())
    dub_from(friend, tmp_path / "reel")
    assert len(texts(friend)) == letters


def test_post_without_mail_takes_half_a_megabyte_at_most(people, tmp_path):
    maker, _, friend = people
    assert cut(maker, tmp_path / "reel", friend).cut.post_bytes <= 512 << 10


def test_names_are_like_those_of_segments_and_no_name_comes_twice(people, tmp_path):
    maker, _, friend = people
    for name in ("first", "second"):
        cut(maker, tmp_path / name, friend)
    names = [path.name for top in ("first", "second") for path in (tmp_path / top).rglob("*.age")]
    assert len(set(names)) == len(names)
    assert all(len(name) == 12 and set(name[:8]) <= set("abcdefghijklmnopqrstuvwxyz234567") for name in names)


def test_letters_of_a_reel_that_lay_there_before_are_not_mixed_in(people, tmp_path):
    maker, _, friend = people
    put_in_post = tmp_path / "reel" / "post"
    put_in_post.mkdir(parents=True)
    (put_in_post / "abcdefgh.age").write_bytes(to_nobody(SMALL))
    with pytest.raises(UsageError, match="there is a reel in that folder already"):
        cut(maker, tmp_path / "reel", friend)
    assert len(post_of(tmp_path / "reel")) == 1


def test_where_room_is_short_post_takes_an_eighth_and_own_letters_go_first(people, tmp_path):
    maker, _, friend = people
    with maker.changes() as changes:
        for number in range(3):
            send(changes, to_nobody(LARGE), letter_id=f"{number:032x}", now=NOW + timedelta(minutes=number))
        changes.commit()
    collect(maker, put_in(tmp_path / "stick", *strangers(60)), now=NOW)
    size = 13 << 20
    report = cut(maker, tmp_path / "reel", friend, size=size, parity_percent=0)
    assert report.cut.total_bytes <= size
    assert report.cut.post_bytes <= size // 8
    assert (report.letters, report.letters_left) == (1, 2)
    assert read(maker, mailbag(maker, now=NOW).own[0]) in post_of(tmp_path / "reel").values()


def test_a_size_that_music_fits_and_post_does_not_is_too_small(people, tmp_path):
    maker, _, friend = people
    reel, _ = plan_reel(gather(maker, now=NOW), recipients=1, word_sealed=False, parity_percent=10)
    assert cut(maker, tmp_path / "just", friend, size=reel.total_bytes).cut.total_bytes == reel.total_bytes
    with pytest.raises(NoSpaceError):
        cut(maker, tmp_path / "less", friend, size=reel.total_bytes - 1)
    assert not (tmp_path / "less").exists()


def test_a_letter_whose_cell_is_hurt_leaves_its_place_to_nobody(people, tmp_path):
    maker, _, friend = people
    write(maker, address(friend), "hello", now=NOW)
    (cell,) = {
        each.cell for name in maker.index.cells.members_like("post/*") for each in maker.index.cells.member(name)
    }
    path = maker.vault.cell_path(cell)
    path.write_bytes(bytes(path.stat().st_size))
    cut(maker, tmp_path / "reel", friend)
    assert len(post_of(tmp_path / "reel")) == 4


# -- floods -----------------------------------------------------------------------------------------------------------


def test_a_flood_fills_the_room_that_is_left_and_pushes_nothing_out(people, tmp_path):
    maker, courier, friend = people
    write(courier, address(friend), "mine", now=NOW)
    write(maker, address(friend), "on its way", now=NOW)
    cut(maker, tmp_path / "first", courier)
    dub_from(courier, tmp_path / "first")
    before = set(mailbag(courier, now=NOW).others)
    flood = put_in(tmp_path / "flood", *strangers(300))
    report = collect(courier, flood, now=NOW)
    after = mailbag(courier, now=NOW)
    assert before < set(after.others)
    assert len(after.own) == 1
    assert carried(courier, now=NOW).bytes == budgets.CARRIED.most
    assert report.kept == 256 - 4
    assert report.left == 300 - report.kept
    assert collect(courier, flood, now=NOW).kept == 0
    cut(courier, tmp_path / "second", friend)
    dub_from(friend, tmp_path / "second")
    assert "mine" in texts(friend)


def test_a_large_letter_and_a_small_one_share_the_room(people, tmp_path):
    _, courier, _ = people
    files = put_in(tmp_path / "stick", *strangers(15, LARGE), *strangers(20))
    collect(courier, files, now=NOW)
    assert carried(courier, now=NOW).bytes <= budgets.CARRIED.most
    assert carried(courier, now=NOW).others >= 31


def test_one_letter_many_times_is_one(people, tmp_path):
    _, courier, _ = people
    assert collect(courier, put_in(tmp_path / "stick", *[to_nobody(SMALL)] * 20), now=NOW).kept == 1
    assert collect(courier, sorted((tmp_path / "stick").iterdir()), now=NOW).kept == 0


# -- letters to several -----------------------------------------------------------------------------------------------


def test_only_who_is_in_a_club_tries_letters_to_several_and_all_carry_them(people, tmp_path, monkeypatch):
    _, courier, friend = people
    files = put_in(tmp_path / "stick", *(to_several(friend) for _ in range(5)))
    monkeypatch.setattr(budgets, "TRIED", budgets.TRIED._replace(most=3))
    tried = []
    monkeypatch.setattr(
        "magnitizdat.ops.post.collecting.open_letter", lambda source, _: tried.append(source.length) or {}
    )
    assert collect(courier, files, now=NOW).kept == 5
    assert tried == []
    in_a_club(friend)
    first = collect(friend, files, now=NOW)
    assert (len(tried), first.waiting, first.kept) == (3, 2, 5)
    assert collect(friend, files, now=NOW).waiting == 0
    assert len(tried) == 5
    collect(friend, files, now=NOW)
    assert len(tried) == 5
    assert {recipients_of(SMALL, read(friend, each)) for each in mailbag(friend, now=NOW).others} == {64}


def test_who_joins_a_club_tries_what_was_carried_before(people, tmp_path):
    _, _, friend = people
    files = put_in(tmp_path / "stick", to_several(friend))
    collect(friend, files, now=NOW)
    assert [each.untried for each in mailbag(friend, now=NOW).others] == [True]
    in_a_club(friend)
    collect(friend, files, now=NOW)
    assert [each.untried for each in mailbag(friend, now=NOW).others] == [False]


# -- what strangers leave there --------------------------------------------------------------------------------------


def test_nothing_that_is_no_letter_is_taken_or_followed(people, tmp_path):
    _, courier, friend = people
    me = [friend.secrets.addresses[0].recipient]
    good = to_nobody(SMALL)
    many = [X25519Identity.generate().recipient for _ in range(64)]
    files = put_in(
        tmp_path / "stick",
        good[:-1],
        good + b"\0",
        b"",
        bytes(SMALL),
        good[:100].ljust(SMALL, b"\0"),
        seal(bytes(LARGE), [*many, *me])[:LARGE],
        b"age-encryption.org/v1\n" * (SMALL // 22) + bytes(SMALL % 22),
    )
    (tmp_path / "stick" / "link.age").symlink_to(tmp_path / "somewhere")
    (tmp_path / "stick" / "folder.age").mkdir()
    os.mkfifo(tmp_path / "stick" / "pipe.age")
    files = [*files, *(tmp_path / "stick" / name for name in ("link.age", "folder.age", "pipe.age", "gone.age"))]
    for library in (courier, friend):
        report = collect(library, files, now=NOW)
        assert (report.opened, report.kept) == (0, 0)
        assert carried(library, now=NOW).others == 0


def test_a_letter_of_ours_that_is_damaged_is_neither_opened_nor_carried(people, tmp_path):
    maker, _, friend = people
    sent = bytearray(seal_letter([("letter.json", b"{}")], [friend.secrets.addresses[0].recipient]))
    sent[SMALL // 2] ^= 1
    report = collect(friend, put_in(tmp_path / "stick", bytes(sent)), now=NOW)
    assert (report.opened, report.kept) == (0, 0)
    assert collect(maker, put_in(tmp_path / "stick", bytes(sent)), now=NOW).kept == 1


# -- a library that is put together anew ------------------------------------------------------------------------------


def test_all_that_is_carried_outlives_the_index(people, tmp_path):
    maker, courier, friend = people
    write(maker, address(friend), "mine", now=NOW)
    collect(maker, put_in(tmp_path / "stick", *strangers(3), to_several(courier)), now=NOW)
    before = mailbag(maker, now=NOW)
    maker.close()
    rebuild(maker.directory, maker.secrets, now=NOW, disk=Disk(private=True))
    with Library(maker.directory, maker.secrets) as again:
        assert mailbag(again, now=NOW) == before
        assert all(len(read(again, each)) == each.length for each in (*before.own, *before.others))


def test_two_libraries_become_one_that_carries_what_both_did(people, tmp_path):
    maker, courier, friend = people
    write(maker, address(friend), "of the maker", now=NOW)
    write(courier, address(friend), "of the courier", now=NOW)
    collect(maker, put_in(tmp_path / "stick", *strangers(3)), now=NOW)
    collect(courier, put_in(tmp_path / "other", *strangers(300)), now=NOW)
    merge(maker, courier, now=NOW)
    found = carried(maker, now=NOW)
    assert found.own == 2
    assert budgets.CARRIED.most - SMALL < found.bytes <= budgets.CARRIED.most
    cut(maker, tmp_path / "reel", friend)
    dub_from(friend, tmp_path / "reel")
    assert texts(friend) == ["of the courier", "of the maker"]


def test_with_an_address_that_is_new_here_what_was_carried_is_tried_again(people, tmp_path):
    maker, courier, friend = people
    write(maker, address(friend), "hello", now=NOW)
    cut(maker, tmp_path / "reel", courier)
    dub_from(courier, tmp_path / "reel")
    courier.secrets.addresses = (*courier.secrets.addresses, *friend.secrets.addresses)
    dub_from(courier, tmp_path / "reel")
    assert texts(courier) == ["hello"]
    assert carried(courier, now=NOW).others == 3


def test_what_went_leaves_no_cell_behind(people, tmp_path):
    _, courier, _ = people
    shutil.rmtree(tmp_path / "stick", ignore_errors=True)
    before = courier.vault.length_on_disk()
    collect(courier, put_in(tmp_path / "stick", *strangers(64)), now=NOW)
    assert courier.vault.length_on_disk() > before + 4 * (1 << 20)
    later = NOW + HALF_A_YEAR + timedelta(days=1)
    collect(courier, put_in(tmp_path / "other", b"no letter"), now=later)
    for number in range(1, LOOKS + 1):
        collect(courier, put_in(tmp_path / "other", to_nobody(SMALL)), now=later + number * STEP)
    members = [placement.member for _, placements in courier.vault.cells() for placement in placements]
    assert sum(member.startswith("post/") for member in members) == LOOKS, "one a look came since"
    assert len(rows(courier, "SELECT 1 FROM member WHERE name GLOB 'post/*'")) == LOOKS
