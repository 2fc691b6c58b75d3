"""`mag unseal`: any age file, strictly, to a stream."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from magnitizdat.disk.reading import FileReader
from magnitizdat.errors import UsageError
from magnitizdat.formats import budgets
from magnitizdat.formats.age import open_sealed
from magnitizdat.formats.age_armor import ArmorReader, is_armored
from magnitizdat.formats.age_keys import Identity, ScryptIdentity, parse_identity
from magnitizdat.formats.typed_words import passphrases
from magnitizdat.model import ReadAt
from magnitizdat.sentence import say

_FIRST_LOOK = 2048
_IDENTITIES_LENGTH = 1 << 20
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
        most = budgets.UNSEAL_WORK.most
        tried += [ScryptIdentity(each, max_work_factor=most) for each in passphrases(passphrase)]
    plain = open_sealed(sealed, tried)
    out.writelines(plain.read_at(offset, _STEP) for offset in range(0, plain.length, _STEP))


def read_identities(paths: Sequence[Path]) -> list[Identity]:
    """Identities in files, one a line; empty lines and those that begin with # are passed over, as `age -i` does.

    Raises: UsageError if a file has none, DamagedError for a line that is none.
    """
    found: list[Identity] = []
    for path in paths:
        with FileReader(path, follow=True) as reader:
            text = reader.read_at(0, _IDENTITIES_LENGTH).decode("utf-8", "replace")
        lines = [line.strip() for line in text.splitlines()]
        found += [parse_identity(line) for line in lines if line and not line.startswith("#")]
    if not found:
        raise UsageError(say("there is no identity in that file; it holds lines that begin with AGE-SECRET-KEY-1"))
    return found
