"""Work ahead: in order, never too much of it, and none that nobody takes."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor

from hypothesis import given
from hypothesis import strategies as st

from magnitizdat.lookahead import ahead


class Unhurried:
    """An executor that does nothing before somebody asks."""

    def __init__(self) -> None:
        self.begun: list[Future[int]] = []

    def submit(self, make, item):
        future: Future[int] = Future()
        future.item = item
        self.begun.append(future)
        return future


@given(items=st.lists(st.integers()), most=st.integers(1, 5), workers=st.integers(1, 3))
def test_all_come_in_order(items, most, workers):
    with ThreadPoolExecutor(workers) as pool:
        found = [(item, future.result()) for item, future in ahead(pool, lambda item: item * 2, items, most=most)]
    assert found == [(item, item * 2) for item in items]


@given(count=st.integers(0, 20), most=st.integers(1, 5), taken=st.integers(0, 20))
def test_no_more_exist_than_that_and_what_nobody_takes_is_cancelled(count, most, taken):
    pool, asked = Unhurried(), []

    def items():
        for item in range(count):
            asked.append(item)
            yield item

    made = ahead(pool, int, items(), most=most)
    for number, (item, future) in enumerate(made):
        assert (item, future) == (number, pool.begun[number])
        assert len(asked) == len(pool.begun) == min(count, number + most)  # the one in hand is one of them
        if number == taken:
            break
        future.set_result(item)
    made.close()
    assert [each.cancelled() for each in pool.begun] == [number >= taken for number in range(len(pool.begun))]


def test_a_failure_is_raised_by_its_future_and_the_next_one_comes():
    def make(item):
        return 1 // item

    with ThreadPoolExecutor(2) as pool:
        found = [future.exception() is None for _, future in ahead(pool, make, [1, 0, 2], most=2)]
    assert found == [True, False, True]
