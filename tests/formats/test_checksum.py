"""CRC-32 is the one that everybody has."""

import zlib

from hypothesis import given
from hypothesis import strategies as st

from magnitizdat.formats.checksum import crc32


@given(st.lists(st.binary(max_size=5000), max_size=4))
def test_it_is_zlibs_also_in_parts(parts):
    ours = theirs = 0
    for part in parts:
        ours, theirs = crc32(part, ours), zlib.crc32(part, theirs)
    assert ours == theirs == zlib.crc32(b"".join(parts))
