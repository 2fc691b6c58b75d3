"""Laws of the lockout, with a clock that stands still until moved."""

from __future__ import annotations

from ipaddress import IPv6Address

from hypothesis import given
from hypothesis import strategies as st

from magnitizdat.web.http.lockout import FORGET_S, FREE, LONGEST_S, TRIERS, Lockout, Trier, pause_s, trier
from tests.fakes_web import Clock

HERE, THERE = trier("player", "10.0.0.2"), trier("player", "10.0.0.3")


def test_the_first_failures_cost_nothing():
    lockout = Lockout(Clock())
    for _ in range(FREE):
        lockout.failed(HERE)
        assert lockout.wait_s(HERE) == 0


@given(failures=st.integers(0, 100))
def test_a_pause_doubles_up_to_the_longest(failures):
    assert pause_s(failures) <= pause_s(failures + 1) <= max(1.0, 2 * pause_s(failures))
    assert 0 <= pause_s(failures) <= LONGEST_S


@given(failures=st.integers(1, 40), others=st.integers(0, 40))
def test_a_peer_waits_for_its_own_failures_alone(failures, others):
    lockout = Lockout(Clock())
    for _ in range(failures):
        lockout.failed(HERE)
    for _ in range(others):
        lockout.failed(THERE)
    assert lockout.wait_s(HERE) == pause_s(failures)
    assert lockout.wait_s(trier("player", "10.0.0.4")) == 0


@given(failures=st.integers(FREE + 1, 40))
def test_waiting_it_out_is_enough_and_nothing_less(failures):
    clock = Clock()
    lockout = Lockout(clock)
    for _ in range(failures):
        lockout.failed(HERE)
    clock.seconds += pause_s(failures) - 0.5
    assert lockout.wait_s(HERE) > 0
    clock.seconds += 0.5
    assert lockout.wait_s(HERE) == 0


@given(kinds=st.lists(st.sampled_from(["passphrase", "player", "evening"]), max_size=60))
def test_each_kind_of_secret_counts_apart(kinds):
    lockout = Lockout(Clock())
    for kind in kinds:
        lockout.failed(trier(kind, "10.0.0.2"))
    for kind in ("passphrase", "player", "evening"):
        assert lockout.wait_s(trier(kind, "10.0.0.2")) == pause_s(kinds.count(kind))


@given(network=st.integers(0, 2**64 - 1), hosts=st.lists(st.integers(0, 2**64 - 1), min_size=2, max_size=2))
def test_a_new_address_of_the_same_network_is_nobody_new(network, hosts):
    one, other = (str(IPv6Address(network << 64 | host)) for host in hosts)
    assert trier("player", one) == trier("player", other)
    assert trier("player", one) != trier("player", str(IPv6Address((network ^ 1) << 64 | hosts[0])))


def test_what_is_no_address_is_somebody_too():
    assert trier("player", "unknown") == Trier("player", "unknown")
    assert trier("player", "fe80::1%wlan0") == trier("player", "fe80::2%wlan0")


def test_an_hour_later_a_peer_is_new():
    clock = Clock()
    lockout = Lockout(clock)
    for _ in range(30):
        lockout.failed(HERE)
    clock.seconds += FORGET_S
    lockout.failed(HERE)
    assert lockout.wait_s(HERE) == 0


def test_memory_is_bounded():
    lockout = Lockout(Clock())
    for number in range(TRIERS + 10):
        for _ in range(FREE + 1):
            lockout.failed(Trier("player", f"peer {number}"))
        lockout.know(Trier("player", f"peer {number}"))
    for number, is_there in ((0, False), (TRIERS + 9, True)):
        somebody = Trier("player", f"peer {number}")
        assert (lockout.wait_s(somebody) > 0, lockout.knows(somebody)) == (is_there, is_there)
