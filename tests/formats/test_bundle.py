"""A ZIP that is never made: any stretch of it is that of the whole, and other programs read the whole."""

from __future__ import annotations

import io
import zipfile
from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from magnitizdat.formats.age import BytesReader
from magnitizdat.formats.bundle import Bundle, Part
from magnitizdat.formats.checksum import crc32

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
