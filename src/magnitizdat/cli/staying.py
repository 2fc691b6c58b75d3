"""How a person lets out what they first heard of through a club."""

from __future__ import annotations

from typing import Annotated

import typer

WithClub = Annotated[bool, typer.Option("--with-club", help="Also what you first met through a club.")]
"""For `ops.clubs.staying.gate`."""
