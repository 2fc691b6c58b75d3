"""The published schemas are those of the source."""

from __future__ import annotations

from pathlib import Path

from magnitizdat.scene.schemas import schemas


def test_the_published_schemas_are_current():
    folder = Path(__file__).parents[2] / "docs" / "schema"
    published = {path.name: path.read_bytes() for path in folder.glob("*.json")}
    assert published == schemas(), "run: python docs/schema/make.py"
