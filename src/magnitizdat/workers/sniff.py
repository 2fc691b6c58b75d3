"""Media types by the first bytes, never by the suffix. PURE; used on both sides of the pipe."""

from __future__ import annotations

from magnitizdat.workers.wavpack import is_correction

SNIFF_LENGTH = 64 << 10
"""Bytes of a file's beginning that `sniff` wants to see; fewer are fine where the file is shorter."""

JUNK_LENGTH = 4096
"""Bytes before the first MP3 frame that are forgiven: old rips begin in mid-frame."""

ZIP_TYPE = "application/zip"

AUDIO_SUFFIXES = frozenset(
    ".flac .mp3 .mp2 .ogg .oga .opus .spx .m4a .mp4 .m4b .m4r .3gp .3ga .aac .alac .wav .wave .aif .aiff .aifc .wv"
    " .ape .wma .tta .mpc .mka .webm .amr .dsf .dff".split()
)
"""What people call files of music. A hint for walks alone: what a file is, its bytes say."""

_MP4_PICTURES = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis"})
_MAGIC = {
    b"fLaC": "audio/flac",
    b"wvpk": "audio/x-wavpack",
    b"MAC ": "audio/x-ape",
    b"TTA1": "audio/x-tta",
    b"MPCK": "audio/x-musepack",
    b"#!AM": "audio/amr",
    b"\x30\x26\xb2\x75": "audio/x-ms-wma",
}
_BEHIND_ID3 = frozenset(
    {"audio/flac", "audio/mpeg", "audio/aac", "audio/x-wavpack", "audio/x-ape", "audio/x-tta", "audio/x-musepack"}
)
_MP3_BIT_RATES = {
    1: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_MP2_BIT_RATES = {
    1: (0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    2: _MP3_BIT_RATES[2],
}
_MP3_RATES = (44100, 48000, 32000)


def sniff(prefix: bytes) -> str | None:
    """Media type of a file that begins with `prefix`, `application/zip` for archives, None for all the rest.

    An ID3v2 tag in front may be longer than the prefix; then the answer is the usual one, `audio/mpeg`.
    """
    if prefix[:3] == b"ID3":
        return _behind_id3(prefix)
    if prefix[:4] in {b"PK\x03\x04", b"PK\x05\x06"}:
        return ZIP_TYPE
    return _image(prefix) or _audio(prefix)


def id3_length(prefix: bytes) -> int:
    """Bytes of the ID3v2 tag (with header and footer) at the beginning, 0 if there is none or it is malformed.

    Source: ID3v2.4.0 structure, section 3.1.
    """
    if len(prefix) < 10 or prefix[:3] != b"ID3" or prefix[3] == 0xFF or prefix[4] == 0xFF:
        return 0
    if any(byte & 0x80 for byte in prefix[6:10]):
        return 0
    length = prefix[6] << 21 | prefix[7] << 14 | prefix[8] << 7 | prefix[9]
    return length + (20 if prefix[5] & 0x10 else 10)


def _behind_id3(prefix: bytes) -> str | None:
    length = id3_length(prefix)
    if not length:
        return None
    rest = prefix[length:].lstrip(b"\0")
    if rest[:3] == b"ID3":  # two tags in a row do happen
        rest = rest[id3_length(rest) or len(rest) :]
    if not rest:
        return "audio/mpeg"
    found = _audio(rest)
    return found if found in _BEHIND_ID3 else None


def _image(prefix: bytes) -> str | None:
    if prefix[:3] == b"\xff\xd8\xff":
        return "image/jpeg"
    if prefix[:8] == b"\x89PNG\r\n\x1a\n":
        return "image/png"
    if prefix[:6] in {b"GIF87a", b"GIF89a"}:
        return "image/gif"
    if prefix[:4] == b"RIFF" and prefix[8:12] == b"WEBP":
        return "image/webp"
    return None


def picture_type(prefix: bytes) -> str:
    """Media type of a picture, also of one that players do not show; empty where it is none."""
    if prefix[:2] == b"BM" and prefix[6:10] == bytes(4):
        return "image/bmp"
    if prefix[:4] in {b"II*\0", b"MM\0*"}:
        return "image/tiff"
    if prefix[4:8] == b"jP  " or prefix[:4] == b"\xff\x4f\xff\x51":
        return "image/jp2"
    return _image(prefix) or ""


def _audio(prefix: bytes) -> str | None:
    magic, form = prefix[:4], prefix[8:12]
    if magic in _MAGIC:
        return None if is_correction(prefix) else _MAGIC[magic]
    if magic == b"OggS":
        return _ogg(prefix)
    if magic in {b"RIFF", b"RF64"} and form == b"WAVE":
        return "audio/wav"
    if magic == b"FORM" and form in {b"AIFF", b"AIFC"}:
        return "audio/aiff"
    if magic == b"\x1a\x45\xdf\xa3":
        return _matroska(prefix[:128])
    if magic[:3] == b"MP+" and prefix[3] & 15 == 7:
        return "audio/x-musepack"
    if prefix[4:8] == b"ftyp":
        return _mp4(prefix)
    if _mp3_frames(prefix):
        return "audio/mpeg"
    return "audio/aac" if _adts_frames(prefix) else None


def _matroska(head: bytes) -> str | None:
    """By the document type in the first element. Source: RFC 9559, section 4."""
    if b"\x42\x82" not in head:
        return None
    return "audio/webm" if b"webm" in head else "audio/x-matroska" if b"matroska" in head else None


def _adts_frames(prefix: bytes) -> bool:
    """Whether frames of AAC follow one another. Source: ISO/IEC 14496-3, 1.A.2."""
    offset = 0
    for _ in range(3):
        header = prefix[offset : offset + 6]
        if offset and len(header) < 6:
            return len(prefix) >= 96
        length = (header[3] & 3) << 11 | header[4] << 3 | header[5] >> 5 if len(header) == 6 else 0
        if length < 7 or header[0] != 0xFF or header[1] & 0xF6 != 0xF0 or header[2] >> 2 & 15 > 12:
            return False
        offset += length
    return True


def _ogg(prefix: bytes) -> str | None:
    """By the codec headers in the pages that begin the streams: a skeleton may come first, and films have several.

    Source: RFC 3533, section 6; RFC 7845; RFC 9639, section 10.1.
    """
    found: set[str] = set()
    offset = 0
    while prefix[offset : offset + 4] == b"OggS" and len(prefix) >= offset + 28 and prefix[offset + 5] & 2:
        lacing = prefix[offset + 27 : offset + 27 + prefix[offset + 26]]
        packet = prefix[offset + 27 + len(lacing) :][:8]
        if not packet.startswith(b"fishead"):
            found.add(_ogg_codec(packet))
        offset += 27 + len(lacing) + sum(lacing)
    return (found.pop() or None) if len(found) == 1 else None


def _ogg_codec(packet: bytes) -> str:
    if packet == b"OpusHead":
        return "audio/opus"
    return "audio/ogg" if packet.startswith((b"\x01vorbis", b"\x7fFLAC", b"Speex   ")) else ""


def _mp4(prefix: bytes) -> str | None:
    """Whatever its brands, but for pictures; films in the same container stay out (the worker looks for audio)."""
    length = int.from_bytes(prefix[:4], "big")
    brand = prefix[8:12]
    return "audio/mp4" if len(brand) == 4 and length >= 16 and brand not in _MP4_PICTURES else None


def _mp3_frames(prefix: bytes) -> bool:
    """Whether MPEG layer III frames follow one another: from the first byte on, or three of them behind some junk."""
    if _frames_from(prefix, 0, count=2):
        return True
    offset = prefix.find(b"\xff", 1, JUNK_LENGTH)
    while offset > 0:
        if _frames_from(prefix, offset, count=3):
            return True
        offset = prefix.find(b"\xff", offset + 1, JUNK_LENGTH)
    return False


def _frames_from(prefix: bytes, offset: int, *, count: int) -> bool:
    """Whether `count` frames begin where they should; a tag or the end of a short file may stand for the later ones."""
    first = offset
    for _ in range(count):
        header = prefix[offset : offset + 4]
        if offset > first and (header[:3] in {b"TAG", b"ID3"} or header == b"APET" or len(header) < 4):
            return first == 0 and len(prefix) >= 96
        length = _mp3_frame_length(header)
        if not length:
            return False
        offset += length
    return True


def _mp3_frame_length(header: bytes) -> int:
    """Bytes of the frame of layer III or II with this header; 0 if it is none. Source: ISO 11172-3, clause 2.4.2.3."""
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE6 not in {0xE2, 0xE4}:
        return 0
    version = header[1] >> 3 & 3  # 3: MPEG 1, 2: MPEG 2, 0: MPEG 2.5, 1: reserved
    bit_rate, rate = header[2] >> 4, header[2] >> 2 & 3
    if version == 1 or rate == 3 or bit_rate in {0, 15}:
        return 0
    is_second = header[1] & 6 == 4
    sample_rate = _MP3_RATES[rate] >> {3: 0, 2: 1, 0: 2}[version]
    kilobits = (_MP2_BIT_RATES if is_second else _MP3_BIT_RATES)[1 if version == 3 else 2][bit_rate]
    return (144 if version == 3 or is_second else 72) * kilobits * 1000 // sample_rate + (header[2] >> 1 & 1)
