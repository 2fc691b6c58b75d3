"""Several officers who do not know of each other: what each wrote is put together, and the door has one key again."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from magnitizdat.errors import NotMineError
from magnitizdat.formats.age import seal, unseal
from magnitizdat.formats.age_keys import X25519Recipient
from magnitizdat.library.library import VAULT_NAME
from magnitizdat.ops.clubs.admitting import admit
from magnitizdat.ops.clubs.expelling import expel
from magnitizdat.ops.clubs.listing import members
from magnitizdat.ops.clubs.receiving import join
from magnitizdat.ops.clubs.rosters import club_view, clubs, my_label, own_parts
from tests.fakes_clubs import CLUB, Person, identities, several_officers
from tests.fakes_library import NOW, rows


@pytest.fixture
def made(tmp_path):
    people = list[Person]()

    def make(*names: str, officers: int = 2):
        found, imprint = several_officers(tmp_path, *(f"Офицер {number}" for number in range(officers)))
        people.extend([*found, *(Person(tmp_path, name) for name in names)])
        return found, imprint, people[officers:]

    yield make
    for each in people:
        each.close()


def let_in(officer, person):
    admit(officer.library, person.card, name=person.name, now=NOW)
    person.join(person.collect(officer.post()))


def names_at(officer):
    return [each.name for each in members(officer.library).members]


def opened(person, sealed):
    try:
        return unseal(sealed, identities(person.library)) == b"music"
    except NotMineError:
        return False


def sealed_by(person, imprint):
    epoch = club_view(person.library, imprint).in_force
    assert epoch is not None
    return seal(b"music", [X25519Recipient.from_text(epoch.recipient)])


def test_what_two_let_in_is_one_list(made):
    (one, other), _, (viktor, boris) = made("Виктор", "Борис")
    let_in(one, viktor)
    other.hear(one)
    let_in(other, boris)
    one.hear(other)
    assert set(names_at(one)) == set(names_at(other)) == {"Виктор", "Борис"}


def test_an_officer_has_the_key_that_another_made(made):
    (one, other), imprint, (viktor,) = made("Виктор")
    let_in(one, viktor)
    other.hear(one)
    assert opened(other, sealed_by(one, imprint))
    assert [line.key for line in clubs(other.library)] == [True]


def test_two_let_out_apart_and_nothing_goes_until_one_heard_of_the_other(made):
    (one, other), imprint, (viktor, boris, mike) = made("Виктор", "Борис", "Майк")
    for each in (viktor, boris, mike):
        let_in(one, each)
    other.hear(one)
    expel(one.library, "Виктор", now=NOW)
    expel(other.library, "Борис", now=NOW)
    mike.hear(one)
    mike.hear(other)
    assert club_view(mike.library, imprint).in_force is None
    kept = one.hear(other)
    assert kept.made == (CLUB,)
    mike.hear(one)
    viktor.hear(one)
    boris.hear(one)
    sealed = sealed_by(mike, imprint)
    assert [opened(each, sealed) for each in (one, mike, viktor, boris)] == [True, True, False, False]
    other.hear(one)
    assert opened(other, sealed)
    assert names_at(one) == names_at(other) == ["Майк"]


def test_whom_another_let_in_meanwhile_is_sent_the_key_by_the_next_dub(made):
    (one, other), imprint, (viktor, boris, mike) = made("Виктор", "Борис", "Майк")
    for each in (viktor, boris):
        let_in(one, each)
    other.hear(one)
    let_in(other, mike)
    expel(one.library, "Борис", now=NOW)
    kept = one.hear(other)
    assert (kept.made, kept.letters) == ((), 1)
    mike.collect(one.post())
    assert opened(mike, sealed_by(one, imprint))
    assert one.hear(other).letters == other.hear(one).letters == 0  # on somebody's list by now


def test_rosters_open_for_all_officers_and_are_sealed_anew_when_one_is_heard_of(made):
    (one, other, third), imprint, (viktor,) = made("Виктор", officers=3)
    let_in(one, viktor)
    other.hear(one)
    third.hear(one)
    assert names_at(one) == names_at(other) == names_at(third) == ["Виктор"]
    mine = my_label(one.library, imprint, club_view(one.library, imprint).root)
    (part,) = own_parts(one.library, mine.imprint, imprint).values()
    assert len(part.sealed_to) == 3


def test_a_members_library_opens_no_roster(made):
    (one, other), imprint, (viktor, boris) = made("Виктор", "Борис")
    let_in(one, viktor)
    let_in(one, boris)
    other.hear(one)
    viktor.hear(one)
    view = club_view(viktor.library, imprint)
    assert not view.members
    assert view.in_force is not None
    assert all(each.roster is None for each in view.words)


ACTS = st.lists(
    st.tuples(st.sampled_from(["admit", "expel", "hear", "hear", "collect"]), st.integers(0, 1), st.integers(0, 3)),
    max_size=12,
)


@given(acts=ACTS)
@settings(max_examples=6, deadline=None)
def test_in_the_end_all_agree_and_only_who_is_in_holds_the_key(tmp_path_factory, acts):
    folder = tmp_path_factory.mktemp("club")
    officers, imprint = several_officers(folder, "Первый", "Второй")
    people = [Person(folder, f"Гость {number}") for number in range(4)]
    for what, who, whom in acts:
        happen(what, officers[who], officers[1 - who], people[whom])
    for _ in range(3):
        officers[0].hear(officers[1])
        officers[1].hear(officers[0])
    inside = set(names_at(officers[0]))
    assert inside == set(names_at(officers[1]))
    if club_view(officers[0].library, imprint).in_force is not None:
        sealed = sealed_by(officers[0], imprint)
        for each in people:
            come_in(each, [*officers[0].post(), *officers[1].post()])
        assert {each.name for each in people if opened(each, sealed)} == inside
        assert all(opened(each, sealed) for each in officers)
    for each in (*officers, *people):
        each.close()


def happen(what, officer, other, person):
    if what == "admit":
        admit(officer.library, person.card, name=person.name, now=NOW)
        come_in(person, officer.post())
    elif what == "expel" and person.name in names_at(officer):
        expel(officer.library, person.name, now=NOW)
    elif what == "hear":
        officer.hear(other)
    elif what == "collect":
        come_in(person, officer.post())


def come_in(person, letters):
    """Take letters in, and join whatever one is let into."""
    for waiting in person.collect(letters).waiting:
        join(person.library, waiting.letter, now=NOW)


def test_who_is_in_it_stands_nowhere_in_a_members_library(made):
    (one, other), imprint, (viktor, boris, mike) = made("Виктор", "Борис", "Майк Науменко")
    for each in (viktor, boris, mike):
        let_in(one, each)
    other.hear(one)
    expel(one.library, "Борис", now=NOW)
    viktor.hear(one)
    viktor.hear(other)
    assert club_view(viktor.library, imprint).in_force is not None
    markers = [word for each in (boris, mike) for word in (each.name, each.card.recipient, each.card.imprint)]
    markers += [each.id for each in members(one.library).members if each.name != "Виктор"]
    assert [marker for marker in markers if marker.encode() in everything_in(viktor)] == []
    assert all(marker.encode() in everything_in(viktor) for marker in (imprint, "Виктор"))


def everything_in(person):
    """Plain bytes of every cell that is there, and of every value that the index holds."""
    library = person.library
    cells = (library.directory / VAULT_NAME).rglob("*.age")
    found = [unseal(path.read_bytes(), [library.secrets.vault]) for path in cells]
    for (table,) in rows(library, "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE '%VIRTUAL%'"):
        for line in rows(library, f"SELECT * FROM {table}"):
            found += [value if isinstance(value, bytes) else str(value).encode() for value in line]
    return b"\n".join(found)
