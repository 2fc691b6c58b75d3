from __future__ import annotations

import gc
import os
import socket
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magnitizdat.disk.reading import FileReader, Portion
from magnitizdat.errors import DamagedError, NotFoundError, UnsupportedError


@given(content=st.binary(max_size=4000), offset=st.integers(0, 5000), length=st.integers(0, 5000))
def test_read_at_is_a_slice(tmp_path_factory, content, offset, length):
    path = tmp_path_factory.mktemp("reading") / "file"
    path.write_bytes(content)
    with FileReader(path) as reader:
        assert reader.length == len(content)
        assert reader.read_at(offset, length) == content[offset : offset + length]
        reader.forget_cached()
        assert reader.read_at(offset, length) == content[offset : offset + length]


@given(
    written=st.dictionaries(st.integers(0, 60), st.binary(min_size=1, max_size=9000), max_size=4), offset=st.integers(0)
)
def test_what_is_passed_of_a_file_with_holes_is_zeros(tmp_path_factory, written, offset):
    path = tmp_path_factory.mktemp("reading") / "file"
    with path.open("wb") as file:
        for place, content in written.items():
            file.seek(place * 16384)
            file.write(content)
        file.truncate(1 << 20)
    offset %= 3 << 19
    for keep_open in (True, False):
        reader = FileReader(path, keep_open=keep_open)
        found = reader.data_from(offset)
        assert min(offset, reader.length) <= found <= reader.length
        assert not reader.read_at(offset, found - offset).strip(b"\0")
        reader.close()


@pytest.mark.skipif(not hasattr(os, "SEEK_DATA"), reason="this system tells of no holes")
def test_a_part_of_a_file_tells_of_its_own_holes(tmp_path):
    path = tmp_path / "file"
    with path.open("wb") as file:
        file.truncate(8 << 20)
    with FileReader(path, part=Portion(path, 1 << 20, 4 << 20)) as reader:
        assert reader.data_from(0) in {0, 4 << 20}  # the first where the file system keeps no holes
        assert reader.data_from(9 << 20) == 4 << 20


def test_a_file_that_is_not_kept_open_is_the_one_that_has_the_name(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"abc")
    reader = FileReader(path, keep_open=False)
    path.unlink()
    with pytest.raises(FileNotFoundError):
        reader.read_at(0, 1)
    path.write_bytes(b"xyz")
    buffer = bytearray(9)
    assert reader.read_at(1, 9) == b"yz"
    assert (reader.read_into(memoryview(buffer), 2), buffer[:1]) == (1, b"z")
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(OSError, match="not a file any more"):
        reader.read_at(0, 1)


def test_what_is_no_file_is_refused_without_waiting(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "file").write_bytes(b"x")
    (tmp_path / "link").symlink_to(tmp_path / "file")
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(str(tmp_path / "socket"))
    places = {"pipe": "a pipe", "link": "a link", "socket": "a socket", ".": "a folder"}
    for name, kind in places.items():
        with pytest.raises(UnsupportedError, match=f"is {kind}, not a file; give the file itself"):
            FileReader(tmp_path / name)
    with pytest.raises(UnsupportedError, match="a device"):
        FileReader(Path("/dev/zero"))
    assert FileReader(tmp_path / "link", follow=True).read_at(0, 1) == b"x"


def test_what_is_not_there(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    for path in (tmp_path / "none", tmp_path / "file" / "below", Path("nul\0name")):
        with pytest.raises(NotFoundError, match="check the name"):
            FileReader(path)


def test_a_file_that_became_shorter(tmp_path):
    (tmp_path / "file").write_bytes(b"0123456789")
    with FileReader(tmp_path / "file") as reader:
        os.truncate(tmp_path / "file", 4)
        assert reader.read_at(0, 4) == b"0123"
        with pytest.raises(DamagedError, match="became shorter"):
            reader.read_at(2, 8)


def test_a_failing_medium_is_an_oserror(tmp_path):
    class Scratched(FileReader):
        def _pread(self, descriptor, length, offset):
            raise OSError(5, "Input/output error")

    (tmp_path / "file").write_bytes(b"x")
    with Scratched(tmp_path / "file") as reader, pytest.raises(OSError):
        reader.read_at(0, 1)


def test_reading_a_closed_file_is_an_error(tmp_path):
    (tmp_path / "file").write_bytes(b"x")
    reader = FileReader(tmp_path / "file")
    reader.close()
    reader.close()
    with pytest.raises(OSError):
        reader.read_at(0, 1)


def test_nobody_holding_a_reader_closes_it(tmp_path):
    (tmp_path / "file").write_bytes(b"x")

    def holds_it() -> bool:
        return any(each.resolve() == tmp_path / "file" for each in Path("/proc/self/fd").iterdir())

    reader = FileReader(tmp_path / "file")
    assert holds_it()
    del reader
    gc.collect()
    assert not holds_it()
