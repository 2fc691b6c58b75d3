from __future__ import annotations

import hashlib
import io
import shutil
import subprocess

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st

from magnitizdat.errors import DamagedError, SourceError, UnsupportedError
from magnitizdat.workers.audio import measure
from magnitizdat.workers.child import understand
from tests.fakes_audio import KINDS, PNG, RECIPES, make_audio, write_tags

LOSSLESS = {"flac", "alac", "wav", "aiff", "wavpack", "ogg-flac"}


def measured(kind, audio):
    return measure(io.BytesIO(audio), RECIPES[kind].media_type)


@pytest.mark.parametrize("kind", KINDS)
def test_the_id_survives_retagging(kind):
    audio = make_audio(kind, 0.7)
    large = {"title": "Название" * 300, "artist": "А", "track": "1/2", "comment": "x" * 5000, "lyrics": "ла " * 900}
    tagged = write_tags(kind, audio, large, cover=PNG * 2000)
    again = write_tags(kind, tagged, {"title": "y"})
    assert measured(kind, audio) == measured(kind, tagged) == measured(kind, again)
    assert measured(kind, audio).track_id != measured(kind, make_audio(kind, 0.7, tone=500)).track_id


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seconds", [0.1, 0.5, 1.3, 3.0])
def test_durations_count_what_is_heard(kind, seconds):
    sound = measured(kind, make_audio(kind, seconds))
    assert sound.duration_s == pytest.approx(seconds, abs=0.002)
    assert (sound.sample_rate, sound.channels) == (48000, 2)
    assert sound.bit_depth == (16 if kind in LOSSLESS else 0)
    assert sound.codec == ("pcm" if kind in {"wav", "aiff"} else kind.removeprefix("ogg-"))


def test_flac_in_ogg_is_the_same_track():
    assert (
        measured("flac", make_audio("flac", 0.5)).track_id == measured("ogg-flac", make_audio("ogg-flac", 0.5)).track_id
    )


@given(st.sampled_from(KINDS), st.floats(0, 1))
def test_half_a_file_counts_half_or_fails(kind, share):
    audio = make_audio(kind, 1.0)
    try:
        sound = understand(io.BytesIO(audio[: int(len(audio) * share)]))
    except SourceError as exc:
        assert str(exc)[0].islower()  # noqa: PT017  either outcome is right, and this is what a failure looks like
    else:
        assert 0 < sound.duration_s <= 1.03


@given(st.sampled_from(KINDS), st.lists(st.tuples(st.integers(0, 1 << 20), st.integers(0, 255)), max_size=30))
def test_altered_audio_is_understood_or_refused(kind, changes):
    audio = bytearray(make_audio(kind, 0.5, {"title": "t"}))
    for offset, byte in changes:
        audio[offset % len(audio)] = byte
    try:
        understand(io.BytesIO(bytes(audio)))
    except SourceError:
        return


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", DamagedError),
        (PNG, UnsupportedError),
        (b"ID3" + PNG, UnsupportedError),
        (b"MZ" + bytes(3000), UnsupportedError),
        (b"fLaC" + bytes(3000), DamagedError),
        (b"wvpk" + bytes(3000), DamagedError),
        (
            b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x44\xac\0\0\x88\x58\x01\0\x02\0\x10\0data\0\0\0\0",
            DamagedError,
        ),
    ],
)
def test_what_is_not_audio_is_refused(content, error):
    with pytest.raises(error):
        understand(io.BytesIO(content))


def make_film() -> bytes:
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as container:
        pictures = container.add_stream("mpeg4", rate=25, width=32, height=32, pix_fmt="yuv420p")
        sound = container.add_stream("aac", rate=48000, layout="mono")
        container.mux(pictures.encode(av.VideoFrame(32, 32, "yuv420p")))
        container.mux(pictures.encode(None))
        silence = av.AudioFrame("fltp", "mono", 1024)
        silence.sample_rate = 48000
        container.mux(sound.encode(silence))
    return out.getvalue()


def test_films_and_foreign_codecs_are_refused():
    with pytest.raises(UnsupportedError, match="film"):
        understand(io.BytesIO(make_film()))
    adpcm = make_audio("wav", 0.2).replace(b"\x10\0\0\0\x01\0", b"\x10\0\0\0\x11\0", 1)
    with pytest.raises(SourceError):
        understand(io.BytesIO(adpcm))


def test_mp3_behind_a_tag_longer_than_the_first_look():
    audio = make_audio("mp3", 0.4, {"title": "t"}, cover=PNG + bytes(200_000))
    understood = understand(io.BytesIO(audio))
    assert (understood.media_type, understood.tags.title) == ("audio/mpeg", "t")
    flac = audio[: audio.index(b"\xff\xfb", 200_000)]
    assert understand(io.BytesIO(flac + make_audio("flac", 0.4))).media_type == "audio/flac"


@pytest.mark.debian
@pytest.mark.skipif(not shutil.which("ffmpeg"), reason="ffmpeg is not installed")
@pytest.mark.parametrize("kind", KINDS)
def test_the_id_is_the_digest_of_the_packets_that_another_ffmpeg_finds(kind, tmp_path):
    path = tmp_path / f"sound{RECIPES[kind].suffix}"
    path.write_bytes(make_audio(kind, 2.3))
    command = ["ffmpeg", "-loglevel", "error", "-i", path, "-map", "0:a", "-c", "copy", "-f", "data", "-"]
    packets = subprocess.run(command, capture_output=True, check=True).stdout
    assert measured(kind, path.read_bytes()).track_id == hashlib.sha256(packets).hexdigest()
