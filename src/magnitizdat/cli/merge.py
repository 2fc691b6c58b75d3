"""Stay safe: merge."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from magnitizdat.cli import face
from magnitizdat.cli.safe import PANEL
from magnitizdat.errors import LockedError, UnsureError, WrongPassphraseError
from magnitizdat.model import fields
from magnitizdat.sentence import say

if TYPE_CHECKING:
    from magnitizdat.library.keyring import Secrets
    from magnitizdat.library.library import Library


def register(app: typer.Typer) -> None:
    """Put the verb on the command line."""
    app.command(rich_help_panel=PANEL)(merge)


def merge(
    other: Annotated[Path, typer.Argument(metavar="OTHER", help="The folder of another library of yours.")],
    other_passphrase: Annotated[
        Path | None, typer.Option("--other-passphrase-file", metavar="FILE", help="The passphrase of that one.")
    ] = None,
) -> int:
    """Take in all of another library of yours: a second laptop's, or a restored backup's. That one stays as it is."""
    from magnitizdat.ops.keep.keys import forget_keys
    from magnitizdat.ops.merge.merging import merge as merge_op
    from magnitizdat.ops.merge.other import opened

    out = face.current
    with out.library() as library:
        secrets = _unlocked(other, other_passphrase)
        with opened(library, other, secrets) as there, out.progress() as progress:
            addresses = _take_addresses(library, secrets)
            report = merge_op(library, there, now=datetime.now(UTC), addresses=addresses, progress=progress)
    if addresses:
        for shortfall in forget_keys(out.directory):  # what others hold is the slot as it was
            out.warn(shortfall.reason)
    return out.end(report.outcome(), fields(report))


def _unlocked(other: Path, named: Path | None) -> Secrets:
    """The secrets of the other library: by the file that is named, by the passphrase of this one, or asked for."""
    from magnitizdat.library.library import read_slot, unlock
    from magnitizdat.ops.keep.session import read_passphrase_file

    out = face.current
    read_slot(other)
    same = named or out.settings.passphrase_file
    if same is None:
        return unlock(other, out.ask_secret(say("Passphrase of the other library")))
    try:
        return unlock(other, read_passphrase_file(same))
    except WrongPassphraseError as exc:
        if named is not None:
            raise
        raise LockedError(
            say("the other library has another passphrase; give it with --other-passphrase-file")
        ) from exc


def _take_addresses(library: Library, theirs: Secrets) -> int:
    from magnitizdat.ops.keep.session import read_passphrase_file
    from magnitizdat.ops.merge.addresses import take_addresses, unknown

    out = face.current
    if not unknown(library.secrets, theirs):
        return 0
    named = out.settings.passphrase_file
    if named is None and not out.may_ask:
        raise LockedError(
            say(
                "the addresses of the other library go into the key file of this one, which needs its"
                " passphrase also while unlocked; give --passphrase-file"
            )
        )
    passphrase = read_passphrase_file(named) if named else out.ask_secret(say("Passphrase of this library"))
    try:
        return take_addresses(library, passphrase, theirs)
    except UnsureError as exc:  # they are in it all the same
        out.warn(exc.sentence)
        return len(unknown(library.secrets, theirs))
