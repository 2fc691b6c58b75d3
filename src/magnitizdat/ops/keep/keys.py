"""`mag passwd` and `mag card --new`: what changes of the keys while the library stays."""

from __future__ import annotations

from pathlib import Path

from magnitizdat.disk.disk import Disk
from magnitizdat.errors import MagError, UnsureError, UsageError, partly
from magnitizdat.library import agent
from magnitizdat.library.keyring import Secrets, open_slot
from magnitizdat.library.library import Library, read_slot
from magnitizdat.model import Outcome, Shortfall, Value
from magnitizdat.ops.keep.session import require_passphrase
from magnitizdat.sentence import Sentence, say

MAX_ADDRESSES = 12
"""Addresses of one library at most: with more, its key slot would not fit the QR of its paper copy."""


class KeysReport(Value, frozen=True, kw_only=True):
    """The new slot is in place, whatever is `missing`."""

    said: Sentence
    advice: Sentence
    missing: tuple[Shortfall, ...] = ()

    def outcome(self) -> Outcome:
        """What was switched decides the headline."""
        return Outcome(headline=self.said, lines=(self.advice,), missing=self.missing, exit_code=partly(self.missing))


def change_passphrase(directory: Path, old: str, new: str, *, disk: Disk, work_factor: int = 17) -> KeysReport:
    """Another passphrase: one switch, then the old slot is overwritten and who holds keys is told to forget them.

    Raises: UsageError, WrongPassphraseError, LibraryError, TargetError; the old passphrase then stands.
    """
    require_passphrase(new)
    missing = _switch(directory, old, new, disk, work_factor)
    return KeysReport(
        said=say("The passphrase is changed."),
        advice=say("Old backups and paper copies still open with the old one, so print a new paper copy."),
        missing=missing,
    )


def add_address(directory: Path, passphrase: str, *, disk: Disk, work_factor: int = 17) -> KeysReport:
    """A new address, which stands on the card from now on; what was sealed to the old ones still opens.

    Raises: UsageError where there are too many; WrongPassphraseError, LibraryError, TargetError: nothing is changed.
    """
    missing = _switch(directory, passphrase, passphrase, disk, work_factor, new_address=True)
    return KeysReport(
        said=say("Your card has a new address; reels that were sealed to the old ones still open here."),
        advice=say(
            "Old backups and paper copies do not know it, so print a new paper copy, and give friends the new card."
        ),
        missing=missing,
    )


def _switch(
    directory: Path, old: str, new: str, disk: Disk, work_factor: int, *, new_address: bool = False
) -> tuple[Shortfall, ...]:
    """What did not come off after the switch."""
    read = read_slot(directory)
    secrets = open_slot(read, old)
    kept = _with_one_more(secrets) if new_address else secrets
    missing = []
    with Library(directory, secrets, disk=disk) as library:
        try:
            library.rewrap(new, secrets=kept, read=read, work_factor=work_factor)
        except UnsureError as exc:
            missing.append(Shortfall(what=say("the old key file"), reason=exc.sentence))
    return (*missing, *forget_keys(directory))


def _with_one_more(secrets: Secrets) -> Secrets:
    if len(secrets.addresses) >= MAX_ADDRESSES:
        raise UsageError(
            say(
                "this library has {count} addresses, and its paper copy has room for no more; the newest stays",
                count=len(secrets.addresses),
            )
        )
    return secrets.with_new_address()


def forget_keys(directory: Path) -> tuple[Shortfall, ...]:
    """Let whoever holds this library's keys forget them; who did not."""
    try:
        agent.stop(directory)
    except MagError as exc:
        return (Shortfall(what=say("a program that holds the keys"), reason=exc.sentence),)
    return ()
