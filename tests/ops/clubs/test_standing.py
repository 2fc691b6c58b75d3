"""Letters that let in and out come in any order, and everybody stands where the last of them puts them."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magnitizdat.formats.age_keys import X25519Identity
from magnitizdat.formats.letter_file import seal_letter
from magnitizdat.library.club_rows import MAX_IDS, ClubRow
from magnitizdat.ops.clubs.admitting import admit
from magnitizdat.ops.clubs.expelling import expel
from magnitizdat.ops.clubs.leaving import leave
from magnitizdat.ops.clubs.receiving import invitations
from magnitizdat.ops.clubs.rosters import clubs
from magnitizdat.ops.clubs.standing import is_past, let_in, let_out
from magnitizdat.ops.post.carrying import put
from magnitizdat.scene.club_news import ClubNews, packed_ids
from tests.fakes_clubs import CLUB, Person, founder
from tests.fakes_library import NOW

IDS = [f"{number:032x}" for number in range(6)]
ROW = ClubRow(imprint="ab" * 32, name=CLUB)


def goodbye(ids, until=2):
    return ClubNews(club=ROW.imprint, name=CLUB, gone=packed_ids(ids), out="2026-05-01", until=until)


def after(steps):
    row = ROW
    for word, number in steps:
        row = let_in(row, IDS[number]) if word == "in" else let_out(row, goodbye([IDS[number]]), "2026-05-01", [])
    return row


@given(st.data())
def test_in_whatever_order_words_come_the_same_ids_hold(data):
    steps = data.draw(st.lists(st.tuples(st.sampled_from(["in", "out"]), st.integers(0, 5)), max_size=12))
    row, other = after(steps), after(data.draw(st.permutations(steps)))
    assert set(row.ids) == set(other.ids) == {IDS[n] for word, n in steps if word == "in"} - set(row.gone)
    assert set(row.gone) == set(other.gone) == {IDS[n] for word, n in steps if word == "out"}


def test_a_row_stays_small_whatever_officers_write():
    row = let_out(ROW, goodbye([f"{number:032x}" for number in range(1000)]), "", [])
    for number in range(1000, 1200):
        row = let_in(row, f"{number:032x}")
    assert (len(row.ids), len(row.gone)) == (MAX_IDS, MAX_IDS)


def test_who_knows_no_id_of_theirs_is_in_by_a_key_as_new_as_the_goodbye():
    assert let_out(ROW, goodbye([IDS[0]], until=3), "", [1, 2]).standing == "out"
    assert let_out(ROW, goodbye([IDS[0]], until=3), "", [1, 3]).standing == "member"


def test_an_invitation_under_an_id_that_is_gone_is_past():
    row = after([("out", 1)])
    invited = [ClubNews(club=ROW.imprint, name=CLUB, admission=IDS[number]) for number in (1, 2)]
    assert [is_past(row, each, to_one=True) for each in invited] == [True, False]
    assert not is_past(None, invited[0], to_one=True)


@pytest.fixture
def scene(tmp_path):
    """An officer, and somebody who is in: (they)."""
    officer, _ = founder(tmp_path)
    anna = Person(tmp_path, "Анна")
    admit(officer.library, anna.card, now=NOW)
    anna.join(anna.collect(officer.post()))
    yield officer, anna
    for each in (officer, anna):
        each.close()


def written(officer, act):
    """Letters that this makes an officer write."""
    before = set(officer.post())
    act()
    return [each for each in officer.post() if each not in before]


def role(person):
    (line,) = clubs(person.library)
    return line.role


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_who_is_let_out_and_in_again_is_in_whatever_comes_first(scene, order):
    officer, anna = scene
    out = written(officer, lambda: expel(officer.library, "Анна", now=NOW + timedelta(days=9)))
    back = written(officer, lambda: admit(officer.library, anna.card, now=NOW))  # an officer's clock is behind
    more = written(officer, lambda: admit(officer.library, anna.card, now=NOW))
    taken = [anna.collect((out, back, more)[each]) for each in order]
    if role(anna) == "out":
        anna.join(next(each for each in taken[::-1] if each.waiting))
    assert role(anna) == "member"
    assert not invitations(anna.library)


def test_of_one_stick_goodbyes_count_last(scene):
    officer, anna = scene
    letters = written(officer, lambda: expel(officer.library, "Анна", now=NOW))
    letters += written(officer, lambda: admit(officer.library, anna.card, now=NOW))
    taken = anna.collect(letters)
    assert (taken.keys, taken.out, taken.waiting, role(anna)) == ((CLUB,), (), (), "member")
    taken = anna.collect(written(officer, lambda: expel(officer.library, "Анна", now=NOW)))
    assert (taken.out, role(anna)) == (((CLUB, "2026-05-01"),), "out")


def test_an_invitation_that_was_taken_back_waits_no_more(scene, tmp_path):
    officer, _ = scene
    olga = Person(tmp_path, "Ольга")
    invited = written(officer, lambda: admit(officer.library, olga.card, now=NOW))
    out = written(officer, lambda: expel(officer.library, "Ольга", now=NOW))
    assert olga.collect(invited).waiting
    olga.collect(out)
    assert not invitations(olga.library)
    assert not clubs(olga.library)
    olga.close()


def test_old_keys_that_come_after_a_goodbye_let_nobody_in(scene, tmp_path):
    officer, anna = scene
    boris, olga, igor = (Person(tmp_path, name) for name in ("Борис", "Ольга", "Игорь"))
    for each in (boris, olga, igor):
        admit(officer.library, each.card, now=NOW)
        each.join(each.collect(officer.post()))
    keys = written(officer, lambda: expel(officer.library, "Борис", now=NOW))
    out = written(officer, lambda: expel(officer.library, "Анна", now=NOW))
    assert anna.collect(out).out
    assert olga.collect(keys).keys
    leave(olga.library, CLUB, now=NOW)
    for each in (anna, olga):
        before = each.library.index.cells.members_like("letter/*")
        taken = each.collect([*keys, *out])
        assert (taken.keys, taken.waiting, invitations(each.library)) == ((), (), ())
        assert each.library.index.cells.members_like("letter/*") == before
    for each in (boris, olga, igor):
        each.close()


def test_who_leaves_carries_no_letter_that_opens_to_them(scene, tmp_path):
    officer, anna = scene
    others = [Person(tmp_path, name) for name in ("Борис", "Игорь", "Ольга")]
    for each in others:
        admit(officer.library, each.card, now=NOW)
    first = written(officer, lambda: expel(officer.library, "Ольга", silent=True, now=NOW))
    later = written(officer, lambda: expel(officer.library, "Игорь", silent=True, now=NOW))
    nobodys = seal_letter([], [X25519Identity.generate().recipient for _ in range(3)])
    carry(anna, [*first, nobodys])
    assert anna.collect(first).keys
    for _ in range(2):  # who left already may do so again
        leave(anna.library, CLUB, now=NOW)
        assert anna.post() == [nobodys]
        carry(anna, later)
    assert not anna.collect(later).waiting
    assert anna.post() == [nobodys]
    for each in others:
        each.close()


def carry(person, letters):
    with person.library.changes() as changes:
        for sealed in letters:
            put(changes, sealed, now=NOW)
        changes.commit()
