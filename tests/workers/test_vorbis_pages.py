"""What is read by pages is what the demuxer reads by packets, or it is not read by pages."""

from __future__ import annotations

import hashlib
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magnitizdat.workers.audio import audio_stream, measure, open_audio
from magnitizdat.workers.vorbis_pages import plain_stream
from tests.fakes_audio import make_audio

SONG = make_audio("vorbis", 3.0, {"title": "Видели ночь", "artist": "Кино"})


def by_packets(content: bytes) -> tuple[str, int, int, int]:
    """Digest, bytes and number of the packets as av demuxes them, and where they end."""
    with open_audio(io.BytesIO(content), "audio/ogg") as container:
        packets = [packet for packet in container.demux(audio_stream(container, "audio/ogg")) if packet.size]
    joined = b"".join(map(bytes, packets))
    lasting = packets[-1].duration - (1 << 32 if packets[-1].duration >> 31 else 0)  # it may have gone below zero
    return hashlib.sha256(joined).hexdigest(), len(joined), len(packets), packets[-1].pts + lasting


def by_pages(content: bytes) -> tuple[str, int, int, int] | None:
    plain = plain_stream(io.BytesIO(content))
    return None if plain is None else (plain.digest.hexdigest(), *plain[1:])


def pages(content: bytes) -> list[bytearray]:
    found, offset = [], 0
    while offset < len(content):
        table = content[offset + 27 : offset + 27 + content[offset + 26]]
        end = offset + 27 + len(table) + sum(table)
        found.append(bytearray(content[offset:end]))
        offset = end
    return found


def _crc_table() -> list[int]:
    table = []
    for byte in range(256):
        crc = byte << 24
        for _ in range(8):
            crc = (crc << 1 ^ 0x04C11DB7 if crc & 0x80000000 else crc << 1) & 0xFFFFFFFF
        table.append(crc)
    return table


CRC = _crc_table()


def summed(page: bytearray) -> bytearray:
    """A page with the checksum that it should have. Source: RFC 3533, section 6, field 7."""
    page[22:26] = bytes(4)
    crc = 0
    for byte in page:
        crc = (crc << 8 & 0xFFFFFFFF) ^ CRC[crc >> 24 ^ byte]
    page[22:26] = crc.to_bytes(4, "little")
    return page


def test_checksums_are_those_that_encoders_write():
    assert all(summed(bytearray(page)) == page for page in pages(SONG))


@pytest.mark.parametrize("seconds", [0.05, 0.5, 3.0, 20.0])
def test_what_encoders_write_is_plain(seconds):
    song = make_audio("vorbis", seconds)
    assert by_pages(song) == by_packets(song)


@given(st.lists(st.tuples(st.integers(0, len(SONG) - 1), st.integers(1, 255)), min_size=1, max_size=3))
def test_no_flipped_bit_is_passed_over(flips):
    hurt = bytearray(SONG)
    for offset, bits in flips:
        hurt[offset] ^= bits
    assert by_pages(bytes(hurt)) in (None, by_pages(SONG) if hurt == SONG else None)


@given(st.integers(0, len(SONG) - 1))
def test_half_a_file_is_not_plain(end):
    assert by_pages(SONG[:end]) is None


@given(st.data())
def test_sound_pages_in_any_order_and_with_any_header_are_read_alike_or_not_at_all(data):
    """Other flags, positions, serials, numbers and tables of lengths, with checksums that are right."""
    found = pages(SONG)
    for _ in range(data.draw(st.integers(0, 2))):
        place, field = data.draw(st.integers(0, len(found) - 1)), data.draw(st.sampled_from([4, 5, 6, 14, 18, 27, 28]))
        found[place][field] = data.draw(st.integers(0, 255))
        found[place] = summed(found[place])
    order = data.draw(st.permutations(range(len(found))) | st.just(range(len(found))))
    song = b"".join(bytes(found[place]) for place in order)
    if (plain := by_pages(song)) is not None:
        assert plain == by_packets(song)


@given(junk=st.binary(min_size=1, max_size=100))
def test_what_stands_around_it_is_a_doubt(junk):
    assert by_pages(junk + SONG) is None
    assert by_pages(SONG + junk) is None


def test_chains_and_other_codecs_are_left_to_the_demuxer():
    assert by_pages(SONG + make_audio("vorbis", 1.0, tone=500.0)) is None
    assert by_pages(make_audio("opus", 1.0)) is None


def test_the_facts_are_the_same(monkeypatch):
    quick = measure(io.BytesIO(SONG), "audio/ogg")
    monkeypatch.setattr("magnitizdat.workers.audio.plain_stream", lambda _file: None)
    assert measure(io.BytesIO(SONG), "audio/ogg") == quick
