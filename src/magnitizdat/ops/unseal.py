"""`mag unseal`: any age file, strictly, to a stream."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from magnitizdat.formats.age import open_sealed
from magnitizdat.formats.age_armor import ArmorReader, is_armored
from magnitizdat.formats.age_keys import Identity, ScryptIdentity
from magnitizdat.library.disk import FileReader
from magnitizdat.model import ReadAt

_FIRST_LOOK = 2048
_STEP = 1 << 20


def unseal(
    source: ReadAt | Path, identities: Sequence[Identity], out: BinaryIO, *, passphrase: str | None = None
) -> None:
    """Write the plaintext of an age file, armoured or not, to `out` in steps of 1 MiB.

    The end of the file is authenticated before the first byte is written, every chunk before it is.

    Raises: NotMineError if nothing given fits, WrongPassphraseError, DamagedError (with a sound beginning perhaps
    written already), NotFoundError, OSError from `out`.
    """
    sealed: ReadAt = FileReader(source, follow=True) if isinstance(source, Path) else source
    if is_armored(sealed.read_at(0, _FIRST_LOOK)):
        sealed = ArmorReader(sealed)
    tried: list[Identity] = [*identities]
    if passphrase is not None:
        tried.append(ScryptIdentity(passphrase))
    plain = open_sealed(sealed, tried)
    out.writelines(plain.read_at(offset, _STEP) for offset in range(0, plain.length, _STEP))
