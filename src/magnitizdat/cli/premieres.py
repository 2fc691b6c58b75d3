"""Premieres: an album that lies closed everywhere until friends of its author open it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from magnitizdat.cli import face, signing, words
from magnitizdat.cli.help import Grouped
from magnitizdat.cli.publish import may_sign_halves
from magnitizdat.errors import MagError, SourceError, UsageError
from magnitizdat.model import fields
from magnitizdat.sentence import Sentence, Voice, say

if TYPE_CHECKING:
    from magnitizdat.cli.face import Face
    from magnitizdat.ops.premieres.making import PremiereReport
    from magnitizdat.ops.premieres.opening import GivenShare, OpenedReport

PANEL = "Publish"

premiere = typer.Typer(
    cls=Grouped,
    help="An album that lies closed in every library until friends of its author open it.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


def register(app: typer.Typer) -> None:
    """Put the verbs on the command line."""
    app.add_typer(premiere, name="premiere", rich_help_panel=PANEL)


@premiere.command("list")
def list_premieres() -> int:
    """Closed albums here: when they open, how many shares open them, and which are open."""
    from magnitizdat.ops.premieres.withheld import premieres

    out = face.current
    with out.library() as library:
        found = premieres(library)
    out.document({"premieres": [fields(each) for each in found]})
    if not found:
        out.say("No premiere is here. They come with a dub, of labels that make one.")
        return 0
    rows = [
        [
            each.id[:8],
            each.artist,
            each.title or "—",
            each.label,
            each.opens,
            out.spoken(say("{need} of {of}", need=each.need, of=each.of)),
            out.spoken(_state(opened=each.opened, here=each.here)),
        ]
        for each in found
    ]
    headings = [say("ID"), say("ARTIST"), say("ALBUM"), say("FROM"), say("OPENS"), say("SHARES"), say("STATE")]
    out.table(headings, rows)
    return 0


def _state(*, opened: bool, here: bool) -> Sentence:
    if opened:
        return say("open")
    return say("closed") if here else say("closed; its file is not whole here")


@premiere.command("make")
def make_premiere(
    album: Annotated[str, typer.Argument(metavar="ALBUM", help="An album of yours that nobody signed: title or id.")],
    opens: Annotated[str, typer.Option("--opens", metavar="DATE", help="When it shall be opened: 2026-12-24.")],
    need: Annotated[int, typer.Option("--need", metavar="K", help="So many shares open it.")],
    holder: Annotated[
        list[str], typer.Option("--holder", metavar="NAME", help="Who gets a share: a friend, or anybody; repeat it.")
    ],
    untitled: Annotated[bool, typer.Option("--untitled", help="Tell neither its title nor its artist.")] = False,
    label: signing.As = "",
    paper: Annotated[
        Path | None, typer.Option("--paper", metavar="FILE", help="Write a page there with the shares, to be cut up.")
    ] = None,
    no_letters: Annotated[
        bool, typer.Option("--no-letters", help="Send no share in a letter; friends get one otherwise.")
    ] = False,
    only_copy: signing.OnlyCopy = False,
    no_small: Annotated[bool, typer.Option("--no-small", help="Make no small versions (Opus 128).")] = False,
) -> int:
    """Close an album until friends open it: its label lists it, everybody may carry it, and enough shares open it."""
    from magnitizdat.ops.labels.labels import signing_label
    from magnitizdat.ops.premieres.making import PremiereWish, make

    out = face.current
    out.require_new(paper)
    _require_reader(out, paper)
    wish = PremiereWish(opens=_day(opens), need=need, holders=tuple(holder), untitled=untitled, letters=not no_letters)
    voice = Voice(out.language.code, out.language.translate, out.language.is_right_to_left)
    with out.library() as library:
        view = signing_label(library, label)
        if not may_sign_halves(library, [album]):
            return 0
        with ExitStack() as bar, _warned(out) as shown:
            progress = bar.enter_context(out.progress())

            def give_out(report: PremiereReport) -> None:
                bar.close()
                shown.append(report)
                _give_out(out, report, paper, voice)

            report = make(
                library,
                album,
                view,
                wish,
                now=datetime.now(UTC),
                small=not no_small,
                cut_off=True,
                only_copy=only_copy,
                voice=voice,
                progress=progress,
                give_out=give_out,
            )
    out.tell(report.outcome())
    if paper is not None:
        out.say("The page is {paper}: whoever has that file has the album. Remove it when it is printed.", paper=paper)
    return report.outcome().exit_code


@premiere.command("drop")
def drop_premiere(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Your closed album: title, id, or its label's name.")],
    only_copy: signing.OnlyCopy = False,
) -> int:
    """Make a closed album of yours an ordinary one again, as where its shares are lost; copies stay closed."""
    from magnitizdat.ops.premieres.dropping import drop

    out = face.current
    with out.library() as library:
        report = drop(library, name, now=datetime.now(UTC), only_copy=only_copy)
    return out.end(report.outcome(), fields(report))


def _require_reader(out: Face, paper: Path | None) -> None:
    """Raises: UsageError where it is known before long work that nobody would see the shares."""
    if paper is not None and not paper.absolute().parent.is_dir():
        raise UsageError(say("{folder} is no folder; make it first, or name another file", folder=paper.parent))
    if out.settings.quiet and paper is None and not out.settings.as_json:
        raise UsageError(say("--quiet shows no shares, and they are kept nowhere; name a page for them with --paper"))


def _give_out(out: Face, report: PremiereReport, paper: Path | None, voice: Voice) -> None:
    """Show the shares, and write their page. Raises: TargetError, NoSpaceError where they reached nobody."""
    from magnitizdat.ops.premieres.paper import write_shares

    with out.reaching():
        out.report(report.outcome(), fields(report))
        out.tell(report.given_out())
    if paper is not None:
        write_shares(paper, report, disk=out.disk(private=True), voice=voice)


@contextmanager
def _warned(out: Face) -> Iterator[list[PremiereReport]]:
    """Shares that were shown, in here: whoever has them is told where nothing may have come of them."""
    shown: list[PremiereReport] = []
    try:
        yield shown
    except (MagError, KeyboardInterrupt):
        if shown:
            out.warn(say("shares that were shown open nothing, unless `mag premiere list` has the album; look there"))
        raise


def _day(text: str) -> date:
    """Raises: UsageError."""
    try:
        return date.fromisoformat(text)
    except ValueError as exc:
        raise UsageError(say("«{text}» is no day; write it as 2026-12-24", text=text)) from exc


@premiere.command("open")
def open_closed(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The album: title, id, or its label's name.")],
    more: Annotated[list[Path] | None, typer.Argument(metavar="[FILE…]", help="More shares.")] = None,
    share: Annotated[
        list[Path] | None,
        typer.Option("--share", metavar="FILE", help="A share: its words or a photo of its code; may be repeated."),
    ] = None,
    asks_words: Annotated[bool, typer.Option("--words", help="Be asked for its twelve words instead.")] = False,
    words_file: words.InFile = None,
    as_: Annotated[
        str,
        typer.Option("--as", metavar="LABEL", help="Your label that says the words too: whoever dubs it has it open."),
    ] = "",
    only_copy: signing.OnlyCopy = False,
) -> int:
    """Open a closed album in place, by shares of its words or by its words, and see the words."""
    from magnitizdat.ops.premieres.given import given_shares
    from magnitizdat.ops.premieres.opening import open_premiere

    out = face.current
    files = [*(share or ()), *(more or ())]
    if files and (asks_words or words_file):
        raise UsageError(say("give shares or the words, not both"))
    spoken = words.given("", words_file)
    if asks_words and not spoken:
        spoken = out.ask_line(say("The twelve words of «{name}»", name=name))
    given = given_shares(files)
    with out.library() as library, out.progress() as progress:

        def opened() -> OpenedReport:
            return open_premiere(
                library,
                name,
                shares=given,
                words=spoken,
                as_=as_,
                now=datetime.now(UTC),
                only_copy=only_copy,
                progress=progress,
            )

        report = opened()
        while report.lacking and out.may_ask and _ask_for_share(given, report.lacking):
            report = opened()
    out.tell(report.outcome())
    out.document({**fields(report.outcome()), **fields(report)})
    return report.outcome().exit_code


def _ask_for_share(given: list[GivenShare], lacking: int) -> bool:
    """Another one, as it is typed; none where the line is empty."""
    from magnitizdat.ops.premieres.given import shares_in

    out = face.current
    line = out.ask_line(say("The 20 words of another share ({n} needed)", n=lacking))
    if not line:
        return False
    try:
        given += shares_in(out.spoken(say("what was typed")), line.encode())
    except SourceError as exc:
        out.warn(exc.sentence)
    return True
