"""The loop of a worker: a request in, replies out, until the pipe ends."""

from __future__ import annotations

import codecs
import gc
import io
import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO, cast

from magnitizdat.errors import DamagedError, MagError, UnsupportedError
from magnitizdat.model import AUDIO_TYPES
from magnitizdat.sentence import say
from magnitizdat.workers import (
    archive,
    audio,
    code_pages,
    cutting,
    encode,
    escapes,
    lists,
    loudness,
    pictures,
    plain,
    protocol,
    rehearsal,
    retag,
    tags,
    transcode,
)
from magnitizdat.workers.cage import close_cage
from magnitizdat.workers.foreign import why_not
from magnitizdat.workers.portraits import portrait
from magnitizdat.workers.remote import RemoteFile
from magnitizdat.workers.sniff import SNIFF_LENGTH, id3_length, sniff
from magnitizdat.workers.values import Made, Parsed, Said

SENT_TOGETHER = 64 << 10
"""Bytes of outcomes that are sent at once."""
GARBAGE = 20_000
"""Objects after which circles are looked for. With Python's 700 that takes a twentieth of a worker's time."""
_CODECS_USED = (*code_pages.PAGES, "ascii", "cp437", "koi8-r", "utf-16-le")
_EMPTY_TAG = b"ID3\x04" + bytes(6)
_NO_MEMORY = say("it needs more memory than a parser may have; it is probably not what it says it is")
_MISUNDERSTOOD = say("it cannot be understood; get an undamaged copy")


def main(memory_limit: int, nice: int = 0) -> None:
    """Serve on standard input and output; in the cage before the first request is read.

    `nice`: how far it steps back for other processes, 0 to 19.
    """
    if nice and hasattr(os, "nice"):
        os.nice(nice)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the program, which then closes the pipe
    inward, outward = _pipes()
    _warm()
    cage = close_cage(memory_limit)
    worker = Worker(inward, outward)
    try:
        protocol.write_message(outward, protocol.Ready(cage))
        while worker.serve(protocol.read_request(inward)):
            pass
    except protocol.BrokenPipe:
        pass
    os._exit(0)  # nothing to tidy, and a parser's own exit code shall not run


def _pipes() -> tuple[BinaryIO, BinaryIO]:
    """The two pipes on descriptors of their own, so that a library that prints cannot speak for us."""
    inward, outward = os.dup(0), os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    if sys.platform == "win32":
        import msvcrt

        for descriptor in (inward, outward):
            msvcrt.setmode(descriptor, os.O_BINARY)
    return os.fdopen(inward, "rb"), os.fdopen(outward, "wb", SENT_TOGETHER)


def _warm() -> None:
    """Load what would otherwise be opened late, when nothing can be opened any more."""
    for name in _CODECS_USED:
        codecs.lookup(name)
    rehearsal.rehearse()
    gc.freeze()
    gc.set_threshold(GARBAGE)


def understand(file: BinaryIO) -> Parsed:
    """All facts of one audio file.

    Raises: DamagedError, UnsupportedError.
    """
    prefix = file.read(SNIFF_LENGTH)
    if not prefix:
        raise DamagedError(say("it is empty"))
    media_type = sniff(prefix)
    if media_type == "audio/mpeg" and prefix[:3] == b"ID3":
        media_type = _behind_long_tag(file, prefix)
    if media_type not in AUDIO_TYPES:
        unknown = say("its first bytes are not those of any kind of audio that is taken in")
        raise UnsupportedError(why_not(prefix) or unknown)
    sound = audio.measure(file, media_type)
    said = tags.read_tags(file, media_type)
    return Parsed(media_type=media_type, **sound._asdict(), **said._asdict())


def _behind_long_tag(file: BinaryIO, prefix: bytes) -> str | None:
    """A second look where the ID3 tag with its pictures was longer than the prefix."""
    length = id3_length(prefix)
    if 0 < length < len(prefix):
        return sniff(prefix)
    file.seek(length)
    rest = file.read(SNIFF_LENGTH) if length else b""
    return sniff(_EMPTY_TAG + rest) if rest else None


class Worker:
    """Answers requests on a pair of pipes."""

    def __init__(self, inward: BinaryIO, outward: BinaryIO) -> None:
        self._inward = inward
        self._outward = outward

    def serve(self, request: protocol.Request) -> bool:
        """Answer one request; False when the worker must not go on."""
        match request:
            case protocol.ParseBatch(files, one_by_one):
                goes_on = all(self._parse(cast(BinaryIO, io.BytesIO(data)), more=not one_by_one) for data in files)
                self._outward.flush()
                return goes_on
            case protocol.ParseLarge(length):
                return self._parse(self._remote(length))
            case _:
                return self._answer(lambda: self._messages(request))

    def _messages(self, request: protocol.Request) -> Iterable[protocol.Message]:
        """What answers a request that is not about the facts of audio files."""
        match request:
            case protocol.ListZip(length):
                return [protocol.Entries(archive.list_entries(self._remote(length)))]
            case protocol.ReadMember(length, entry):
                return _stream(archive.read_member(self._remote(length), entry))
            case protocol.Encode() | protocol.TranscodeUnits() | protocol.Plain() | protocol.CutOut():
                return _stream(_sounding(self._remote(request.length), request))
            case protocol.Retag(data, wanted, fields):
                return _stream([retag.retag(data, wanted, fields)])
            case protocol.ReadQr() | protocol.Scale() | protocol.Portray():
                return [_seen(request)]
            case protocol.Listen(length):
                return [protocol.Heard(loudness.listen(self._remote(length)))]
            case protocol.ReadList(content):
                listing = lists.read_list(content)
                return [protocol.WholeList(listing.name, list(listing.entries))]
        return [protocol.Texts(escapes.possible_deeds())]

    def _parse(self, file: BinaryIO, *, more: bool = False) -> bool:
        failure = _failure(lambda: self._send(protocol.FileOutcome(understand(file)), more=more))
        if failure is not None:
            self._send(protocol.FileOutcome(None, failure.reason, failure.ending), more=more)
        return failure is None or not failure.ending

    def _answer(self, job: Callable[[], Iterable[protocol.Message]]) -> bool:
        def send_all() -> None:
            for message in job():
                self._send(message)

        failure = _failure(send_all)
        if failure is not None:
            self._send(failure)
        return failure is None or not failure.ending

    def _send(self, message: protocol.Message, *, more: bool = False) -> None:
        protocol.write_message(self._outward, message, more=more)

    def _remote(self, length: int) -> BinaryIO:
        return cast(BinaryIO, RemoteFile(length, self._fetch))

    def _fetch(self, offset: int, length: int) -> bytes:
        self._send(protocol.Need(offset, length))
        frame = protocol.read_frame(self._inward)
        if not frame:
            raise OSError("the source cannot be read")
        return frame


def _sounding(
    file: BinaryIO, request: protocol.Encode | protocol.TranscodeUnits | protocol.Plain | protocol.CutOut
) -> Iterable[bytes | Made]:
    """What becomes of the sound of a file."""
    match request:
        case protocol.Encode(_, kind, wanted, fit):
            return encode.encode(file, kind, wanted, fit)
        case protocol.TranscodeUnits(_, encoding, origin_s, first, count):
            return [transcode.transcoded(file, encoding, origin_s, first, count)]
        case protocol.Plain(_, samples):
            return plain.plain(file, samples)
    return cutting.cut(file, request.start, request.samples, request.tags)


def _seen(request: protocol.ReadQr | protocol.Scale | protocol.Portray) -> protocol.Message:
    """What is on a picture, or becomes of it."""
    match request:
        case protocol.ReadQr(image):
            return protocol.Texts(pictures.read_qr(image))
        case protocol.Scale(image, sides):
            return protocol.Pictures(pictures.scale(image, sides))
    found = portrait(request.image)
    return protocol.Portrayed(found.media_type, b"" if found.content == request.image else found.content)


def _failure(job: Callable[[], None]) -> protocol.Failed | None:
    """Do it; what goes wrong becomes one sentence, because hostile bytes make a parser raise anything."""
    try:
        job()
    except protocol.BrokenPipe:
        raise
    except UnsupportedError as exc:
        return protocol.Failed(Said.of(exc.sentence), "unsupported")
    except MagError as exc:
        return protocol.Failed(Said.of(exc.sentence))
    except MemoryError:
        return protocol.Failed(Said.of(_NO_MEMORY), ending=True)
    except Exception:  # noqa: BLE001  see above
        return protocol.Failed(Said.of(_MISUNDERSTOOD))
    return None


def _stream(parts: Iterable[bytes | Made]) -> Iterator[protocol.Message]:
    """Chunks of at most 1 MiB, then `Done`."""
    for part in parts:
        if isinstance(part, Made):
            yield protocol.Finished(part)
            continue
        for offset in range(0, len(part), protocol.CHUNK_LENGTH):
            yield protocol.Chunk(part[offset : offset + protocol.CHUNK_LENGTH])
    yield protocol.Done()
