"""The age v1 payload: chunks of 64 KiB sealed with ChaCha20-Poly1305. PURE; keys and nonces come in as arguments.

Source: age v1 specification, "Payload" (STREAM).
"""

from __future__ import annotations

import io
import threading
from collections.abc import Iterable, Iterator

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from magnitizdat.errors import DamagedError
from magnitizdat.model import ReadAt
from magnitizdat.sentence import say

CHUNK = 65536
"""Plaintext bytes of every chunk but the last."""
TAG = 16
NONCE = 16
SEALED_CHUNK = CHUNK + TAG
DAMAGED_HERE = say("the file is damaged here; mend it or copy it again")
"""What is said of a stretch that was altered since it was sealed."""
Buffer = bytes | bytearray | memoryview


def sealed_length(plain_length: int) -> int:
    """Payload length in bytes of `plain_length` plaintext bytes, without the age header.

    16-byte nonce, then chunks of 65 536 bytes each growing by a 16-byte tag; empty input is one empty chunk.

    Raises: ValueError if `plain_length` is negative.
    Source: age v1 specification, "Payload".
    """
    if plain_length < 0:
        raise ValueError("a length is not negative")
    return NONCE + plain_length + TAG * max(1, -(-plain_length // CHUNK))


def plain_length(sealed_length: int) -> int:
    """The inverse of `sealed_length`.

    Raises: DamagedError if no plaintext has that payload length.
    """
    rest = sealed_length - NONCE
    full, last = divmod(rest, SEALED_CHUNK)
    if rest < TAG or 0 < last < TAG or (last == TAG and full):
        raise DamagedError(say("the file is cut off; copy it again"))
    return rest - TAG * (full + (last > 0))


def payload_key(file_key: bytes, nonce: bytes) -> bytes:
    """The 32-byte key of a payload."""
    return HKDF(algorithm=SHA256(), length=32, salt=nonce, info=b"payload").derive(file_key)


def _chunk_nonce(number: int, *, last: bool) -> bytes:
    """Eleven bytes of the chunk's number, and one that is 1 for the last chunk."""
    return (number << 8 | last).to_bytes(12, "big")


def seal_chunks(plain: Iterable[Buffer], file_key: bytes, nonce: bytes) -> Iterator[bytes]:
    """Seal a stream of any chunking; the nonce comes first. Parts may be reused by their maker."""
    cipher = ChaCha20Poly1305(payload_key(file_key, nonce))
    yield nonce
    for chunk_nonce, chunk in _numbered_chunks(bytes(part) for part in plain):
        yield cipher.encrypt(chunk_nonce, chunk, None)


def seal_into(plain: Buffer, file_key: bytes, nonce: bytes, out: bytearray | memoryview, offset: int = 0) -> int:
    """Seal a whole payload, nonce first, into `out` at `offset`; returns the bytes written.

    Raises: ValueError if `out` is too short.
    """
    return seal_parts_into([plain], file_key, nonce, out, offset, length=memoryview(plain).nbytes)


def seal_parts_into(
    parts: Iterable[Buffer], file_key: bytes, nonce: bytes, out: bytearray | memoryview, offset: int = 0, *, length: int
) -> int:
    """`seal_into` for a payload of `length` bytes in parts; only chunks that cross from one to the next are copied.

    A part may be reused by its maker once the next is asked for. Raises: ValueError if `out` is too short, or the
    parts are not as long together.
    """
    cipher = ChaCha20Poly1305(payload_key(file_key, nonce))
    target = memoryview(out)
    target[offset : offset + NONCE] = nonce
    at, last = offset + NONCE, max(0, -(-length // CHUNK) - 1)
    for number, chunk in enumerate(_whole_chunks(parts) if length else [b""]):
        end = at + len(chunk) + TAG
        cipher.encrypt_into(_chunk_nonce(number, last=number == last), chunk, None, target[at:end])
        at = end
    if at - offset != sealed_length(length):
        raise ValueError("the parts are not as long as was said")
    return at - offset


def _numbered_chunks(parts: Iterable[Buffer]) -> Iterator[tuple[bytes, Buffer]]:
    """(nonce, chunk) of a payload; one chunk behind its parts, because the last one has a nonce of its own."""
    number = 0
    waiting: Buffer | None = None
    for chunk in _whole_chunks(parts):
        if waiting is not None:
            yield _chunk_nonce(number, last=False), waiting
            number += 1
        waiting = chunk
    yield _chunk_nonce(number, last=True), b"" if waiting is None else waiting


def _whole_chunks(parts: Iterable[Buffer]) -> Iterator[Buffer]:
    """The parts as chunks of CHUNK bytes, the last of what is left; views where a chunk lies within one part."""
    crossing = bytearray()
    for part in parts:
        view = memoryview(part).cast("B")
        start = 0
        if crossing:
            start = min(CHUNK - len(crossing), len(view))
            crossing += view[:start]
            if len(crossing) < CHUNK:
                continue
            yield crossing
            crossing = bytearray()
        whole_end = start + (len(view) - start) // CHUNK * CHUNK
        for begin in range(start, whole_end, CHUNK):
            yield view[begin : begin + CHUNK]
        crossing += view[whole_end:]
    if crossing:
        yield crossing


def _keep_freed_blocks() -> None:
    """Teach glibc to keep freed blocks of a piece's size: halves the cost of reading, and does nothing elsewhere.

    By default it returns blocks above 128 KiB to the kernel and page-faults each again. The threshold rises to the
    largest block that was freed (malloc(3), M_MMAP_THRESHOLD); `bytes` of zeros touches no page of it.
    """
    block = bytes(16 << 20)
    del block


_keep_freed_blocks()


_RUN = 17
"""Chunks that are read at once: those of a piece, which seldom begins with one."""
_own = threading.local()


def _workspace() -> memoryview:
    """This thread's own room for `_RUN` sealed chunks: fresh memory costs more than opening what is put there."""
    if not hasattr(_own, "sealed"):
        _own.sealed = memoryview(bytearray(_RUN * SEALED_CHUNK))
    sealed: memoryview = _own.sealed
    return sealed


class StreamReader:
    """The plaintext of a payload as `ReadAt`. The last chunk is authenticated at open, so a cut-off file never opens.

    Safe in several threads. Keeps one decrypted chunk, for small reads that follow each other.
    """

    def __init__(self, source: ReadAt, *, header_length: int, file_key: bytes) -> None:
        self._source = source
        self._start = header_length + NONCE
        self._length = plain_length(source.length - header_length)
        nonce = source.read_at(header_length, NONCE)
        self._cipher = ChaCha20Poly1305(payload_key(file_key, nonce))
        self._last = max(0, -(-self._length // CHUNK) - 1)
        self._kept: tuple[int, Buffer] = (-1, b"")
        self._guard = threading.Lock()
        self._kept = (self._last, self._open_chunk(self._last, self._sealed(self._last)))

    @property
    def length(self) -> int:
        """Plaintext bytes in all."""
        return self._length

    def read_at(self, offset: int, length: int) -> bytes:
        """Plaintext bytes `offset:offset + length`, cut off at the end like a slice.

        Raises: DamagedError if they do not verify, OSError from the source.
        """
        end = min(offset + length, self._length)
        if offset < 0 or end <= offset:
            return b""
        first, final = offset // CHUNK, (end - 1) // CHUNK
        if first == final:
            return bytes(self._edge(first)[offset - first * CHUNK : end - first * CHUNK])
        whole = io.BytesIO(bytes(end - offset))  # filled where it lies, and given away without a copy (CPython)
        with whole.getbuffer() as buffer:
            self.read_into(buffer, offset)
        return whole.getvalue()

    def read_into(self, buffer: memoryview, offset: int) -> int:
        """Fill `buffer` from `offset` on, as far as the plaintext goes; how many bytes that was.

        For long stretches: nothing is copied, and other threads run meanwhile. Raises: as `read_at`; what the buffer
        then holds is of no use.
        """
        end = min(offset + len(buffer), self._length)
        if offset < 0 or end <= offset:
            return 0
        buffer = buffer[: end - offset]
        first, final = offset // CHUNK, (end - 1) // CHUNK
        whole = range(-(-offset // CHUNK), final + 1 if end == self._length else end // CHUNK)
        for run in range(first, final + 1, _RUN):
            sealed = self._sealed_run(run, min(final, run + _RUN - 1))
            for number in range(run, min(final + 1, run + _RUN)):
                chunk = sealed[(number - run) * SEALED_CHUNK : (number - run + 1) * SEALED_CHUNK]
                low, high = max(0, number * CHUNK - offset), (number + 1) * CHUNK - offset
                if number in whole:
                    self._open_chunk_into(number, chunk, buffer[low:high])
                else:
                    at = low + offset - number * CHUNK
                    buffer[low:high] = memoryview(self._edge(number, chunk))[at : at + len(buffer[low:high])]
        return end - offset

    def _edge(self, number: int, sealed: Buffer | None = None) -> Buffer:
        """A chunk of which only a part is wanted: the next read may want the rest."""
        with self._guard:
            kept_number, kept = self._kept
        if kept_number != number:
            kept = self._open_chunk(number, self._sealed(number) if sealed is None else sealed)
            with self._guard:
                self._kept = (number, kept)
        return kept

    def _sealed_run(self, first: int, final: int) -> memoryview:
        read_into = getattr(self._source, "read_into", None)
        if read_into is None:
            return memoryview(self._sealed(first, final - first + 1))
        length = (final - first + 1) * SEALED_CHUNK
        workspace = _workspace()[:length]
        return workspace[: read_into(workspace, self._start + first * SEALED_CHUNK)]

    def _open_chunk_into(self, number: int, sealed: Buffer, out: memoryview) -> None:
        try:
            nonce = _chunk_nonce(number, last=number == self._last)
            self._cipher.decrypt_into(nonce, sealed, None, out)
        except (InvalidTag, ValueError) as exc:
            raise DamagedError(DAMAGED_HERE) from exc

    def _sealed(self, first: int, count: int = 1) -> bytes:
        return self._source.read_at(self._start + first * SEALED_CHUNK, count * SEALED_CHUNK)

    def _open_chunk(self, number: int, sealed: Buffer) -> Buffer:
        """A chunk in memory of its own. `decrypt` would hold up every other thread, `decrypt_into` none."""
        plain = bytearray(max(0, len(sealed) - TAG))
        self._open_chunk_into(number, sealed, memoryview(plain))
        return plain
