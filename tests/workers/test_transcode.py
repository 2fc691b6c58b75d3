"""Blocks of a transcode as stock ffmpeg, ffprobe and opusinfo hear them: each sample where the original has it."""

from __future__ import annotations

import array
import io
import itertools
import json
import math
import operator
import shutil
import subprocess
import tempfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from magnitizdat.errors import SourceError, UnsupportedError
from magnitizdat.formats.age import BytesReader
from magnitizdat.formats.transcodes import BLOCK_S, RATE, Encoding, TranscodeLayout
from magnitizdat.workers.transcode import transcoded
from tests.fakes_audio import KINDS, PNG, make_audio

OPUS, MP3 = Encoding(codec="opus", bit_rate=160_000), Encoding(codec="mp3", bit_rate=256_000)
SWEEP = "0.3*sin(2*PI*(200*t+20*t*t))+0.1*sin(2*PI*1377*t)*sin(2*PI*3*t)"
"""No second of it sounds like another."""
STRANGE = {
    "5.1": ("flac", "-ac", "6"),
    "7.1": ("wv", "-ac", "8"),
    "192 kHz": ("flac", "-ar", "192000", "-sample_fmt", "s32"),
    "96 kHz": ("flac", "-ar", "96000", "-sample_fmt", "s32"),
    "8 kHz": ("wav", "-ar", "8000"),
    "22 kHz": ("mp3", "-ar", "22050"),
    "mono": ("m4a", "-ac", "1", "-c:a", "alac"),
    "WMA": ("wma", "-b:a", "192k"),
    "Matroska": ("mka", "-c:a", "flac"),
    "TTA": ("tta",),
    "MP3 without a header": ("mp3", "-write_xing", "0", "-q:a", "4"),
    "ADTS": ("aac", "-b:a", "192k"),
}
needs_ffmpeg = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")


def whole(source: bytes, encoding: Encoding, seconds: float, origin_s: int = 0) -> bytes:
    """A transcode from its first byte to its last."""
    layout = TranscodeLayout(encoding, round(seconds * RATE) - origin_s * RATE)
    return layout.head + b"".join(made_block(source, layout, block, origin_s) for block in range(layout.blocks))


def made_block(source: bytes, layout: TranscodeLayout, block: int, origin_s: int = 0) -> bytes:
    encoding = layout.encoding
    units = transcoded(io.BytesIO(source), encoding, origin_s, block * encoding.block_units, layout.units_of(block))
    return layout.wrapped(block, units)


def heard(sound: bytes) -> array.array[int]:
    """Mono samples at 48 kHz, as ffmpeg decodes them."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(sound)
        file.flush()
        argv = ["ffmpeg", "-v", "error", "-i", file.name, "-f", "s16le", "-ac", "1", "-ar", "48000", "-"]
        return array.array("h", subprocess.run(argv, capture_output=True, check=True).stdout)


def error_db(made: array.array[int], original: array.array[int], start: int, *, length: int = RATE // 5) -> float:
    """How much of one is not in the other, however loud that is: six channels are made two at another level."""
    one, other = original[start : start + length : 3], made[start : start + length : 3]
    both, alone, beside = (1 + sum(map(operator.mul, *each)) for each in ((one, other), (one, one), (other, other)))
    return 10 * math.log10(max(1 - both * both / (alone * beside), 1e-9)) if both > 0 else 0.0


@pytest.fixture(scope="module")
def sweep(tmp_path_factory):
    """14 seconds of it, as ffmpeg writes a kind of file."""

    def made(suffix, *options):
        target = tmp_path_factory.mktemp("sweep") / f"sweep.{suffix}"
        source = ["-f", "lavfi", "-i", f"aevalsrc='{SWEEP}':s=44100:d=14:c=stereo"]
        argv = ["ffmpeg", "-v", "error", *source, "-map_metadata", "-1", *options, str(target)]
        subprocess.run(argv, check=True)
        return target.read_bytes()

    return made


@needs_ffmpeg
@pytest.mark.parametrize("encoding", [OPUS, MP3], ids=["opus", "mp3"])
@pytest.mark.parametrize("kind", STRANGE)
def test_every_kind_is_heard_where_it_was(sweep, kind, encoding):
    """At the start, within blocks, over their joins and at the end."""
    source = sweep(*STRANGE[kind])
    original = heard(source)
    made = heard(whole(source, encoding, len(original) / RATE))[MP3.delay if encoding is MP3 else 0 :]
    assert len(original) - 1 <= len(made) <= len(original) + encoding.unit_samples
    for second in (0.1, 3, BLOCK_S - 0.1, BLOCK_S + 0.05, 2 * BLOCK_S - 0.1, 13.5):
        assert error_db(made, original, round(second * RATE)) < -15, second


@needs_ffmpeg
@pytest.mark.parametrize("encoding", [OPUS, MP3], ids=["opus", "mp3"])
@settings(max_examples=8, deadline=None)
@given(origin_s=st.integers(0, 13), kind=st.sampled_from(["flac", "wv", "mp3", "ogg"]))
def test_it_begins_at_any_second(sweep, encoding, kind, origin_s):
    source = SOURCES.setdefault(kind, sweep(kind))
    original = ORIGINALS.setdefault(kind, heard(source))
    made = heard(whole(source, encoding, len(original) / RATE, origin_s))[MP3.delay if encoding is MP3 else 0 :]
    assert abs(len(made) - (len(original) - origin_s * RATE)) <= encoding.unit_samples
    assert error_db(made, original[origin_s * RATE :], RATE // 10) < -15


SOURCES: dict[str, bytes] = {}
ORIGINALS: dict[str, array.array[int]] = {}


@needs_ffmpeg
@pytest.mark.skipif(shutil.which("opusinfo") is None, reason="opus-tools is not installed")
@pytest.mark.parametrize("channels", [1, 2])
def test_opusinfo_finds_nothing_to_complain_of_and_no_word(tmp_path, channels):
    source = make_audio("flac", 14.0, {"title": "Тайна", "comment": "secret"}, cover=PNG)
    made = whole(source, Encoding(codec="opus", bit_rate=96_000, channels=channels), 14.0)
    (tmp_path / "a.opus").write_bytes(made)
    said = subprocess.run(["opusinfo", tmp_path / "a.opus"], capture_output=True, text=True, check=True).stdout
    assert "Playback length: 0m:14.000s" in said
    assert "hard-CBR" in said
    assert f"Channels: {channels}" in said
    assert not [line for line in said.splitlines() if "WARNING" in line or "Warning" in line or "ERROR" in line]
    assert "Тайна".encode() not in made
    assert b"secret" not in made


@needs_ffmpeg
@pytest.mark.parametrize("encoding", [OPUS, MP3], ids=["opus", "mp3"])
def test_ffprobe_finds_the_length_and_no_tags(encoding):
    made = whole(make_audio("alac", 8.0, {"title": "secret", "lyrics": "secret"}, cover=PNG), encoding, 8.0)
    argv = ["ffprobe", "-v", "warning", "-show_streams", "-show_format", "-of", "json", "-i", "-"]
    said = subprocess.run(argv, input=made, capture_output=True, check=True)
    assert said.stderr.replace(b"Estimating duration from bitrate, this may be inaccurate", b"").count(b"rror") == 0
    (stream,) = json.loads(said.stdout)["streams"]
    assert (stream["codec_name"], stream["channels"], stream["sample_rate"]) == (encoding.codec, 2, "48000")
    assert "secret" not in said.stdout.decode()


@pytest.mark.parametrize("encoding", [OPUS, MP3], ids=["opus", "mp3"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_block_is_the_same_whoever_asks_and_whenever(pool, kind, encoding):
    source, layout = make_audio(kind, 7.0), TranscodeLayout(encoding, 7 * RATE)
    for block in (1, 0):
        asked = {"origin_s": 0, "first": block * encoding.block_units, "count": layout.units_of(block)}
        first = pool.transcode(BytesReader(source), encoding, **asked)
        assert first == pool.transcode(BytesReader(source), encoding, **asked)
        assert layout.wrapped(block, first) == made_block(source, layout, block)


@pytest.mark.parametrize("encoding", [OPUS, MP3], ids=["opus", "mp3"])
@settings(max_examples=10, deadline=None)
@given(
    kind=st.sampled_from(KINDS), origin_s=st.integers(0, 10**6), first=st.integers(0, 10**7), count=st.integers(0, 5)
)
def test_behind_the_end_there_is_silence_of_the_length_that_was_promised(encoding, kind, origin_s, first, count):
    made = transcoded(io.BytesIO(make_audio(kind, 1.0)), encoding, origin_s, first, count)
    assert len(made) == count * encoding.unit_length


def test_what_is_not_audio_has_no_transcode(pool):
    for source, error in ((PNG, UnsupportedError), (b"fLaC" + bytes(500), SourceError)):
        with pytest.raises(error):
            pool.transcode(BytesReader(source), OPUS, origin_s=0, first=0, count=10)


@pytest.mark.parametrize("kind", ["flac", "aac", "vorbis", "wavpack"])
def test_a_damaged_middle_leaves_the_rest_to_be_heard(kind):
    whole_one = make_audio(kind, 9.0)
    third = len(whole_one) // 3
    torn = whole_one[:third] + bytes(range(256)) * 20 + whole_one[third + 5120 :]
    layout = TranscodeLayout(OPUS, 9 * RATE)
    sizes = [len(made_block(torn, layout, block)) for block in range(layout.blocks)]
    assert sum(sizes) + len(layout.head) == layout.length
    assert [size for size, _ in itertools.groupby(sizes)]
