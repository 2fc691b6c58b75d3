"""Roots that come without lists: what goes on from the held ones is taken in, and no other."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from magnitizdat.catalogue.chains import with_roots
from magnitizdat.catalogue.memory import Memory
from magnitizdat.catalogue.publisher import create_label, restore
from magnitizdat.catalogue.refresh import LabelState, checkpoint, heard, label_state, refresh
from magnitizdat.errors import DamagedError, NotFoundError, NotVerifiedError, SourceError
from magnitizdat.model import Checkpoint
from tests.fakes_tuf import NOW


def grown(name: str, roots: int) -> LabelState:
    """A label that was taken back until it had so many roots."""
    label = create_label(name, now=NOW)
    while len(label.state.roots()) < roots:
        label = restore(label.state, [label.paper_words], now=NOW)
    return label.state


def alone(state: LabelState, count: int) -> LabelState:
    """The label of which so many roots are held, and no list."""
    return label_state(state.imprint, {f"{n}.root.json": body for n, body in enumerate(state.roots()[:count], 1)})


WHOLE, OTHER = grown("45", 4), grown("Камчатка", 3)


@given(held=st.integers(0, 4), first=st.integers(1, 4), last=st.integers(1, 4))
def test_what_goes_on_from_the_held_roots_is_taken_in(held, first, last):
    state, given_roots = alone(WHOLE, held), WHOLE.roots()[first - 1 : last]
    if given_roots and first > held + 1:
        with pytest.raises(NotVerifiedError):
            with_roots(state, given_roots)
        return
    reached = max(held, last) if given_roots else held
    assert with_roots(state, given_roots).roots() == WHOLE.roots()[:reached]


def test_a_label_of_which_roots_alone_are_held_is_dubbed_like_any_other():
    state = with_roots(label_state(WHOLE.imprint), WHOLE.roots())

    def fetch(name: str, _most: int) -> bytes:
        if name not in WHOLE.files:
            raise NotFoundError("nothing of that name")
        return WHOLE.files[name]

    assert refresh(state, fetch, now=NOW).targets.keys() == {"00/label.json"}


@pytest.mark.parametrize("held", [0, 1, 3])
def test_roots_of_another_label_are_refused(held):
    with pytest.raises(NotVerifiedError):
        with_roots(alone(WHOLE, held), OTHER.roots())


@pytest.mark.parametrize("place", range(4))
def test_a_root_that_nobody_signed_like_that_is_refused(place):
    roots = WHOLE.roots()
    body = json.loads(roots[place])
    body["signed"]["expires"] = "2099-01-01T00:00:00Z"
    roots[place] = json.dumps(body).encode()
    for held in range(place + 1):
        with pytest.raises(SourceError):
            with_roots(alone(WHOLE, held), roots)


def test_what_was_told_of_another_root_or_turned_down_counts():
    newest = checkpoint(WHOLE)
    told = heard(alone(WHOLE, 2), Checkpoint(version=newest.version, sha256="ab" * 32))
    with pytest.raises(NotVerifiedError):
        with_roots(told, WHOLE.roots())
    refused = replace(alone(WHOLE, 2), memory=Memory(refused=(newest.sha256,)))
    with pytest.raises(NotVerifiedError):
        with_roots(refused, WHOLE.roots())
    assert len(with_roots(refused, WHOLE.roots()[:3]).roots()) == 3


@given(junk=st.binary(max_size=80))
def test_what_is_no_root_is_damaged(junk):
    with pytest.raises((DamagedError, NotVerifiedError)):
        with_roots(alone(WHOLE, 1), [junk])
