"""Messages on the pipes between the program and its workers: four bytes of length, then MessagePack. Never pickle.

The program believes nothing that comes back: lengths are capped, values are validated while they are decoded.
"""

from __future__ import annotations

from typing import Annotated, BinaryIO, Literal

import msgspec
from msgspec import Meta

from magnitizdat.formats.loudness import Sound
from magnitizdat.formats.m3u import MAX_ENTRIES, LineText, PlaylistEntry
from magnitizdat.formats.transcodes import Encoding
from magnitizdat.workers.values import COVER_LIMIT, Cage, EncodeKind, Fit, Made, Parsed, Said, Samples, Tags, ZipEntry

FRAME_LIMIT = 96 << 20
"""Bytes of one message: covers and lyrics of one file, or a batch of small files."""

SMALL_FILE = 1 << 20
"""Bytes up to which a file is pushed whole; longer ones are read by ranges."""

BATCH_FILES = 64
BATCH_LENGTH = 4 << 20
PIPE_LENGTH = 1 << 20
"""Bytes that a pipe holds where the system allows it: with its usual 64 KiB both sides would wake up all the time."""
RANGE_LIMIT = 4 << 20
CHUNK_LENGTH = 1 << 20
PICTURE_LIMIT = 4 << 20
"""Bytes of one picture that was scaled."""


class Message(msgspec.Struct, frozen=True, tag=True):
    """Base of all messages; the class name tells them apart."""


class ParseBatch(Message, frozen=True):
    """Small files, whole; one `FileOutcome` each, in order: together, or `one_by_one` as soon as each is known."""

    files: list[bytes]
    one_by_one: bool = False


class ParseLarge(Message, frozen=True):
    """One file, to be read by `Need`; one `FileOutcome`."""

    length: int


class ListZip(Message, frozen=True):
    """To be read by `Need`; answered with `Entries` or `Failed`."""

    length: int


class ReadMember(Message, frozen=True):
    """To be read by `Need`; answered with `Chunk`s and `Done`, or `Failed`."""

    length: int
    entry: ZipEntry


class Encode(Message, frozen=True):
    """To be read by `Need`; answered with `Chunk`s and `Done`, or `Failed`."""

    length: int
    kind: EncodeKind
    tags: Tags | None = None
    fit: Fit | None = None


class TranscodeUnits(Message, frozen=True):
    """Packets `first` to `first + count`; to be read by `Need`; answered with `Chunk`s and `Done`, or `Failed`."""

    length: int
    encoding: Encoding
    origin_s: int
    first: int
    count: int


class Plain(Message, frozen=True):
    """To be read by `Need`; answered with `Chunk`s and `Done`, or `Failed`."""

    length: int
    samples: Samples


class CutOut(Message, frozen=True):
    """To be read by `Need`; answered with `Chunk`s, `Finished` and `Done`, or `Failed`."""

    length: int
    start: int
    samples: int
    tags: Tags


class Retag(Message, frozen=True):
    """Answered with one or more `Chunk`s and `Done`, or `Failed`."""

    audio: bytes
    tags: Tags
    fields: tuple[str, ...]


class ReadQr(Message, frozen=True):
    """Answered with `Texts` or `Failed`."""

    image: bytes


class Scale(Message, frozen=True):
    """Answered with `Pictures`, one a side in their order, or `Failed`."""

    image: bytes
    sides: tuple[int, ...]


class Portray(Message, frozen=True):
    """A picture that may become a cover: answered with `Portrayed` or `Failed`."""

    image: bytes


class Listen(Message, frozen=True):
    """To be read by `Need`; answered with `Heard` or `Failed`."""

    length: int


class ReadList(Message, frozen=True):
    """A playlist of another player; answered with `WholeList` or `Failed`."""

    content: bytes


class SelfTest(Message, frozen=True):
    """What the worker could do if it were taken over: answered with `Texts`, the names of deeds that succeeded."""


Request = (
    ParseBatch
    | ParseLarge
    | ListZip
    | ReadMember
    | Encode
    | TranscodeUnits
    | CutOut
    | Plain
    | Retag
    | ReadQr
    | Scale
    | Portray
    | Listen
    | ReadList
    | SelfTest
)


class Ready(Message, frozen=True):
    """The first message of every worker: the cage is closed."""

    cage: Cage


class Need(Message, frozen=True):
    """Please send these bytes of the source: answered with a bare frame, empty where the source fails."""

    offset: Annotated[int, Meta(ge=0, le=1 << 62)]
    length: Annotated[int, Meta(ge=1, le=RANGE_LIMIT)]


class FileOutcome(Message, frozen=True):
    """One file of a batch: what it is, or why not. After `ending` the worker is gone (it ran out of memory)."""

    parsed: Parsed | None
    reason: Said | None = None
    ending: bool = False


class Chunk(Message, frozen=True):
    data: bytes


class Entries(Message, frozen=True):
    entries: Annotated[list[ZipEntry], Meta(max_length=20_000)]


class Texts(Message, frozen=True):
    texts: Annotated[list[Annotated[str, Meta(max_length=1 << 16)]], Meta(max_length=256)]


class WholeList(Message, frozen=True):
    name: LineText
    entries: Annotated[list[PlaylistEntry], Meta(max_length=MAX_ENTRIES)]


class Pictures(Message, frozen=True):
    """JPEG files."""

    pictures: Annotated[list[Annotated[bytes, Meta(max_length=PICTURE_LIMIT)]], Meta(max_length=8)]


class Portrayed(Message, frozen=True):
    """The picture as players show it: `content` is empty where it may stay as it is."""

    media_type: Annotated[str, Meta(max_length=64)]
    content: Annotated[bytes, Meta(max_length=COVER_LIMIT)] = b""


class Heard(Message, frozen=True):
    sound: Sound


class Finished(Message, frozen=True):
    """What the chunks before it are."""

    made: Made


class Done(Message, frozen=True):
    """The end of a stream of chunks."""


class Failed(Message, frozen=True):
    """A sentence, and whether it is about damage or about something that is not on the list."""

    reason: Said
    kind: Literal["damaged", "unsupported"] = "damaged"
    ending: bool = False


Reply = (
    Ready
    | Need
    | FileOutcome
    | Chunk
    | Entries
    | Texts
    | Pictures
    | Portrayed
    | WholeList
    | Heard
    | Finished
    | Done
    | Failed
)


class BrokenPipe(Exception):  # noqa: N818  an end, which the two sides turn into their own errors
    """The other side is gone, or talks nonsense."""


def write_message(pipe: BinaryIO, message: Message, *, more: bool = False) -> None:
    """With `more` to come it may wait on this side until then. Raises: BrokenPipe."""
    write_frame(pipe, msgspec.msgpack.encode(message), more=more)


def write_frame(pipe: BinaryIO, frame: bytes, *, more: bool = False) -> None:
    """The same of bytes. Raises: BrokenPipe."""
    try:
        pipe.write(len(frame).to_bytes(4, "little"))
        pipe.write(frame)
        if not more:
            pipe.flush()
    except (OSError, ValueError) as exc:
        raise BrokenPipe from exc


def read_frame(pipe: BinaryIO) -> bytes:
    """Raises: BrokenPipe, also at the end and for a length over `FRAME_LIMIT`."""
    try:
        prefix = pipe.read(4)
        length = int.from_bytes(prefix, "little")
        frame = pipe.read(length) if len(prefix) == 4 and length <= FRAME_LIMIT else None
    except (OSError, ValueError) as exc:
        raise BrokenPipe from exc
    if frame is None or len(frame) < length:
        raise BrokenPipe
    return frame


_REQUESTS: msgspec.msgpack.Decoder[Request] = msgspec.msgpack.Decoder(Request)
_REPLIES: msgspec.msgpack.Decoder[Reply] = msgspec.msgpack.Decoder(Reply)


def read_request(pipe: BinaryIO) -> Request:
    """Raises: BrokenPipe."""
    return _REQUESTS.decode(read_frame(pipe))


def read_reply(pipe: BinaryIO) -> Reply:
    """Raises: BrokenPipe, also for messages that do not validate."""
    try:
        return _REPLIES.decode(read_frame(pipe))
    except (msgspec.MsgspecError, RecursionError) as exc:
        raise BrokenPipe from exc
