"""What opens reels here: this library's own addresses, and the keys of doors of clubs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

from magnitizdat.errors import DamagedError, LibraryError
from magnitizdat.formats.age_keys import Identity, X25519Identity
from magnitizdat.library.club_rows import EpochRow
from magnitizdat.library.library import Library
from magnitizdat.library.members import epoch_name


class ReelKeys(NamedTuple):
    """Identities in the order in which they are tried; `clubs`: whose door those of clubs open, by imprint."""

    identities: tuple[X25519Identity, ...]
    clubs: dict[X25519Identity, str]

    def club_of(self, identity: Identity | None) -> str:
        """The club to which a reel is sealed that this identity opens; empty where it is to a person."""
        return self.clubs.get(identity, "") if isinstance(identity, X25519Identity) else ""


def reel_keys(library: Library) -> ReelKeys:
    """Own addresses first, then the doors of clubs, the newest epoch first: of those only what is still here."""
    own = library.secrets.addresses
    clubs = dict(_doors(library))
    return ReelKeys((*own, *(each for each in clubs if each not in own)), clubs)


def _doors(library: Library) -> Iterator[tuple[X25519Identity, str]]:
    rows = library.index.listening.kept(EpochRow, "epoch:")
    for row in sorted(rows, key=lambda row: (-row.number, row.id)):
        name = epoch_name(row.club, row.id)
        if not row.destroyed and library.has_member(name):
            with suppress(LibraryError, DamagedError):  # a hurt one opens nothing, and the others do
                yield X25519Identity.from_text(library.member(name).decode("ascii", "replace").strip()), row.club
