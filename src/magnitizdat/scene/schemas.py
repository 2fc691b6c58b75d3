"""The published schemas of all that is written in JSON: what labels sign, and what letters say. PURE."""

from __future__ import annotations

from typing import Any

import msgspec

from magnitizdat.catalogue import documents
from magnitizdat.scene.club_news import ClubNews
from magnitizdat.scene.letters import Letter
from magnitizdat.scene.slips import ReelSlip


def forms() -> dict[str, type]:
    """File name of the schema to what it is of."""
    return {**documents.forms(), "letter.json": Letter, "club-news.json": ClubNews, "slip.json": ReelSlip}


def schemas() -> dict[str, bytes]:
    """File name to content of everything in `docs/schema/`."""
    return {name: _written(documents.schema(form)) for name, form in forms().items()}


def _written(schema: dict[str, Any]) -> bytes:
    return msgspec.json.format(msgspec.json.encode(schema, order="sorted"), indent=2) + b"\n"
