"""Chunks of WAV and AIFF: an ID3 tag in one of them, RIFF INFO, the old texts of AIFF; all others stay as they are."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import BinaryIO, Literal, NamedTuple, cast

from magnitizdat.workers.rewriting.id3 import new_id3, rewritten_id3
from magnitizdat.workers.rewriting.wishes import TagEntry, Wishes, field_of, rewritten
from magnitizdat.workers.sniff import id3_length
from magnitizdat.workers.tags_riff import AIFF, INFO, decoded, walk

ByteOrder = Literal["little", "big"]
_UNKNOWN_LENGTHS = (0, 0xFFFFFFFF)
"""What stands for the length of a file that was written as it came, or that is longer than its format."""


class _Chunks:
    """Chunks of one text each: `names` are our fields by theirs."""

    pairs = True

    def __init__(self, byte_order: ByteOrder, names: Mapping[bytes, str], end: bytes = b"") -> None:
        self.byte_order = byte_order
        self._names = names
        self._end = end

    def entry(self, raw: bytes) -> TagEntry:
        """One chunk with its header."""
        field = field_of(self._names.get(raw[:4], ""))
        content = raw[8 : 8 + int.from_bytes(raw[4:8], self.byte_order)] if field else b""
        return TagEntry(raw[:4].decode("latin-1"), field, (decoded(content),) if field else (), raw)

    def chunk(self, name: str, content: bytes) -> bytes:
        """A chunk as it is written, of an even length."""
        return name.encode("latin-1") + len(content).to_bytes(4, self.byte_order) + content + bytes(len(content) % 2)

    def made(self, field: str, texts: tuple[str, ...], old: TagEntry | None) -> list[TagEntry]:
        name = old.name if old else next(name.decode() for name, known in self._names.items() if known == field)
        return [TagEntry(name, field, texts, self.chunk(name, "; ".join(texts).encode() + self._end))]


_WAV, _INFO, _AIFF = _Chunks("little", {}), _Chunks("little", INFO, b"\0"), _Chunks("big", AIFF)


class _ChunkFile(NamedTuple):
    """A file of chunks, of so many bytes when it was read; `behind`: what stands after its end."""

    head: bytes
    chunks: list[TagEntry]
    length: int
    behind: bytes


def rewritten_wav(audio: bytes, wishes: Wishes) -> bytes:
    """The file with another ID3 chunk where it has one; else with other texts in INFO, and an ID3 chunk for the rest.

    Raises: UnsupportedError.
    """
    file = _split(audio, _WAV)
    inner = {place: _entries(each.raw, _INFO) for place, each in enumerate(file.chunks) if _is_info(each)}
    has_tag = any(each.name.lower() == "id3 " for each in file.chunks)
    held = {entry.field for entries in inner.values() for entry in entries}
    added = set(INFO.values()) - held if inner and not has_tag else set[str]()
    for place, entries in inner.items():
        into = wishes.only({*added, *(entry.field for entry in entries)})
        if into.fields:
            texts = b"".join(each.raw for each in rewritten(entries, into, _INFO))
            file.chunks[place] = _WAV.entry(_WAV.chunk("LIST", b"INFO" + texts))
        added = set()  # to the first one
    return _with_tag(file, wishes if has_tag or not inner else wishes.without({*INFO.values()}), _WAV)


def _is_info(chunk: TagEntry) -> bool:
    return chunk.name == "LIST" and chunk.raw[8:12] == b"INFO"


def rewritten_aiff(audio: bytes, wishes: Wishes) -> bytes:
    """The file with other texts in its old chunks where it has those, and another ID3 chunk.

    Raises: UnsupportedError.
    """
    file = _split(audio, _AIFF)
    held = {each.field for each in file.chunks}
    has_tag = any(each.name == "ID3 " for each in file.chunks)
    chunks = rewritten(file.chunks, wishes.only(held), _AIFF)
    return _with_tag(file._replace(chunks=chunks), wishes if has_tag else wishes.without(held), _AIFF)


def _split(audio: bytes, form: _Chunks) -> _ChunkFile:
    stated = int.from_bytes(audio[4:8], form.byte_order)
    end = len(audio) if stated in _UNKNOWN_LENGTHS else min(len(audio), 8 + stated)
    chunks = _entries(audio[:end], form)
    length = sum(len(chunk.raw) for chunk in chunks)
    return _ChunkFile(audio[:12], chunks, length, audio[12 + length :])


def _entries(form_bytes: bytes, form: _Chunks) -> list[TagEntry]:
    """The chunks behind twelve bytes of header, each with what makes its length even."""
    file = cast(BinaryIO, io.BytesIO(form_bytes))
    spans = [(each.offset - 8, each.offset + each.length + each.length % 2) for each in walk(file, form.byte_order)]
    return [form.entry(form_bytes[start:end]) for start, end in spans]


def _with_tag(file: _ChunkFile, wishes: Wishes, form: _Chunks) -> bytes:
    chunks = list(file.chunks)
    place = next((at for at, each in enumerate(chunks) if each.name.lower() == "id3 "), -1)
    if place >= 0:
        held = chunks[place].raw[8:]
        length = id3_length(held)
        made = rewritten_id3(held[:length], wishes) + held[length : _length(chunks[place], form)]
        chunks[place] = form.entry(form.chunk(chunks[place].name, made))
    elif tag := new_id3(wishes):
        name = "id3 " if form.byte_order == "little" else "ID3 "
        chunks.insert(_room(chunks, form), form.entry(form.chunk(name, tag)))
    return _joined(file, chunks, form)


def _length(chunk: TagEntry, form: _Chunks) -> int:
    return int.from_bytes(chunk.raw[4:8], form.byte_order)


def _room(chunks: list[TagEntry], form: _Chunks) -> int:
    """The end; or before a last chunk of which nobody knows where it ends."""
    last = chunks[-1:]
    return len(chunks) - 1 if last and 8 + _length(last[0], form) > len(last[0].raw) else len(chunks)


def _joined(file: _ChunkFile, chunks: list[TagEntry], form: _Chunks) -> bytes:
    raws = [each.raw + bytes(len(each.raw) % 2) for each in chunks[:-1]] + [each.raw for each in chunks[-1:]]
    grown = sum(map(len, raws)) - file.length
    stated = int.from_bytes(file.head[4:8], form.byte_order)
    if stated not in _UNKNOWN_LENGTHS:
        stated = min(stated + grown, 0xFFFFFFFE)
    elif raws and raws[0][:4] == b"ds64":  # EBU Tech 3306: the length in 64 bits
        riff = int.from_bytes(raws[0][8:16], "little") + grown
        raws[0] = raws[0][:8] + riff.to_bytes(8, "little") + raws[0][16:]
    return file.head[:4] + stated.to_bytes(4, form.byte_order) + file.head[8:] + b"".join(raws) + file.behind
