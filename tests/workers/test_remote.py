from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magnitizdat.workers.remote import WINDOW, RemoteFile

CONTENT = bytes(range(251)) * (3 * WINDOW // 251 + 7)

steps = st.tuples(st.sampled_from(["seek", "end", "read", "here"]), st.integers(0, len(CONTENT)))


@given(st.lists(steps, max_size=12))
def test_it_reads_like_a_file_in_memory(moves):
    remote = RemoteFile(len(CONTENT), lambda offset, length: CONTENT[offset : offset + length])
    plain = io.BytesIO(CONTENT)
    for deed, number in moves:
        for file in (remote, plain):
            if deed == "seek":
                file.seek(number)
            elif deed == "end":
                file.seek(-min(number, len(CONTENT)), io.SEEK_END)
        size = number % (WINDOW + 5000)
        assert remote.tell() == plain.tell()
        if deed == "read":
            assert remote.read(size) == plain.read(size)
        elif deed == "here":
            mine, theirs = bytearray(size), bytearray(size)
            assert remote.readinto(mine) == plain.readinto(theirs)
            assert mine == theirs
    assert remote.readable()
    assert remote.seekable()


def test_a_source_that_ends_early_is_an_error():
    with pytest.raises(OSError, match="early"):
        RemoteFile(100, lambda _offset, _length: b"").read(10)
    with pytest.raises(ValueError, match="negative"):
        RemoteFile(100, lambda _offset, _length: b"").seek(-1)
