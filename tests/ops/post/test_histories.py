"""Some histories of letters on every run; `python -m bench.letters` tries 10 000."""

from __future__ import annotations

import pytest

from tests.ops.post.histories import run


@pytest.mark.parametrize("seed", range(12))
def test_the_inbox_shows_what_is_true(tmp_path, seed):
    run(tmp_path, seed)
