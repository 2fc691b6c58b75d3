"""Playlists and compilations: list and show them; sign one."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from magnitizdat.cli import face
from magnitizdat.cli.signing import As
from magnitizdat.errors import UsageError
from magnitizdat.model import fields
from magnitizdat.sentence import SILENCE, clock, say

if TYPE_CHECKING:
    from magnitizdat.ops.listen.compiled import ListedPlaylist

PANEL = "Publish"
MOST_TEXT = 1 << 20
"""Bytes of notes that are read, to say how long they are; far more than anybody may sign."""
_LANGUAGE = re.compile(r"\.([a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)\.[^.]+$")


def register(app: typer.Typer) -> None:
    """Put the verb on the command line."""
    app.command("compile", rich_help_panel=PANEL)(compile_playlist)


def compile_playlist(
    playlist: Annotated[str, typer.Argument(metavar="PLAYLIST", help="A playlist's name, or its id.")],
    as_: As = "",
    notes: Annotated[
        list[Path] | None,
        typer.Option("--notes", metavar="FILE", help="Plain text, its language in its name: notes.ru.md; repeatable."),
    ] = None,
    withdraw: Annotated[bool, typer.Option("--withdraw", help="List it no more; what others copied stays.")] = False,
    only_copy: Annotated[
        bool, typer.Option("--only-copy", help="This restored library is the only copy: sign with a gap of versions.")
    ] = False,
) -> int:
    """Sign a playlist: whoever has its music plays it, and sees what else is on it. Again, it is brought up to date."""
    from magnitizdat.ops.listen.compiling import compile_playlist as compile_op

    out = face.current
    read = dict(map(_note, notes)) if notes else None
    with out.library() as library:
        report = compile_op(
            library,
            playlist,
            as_=as_,
            now=datetime.now(UTC),
            notes=read,
            withdraw=withdraw,
            only_copy=only_copy,
        )
    return out.end(report.outcome(), fields(report))


def _note(path: Path) -> tuple[str, str]:
    """Language and text. Raises: UsageError where it is no text."""
    found = _LANGUAGE.search(path.name)
    try:
        with path.open("rb") as opened:
            return found[1] if found else "und", opened.read(MOST_TEXT).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as exc:
        raise UsageError(say("the notes cannot be read; check their path and that they are plain text")) from exc


# -- Listen -----------------------------------------------------------------------------------------------------------

Playlist = Annotated[
    str, typer.Option("--playlist", metavar="NAME", help="The songs of a playlist, or of what a label compiled.")
]


def list_playlists() -> int:
    """One's own playlists, then what own and followed labels compiled."""
    from magnitizdat.ops.listen.compiled import listed_playlists

    out = face.current
    with out.library() as library:
        found = listed_playlists(library, "", now=datetime.now(UTC))
    out.document({"playlists": fields(found)})
    if not found:
        out.say("There are no playlists here, and nobody whom you follow compiled any.")
        return 0
    rows = [[each.name, _amount(each), each.label, each.id] for each in found]
    out.table([say("PLAYLIST"), say("TRACKS"), say("FROM"), say("ID")], rows)
    return 0


def _amount(listed: ListedPlaylist) -> str:
    return str(listed.tracks) if listed.here == listed.tracks else f"{listed.here}/{listed.tracks}"


def show_playlist(name: str) -> int:
    """What is on a playlist or compilation, and what of it is not here."""
    from magnitizdat.ops.listen.compiled import shown_playlist

    out = face.current
    with out.library() as library:
        found = shown_playlist(library, "", name, now=datetime.now(UTC))
    out.document({"playlist": fields(found)})
    out.show(f"{found.name} — {found.label}" if found.label else found.name)
    for language, text in found.notes.items():
        out.show(f"\n[{language}]\n{text}\n")
    here = [out.spoken(say("here") if each.song else say("not here")) for each in found.tracks]
    rows = [
        [str(number), each.title, out.artist(each.artist), clock(each.duration_s), state]
        for (number, each), state in zip(enumerate(found.tracks, 1), here, strict=True)
    ]
    out.table([say("TRACK"), say("TITLE"), say("ARTIST"), say("TIME"), SILENCE], rows)
    return 0
