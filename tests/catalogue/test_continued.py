"""A label whose keys are taken and which its holders hand over: who follows, what is disowned, and what is said."""

from __future__ import annotations

import copy

import msgspec
import pytest
from tuf.api.metadata import Root

from magnitizdat.catalogue.continued import MAX_MET, LeftOut, MetList, judged
from magnitizdat.catalogue.forks import choose, freeze
from magnitizdat.catalogue.kinds import RELEASE, target_path
from magnitizdat.catalogue.metadata import Statement, read_statement
from magnitizdat.catalogue.refresh import (
    LabelState,
    Verdict,
    imprint_of,
    label_state,
    refresh,
    remembered,
    review,
    thawed,
)
from magnitizdat.catalogue.succession import CONTINUES
from magnitizdat.catalogue.trust import PREVIOUS
from magnitizdat.errors import ForkError, NotVerifiedError, RolledBackError
from tests.fakes_tuf import NOW, Repository, digest_of

HOLDERS, NEED = 5, 3


class Zoopark(Repository):
    """A label that its holders carry on. `sign_list` names the list before, as `publisher` does."""

    def __init__(self) -> None:
        super().__init__()
        before = self.signers["root"]
        self.rotate("root", count=HOLDERS, threshold=NEED)
        self.publish_root(also=before)
        self.albums: dict[str, bytes] = {}
        self.sign_list()

    def sign_list(self, *albums: str, version: int = 0) -> tuple[int, str]:
        """The next list, with these albums besides those that it has: (version, digest)."""
        if "metadata/1.targets.json" in self.files and "metadata/timestamp.json" in self.files:
            self.targets.unrecognized_fields[PREVIOUS] = dict(zip(("version", "sha256"), self.newest(), strict=True))
        for album in albums:
            self.add_target(album_path(album), album.encode())
        step = (version or self.targets.version + 1) - 1
        self.targets.version = max(step, self.targets.version)
        self.publish()
        return self.newest()

    def newest(self) -> tuple[int, str]:
        return self.targets.version, digest_of(self.files[f"metadata/{self.targets.version}.targets.json"])

    def taken(self) -> Zoopark:
        """What a thief of the online key has: another branch of the lists."""
        return copy.deepcopy(self)

    def hand_over(self, named: object, *, signers: int = NEED, skip: int = 1000) -> None:
        """The holders take the online key away and stand by the named list."""
        for role in ("timestamp", "snapshot", "targets"):
            self.rotate(role)
        self.root.unrecognized_fields[CONTINUES] = (
            dict(zip(("version", "sha256"), named, strict=True)) if isinstance(named, tuple) else named
        )
        self.root.version += 1
        name = f"metadata/{self.root.version}.root.json"
        self.files[name] = self.sign(self.root, self.signers["root"][:signers])
        del self.root.unrecognized_fields[CONTINUES]
        self.sign_list(version=self.targets.version + skip)


def album_path(album: str) -> str:
    return target_path(RELEASE, album.encode().hex().ljust(32, "0")[:32])


def names(documents: tuple[LeftOut, ...]) -> set[str]:
    """Titles of what is disowned."""
    return {bytes.fromhex(each.path[3:].split(".")[0]).rstrip(b"\0").decode() for each in documents if each.disowned}


def newcomer(label: Repository) -> LabelState:
    return label_state(imprint_of(label.files["metadata/1.root.json"]))


def take(label: Repository, state: LabelState, **options: object) -> Verdict:
    return refresh(thawed(state, label.fetch, now=NOW), label.fetch, now=NOW, **options)


def statements(roots: list[bytes]) -> list[Statement[Root]]:
    return [read_statement(Root, data, max_length=len(data)) for data in roots]


def disowned(state: LabelState) -> set[str]:
    return names(state.memory.left)


def test_a_sleeper_with_forged_lists_follows_without_a_question_and_the_forgery_is_disowned():
    label = Zoopark()
    stood_by = label.sign_list("Белая полоса")
    thief = label.taken()
    asleep = take(label, newcomer(label)).state
    thief.sign_list("Fake", version=1_000_000)
    asleep = take(thief, asleep).state
    label.hand_over(stood_by)
    woken = take(label, asleep)
    assert not woken.state.is_frozen
    assert disowned(woken.state) == {"Fake"}
    (given,) = woken.handed_over
    assert (given.signers, given.holders, given.threshold, given.goes_on) == (NEED, HOLDERS, NEED, True)
    again = take(label, woken.state)
    assert again.handed_over == ()
    assert again.state == woken.state
    kept = label_state(again.state.imprint, again.state.files, remembered=remembered(again.state))
    assert disowned(kept) == {"Fake"}
    label.sign_list("Из Крыма")
    assert disowned(take(label, kept).state) == {"Fake"}


@pytest.mark.parametrize("version", [0, 5, 1_000_000])
def test_a_forged_list_is_disowned_whatever_its_version(version):
    """Also one that lies between true ones and that nobody noticed."""
    label = Zoopark()
    label.sign_list("first")
    state = take(label, newcomer(label)).state
    thief = label.taken()
    thief.sign_list("Fake", version=version)
    for number in range(6):
        label.sign_list(f"true {number}")
    state = take(thief, state).state
    if not version:  # older than what came since: the true list is taken in behind it
        state = take(label, state).state
    label.hand_over(label.newest())
    assert disowned(take(label, state).state) == {"Fake"}


def test_what_those_before_it_left_out_themselves_is_not_disowned():
    label = Zoopark()
    label.sign_list("withdrawn", "kept")
    state = take(label, newcomer(label)).state
    del label.targets.targets[album_path("withdrawn")]
    label.sign_list()
    state = take(label, state).state
    label.sign_list("later")
    state = take(label, state).state
    label.hand_over(label.newest())
    state = take(label, state).state
    assert [each.disowned for each in state.memory.left] == [False]
    del label.targets.targets[album_path("kept")]
    label.sign_list()
    state = take(label, state).state
    assert not disowned(state)  # the keeper's own word, under keys that nobody took away
    label.hand_over(label.newest())
    assert not disowned(take(label, state).state)


@pytest.mark.parametrize("met_by", ["keeper", "thief"])
def test_what_was_corrected_unheard_is_not_disowned(met_by):
    """A thief's list names what was theirs too: who met it there alone cannot tell it from a forged form."""
    label = Zoopark()
    label.sign_list("true")
    thief = label.taken()
    thief.sign_list("Fake", version=1_000_000)
    state = take(thief if met_by == "thief" else label, newcomer(label)).state
    for form in (b"true, corrected", b"true, withdrawn"):
        label.add_target(album_path("true"), form)
        label.sign_list()
    label.hand_over(label.newest())
    state = take(label, state).state
    marks = {each.path: each.disowned for each in state.memory.left}
    assert marks == {album_path("true"): None} | ({album_path("Fake"): True} if met_by == "thief" else {})
    assert take(label, state).state == state


def test_what_the_newest_list_names_again_is_not_disowned():
    label = Zoopark()
    thief = label.taken()
    thief.sign_list("Fake", "true")
    state = take(thief, newcomer(label)).state
    label.sign_list("true")
    label.hand_over(label.newest())
    state = take(label, state).state
    assert disowned(state) == {"Fake"}
    label.sign_list("Fake")
    assert take(label, state).state.memory.left == ()


def test_a_newcomer_meets_no_hand_over_and_disowns_nothing():
    label = Zoopark()
    label.hand_over(label.newest())
    verdict = take(label, newcomer(label))
    assert (verdict.handed_over, verdict.state.memory.left) == ((), ())


def test_keys_that_change_without_a_hand_over_disown_nothing():
    label = Zoopark()
    thief = label.taken()
    thief.sign_list("Fake")
    state = take(thief, newcomer(label)).state
    label.rotate_and_publish("timestamp", "snapshot", "targets")
    label.sign_list()
    state = take(label, state).state
    assert [each.disowned for each in state.memory.left] == [None]
    label.hand_over(label.newest())
    assert disowned(take(label, state).state) == {"Fake"}


def test_several_hand_overs_at_once_are_each_told():
    label = Zoopark()
    state = take(label, newcomer(label)).state
    label.hand_over(label.newest(), signers=4)
    label.sign_list("between")
    label.hand_over(label.newest())
    given = take(label, state).handed_over
    assert [(each.version, each.signers) for each in given] == [(3, 4), (4, 3)]


def test_who_is_frozen_by_a_forged_list_thaws_when_the_label_is_handed_over():
    label = Zoopark()
    thief = label.taken()
    thief.sign_list("Fake")
    stood_by = label.sign_list("true")
    state = take(label, newcomer(label)).state
    with pytest.raises(ForkError) as caught:
        take(thief, state)
    frozen = freeze(state, caught.value)
    for source in (label, thief):
        with pytest.raises(ForkError):
            take(source, frozen)
    label.hand_over(stood_by)
    assert not take(label, frozen).state.is_frozen
    gone_over = choose(frozen, caught.value.other)  # turned down what the holders stand by
    assert not take(label, gone_over).state.is_frozen


def test_a_list_that_two_branches_of_roots_share_leaves_nothing_out():
    label = Zoopark()
    label.sign_list("theirs")
    state = take(label, newcomer(label)).state
    other = label.taken()
    for branch, mark in ((label, "one"), (other, "another")):
        branch.root.unrecognized_fields["x-mark"] = mark
        branch.publish_root()
    state = take(label, state).state
    with pytest.raises(ForkError) as caught:
        take(other, state)
    state = take(other, choose(freeze(state, caught.value), caught.value.other)).state
    assert state.memory.left == ()
    other.hand_over(other.newest())
    assert not disowned(take(other, state).state)


def test_a_fork_of_roots_stays_until_somebody_chooses():
    label = Zoopark()
    state = take(label, newcomer(label)).state
    fork = ForkError("", role="root", version=2, held="a" * 64, other="b" * 64)
    label.hand_over(label.newest())
    with pytest.raises(ForkError):
        take(label, freeze(state, fork))


def test_what_the_old_keys_sign_after_the_hand_over_is_older_and_takes_nothing_away():
    label = Zoopark()
    thief = label.taken()
    label.hand_over(label.newest())
    state = take(label, newcomer(label)).state
    thief.sign_list("Fake", version=1_000_000)
    thief.files |= {name: body for name, body in label.files.items() if ".root." in name}
    with pytest.raises(RolledBackError, match="replaced since"):
        take(thief, state)
    label.files = {name: body for name, body in thief.files.items() if name != "metadata/3.root.json"}
    with pytest.raises(RolledBackError, match="replaced since"):
        take(label, state)
    stranger = Repository()
    thief.files["metadata/timestamp.json"] = stranger.files["metadata/timestamp.json"]
    with pytest.raises(NotVerifiedError, match="not signed by enough"):
        take(thief, state)


@pytest.mark.parametrize("signers", range(NEED))
def test_fewer_than_are_needed_hand_nothing_over(signers):
    label = Zoopark()
    state = take(label, newcomer(label)).state
    label.hand_over(label.newest(), signers=signers)
    with pytest.raises(NotVerifiedError, match="not signed by enough"):
        take(label, state)


def test_a_hand_over_of_another_label_is_none_of_this_one():
    label, other = Zoopark(), Zoopark()
    state = take(label, newcomer(label)).state
    other.hand_over(label.newest())
    label.files["metadata/3.root.json"] = other.files["metadata/3.root.json"]
    with pytest.raises(NotVerifiedError):
        take(label, state)


@pytest.mark.parametrize(
    "named",
    [(7, "f" * 64), None, 7, [], {}, {"version": -1, "sha256": "f" * 64}, {"version": 1, "sha256": "f" * 100_000}],
)
def test_a_list_that_nobody_holds_blocks_nothing_and_is_told(named):
    label = Zoopark()
    label.sign_list("true")
    thief = label.taken()
    thief.sign_list("Fake")
    state = take(thief, newcomer(label)).state
    label.hand_over(named)
    verdict = take(label, state)
    assert [each.goes_on for each in verdict.handed_over] == [False]
    assert disowned(verdict.state) == {"Fake"}
    assert review(verdict.state, now=NOW).targets.keys() >= {album_path("true")}


def test_what_a_later_list_follows_cannot_be_told():
    label = Zoopark()
    state = take(label, newcomer(label)).state
    label.hand_over((7, "f" * 64))
    label.sign_list("later")
    assert [each.goes_on for each in take(label, state).handed_over] == [None]


def test_lists_that_follow_each_other_in_a_ring_end():
    label = Zoopark()
    label.hand_over((7, "a" * 64))
    ring = [MetList(sha256="a" * 64, previous="b" * 64), MetList(sha256="b" * 64, previous="a" * 64)]
    left = LeftOut(path=album_path("x"), length=1, sha256="c" * 64, by="b" * 64, root=2)
    roots = take(label, newcomer(label)).state.roots()
    assert [each.disowned for each in judged([left], ring, statements(roots), None)] == [False]
    other = msgspec.structs.replace(left, by="d" * 64)
    assert [each.disowned for each in judged([other], ring, statements(roots), None)] == [True]


def test_of_many_lists_the_newest_are_remembered():
    label = Zoopark()
    state = take(label, newcomer(label)).state
    for _ in range(MAX_MET + 5):
        label.sign_list()
        state = take(label, state).state
    assert len(state.memory.lists) == MAX_MET
    assert state.memory.lists[-1].sha256 == label.newest()[1]
