"""Laws of a file that nobody has made yet: what is said of its bytes is so of the bytes, whoever made the packets."""

from __future__ import annotations

import io

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st

from magnitizdat.errors import DamagedError
from magnitizdat.formats.transcodes import BLOCK_SAMPLES, MP3_RATES, OPUS_RATES, RATE, Encoding, TranscodeLayout

ENCODINGS = [Encoding(codec="opus", bit_rate=rate, channels=1 + number % 2) for number, rate in enumerate(OPUS_RATES)]
ENCODINGS += [Encoding(codec="mp3", bit_rate=rate) for rate in MP3_RATES]
encodings = st.sampled_from(ENCODINGS)
samples = st.integers(0, 40 * RATE) | st.integers(0, 10**7 * RATE)


def packet(encoding, number):
    """Of no sound, but of the right length, and unlike its neighbours."""
    return number.to_bytes(4, "big").rjust(encoding.unit_length, b"\xfc")


def block_of(layout, block):
    first = block * layout.encoding.block_units
    units = b"".join(packet(layout.encoding, first + number) for number in range(layout.units_of(block)))
    return layout.wrapped(block, units)


@given(encodings, st.integers(0, 20 * RATE))
def test_the_length_is_that_of_all_blocks_each_where_it_was_said_to_be(encoding, samples):
    layout = TranscodeLayout(encoding, samples)
    whole = layout.head
    for block in range(layout.blocks):
        assert len(whole) == layout.start_of(block)
        whole += block_of(layout, block)
    assert len(whole) == layout.length


@given(encodings, samples, st.data())
def test_each_range_names_the_blocks_that_it_has_bytes_of(encoding, samples, data):
    layout = TranscodeLayout(encoding, samples)
    offset = data.draw(st.integers(0, layout.length))
    length = data.draw(st.integers(0, min(layout.length - offset, 1 << 22)))
    ends = [layout.start_of(block) for block in range(1, layout.blocks)][: 1 << 12]
    named = layout.blocks_of(offset, length)
    if layout.blocks < 1 << 12 and length:
        starts, ends = [len(layout.head), *ends], [*ends, layout.length]
        meant = [block for block in range(layout.blocks) if starts[block] < offset + length and ends[block] > offset]
        assert list(named) == meant
    assert all(block < layout.blocks for block in named)


@given(encodings, samples)
def test_a_byte_is_a_time(encoding, samples):
    layout = TranscodeLayout(encoding, samples)
    assert layout.units * encoding.unit_samples >= samples + encoding.delay
    assert (layout.units - 1) * encoding.unit_samples < samples + encoding.delay
    assert encoding.unit_length * 8 * RATE == encoding.bit_rate * encoding.unit_samples
    assert encoding.block_units * encoding.unit_samples == BLOCK_SAMPLES


@pytest.mark.parametrize("encoding", [each for each in ENCODINGS if each.codec == "opus"])
@given(samples=st.integers(0, 15 * RATE))
def test_pages_are_what_others_read_as_ogg(encoding, samples):
    layout = TranscodeLayout(encoding, samples)
    whole = layout.head + b"".join(block_of(layout, block) for block in range(layout.blocks))
    with av.open(io.BytesIO(whole), "r", format="ogg") as container:
        (stream,) = container.streams
        packets = [bytes(each) for each in container.demux(stream) if each.size]
        assert container.metadata == stream.metadata == {}
    assert packets == [packet(encoding, number) for number in range(layout.units)]


@pytest.mark.parametrize("length", [0, 1, 10**5])
def test_what_is_not_as_long_as_was_promised_is_not_sent(length):
    layout = TranscodeLayout(Encoding(codec="mp3", bit_rate=128_000), RATE)
    with pytest.raises(DamagedError):
        layout.wrapped(0, bytes(length))
