"""One pool for all tests: starting a worker takes a fifth of a second."""

from __future__ import annotations

import pytest

from magnitizdat.workers.pool import ParserPool


@pytest.fixture(scope="session")
def pool():
    with ParserPool(workers=2, seconds=20) as opened:
        yield opened
