"""One codec for vault cells and reel segments: an age file of one exact length with a ZIP of stored members. PURE."""

from __future__ import annotations

import mmap
from collections.abc import Sequence
from dataclasses import dataclass

from magnitizdat.errors import DamagedError
from magnitizdat.formats import age_stream, zip_store
from magnitizdat.formats.age import read_header_of, unwrap
from magnitizdat.formats.age_header import encode_header, header_length
from magnitizdat.formats.age_keys import Identity, Recipient, new_file_key, new_nonce
from magnitizdat.formats.age_stream import StreamReader
from magnitizdat.formats.zip_store import Content, Member, member_cost
from magnitizdat.model import PIECE_LENGTH, ReadAt
from magnitizdat.sentence import say

__all__ = ["Container", "ContainerShape", "Sealer", "member_cost", "room", "seal_container", "shape_for"]

_LONGEST_PIECE_NAME = "blobs/ab/" + 64 * "0" + ".0000000"
_EMPTY_ZIP = zip_store.zip_length([])


@dataclass(frozen=True)
class ContainerShape:
    """The one length of a set of containers, and how many recipients each names."""

    zip_length: int
    recipients: int

    @property
    def sealed_length(self) -> int:
        """Bytes of the whole file, header included."""
        return header_length(self.recipients) + age_stream.sealed_length(self.zip_length)


def shape_for(pieces: int, recipients: int) -> ContainerShape:
    """The shape into which `pieces` full pieces just fit."""
    length = pieces * member_cost(_LONGEST_PIECE_NAME, PIECE_LENGTH)
    return ContainerShape(_EMPTY_ZIP + zip_store.min_padding() + length, recipients)


def room(shape: ContainerShape) -> int:
    """Bytes of `member_cost` that fit one container."""
    return shape.zip_length - _EMPTY_ZIP - zip_store.min_padding()


class Sealer:
    """Seals containers of one shape into a buffer of its own, for one thread.

    Raises: ValueError if the shape is for another number of recipients.
    """

    def __init__(self, shape: ContainerShape, recipients: Sequence[Recipient]) -> None:
        if len(recipients) != shape.recipients:
            raise ValueError("the shape is for another number of recipients")
        self._shape = shape
        self._recipients = recipients
        self._sealed = _whole_pages(shape.sealed_length)

    def seal(self, members: Sequence[tuple[str, Content]]) -> memoryview:
        """A whole sealed container, valid until the next call.

        Raises: ValueError if the members do not fit.
        """
        return seal_container(members, self._shape, self._recipients, out=self._sealed)


def seal_container(
    members: Sequence[tuple[str, Content]],
    shape: ContainerShape,
    recipients: Sequence[Recipient],
    *,
    file_key: bytes | None = None,
    out: bytearray | memoryview | None = None,
) -> memoryview:
    """One sealed container of exactly `shape.sealed_length` bytes, in `out` where one is given.

    The members are encrypted from where they are: no ZIP is assembled in between. What a member that is not read yet
    raises comes through.

    Raises: ValueError if the members do not fit, or the recipients make another header than the shape's.
    """
    file_key = file_key or new_file_key()
    parts = zip_store.write_zip(members, length=shape.zip_length)
    header = encode_header([recipient.wrap(file_key) for recipient in recipients], file_key)
    out = bytearray(shape.sealed_length) if out is None else out
    if len(header) != header_length(shape.recipients) or len(out) != shape.sealed_length:
        raise ValueError("the recipients or the buffer do not fit the shape")
    out[: len(header)] = header
    age_stream.seal_parts_into(parts, file_key, new_nonce(), out, len(header), length=shape.zip_length)
    return memoryview(out)


def _whole_pages(length: int) -> memoryview:
    """A buffer that begins on a page of memory, as writing past the page cache wants it."""
    return memoryview(mmap.mmap(-1, length))


class Container:
    """An opened cell or segment; safe in several threads.

    Raises: NotMineError, WrongPassphraseError, DamagedError, and OSError from the source.
    """

    def __init__(self, source: ReadAt, identities: Sequence[Identity]) -> None:
        header = read_header_of(source)
        file_key = unwrap(header, identities)
        self._stream = StreamReader(source, header_length=header.length, file_key=file_key)
        self.members: dict[str, Member] = {member.name: member for member in zip_store.read_table(self._stream)}

    def read(self, name: str) -> bytes:
        """A member, verified.

        Raises: DamagedError, also if there is no such member.
        """
        member = self.members.get(name)
        if member is None:
            raise DamagedError(say("a file of it does not hold what it should; ask for another copy"))
        return zip_store.read_member(self._stream, member)

    def read_into(self, buffer: memoryview, offset: int) -> int:
        """Fill `buffer` with the plaintext from `offset` on, authenticated by age; how many bytes that was."""
        return self._stream.read_into(buffer, offset)

    def read_range(self, offset: int, length: int) -> bytes:
        """Bytes of the plaintext, authenticated by age."""
        return self._stream.read_at(offset, length)
