"""Files out of a form that is still coming in, one after the other, none of them whole in memory.

Source: RFC 7578 (multipart/form-data); `python_multipart` splits, we follow.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from email.message import Message

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser

from magnitizdat.errors import UsageError
from magnitizdat.sentence import say

MAX_FILES = 64
_BROKEN = say("the form broke off, or is not a form; choose the files again")


class _FormEvents:
    """Turns the parser's calls into a queue: a name begins a file, bytes continue it, None ends it."""

    def __init__(self, boundary: bytes) -> None:
        self.events: deque[str | bytes | None] = deque()
        self._header: list[bytes] = [b"", b""]
        self._headers: dict[str, str] = {}
        self._is_file = False
        self.parser = MultipartParser(
            boundary,
            {
                "on_header_field": lambda data, start, end: self._add(0, data[start:end]),
                "on_header_value": lambda data, start, end: self._add(1, data[start:end]),
                "on_header_end": self._header_end,
                "on_headers_finished": self._begin,
                "on_part_data": self._bytes,
                "on_part_end": self._end,
            },
        )

    def _add(self, which: int, part: bytes) -> None:
        self._header[which] += part

    def _header_end(self) -> None:
        name, value = (part.decode("utf-8", "replace") for part in self._header)
        self._headers[name.lower()] = value
        self._header = [b"", b""]

    def _begin(self) -> None:
        told = Message()
        told["content-disposition"] = self._headers.get("content-disposition", "")
        name = told.get_filename()
        self._headers = {}
        self._is_file = bool(name)
        if name:
            self.events.append(name)

    def _bytes(self, data: bytes, start: int, end: int) -> None:
        if self._is_file:
            self.events.append(data[start:end])

    def _end(self) -> None:
        if self._is_file:
            self.events.append(None)
        self._is_file = False


def files_in(chunks: Iterator[bytes], content_type: str) -> Iterator[tuple[str, Iterator[bytes]]]:
    """(name, parts) of every file of a form; each must be read to its end before the next.

    Raises: UsageError where it is no form, or breaks off.
    """
    told = Message()
    told["content-type"] = content_type
    boundary = told.get_param("boundary")
    if told.get_content_type() != "multipart/form-data" or not isinstance(boundary, str):
        raise UsageError(_BROKEN)
    form = _FormEvents(boundary.encode())
    for _ in range(MAX_FILES):
        name = _next(form, chunks)
        if name is None:
            return
        if isinstance(name, str):
            yield name, _content(form, chunks)


def _content(form: _FormEvents, chunks: Iterator[bytes]) -> Iterator[bytes]:
    while (event := _next(form, chunks, inside=True)) is not None:
        if isinstance(event, bytes):
            yield event


def _next(form: _FormEvents, chunks: Iterator[bytes], *, inside: bool = False) -> str | bytes | None:
    """The next event; None for the end of a file, or of the form."""
    while not form.events:
        chunk = next(chunks, None)
        if chunk is None:
            if inside:
                raise UsageError(_BROKEN)
            return None
        try:
            form.parser.write(chunk)
        except MultipartParseError as exc:
            raise UsageError(_BROKEN) from exc
    return form.events.popleft()
