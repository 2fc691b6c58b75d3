"""The table of budgets: `docs/budgets.md` says the same, and amounts are counted as it says."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magnitizdat.formats import budgets
from magnitizdat.formats.budgets import Budget, OverBudgetError

PAGE = (Path(__file__).parents[2] / "docs" / "budgets.md").read_text(encoding="utf-8")
SIZES = ((1 << 20, "MiB"), (1 << 10, "KiB"))


def amount(budget: Budget) -> str:
    """`8 MiB`, `4 096`, `2^18`, `60 s`."""
    grouped = f"{budget.most:,}".replace(",", " ")
    if budget.unit == "bytes":
        found = next((f"{budget.most // size} {name}" for size, name in SIZES if budget.most % size == 0), None)
        return found or f"{grouped} bytes"
    return {"seconds": f"{grouped} s", "powers of two": f"2^{budget.most}"}.get(budget.unit, grouped)


def more(budget: Budget) -> str:
    return f"1 for each {budget.per} bytes" if budget.per > 1 else ("as many" if budget.per else "")


def line(budget: Budget) -> str:
    return f"| {budget.of} | {amount(budget)} | {more(budget)} | {budget.sentence} |"


def test_the_page_is_the_table():
    shown = [each for each in PAGE.splitlines() if each.startswith("| ")][1:]
    assert shown == [line(budget) for budget in budgets.TABLE.values()]


@given(most=st.integers(0, 1000), per=st.integers(0, 100), length=st.integers(0, 10_000), over=st.integers(1, 10))
def test_a_budget_takes_what_is_allowed_and_no_more(most, per, length, over):
    budget = Budget("of it", most, "items", budgets.NAME.sentence, per=per)
    allowed = most + (length // per if per else 0)
    budget.check(allowed, length)
    with pytest.raises(OverBudgetError) as caught:
        budget.check(allowed + over, length)
    assert caught.value.sentence == budget.sentence
