"""Histories of clubs by chance: `bench.clubs` has 20 000 of them, and 500 with real keys."""

from __future__ import annotations

import pytest

from magnitizdat.catalogue.clubs import ClubRoot, Epoch
from magnitizdat.scene import clubs
from magnitizdat.scene.clubs import ClubView, OfficerWords
from tests import fakes_club_histories
from tests.fakes_club_histories import history

PURE, IN_EARNEST = 200, 20
"""How many of each are tried here."""


@pytest.mark.parametrize("number", range(PURE))
def test_all_agree_in_the_end_and_who_is_gone_stays_out(number):
    history(number)


@pytest.mark.parametrize("number", range(1, IN_EARNEST))
def test_the_same_with_real_keys(number):
    history(number, in_earnest=True)


def fails(*, most: int = 150, **without: bool) -> bool:
    """Whether one of so many goes wrong."""
    for number in range(1, most):
        try:
            history(number, **without)
        except AssertionError:
            return True
    return False


def test_where_nobody_sends_what_is_owed_some_are_locked_out():
    assert fails(owes=False)


def highest_number(stands: ClubView) -> Epoch | None:
    return next(iter(stands.epochs), None)


def test_were_the_highest_number_enough_somebody_who_is_gone_would_get_in(monkeypatch):
    def careless(root: ClubRoot, words: list[OfficerWords]) -> ClubView:
        stands = clubs.view(root, words)
        return stands._replace(in_force=highest_number(stands))

    monkeypatch.setattr(fakes_club_histories, "view", careless)
    assert fails()


def test_were_a_fork_passed_over_some_would_never_agree(monkeypatch):
    def careless(root: ClubRoot, words: list[OfficerWords]) -> ClubView:
        return clubs.view(root, [each._replace(is_forked=False) for each in words])

    monkeypatch.setattr(fakes_club_histories, "view", careless)
    assert fails()


def test_did_a_removed_officer_leave_no_trace_he_would_keep_the_key(monkeypatch):
    def careless(root: ClubRoot, words: list[OfficerWords]) -> ClubView:
        return clubs.view(ClubRoot(name=root.name, officers=root.officers), words)

    monkeypatch.setattr(fakes_club_histories, "view", careless)
    assert fails()
