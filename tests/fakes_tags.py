"""Audio files with more in their tags than anybody here knows, in every container and every version of tag."""

from __future__ import annotations

import base64
import io
import struct

import mutagen
import mutagen.aiff
import mutagen.apev2
import mutagen.flac
import mutagen.id3
import mutagen.mp3
import mutagen.mp4
import mutagen.oggflac
import mutagen.oggopus
import mutagen.oggvorbis
import mutagen.wave
import mutagen.wavpack

from tests.fakes_audio import PNG, make_audio

KINDS = (
    "flac",
    "vorbis",
    "opus",
    "ogg-flac",
    "aac",
    "alac",
    "mp3-2.2",
    "mp3-2.3",
    "mp3-2.4",
    "mp3-ape",
    "mp3-both",
    "mp3-1",
    "wav-id3",
    "wav-info",
    "aiff-id3",
    "aiff-old",
    "wavpack",
)
ID = "00000000-0000-0000-0000-000000000001"
_COMMENTS = (
    ("Title", "Wrnog"),
    ("ARTIST", "Ann"),
    ("artist", "Bob"),
    ("ALBUMARTIST", "Ann"),
    ("ALBUM", "Al"),
    ("TRACKNUMBER", "03"),
    ("TRACKTOTAL", "12"),
    ("DISCNUMBER", "1/2"),
    ("DATE", "1982-05-07"),
    ("ORIGINALDATE", "1980"),
    ("GENRE", "Rock"),
    ("GENRE", "Folk"),
    ("COMPOSER", "Cy"),
    ("COMMENT", "Live at home"),
    ("DESCRIPTION", "Another text"),
    ("MUSICBRAINZ_ALBUMID", ID),
    ("ARTISTSORT", "Ann, Bob"),
    ("X-OWN", "kept"),
    ("x-own", "kept twice"),
    ("REPLAYGAIN_TRACK_GAIN", "-3.20 dB"),
)


def full_audio(kind: str) -> bytes:
    """A short tone with everything in its tags. `kind` is one of `KINDS`."""
    base, _, what = kind.partition("-")
    if kind == "ogg-flac":
        return _with_comments(kind)
    return {
        "flac": _with_comments,
        "vorbis": _with_comments,
        "opus": _with_comments,
        "aac": _mp4,
        "alac": _mp4,
        "mp3": _mp3,
        "wav": _wav,
        "aiff": _aiff,
        "wavpack": _wavpack,
    }[base](what or kind)


def _picture(kind: int) -> mutagen.flac.Picture:
    picture = mutagen.flac.Picture()
    picture.type, picture.mime, picture.desc, picture.data = kind, "image/png", f"picture {kind}", PNG
    return picture


def _with_comments(kind: str) -> bytes:
    file = io.BytesIO(make_audio(kind, 0.3))
    opened = {
        "flac": mutagen.flac.FLAC,
        "vorbis": mutagen.oggvorbis.OggVorbis,
        "opus": mutagen.oggopus.OggOpus,
        "ogg-flac": mutagen.oggflac.OggFLAC,
    }[kind](file)
    if opened.tags is None:
        opened.add_tags()
    opened.tags[:] = list(_COMMENTS)
    for number in (3, 4):
        if kind == "flac":
            opened.add_picture(_picture(number))
        else:
            opened.tags.append(("METADATA_BLOCK_PICTURE", base64.b64encode(_picture(number).write()).decode()))
    file.seek(0)
    opened.save(file)
    return file.getvalue()


def _frames() -> list[mutagen.id3.Frame]:
    made = mutagen.id3
    return [
        made.TIT2(1, ["Wrnog"]),
        made.TPE1(3, ["Ann", "Bob"]),
        made.TPE2(0, ["Ann"]),
        made.TALB(0, ["Al"]),
        made.TRCK(0, ["03/12"]),
        made.TPOS(0, ["1/2"]),
        made.TDRC(0, ["1982-05-07"]),
        made.TDOR(0, ["1980"]),
        made.TCON(0, ["Rock", "Folk"]),
        made.TCOM(0, ["Cy"]),
        made.COMM(1, "eng", "", ["Live at home"]),
        made.COMM(0, "eng", "Songs-DB_Custom1", ["private"]),
        made.TXXX(0, "MusicBrainz Album Id", [ID]),
        made.TXXX(1, "свой", ["осталось"]),
        made.UFID("http://other.example", b"12"),
        made.PRIV("somebody", bytes(range(256))),
        made.POPM("player", 196, 12),
        made.APIC(0, "image/png", 3, "front", PNG),
        made.APIC(0, "image/png", 4, "back", PNG),
        made.USLT(1, "rus", "", "слова"),
    ]


def _id3(version: int) -> bytes:
    tag, file = mutagen.id3.ID3(), io.BytesIO()
    for frame in _frames():
        tag.add(frame)
    if version == 3:
        tag.update_to_v23()
    tag.save(file, v2_version=version, v23_sep=None)
    return file.getvalue()


def _old_id3() -> bytes:
    """ID3v2.2, which other libraries read and do not write. Source: ID3v2.2.0, section 3.2."""
    picture = b"\0PNG\3front\0" + PNG
    frames = (
        (b"TT2", b"\1" + "Wrnog".encode("utf-16")),
        (b"TP1", b"\0Ann"),
        (b"TP2", b"\0Ann"),
        (b"TAL", b"\0Al"),
        (b"TRK", b"\x0003/12"),
        (b"TPA", b"\x001/2"),
        (b"TYE", b"\x001982"),
        (b"TDA", b"\x000705"),
        (b"TCO", b"\x00(17)"),
        (b"TCM", b"\0Cy"),
        (b"COM", b"\0eng\0Live at home"),
        (b"TXX", b"\0own\0kept"),
        (b"PIC", picture),
        (b"ULT", b"\0engx\0words"),
        (b"XQZ", bytes(range(200))),
    )
    body = b"".join(name + len(content).to_bytes(3, "big") + content for name, content in frames) + bytes(300)
    length = bytes(len(body) >> shift & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\2\0\0" + length + body


def _ape(audio: bytes) -> bytes:
    file, tag = io.BytesIO(audio), mutagen.apev2.APEv2()
    for name, value in {
        "Title": "Wrnog",
        "Artist": ["Ann", "Bob"],
        "Album Artist": "Ann",
        "Album": "Al",
        "Track": "03/12",
        "Disc": "1/2",
        "Year": "1982-05-07",
        "Genre": ["Rock", "Folk"],
        "Composer": "Cy",
        "Comment": "Live at home",
        "MUSICBRAINZ_ALBUMID": ID,
        "Own": "kept",
        "Cover Art (Front)": mutagen.apev2.APEValue(b"a.png\0" + PNG, mutagen.apev2.BINARY),
        "Cover Art (Back)": mutagen.apev2.APEValue(b"b.png\0" + PNG, mutagen.apev2.BINARY),
        "Link": mutagen.apev2.APEValue("file://x", mutagen.apev2.EXTERNAL),
    }.items():
        tag[name] = value
    tag.save(file)
    return file.getvalue()


def _id3v1() -> bytes:
    fields = b"Wrnog".ljust(30, b"\0") + b"Ann".ljust(30, b"\0") + b"Al".ljust(30, b"\0") + b"1982"
    return b"TAG" + fields + b"Live at home".ljust(28, b"\0") + b"\0\3" + b"\x11"


def _mp3(what: str) -> bytes:
    audio = make_audio("mp3", 0.3)
    bare = audio[mutagen.id3.ID3(io.BytesIO(audio)).size :] if audio[:3] == b"ID3" else audio
    return {
        "2.2": lambda: _old_id3() + bare,
        "2.3": lambda: _id3(3) + bare,
        "2.4": lambda: _id3(4) + bare,
        "ape": lambda: _ape(bare),
        "both": lambda: _id3(3) + _ape(bare) + _id3v1(),
        "1": lambda: bare + _id3v1(),
    }[what]()


def _chunk(name: bytes, content: bytes, order: str) -> bytes:
    return name + struct.pack(f"{order}I", len(content)) + content + bytes(len(content) % 2)


def _with_chunks(audio: bytes, chunks: bytes, order: str) -> bytes:
    body = audio[8:] + bytes(len(audio) % 2) + chunks
    return audio[:4] + struct.pack(f"{order}I", len(body)) + body


def _wav(what: str) -> bytes:
    audio = make_audio("wav", 0.3)
    texts = {
        b"INAM": b"Wrnog\0",
        b"IART": b"Ann\0",
        b"IPRD": b"Al\0",
        b"ICRD": b"1982-05-07\0",
        b"IGNR": b"Rock\0",
        b"ICMT": b"Live at home\0",
        b"IPRT": b"3\0",
        b"IENG": b"kept\0",
    }
    info = b"INFO" + b"".join(_chunk(name, text, "<") for name, text in texts.items())
    own = _chunk(b"cue ", bytes(4), "<") + _chunk(b"xown", b"kept!", "<")
    tag = _chunk(b"id3 ", _id3(3), "<") if what == "id3" else b""
    return _with_chunks(audio, _chunk(b"LIST", info, "<") + own + tag, "<")


def _aiff(what: str) -> bytes:
    texts = {b"NAME": b"Wrnog", b"AUTH": b"Ann", b"ANNO": b"Live at home", b"(c) ": b"kept"}
    chunks = b"".join(_chunk(name, text, ">") for name, text in texts.items())
    tag = _chunk(b"ID3 ", _id3(4), ">") if what == "id3" else b""
    return _with_chunks(make_audio("aiff", 0.3), chunks + tag, ">")


def _wavpack(_what: str) -> bytes:
    return _ape(make_audio("wavpack", 0.3)) + _id3v1()


def _mp4(kind: str) -> bytes:
    file = io.BytesIO(make_audio(kind, 0.3))
    opened = mutagen.mp4.MP4(file)
    if opened.tags is None:
        opened.add_tags()
    form = mutagen.mp4.MP4FreeForm
    opened.tags.update(
        {
            "\xa9nam": ["Wrnog"],
            "\xa9ART": ["Ann", "Bob"],
            "aART": ["Ann"],
            "\xa9alb": ["Al"],
            "trkn": [(3, 12)],
            "disk": [(1, 2)],
            "\xa9day": ["1982-05-07T07:00:00Z"],
            "\xa9gen": ["Rock", "Folk"],
            "\xa9wrt": ["Cy"],
            "\xa9cmt": ["Live at home"],
            "desc": ["Another text, and longer"],
            "\xa9too": ["own tool"],
            "tmpo": [120],
            "pgap": True,
            "covr": [mutagen.mp4.MP4Cover(PNG, 14), mutagen.mp4.MP4Cover(PNG + b"\0", 14)],
            "----:com.apple.iTunes:MusicBrainz Album Id": [form(ID.encode())],
            "----:com.apple.iTunes:own": [form(b"kept"), form(b"\1\2", dataformat=0)],
        }
    )
    file.seek(0)
    opened.save(file)
    return file.getvalue()
