"""A spool behind somebody who opens no port: whatever is asked is answered once, and nothing waits for ever."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Self

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magnitizdat.errors import DamagedError, NotFoundError, UnreachableError
from magnitizdat.ops.places.asked import ABSENT, FOUND, MOST, UNREAD, AskedSpool
from tests.fakes_meeting import over

CONTENT = bytes(range(256)) * 10


class Bringer:
    """Brings what is asked out of `files`, for as long as it is open."""

    def __init__(self, spool: AskedSpool, files: dict[str, bytes]) -> None:
        self._spool, self._files = spool, files
        self.asked: list[tuple[str, int, int]] = []
        self._thread = threading.Thread(target=self._bring, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._spool.close()
        self._thread.join()

    def _bring(self) -> None:
        while not (told := self._spool.next_ask(0, patience_s=5)).over:
            if told.ask is not None:
                path, offset, length = told.ask.path, told.ask.offset, told.ask.length
                self.asked.append((path, offset, length))
                status = FOUND if path in self._files else ABSENT
                content = self._files.get(path, b"")[offset : offset + length]
                self._spool.answer(told.ask.number, status, content)


@given(content=st.binary(max_size=3000), offset=st.integers(0, 3000), length=st.integers(0, 4000))
def test_what_is_asked_for_is_what_a_slice_is(content, offset, length):
    with Bringer(spool := AskedSpool(), {"a": content}):
        assert spool.fetch_range("a", offset, length) == content[offset : offset + length]


def test_a_long_file_is_asked_for_in_steps_of_a_piece_and_not_beyond_its_end():
    long = bytes(2 * MOST + 7)
    with Bringer(spool := AskedSpool(), {"a": long}) as bringer:
        assert spool.fetch("a", 4 * MOST) == long
    assert bringer.asked == [("a", 0, MOST), ("a", MOST, MOST), ("a", 2 * MOST, MOST)]
    with Bringer(spool := AskedSpool(), {"a": long}), pytest.raises(DamagedError):
        spool.fetch("a", 2 * MOST)


def test_what_is_not_there_and_what_cannot_be_read_are_told_apart():
    with Bringer(spool := AskedSpool(), {}), pytest.raises(NotFoundError):
        spool.fetch_range("a", 0, 10)
    with ThreadPoolExecutor(1) as pool:
        spool = AskedSpool()
        asked = pool.submit(spool.fetch_range, "a", 0, 10)
        told = spool.next_ask(0, patience_s=20)
        spool.answer(told.ask.number, UNREAD, b"")
        with pytest.raises(DamagedError):
            asked.result()


def test_more_than_was_asked_for_is_no_answer():
    with ThreadPoolExecutor(1) as pool:
        spool = AskedSpool()
        asked = pool.submit(spool.fetch_range, "a", 0, 10)
        told = spool.next_ask(0, patience_s=20)
        spool.answer(told.ask.number, FOUND, bytes(11))
        with pytest.raises(DamagedError):
            asked.result()


def test_a_lane_that_lost_its_ask_is_given_it_again_and_the_first_answer_counts():
    with ThreadPoolExecutor(1) as pool:
        spool = AskedSpool()
        asked = pool.submit(spool.fetch_range, "a", 0, 10)
        first = spool.next_ask(3, patience_s=20)
        assert spool.next_ask(3, patience_s=20) == first
        spool.answer(first.ask.number, FOUND, b"first")
        assert asked.result() == b"first"
        spool.answer(first.ask.number, FOUND, b"second")  # it was on its way twice
        assert spool.next_ask(3, patience_s=0).ask is None


def test_nobody_waits_for_ever():
    spool = AskedSpool(silence_s=0.01)
    with pytest.raises(UnreachableError):
        spool.fetch_range("a", 0, 10)
    with ThreadPoolExecutor(1) as pool:  # it took the ask home, and never came back
        spool = AskedSpool(silence_s=0.05)
        asked = pool.submit(spool.fetch_range, "a", 0, 10)
        assert spool.next_ask(0, patience_s=20).ask is not None
        with pytest.raises(UnreachableError):
            asked.result()


def test_who_comes_again_and_again_and_brings_nothing_is_not_waited_for():
    """Empty hands, bytes of what nobody asked for, and answers to it: none of that is a word."""
    with ThreadPoolExecutor(1) as pool:
        spool = AskedSpool(silence_s=0.2)
        asked = pool.submit(spool.fetch_range, "a", 0, 10)
        polls = 0
        while not asked.done() and polls < 3000:
            spool.next_ask(polls % 4, patience_s=0)
            spool.heard(77, 10)
            spool.answer(78, FOUND, b"junk")
            polls += 1
            wait([asked], timeout=0.005)
        assert polls < 3000
        with pytest.raises(UnreachableError):
            asked.result(timeout=0)


def test_bytes_are_waited_for_as_long_as_they_are_worth():
    now = [0.0]
    spool = AskedSpool(clock=lambda: now[0])
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(spool.fetch_range, "a", 0, MOST)
        number = spool.next_ask(0, patience_s=20).ask.number
        for _ in range(20):  # 1 KiB a second, by each of four lanes
            now[0] += 9
            spool.heard(number, 9 << 10)
        spool.answer(number, FOUND, b"end")
        assert asked.result() == b"end"
        asked = pool.submit(spool.fetch_range, "a", 0, MOST)
        number = spool.next_ask(0, patience_s=20).ask.number
        spool.heard(number, 1)
        now[0] += 9
        spool.heard(number, 1)
        now[0] += 9
        spool.heard(number, 1)
        with pytest.raises(UnreachableError):
            asked.result()


def test_who_was_long_silent_while_nothing_was_asked_is_waited_for_all_the_same():
    now = [0.0]
    with ThreadPoolExecutor(1) as pool:
        spool = AskedSpool(clock=lambda: now[0])
        spool.heard(1, 1)
        now[0] = 500.0
        asked = pool.submit(spool.fetch_range, "a", 0, 10)
        told = spool.next_ask(0, patience_s=20)
        spool.answer(told.ask.number, FOUND, b"here")
        assert asked.result() == b"here"


def test_at_the_end_everybody_who_waits_is_told():
    with ThreadPoolExecutor(2) as pool:
        spool = AskedSpool()
        waits = pool.submit(spool.next_ask, 0, patience_s=60)
        spool.end(over(7, 8))
        assert waits.result() == over(7, 8)
        spool.close()
        assert spool.next_ask(1, patience_s=60) == over(7, 8)
        with pytest.raises(UnreachableError):
            spool.fetch_range("a", 0, 1)


def test_who_looks_at_what_comes_may_have_had_enough():
    class EnoughError(Exception):
        pass

    def check(length: int) -> None:
        if length > 5:
            raise EnoughError

    with Bringer(spool := AskedSpool(check=check), {"a": CONTENT}):
        assert spool.fetch_range("a", 0, 5) == CONTENT[:5]
        with pytest.raises(EnoughError):
            spool.fetch_range("a", 0, 6)
