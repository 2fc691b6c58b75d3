"""Letters: write them, read them, take them in a label."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from magnitizdat.cli import face, signing
from magnitizdat.cli.help import Grouped
from magnitizdat.cli.speak import MOST_TEXT, text_of
from magnitizdat.errors import UsageError
from magnitizdat.model import ReadAt, fields
from magnitizdat.sentence import SILENCE, Sentence, framed, say

if TYPE_CHECKING:
    from magnitizdat.library.library import Library
    from magnitizdat.ops.post.inbox import Inbox, InboxLine

letters = typer.Typer(
    cls=Grouped, help="Write letters that travel with sticks.", no_args_is_help=True, rich_markup_mode=None
)

SHOWN_ID = 8
WISHES: dict[str, Literal["on", "new", "off"] | None] = {"": None, "on": "on", "new": "new", "off": "off"}
KINDS = {
    "demo": say("a demo"),
    "picture": say("a picture"),
    "card": say("a card"),
    "proposal": say("a proposal"),
    "share": say("a share of a premiere"),
    "club": say("news of a club"),
    "unknown": say("something of an unknown kind"),
}


def register(app: typer.Typer) -> None:
    """Put the verbs on the command line."""
    from magnitizdat.cli.label import labels

    app.add_typer(letters, name="letter", rich_help_panel="Give")
    app.command(rich_help_panel="Take")(inbox)
    labels.command("letters")(take_letters)


@letters.command("write")
def write(
    to: Annotated[str, typer.Argument(metavar="NAME|LABEL", help="A friend, a label, or age1….")] = "",
    text: Annotated[
        str, typer.Option("--text", metavar="FILE", help="A plain text file, or `-`: type it, Ctrl-D ends it.")
    ] = "",
    as_: Annotated[
        str,
        typer.Option(
            "--as", metavar="LABEL", help="Sign it as this label of yours: that proves to everybody who wrote it."
        ),
    ] = "",
    name: Annotated[
        str | None, typer.Option(metavar="NAME", help="What you call yourself in it; without a signature unproven.")
    ] = None,
    demo: Annotated[Path | None, typer.Option(metavar="FILE", help="Music that goes along, made small.")] = None,
    attach: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A picture, a card, a proposal or a share that goes along.")
    ] = None,
    reply: Annotated[str, typer.Option(metavar="ID", help="The letter that this answers; NAME may be left out.")] = "",
) -> int:
    """Write to a friend, or to a label that takes letters. Signed by nobody, unless you say so."""
    from magnitizdat.ops.post.writing import write as write_op

    out = face.current
    if not (to or reply):
        raise UsageError(say("say to whom: a friend, a label, or age1…"))
    given = _text(text, has_more=demo is not None or attach is not None)
    beside = [_source(path) for path in (demo, attach)]
    with out.library() as library:
        report = write_op(
            library,
            to,
            given,
            as_=as_,
            name=name,
            demo=beside[0],
            attach=beside[1],
            in_reply_to=reply,
            now=datetime.now(UTC),
        )
    return out.end(report.outcome(), fields(report))


def _text(file: str, *, has_more: bool) -> str:
    """From the file that is named, else typed, else from whatever stands before a pipe."""
    out = face.current
    if file or has_more:
        return text_of(file)
    if out.may_ask:
        sys.stderr.write(out.spoken(say("Your letter; Ctrl-D ends it")) + "\n")
        sys.stderr.flush()
        return text_of("-")
    if sys.stdin is None or sys.stdin.isatty():
        raise UsageError(say("the letter is empty; write something into it"))
    return sys.stdin.buffer.read(MOST_TEXT).decode("utf-8", "replace")


def _source(path: Path | None) -> ReadAt | None:
    from magnitizdat.disk.reading import FileReader

    return FileReader(path.resolve()) if path is not None else None


def inbox(
    letter: Annotated[str, typer.Argument(metavar="ID", help="The letter to read: the beginning of its id.")] = "",
    save: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Look at what lies beside it, and write it there.")
    ] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Destroy this letter; it does not come again.")] = False,
    block: Annotated[str, typer.Option(metavar="NAME", help="Hear this sender no more; a letter's ID will do.")] = "",
    unblock: Annotated[str, typer.Option(metavar="NAME", help="Hear this sender again.")] = "",
) -> int:
    """Letters that came with sticks and reels; each says what its signature is worth."""
    from magnitizdat.ops.post import blocking
    from magnitizdat.ops.post import inbox as ops

    out = face.current
    if (save is not None or remove) and not letter:
        raise UsageError(say("say which letter: its id stands in `mag inbox`"))
    out.require_new(save)
    with out.library() as library:
        if block or unblock:
            report = blocking.block(library, block or unblock, now=datetime.now(UTC), silent=bool(block))
            return out.end(report.outcome(), fields(report))
        if remove:
            removed = ops.remove(library, letter)
            return out.end(removed.outcome(), fields(removed))
        if save is not None:
            return _save(library, letter, save)
        if letter:
            return _read(library, letter)
        return _list(ops.inbox(library))


def _list(found: Inbox) -> int:
    out = face.current
    rows = [
        ["" if each.read else "*", each.id[:SHOWN_ID], out.spoken(each.says), each.date_sent[:10], _begins(each)]
        for each in found.letters
    ]
    if rows:
        out.table([SILENCE, say("LETTER"), say("FROM"), say("SENT"), say("BEGINS")], rows)
    return out.end(found.outcome(), fields(found))


def _begins(line: InboxLine) -> str:
    beside = f"[{face.current.spoken(KINDS[line.attachment])}]" if line.attachment else ""
    return " ".join(filter(None, (line.begins, beside)))


def _read(library: Library, letter: str) -> int:
    from magnitizdat.ops.post.inbox import read_letter

    out = face.current
    found = read_letter(library, letter)
    outcome = found.outcome()
    out.document({**fields(found.letter), "text": found.text, "attached": fields(found.attachment), **fields(outcome)})
    out.say(found.letter.says)
    if found.letter.date_sent:
        out.say("Sent, as it says: {date}", date=found.letter.date_sent)
    out.show(f"\n{found.text}\n" if found.text else "")
    if found.attachment is not None:
        out.say(_beside(letter, found.attachment.kind, found.attachment.name))
    return outcome.exit_code


def _beside(letter: str, kind: str, name: str) -> Sentence:
    what = framed("{what} «{name}»", what=KINDS[kind], name=name) if name else KINDS[kind]
    if kind in {"club", "unknown"}:
        return say("Beside it lies {what}.", what=what)
    return say("Beside it lies {what}: `mag inbox {id} --save FILE` looks at it and writes it.", what=what, id=letter)


def _save(library: Library, letter: str, path: Path) -> int:
    from magnitizdat.ops.post.attachments import saved

    out = face.current
    found = saved(library, letter)
    out.disk().write_atomic(path, found.content)
    out.document({"kind": found.kind, "name": found.name, "path": str(path), "length": len(found.content)})
    out.say("It is in {to}.", to=path)
    return 0


def take_letters(
    label: Annotated[str, typer.Argument(help="Your label: name, four words, or address.")],
    wish: Annotated[str, typer.Argument(metavar="on|new|off", help="Take letters, at a new address, or no more.")] = "",
    only_copy: signing.OnlyCopy = False,
) -> int:
    """Say whether a label of yours takes letters: it gets an address of its own, which is on none of your cards."""
    from magnitizdat.ops.post.addresses import take_letters as take_op

    out = face.current
    if wish not in WISHES:
        raise UsageError(say("«{wish}» is none of on, new and off", wish=wish))
    with out.library() as library:
        report = take_op(library, label, WISHES[wish], now=datetime.now(UTC), only_copy=only_copy)
    return out.end(report.outcome(), fields(report))
