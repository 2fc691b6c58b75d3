"""A library, and a folder of music beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fakes_library import make_library


@pytest.fixture
def library(tmp_path):
    with make_library(tmp_path / "library") as made:
        yield made


@pytest.fixture
def music(tmp_path) -> Path:
    folder = tmp_path / "Music"
    folder.mkdir()
    return folder
