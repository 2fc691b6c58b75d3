"""`mag restore`: the key slot from paper, a photo of its code or a backup, put in place once it is sure to fit."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from magnitizdat.disk.disk import Disk
from magnitizdat.disk.reading import FileReader
from magnitizdat.errors import (
    DamagedError,
    LibraryError,
    LockedError,
    MagError,
    SourceError,
    UnsureError,
    UsageError,
    WrongPassphraseError,
    partly,
)
from magnitizdat.formats.age import BytesReader, read_header_of
from magnitizdat.library import holders
from magnitizdat.library.holders import SLOT_NAME
from magnitizdat.library.index.index import Index
from magnitizdat.library.index.refusals import UnreadableIndexError
from magnitizdat.library.keyring import DamagedSlotError, Secrets, is_slot, open_slot
from magnitizdat.library.library import INDEX_NAME
from magnitizdat.library.slot import AWAY_NAME, VAULT_NAME, Standing, lacking, obey_panic, standing
from magnitizdat.library.vault import Vault
from magnitizdat.model import Outcome, Shortfall, Value
from magnitizdat.sentence import say

LIMIT = 32 << 20
"""Bytes of a photo, or of whatever else is given."""
_ARMOR = re.compile(r"-----BEGIN AGE ENCRYPTED FILE-----(.*?)-----END AGE ENCRYPTED FILE-----", re.DOTALL)
_NO_SLOT = say(
    "no key file is in {name}; give the paper copy's text or a sharp photo of its code,"
    " `key.age` of a backup, or the backup's folder"
)
_SLIP = say("the text has a mistake; compare it with the paper, line by line, or take another copy")
_COPY_IT = say("no library is here; the backup is one itself: copy the folder here, or use `mag --library {source}`")
_OF_ITS_DAY = say("the passphrase is wrong; an older copy opens with the passphrase of its day")
_LIKE_A_SLOT = re.compile(r"BEGIN AGE|ENCRYPTED FILE|YWdlLWVuY3J5cHRpb24|age-encryption\.org")


class RestoreReport(Value, frozen=True, kw_only=True):
    """The slot is in place. `is_indexed`: the index opens with it; else the cells do, and a rebuild makes one."""

    is_indexed: bool
    missing: tuple[Shortfall, ...] = ()

    def outcome(self) -> Outcome:
        """What to do next, where something is."""
        lines = [] if self.is_indexed else [say("The index is not here or damaged: `mag doctor --rebuild` makes one.")]
        lines.append(
            say("An older copy of the key file does not know newer addresses of your card; `mag card` shows yours.")
        )
        return Outcome(
            headline=say("The key is back in its place, and opens this library."),
            lines=tuple(lines),
            missing=self.missing,
            exit_code=partly(self.missing),
        )


def read_given(path: Path) -> list[bytes]:
    """What a person brought, as it is or as the codes on a photo say; of a backup's folder its slot.

    Raises: SourceError, UsageError.
    """
    with FileReader(path / SLOT_NAME if path.is_dir() else path, follow=True) as reader:
        if reader.length > LIMIT:
            raise UsageError(say("{name} is too large for a key file or a photo of one", name=path.name))
        content = reader.read_at(0, reader.length)
    if is_slot(content) or _ARMOR.search(content.decode("utf-8", "replace")):
        return [content]
    return [text.encode() for text in _codes(content)] or [content]


def _codes(image: bytes) -> list[str]:
    """Texts of the codes on a photo, which a caged worker looks at; none where it is no photo."""
    from magnitizdat.workers.pool import ParserPool

    with suppress(SourceError), ParserPool(workers=1) as pool:
        return pool.read_qr(image)
    return []


def armored_in(text: str) -> bytes | None:
    """An age file in a text as it was typed or scanned: blanks and the length of lines do not matter."""
    found = _ARMOR.search(text)
    if found is None:
        return None
    try:
        return base64.b64decode("".join(found[1].split()), validate=True)
    except ValueError:
        return None


def slot_in(given: list[bytes], name: str) -> bytes:
    """The key slot among what was brought, binary.

    Raises: DamagedError where one was meant, UsageError where none is.
    """
    for content in given:
        binary = armored_in(content.decode("utf-8", "replace")) or content
        if is_slot(binary):
            return binary
    if any(_is_spoilt(content) for content in given):
        raise DamagedError(_SLIP)
    raise UsageError(_NO_SLOT.filled(name=name))


def _is_spoilt(content: bytes) -> bool:
    """Whether it began as an age file or the text of one, and is none as it stands."""
    if not _LIKE_A_SLOT.search(content.decode("utf-8", "replace")):
        return False
    try:
        read_header_of(BytesReader(armored_in(content.decode("utf-8", "replace")) or content))
    except DamagedError:
        return True
    return False


def require_wanted(directory: Path, passphrase: Callable[[], str], source: Path | None = None) -> None:
    """`passphrase` is asked for where only it can tell whether the slot in place is sound.

    Raises: UsageError where a sound slot is in place, or nothing at all; as `obey_panic`.
    """
    obey_panic(directory)  # or the file would destroy what is brought
    match standing(directory):
        case Standing.NONE if source is not None and _is_library(source):
            raise UsageError(_COPY_IT.filled(source=source))
        case Standing.NONE:
            raise lacking(directory)
        case Standing.HERE if is_sound(_content(directory / SLOT_NAME), passphrase):
            raise UsageError(
                say("the key is in its place; move `key.age` away first if another one shall take its place")
            )


def _is_library(source: Path) -> bool:
    return standing(source) is Standing.HERE and (source / VAULT_NAME).is_dir()


def is_sound(slot: bytes, passphrase: Callable[[], str]) -> bool:
    """Whether a slot may be whole: its header tells, and the passphrase that opens it, where it is known."""
    if not is_slot(slot):
        return False
    try:
        open_slot(slot, passphrase())
    except (LockedError, LibraryError) as exc:
        return not isinstance(exc, DamagedSlotError)
    return True


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def put_back(directory: Path, slot: bytes, passphrase: str, *, disk: Disk) -> RestoreReport:
    """Put a slot in place that opens with `passphrase` and fits this library: one switch.

    Raises: UsageError, WrongPassphraseError, DamagedError, LibraryError; nothing is changed then.
    """
    require_wanted(directory, lambda: passphrase)
    disk.confine(directory, alike=True)
    missing = []
    with holders.hold(directory, disk):  # a panic meanwhile ends us
        is_indexed = _fits(directory, _opened(slot, passphrase), disk)
        try:
            disk.write_atomic(directory / SLOT_NAME, slot)
        except UnsureError as exc:
            missing.append(Shortfall(what=say("the key file"), reason=exc.sentence))
        with suppress(MagError):  # beside a slot it says nothing
            disk.remove(directory / AWAY_NAME)
            disk.flush()
    return RestoreReport(is_indexed=is_indexed, missing=tuple(missing))


def _opened(slot: bytes, passphrase: str) -> Secrets:
    try:
        return open_slot(slot, passphrase)
    except WrongPassphraseError as exc:
        raise WrongPassphraseError(_OF_ITS_DAY) from exc
    except DamagedSlotError as exc:
        raise DamagedError(_SLIP) from exc


def _fits(directory: Path, secrets: Secrets, disk: Disk) -> bool:
    """Whether the index opens with these; False where only cells do.

    Raises: LibraryError where nothing of this library does.
    """
    with suppress(UnreadableIndexError), Index(directory / INDEX_NAME, secrets.database_key, disk=disk):
        return True
    vault = Vault(directory / VAULT_NAME, secrets, disk)
    if next(vault.cells(), None) is None:
        raise LibraryError(say("this key is another library's: nothing here opens with it; look for the right copy"))
    return False
