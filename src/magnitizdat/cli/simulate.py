"""More: how far albums come in a city, carried by what decides `mag reel cut --plan city`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from magnitizdat.cli import face
from magnitizdat.courier.city import CitySettings
from magnitizdat.model import fields
from magnitizdat.sentence import Voice, say

PANEL = "More"
USUAL = CitySettings()


def register(app: typer.Typer) -> None:
    """Put the verb on the command line."""
    app.command(rich_help_panel=PANEL)(simulate)


def simulate(
    people: Annotated[int, typer.Option(metavar="N", min=2, max=50_000, help="How many, in all.")] = USUAL.people,
    couriers: Annotated[int, typer.Option(metavar="N", min=2, max=2_000, help="Who carry.")] = USUAL.couriers,
    weeks: Annotated[int, typer.Option(metavar="N", min=3, max=52, help="For how long.")] = USUAL.weeks,
    stick: Annotated[
        int, typer.Option(metavar="N", min=1, max=1_000, help="Albums that a stick has room for.")
    ] = USUAL.stick,
    meetings: Annotated[
        int, typer.Option(metavar="N", min=1, max=14, help="Others whom a courier goes to see in a week.")
    ] = USUAL.meetings,
    stash: Annotated[
        bool, typer.Option("--stash/--no-stash", help="Whether couriers keep at home what they were given.")
    ] = USUAL.stash,
    seed: Annotated[int, typer.Option(metavar="N", min=0, help="Another number is another city.")] = USUAL.seed,
    page: Annotated[
        Path | None,
        typer.Option(
            "--report", metavar="FILE", help="A page with the numbers as pictures, to be opened in a browser."
        ),
    ] = None,
) -> int:
    """How far albums come in a city of couriers: by the plan of `mag reel cut --plan city`, and by other ways."""
    from magnitizdat.courier.simulate import WAYS
    from magnitizdat.courier.simulate import simulate as simulate_op
    from magnitizdat.pages.city import city_page

    out = face.current
    out.require_place(page)
    settings = CitySettings(
        people=people, couriers=couriers, weeks=weeks, stick=stick, meetings=meetings, stash=stash, seed=seed
    )
    with out.progress() as progress:
        progress.start(say("Weeks of a city, in five ways"), len(WAYS), unit="files")
        report = simulate_op(settings, tell=lambda: progress.advance(1))
    if page is not None:
        out.disk().write_atomic(page, city_page(report, _voice(out)))
        out.say("The report is in {file}.", file=page)
    return out.end(report.outcome(), fields(report))


def _voice(out: face.Face) -> Voice:
    return Voice(out.language.code, out.language.translate, out.language.is_right_to_left)
