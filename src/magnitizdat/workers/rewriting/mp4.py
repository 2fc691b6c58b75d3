"""The atoms of `moov.udta.meta.ilst` in MP4; a free atom behind them takes the difference.

Where it cannot, mutagen makes room, for every offset into the audio then changes; `fragments` has the rest of them.

Source: ISO/IEC 14496-12, section 4.2; QuickTime file format, "Metadata".
"""

from __future__ import annotations

import io
import struct

from magnitizdat.errors import DamagedError
from magnitizdat.sentence import say
from magnitizdat.workers.raw_tags import FIELDS
from magnitizdat.workers.rewriting.boxes import Box, boxes
from magnitizdat.workers.rewriting.comments import NAMES
from magnitizdat.workers.rewriting.fragments import fragments_moved
from magnitizdat.workers.rewriting.wishes import TOTALS, TagEntry, Wishes, field_of, rewritten
from magnitizdat.workers.tags_mp4 import ATOMS, FREE, opened

_PATH = (b"moov", b"udta", b"meta", b"ilst")
_PADDING = 1024
_NAMES = {
    **NAMES,
    "musicbrainz_recording": "MusicBrainz Track Id",
    "musicbrainz_release": "MusicBrainz Album Id",
}
_NUMBERS = {"track": b"trkn", "disc": b"disk"}
_UTF8, _INTEGER = 1, 21


class _Atoms:
    pairs = True

    def made(self, field: str, texts: tuple[str, ...], old: TagEntry | None) -> list[TagEntry]:
        if field in TOTALS:
            return self.made(TOTALS[field], (f"0/{texts[0]}",), old)
        name = old.name if old and old.name != "gnre" else _name(field)
        if field in _NUMBERS:
            content = _data(0, _numbers(texts[0], old, field))
        elif field == "compilation":
            content = _data(_INTEGER, b"\1")
        else:
            content = b"".join(_data(_UTF8, text.encode()) for text in texts)
        if name.startswith("----:"):
            mean, free = name[5:].split(":", 1)
            named = _atom(b"mean", bytes(4) + mean.encode()) + _atom(b"name", bytes(4) + free.encode())
            return [TagEntry(name, field, texts, _atom(b"----", named + content))]
        return [TagEntry(name, field, texts, _atom(name.encode("latin-1"), content))]


def rewritten_mp4(audio: bytes, wishes: Wishes) -> bytes:
    """The file with other atoms.

    Raises: DamagedError, MutagenError.
    """
    ilst, end = _room(audio)
    held = audio[ilst.inside : ilst.end] if ilst else b""
    entries = rewritten([_entry(held, box) for box in boxes(held, 0, len(held))], wishes, _Atoms())
    made = _atom(b"ilst", b"".join(entry.raw for entry in entries))
    if ilst is None or not _fits(len(made), end - ilst.start):
        audio = _roomier(audio, len(made) + _PADDING)
        ilst, end = _room(audio)
    if ilst is None or not _fits(len(made), end - ilst.start):
        raise DamagedError(say("its tags cannot be rewritten; get an undamaged copy"))
    free = end - ilst.start - len(made)
    return audio[: ilst.start] + made + (_atom(b"free", bytes(free - 8)) if free else b"") + audio[end:]


def _fits(length: int, room: int) -> bool:
    return length == room or length + 8 <= room


def _roomier(audio: bytes, length: int) -> bytes:
    """The file with so many bytes of room in it, and all offsets right; the caller puts its atoms back."""
    file = io.BytesIO(audio)
    held = opened(file)
    if held.tags is None:
        held.add_tags()
    file.seek(0)
    held.save(file, padding=lambda _info: length)
    return fragments_moved(audio, file.getvalue())


def _room(audio: bytes) -> tuple[Box | None, int]:
    """The list of atoms, and where the free atom behind it ends."""
    start, end, found, siblings = 0, len(audio), None, list[Box]()
    for name in _PATH:
        siblings = boxes(audio, start, end)
        found = next((box for box in siblings if box.name == name), None)
        if found is None:
            return None, 0
        start, end = found.inside + (4 if name == b"meta" else 0), found.end
    behind = next((box for box in siblings if found and box.start == found.end and box.name == b"free"), found)
    return found, behind.end if behind else 0


def _entry(held: bytes, box: Box) -> TagEntry:
    raw, content = held[box.start : box.end], held[box.inside : box.end]
    name = box.name.decode("latin-1")
    if name == "----":
        mean, free = ([*_payloads(content, b"mean", 4), ""][0], [*_payloads(content, b"name", 4), ""][0])
        name = f"----:{mean}:{free}"
        field = field_of(FIELDS.get(free.lower(), "")) if name.lower().startswith(FREE) else ""
    else:
        field = field_of(ATOMS.get(name, ""))
    if field in _NUMBERS and len(raw) >= 30:
        return TagEntry(name, field, ("{}/{}".format(*struct.unpack_from(">HH", raw, 26)),), raw)
    is_text = field and field not in _NUMBERS and field != "compilation"
    return TagEntry(name, field, tuple(_payloads(content, b"data", 8)) if is_text else (), raw)


def _payloads(content: bytes, name: bytes, header: int) -> list[str]:
    found = (box for box in boxes(content, 0, len(content)) if box.name == name)
    return [content[box.inside + header : box.end].decode("utf-8", "replace") for box in found]


def _name(field: str) -> str:
    if field in _NUMBERS:
        return _NUMBERS[field].decode()
    atom = next((atom for atom, known in ATOMS.items() if known == field), "")
    return atom or f"----:com.apple.iTunes:{_NAMES.get(field, field.upper())}"


def _numbers(text: str, old: TagEntry | None, field: str) -> bytes:
    number, _, total = text.partition("/")
    plain = bytes(8 if field == "track" else 6) if old is None else old.raw[24:].ljust(6, b"\0")
    return plain[:2] + struct.pack(">HH", *(min(int(each or 0), 0xFFFF) for each in (number, total))) + plain[6:]


def _data(kind: int, content: bytes) -> bytes:
    return _atom(b"data", struct.pack(">II", kind, 0) + content)


def _atom(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), name) + content
