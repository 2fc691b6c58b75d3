"""Addresses of the other library: reels that were sealed to them open here from now on."""

from __future__ import annotations

from magnitizdat.formats.age_keys import X25519Identity
from magnitizdat.library.keyring import Secrets, open_slot
from magnitizdat.library.library import Library, read_slot


def unknown(ours: Secrets, theirs: Secrets) -> list[X25519Identity]:
    """Addresses of the other library that this one does not have, newest first."""
    known = {address.text for address in ours.addresses}
    return [address for address in theirs.addresses if address.text not in known]


def take_addresses(library: Library, passphrase: str, theirs: Secrets) -> int:
    """Put them into the slot of a library, behind its own: how many there are. One switch.

    Raises: WrongPassphraseError, LibraryError, TargetError: the slot then stands as it was; UnsureError: they are in
    it, and the old slot may remain.
    """
    read = read_slot(library.directory)
    secrets = open_slot(read, passphrase)
    fresh = unknown(secrets, theirs)
    if fresh:
        library.rewrap(passphrase, secrets=secrets.with_addresses([*secrets.addresses, *fresh]), read=read)
    return len(fresh)
