"""Give: reels. Cutting needs the library; checking, mending and copying need no key at all."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from magnitizdat.cli import face
from magnitizdat.cli.face import parse_size
from magnitizdat.cli.help import Grouped
from magnitizdat.errors import EXIT_PARTLY, EXIT_SOURCE, EXIT_UNEXPECTED, EXIT_USAGE, MagError, SourceError
from magnitizdat.model import fields
from magnitizdat.sentence import framed, size_words

if TYPE_CHECKING:
    from magnitizdat.model import Shortfall
    from magnitizdat.ops.dub.holdings import Holdings
    from magnitizdat.ops.dub.offers import Offered
    from magnitizdat.ops.give.cut import ReelReport
    from magnitizdat.ops.give.open_spool import OpenReport
    from magnitizdat.reel.reports import CheckReport

PANEL = "Give"
reels = typer.Typer(
    cls=Grouped, help="Cut, check, mend, copy and list reels.", no_args_is_help=True, rich_markup_mode=None
)


def register(app: typer.Typer) -> None:
    """Put the verbs of this group on the command line."""
    app.add_typer(reels, name="reel", rich_help_panel=PANEL)


@reels.command("cut")
def cut(
    destination: Annotated[Path, typer.Argument(metavar="DEST", help="A folder on the stick.")],
    recipient: Annotated[
        list[str] | None, typer.Option("--for", metavar="FRIEND|age1…", help="Seal to this friend.")
    ] = None,
    is_open: Annotated[bool, typer.Option("--open", help="Not sealed: an open spool with pages for people.")] = False,
    label: Annotated[
        list[str] | None, typer.Option("--label", help="Only this label, and what --album names; may be repeated.")
    ] = None,
    album: Annotated[
        list[str] | None, typer.Option("--album", help="Only this album, and what --label names; may be repeated.")
    ] = None,
    size: Annotated[
        str, typer.Option(help="At most this much: as many of the first albums as fit, for example 14G.")
    ] = "",
    parity: Annotated[int, typer.Option(min=0, max=100, help="Percent of parity.")] = 10,
    quality: Annotated[
        str, typer.Option(metavar="small|full|both", help="Without it: full where that fits, else small.")
    ] = "",
) -> int:
    """Cut a reel: sealed to friends, to six words spoken at hand-over, or open. Without --label: all I hold."""
    from magnitizdat.ops.give.cut import ReelReport
    from magnitizdat.ops.give.fill import StickWish, fill

    out = face.current
    wish = StickWish(
        friends=tuple(recipient or ()),
        is_open=is_open,
        labels=tuple(label or ()),
        albums=tuple(album or ()),
        size=parse_size(size) if size else None,
        parity=parity,
        quality=face.parse_quality(quality),
    )
    with out.library() as library, out.progress() as progress:
        now, disk = datetime.now(UTC), out.disk()
        done = fill(library, destination, wish, now=now, disk=disk, tell=out.say, progress=progress)
    if isinstance(done.report, ReelReport):
        _say_cut(done.report)
    else:
        out.document({**_quality_json(done.report), "left_out": done.left_out})
        out.say(
            f"{done.report.files} files in {destination}. It is open: whoever finds it can play it, and see who signed."
        )
    return EXIT_PARTLY if done.left_out else 0


def _say_cut(report: ReelReport) -> None:
    out, done = face.current, report.cut
    out.document({**_quality_json(report), "words": report.words, "left_out": report.left_out})
    out.say(
        f"{done.segments} sealed files and {done.parity_files} of parity, {size_words(done.total_bytes)}, read back."
        " Safe to pull."
    )
    if report.words:
        out.say(f"Six words open it: {report.words}")
        out.say("Say them at hand-over; do not write them on the stick.")


def _quality_json(report: ReelReport | OpenReport) -> dict[str, Any]:
    named = {"quality": report.quality, "without_small": report.without_small, "only_small": report.only_small}
    return {**fields(report), **named}


@reels.command("check")
def check(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The reel's folder.")],
    words: Annotated[str, typer.Option("--words", help="The six words: then also which albums are whole.")] = "",
) -> int:
    """What of a reel is whole, damaged or missing, and whether it can be mended. Needs no key, changes nothing.

    For whom the reel is sealed, with the library unlocked, it also says which albums are whole.
    """
    from magnitizdat.reel.check import check as check_op

    out = face.current
    with out.progress() as progress:
        report = check_op(folder, progress=progress)
    _require_sealed(folder, report)
    missing = report.missing()
    states = ("whole", "damaged", "missing", "renamed")
    document = fields(report)
    document.update({state: report.count(state) for state in states})  # type: ignore[arg-type]
    document.update(
        complete=report.is_complete, valid=report.is_valid, mendable=report.is_mendable, missing_groups=missing
    )
    held = _holdings(folder, report, words)
    if held is not None:
        document["albums"] = [{**fields(each), "is_whole": each.is_whole} for each in held.albums]
        document["missing"] = fields(held.missing)
    out.document({**document, "sentences": report.sentences()})
    for sentence in [*report.sentences(), *(held.sentences() if held else [])]:
        out.say(sentence)
    if not report.groups:
        return EXIT_SOURCE
    return 0 if report.is_valid else EXIT_PARTLY


def _require_sealed(folder: Path, report: CheckReport) -> None:
    """Raises: SourceError for an open reel, which has nothing to check or mend it by."""
    from magnitizdat.ops.places.sources import holds_a_spool

    if not report.groups and not report.unprotected and holds_a_spool(folder):
        raise SourceError(
            f"{folder} holds an open reel, which has no spare parts; `mag dub` verifies all that it takes"
        )


def _holdings(folder: Path, report: CheckReport, words: str) -> Holdings | None:
    """What a key tells of the albums; without one nothing is said of them."""
    from magnitizdat.ops.dub.holdings import holdings

    out = face.current
    with out.library_if_open() as library:
        if library is None and not words:
            return None
        identities = library.secrets.addresses if library else ()
        try:
            return holdings(folder, report, identities, now=datetime.now(UTC), words=words, library=library)
        except MagError as exc:
            if words:
                out.warn(exc.sentence)
            return None


@reels.command("mend")
def mend(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The reel's folder.")],
    scratch: Annotated[
        Path | None, typer.Option("--scratch", metavar="D", help="A folder elsewhere, for a stick that is too full.")
    ] = None,
) -> int:
    """Make a reel whole from its spare parts. Needs no key; whole files are never touched."""
    from magnitizdat.reel.mend import mend as mend_op

    out = face.current
    with out.progress() as progress:
        report = mend_op(folder, out.disk(), scratch=scratch, progress=progress)
    after = report.after
    _require_sealed(folder, after)
    out.document({**fields(report), "missing": report.missing, "sentences": after.sentences()})
    unmended = tuple(f"{each.what}:" for each in report.missing)
    for sentence in [*report.sentences(), *after.sentences()]:
        if not sentence.lower().startswith(unmended):  # said below, with what to do
            out.say(sentence)
    out.missing(report.missing)
    if not after.groups:
        return EXIT_SOURCE
    return 0 if after.is_valid else EXIT_PARTLY


@reels.command("copy")
def copy(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The reel's folder.")],
    destinations: Annotated[
        list[Path], typer.Argument(metavar="DEST…", help="A folder on each stick; made where it is not there.")
    ],
) -> int:
    """Copy a reel to many sticks at once, each read back. Needs no key; run it again to go on after an interruption."""
    from magnitizdat.ops.give.copying import copy_reel

    out = face.current

    def announce(files: int, length: int) -> None:
        out.say(f"The reel takes {size_words(length)} ({length} bytes) in {files} files, on each stick.")

    with out.rows() as watch:
        report = copy_reel(folder, destinations, disk=out.disk(), planned=announce, watch=watch)
    missing = report.missing()
    out.document({**fields(report), "missing": fields(missing)})
    for target in report.targets:
        mark = "✓" if target.verdict == "done" else "✗"
        out.say(framed("{mark} {folder}: {sentence}", mark=mark, folder=target.folder, sentence=target.sentence()))
    for sentence in report.sentences():
        out.say(sentence)
    out.missing(report.unreadable)
    verdicts = {target.verdict for target in report.targets}
    if "done" not in verdicts:
        return EXIT_USAGE if verdicts == {"refused"} else EXIT_UNEXPECTED
    return EXIT_PARTLY if missing else 0


@reels.command("list")
def list_reel(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The reel's folder.")],
    words: Annotated[str, typer.Option("--words", help="The six words of the reel.")] = "",
) -> int:
    """What is on a reel that is sealed to you: labels and albums, nothing taken."""
    from magnitizdat.ops.dub.offers import preview
    from magnitizdat.ops.places.sources import open_sources

    out = face.current
    found: list[Offered] = []
    unverified: list[Shortfall] = []
    with out.library() as library:
        ask = (lambda: out.ask_line("The six words of this reel")) if out.may_ask else None
        for source in open_sources(library, str(folder), words=words, ask=ask):
            offered, refused = preview(library, source.spool, now=datetime.now(UTC))
            found, unverified = [*found, *offered], [*unverified, *refused]
            out.missing(tuple(source.shortfalls))
    out.document({"releases": fields(found), "missing": fields(unverified)})
    rows = [[each.label, each.artist, each.title, str(each.tracks), _here(each)] for each in found]
    if rows:
        out.table(["LABEL", "ARTIST", "ALBUM", "TRACKS", ""], rows)
    elif not unverified:
        out.say("No album is on it that a label signed.")
    out.missing(tuple(unverified))
    return EXIT_PARTLY if unverified else 0


def _here(offered: Offered) -> str:
    spoken = face.current.spoken
    if not offered.here:
        return spoken("new")
    return spoken("here, small" if offered.small else "here")
