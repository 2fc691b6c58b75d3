"""Voices from sticks in any order, lost, repeated, said again and taken back: one shelf. A share of `bench.voices`."""

from __future__ import annotations

from tests.ops.voices.histories import reading, run


def test_one_shelf_in_whatever_order_sticks_come(tmp_path):
    with reading(tmp_path / "library") as reader:
        for seed in range(40):
            run(reader, seed)
