"""A blob out of the vault, piece by piece."""

from __future__ import annotations

import threading
from collections import OrderedDict
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


KEPT_PIECES = 4


class PieceReader:
    """A blob for whoever goes through it in order, in several threads (a `ReadAt`): each piece is opened once.

    The last few are kept, because what is wanted next seldom begins where a piece does.
    """

    def __init__(self, blob: BlobReader) -> None:
        self._blob = blob
        self._kept: OrderedDict[int, bytes] = OrderedDict()
        self._turns = (threading.Lock(), threading.Lock())
        """Of even and odd pieces: two that follow each other are opened at a time, and none twice."""

    @property
    def length(self) -> int:
        """Bytes in all."""
        return self._blob.length

    def read_at(self, offset: int, length: int) -> bytes:
        """Bytes `offset:offset + length`, cut off at the end like a slice. Raises: LibraryError."""
        end = min(offset + length, self.length)
        parts = []
        while offset < end:
            number, start = divmod(offset, PIECE_LENGTH)
            part = self._piece(number)[start : start + end - offset]
            parts.append(part)
            offset += len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _piece(self, number: int) -> bytes:
        with self._turns[number & 1]:
            piece = self._kept.get(number)
            if piece is None:
                piece = self._blob.read_at(number * PIECE_LENGTH, PIECE_LENGTH)
                self._kept[number] = piece
                while len(self._kept) > KEPT_PIECES:
                    self._kept.popitem(last=False)
            return piece
