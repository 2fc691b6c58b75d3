"""A door and a list at it: let in, let out, left, joined; whose key opens what, and what nobody learns."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from magnitizdat.errors import NotMineError, NotSureError, UsageError
from magnitizdat.formats.age import seal, unseal
from magnitizdat.formats.age_keys import X25519Recipient
from magnitizdat.formats.letter_file import SMALL, to_nobody
from magnitizdat.library.library import VAULT_NAME
from magnitizdat.ops.clubs.admitting import admit
from magnitizdat.ops.clubs.expelling import expel
from magnitizdat.ops.clubs.keeping import keep_clubs
from magnitizdat.ops.clubs.keys import keys_here
from magnitizdat.ops.clubs.leaving import leave
from magnitizdat.ops.clubs.listing import members
from magnitizdat.ops.clubs.receiving import join
from magnitizdat.ops.clubs.rosters import club_view, clubs, find_club
from magnitizdat.ops.post.collecting import collect
from tests.fakes_clubs import CLUB, Person, founder, identities
from tests.fakes_library import NOW


@pytest.fixture
def people(tmp_path):
    made = list[Person]()

    def person(name: str) -> Person:
        made.append(Person(tmp_path, name))
        return made[-1]

    yield person
    for each in made:
        each.close()


@pytest.fixture
def club(tmp_path):
    officer, imprint = founder(tmp_path)
    yield officer, imprint
    officer.close()


def let_in(officer, *newcomers, **how):
    """Let these in; they join."""
    for each in newcomers:
        admit(officer.library, each.card, name=each.name, now=NOW, **how)
        each.join(each.collect(officer.post()))


def sealed_now(officer, imprint):
    """Something that goes to the club, as its officer seals it."""
    epoch = club_view(officer.library, imprint).in_force
    assert epoch is not None
    return seal(b"music", [X25519Recipient.from_text(epoch.recipient)])


def opens(person, sealed):
    try:
        return unseal(sealed, identities(person.library)) == b"music"
    except NotMineError:
        return False


def test_who_is_let_in_opens_what_comes_from_then_on(club, people):
    officer, imprint = club
    viktor, stranger = people("Виктор"), people("Чужой")
    admit(officer.library, viktor.card, now=NOW)
    before = sealed_now(officer, imprint)
    assert not opens(viktor, before)
    taken = viktor.collect(officer.post())
    assert [each.name for each in taken.waiting] == [CLUB]
    assert not opens(viktor, before)  # not before he says so himself
    viktor.join(taken)
    assert opens(viktor, before)
    assert not stranger.collect(officer.post()).waiting
    assert not opens(stranger, before)
    (line,) = clubs(viktor.library)
    assert (line.name, line.role, line.members, line.key) == (CLUB, "member", None, True)
    assert [each.name for each in members(officer.library).members] == ["Виктор"]


def test_who_is_let_out_opens_what_came_before_and_nothing_that_comes(club, people):
    officer, imprint = club
    viktor, boris = people("Виктор"), people("Борис")
    let_in(officer, viktor, boris)
    before = sealed_now(officer, imprint)
    report = expel(officer.library, "борис", now=NOW)
    after = sealed_now(officer, imprint)
    assert (report.members, report.letters, report.told) == (1, 1, True)
    told = boris.collect(officer.post())
    assert told.out == ((CLUB, "2026-05-01"),)
    assert "You are no member of «Камчатка» since 2026-05-01" in next(told.sentences())
    viktor.collect(officer.post())
    assert [opens(each, before) for each in (viktor, boris)] == [True, True]
    assert [opens(each, after) for each in (viktor, boris)] == [True, False]
    assert [line.role for line in clubs(boris.library)] == ["out"]
    assert [each.name for each in members(officer.library).members] == ["Виктор"]


def test_silently_nobody_is_told(club, people):
    officer, imprint = club
    boris = people("Борис")
    let_in(officer, boris)
    posted = set(officer.post())
    expel(officer.library, "Борис", silent=True, now=NOW)
    assert set(officer.post()) == posted  # nobody else is in it, and he hears nothing
    assert [line.role for line in clubs(boris.library)] == ["member"]
    assert not opens(boris, sealed_now(officer, imprint))


def test_who_comes_back_has_another_id_and_the_key_of_the_present(club, people):
    officer, imprint = club
    boris = people("Борис")
    let_in(officer, boris)
    (first,) = members(officer.library).members
    expel(officer.library, "Борис", now=NOW)
    away = sealed_now(officer, imprint)
    expelled = club_view(officer.library, imprint).gone
    boris.collect(officer.post())
    let_in(officer, people("Виктор"))
    expel(officer.library, "Виктор", now=NOW)
    let_in(officer, boris)
    (second,) = members(officer.library).members
    assert second.id != first.id
    assert first.id in expelled
    assert opens(boris, sealed_now(officer, imprint))
    assert not opens(boris, away)


def test_the_past_is_given_where_that_is_said(club, people):
    officer, imprint = club
    boris, viktor, late, trusted = (people(name) for name in ("Борис", "Виктор", "Поздний", "Свой"))
    let_in(officer, boris)
    past = sealed_now(officer, imprint)
    expel(officer.library, "Борис", now=NOW)
    let_in(officer, viktor, late)
    let_in(officer, trusted, past=True)
    assert [opens(each, past) for each in (viktor, late, trusted)] == [False, False, True]


def test_one_letter_wakes_who_slept_through_eight_epochs(club, people):
    officer, imprint = club
    sleeper = people("Соня")
    let_in(officer, sleeper)
    sealed = [sealed_now(officer, imprint)]
    for number in range(8):
        admit(officer.library, people(f"Гость {number}").card, now=NOW)
        posted = set(officer.post())
        expel(officer.library, f"Гость {number}", now=NOW)
        letters = [each for each in officer.post() if each not in posted]
        sealed.append(sealed_now(officer, imprint))
    assert len(letters) == 2  # to her, and the goodbye
    sleeper.collect(letters)
    assert [opens(sleeper, each) for each in sealed] == [True] * 9


def test_who_is_let_in_twice_is_in_once_and_the_key_comes_again(club, people):
    officer, imprint = club
    viktor = people("Виктор")
    admit(officer.library, viktor.card, now=NOW)
    lost = set(officer.post())
    report = admit(officer.library, viktor.card, now=NOW)
    assert report.again
    assert len(members(officer.library).members) == 1
    viktor.join(viktor.collect([each for each in officer.post() if each not in lost]))
    assert opens(viktor, sealed_now(officer, imprint))


def test_two_of_one_name_are_not_mixed_up(club, people):
    officer, _ = club
    admit(officer.library, people("Саша").card, now=NOW)
    other = people("саша")
    with pytest.raises(UsageError, match="another name with --name"):
        admit(officer.library, other.card, now=NOW)
    admit(officer.library, other.card, name="Саша с Купчино", now=NOW)
    assert expel(officer.library, "Саша", now=NOW).name == "Саша"
    assert [each.name for each in members(officer.library).members] == ["Саша с Купчино"]


def test_who_has_another_address_by_now_is_let_out_first(club, people):
    officer, _ = club
    viktor = people("Виктор")
    admit(officer.library, viktor.card, now=NOW)
    moved = replace(viktor.card, recipient=people("Витя").card.recipient)
    with pytest.raises(NotSureError, match="another address"):
        admit(officer.library, moved, name="Виктор 2", now=NOW)


def test_who_leaves_has_no_key_left_and_hears_nothing_more_by_itself(club, people):
    officer, imprint = club
    viktor, boris = people("Виктор"), people("Борис")
    let_in(officer, viktor, boris)
    before = sealed_now(officer, imprint)
    assert leave(viktor.library, CLUB, now=NOW).keys == 1
    assert not opens(viktor, before)
    assert not keys_here(viktor.library)
    expel(officer.library, "Борис", now=NOW)
    taken = viktor.collect(officer.post())
    assert not taken.keys
    assert not opens(viktor, sealed_now(officer, imprint))
    viktor.join(taken)  # the officer has not let him out: by a word of his own he is back
    assert opens(viktor, sealed_now(officer, imprint))
    assert [line.role for line in clubs(viktor.library)] == ["member"]


def test_keys_that_are_destroyed_lie_in_no_cell(club, people):
    officer, _ = club
    viktor = people("Виктор")
    let_in(officer, viktor)
    key = identities(viktor.library)[0].text.encode()
    assert any(key in body for body in members_of(viktor))
    leave(viktor.library, CLUB, now=NOW)
    assert not any(key in body for body in members_of(viktor))


def members_of(person):
    """Whatever lies in any cell that is there, named by the index or not."""
    for path in sorted((person.library.directory / VAULT_NAME).rglob("*.age")):
        yield unseal(path.read_bytes(), [person.library.secrets.vault])


def test_an_officer_does_not_leave(club):
    officer, _ = club
    with pytest.raises(UsageError, match="officer"):
        leave(officer.library, CLUB, now=NOW)


def test_keys_a_year_out_of_force_go_too(club, people):
    officer, imprint = club
    viktor, boris = people("Виктор"), people("Борис")
    let_in(officer, viktor, boris)
    before = sealed_now(officer, imprint)
    expel(officer.library, "Борис", now=NOW)
    viktor.collect(officer.post())
    assert keep_clubs(viktor.library, now=NOW).destroyed == 0  # notes that one is in force no more
    assert keep_clubs(viktor.library, now=NOW + timedelta(days=365)).destroyed == 0
    # Clocks that are ahead destroy nothing, one after the other; and what is over rests.
    for day in (3 * 365, 20 * 365, 70 * 365, 30, 366, 376, 386, 395):
        assert keep_clubs(viktor.library, now=NOW + timedelta(days=day)).destroyed == 0
    assert opens(viktor, before)
    assert keep_clubs(viktor.library, now=NOW + timedelta(days=396)).destroyed == 1
    assert not opens(viktor, before)
    assert opens(viktor, sealed_now(officer, imprint))
    viktor.collect(officer.post())
    assert not opens(viktor, before)


def test_letters_of_a_club_are_short_ones(club, people):
    officer, _ = club
    let_in(officer, *(people(f"Гость {number}") for number in range(3)))
    expel(officer.library, "Гость 1", now=NOW)
    assert {len(each) for each in officer.post()} == {SMALL}


def test_only_officers_let_in_and_out(club, people):
    officer, _ = club
    viktor = people("Виктор")
    let_in(officer, viktor)
    with pytest.raises(UsageError, match="no officer"):
        admit(viktor.library, officer.card, now=NOW)
    with pytest.raises(UsageError, match="no officer"):
        expel(viktor.library, "Виктор", now=NOW)
    with pytest.raises(UsageError, match="only the officers"):
        members(viktor.library)
    with pytest.raises(UsageError, match="nobody in it"):
        expel(officer.library, "Никто", now=NOW)


def test_a_club_is_found_by_what_people_call_it(club):
    officer, imprint = club
    (line,) = clubs(officer.library)
    for text in ("", "камчатка", line.words, imprint, imprint[:12]):
        assert find_club(officer.library, text).imprint == imprint
    with pytest.raises(UsageError, match="no club"):
        find_club(officer.library, "45")


def test_a_letter_that_did_its_work_says_that_one_is_in(club, people):
    officer, viktor = club[0], people("Виктор")
    admit(officer.library, viktor.card, now=NOW)
    taken = viktor.collect(officer.post())
    viktor.join(taken)
    with pytest.raises(UsageError, match=r"you are in «.*» already"):
        join(viktor.library, taken.waiting[0].letter[:8], now=NOW)


def test_who_left_and_joins_again_has_the_key_that_was_destroyed(club, people):
    officer, imprint = club
    viktor = people("Виктор")
    let_in(officer, viktor)
    sealed, before = sealed_now(officer, imprint), set(officer.post())
    leave(viktor.library, CLUB, now=NOW)
    admit(officer.library, viktor.card, now=NOW)
    letters = [each for each in officer.post() if each not in before]
    taken = viktor.collect(letters)
    assert not opens(viktor, sealed)
    viktor.join(taken)
    assert opens(viktor, sealed)


def test_a_goodbye_that_comes_late_lets_nobody_out_who_is_in_again(club, people):
    officer, _ = club
    boris = people("Борис")
    let_in(officer, boris)
    before = set(officer.post())
    expel(officer.library, "Борис", now=NOW)
    goodbye = [each for each in officer.post() if each not in before]
    admit(officer.library, boris.card, now=NOW + timedelta(days=1))
    assert boris.collect([each for each in officer.post() if each not in goodbye]).keys == (CLUB,)
    assert boris.collect(goodbye).out == ()
    assert [line.role for line in clubs(boris.library)] == ["member"]
    before = set(officer.post())
    expel(officer.library, "Борис", now=NOW + timedelta(days=2))
    assert boris.collect([each for each in officer.post() if each not in before]).out == ((CLUB, "2026-05-03"),)


def test_who_may_never_have_got_the_key_is_sent_it_again_when_the_letter_ends(club, people, tmp_path):
    """Nobody reports that a letter arrived, and a clock that was ahead once ends them all."""
    officer, imprint = club
    viktor, boris = people("Виктор"), people("Борис")
    admit(officer.library, viktor.card, name="Виктор", now=NOW)
    admit(officer.library, boris.card, name="Борис", now=NOW)
    expel(officer.library, "Борис", silent=True, now=NOW)
    assert keep_clubs(officer.library, now=NOW + timedelta(days=180)).letters == 0
    later = NOW + timedelta(days=181)
    (tmp_path / "letter").write_bytes(to_nobody(SMALL))
    report = collect(officer.library, [tmp_path / "letter"], now=later)
    assert report.ended == 3  # two that let in, and a key
    assert "nobody answered" in " ".join(map(str, report.sentences()))
    assert len(officer.post()) == 4  # three that rest, and that of a stranger
    rested = set(officer.post())
    assert keep_clubs(officer.library, now=later).letters == 1
    viktor.join(viktor.collect([each for each in officer.post() if each not in rested]))
    assert opens(viktor, sealed_now(officer, imprint))
    assert keep_clubs(officer.library, now=later).letters == 0
