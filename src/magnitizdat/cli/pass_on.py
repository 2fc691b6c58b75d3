"""Give: the program itself, for places where nobody can install anything; and the page for those who start none."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from magnitizdat.cli import face
from magnitizdat.errors import EXIT_SOURCE, UsageError
from magnitizdat.model import fields
from magnitizdat.sentence import Sentence, listed, say, size_words

if TYPE_CHECKING:
    from magnitizdat.pages.page_leaflet import PassedFile

PANEL = "Give"


def register(app: typer.Typer) -> None:
    """Put the verbs of this group on the command line."""
    app.command("pass-on", rich_help_panel=PANEL)(pass_on)


def pass_on(
    destination: Annotated[str, typer.Argument(metavar="DEST | check", help="A folder on a stick of its own.")],
    file: Annotated[
        Path | None,
        typer.Argument(metavar="[FILE]", help="With check: the program, the page, or a stick that it lies on."),
    ] = None,
    build: Annotated[
        list[Path] | None,
        typer.Option("--build", metavar="FILE", help="Another build to pass on; may be repeated."),
    ] = None,
    pocket: Annotated[
        bool,
        typer.Option("--pocket", help="No program: only Library.html, the page that opens a reel in any browser."),
    ] = False,
) -> int:
    """Copy this program, and the page for browsers, onto a stick of its own; or look at what you were given."""
    if destination == "check":
        if file is None or build or pocket:
            raise UsageError(say("name the file to look at: mag pass-on check FILE; a folder called check is ./check"))
        return _check(file)
    if file is not None:
        raise UsageError(say("only one folder can be named; `mag pass-on check FILE` looks at a program"))
    if pocket and build:
        raise UsageError(say("--pocket writes no program; leave --build out, or --pocket"))
    return _page(Path(destination)) if pocket else _copy(Path(destination), build or [])


def _page(destination: Path) -> int:
    from magnitizdat.ops.give.page_placing import place_page

    out = face.current
    _own_stick(
        destination,
        question=say("This stick holds {beside}; the page beside it shows what that is, and what opens it. Go on?"),
        otherwise=say("this stick holds music, and the page would show what opens it; take another, or say --yes"),
        refusal=say("nothing was written; take a stick of its own for the page, or send it another way"),
    )
    with out.progress() as progress:
        report = place_page(destination, out.disk(), progress=progress)
    return out.end(report.outcome(), {**fields(report), "page": _said(report.page)})


def _own_stick(destination: Path, *, question: Sentence, otherwise: Sentence, refusal: Sentence) -> None:
    """Ask before anything comes to lie beside music that names what that is for. Raises: UsageError(`refusal`)."""
    from magnitizdat.ops.places.sources import cargo_beside

    beside = cargo_beside(destination)
    if beside and not face.current.confirm(question.filled(beside=listed(beside, " and ")), otherwise=otherwise):
        raise UsageError(refusal)


def _copy(destination: Path, given: list[Path]) -> int:
    from magnitizdat.ops.give import builds, pass_on

    out = face.current
    at_hand = builds.at_hand(given)
    if at_hand:
        _own_stick(
            destination,
            question=say("This stick holds {beside}; the program beside it names what that is for. Go on?"),
            otherwise=say(
                "this stick holds music, and the program would name what that is for; take another, or say --yes"
            ),
            refusal=say("nothing was written; take a stick of its own for the program"),
        )
    with out.progress() as progress:
        report = pass_on.pass_on(at_hand, destination, out.disk(), progress=progress)
    said = {"builds": [_said(each) for each in report.builds], "page": _said(report.page)}
    out.document({**fields(report), **said})
    lying: list[PassedFile] = [*report.builds, report.page]
    for each in lying:
        length = size_words(each.length)
        if each.already:
            out.say("{name}: {length}, was there already, read back. Its fingerprint:", name=each.name, length=length)
        else:
            out.say("{name}: {length}, copied, read back. Its fingerprint:", name=each.name, length=length)
        out.show(f"  {each.sha256}")
    for name in report.unlisted:
        out.warn(
            say(
                "{name} lies there too; it is not one of the builds at hand, and the leaflet does not speak of it",
                name=name,
            )
        )
    out.say(
        "The leaflet is {leaflet} and, as plain text, {texts}. Safe to pull.",
        leaflet=report.leaflet[-1],
        texts=listed(report.leaflet[:-1]),
    )
    out.say("Read the fingerprint to whoever takes the stick, or print the card; on the stick alone it proves nothing.")
    return 0


def _said(copied: PassedFile) -> dict[str, object]:
    from magnitizdat.pages.leaflet_lines import grouped

    return {**fields(copied), "groups": grouped(copied.sha256).split()}


def _check(file: Path) -> int:
    from magnitizdat.ops.give.looking import file_at, look_at
    from magnitizdat.pages.leaflet_lines import grouped

    out, file = face.current, file_at(file)
    with out.progress() as progress:
        found = look_at(file, progress=progress)
    out.document({**fields(found), "groups": grouped(found.sha256).split()})
    out.say("{name}: {length}. Its fingerprint, to read aloud:", name=file.name, length=size_words(found.length))
    out.show("\n".join(f"  {line}" for line in grouped(found.sha256).split("\n")))
    out.say(found.sentence)
    return 0 if found.verdict == "same" else EXIT_SOURCE
