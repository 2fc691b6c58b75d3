"""What a header promises: told where it is not kept, and never where nothing is missing."""

from __future__ import annotations

import io
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magnitizdat.workers.child import understand
from magnitizdat.workers.endings import mpeg_frames
from tests.fakes_audio import KINDS, make_audio

SAYS_HOW_LONG = {"flac", "mp3", "wav", "aiff", "wavpack"}


def cut(audio: bytes, share: float) -> bytes:
    return audio[: int(len(audio) * share)]


def moov_first(audio: bytes) -> bytes:
    """An M4A whose tables stand before its audio, as for the net."""
    boxes, offset = [], 0
    while offset < len(audio):
        length = int.from_bytes(audio[offset : offset + 4], "big")
        boxes.append(audio[offset : offset + length])
        offset += length
    tables = next(box for box in boxes if box[4:8] == b"moov")
    rest = [box for box in boxes if box is not tables]
    at = tables.index(b"stco") + 12
    count = int.from_bytes(tables[at - 4 : at], "big")
    moved = [place + len(tables) for place in struct.unpack_from(f">{count}I", tables, at)]
    tables = tables[:at] + struct.pack(f">{count}I", *moved) + tables[at + 4 * count :]
    return b"".join([rest[0], tables, *rest[1:]])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seconds", [0.3, 2.0, 5.1])
def test_whole_files_keep_their_promise(kind, seconds):
    understood = understand(io.BytesIO(make_audio(kind, seconds)))
    assert (understood.cut_off, understood.promised_s) == (False, 0)


@given(st.sampled_from(sorted(SAYS_HOW_LONG)), st.floats(0.3, 0.9))
def test_a_part_of_a_file_says_how_long_the_whole_was(kind, share):
    understood = understand(io.BytesIO(cut(make_audio(kind, 5.0), share)))
    assert understood.cut_off
    assert understood.promised_s == pytest.approx(5.0, abs=0.06)
    assert 0 < understood.duration_s < 4.8


@given(st.sampled_from(["aac", "alac"]), st.floats(0.4, 0.9))
def test_tables_of_mp4_in_front_say_it_too(kind, share):
    whole = moov_first(make_audio(kind, 5.0))
    assert not understand(io.BytesIO(whole)).cut_off
    understood = understand(io.BytesIO(cut(whole, share)))
    assert understood.cut_off
    assert understood.promised_s == pytest.approx(5.0, abs=0.06)


@given(st.sampled_from(["vorbis", "opus", "ogg-flac"]), st.floats(0.4, 0.99))
def test_ogg_without_its_end_has_broken_off(kind, share):
    understood = understand(io.BytesIO(cut(make_audio(kind, 5.0), share)))
    assert (understood.cut_off, understood.promised_s) == (True, 0)


def test_what_was_written_into_a_pipe_promises_nothing():
    flac = bytearray(make_audio("flac", 1.0))
    flac[21] &= 0xF0
    flac[22:26] = bytes(4)  # STREAMINFO: no number of samples
    assert not understand(io.BytesIO(bytes(flac))).cut_off
    wav = make_audio("wav", 1.0)
    at = wav.index(b"data") + 4
    for length in (0xFFFFFFFF, 0x7FFFFFDB, 0x80000000):
        understood = understand(io.BytesIO(wav[:at] + length.to_bytes(4, "little") + wav[at + 4 :]))
        assert (understood.duration_s, understood.cut_off) == (pytest.approx(1.0, abs=0.001), False)


def test_an_mp3_without_a_header_that_counts_promises_nothing():
    mp3 = make_audio("mp3", 2.0)
    frames = mp3[mp3.index(b"\xff\xfb", mp3.index(b"\xff\xfb") + 200) :]
    assert mpeg_frames(mp3) > 80
    assert mpeg_frames(frames) == 0
    assert not understand(io.BytesIO(cut(frames, 0.5))).cut_off


@given(st.integers(1, 4))
def test_a_frame_more_or_less_is_no_half(frames):
    mp3 = make_audio("mp3", 2.0)
    at = mp3.index(b"Info") + 8
    counted = int.from_bytes(mp3[at : at + 4], "big")
    changed = mp3[:at] + (counted + frames).to_bytes(4, "big") + mp3[at + 4 :]
    assert not understand(io.BytesIO(changed)).cut_off


def test_more_than_was_promised_is_no_half():
    mp3 = make_audio("mp3", 1.0)
    assert not understand(io.BytesIO(mp3 + make_audio("mp3", 2.0))).cut_off
