from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magnitizdat.workers.sniff import SNIFF_LENGTH, id3_length, sniff
from tests.fakes_audio import KINDS, PNG, RECIPES, make_audio


@given(st.binary(max_size=400))
def test_any_bytes_have_an_answer(prefix):
    sniff(prefix)
    assert id3_length(prefix) >= 0


@given(
    st.sampled_from([b"ID3\x04\0\0", b"OggS", b"RIFF", b"FORM", b"\0\0\0\x20ftyp", b"fLaC", b"\xff\xfb\x90"]),
    st.binary(),
)
def test_half_a_beginning_has_an_answer(magic, rest):
    sniff(magic + rest)


@pytest.mark.parametrize("kind", KINDS)
def test_audio_by_its_first_bytes(kind):
    plain = make_audio(kind, 0.3)
    tagged = make_audio(kind, 0.3, {"title": "Время"}, cover=PNG)
    assert sniff(plain[:SNIFF_LENGTH]) == sniff(tagged[:SNIFF_LENGTH]) == RECIPES[kind].media_type


@pytest.mark.parametrize(
    ("prefix", "expected"),
    [
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (PNG, "image/png"),
        (b"GIF89a....", "image/gif"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
        (b"PK\x03\x04....", "application/zip"),
        (b"RF64\xff\xff\xff\xffWAVEds64", "audio/wav"),
        (b"FORM\0\0\0\0AIFC", "audio/aiff"),
        (b"wvpk" + bytes(28), "audio/x-wavpack"),
        (b"", None),
        (b"MZ\x90\0", None),
        (b"#!/bin/sh\n", None),
        (b"\xff\xfb", None),
        (b"OggS" + bytes(22) + b"\x01\x1e\x80theora", None),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", None),
        (b"RIFF\0\0\0\0AVI LIST", None),
        (b"<!DOCTYPE html><title>", None),
    ],
)
def test_examples(prefix, expected):
    assert sniff(prefix) == expected


def page(packet, *, first=True):
    return b"OggS\0" + bytes([2 if first else 0]) + bytes(20) + bytes([1, len(packet)]) + packet


def test_several_streams_in_one_ogg():
    skeleton, opus, film = page(b"fishead\0" + bytes(56)), page(b"OpusHead" + bytes(11)), page(b"\x80theora")
    assert sniff(skeleton + opus) == "audio/opus"
    assert sniff(film + opus) is None
    assert sniff(skeleton + page(b"other", first=False)) is None


def test_junk_before_the_first_frame():
    """Old rips begin in mid-frame."""
    audio = make_audio("mp3", 0.5)
    frames = audio[audio.index(b"\xff\xfb", 100) :]
    assert sniff(bytes(300) + frames) == "audio/mpeg"
    assert sniff(b"junk\xff\xff\xfb" * 20 + frames) == "audio/mpeg"
    assert sniff(bytes(9000) + frames) is None


def test_flac_behind_an_id3_tag():
    tag = b"ID3\x04\0\0\0\0\0\x0a" + bytes(10)
    assert sniff(tag + make_audio("flac", 0.2)) == "audio/flac"
    assert sniff(tag + PNG) is None


def test_frame_sync_alone_is_not_mp3():
    """Two bytes of sync are found in any data; the next frame has to be where the first one says."""
    frame = b"\xff\xfb\x90\x64"
    assert sniff(frame + bytes(413) + frame) == "audio/mpeg"
    assert sniff(frame + bytes(500)) is None
