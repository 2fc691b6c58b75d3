"""Zip archives from outside, with limits that no bomb passes; runs in a worker. Names are hints, never paths."""

from __future__ import annotations

import stat
import zipfile
import zlib
from collections.abc import Iterator
from itertools import pairwise
from typing import BinaryIO

from magnitizdat.errors import DamagedError
from magnitizdat.sentence import SILENCE, Sentence, say
from magnitizdat.workers.code_pages import repair_together
from magnitizdat.workers.text import TEXT_LIMIT
from magnitizdat.workers.values import Said, ZipEntry

ENTRIES_LIMIT = 20_000
RATIO_LIMIT = 200
RATIO_FREE = 10 << 20
"""Bytes unpacked up to which any ratio is fine: silence packs well."""

TOTAL_LIMIT = 256 << 30
_STEP = 256 << 10
_LOCAL_HEADER = 30
_ENCRYPTED, _UTF8 = 0x1, 0x800
_UNICODE_PATH, _EXTRA_HEADER = 0x7075, 4


def list_entries(file: BinaryIO) -> list[ZipEntry]:
    """The files in the archive; what is wrong with one of them stands in its `reason`.

    Raises: DamagedError where it is not a zip, or is a bomb as a whole.
    """
    try:
        with zipfile.ZipFile(file) as opened:
            infos = [info for info in opened.infolist() if not info.filename.endswith("/")]
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError) as exc:
        raise DamagedError(say("it is not a sound zip archive; get an undamaged copy")) from exc
    if len(infos) > ENTRIES_LIMIT:
        raise DamagedError(
            say(
                "the archive has over {entries_limit} files; unpack it yourself and import the folder",
                entries_limit=ENTRIES_LIMIT,
            )
        )
    _refuse_bombs(infos)
    names = _names(infos)
    return [_entry(index, info, names[index]) for index, info in enumerate(infos)]


def _refuse_bombs(infos: list[zipfile.ZipInfo]) -> None:
    total, packed = sum(info.file_size for info in infos), sum(info.compress_size for info in infos)
    if total > min(TOTAL_LIMIT, RATIO_FREE + RATIO_LIMIT * packed):
        raise DamagedError(say("the archive would unpack to absurdly much; it is a trap or damaged, leave it"))
    spans = sorted((info.header_offset, info.header_offset + _LOCAL_HEADER + info.compress_size) for info in infos)
    if any(begin < 0 for begin, _ in spans):
        raise DamagedError(say("it is not a sound zip archive; get an undamaged copy"))
    if any(end > begin for (_, end), (begin, _) in pairwise(spans)):
        raise DamagedError(say("the files of the archive overlap; it is a trap or damaged, leave it"))


def _entry(index: int, info: zipfile.ZipInfo, name: str) -> ZipEntry:
    reason = _reason(info, name)
    return ZipEntry(
        index=index,
        name=name[:TEXT_LIMIT],
        length=info.file_size,
        reason=Said.of(reason) if reason else None,
        offset=info.header_offset,
        packed_length=info.compress_size,
        deflated=info.compress_type == zipfile.ZIP_DEFLATED,
        crc32=info.CRC,
    )


def _reason(info: zipfile.ZipInfo, name: str) -> Sentence:
    if info.flag_bits & _ENCRYPTED:
        return say("it is locked with a zip password; unpack it yourself and import the folder")
    if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        return say("it is packed in a way that is not read here; unpack it yourself and import the folder")
    if stat.S_ISLNK(info.external_attr >> 16):
        return say("it is a link, not a file")
    if info.file_size > RATIO_FREE + RATIO_LIMIT * info.compress_size:
        return say("it would unpack to absurdly much; it is a trap or damaged")
    if name.lower().endswith(".zip"):
        return say("an archive within an archive is not opened; unpack it yourself and import the folder")
    return SILENCE


def _names(infos: list[zipfile.ZipInfo]) -> list[str]:
    """Names as people gave them; folders of Windows are folders."""
    foreign = {str(index): raw.decode("latin-1") for index, info in enumerate(infos) if (raw := _foreign_name(info))}
    repaired = repair_together(foreign)
    names = [_said_beside(info) or repaired.get(str(index)) or _name(info) for index, info in enumerate(infos)]
    return [name.split("\0")[0].replace("\\", "/").encode("utf-8", "replace").decode("utf-8") for name in names]


def _name(info: zipfile.ZipInfo) -> str:
    """What the archive's own rules say: UTF-8 by a flag, else cp437."""
    return info.orig_filename


def _foreign_name(info: zipfile.ZipInfo) -> bytes:
    """The bytes of a name without the UTF-8 flag: what the packer's machine spoke. Empty where nothing is in doubt."""
    if info.flag_bits & _UTF8 or info.orig_filename.isascii():
        return b""
    return info.orig_filename.encode("cp437", "replace")


def _said_beside(info: zipfile.ZipInfo) -> str:
    """The name in the Info-ZIP Unicode field, where it belongs to the name it stands beside. Source: APPNOTE, 4.6.9."""
    for kind, body in _extra_fields(info.extra):
        named = info.orig_filename.encode("utf-8" if info.flag_bits & _UTF8 else "cp437", "replace")
        if kind == _UNICODE_PATH and body[:1] == b"\x01" and int.from_bytes(body[1:5], "little") == zlib.crc32(named):
            return body[5:].decode("utf-8", "replace")
    return ""


def _extra_fields(extra: bytes) -> Iterator[tuple[int, bytes]]:
    while len(extra) >= _EXTRA_HEADER:
        kind, length = int.from_bytes(extra[:2], "little"), int.from_bytes(extra[2:4], "little")
        yield kind, extra[_EXTRA_HEADER : _EXTRA_HEADER + length]
        extra = extra[_EXTRA_HEADER + length :]


def read_member(file: BinaryIO, entry: ZipEntry) -> Iterator[bytes]:
    """The unpacked bytes of a file that `list_entries` found and gave no reason against.

    Raises: DamagedError, also at the end when the sum does not fit. Source: APPNOTE.TXT, 4.3.7.
    """
    file.seek(entry.offset)
    header = file.read(_LOCAL_HEADER)
    if entry.reason or len(header) < _LOCAL_HEADER or header[:4] != b"PK\x03\x04":
        raise DamagedError(say("this file of the archive cannot be read; get an undamaged copy"))
    names = int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
    file.seek(entry.offset + _LOCAL_HEADER + names)
    crc, length = 0, 0
    for part in _unpacked(file, entry):
        crc, length = zlib.crc32(part, crc), length + len(part)
        if length > entry.length:
            break
        yield part
    if length != entry.length or crc != entry.crc32:
        raise DamagedError(say("this file of the archive is damaged; get an undamaged copy"))


def _unpacked(file: BinaryIO, entry: ZipEntry) -> Iterator[bytes]:
    inflate = zlib.decompressobj(-15) if entry.deflated else None
    left = entry.packed_length
    while left and (packed := file.read(min(_STEP, left))):
        left -= len(packed)
        if inflate is None:
            yield packed
        else:
            yield from _inflated(inflate, packed)


def _inflated(inflate: zlib._Decompress, packed: bytes) -> Iterator[bytes]:
    """What these packed bytes hold, a step at a time: one packed step may hold a thousand."""
    try:
        while packed:
            yield inflate.decompress(packed, 4 * _STEP)
            packed = inflate.unconsumed_tail
    except zlib.error as exc:
        raise DamagedError(say("this file of the archive is damaged; get an undamaged copy")) from exc
