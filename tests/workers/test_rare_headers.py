"""What only the headers of rare formats say: how loud a Musepack is, and that half of a WavPack is no sound."""

from __future__ import annotations

import base64
import io
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magnitizdat.errors import UnsupportedError
from magnitizdat.workers.child import understand
from magnitizdat.workers.foreign import why_not
from magnitizdat.workers.sniff import sniff
from magnitizdat.workers.tags import read_tags
from magnitizdat.workers.wavpack import is_correction
from tests.fakes_audio import make_audio

BITS, CORRECTION = 0x0A, 0x0B
HALF = base64.b64decode(
    "d3Zwa9AAAAAQBAAAyAAAAAAAAADIAAAATRq8MAHIAAloAndhdgAhFlJJRka0AQAAV0FWRWZtdCAQAAAAAQABAEAfAACAPgAAAgAQAGRhdGGQAQ"
    "AAQgNXV0dWSABDA/8A/QD7AAQCFQ5sDgUD8Q8NEHwPBgJ6FMgAZQJACgAAKgCKKAAAHxueth9oUz1MQUtm0AH6M5LASaKARpp3Ycw+YorHWGSr"
    "QL6DE/xEQaih+KPKmmcHn8RQrcZ8QbV5mUmkDI69o+qzkQqwYHliIFou5Xw6wP8vAdZ1"
)
"""200 samples of noise at 8 kHz by `wavpack -b3 -c` (5.6.0): the half that players look for, without the other."""
BY_BITS = base64.b64decode(
    "d3Zwa6gAAAAQBAAAABAAAAAAAAAAEAAABBgclv9/aEVoAmRzZgAjLkRTRCAcAAAAAAAAAFwQAAAAAAAAAAAAAAAAAABmbXQgNAAAAAAAAAABAA"
    "AAAAAAAAEAAAABAAAAABErAAEAAAAAgAAAAAAAAAAQAAAAAAAAZGF0YQwQAAAAAAAAZQIAAAAAKgEEUM4MAAACAQKg/9cB///////EoP///+wA"
    "AAAAAAAvAqif2MM="
)
"""32 768 bits of silence at 2.8224 MHz, DSD that `wavpack` (5.6.0) packed."""
DECIBELS = st.integers(-3000, 3000).filter(bool)


def musepack(*, gain: int, peak: int, album_gain: int, album_peak: int) -> bytes:
    """The head of a Musepack without sound, in the units of its packets. Source: SV8 specification, "SH" and "RG"."""
    stream = bytes(4) + b"\x08" + b"\x01" + b"\x00" + bytes(2)
    loudness = b"\x01" + struct.pack(">hhhh", gain, peak, album_gain, album_peak)
    packets = [(b"SH", stream), (b"RG", loudness), (b"SE", b"")]
    return b"MPCK" + b"".join(key + bytes([len(content) + 3]) + content for key, content in packets)


def wavpack(*parts: tuple[int, bytes]) -> bytes:
    """The first block of a WavPack. Source: WavPack file format, "Block Header" and "Metadata Sub-Blocks"."""
    content = b"".join(
        bytes([kind]) + bytes([len(held) // 2]) + held
        if len(held) < 512
        else bytes([kind | 0x80]) + (len(held) // 2).to_bytes(3, "little") + held
        for kind, held in parts
    )
    return b"wvpk" + (24 + len(content)).to_bytes(4, "little") + bytes(24) + content


PARTS = st.lists(
    st.tuples(
        st.integers(0, 0x3F).filter(lambda kind: kind not in {BITS, CORRECTION}),
        st.integers(0, 400).map(lambda words: bytes(2 * words)),
    ),
    max_size=6,
)


@given(gain=DECIBELS, peak=st.integers(20_000, 24_000), album_gain=DECIBELS)
def test_a_musepack_is_as_loud_as_its_header_says(gain, peak, album_gain):
    """Gain is 64.82 dB less what it says in steps of 1/256 dB, its peak 20 log10 of a part of 32 768 in the same."""
    tags = read_tags(
        io.BytesIO(musepack(gain=gain, peak=peak, album_gain=album_gain, album_peak=0)), "audio/x-musepack"
    ).tags
    assert tags.gain.gain_db == pytest.approx(64.82 - gain / 256, abs=0.006)
    assert tags.gain.peak == pytest.approx(10 ** (peak / 256 / 20) / 32_768, rel=1e-4)
    assert tags.album_gain.gain_db == pytest.approx(64.82 - album_gain / 256, abs=0.006)


def test_a_musepack_that_nobody_measured_says_nothing_of_it():
    tags = read_tags(io.BytesIO(musepack(gain=0, peak=0, album_gain=0, album_peak=0)), "audio/x-musepack").tags
    assert tags.gain is None
    assert tags.album_gain is None


@given(parts=PARTS, behind=PARTS)
def test_the_second_half_of_a_wavpack_is_told_from_the_first(parts, behind):
    first, second = wavpack(*parts, (BITS, bytes(8)), *behind), wavpack(*parts, (CORRECTION, bytes(8)), *behind)
    assert (sniff(first), is_correction(first)) == ("audio/x-wavpack", False)
    assert (sniff(second), is_correction(second)) == (None, True)
    assert "wvunpack" in why_not(second)
    with pytest.raises(UnsupportedError, match="wvunpack"):
        understand(io.BytesIO(second))


@given(st.binary(max_size=200))
def test_any_bytes_behind_a_header_are_looked_at_once(content):
    assert is_correction(b"wvpk" + bytes(28) + content) in {True, False}


def test_a_wavpack_of_one_piece_is_no_half():
    assert not is_correction(make_audio("wavpack"))


def test_the_half_that_plays_alone_has_no_bits_to_boast_of():
    """Its header says 16 bits, of what both halves make."""
    parsed = understand(io.BytesIO(HALF))
    assert (parsed.codec, parsed.duration_s, parsed.bit_depth) == ("wavpack", 0.025, 0)


def test_dsd_in_a_wavpack_is_of_single_bits():
    """It sounds at an eighth of its rate."""
    parsed = understand(io.BytesIO(BY_BITS))
    assert (parsed.codec, parsed.sample_rate, parsed.bit_depth) == ("wavpack", 352_800, 1)
    assert parsed.duration_s == pytest.approx(32_768 / 2_822_400, abs=1e-4)
