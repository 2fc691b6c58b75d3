"""The slot as a file: whether a library is here, locked, or somewhere without its keys."""

from __future__ import annotations

from enum import Enum
from pathlib import Path

from magnitizdat.errors import LibraryError, LockedError, MagError, UsageError
from magnitizdat.library.holders import SLOT_NAME
from magnitizdat.library.keyring import Secrets, is_slot, open_slot
from magnitizdat.sentence import say

AWAY_NAME = "away"
"""An empty file: the slot went on a journey. Where a slot is beside it, it says nothing."""
VAULT_NAME = "vault"

_AWAY = say(
    "this library is away: its key is not on this device, and nobody can open it here; `mag travel back FILE` brings it"
    " home"
)
_LOST = say(
    "the library is here, but its key slot `key.age` is not; `mag restore` brings it back from the paper copy, a photo"
    " of its code, or a backup"
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
    return UsageError(say("there is no library here yet; `mag init` makes one"))


def read_slot(directory: Path) -> bytes:
    """The sealed key slot.

    Raises: UsageError if there is no library here, LockedError if it is away, LibraryError if only its slot is missing.
    """
    try:
        slot = (directory / SLOT_NAME).read_bytes()
    except (FileNotFoundError, NotADirectoryError) as exc:
        raise lacking(directory) from exc
    except OSError as exc:
        raise LibraryError(
            say("the key slot of the library cannot be read; `mag restore` brings it back from paper or a backup")
        ) from exc
    if not is_slot(slot) and standing(directory) is Standing.AWAY:
        raise lacking(directory)
    return slot


def unlock(directory: Path, passphrase: str) -> Secrets:
    """The secrets in the key slot of a library.

    Raises: as `read_slot`; WrongPassphraseError.
    """
    return open_slot(read_slot(directory), passphrase)
