"""age's ASCII armour, strictly. PURE. Source: age v1 specification, "ASCII armor" (strict PEM, RFC 7468)."""

from __future__ import annotations

import base64
import binascii

from magnitizdat.errors import DamagedError
from magnitizdat.formats.age import BytesReader
from magnitizdat.model import ReadAt
from magnitizdat.sentence import say

_BEGIN = b"-----BEGIN AGE ENCRYPTED FILE-----"
_END = b"-----END AGE ENCRYPTED FILE-----"
_COLUMNS = 64
_LINE_BYTES = _COLUMNS // 4 * 3
_BLANK = b" \t\r\n"
_AROUND = 1024  # bytes of white space that may stand before and after
_MALFORMED = say("the wrapping is damaged; copy all of it again")


def is_armored(prefix: bytes) -> bool:
    """Whether a file begins like armour."""
    return prefix.lstrip(_BLANK).startswith(b"-----BEGIN")


class ArmorReader:
    """The binary file inside an armoured one, as `ReadAt`: each line is checked when it is read.

    Lines end all in LF or all in CRLF. Raises: DamagedError for whatever a strict reader refuses.
    """

    def __init__(self, source: ReadAt) -> None:
        self._source = source
        self._start, self._newline = self._first_line()
        self._end = self._last_line()
        full, rest = divmod(self._end - self._start, self._stride)
        last = rest - len(self._newline)
        if rest and (last <= 0 or last % 4):
            raise DamagedError(_MALFORMED)
        self._length = full * _LINE_BYTES
        if self._start < self._end:
            line = full if rest else full - 1
            self._length = line * _LINE_BYTES + len(self._decoded(line, line))

    @property
    def length(self) -> int:
        """Bytes of the binary file."""
        return self._length

    def read_at(self, offset: int, length: int) -> bytes:
        """Bytes `offset:offset + length` of the binary file, cut off at the end like a slice.

        Raises: DamagedError if the lines that hold them are malformed.
        """
        end = min(offset + length, self._length)
        if offset < 0 or end <= offset:
            return b""
        first, final = offset // _LINE_BYTES, (end - 1) // _LINE_BYTES
        cut = offset - first * _LINE_BYTES
        return self._decoded(first, final)[cut : cut + end - offset]

    @property
    def _stride(self) -> int:
        return _COLUMNS + len(self._newline)

    def _first_line(self) -> tuple[int, bytes]:
        """(offset of the first line of the body, the end of lines)."""
        head = self._source.read_at(0, _AROUND + len(_BEGIN) + 2)
        start = len(head) - len(head.lstrip(_BLANK))
        rest = head[start:]
        for newline in (b"\n", b"\r\n"):
            if rest.startswith(_BEGIN + newline):
                return start + len(_BEGIN) + len(newline), newline
        raise DamagedError(say("the first line is not complete; copy all of it again"))

    def _last_line(self) -> int:
        """Offset of the closing line."""
        total = self._source.length
        offset = max(self._start - len(self._newline), total - _AROUND - len(_END) - 2)
        tail = self._source.read_at(offset, total - offset).rstrip(_BLANK)
        if not tail.endswith(self._newline + _END):
            raise DamagedError(say("the last line is not complete; copy all of it again"))
        return offset + len(tail) - len(_END)

    def _decoded(self, first: int, final: int) -> bytes:
        """The bytes in lines `first` to `final`; decoding and encoding again must give the same characters."""
        start = self._start + first * self._stride
        raw = self._source.read_at(start, min((final - first + 1) * self._stride, self._end - start))
        try:
            binary = base64.b64decode(raw.replace(self._newline, b""), validate=True)
        except (binascii.Error, ValueError) as exc:
            raise DamagedError(say("there are letters in it that do not belong there; copy all of it again")) from exc
        encoded = base64.b64encode(binary)
        lines = [encoded[at : at + _COLUMNS] for at in range(0, len(encoded), _COLUMNS)]
        if b"".join(line + self._newline for line in lines) != raw:
            raise DamagedError(_MALFORMED)
        return binary


def dearmor(armored: bytes) -> bytes:
    """The binary file inside.

    Raises: DamagedError for whatever a strict reader refuses: headers, short lines, padding that is not canonical.
    """
    reader = ArmorReader(BytesReader(armored))
    return reader.read_at(0, reader.length)
