"""age files the short way: seal some bytes, open a source. PURE but for the randomness drawn in `age_keys`."""

from __future__ import annotations

from collections.abc import Sequence

from magnitizdat.errors import NotMineError, WrongPassphraseError
from magnitizdat.formats import budgets
from magnitizdat.formats.age_header import Header, encode_header, read_header, verify_mac
from magnitizdat.formats.age_keys import HybridRecipient, Identity, Recipient, ScryptRecipient, new_file_key, new_nonce
from magnitizdat.formats.age_stream import StreamReader, seal_chunks
from magnitizdat.model import ReadAt
from magnitizdat.sentence import say

_FIRST_LOOK = 4096


class BytesReader:
    """Bytes in memory as `ReadAt`."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    @property
    def length(self) -> int:
        """Bytes in all."""
        return len(self._content)

    def read_at(self, offset: int, length: int) -> bytes:
        """The slice."""
        return self._content[offset : offset + length] if offset >= 0 else b""


def seal(plain: bytes, recipients: Sequence[Recipient]) -> bytes:
    """An age file of `plain`.

    Raises: ValueError for recipients that must not stand in one file.
    """
    kinds = {type(recipient) for recipient in recipients}
    mixed = len(kinds) > 1 and kinds & {ScryptRecipient, HybridRecipient}
    if not recipients or mixed or (ScryptRecipient in kinds and len(recipients) > 1):
        raise ValueError("a passphrase stands alone, post-quantum recipients among themselves")
    file_key = new_file_key()
    header = encode_header([recipient.wrap(file_key) for recipient in recipients], file_key)
    return header + b"".join(seal_chunks([plain], file_key, new_nonce()))


def read_header_of(source: ReadAt, *, most: int = budgets.HEADER.most) -> Header:
    """The header of a source, at most so many bytes, read no further than needed.

    Raises: DamagedError.
    """
    prefix = source.read_at(0, _FIRST_LOOK)
    if b"\n--- " in prefix and b"\n" in prefix[prefix.index(b"\n--- ") + 5 :]:
        return read_header(prefix)
    return read_header(source.read_at(0, most))


def unwrap(header: Header, identities: Sequence[Identity]) -> bytes:
    """The file key, its header verified.

    Raises: NotMineError if no identity fits, DamagedError, WrongPassphraseError.
    """
    wrong: WrongPassphraseError | None = None
    for identity in identities:
        try:
            file_key = identity.unwrap(header.stanzas)
        except WrongPassphraseError as exc:  # another one may fit
            wrong = exc
            continue
        if file_key is not None:
            verify_mac(header, file_key)
            return file_key
    if wrong is not None:
        raise wrong
    raise NotMineError(say("this is sealed to somebody else; ask for a copy that is sealed to you"))


def open_sealed(source: ReadAt, identities: Sequence[Identity]) -> StreamReader:
    """The plaintext of an age file as `ReadAt`.

    Raises: NotMineError if no identity fits, WrongPassphraseError, DamagedError.
    """
    header = read_header_of(source)
    return StreamReader(source, header_length=header.length, file_key=unwrap(header, identities))


def unseal(sealed: bytes, identities: Sequence[Identity]) -> bytes:
    """The plaintext of an age file in memory. Raises as `open_sealed`."""
    reader = open_sealed(BytesReader(sealed), identities)
    return reader.read_at(0, reader.length)
