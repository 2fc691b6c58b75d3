"""A blob out of the vault, piece by piece."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from magnitizdat.library.vault import Placement, Vault
from magnitizdat.model import PIECE_LENGTH


class BlobReader:
    """The plaintext of one complete blob, piece by piece out of the vault (a `ReadAt`)."""

    def __init__(self, vault: Vault, placements: Sequence[Placement], length: int) -> None:
        self._vault = vault
        self._placements = placements
        self._length = length

    @property
    def length(self) -> int:
        """Bytes in all."""
        return self._length

    def read_at(self, offset: int, length: int) -> bytes:
        """Bytes `offset:offset + length`, cut off at the end like a slice."""
        end = min(offset + length, self._length)
        parts = []
        while offset < end:
            number, start = divmod(offset, PIECE_LENGTH)
            wanted = min(end - offset, PIECE_LENGTH - start)
            parts.append(self._vault.read_range(self._placements[number], start, wanted))
            offset += wanted
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def pieces(self) -> Iterator[bytes]:
        """The whole blob in order, 1 MiB at a time."""
        for placement in self._placements:
            yield self._vault.read(placement)
