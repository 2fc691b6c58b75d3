"""The published schemas of all that is written in JSON: what labels sign, and what letters say. PURE."""

from __future__ import annotations

from magnitizdat.catalogue import documents
from magnitizdat.scene.club_news import ClubNews
from magnitizdat.scene.letters import Letter
from magnitizdat.scene.slips import ReelSlip


def schemas() -> dict[str, bytes]:
    """File name to content of everything in `docs/schema/`."""
    return documents.schemas({"letter.json": Letter, "club-news.json": ClubNews, "slip.json": ReelSlip})
