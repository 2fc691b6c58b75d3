"""What every test may lean on. The suite runs offline; programs from Debian packages are optional outside CI."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("default", deadline=None, max_examples=60)
settings.load_profile("default")


def missing(reason: str) -> None:
    """Skip, or fail where everything must be there (`MAG_REQUIRE=1`, as in CI)."""
    if os.environ.get("MAG_REQUIRE") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture
def require_program():
    """A function that returns the path of a program, or skips with that reason."""

    def require(name: str) -> str:
        found = shutil.which(name)
        if found is None:
            missing(f"{name} is not installed")
        return found or ""

    return require


@pytest.fixture(scope="session")
def vectors_dir() -> Path:
    """The folder of outside test vectors: `MAG_VECTORS`, or `../shared/vectors` beside the checkout."""
    found = Path(os.environ.get("MAG_VECTORS") or Path(__file__).parents[2] / "shared" / "vectors")
    if not found.is_dir():
        missing(f"no test vectors at {found.name}: set MAG_VECTORS")
    return found
