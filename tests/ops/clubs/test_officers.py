"""Officers of a club come and go: next roots of its label, by real libraries in folders."""

from __future__ import annotations

import pytest
from msgspec import structs

from magnitizdat.catalogue.carrying_on import holders_of, need_of, root_of
from magnitizdat.catalogue.club_roots import club_of
from magnitizdat.catalogue.holder_cards import card_bytes, read_card
from magnitizdat.errors import NotFoundError, NotVerifiedError, UsageError
from magnitizdat.ops.clubs.admitting import admit
from magnitizdat.ops.clubs.expelling import expel
from magnitizdat.ops.clubs.keeping import keep_clubs
from magnitizdat.ops.clubs.listing import members
from magnitizdat.ops.clubs.officers import (
    WantedOfficers,
    appoint,
    officer_card,
    officers,
    renew,
    sign_root,
    take_over,
)
from magnitizdat.ops.clubs.rosters import club_view
from magnitizdat.ops.clubs.staying import officer_of
from magnitizdat.ops.dub.dubbed import LabelReport
from magnitizdat.ops.dub.from_sources import sentences, together
from magnitizdat.ops.labels.holders import appoint as appoint_holders
from magnitizdat.ops.labels.holders import holder_card
from magnitizdat.ops.labels.labels import held_state
from magnitizdat.ops.labels.of_clubs import of_clubs
from magnitizdat.sentence import say
from tests.fakes_clubs import CLUB, Person, founder, several_officers
from tests.fakes_doors import keep_in_club
from tests.fakes_library import NOW

NAMES = ("Наташа", "Юра")


class Scene:
    """A founder, two members, and a guest who comes and goes."""

    def __init__(self, folder):
        self.mike, self.club = founder(folder)
        self.natasha, self.yura = (Person(folder, name) for name in NAMES)
        for each in (self.natasha, self.yura):
            admit(self.mike.library, each.card, now=NOW)
            each.join(each.collect(self.mike.post()))
            each.hear(self.mike)

    @property
    def people(self):
        return [self.mike, self.natasha, self.yura]

    def cards(self, *people):
        return [officer_card(each.library, self.club, each.name, now=NOW) for each in people]

    def sign(self, report, *people):
        for each in people:
            report = sign_root(each.library, [report.proposal.encode()], now=NOW)
        return report

    def root(self, person):
        return root_of(held_state(person.library, self.club))

    def says(self, person):
        return club_of(self.root(person).signed)

    def view(self, person):
        return club_view(person.library, self.club)

    def meet(self, *people):
        """Twice: what somebody does who has heard of something is heard of too."""
        for _ in range(3):
            for each in people:
                for other in people:
                    if each is not other:
                        each.hear(other)


@pytest.fixture
def scene(tmp_path):
    made = Scene(tmp_path)
    yield made
    for each in made.people:
        each.close()


@pytest.fixture
def three(scene):
    """All three are officers, and two of them sign each next root."""
    wanted = WantedOfficers(scene.cards(scene.natasha, scene.yura))
    report = scene.sign(appoint(scene.mike.library, CLUB, wanted, now=NOW), scene.natasha, scene.mike)
    assert report.taken == "published"
    scene.meet(*scene.people)
    return scene


def test_a_founder_puts_a_club_into_several_hands(scene):
    cards = scene.cards(scene.natasha, scene.yura)
    report = appoint(scene.mike.library, CLUB, WantedOfficers(cards), now=NOW)
    assert (report.old, report.need_old, report.need_own, report.complete) == (1, 1, 2, False)
    assert "New officers of the club" in " ".join(report.changes)
    done = scene.sign(report, scene.natasha, scene.mike)
    assert (done.complete, done.taken) == (True, "published")
    says = scene.says(scene.mike)
    assert says.officers[1:] == tuple(card.label for card in cards)
    assert says.keys.keys() == {*says.officers}
    assert {*says.keys.values()} == {*holders_of(held_state(scene.mike.library, scene.club))}
    assert need_of(held_state(scene.mike.library, scene.club)) == 2


def test_all_hear_of_it_read_the_list_and_have_the_key(three):
    for each in three.people:
        assert three.says(each) == three.says(three.mike)
        assert {member.name for member in three.view(each).members} == {*NAMES}
        assert three.view(each).in_force == three.view(three.mike).in_force is not None
        assert three.view(each).owed_officers == ()


def test_a_new_officer_to_whom_no_list_is_sealed_yet_is_told_so(scene):
    assert not members(scene.mike.library, CLUB).unread
    appointed = appoint(scene.mike.library, CLUB, WantedOfficers(scene.cards(scene.natasha, scene.yura)), now=NOW)
    scene.sign(appointed, scene.natasha, scene.mike)
    scene.natasha.hear(scene.mike)
    found = members(scene.natasha.library, CLUB)
    assert (found.unread, found.members) == (True, ())
    assert "do not have the list" in found.outcome().headline
    scene.meet(*scene.people)
    found = members(scene.natasha.library, CLUB)
    assert (found.unread, len(found.members)) == (False, len(NAMES))


def test_officers_of_an_empty_club_are_told_that_nobody_is_in_it(tmp_path):
    people, _ = several_officers(tmp_path, "Майк", "Наташа")
    for each in people:
        assert "has 0 members" in members(each.library, CLUB).outcome().headline
        each.close()


def test_labels_of_officers_are_called_officers_of_their_club(three):
    says = three.says(three.mike)
    keep_in_club(three.yura.library, three.club, *says.officers, made=True)
    assert {officer_of(three.yura.library, each) for each in says.officers} == {CLUB}
    assert officer_of(three.yura.library, three.club) == officer_of(three.yura.library, "mag1") == ""
    told = LabelReport(
        imprint=says.officers[0],
        name="Place Broken",
        standing="followed",
        genuine=True,
        verdict=say("genuine"),
        officer_of=CLUB,
    )
    lines = sentences(structs.replace(together([]), labels=(told,)))
    assert lines == [f"✓ an officer of «{CLUB}» is genuine: Place Broken"]


def test_a_next_root_of_a_club_that_is_not_here_says_what_to_dub(scene, tmp_path):
    wanted = WantedOfficers(scene.cards(scene.natasha, scene.yura))
    proposal = appoint(scene.mike.library, CLUB, wanted, now=NOW).proposal.encode()
    guest = Person(tmp_path, "Гость")
    with pytest.raises(NotFoundError, match="a reel for the club"):
        sign_root(guest.library, [proposal], now=NOW)
    guest.close()


def test_who_was_appointed_lets_others_in_and_out(three, tmp_path):
    guest = Person(tmp_path, "Гость")
    admit(three.yura.library, guest.card, now=NOW)
    three.meet(*three.people)
    assert "Гость" in {member.name for member in three.view(three.mike).members}
    expel(three.natasha.library, "Гость", now=NOW)
    three.meet(*three.people)
    assert "Гость" not in {member.name for member in three.view(three.yura).members}
    guest.close()


def test_who_is_removed_has_no_key_that_comes_after_and_what_he_did_stands(three, tmp_path):
    guest = Person(tmp_path, "Гость")
    admit(three.yura.library, guest.card, now=NOW)
    expel(three.mike.library, "Юра", now=NOW)
    three.meet(*three.people)
    before = three.view(three.mike).in_force
    report = appoint(three.mike.library, CLUB, WantedOfficers(out=["Юра"], papers=1), now=NOW)
    assert "Officers no longer: «Юра»" in " ".join(report.changes)
    done = three.sign(report, three.mike, three.natasha, three.mike)
    assert done.taken == "published"
    three.meet(three.mike, three.natasha)
    stands = three.view(three.mike)
    assert {member.name for member in stands.members} == {"Наташа", "Гость"}
    assert stands.in_force != before
    three.yura.collect(three.mike.post())
    three.yura.collect(three.natasha.post())
    keys = three.yura.library.index.cells.members_like("epoch/*")
    assert not any(stands.in_force.id in name for name in keys)
    guest.close()


def test_what_somebody_did_who_is_disowned_counts_no_more_until_it_is_taken_over(three, tmp_path):
    guest = Person(tmp_path, "Гость")
    admit(three.yura.library, guest.card, now=NOW)
    three.meet(*three.people)
    wanted = WantedOfficers(out=["Юра"], papers=1, disown=True)
    three.sign(appoint(three.mike.library, CLUB, wanted, now=NOW), three.mike, three.natasha, three.mike)
    assert {member.name for member in three.view(three.mike).members} == {*NAMES}
    shown = officers(three.mike.library, CLUB)
    assert (shown.left_over, len(shown.officers)) == (1, 2)
    assert "1 person was let in" in " ".join(shown.outcome().lines)
    assert take_over(three.mike.library, CLUB, ["Юра"], now=NOW).left_over == 0
    assert "Гость" in {member.name for member in three.view(three.mike).members}
    guest.close()


def test_an_officer_goes_on_with_another_label(three):
    old = three.says(three.yura).officers[2]
    report = renew(three.yura.library, CLUB, now=NOW)
    done = three.sign(report, three.natasha, three.mike)
    assert done.complete
    three.meet(*three.people)
    says = three.says(three.yura)
    assert old in says.former
    assert old not in says.officers
    assert len({*says.officers}) == 3
    assert need_of(held_state(three.yura.library, three.club)) == 2
    admit(three.yura.library, three.mike.card, now=NOW)
    three.meet(*three.people)
    assert "Майк" in {member.name for member in three.view(three.natasha).members}
    assert three.view(three.natasha).in_force == three.view(three.yura).in_force is not None


def test_a_founder_alone_goes_on_with_another_label(scene):
    old = scene.says(scene.mike).officers[0]
    assert renew(scene.mike.library, CLUB, now=NOW).taken == "published"
    keep_clubs(scene.mike.library, now=NOW)
    assert scene.says(scene.mike).former == (old,)
    assert {member.name for member in scene.view(scene.mike).members} == {*NAMES}
    assert need_of(held_state(scene.mike.library, scene.club)) == 1


def test_how_it_stands_is_said(three):
    shown = officers(three.natasha.library, CLUB)
    assert (shown.need, shown.of, len(shown.officers), shown.waiting) == (2, 3, 3, ())
    assert [each.here for each in shown.officers] == [False, True, False]
    assert all(each.speaks for each in shown.officers)


def test_a_card_is_of_one_club_and_of_one_key(scene):
    (card,) = scene.cards(scene.natasha)
    assert scene.cards(scene.natasha) == [card] == [read_card(card_bytes(card))]
    assert of_clubs(scene.natasha.library)[card.label] == scene.club
    assert holder_card(scene.natasha.library, "Наташа", now=NOW).key != card.key
    swapped = card_bytes(card).replace(card.label.encode(), scene.says(scene.mike).officers[0].encode())
    with pytest.raises(NotVerifiedError):
        read_card(swapped)


def test_a_card_of_a_key_alone_makes_no_officer(scene):
    plain = holder_card(scene.natasha.library, "Наташа", now=NOW)
    with pytest.raises(UsageError, match="officer-card"):
        appoint(scene.mike.library, CLUB, WantedOfficers([plain], papers=1), now=NOW)


def test_an_officer_needs_no_card(three):
    with pytest.raises(UsageError, match="already"):
        officer_card(three.yura.library, CLUB, "Юра", now=NOW)


def test_who_was_removed_comes_back_with_another_label_only(three):
    old = three.says(three.mike).officers[2]
    three.sign(
        appoint(three.mike.library, CLUB, WantedOfficers(out=["Юра"], papers=1), now=NOW),
        three.mike,
        three.natasha,
        three.mike,
    )
    for each in (three.natasha, three.yura):
        each.hear(three.mike)
    (card,) = three.cards(three.yura)
    assert card.label != old
    forged = holder_card(three.yura.library, "Юра", label=old, now=NOW)
    with pytest.raises(UsageError, match="makes a new one"):
        appoint(three.mike.library, CLUB, WantedOfficers([forged]), now=NOW)


def test_members_propose_nothing(scene):
    with pytest.raises(UsageError, match="holds no root key"):
        appoint(scene.natasha.library, CLUB, WantedOfficers(scene.cards(scene.yura), papers=1), now=NOW)


def test_one_lost_key_ends_no_club(scene):
    with pytest.raises(UsageError, match=r"one lost key ends the label; add somebody, or a key on paper$"):
        appoint(scene.mike.library, CLUB, WantedOfficers(scene.cards(scene.natasha)), now=NOW)


@pytest.mark.parametrize("text", ["Гость", "", "mag1", "zzzzzzzz"])
def test_a_name_that_is_no_officers_is_said(three, text):
    with pytest.raises(UsageError, match="not one of its officers"):
        appoint(three.mike.library, CLUB, WantedOfficers(out=[text]), now=NOW)
    with pytest.raises(UsageError, match="was no officer"):
        take_over(three.mike.library, CLUB, [text], now=NOW)


def test_root_keys_of_a_club_change_with_its_officers_alone(scene):
    plain = holder_card(scene.natasha.library, "Наташа", now=NOW)
    with pytest.raises(UsageError, match="mag club officers"):
        appoint_holders(scene.mike.library, scene.club, need=2, cards=[plain], papers=2, now=NOW)
