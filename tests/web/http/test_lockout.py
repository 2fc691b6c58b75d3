"""Laws of the lockout, with a clock that stands still until moved."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from magnitizdat.web.http.lockout import FORGET_S, FREE, LONGEST_S, PEERS, Lockout, pause_s
from tests.fakes_web import Clock


def test_the_first_failures_cost_nothing():
    lockout = Lockout(Clock())
    for _ in range(FREE):
        lockout.failed("10.0.0.2")
        assert lockout.wait_s("10.0.0.2") == 0


@given(failures=st.integers(0, 100))
def test_a_pause_doubles_up_to_the_longest(failures):
    assert pause_s(failures) <= pause_s(failures + 1) <= max(1.0, 2 * pause_s(failures))
    assert 0 <= pause_s(failures) <= LONGEST_S


@given(failures=st.integers(1, 40), others=st.integers(0, 40))
def test_a_peer_waits_for_its_own_failures_alone(failures, others):
    lockout = Lockout(Clock())
    for _ in range(failures):
        lockout.failed("10.0.0.2")
    for _ in range(others):
        lockout.failed("10.0.0.3")
    assert lockout.wait_s("10.0.0.2") == pause_s(failures)
    assert lockout.wait_s("10.0.0.4") == 0


@given(failures=st.integers(FREE + 1, 40))
def test_waiting_it_out_is_enough_and_nothing_less(failures):
    clock = Clock()
    lockout = Lockout(clock)
    for _ in range(failures):
        lockout.failed("10.0.0.2")
    clock.seconds += pause_s(failures) - 0.5
    assert lockout.wait_s("10.0.0.2") > 0
    clock.seconds += 0.5
    assert lockout.wait_s("10.0.0.2") == 0


def test_right_credentials_take_back_one_failure():
    lockout = Lockout(Clock())
    for _ in range(FREE + 3):
        lockout.failed("10.0.0.2")
    lockout.succeeded("10.0.0.2")
    assert lockout.wait_s("10.0.0.2") == pause_s(FREE + 2)


def test_alternating_right_and_wrong_does_not_guess_for_ever():
    """With a secret of one's own one cannot try others' at full speed: half of the tries count."""
    lockout = Lockout(Clock())
    for _ in range(4 * FREE):
        lockout.failed("10.0.0.2")
        lockout.failed("10.0.0.2")
        lockout.succeeded("10.0.0.2")
    assert lockout.wait_s("10.0.0.2") > 60


def test_an_hour_later_a_peer_is_new():
    clock = Clock()
    lockout = Lockout(clock)
    for _ in range(30):
        lockout.failed("10.0.0.2")
    clock.seconds += FORGET_S
    lockout.failed("10.0.0.2")
    assert lockout.wait_s("10.0.0.2") == 0


def test_memory_is_bounded():
    lockout = Lockout(Clock())
    for number in range(PEERS + 10):
        for _ in range(FREE + 1):
            lockout.failed(f"peer {number}")
    assert lockout.wait_s("peer 0") == 0
    assert lockout.wait_s(f"peer {PEERS + 9}") > 0
