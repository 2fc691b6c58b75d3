"""Addresses of the other library: reels that were sealed to them open here from now on."""

from __future__ import annotations

from pathlib import Path

from magnitizdat.disk.disk import Disk
from magnitizdat.formats.age_keys import X25519Identity
from magnitizdat.library.keyring import Secrets, open_slot, rewrap
from magnitizdat.library.library import SLOT_NAME, read_slot


def unknown(ours: Secrets, theirs: Secrets) -> list[X25519Identity]:
    """Addresses of the other library that this one does not have, newest first."""
    known = {address.text for address in ours.addresses}
    return [address for address in theirs.addresses if address.text not in known]


def take_addresses(directory: Path, passphrase: str, theirs: Secrets, *, disk: Disk) -> int:
    """Put them into the slot of the library in `directory`, behind its own: how many there are. One switch.

    Raises: WrongPassphraseError, LibraryError, TargetError; the slot then stands as it was.
    """
    secrets = open_slot(read_slot(directory), passphrase)
    fresh = unknown(secrets, theirs)
    if fresh:
        more = Secrets(
            database_key=secrets.database_key,
            vault=secrets.vault,
            cell_names_key=secrets.cell_names_key,
            web_key=secrets.web_key,
            device_id=secrets.device_id,
            addresses=[*secrets.addresses, *fresh],
        )
        rewrap(disk, directory / SLOT_NAME, more, passphrase)
    return len(fresh)
