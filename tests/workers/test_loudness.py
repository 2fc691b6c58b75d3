"""Known signals have known loudness: EBU Tech 3341, table 1, with stereo sines of 997 Hz; peaks and waveforms too."""

from __future__ import annotations

import array
import io
import math
import shutil
import struct
import subprocess

import pytest

from magnitizdat.errors import DamagedError, UnsupportedError
from magnitizdat.formats.loudness import gain_db, histogram, integrated
from magnitizdat.workers.loudness import listen
from magnitizdat.workers.pool import ParserPool
from tests.fakes_audio import KINDS, make_audio

RATE = 48_000


def wav(*stretches: tuple[float, float], channels: int = 2, rate: int = RATE, tone: float = 997) -> bytes:
    """Sines one after the other: (seconds, peak in dBFS). A period is made once and repeated."""
    body = bytearray()
    for seconds, level in stretches:
        amplitude = 32767 * 10 ** (level / 20)
        second = array.array("h")
        for sample in range(rate):
            second.extend([round(amplitude * math.sin(2 * math.pi * tone * sample / rate))] * channels)
        whole = second.tobytes()
        length = round(seconds * rate) * 2 * channels
        body += (whole * math.ceil(seconds))[:length]
    layout = struct.pack("<HHIIHH", 1, channels, rate, 2 * channels * rate, 2 * channels, 16)
    head = b"RIFF" + struct.pack("<I", 36 + len(body)) + b"WAVEfmt " + struct.pack("<I", 16) + layout
    return head + b"data" + struct.pack("<I", len(body)) + bytes(body)


class InMemory:
    """Bytes as `ReadAt`."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self.length = len(content)

    def read_at(self, offset: int, length: int) -> bytes:
        return self._content[offset : offset + length]


def heard(audio: bytes):
    return listen(io.BytesIO(audio))


@pytest.mark.parametrize(
    ("stretches", "wanted"),
    [
        (((20, -23),), -23),  # case 1
        (((20, -33),), -33),  # case 2
        (((10, -36), (60, -23), (10, -36)), -23),  # case 3
        (((10, -72), (10, -36), (60, -23), (10, -36), (10, -72)), -23),  # case 4
        (((20, -26), (20.1, -20), (20, -26)), -23),  # case 5
    ],
)
def test_the_cases_of_the_standard(stretches, wanted):
    sound = heard(wav(*stretches))
    assert sound.lufs == pytest.approx(wanted, abs=0.1)
    assert integrated([sound.blocks]) == pytest.approx(wanted, abs=0.1)
    assert gain_db(sound.lufs) == pytest.approx(-18 - wanted, abs=0.1)


@pytest.mark.parametrize("rate", [8000, 44_100, 96_000])
def test_any_sample_rate(rate):
    assert heard(wav((5, -23), rate=rate)).lufs == pytest.approx(-23, abs=0.1)


def test_one_channel_counts_as_one():
    assert heard(wav((5, -20), channels=1)).lufs == pytest.approx(-23, abs=0.1)


def test_an_album_is_gated_as_one_programme():
    loud, soft, silent = heard(wav((20, -20))), heard(wav((20, -26))), heard(wav((5, -90)))
    together = heard(wav((20, -20), (20, -26)))
    assert integrated([loud.blocks, soft.blocks, silent.blocks]) == pytest.approx(together.lufs, abs=0.1)
    quiet = heard(wav((20, -45)))  # below the gate of the album, not below its own
    assert integrated([loud.blocks, quiet.blocks]) == pytest.approx(-20, abs=0.1)
    assert integrated([quiet.blocks]) == pytest.approx(-45, abs=0.1)


def test_silence_has_no_loudness():
    sound = heard(wav((3, -200)))
    assert (sound.lufs, sound.peak, sound.waveform) == (None, 0.0, bytes(800))
    assert integrated([sound.blocks]) is None
    assert gain_db(None) == 0
    assert integrated([histogram([])]) is None


def test_the_peak_between_two_samples_counts():
    """A quarter of the sample rate, sampled beside its tops: 3 dB over what any sample says."""
    samples = array.array("h")
    for n in range(RATE):
        samples.extend([round(16384 * math.sin(math.pi * (n / 2 + 0.25)))] * 2)
    plain = wav((1, -6))
    sound = heard(plain[:44] + samples.tobytes())
    assert max(samples) / 32768 < 0.36
    assert 0.48 < sound.peak < 0.56


def test_the_waveform_follows_the_music():
    waveform = heard(wav((4, -6), (4, -26), (8, -90))).waveform
    assert len(waveform) == 800
    assert set(waveform[2:198]) <= {127, 128, 129}
    assert set(waveform[202:398]) <= {12, 13, 14}
    assert set(waveform[402:]) == {0}


@pytest.mark.parametrize("seconds", [0.02, 0.5, 130])
def test_a_waveform_has_800_peaks_however_long_the_track(seconds):
    waveform = heard(wav((seconds, -6))).waveform
    assert len(waveform) == 800
    assert min(waveform[20:780]) > 110


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_audio_is_heard_in_the_cage(pool, kind):
    sound = pool.listen(InMemory(make_audio(kind, seconds=1.0)))
    assert sound.lufs is not None
    assert -30 < sound.lufs < 0
    assert max(sound.waveform) > 20


def test_what_is_no_audio_fails_in_a_sentence():
    with ParserPool(1, nice=5) as pool:
        with pytest.raises(UnsupportedError, match="audio"):
            pool.listen(InMemory(b"MZ" * 5000))
        with pytest.raises(DamagedError):
            pool.listen(InMemory(make_audio("flac")[:60] + b"\xff" * 4000))
        assert pool.listen(InMemory(wav((1, -23)))).lufs == pytest.approx(-23, abs=0.1)


@pytest.mark.debian
@pytest.mark.skipif(not shutil.which("ffmpeg"), reason="ffmpeg is not installed")
@pytest.mark.parametrize("kind", ["flac", "mp3", "opus"])
def test_another_ffmpeg_hears_the_same(kind, tmp_path):
    audio = make_audio(kind, seconds=3.0)
    path = tmp_path / "sound"
    path.write_bytes(audio)
    command = ["ffmpeg", "-nostats", "-i", str(path), "-af", "ebur128", "-f", "null", "-"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    wanted = float(said.rsplit("I:", 1)[1].split()[0])
    assert heard(audio).lufs == pytest.approx(wanted, abs=0.1)
