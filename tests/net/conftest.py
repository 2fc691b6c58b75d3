"""Networks for tests: laptops that meet."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.net.meeting import Meeting, meeting


@pytest.fixture
def met(tmp_path) -> Iterator[Meeting]:
    """A room; laptops come into it by `met.laptop(name)`."""
    with meeting(tmp_path) as those:
        yield those
