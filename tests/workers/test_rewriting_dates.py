"""Two dates and the entries that tell them: whichever a file has, after a correction it says what was wished."""

from __future__ import annotations

import io
import struct
from itertools import combinations

import pytest
from msgspec import structs
from mutagen import id3

from magnitizdat.workers import tags_id3
from magnitizdat.workers.raw_tags import Dates, RawTags, dates_from
from magnitizdat.workers.rewriting.comments import EMPTY, rewritten_comments
from magnitizdat.workers.rewriting.id3 import rewritten_id3
from magnitizdat.workers.rewriting.wishes import Wishes
from magnitizdat.workers.values import Tags

NEW = ("TDRC", "TDRL", "TDOR", "TXXX:RELEASEDATE")
OLD = ("TYER", "TDRL", "TORY", "TXXX:RELEASEDATE", "TXXX:ORIGINALDATE")
COMMENTS = ("DATE", "YEAR", "RELEASEDATE", "ORIGINALDATE")


def frame(name: str, text: str) -> bytes:
    described, _, more = name.partition(":")
    content = b"\0" + (more.encode() + b"\0" if more else b"") + text.encode()
    return described.encode() + len(content).to_bytes(4, "big") + b"\0\0" + content


def id3_tag(version: int, said: dict[str, str]) -> bytes:
    body = b"".join(frame(*each) for each in said.items())
    return b"ID3" + bytes([version, 0, 0, 0, 0, len(body) >> 7, len(body) & 127]) + body


def packet(said: dict[str, str]) -> bytes:
    entries = [f"{name}={text}".encode() for name, text in said.items()]
    return EMPTY[:4] + struct.pack("<I", len(entries)) + b"".join(struct.pack("<I", len(e)) + e for e in entries)


def read_id3(tag: bytes) -> Dates:
    raw = RawTags()
    tags_id3.read_id3(io.BytesIO(tag + b"\xff\xfb" * 64), raw)
    return dates_from(raw)


def read_packet(comments: bytes) -> Dates:
    raw, at = RawTags(), 8
    while at < len(comments.rstrip(b"\0")):
        (length,) = struct.unpack_from("<I", comments, at)
        name, _, text = comments[at + 4 : at + 4 + length].decode().partition("=")
        raw.add_named(name, [text])
        at += 4 + length
    return dates_from(raw)


FORMS = {
    "ID3v2.4": (NEW, lambda said: id3_tag(4, said), read_id3, rewritten_id3),
    "ID3v2.3": (OLD, lambda said: id3_tag(3, said), read_id3, rewritten_id3),
    "Vorbis comments": (COMMENTS, packet, read_packet, rewritten_comments),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_file_says_the_dates_that_were_wished(form):
    names, made, read, rewritten = FORMS[form]
    for count in range(len(names) + 1):
        for some in combinations(names, count):
            before = made({name: str(1990 + place) for place, name in enumerate(some)})
            was = read(before)
            for wish in [("1960", "1970"), ("1960", ""), ("1960", was.released), (was.date, "1970"), (was.date, "")]:
                if wish[1] and not wish[0]:  # no entries say when an edition came out, and not that the music did
                    continue
                old = Tags(date=was.date, released=was.released)
                wishes = Wishes.of(old, structs.replace(old, date=wish[0], released=wish[1]))
                assert read(rewritten(before, wishes)) == wish, (some, wish)


@pytest.mark.parametrize("form", FORMS)
def test_without_a_date_a_file_says_none_of_its_own(form):
    names, made, read, rewritten = FORMS[form]
    for name in names:
        before = made({name: "1990"})
        was = read(before)
        assert was.date == "1990"
        old = Tags(date=was.date, released=was.released)
        assert read(rewritten(before, Wishes.of(old, structs.replace(old, date="", released="")))) == ("", "")


def test_the_day_of_an_edition_is_no_less_exact_for_another_date():
    """TDRL says an hour as well: it is left as it stands where another date is corrected."""
    tag = id3_tag(4, {"TDRL": "1995-03-04T10:00", "TDRC": "1994"})
    old = Tags(date="1994", released="1995-03-04")
    made = rewritten_id3(tag, Wishes.of(old, structs.replace(old, date="1993")))
    found = id3.ID3(io.BytesIO(made + b"\xff\xfb" * 64))
    assert (str(found["TDRL"]), str(found["TDRC"])) == ("1995-03-04 10:00", "1993")
