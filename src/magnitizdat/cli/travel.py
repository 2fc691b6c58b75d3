"""In danger: travel, restore."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from magnitizdat.cli import face, words
from magnitizdat.cli.help import Grouped
from magnitizdat.errors import UsageError, WrongPassphraseError
from magnitizdat.model import fields
from magnitizdat.sentence import say

if TYPE_CHECKING:
    from magnitizdat.ops.keep.travel import AwayReport, Luggage

PANEL = "In danger"
TRIES = 3
"""For the passphrase, where somebody is there to type it."""
Shares = Annotated[str, typer.Option("--shares", metavar="K/N", help="In N shares, any K of which bring it home: 3/5.")]

travels = typer.Typer(
    cls=Grouped,
    help="Let the key leave this device, to a friend or in shares, and bring it home.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


def register(app: typer.Typer) -> None:
    """Put the verbs on the command line."""
    app.add_typer(travels, name="travel", rich_help_panel=PANEL)
    app.command(rich_help_panel=PANEL)(restore)


@travels.command("away")
def away(
    folder: Annotated[Path, typer.Argument(metavar="DEST", help="A folder, on a stick: files and codes go there.")],
    friend: Annotated[
        list[str] | None, typer.Option("--for", metavar="FRIEND", help="Sealed to this friend; may be repeated.")
    ] = None,
    in_shares: Shares = "",
) -> int:
    """The key leaves this device, sealed to a friend or in shares: read back and tried, and only then erased here."""
    from magnitizdat.formats.shares import parse_shares
    from magnitizdat.library.library import Library, read_slot, unlock
    from magnitizdat.ops.keep.travel import leave_in_shares, leave_to_friends
    from magnitizdat.ops.labels.friends import recipients

    out = face.current
    if bool(friend) == bool(in_shares):
        raise UsageError(say("say who keeps it: --for FRIEND, or --shares 3/5"))
    numbers = parse_shares(in_shares) if in_shares else (0, 0)
    read_slot(out.directory)
    secrets = unlock(out.directory, out.passphrase(say("Passphrase, which has to be known on the way back")))
    disk, outside = out.disk(private=True), out.disk(private=True)
    report: AwayReport
    if friend:
        with Library(out.directory, secrets, disk=disk) as library:
            known = recipients(library, friend)
        report = leave_to_friends(out.directory, known, folder, disk=disk, outside=outside)
    else:
        if _is_on_this_disk(folder) and not out.confirm(
            say("The shares would be on this device, where whoever takes it finds all of them. Write them here?"),
            otherwise=say("the shares would be on this device; name a folder on a stick, or repeat with --yes"),
        ):
            return 0
        report = leave_in_shares(out.directory, *numbers, folder, disk=disk, outside=outside)
    return out.end(report.outcome(), fields(report))


def _is_on_this_disk(folder: Path) -> bool:
    from magnitizdat.disk.space import space

    return space(folder).device == space(face.current.directory).device


@travels.command("open")
def open_sent(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What a friend sent on its way to you, or its code.")],
    to: Annotated[Path, typer.Option("--to", metavar="DEST", help="Where what is inside goes, for your friend.")],
) -> int:
    """For the friend: open what travels to you, to hand it back. It stays under your friend's passphrase."""
    from magnitizdat.library.keyring import armor
    from magnitizdat.ops.keep.travel import open_for_friend

    out = face.current
    out.require_new(to)
    with out.library() as library:
        inner = open_for_friend(file, library.secrets.addresses)
    out.disk(private=True).write_atomic(to, armor(inner).encode())
    out.document({"to": str(to)})
    out.say("{to} is what your friend needs; without your friend's passphrase it opens nothing.", to=to)
    return 0


@travels.command("back")
def back(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE…", help="What your friend gave back, or shares: files or photos.")
    ],
    words_file: words.SharesInFile = None,
) -> int:
    """Bring the key home, with what was given back and your passphrase. Shares are asked for while some lack."""
    from magnitizdat.ops.keep.restore import read_given, require_wanted
    from magnitizdat.ops.keep.travel import Luggage

    out, luggage = face.current, Luggage()
    require_wanted(out.directory, _passphrase)
    for file in files:
        for content in read_given(file):
            luggage.add(content)
    if words_file is not None:
        luggage.add_words(words.lines(words_file))
    _ask_for_shares(luggage)
    return _put_back(luggage.slot())


def _passphrase() -> str:
    return face.current.passphrase(say("Passphrase"))


def _put_back(slot: bytes) -> int:
    """A person who mistypes the passphrase has not typed all else for nothing."""
    from magnitizdat.ops.keep.restore import put_back

    out = face.current
    for left in reversed(range(TRIES)):
        try:
            report = put_back(out.directory, slot, _passphrase(), disk=out.disk(private=True))
        except WrongPassphraseError as exc:
            if not (left and out.may_ask):
                raise
            out.warn(exc.sentence)
        else:
            return out.end(report.outcome(), fields(report))
    raise AssertionError


def _ask_for_shares(luggage: Luggage) -> None:
    """Until there are enough, or a line is empty."""
    out = face.current
    while luggage.lacking and out.may_ask:
        line = out.ask_line(say("The 20 words of another share ({n} needed)", n=luggage.lacking))
        if not line:
            return
        try:
            luggage.add_words(line)
        except UsageError as exc:
            out.warn(exc.sentence)


def restore(
    source: Annotated[
        Path | None,
        typer.Argument(
            metavar="SOURCE", help="The paper's text, a photo of its code, `key.age`, a backup; - is a pipe."
        ),
    ] = None,
) -> int:
    """Put a lost key file back, from paper, a photo or a backup, once it is sure to open this library."""
    from magnitizdat.ops.keep.restore import read_given, require_wanted, slot_in

    out = face.current
    require_wanted(out.directory, _passphrase, source)
    given = [_typed().encode()] if source is None or str(source) == "-" else read_given(source)
    slot = slot_in(given, source.name if source is not None else "-")
    return _put_back(slot)


def _typed() -> str:
    """Up to the closing line, or the end."""
    out = face.current
    if sys.stdin.isatty():
        if not out.may_ask:
            raise UsageError(say("name what holds the key file: a file, a photo or a backup's folder"))
        out.say("Type the text of the paper copy, from its first line to its last:")
    lines: list[str] = []
    for line in sys.stdin:
        lines.append(line)
        if line.startswith("-----END") or len(lines) > 200:
            break
    return "".join(lines)
