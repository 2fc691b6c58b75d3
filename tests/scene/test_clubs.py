"""What officers of a club said apart, put together."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from magnitizdat.catalogue.clubs import (
    MAX_GONE,
    MAX_NUMBER,
    Admission,
    ClubRoot,
    Epoch,
    Expulsion,
    GivenEpoch,
    RosterPart,
)
from magnitizdat.errors import UsageError
from magnitizdat.scene.clubs import (
    LETTER_MEMBERS,
    ClubView,
    OfficerWords,
    closed_because,
    key_letters,
    maker_of,
    next_epoch,
    same_person,
    seat,
    taken_over,
    tongue,
    view,
)

CLUB = "mag1" + "q" * 58
ANNA, BORIS, VERA = ("mag1" + letter * 58 for letter in "pzr")
ROOT = ClubRoot(name="45", officers=(ANNA, BORIS))


def id_of(number: int) -> str:
    return f"{number:032x}"


def address(number: int) -> str:
    return "age1" + f"{number:058d}".translate(str.maketrans("01", "qp", "b")).replace("b", "q")


def guest(number: int, *, since: int = 1) -> Admission:
    return Admission(id=id_of(number), name=f"Guest {number}", address=address(number), since=since)


def epoch(number: int, *gone: int, name: int = 0) -> Epoch:
    out = tuple(sorted(map(id_of, gone)))
    return Epoch(id=id_of(name or 1000 + number), club=CLUB, number=number, recipient=address(number), gone=out)


def said(
    imprint: str,
    *,
    admitted: tuple[int, ...] = (),
    expelled: tuple[int, ...] = (),
    epochs: tuple[Epoch, ...] = (),
    given_to: tuple[int, ...] = (),
    is_forked: bool = False,
) -> OfficerWords:
    lists = tuple(GivenEpoch(epoch=each.id, members=tuple(map(id_of, given_to))) for each in epochs)
    out = tuple(Expulsion(id=id_of(each)) for each in expelled)
    roster = RosterPart(admissions=tuple(map(guest, admitted)), expulsions=out, given=lists)
    return OfficerWords(imprint, roster, epochs, is_forked)


def ids(admissions: tuple[Admission, ...]) -> list[int]:
    return [int(each.id, 16) for each in admissions]


def test_members_are_who_was_let_in_and_not_out_whoever_says_it() -> None:
    stands = view(ROOT, [said(ANNA, admitted=(1, 2), expelled=(3,)), said(BORIS, admitted=(3, 4), expelled=(1,))])
    assert ids(stands.members) == [2, 4]
    assert stands.gone == {id_of(1), id_of(3)}


def test_who_comes_back_is_let_in_under_a_new_id() -> None:
    assert ids(view(ROOT, [said(ANNA, admitted=(1, 2), expelled=(1,))]).members) == [2]


def test_of_two_epochs_that_know_all_the_higher_number_is_in_force_and_then_the_smaller_id() -> None:
    low, high, twin = epoch(1), epoch(2, name=9), epoch(2, name=8)
    stands = view(ROOT, [said(ANNA, epochs=(low, high)), said(BORIS, epochs=(twin,))])
    assert (stands.in_force, stands.epochs) == (twin, (twin, high, low))


def test_none_is_in_force_where_two_let_somebody_out_apart_until_one_has_heard_of_the_other() -> None:
    anna, boris = said(ANNA, expelled=(1,), epochs=(epoch(2, 1),)), said(BORIS, expelled=(2,), epochs=(epoch(2, 2),))
    stands = view(ROOT, [anna, boris])
    assert stands.in_force is None
    assert "without knowing" in str(closed_because(stands, "45"))
    healing = next_epoch(stands, club=CLUB, epoch_id=id_of(99), recipient=address(99))
    assert view(ROOT, [anna, boris._replace(epochs=(*boris.epochs, healing))]).in_force == healing
    assert healing.number == 3


def test_words_of_strangers_count_for_nothing() -> None:
    stranger = said(VERA, admitted=(5,), expelled=(1,), epochs=(epoch(7, 1),))
    stands = view(ROOT, [said(ANNA, admitted=(1,), epochs=(epoch(1),)), stranger])
    assert (ids(stands.members), stands.in_force, ids(stands.left_over)) == ([1], epoch(1), [5])


def test_of_an_officer_who_was_removed_only_what_another_takes_over_counts() -> None:
    words = [said(ANNA, admitted=(1,), epochs=(epoch(1),)), said(BORIS, admitted=(2, 3), expelled=(1,))]
    before = view(ROOT, words)
    assert ids(before.members) == [2, 3]
    after_root = ClubRoot(name="45", officers=(ANNA,), former=(BORIS,))
    after = view(after_root, words)
    assert (ids(after.members), ids(after.left_over)) == ([1], [2, 3])
    acts = taken_over(before, {BORIS})
    roster = RosterPart(admissions=(guest(1), *acts.admissions), expulsions=acts.expulsions)
    assert ids(view(after_root, [words[0]._replace(roster=roster), words[1]]).members) == [2, 3]


def test_where_an_officer_went_no_epoch_that_he_knows_is_in_force() -> None:
    words = [said(ANNA, epochs=(epoch(1),)), said(BORIS)]
    stands = view(ClubRoot(name="45", officers=(ANNA,), former=(BORIS,)), words)
    assert stands.needs_epoch
    assert "officers of «45» changed" in str(closed_because(stands, "45"))
    new = next_epoch(stands, club=CLUB, epoch_id=id_of(50), recipient=address(50))
    assert seat(BORIS) in new.gone
    assert view(stands.root, [said(ANNA, epochs=(epoch(1), new))]).in_force == new


def test_a_label_that_forked_stands_still_and_the_others_go_on() -> None:
    forked = said(BORIS, admitted=(2,), expelled=(3,), epochs=(epoch(1, 3),), is_forked=True)
    stands = view(ROOT, [said(ANNA, admitted=(3,)), forked])
    assert (stands.in_force, stands.forked, stands.needs_epoch) == (epoch(1, 3), (BORIS,), True)
    acts = taken_over(stands, stands.still)
    new = next_epoch(stands, club=CLUB, epoch_id=id_of(50), recipient=address(50))
    roster = RosterPart(admissions=(guest(3), *acts.admissions), expulsions=acts.expulsions)
    other_branch = said(BORIS, admitted=(4,), expelled=(2,), epochs=(epoch(9, 2),))
    after = view(ROOT, [OfficerWords(ANNA, roster, (new,)), other_branch])
    assert (ids(after.members), after.in_force, after.needs_epoch, after.speaking) == ([2], new, False, (ANNA,))
    assert (after.forked, after.still) == ((), (BORIS,))


def test_whose_label_forked_gets_the_key_until_he_is_removed_and_never_one_that_he_was_removed_before() -> None:
    stands = view(ROOT, [said(ANNA), said(BORIS, is_forked=True)])
    new = next_epoch(stands, club=CLUB, epoch_id=id_of(50), recipient=address(50))
    words = [said(ANNA, epochs=(new,)), said(BORIS)]
    after = view(ROOT, words)
    assert (after.in_force, after.owed_officers) == (new, (BORIS,))
    assert view(ClubRoot(name="45", officers=(ANNA,), former=(BORIS,)), words).in_force is None


def test_an_epoch_is_its_makers_whoever_sends_its_key() -> None:
    told = OfficerWords(BORIS, None, (epoch(2),))
    stands = view(ROOT, [said(ANNA, epochs=(epoch(1),)), told, said(VERA, epochs=(epoch(3),))])
    assert [maker_of(stands, epoch(each)) for each in (1, 2, 3)] == [ANNA, BORIS, ""]


@given(
    number=st.integers(1, MAX_NUMBER),
    gone=st.frozensets(st.sampled_from([id_of(1), id_of(2), id_of(7), seat(ANNA), seat(BORIS), seat(VERA)])),
)
def test_who_was_removed_says_nothing_in_the_name_of_others(number: int, gone: frozenset[str]) -> None:
    new = replace(epoch(2), gone=(seat(VERA),))
    root = ClubRoot(name="45", officers=(ANNA, BORIS), former=(VERA,))
    words = [said(ANNA, admitted=(1, 2), epochs=(epoch(1), new))]
    false = replace(epoch(1, name=50), number=number, gone=tuple(sorted(gone)))
    for maker in (ANNA, BORIS):
        stands = view(root, [*words, OfficerWords(maker, None, (false,), teller=VERA)])
        assert stands == view(root, words)
        assert maker_of(stands, false) == ""


def test_what_one_officer_tells_of_another_counts_until_the_label_of_either_forks() -> None:
    told = OfficerWords(BORIS, None, (epoch(2, name=50),), teller=VERA)
    root = ClubRoot(name="45", officers=(ANNA, BORIS, VERA))
    stands = view(root, [said(ANNA, admitted=(1,), epochs=(epoch(1),)), told])
    assert stands.in_force == epoch(2, name=50)
    assert maker_of(stands, epoch(2, name=50)) == BORIS
    for label in (BORIS, VERA):
        new = replace(epoch(1), gone=(tongue(label),))
        assert view(root, [said(ANNA, admitted=(1,), epochs=(new,)), told]).in_force == new


def test_gone_that_shrinks_lets_nobody_in_again() -> None:
    shrunk = epoch(5)
    stands = view(ROOT, [said(ANNA, admitted=(1,), epochs=(epoch(4, 1),)), said(BORIS, epochs=(shrunk,))])
    assert stands.in_force == epoch(4, 1)
    assert not stands.members


def test_the_highest_number_that_there_is_ends_nothing() -> None:
    stands = view(ROOT, [said(ANNA, admitted=(1,), epochs=(epoch(MAX_NUMBER),))])
    new = next_epoch(stands, club=CLUB, epoch_id=id_of(50), recipient=address(50), expelled=[id_of(1)])
    assert view(ROOT, [said(ANNA, epochs=(epoch(MAX_NUMBER), new))]).in_force == new


@pytest.mark.parametrize("name", [10, 999])
def test_where_numbers_end_a_new_key_is_in_force_at_once_without_anybody_gone(name: int) -> None:
    """Whatever its id: else an officer who lacks the key would make one with every dub."""
    last = epoch(MAX_NUMBER, 1, name=500)
    words = [said(ANNA, admitted=(2,), epochs=(last,))]
    new = next_epoch(view(ROOT, words), club=CLUB, epoch_id=id_of(name), recipient=address(name))
    stands = view(ROOT, [*words, said(BORIS, epochs=(new,))])
    assert stands.in_force == new
    assert ids(stands.members) == [2]
    other = next_epoch(view(ROOT, words), club=CLUB, epoch_id=id_of(998), recipient=address(998))
    apart = view(ROOT, [*words, said(BORIS, epochs=(new, other))])
    assert apart.in_force is None
    both = next_epoch(apart, club=CLUB, epoch_id=id_of(997), recipient=address(997))
    assert view(ROOT, [*words, said(BORIS, epochs=(new, other, both))]).in_force == both


def test_where_numbers_end_who_comes_gets_no_key_of_before() -> None:
    old, new = epoch(MAX_NUMBER, name=50), epoch(MAX_NUMBER, 1, name=51)
    keys, newcomer, slept = (epoch(3), old, new), guest(2, since=MAX_NUMBER), guest(4, since=3)
    stands = view(ROOT, [OfficerWords(ANNA, RosterPart(admissions=(slept, newcomer)), keys)])
    letters = {letter.members: letter.epochs for letter in key_letters(stands, held=held(stands), to=stands.members)}
    assert letters == {(slept,): (new, old, epoch(3)), (newcomer,): (new,)}


def test_a_list_of_those_who_are_gone_has_an_end_which_is_said() -> None:
    stands = view(ROOT, [said(ANNA, expelled=tuple(range(MAX_GONE)))])
    assert len(next_epoch(stands, club=CLUB, epoch_id=id_of(1), recipient=address(1)).gone) == MAX_GONE
    with pytest.raises(UsageError, match="begin a new one"):
        next_epoch(stands, club=CLUB, epoch_id=id_of(1), recipient=address(1), expelled=[id_of(MAX_GONE)])


def test_one_id_that_means_two_things_means_the_same_to_everybody() -> None:
    one, other = guest(1), Admission(id=id_of(1), name="Somebody else", address=address(7))
    words = [
        OfficerWords(ANNA, RosterPart(admissions=(one,)), (epoch(1, name=5),)),
        OfficerWords(BORIS, RosterPart(admissions=(other,)), (epoch(2, name=5),)),
    ]
    assert view(ROOT, words) == view(ROOT, words[::-1])
    assert len(view(ROOT, words).members) == len(view(ROOT, words).epochs) == 1


def test_one_person_let_in_twice_is_known_as_one() -> None:
    twice = Admission(id=id_of(2), name="Guest", address=address(1))
    stands = view(ROOT, [said(ANNA, admitted=(1, 3)), OfficerWords(BORIS, RosterPart(admissions=(twice,)))])
    assert sorted(ids(same_person(stands, twice))) == [1, 2]


def test_the_key_is_owed_to_who_stands_on_nobodys_list() -> None:
    anna = said(ANNA, admitted=(1, 2, 3), epochs=(epoch(1),), given_to=(1,))
    boris = OfficerWords(BORIS, RosterPart(given=(GivenEpoch(epoch=epoch(1).id, members=(id_of(2),)),)))
    stands = view(ROOT, [anna, boris])
    assert (ids(stands.owed), stands.owed_officers) == ([3], (BORIS,))


# -- letters ----------------------------------------------------------------------------------------------------------


def of(*members: Admission, epochs: int) -> ClubView:
    keys = tuple(epoch(number) for number in range(1, epochs + 1))
    return view(ROOT, [OfficerWords(ANNA, RosterPart(admissions=members), keys)])


def held(stands: ClubView) -> set[str]:
    return {each.id for each in stands.epochs}


@given(since=st.lists(st.integers(1, 14), max_size=700), epochs=st.integers(1, 14), chance=st.randoms())
def test_letters_bring_everybody_the_key_and_nobody_one_of_before(
    since: list[int], epochs: int, chance: Random
) -> None:
    members = [guest(number, since=min(each, epochs)) for number, each in enumerate(since)]
    stands = of(*members, epochs=epochs)
    chance.shuffle(members)
    letters = key_letters(stands, held=held(stands), to=members)
    assert sorted(ids(tuple(each for letter in letters for each in letter.members))) == list(range(len(members)))
    assert len(letters) <= max(4, -(-len(members) // LETTER_MEMBERS))
    for letter in letters:
        assert len(letter.members) <= LETTER_MEMBERS
        assert letter.epochs == stands.epochs[: len(letter.epochs)] != ()
        assert len(letter.epochs) <= 8
        assert all(each.number >= max(member.since for member in letter.members) for each in letter.epochs)


def test_who_slept_gets_the_last_eight_though_somebody_came_today() -> None:
    stands = of(*(guest(number) for number in range(12)), guest(12, since=20), epochs=20)
    slept, new = key_letters(stands, held=held(stands), to=stands.members)
    assert ([each.number for each in slept.epochs], [each.number for each in new.epochs]) == (
        [20, 19, 18, 17, 16, 15, 14, 13],
        [20],
    )


def test_a_thousand_members_are_four_letters() -> None:
    stands = of(*(guest(number, since=number % 9) for number in range(1000)), epochs=9)
    assert len(key_letters(stands, held=held(stands), to=stands.members)) == 4


def test_without_the_key_of_the_epoch_in_force_there_is_nothing_to_send() -> None:
    stands = of(guest(1), epochs=2)
    assert key_letters(stands, held={epoch(1).id}, to=stands.members) == ()
