"""Some histories of broken dubs on every run; `python -m bench.broken_dubs` tries 2 000."""

from __future__ import annotations

import pytest

from tests.net.broken_dubs import history, offer


@pytest.fixture(scope="module")
def offered(tmp_path_factory):
    return offer(tmp_path_factory.mktemp("offered"))


@pytest.mark.parametrize("seed", range(6))
def test_broken_off_anywhere_nothing_committed_is_lost_and_little_is_sent_twice(tmp_path, offered, seed):
    history(tmp_path, offered, seed)
