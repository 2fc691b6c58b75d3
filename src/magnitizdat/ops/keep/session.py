"""Where the library is, and how it is unlocked: passphrase file, else agent, else a prompt that the caller brings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from magnitizdat import program
from magnitizdat.errors import LockedError, UsageError
from magnitizdat.formats.typed_words import kept_passphrase
from magnitizdat.library import process
from magnitizdat.library.library import SLOT_NAME, Library, read_slot, unlock
from magnitizdat.library.slot import Standing, lacking, standing
from magnitizdat.sentence import advice, say

MIN_PASSPHRASE = 8
"""Characters that a passphrase of one's own needs at least."""


def default_directory() -> Path:
    """`MAG_LIBRARY`, or the platform's data folder."""
    return program.library_folder()


def read_passphrase_file(path: Path) -> str:
    """First line of a passphrase file.

    Raises: UsageError if it cannot be read or is empty.
    """
    process.hide_memory()
    try:
        with path.open(encoding="utf-8") as file:
            passphrase = file.readline(4096).rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as exc:
        raise UsageError(say("the passphrase file cannot be read; check its path and that it is plain text")) from exc
    if not passphrase:
        raise UsageError(say("the passphrase file is empty; put the passphrase on its first line"))
    return passphrase


def require_no_library(directory: Path) -> None:
    """Raises: UsageError where there is one, or where one lacks its key."""
    found = standing(directory)
    if found in {Standing.AWAY, Standing.LOST}:
        raise UsageError(lacking(directory).sentence)
    if (directory / SLOT_NAME).exists():
        raise UsageError(
            advice(
                terminal=say(
                    "there is a library already; `mag unlock` opens it, --library DIR makes another elsewhere"
                ),
                page=say("there is a library already; its passphrase opens it"),
            )
        )


def require_passphrase(text: str) -> None:
    """Raises: UsageError for one that anybody tries through in an hour; blanks at its ends and in a row are no help."""
    if len(kept_passphrase(text).strip()) < MIN_PASSPHRASE:
        raise UsageError(say("this passphrase is too short to keep anybody out; take six words, or a longer one"))


def make_library(directory: Path, passphrase: str) -> None:
    """A new, empty library.

    Raises: UsageError where there is one, or anything else in that folder; as `require_passphrase`.
    """
    require_no_library(directory)
    require_passphrase(passphrase)
    Library.create(directory, passphrase).close()


def open_library(
    directory: Path, *, passphrase_file: Path | None = None, ask: Callable[[], str] | None = None
) -> Library:
    """Unlock and open a library.

    Raises: UsageError (none here), LockedError (nobody to ask), WrongPassphraseError, LibraryError.
    """
    read_slot(directory)
    if passphrase_file is not None:
        return brought_up(Library(directory, unlock(directory, read_passphrase_file(passphrase_file))))
    from magnitizdat.library import agent

    secrets = agent.ask(directory)
    if secrets is None:
        if ask is None:
            raise LockedError(
                advice(
                    terminal=say("the library is locked; run `mag unlock` first, or give --passphrase-file"),
                    page=say("the library is locked; unlock it with its passphrase"),
                )
            )
        secrets = unlock(directory, ask())
    return brought_up(Library(directory, secrets))


def brought_up(library: Library) -> Library:
    """An open library in which what an older mag carried unread is read as far as this one knows it."""
    if not library.index.settings.knows_voices():
        from magnitizdat.ops.labels.shelving import recognise

        recognise(library)
    return library
