"""Tags behind the audio are not audio, and the links of a chain are one track."""

from __future__ import annotations

import io
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magnitizdat.workers.audio import measure
from magnitizdat.workers.child import understand
from magnitizdat.workers.encode import encode
from magnitizdat.workers.loudness import listen
from magnitizdat.workers.parts import Stretch, audio_end, links
from tests.fakes_audio import RECIPES, make_audio

TAGGED = ["flac", "mp3", "wavpack"]
SECONDS = 1.3


def id3v1() -> bytes:
    return b"TAG" + b"Title".ljust(30, b"\0") + bytes(30) + b"Album".ljust(30) + b"1984" + bytes(31)


def enhanced() -> bytes:
    return b"TAG+" + b"A long title".ljust(223, b"\0") + id3v1()


def ape(*, header: bool = True) -> bytes:
    item = struct.pack("<II", 4, 0) + b"Title\0" + b"45ru"
    mark = b"APETAGEX" + struct.pack("<III", 2000, len(item) + 32, 1)
    footer = mark + struct.pack("<I", 0x80000000 if header else 0) + bytes(8)
    return (mark + struct.pack("<I", 0xA0000000) + bytes(8) if header else b"") + item + footer


def lyrics() -> bytes:
    return b"LYRICSBEGIN" + b"a song of summer\r\n" * 9 + b"LYRICSEND"


def lyrics_v2() -> bytes:
    words = b"LYRICSBEGININD0000210LYR00006summer"
    return words + b"%06dLYRICS200" % len(words)


def id3v2_behind() -> bytes:
    frame = b"TIT2" + bytes([0, 0, 0, 3, 0, 0]) + b"\3ab"
    return b"ID3\4\0\x10" + bytes([0, 0, 0, 13]) + frame + b"3DI\4\0\x10" + bytes([0, 0, 0, 13])


TRAILERS = [id3v1(), enhanced(), ape(), ape(header=False), lyrics(), lyrics_v2(), id3v2_behind()]


def facts(kind: str, audio: bytes):
    return measure(io.BytesIO(audio), RECIPES[kind].media_type)


@pytest.mark.parametrize("kind", TAGGED)
@given(st.lists(st.sampled_from([*TRAILERS, bytes(16), bytes(300)]), min_size=1, max_size=5))
def test_whatever_stands_behind_the_audio_it_is_the_same_track(kind, trailers):
    audio = make_audio(kind, SECONDS)
    assert facts(kind, audio + b"".join(trailers)) == facts(kind, audio)


@given(st.lists(st.sampled_from(TRAILERS), max_size=6), st.binary(max_size=400).map(lambda some: some + b"\x01"))
def test_all_that_is_a_tag_is_cut_off_and_nothing_else(trailers, audio):
    file = io.BytesIO(audio + b"".join(trailers))
    assert audio_end(file, len(file.getvalue())) == len(audio)


@given(st.integers(0, 5000))
def test_zeros_behind_flac_are_not_of_its_last_frame(zeros):
    audio = make_audio("flac", 0.4)
    assert facts("flac", audio + bytes(zeros)) == facts("flac", audio)


@given(st.integers(0, 9000))
def test_zeros_behind_mp3_change_nothing_of_how_long_it_is(zeros):
    """Demuxers that meet many beside few frames heed no padding."""
    audio = make_audio("mp3", 0.4)
    assert facts("mp3", audio + bytes(zeros)) == facts("mp3", audio)


@pytest.mark.parametrize("tone", range(300, 420, 4))
def test_the_last_frame_keeps_the_zeros_that_are_its_own(tone):
    audio = make_audio("flac", 0.11, tone=float(tone))
    found = facts("flac", audio)
    assert facts("flac", audio + bytes(100)).track_id == found.track_id


@pytest.mark.parametrize("kind", ["flac", "wavpack"])
def test_an_id3_tag_may_stand_in_front(kind):
    audio = make_audio(kind, SECONDS)
    frame = b"TIT2" + bytes([0, 0, 0, 3, 0, 0]) + b"\3ab"
    tagged = b"ID3\4\0\0" + bytes([0, 0, 0, 13]) + frame + audio + id3v1()
    understood = understand(io.BytesIO(tagged))
    assert (understood.track_id, understood.duration_s) == facts(kind, audio)[1:3]


@given(st.binary(max_size=300), st.integers(0, 300), st.integers(0, 300), st.integers(0, 400), st.integers(-1, 400))
def test_a_part_reads_like_a_slice(content, start, length, position, size):
    end = min(len(content), start + length)
    start = min(start, end)
    part = Stretch(io.BytesIO(content), start, end)
    part.seek(position)
    expected = content[start:end][position:]
    assert part.read(size) == (expected if size < 0 else expected[:size])


# -- chains ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["vorbis", "opus", "ogg-flac"])
@given(st.lists(st.sampled_from([0.5, 0.8, 1.3]), min_size=1, max_size=4))
def test_a_chain_lasts_as_long_as_its_links(kind, seconds):
    chain = b"".join(make_audio(kind, each, tone=400 + 50 * number) for number, each in enumerate(seconds))
    found = facts(kind, chain)
    assert found.duration_s == pytest.approx(sum(seconds), abs=0.01 * len(seconds))
    assert not found.cut_off
    assert len(links(io.BytesIO(chain), RECIPES[kind].media_type)) == len(seconds)


def test_the_last_link_says_whether_a_chain_is_whole():
    first, second = make_audio("vorbis", 0.5), make_audio("vorbis", 3.0)
    found = facts("vorbis", first + second[: len(second) // 2])
    assert found.cut_off
    assert 0.5 < found.duration_s < 3.4


@pytest.mark.parametrize("kind", ["vorbis", "opus"])
def test_small_versions_and_loudness_hear_all_links(kind):
    chain = make_audio(kind, 0.5) + make_audio(kind, 0.8, tone=550)
    small = b"".join(encode(io.BytesIO(chain), "opus-128"))
    assert understand(io.BytesIO(small)).duration_s == pytest.approx(1.3, abs=0.05)
    sound = listen(io.BytesIO(chain))
    assert sorted(sound.waveform)[80] > 60
