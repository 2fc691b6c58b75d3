from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from magnitizdat.errors import DamagedError
from magnitizdat.formats.age import BytesReader
from magnitizdat.workers import archive

names = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=12)


def make_zip(members, *, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as written:
        for name, content in members.items():
            written.writestr(name, content)
    return out.getvalue()


def listed(content):
    return archive.list_entries(io.BytesIO(content))


def read(content, entry):
    return b"".join(archive.read_member(io.BytesIO(content), entry))


@given(st.dictionaries(names, st.binary(max_size=3000), max_size=6), st.sampled_from([0, 8]))
def test_what_was_packed_comes_out(members, method):
    packed = make_zip(members, method=method)
    entries = listed(packed)
    assert {entry.name: read(packed, entry) for entry in entries} == members
    assert [entry.length for entry in entries] == [len(content) for content in members.values()]


@settings(max_examples=25)
@given(st.dictionaries(names, st.binary(max_size=5000), min_size=1, max_size=4))
def test_the_same_through_a_worker(pool, members):
    source = BytesReader(make_zip(members))
    found = {entry.name: b"".join(pool.read_zip_member(source, entry.index)) for entry in pool.list_zip(source)}
    assert found == members


@given(st.binary(max_size=2000), st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 255)), min_size=1, max_size=8))
def test_altered_archives_are_refused_or_right(content, changes):
    packed = bytearray(make_zip({"a": content, "b": content[::-1]}))
    for offset, byte in changes:
        packed[offset % len(packed)] = byte
    try:
        entries = [entry for entry in listed(bytes(packed)) if not entry.reason]
        unpacked = [read(bytes(packed), entry) for entry in entries]
    except DamagedError:
        return
    assert all(len(each) == entry.length for each, entry in zip(unpacked, entries, strict=True))


def test_large_members_stream(pool):
    content = bytes(range(256)) * 20_000
    source = BytesReader(make_zip({"big": content}, method=zipfile.ZIP_STORED))
    chunks = list(pool.read_zip_member(source, 0))
    assert b"".join(chunks) == content
    assert max(map(len, chunks)) <= 1 << 20


def test_bombs_are_refused():
    bomb = make_zip({"silence.wav": bytes(64 << 20)})
    with pytest.raises(DamagedError, match="absurdly"):
        listed(bomb)
    assert listed(make_zip({"silence.wav": bytes(5 << 20)}))[0].reason is None


def test_one_bomb_among_honest_files_is_named():
    noise = random.Random(1).randbytes(1 << 20)
    bomb, honest = listed(make_zip({"bomb": bytes(50 << 20), "honest": noise}))
    assert "absurdly" in bomb.reason.sentence
    assert honest.reason is None


def test_a_member_longer_than_it_says_stops():
    """The table says 10 bytes; the packed bytes hold 50 million."""
    packed = bytearray(make_zip({"a": bytes(50_000_000)}))
    central = packed.rindex(b"PK\x01\x02")
    packed[central + 24 : central + 28] = struct.pack("<I", 10)
    (entry,) = listed(bytes(packed))
    with pytest.raises(DamagedError):
        read(bytes(packed), entry)


def test_overlapping_members_are_refused():
    packed = bytearray(make_zip({"a": b"x" * 500, "b": b"y" * 500}, method=zipfile.ZIP_STORED))
    second = packed.rindex(b"PK\x01\x02")
    packed[second + 42 : second + 46] = struct.pack("<I", 10)
    with pytest.raises(DamagedError, match="overlap"):
        listed(bytes(packed))


def test_too_many_files():
    with pytest.raises(DamagedError, match="20000"):
        listed(make_zip({str(i): b"" for i in range(20_001)}, method=zipfile.ZIP_STORED))


def test_locked_linked_and_nested_members_have_a_reason():
    packed = bytearray(make_zip({"a": b"x"}))
    for at in (packed.index(b"PK\x03\x04") + 6, packed.index(b"PK\x01\x02") + 8):
        packed[at] |= 1
    assert "password" in listed(bytes(packed))[0].reason.sentence
    link = zipfile.ZipInfo("link")
    link.external_attr = 0o120777 << 16
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as written:
        written.writestr(link, "/etc/passwd")
        written.writestr("inner.zip", make_zip({"a": b"x"}))
        written.mkdir("folder")
    link_entry, inner_entry = listed(out.getvalue())
    assert "link" in link_entry.reason.sentence
    assert "within" in inner_entry.reason.sentence
    with pytest.raises(DamagedError):
        read(out.getvalue(), link_entry)


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("Зоопарк/Белая полоса.mp3".encode("cp866"), "Зоопарк/Белая полоса.mp3"),
        ("Зоопарк/Белая полоса.mp3".encode("cp1251"), "Зоопарк/Белая полоса.mp3"),
        ("Зоопарк.mp3".encode(), "Зоопарк.mp3"),
        ("Café Björk.mp3".encode("cp437"), "Café Björk.mp3"),
    ],
)
def test_names_without_a_declared_encoding(raw, name):
    stand_in = b"@" * len(raw)
    packed = make_zip({stand_in.decode(): b"x"}).replace(stand_in, raw)
    (entry,) = listed(packed)
    assert entry.name == name
    assert read(packed, entry) == b"x"


def test_a_name_in_the_unicode_field_counts_where_it_belongs_to_the_plain_one():
    plain, said = b"????/01 ????.wav", "日本/01 東京.wav"
    for checksum, name in ((zlib.crc32(plain), said), (0, plain.decode())):
        info = zipfile.ZipInfo(plain.decode())
        info.extra = struct.pack("<HHBI", 0x7075, 5 + len(said.encode()), 1, checksum) + said.encode()
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as written:
            written.writestr(info, b"x")
        assert listed(out.getvalue())[0].name == name


def test_folders_of_windows_are_folders():
    packed = make_zip({"X@Al@01.flac": b"x"}).replace(b"X@Al@01.flac", b"X\\Al\\01.flac")
    assert listed(packed)[0].name == "X/Al/01.flac"


@given(st.binary(max_size=64))
def test_any_field_beside_a_name_is_read_or_left(extra):
    info = zipfile.ZipInfo("plain")
    info.extra = extra
    assert archive._said_beside(info) == "" or extra[4:5] == b"\x01"


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"PK\x05\x06" + bytes(17), b"not a zip at all"])
def test_what_is_no_archive_is_one_sentence(pool, content):
    with pytest.raises(DamagedError, match="zip"):
        pool.list_zip(BytesReader(content))


def test_a_member_that_is_not_there(pool):
    with pytest.raises(DamagedError, match="no such file"):
        list(pool.read_zip_member(BytesReader(make_zip({"a": b"x"})), 7))
