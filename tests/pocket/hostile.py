"""What somebody signs, or seals, who wishes a reader ill: our own walls refuse it, and it is harmless behind them."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

from PIL import ExifTags, Image

from magnitizdat.formats import zip_store
from magnitizdat.formats.age import seal
from magnitizdat.formats.age_keys import X25519Identity
from tests.pocket.tapes import Reel, png

MARK = "globalThis.marked = 1"
SIDE_9_MPX, SIDE_16_MPX = 3072, 4096
MOST_LISTED = zip_store.MAX_MEMBERS


def titles(address: str) -> list[str]:
    """Names that would run, ask `address`, turn letters round, or leave a folder, where somebody took them for more."""
    return [
        f'<img src="{address}/img" onerror="{MARK}">',
        f'"><script src="{address}/script">{MARK}</script>',
        f'</span><iframe srcdoc="<script>parent.marked = 1</script>" src="{address}/frame"></iframe>',
        f'<svg onload="{MARK}"><a xlink:href="javascript:{MARK}">',
        f'" onfocus="{MARK}" autofocus style="background: url({address}/style)',
        f"javascript:{MARK}",
        "{{constructor.constructor('globalThis.marked = 1')()}} ${globalThis.marked = 1} __proto__",
        "abc\u202egnp.exe\u202c \u2066def\u2069",
        "zero\u200b\ufeff\u2060width",
        "CON",
        "aux.txt",
        "..",
        "../../../etc/passwd",
        "..\\..\\autorun.inf",
        "C:\\Windows\\x",
        "/home/.profile",
        ".bashrc",
        "-rf",
        "tab\tnew\nline\rreturn\0null",
        "A" * 500,
    ]


def playlist(address: str) -> bytes:
    """A "song" that is a list of addresses. Source: RFC 8216, 4."""
    lines = ["#EXTM3U", "#EXT-X-VERSION:3", "#EXT-X-TARGETDURATION:10", "#EXTINF:10,", address, "#EXT-X-ENDLIST", ""]
    return "\n".join(lines).encode()


def flat(side: int = SIDE_16_MPX, tone: int = 0) -> bytes:
    """A PNG of two tones: few bytes, and as many pixels as that. Each `tone` (a byte) is another picture."""
    row = b"\0" + bytes([tone]) * ((side + 7) // 8)
    return png(struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0), zlib.compress(row * side))


def drawing(address: str) -> bytes:
    """An SVG, which is a program."""
    inside = f"<image href='{address}'/><script>{MARK}</script>"
    return f"<svg xmlns='http://www.w3.org/2000/svg' onload='{MARK}'>{inside}</svg>".encode()


def jpeg_of_two_sizes() -> bytes:
    """A JPEG of 32 × 32 pixels with another size in a remark, which a careless reader takes for its frame.

    Behind a marker without a length, which the careless one takes for a segment. Source: ITU T.81, B.1.1.3.
    """
    out = io.BytesIO()
    Image.new("L", (32, 32), 90).save(out, "JPEG")
    body = bytearray(b"\xff\xd8\xff\x01\xff\xfe\xff\xff" + bytes(0xFFFD))
    body[-3:] = b"\xff\xc0\x00"
    return bytes(body) + b"\xff\xfe\x00\x64\x00\x10" + bytes(96) + out.getvalue()[2:]


def on_its_side(length: int = 2560) -> bytes:
    """A JPEG twice as long as high, red and blue, that asks to be turned by a quarter: red is on top then."""
    whole = Image.new("RGB", (length, length // 2), (255, 0, 0))
    whole.paste((0, 0, 255), (length // 2, 0, length, length // 2))
    turned = Image.Exif()
    turned[ExifTags.Base.Orientation] = 6
    out = io.BytesIO()
    whole.save(out, "JPEG", exif=turned)
    return out.getvalue()


def moving(side: int = 64, frames: int = 20) -> bytes:
    """A GIF that moves."""
    first, *others = (Image.new("P", (side, side), number) for number in range(frames))
    out = io.BytesIO()
    first.save(out, "GIF", save_all=True, append_images=others, duration=20, loop=0)
    return out.getvalue()


def crowded(count: int = MOST_LISTED) -> bytes:
    """A ZIP of that many members of nothing."""
    return b"".join(bytes(part) for part in zip_store.write_zip([(f"{number:x}", b"") for number in range(count)]))


def boastful(count: int) -> bytes:
    """A ZIP of one member which says at its end that it has `count`."""
    whole = b"".join(bytes(part) for part in zip_store.write_zip([("one", b"1")]))
    return whole[:-14] + struct.pack("<HH", count, count) + whole[-10:]


def climbing() -> bytes:
    """A ZIP whose one member would lie above the folder that it is unpacked into."""
    return b"".join(bytes(part) for part in zip_store.write_zip([("aaaabove", b"1")])).replace(b"aaaabove", b"../above")


def deep(levels: int) -> bytes:
    """JSON of arrays in each other."""
    return b"[" * levels + b"]" * levels


def wide(values: int) -> bytes:
    """JSON of an array of so many values."""
    return b"[" + b"0," * (values - 1) + b"0]"


def sealed_in(reel: Reel, *archives: bytes) -> Iterator[Path]:
    """These archives as segments of a reel, sealed as all of it is."""
    recipient = X25519Identity.from_text(reel.identity).recipient
    for number, archive in enumerate(archives):
        path = reel.folder / f"evil{number:04}.age"
        path.write_bytes(seal(archive, [recipient]))
        yield path
