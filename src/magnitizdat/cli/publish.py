"""Publish: sign releases."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from msgspec import structs

from magnitizdat.cli import face, signing
from magnitizdat.errors import EXIT_PARTLY, MagError, UsageError
from magnitizdat.model import Outcome, Shortfall, fields
from magnitizdat.sentence import say

if TYPE_CHECKING:
    from magnitizdat.library.index.views import LabelView
    from magnitizdat.library.library import Library
    from magnitizdat.ops.give.cargo import Cargo
    from magnitizdat.ops.give.open_spool import OpenReport

PANEL = "Publish"


def register(app: typer.Typer) -> None:
    """Put the verb on the command line."""
    app.command("publish", rich_help_panel=PANEL)(publish)


def publish(
    releases: Annotated[list[str] | None, typer.Argument(metavar="RELEASE…", help="Albums to sign.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Every album that is in no label yet.")] = False,
    again: Annotated[bool, typer.Option("--edited", help="Every album that was edited since it was signed.")] = False,
    label: signing.As = "",
    draft: Annotated[
        Path | None, typer.Option("--draft", metavar="DIR", help="Write a commented release.toml there.")
    ] = None,
    source: Annotated[
        Path | None, typer.Option("--from", metavar="DIR", help="Use release.toml and notes.en.md … of this folder.")
    ] = None,
    to: Annotated[
        str, typer.Option("--to", metavar="SPOOL", help="Then write it openly there: a folder, s3://….")
    ] = "",
    check: Annotated[
        bool, typer.Option("--check", help="With --to: compare what lies there, and write nothing.")
    ] = False,
    mend: Annotated[
        bool, typer.Option("--mend", help="With --to: compare what lies there, and write again what is lacking.")
    ] = False,
    withdraw: Annotated[bool, typer.Option("--withdraw", help="Mark as withdrawn; older copies keep playing.")] = False,
    reason: Annotated[str, typer.Option(help="Why it is withdrawn.")] = "",
    only_copy: signing.OnlyCopy = False,
    no_small: Annotated[
        bool, typer.Option("--no-small", help="Make no small versions (Opus 128) for reels that are short of space.")
    ] = False,
) -> int:
    """Sign albums in a label; corrected ones follow under the same name. With --to alone: that is updated."""
    from magnitizdat.ops.albums.edit import own_album
    from magnitizdat.ops.labels.one_label import label_for
    from magnitizdat.ops.labels.publish import publish as publish_op
    from magnitizdat.ops.labels.release_toml import write_draft

    out = face.current
    names = releases or []
    if (check or mend) and (not to or names or every or again):
        raise UsageError(say("--check and --mend need --to and nothing to sign; name the place alone"))
    if [bool(names), every, again].count(True) != 1 and not (to and not names and not (every and again)):
        raise UsageError(
            say("name the albums to publish, or say --all for those in no label yet, --edited for corrected ones")
        )
    with out.library() as library:
        now = datetime.now(UTC)
        if check:
            return _check_spool(library, label_for(library, names, label), to, now)
        if every or again:
            names = _to_sign(library, label, again=again)
            if not may_sign_all(library, names, again=again):
                return 0
        if draft is not None:
            path = write_draft(own_album(library, names[0])[1], draft, disk=out.disk())
            out.document({"draft": str(path)})
            out.say(
                "{path} is written: fill it in, put notes.en.md beside it, then `mag publish … --from {draft}`.",
                path=path,
                draft=draft,
            )
            return 0
        view = label_for(library, names, label)
        if not withdraw and not (may_sign_halves(library, names) and may_sign_second(library, names, view)):
            return 0
        with out.progress() as progress:
            report = publish_op(
                library,
                names,
                view,
                now=now,
                draft=source,
                withdraw=withdraw,
                reason=reason,
                only_copy=only_copy,
                small=not no_small,
                cut_off=True,
                second=not withdraw,
                progress=progress,
            )
        outcome, document = report.outcome(), fields(report)
        if to:
            outcome, document["spool"] = _with_spool(
                library, view, to, now, outcome, has_news=bool(report.releases), mend=mend
            )
    return out.end(outcome, document)


def _to_sign(library: Library, label: str, *, again: bool) -> list[str]:
    """Ids of albums that are in no label, or of those that were edited since theirs signed them."""
    from magnitizdat.ops.give.desk import unsigned
    from magnitizdat.ops.labels.editions import edited
    from magnitizdat.ops.labels.labels import signing_label

    if not again:
        return unsigned(library)
    imprint = signing_label(library, label).imprint if label else ""
    return [each.id for each in edited(library) if imprint in {"", each.imprint}]


def may_sign_all(library: Library, names: list[str], *, again: bool) -> bool:
    """Whether somebody says yes to all of these at once, or there are none."""
    titles = ", ".join(view.title for view in library.shelf.albums_among(names))
    option = "--edited" if again else "--all"
    otherwise = say("{option} asks once; repeat it with --yes", option=option)
    return not names or face.current.confirm(say("Sign {titles}?", titles=titles), otherwise=otherwise)


def may_sign_second(library: Library, names: list[str], label: LabelView) -> bool:
    """Whether no other label has signed one of these, or somebody wants both to."""
    from magnitizdat.ops.labels.one_label import in_another, second_question, second_refusal

    found = in_another(library, names, label)
    return not found or face.current.confirm(second_question(found, label), otherwise=second_refusal(found, label))


def may_sign_halves(library: Library, names: list[str]) -> bool:
    """Whether there are none, or somebody wants them signed as they are."""
    from magnitizdat.ops.albums.edit import own_album
    from magnitizdat.ops.intake.halves import half_question, half_refusal, halves

    found = [half for name in names for half in halves(own_album(library, name)[1])]
    return not found or face.current.confirm(half_question(found), otherwise=half_refusal(found))


def _check_spool(library: Library, view: LabelView, to: str, now: datetime) -> int:
    from magnitizdat.ops.give.checked import check_open
    from magnitizdat.ops.places.targets import open_target

    out = face.current
    report = check_open(_cargo(library, view, now), open_target(to, disk=out.disk()))
    return out.end(report.outcome(), fields(report))


def _with_spool(
    library: Library, view: LabelView, to: str, now: datetime, outcome: Outcome, *, has_news: bool, mend: bool
) -> tuple[Outcome, dict[str, Any] | None]:
    """What is signed is signed, whatever becomes of the spool."""
    try:
        opened = _write_spool(library, view, to, now, mend=mend)
    except MagError as exc:
        if not has_news:
            raise
        failed = Shortfall(what=to, reason=exc.sentence)
        return structs.replace(outcome, missing=(*outcome.missing, failed), exit_code=EXIT_PARTLY), None
    return structs.replace(outcome, lines=(*outcome.lines, *opened.told(to, mended=mend))), fields(opened)


def _write_spool(library: Library, view: LabelView, to: str, now: datetime, *, mend: bool) -> OpenReport:
    from magnitizdat.ops.give.open_spool import write_open
    from magnitizdat.ops.places.targets import listed, open_target

    out = face.current
    target = open_target(to, disk=out.disk())
    with out.progress() as progress:
        cargo = _cargo(library, view, now)
        return write_open(library, cargo, listed(target) if mend else target, progress=progress)


def _cargo(library: Library, view: LabelView, now: datetime) -> Cargo:
    from magnitizdat.ops.give.gathering import gather

    return gather(library, now=now, labels=[view], quality="both", along="own")
