"""Give: reels. Cutting needs the library; checking, mending and copying need no key at all."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from msgspec import structs

from magnitizdat.cli import face, words
from magnitizdat.cli.choosing import Search
from magnitizdat.cli.face import parse_size
from magnitizdat.cli.help import Grouped
from magnitizdat.cli.staying import WithClub
from magnitizdat.errors import UsageError
from magnitizdat.model import fields
from magnitizdat.sentence import say, size_words

if TYPE_CHECKING:
    from magnitizdat.ops.give.needs import Scope

PANEL = "Give"
ReelPlace = Annotated[Path, typer.Argument(metavar="REEL", help="The reel's folder, or its one file.")]
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
        list[str] | None, typer.Option("--for", metavar="FRIEND|CLUB|age1…", help="Seal to this friend, or this club.")
    ] = None,
    new_for: Annotated[
        list[str] | None,
        typer.Option("--new-for", metavar="FRIEND", help="Seal to them only what their reels from here lacked."),
    ] = None,
    is_open: Annotated[
        bool, typer.Option("--open", help="Not sealed: open files, with pages for any browser.")
    ] = False,
    one_file: Annotated[
        bool,
        typer.Option("--one-file", help="One file in DEST, to send by a messenger or from a shared disk; below 4 GiB."),
    ] = False,
    label: Annotated[
        list[str] | None, typer.Option("--label", help="Only this label, and what --album names; may be repeated.")
    ] = None,
    album: Annotated[
        list[str] | None, typer.Option("--album", help="Only this album, and what --label names; may be repeated.")
    ] = None,
    playlist: Annotated[
        list[str] | None,
        typer.Option("--playlist", metavar="NAME", help="Of other albums only what is on it; a compilation too."),
    ] = None,
    search: Search = None,
    size: Annotated[
        str, typer.Option(help="At most this much, what is asked for, rare or new before the rest; for example 14G.")
    ] = "",
    scope: Annotated[
        str,
        typer.Option(
            "--plan",
            metavar="near|city",
            help="For whom that is chosen: those whom it is sealed to, or (city) everybody whom a courier meets.",
        ),
    ] = "near",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go, and why; write nothing.")] = False,
    parity: Annotated[int, typer.Option(min=0, max=100, help="Percent of spare parts.")] = 10,
    quality: Annotated[
        str,
        typer.Option(
            metavar="small|full|both",
            help="full, small (Opus 128; where there is none: full), or both. Without it: full where that"
            " fits, else small.",
        ),
    ] = "",
    slip: Annotated[
        bool,
        typer.Option("--slip", help="Ask who opens it what arrived and what they want; it holds a return address."),
    ] = False,
    no_voices: Annotated[bool, typer.Option("--no-voices", help="Leave out what people say of what goes.")] = False,
    with_club: WithClub = False,
) -> int:
    """Cut a reel: sealed to friends, a club or six words spoken at hand-over, or open. Without --label: all I hold."""
    from magnitizdat.ops.give.chosen import StickWish
    from magnitizdat.ops.give.fill import fill
    from magnitizdat.ops.give.rehearsing import rehearse
    from magnitizdat.ops.listen.choosing import Choice, choose

    out = face.current
    choice = Choice(albums=tuple(album or ()), playlists=tuple(playlist or ()), searches=tuple(search or ()))
    wish = StickWish(
        friends=tuple(recipient or ()),
        new_for=tuple(new_for or ()),
        is_open=is_open,
        one_file=one_file,
        labels=tuple(label or ()),
        size=parse_size(size) if size else None,
        parity=parity,
        quality=face.parse_quality(quality),
        voices=not no_voices,
        with_club=with_club,
        slip=slip,
        scope=_scope(scope),
    )
    with out.library() as library, out.progress() as progress:
        now, disk = datetime.now(UTC), out.disk()
        found = choose(library, choice, now=now)
        albums = tuple(view.id for view in found.albums)
        wish = structs.replace(wish, albums=albums, songs=found.songs, absent=found.absent)
        if dry_run:
            plan = rehearse(library, destination, wish, now=now, tell=out.say, progress=progress)
            return out.end(plan.outcome(), fields(plan))
        done = fill(library, destination, wish, now=now, disk=disk, tell=out.say, progress=progress)
    return out.end(done.outcome(), {**fields(done.report), **done.facts()})


def _scope(text: str) -> Scope:
    """Raises: UsageError."""
    found = text.strip().casefold()
    if found not in {"near", "city"}:
        raise UsageError(say("«{text}» is no plan; say near or city", text=text))
    return "city" if found == "city" else "near"


@reels.command("check")
def check(
    folder: ReelPlace,
    words_file: words.InFile = None,
    on_the_line: words.OnTheLine = "",
) -> int:
    """What of a reel is whole, damaged or missing, and whether it can be mended. Needs no key, changes nothing.

    For whom the reel is sealed, with the library unlocked, and with its six words it also says which albums are whole.
    """
    from magnitizdat.ops.dub.checking import check_reel

    out, spoken = face.current, words.given(on_the_line, words_file)
    with out.library_if_open() as library, out.progress() as progress:
        found = check_reel(folder, library, now=datetime.now(UTC), words=spoken, progress=progress)
    return out.end(found.outcome(), {**fields(found.report), **found.facts()})


@reels.command("mend")
def mend(
    folder: ReelPlace,
    scratch: Annotated[
        Path | None, typer.Option("--scratch", metavar="D", help="A folder elsewhere, for a stick that is too full.")
    ] = None,
    others: Annotated[
        list[Path] | None,
        typer.Option("--from", metavar="OTHER", help="Another copy, damaged too: it gives what it has whole."),
    ] = None,
    into: Annotated[
        Path | None,
        typer.Option("--into", metavar="D", help="Where a reel as one file is taken apart; else beside it."),
    ] = None,
) -> int:
    """Make a reel whole from its spare parts, and from other copies. Needs no key; whole files are never touched.

    A reel as one file that is hurt is taken apart into a folder and mended there; the file stays as it is.
    """
    from magnitizdat.ops.give.mending import mend_reel

    out = face.current
    with out.progress() as progress:
        report = mend_reel(folder, out.disk(), others=others or (), scratch=scratch, into=into, progress=progress)
    return out.end(report.outcome(), fields(report))


@reels.command("copy")
def copy(
    folder: ReelPlace,
    destinations: Annotated[
        list[Path], typer.Argument(metavar="DEST…", help="A folder on each stick; made where it is not there.")
    ],
) -> int:
    """Copy a reel to many sticks at once, each read back. Needs no key; run it again to go on after an interruption.

    A reel as one file comes as files of its own.
    """
    from magnitizdat.ops.give.copying import copy_reel
    from magnitizdat.ops.give.mending import mend_reel

    out = face.current

    def announce(files: int, length: int) -> None:
        out.say(
            "The reel takes {length} ({bytes} bytes) in {files} {files:file|files}, on each stick.",
            length=size_words(length),
            bytes=length,
            files=files,
        )

    with out.rows() as watch:
        report = copy_reel(folder, destinations, disk=out.disk(), planned=announce, watch=watch)
    if report.is_source_hurt and report.source and report.source.is_mendable and out.may_ask:
        out.tell(report.outcome())
        if out.confirm(say("Mend it now, and copy it again?"), otherwise=say("mend it first")):
            with out.progress() as progress:
                folder = Path(mend_reel(folder, out.disk(), progress=progress).folder or folder)
            with out.rows() as watch:
                report = copy_reel(folder, destinations, disk=out.disk(), planned=announce, watch=watch)
    return out.end(report.outcome(), fields(report))


@reels.command("list")
def list_reel(
    folder: ReelPlace,
    words_file: words.InFile = None,
    on_the_line: words.OnTheLine = "",
) -> int:
    """What is on a reel that is sealed to you, and what of it is new: labels and albums, nothing taken."""
    from magnitizdat.cli.previewing import show_sources

    return show_sources([str(folder)], words.given(on_the_line, words_file))
