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
from magnitizdat.workers.cyrillic import repair_together
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
    """Names without the UTF-8 flag are what the packer's machine spoke: UTF-8 all the same, old Cyrillic, or cp437."""
    foreign = {}
    names = []
    for index, info in enumerate(infos):
        name = info.orig_filename
        if not info.flag_bits & _UTF8 and not name.isascii():
            raw = name.encode("cp437", "replace")
            try:
                name = raw.decode("utf-8")
            except UnicodeDecodeError:
                foreign[str(index)] = raw.decode("latin-1")
        names.append(name)
    for number, better in repair_together(foreign).items():
        names[int(number)] = better
    return [name.split("\0")[0].encode("utf-8", "replace").decode("utf-8") for name in names]


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
