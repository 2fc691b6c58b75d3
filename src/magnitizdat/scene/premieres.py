"""What a closed album is made of: the closed file, the words that open it, and shares of these words. PURE.

The closed file is an age file, sealed to an identity of its own, of a ZIP of whole stored members: the album's document
and its files as a spool names them. Its length is one of Padmé's. The identity lies in an age file that opens with
twelve words of BIP-39: 128 bits of chance, so little work is enough to try them, and no more than that is read.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from magnitizdat.catalogue.premieres import MAX_LENGTH, SEALED_TYPE, Premiere
from magnitizdat.errors import DamagedError, UsageError
from magnitizdat.formats import age, age_stream, zip_store
from magnitizdat.formats.age_header import encode_header, header_length
from magnitizdat.formats.age_keys import ScryptRecipient, X25519Identity, X25519Recipient, new_file_key, new_nonce
from magnitizdat.formats.zip_store import Content
from magnitizdat.model import PIECE_LENGTH
from magnitizdat.reel.layout import padme
from magnitizdat.sentence import say

DOCUMENT_NAME = "album.json"
"""Member of the closed file that is the album's document, the first one."""
WORK_FACTOR = 10
"""Of scrypt, for twelve words of chance; no other is read."""
_REMARK = "# premiere\n"


class Shape(NamedTuple):
    """Bytes of a closed file in all, and of the ZIP inside."""

    length: int
    zip_length: int


def shape(sizes: Iterable[tuple[str, int]]) -> Shape:
    """The closed file of these members (name, bytes).

    Raises: UsageError where it would be longer than a ZIP without its 64-bit fields.
    """
    header = header_length(1)
    least = zip_store.zip_length(sizes) + zip_store.min_padding()
    length = padme(header + age_stream.sealed_length(least))
    while (zip_length := _plain_length(length - header)) is None:
        length = padme(length + 1)
    if max(length, zip_length + 1) > MAX_LENGTH:
        raise UsageError(
            say("a closed album has less than 4 GiB with all that belongs to it; make two of it, or leave covers out")
        )
    return Shape(length, zip_length)


def _plain_length(sealed: int) -> int | None:
    try:
        return age_stream.plain_length(sealed)
    except DamagedError:  # no payload has that length
        return None


class AlbumSealing:
    """Seals a closed file: the same bytes as often as its parts are asked for. Its `repr` says nothing."""

    def __init__(self, recipient: X25519Recipient) -> None:
        self._file_key, self._nonce = new_file_key(), new_nonce()
        self._header = encode_header([recipient.wrap(self._file_key)], self._file_key)

    def pieces(self, members: Sequence[tuple[str, Content]]) -> Iterator[bytes]:
        """The file, 1 MiB at a time. Raises: as `shape`; and what reading a member raises."""
        inside = shape((name, zip_store.length_of(content)) for name, content in members)
        plain = zip_store.write_zip(members, length=inside.zip_length)
        rest = bytearray(self._header)
        for part in age_stream.seal_chunks(plain, self._file_key, self._nonce):
            rest += part
            if len(rest) >= PIECE_LENGTH:
                yield bytes(rest[:PIECE_LENGTH])
                del rest[:PIECE_LENGTH]
        if rest:
            yield bytes(rest)


def words_file(identity: X25519Identity, words: str) -> str:
    """The age file of an identity that opens with `words`, in base64."""
    text = f"{_REMARK}{identity.text}\n".encode()
    sealed = age.seal(text, [ScryptRecipient(words, work_factor=WORK_FACTOR)])
    return base64.b64encode(sealed).decode("ascii")


def share_digest(share: str) -> str:
    """SHA-256 of a share, whose words stand in small letters with one blank between them."""
    return hashlib.sha256(" ".join(share.lower().split()).encode()).hexdigest()


def qr_text(share: str) -> str:
    """What the QR of a share says: in capitals it fits one of version 6."""
    return " ".join(share.upper().split())


def is_sound(premiere: Premiere) -> bool:
    """Whether it names a file that can be one of an album, and shares of which `need` are fewer than all."""
    file, shares = premiere.file, premiere.shares
    is_file = file.media_type == SEALED_TYPE and 0 < file.length <= MAX_LENGTH and file.is_consistent()
    return is_file and premiere.need < len(shares) == len(set(shares))
