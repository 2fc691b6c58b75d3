"""A ZIP that is never made: any stretch of it is that of the whole, and other programs read the whole."""

from __future__ import annotations

import io
import zipfile
from functools import partial
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magnitizdat.formats.age import BytesReader
from magnitizdat.formats.bundle import Bundle, Part
from magnitizdat.formats.checksum import crc32
from magnitizdat.formats.zip_store import MAX_MEMBERS, read_table, write_zip, zip_length

FILES = st.dictionaries(
    st.text(st.characters(exclude_characters="/\\\0", exclude_categories=["Cs"]), min_size=1, max_size=20),
    st.binary(max_size=300),
    max_size=6,
)


def bundle(files: dict[str, bytes]) -> Bundle:
    return Bundle([Part(name, BytesReader(content), partial(crc32, content)) for name, content in files.items()])


@given(files=FILES, offset=st.integers(0, 3000), length=st.integers(0, 3000))
def test_any_stretch_is_that_of_the_whole(files, offset, length):
    made = bundle(files)
    whole = made.read_at(0, made.length)
    assert len(whole) == made.length
    assert made.read_at(offset, length) == whole[offset : offset + length]


@given(files=FILES)
def test_another_program_reads_names_and_bytes(files):
    made = bundle(files)
    with zipfile.ZipFile(io.BytesIO(made.read_at(0, made.length))) as archive:
        assert archive.testzip() is None
        assert {info.orig_filename: archive.read(info) for info in archive.infolist()} == files


def test_the_beginning_waits_for_no_checksum_but_its_own():
    asked = []

    def checksum(name):
        return lambda: asked.append(name) or 0

    made = Bundle([Part(name, BytesReader(bytes(1000)), checksum(name)) for name in "abc"])
    assert made.length > 3000
    made.read_at(0, 500)
    assert asked == ["a"]
    made.read_at(made.length - 1, 1)
    assert set(asked) == set("abc")


NAMES = st.from_regex(r"[a-z2-7]{8}\.(age|vol0[0-9]\+10\.par2)", fullmatch=True)


@given(files=st.dictionaries(NAMES, st.binary(max_size=300), max_size=6), data=st.data())
def test_any_stretch_is_that_of_a_written_one(files, data):
    written = b"".join(map(bytes, write_zip(list(files.items()))))
    made = bundle(files)
    assert made.length == zip_length((name, len(content)) for name, content in files.items()) == len(written)
    offset, length = data.draw(st.integers(0, len(written) + 9)), data.draw(st.integers(0, len(written) + 9))
    assert made.read_at(offset, length) == written[offset : offset + length]
    assert [member.name for member in read_table(made)] == list(files)


def test_what_a_zip_cannot_hold_is_refused():
    long = _Zeros(0xFFFFFFFE)
    with pytest.raises(ValueError, match="4 GiB"):
        Bundle([Part("a", long, lambda: 0)])
    with pytest.raises(ValueError, match="fewer"):
        Bundle([Part(str(number), BytesReader(b""), lambda: 0) for number in range(MAX_MEMBERS + 1)])


class _Zeros(NamedTuple):
    length: int

    def read_at(self, offset, length):
        return bytes(max(0, min(length, self.length - offset)))
