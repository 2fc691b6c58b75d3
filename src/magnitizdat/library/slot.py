"""The slot as a file: whether a library is here, locked, or somewhere without its keys."""

from __future__ import annotations

from enum import Enum
from pathlib import Path

from magnitizdat.disk.disk import Disk
from magnitizdat.errors import LibraryError, LockedError, MagError, UsageError
from magnitizdat.library import holders, panic
from magnitizdat.library.holders import SLOT_NAME
from magnitizdat.library.keyring import Secrets, is_slot, open_slot
from magnitizdat.sentence import advice, say

AWAY_NAME = "away"
"""An empty file: the slot went on a journey. Where a slot is beside it, it says nothing."""
VAULT_NAME = "vault"

_AWAY = advice(
    terminal=say(
        "this library is away: its key is not on this device, and nobody can open it here; `mag"
        " travel back FILE` brings it home"
    ),
    page=say(
        "this library is away: its key is not on this device, and nobody can open it here; what your"
        " friends keep brings it home, in a terminal"
    ),
)
_LOST = advice(
    terminal=say(
        "the library is here, but its key file `key.age` is not; `mag restore` brings it back from"
        " the paper copy, a photo of its code, or a backup"
    ),
    page=say(
        "the library is here, but its key file `key.age` is not; a paper copy or a backup brings it back, in a terminal"
    ),
)
_OBEYED = advice(
    terminal=say(
        "a file called `panic` lay in the library's folder, so its keys are destroyed; `mag restore`"
        " brings them back from paper or a backup"
    ),
    page=say(
        "a file called `panic` lay in the library's folder, so its keys are destroyed; paper or a"
        " backup brings them back, in a terminal"
    ),
)
_OBEYED_PARTLY = advice(
    terminal=say(
        "a file called `panic` lay in the library's folder, and its key file is destroyed, but"
        " something still holds the keys; `mag lock` says what"
    ),
    page=say(
        "a file called `panic` lay in the library's folder, and its key file is destroyed, but"
        " something still holds the keys; turn the computer off"
    ),
)
_DISOBEYED = say(
    "a file called `panic` lay in the library's folder, but its key file could NOT be destroyed:"
    " break the medium, or look why it cannot be written"
)


class Standing(Enum):
    """What a folder is."""

    NONE = "none"
    HERE = "here"
    AWAY = "away"
    LOST = "lost"


def standing(directory: Path) -> Standing:
    """Cells without a slot are a library that lacks its key. What is left of a slot half erased is none."""
    slot, went = directory / SLOT_NAME, (directory / AWAY_NAME).exists()
    if slot.exists() and not (went and not _is_whole(slot)):
        return Standing.HERE
    if went:
        return Standing.AWAY
    try:
        return Standing.LOST if any((directory / VAULT_NAME).glob("*/*")) else Standing.NONE
    except OSError:
        return Standing.NONE


def _is_whole(slot: Path) -> bool:
    try:
        return is_slot(slot.read_bytes())
    except OSError:
        return False


def lacking(directory: Path) -> MagError:
    """The sentence for a folder without a slot."""
    match standing(directory):
        case Standing.AWAY:
            return LockedError(_AWAY)
        case Standing.LOST:
            return LibraryError(_LOST)
    return UsageError(
        advice(
            terminal=say("there is no library here yet; `mag init` makes one"),
            page=say("there is no library here yet; open this page anew to make one"),
        )
    )


def require_some(directory: Path) -> None:
    """Raises: UsageError where no library is, nor one that lacks its key."""
    if standing(directory) is Standing.NONE:
        raise UsageError(
            advice(
                terminal=say(
                    "there is no library in {directory}; check --library and MAG_LIBRARY", directory=directory
                ),
                page=say("there is no library in {directory}; check where it was moved to", directory=directory),
            )
        )


def obey_panic(directory: Path) -> None:
    """Before anybody opens it: where the file `panic` lies, its keys are destroyed. A server does that by itself.

    Raises: LibraryError, which says so, where there were keys.
    """
    if not panic.is_asked(directory) or holders.is_server() or standing(directory) is Standing.NONE:
        return
    done = panic.destroy(directory, Disk(private=True))
    if done.slot is panic.Fate.KEPT:
        raise LibraryError(_DISOBEYED)
    if done.left or done.unanswered:
        raise LibraryError(_OBEYED_PARTLY)
    if done.slot is not panic.Fate.ABSENT:
        raise LibraryError(_OBEYED)


def read_slot(directory: Path) -> bytes:
    """The sealed key slot.

    Raises: UsageError if there is no library here, LockedError if it is away, LibraryError if only its slot is missing;
    as `obey_panic`.
    """
    obey_panic(directory)
    try:
        slot = (directory / SLOT_NAME).read_bytes()
    except (FileNotFoundError, NotADirectoryError) as exc:
        raise lacking(directory) from exc
    except OSError as exc:
        raise LibraryError(
            advice(
                terminal=say(
                    "the key file of the library cannot be read; `mag restore` brings it back from paper or a backup"
                ),
                page=say(
                    "the key file of the library cannot be read; a paper copy or a backup brings it back, in a terminal"
                ),
            )
        ) from exc
    if not is_slot(slot) and standing(directory) is Standing.AWAY:
        raise lacking(directory)
    return slot


def unlock(directory: Path, passphrase: str) -> Secrets:
    """The secrets in the key slot of a library.

    Raises: as `read_slot`; WrongPassphraseError.
    """
    return open_slot(read_slot(directory), passphrase)
