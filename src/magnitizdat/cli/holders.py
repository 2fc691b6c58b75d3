"""Who carries a label on: holders' cards, appointing, signing a next root, handing over."""

from __future__ import annotations

import shlex
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from msgspec import structs

from magnitizdat.cli import face, signing, words
from magnitizdat.errors import MagError, UsageError, partly
from magnitizdat.model import Shortfall, fields
from magnitizdat.sentence import say

if TYPE_CHECKING:
    from magnitizdat.catalogue.holder_cards import HolderCard
    from magnitizdat.ops.labels.signing import ProposalReport

Label = Annotated[str, typer.Argument(help="The label: name, four words, or address.")]
Cards = Annotated[
    list[Path] | None,
    typer.Option("--holder", metavar="CARD", help="A holder's card, or a photo of its QR. Repeat it."),
]
Papers = Annotated[int, typer.Option("--paper", metavar="N", min=0, max=16, help="So many hold words on paper.")]
Out = Annotated[
    list[str] | None, typer.Option("--out", metavar="NAME", help="Who holds a key no longer: name, or how it begins.")
]
Need = Annotated[int, typer.Option("--need", metavar="K", min=0, max=16, help="So many must sign each next root.")]
To = Annotated[Path | None, typer.Option("--to", metavar="FILE", help="Write it there; .png or .svg is a QR.")]
Instead = Annotated[bool, typer.Option("--instead", help="The next root that you signed before is dead.")]


def register(labels: typer.Typer) -> None:
    """Put the verbs under `mag label`."""
    labels.command("holder-card")(holder_card)
    labels.command("holders")(holders)
    labels.command("sign")(sign)
    labels.command("hand-over")(hand_over)


def holder_card(
    name: Annotated[str, typer.Argument(help="The name that the label's people see.")], to: To = None
) -> int:
    """Make a root key that you hold for a label, and show its card: for whoever appoints the holders."""
    from magnitizdat.ops.labels.holders import holder_card as holder_card_op

    out = face.current
    out.require_new(to)
    with out.library() as library:
        card = holder_card_op(library, name, now=datetime.now(UTC))
    return show_card(card, to)


def show_card(card: HolderCard, to: Path | None) -> int:
    """A card to give away, in a file or as a QR."""
    from magnitizdat.ops.labels.holders import card_bytes

    out = face.current
    missing = _write(to, card_bytes(card), card_bytes(card).decode())
    out.document({**fields(card), **({"missing": fields(missing)} if missing else {})})
    out.show(f"{card.name}\n{card.key}")
    out.say("The key stays in this library. Read its beginning to each other: a card can be swapped on the way.")
    if to is None or missing:
        _show_qr(card_bytes(card).decode())
    else:
        out.say("It is in {to}.", to=to)
    out.missing(missing)
    return partly(missing)


def holders(
    label: Label,
    need: Need = 0,
    holder: Cards = None,
    paper: Papers = 0,
    me: Annotated[bool, typer.Option("--me", help="You hold one of the keys too; it is made here.")] = False,
    out_: Out = None,
    to: To = None,
    instead: Instead = False,
    only_copy: signing.OnlyCopy = False,
) -> int:
    """Say who carries a label on, or propose new holders: each next root then needs so many of them."""
    from magnitizdat.ops.labels.holders import appoint, newest_proposal, standing

    out = face.current
    if not (need or holder or paper or me or out_):
        out.require_new(to)
        with out.library() as library:
            if to is not None:
                return end(newest_proposal(library, label), to)
            found = standing(library, label)
        return out.end(found.outcome(), fields(found))
    out.require_new(to)
    require_seen(paper)
    question = say(
        "From then on each next root of «{label}» needs so many of its holders, for your own wishes too, and this"
        " library forgets a root key of its own. Go on?",
        label=label,
    )
    if not out.confirm(
        question, otherwise=say("nobody is there to be asked; repeat with --yes if that is what you want")
    ):
        out.say("Nothing was proposed.")
        return 0
    cards = cards_in(holder)
    with out.library() as library:
        report = appoint(
            library,
            label,
            need=need,
            cards=cards,
            papers=paper,
            with_me=me,
            out=out_ or (),
            now=datetime.now(UTC),
            instead=instead,
            only_copy=only_copy,
        )
    return end(report, to)


def sign(
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[FILE]…", help="Copies of a proposal, signatures, or photos of their QRs."),
    ] = None,
    words_file: words.InFile = None,
    on_the_line: words.OnTheLine = "",
    paper: Annotated[bool, typer.Option("--paper", help="Sign with 24 words on paper, which are asked for.")] = False,
    to: To = None,
    alone: Annotated[bool, typer.Option("--alone", help="Write your signature alone: a small QR.")] = False,
    instead: Instead = False,
    only_copy: signing.OnlyCopy = False,
) -> int:
    """Look at a proposed next root of a label, and sign it; when enough have, it is taken in here."""
    from magnitizdat.ops.clubs.officers import sign_root
    from magnitizdat.ops.labels.scanned import scanned
    from magnitizdat.ops.labels.signing import look

    out = face.current
    out.require_new(to)
    spoken = words.given(on_the_line, words_file) or (out.ask_line(say("The 24 words")) if paper else "")
    given = scanned(files or [])
    with out.library() as library:
        seen = look(library, given, now=datetime.now(UTC))
        if seen.can_sign or spoken:
            for line in (seen.outcome().headline, *seen.changes):
                out.say(line)
            if not out.confirm(
                say("Sign root version {version} of «{name}»?", version=seen.version, name=seen.label),
                otherwise=say("nobody is there to be asked; `mag label sign --yes` signs it"),
            ):
                out.say("Nothing was signed; `mag status` says that it waits.")
                return 0
        report = sign_root(
            library,
            given,
            words=[spoken] if spoken else (),
            now=datetime.now(UTC),
            instead=instead,
            only_copy=only_copy,
        )
    shown = len(seen.changes) if seen.can_sign or spoken else 0
    return end(report, to or _first_proposal(files or []), alone=alone, shown=shown)


def hand_over(
    label: Label,
    up_to: Annotated[
        int, typer.Option("--up-to", metavar="VERSION", min=0, help="The last list that the holders stand by.")
    ] = 0,
    holder: Cards = None,
    paper: Papers = 0,
    out_: Out = None,
    need: Need = 0,
    to: To = None,
    instead: Instead = False,
    only_copy: signing.OnlyCopy = False,
) -> int:
    """Propose that you sign a label from now on, being one of its holders; lost holders can be replaced along."""
    from magnitizdat.ops.labels.handing_over import hand_over as hand_over_op

    out = face.current
    out.require_new(to)
    require_seen(paper)
    cards = cards_in(holder)
    with out.library() as library:
        report = hand_over_op(
            library,
            label,
            up_to=up_to or None,
            cards=cards,
            papers=paper,
            out=out_ or (),
            need=need,
            now=datetime.now(UTC),
            instead=instead,
            only_copy=only_copy,
        )
    return end(report, to)


def require_seen(papers: int) -> None:
    """Words that nobody sees are a key that nobody has."""
    settings = face.current.settings
    if papers and settings.quiet and not settings.as_json:
        raise UsageError(say("the words of a paper are shown once, and --quiet hides them; leave it out"))


def cards_in(paths: list[Path] | None) -> list[HolderCard]:
    """Holders' cards out of files or photos."""
    from magnitizdat.ops.labels.holders import read_card
    from magnitizdat.ops.labels.scanned import scanned

    return [read_card(content) for content in scanned(paths or [])]


def _first_proposal(files: list[Path]) -> Path | None:
    """The merged proposal goes back where the first of its copies came from; a photo stays what it is."""
    return next((path for path in files if path.suffix == ".json"), None)


def end(report: ProposalReport, to: Path | None, *, alone: bool = False, shown: int = 0) -> int:
    """The papers first: they are shown once, whatever becomes of a file. So many lines were shown before."""
    out = face.current
    text = report.signature if alone and report.signature else report.text
    missing = _write(to, text.encode() if alone else report.proposal.encode(), text)
    for number, secret in enumerate(report.paper_words, 1):
        _show_paper(secret, report.label, number)
    outcome = report.outcome()
    out.document({**fields(report), **fields(outcome), "missing": fields(missing)})
    out.tell(structs.replace(outcome, lines=outcome.lines[shown:]))
    if to is not None and not missing:
        out.say("It is in {to}.", to=to)
    elif not report.complete:
        _show_qr(text)
    elif report.is_carried_back:
        out.say("`mag label holders {label} --to FILE` writes it.", label=shlex.quote(report.label))
    out.missing(missing)
    return partly(missing)


def _write(to: Path | None, content: bytes, text: str) -> tuple[Shortfall, ...]:
    """What was signed stands, whatever becomes of its file."""
    from magnitizdat.pages.qr import png_qr, svg_qr

    if to is None:
        return ()
    pictures = {".png": png_qr, ".svg": svg_qr}
    try:
        made = pictures[to.suffix](text) if to.suffix in pictures else content
        face.current.disk().write_atomic(to, made)
    except MagError as exc:
        return (Shortfall(what=str(to), reason=exc.sentence),)
    return ()


def _show_qr(text: str) -> None:
    from magnitizdat.pages.qr import fits, terminal_qr

    if fits(text) and not face.current.settings.as_json and not face.current.settings.quiet:
        face.current.show(terminal_qr(text))


def _show_paper(secret: str, name: str, number: int) -> None:
    out = face.current
    paper = secret.split()
    out.say()
    out.say(
        "Paper {number} of «{name}»: 24 words, shown once and kept nowhere. This computer saw them: somebody who was in"
        " it then has them too.",
        number=number,
        name=name,
    )
    for start in range(0, len(paper), 6):
        numbers = range(start, min(start + 6, len(paper)))
        out.show("  " + "  ".join(f"{each + 1:2d} {paper[each]}" for each in numbers))
    out.show("")
