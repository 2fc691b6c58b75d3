"""The reader of PAR2 packets: what par2 wrote is understood, damage never confuses it."""

from __future__ import annotations

import struct
from hashlib import md5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magnitizdat.disk.disk import Disk
from magnitizdat.formats.age import BytesReader
from magnitizdat.reel import par2_child
from magnitizdat.reel.par2_packets import MAGIC, Checksums, Description, Main, Recovery, scan
from tests.fakes_reel import noise


@pytest.fixture(scope="module")
def volume(tmp_path_factory) -> bytes:
    folder = tmp_path_factory.mktemp("par2")
    for number in range(3):
        (folder / f"seg{number}.age").write_bytes(noise(10_000, number))
    names = [f"seg{number}.age" for number in range(3)]
    par2_child.create(folder, "base", names, slice_length=1000, blocks=9, volumes=2, disk=Disk())
    return (folder / "base.vol0+5.par2").read_bytes()


def test_what_par2_wrote_is_read_whole(volume):
    found = scan(BytesReader(volume))
    bodies = [packet.body for packet in found.packets]
    assert found.damaged == 0
    assert {body.exponent for body in bodies if isinstance(body, Recovery)} == set(range(5))
    assert {body.slice_length for body in bodies if isinstance(body, Main)} == {1000}
    descriptions = {body.name: body for body in bodies if isinstance(body, Description)}
    assert descriptions[b"seg1.age"].md5 == md5(noise(10_000, 1)).digest()
    checksums = next(b for b in bodies if isinstance(b, Checksums) and b.file_id == descriptions[b"seg1.age"].file_id)
    assert [checksums.md5(n) for n in range(10)] == [
        md5(noise(10_000, 1)[at : at + 1000]).digest() for at in range(0, 10_000, 1000)
    ]


@given(data=st.data())
def test_damage_costs_only_the_packets_it_hits(volume, data):
    at = data.draw(st.integers(0, len(volume) - 1))
    hurt = volume[:at] + bytes([volume[at] ^ 0xFF]) + volume[at + 1 :]
    before, after = scan(BytesReader(volume)).packets, scan(BytesReader(hurt)).packets
    assert len(after) == len(before) - 1
    assert set(after) <= set(before)


@given(junk=st.binary(max_size=300), cut=st.integers(0, 20_000), tail=st.integers(0, 20_000))
def test_shifted_cut_and_junk_never_raise(volume, junk, cut, tail):
    sound = set(scan(BytesReader(volume)).packets)
    assert set(scan(BytesReader(junk + volume[cut : len(volume) - tail])).packets) <= sound
    assert set(scan(BytesReader(junk + volume)).packets) == sound


@given(length=st.integers(0, 2**64 - 1), body=st.binary(max_size=200))
def test_hostile_lengths_are_not_followed(length, body):
    packet = MAGIC + struct.pack("<Q", length) + bytes(16) + bytes(16) + b"PAR 2.0\0Main\0\0\0\0" + body
    assert scan(BytesReader(packet)).packets == ()


@pytest.mark.parametrize(
    "body",
    [
        struct.pack("<QI", 0, 1) + bytes(16),
        struct.pack("<QI", 1 << 63, 1) + bytes(16),
        struct.pack("<QI", 1002, 1) + bytes(16),
        struct.pack("<QI", 1000, 0),
        struct.pack("<QI", 1000, 2**32 - 1) + bytes(16),
        struct.pack("<QI", 1000, 5) + bytes(16),
    ],
)
def test_main_packets_that_contradict_themselves_say_nothing(body):
    rest = bytes(16) + b"PAR 2.0\0Main\0\0\0\0" + body
    packet = MAGIC + struct.pack("<Q", 32 + len(rest)) + md5(rest).digest() + rest
    (found,) = scan(BytesReader(packet)).packets
    assert found.body is None
