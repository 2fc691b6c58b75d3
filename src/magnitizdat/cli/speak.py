"""Speak: what a label says of albums."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from magnitizdat.cli import face
from magnitizdat.cli.signing import As
from magnitizdat.errors import UsageError
from magnitizdat.model import fields
from magnitizdat.sentence import Sentence, framed, listed, say, verbatim

if TYPE_CHECKING:
    from magnitizdat.ops.voices.shown import AlbumVoices, SaidOfAlbum

PANEL = "Publish"
MOST_TEXT = 1 << 20
"""Bytes of a text that are read, to say how long it is; far more than anybody may sign."""

Album = Annotated[str, typer.Argument(metavar="ALBUM", help="An album's id, or its title.")]
Withdraw = Annotated[bool, typer.Option("--withdraw", help="Say it no more; what others copied stays.")]
OnlyCopy = Annotated[
    bool, typer.Option("--only-copy", help="This restored library is the only copy: sign with a gap of versions.")
]


def register(app: typer.Typer) -> None:
    """Put the verbs on the command line."""
    for function in (pick, review):
        app.command(rich_help_panel=PANEL)(function)


def pick(album: Album, as_: As = "", withdraw: Withdraw = False, only_copy: OnlyCopy = False) -> int:
    """Recommend an album to whoever hears of your label. Stars stay private; this is signed."""
    from magnitizdat.ops.voices.reviewing import pick as pick_op

    out = face.current
    with out.library() as library:
        report = pick_op(library, album, as_=as_, now=datetime.now(UTC), withdraw=withdraw, only_copy=only_copy)
    return out.end(report.outcome(), fields(report))


def review(
    album: Album,
    rating: Annotated[int | None, typer.Option(help="1 to 5; 0 takes it back.")] = None,
    headline: Annotated[str, typer.Option(metavar="WORDS", help="One line above the text.")] = "",
    text: Annotated[
        str, typer.Option("--text", metavar="FILE", help="A plain text file, or `-`: type it, Ctrl-D ends it.")
    ] = "",
    language: Annotated[str, typer.Option(metavar="TAG", help="The language of the text: en, da, ru.")] = "",
    as_: As = "",
    withdraw: Withdraw = False,
    only_copy: OnlyCopy = False,
) -> int:
    """Say what you think of an album, signed by your label. With nothing else it asks; what you leave out stays."""
    from magnitizdat.ops.voices.reviewing import review as review_op

    out = face.current
    with out.library() as library:
        if out.may_ask and rating is None and not (headline or text or language or withdraw):
            rating, headline, body = _asked()
        else:
            body = text_of(text)
        report = review_op(
            library,
            album,
            as_=as_,
            now=datetime.now(UTC),
            rating=rating,
            headline=headline,
            body=body,
            language=language,
            withdraw=withdraw,
            only_copy=only_copy,
        )
    return out.end(report.outcome(), fields(report))


def _asked() -> tuple[int | None, str, str]:
    """Rating, headline and text from whoever sits there."""
    out = face.current
    rating = out.ask_line(say("Your rating, 1 to 5 (Enter for none)")).strip()
    if rating and not rating.isdecimal():
        raise UsageError(say("a rating is 1 to 5; 0 takes it back"))
    headline = out.ask_line(say("A headline (Enter for none)"))
    return (
        int(rating) if rating else None,
        headline,
        out.ask_line(say("What you think, in one line (Enter for nothing)")),
    )


def text_of(file: str) -> str:
    """Raises: UsageError where it is no text."""
    if not file:
        return ""
    try:
        if file == "-":
            content = sys.stdin.buffer.read(MOST_TEXT)
        else:
            with Path(file).open("rb") as opened:
                content = opened.read(MOST_TEXT)
        text = content.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as exc:
        raise UsageError(say("the text cannot be read; check its path and that it is plain text")) from exc
    if not text.strip():
        raise UsageError(say("the text is empty; write something into it, or leave --text out"))
    return text


def show_voices(voices: AlbumVoices) -> None:
    """What people say of an album, as `mag show` tells it."""
    out = face.current
    for each in (*voices.own, *voices.followed):
        out.show(f"\n{out.spoken(_heading(each))}")
        if each.text:
            out.show(each.text)
    counts = list(_counts(voices))
    if counts:
        out.show(f"\n{out.spoken(listed(counts, '; '))}")


def _heading(said: SaidOfAlbum) -> Sentence:
    marks = [say("a pick")] if said.pick else []
    if said.rating is not None:
        marks.append(say("{rating} of 5", rating=said.rating))
    marks += [verbatim(each) for each in (said.date, said.headline) if each]
    return framed("{who}: {what}", who=said.label, what=listed(marks))


def _counts(voices: AlbumVoices) -> Iterator[Sentence]:
    if voices.average is not None:
        yield say(
            "{average} of 5 on average, by {ratings} {ratings:label|labels} that you follow",
            average=f"{voices.average:g}",
            ratings=voices.ratings,
        )
    if voices.strangers:
        yield say("and {strangers} whom you do not know", strangers=voices.strangers)


def discover(
    size: Annotated[int, typer.Option(min=1, max=500, help="At most this many albums.")] = 20,
    listener: Annotated[
        str, typer.Option("--listener", metavar="NAME", help="For somebody of the household: what they have not heard.")
    ] = "",
) -> int:
    """Albums that you have not heard and labels that you follow speak for, here or not, and why."""
    from magnitizdat.ops.voices.discovering import discover as discover_op

    out = face.current
    with out.library() as library:
        report = discover_op(library, listener=listener, size=size)
    return out.end(report.outcome(), fields(report))
