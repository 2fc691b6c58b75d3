"""What is left of a broken ZIP: all that honest damage left is found, and nothing that lies costs or hides much."""

from __future__ import annotations

import errno
import struct

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from magnitizdat.formats import zip_salvage
from magnitizdat.formats.zip_salvage import salvage_table
from magnitizdat.formats.zip_store import headers, read_table, write_zip
from magnitizdat.reel.erasures import SECTOR
from tests.fakes_reel import noise

MANY = 99


class Source:
    """Bytes, how many were asked for, and how often."""

    def __init__(self, content: bytes) -> None:
        self._content, self.length, self.read, self.reads = content, len(content), 0, 0

    def read_at(self, offset: int, length: int) -> bytes:
        self.reads += 1
        found = self._content[offset : offset + length]
        self.read += len(found)
        return found


class Refusing(Source):
    """A medium that does not give some stretches."""

    def __init__(self, content: bytes, bad: list[range]) -> None:
        super().__init__(content)
        self._bad = bad

    def read_at(self, offset: int, length: int) -> bytes:
        if any(offset < each.stop and offset + length > each.start for each in self._bad):
            self.reads += 1
            raise OSError(errno.EIO, "Input/output error")
        return super().read_at(offset, length)


def header(name: str, length: int) -> bytes:
    """What stands before a member."""
    return headers(name, length, 0, 0)[0]


def files(sizes: list[int]) -> list[tuple[str, bytes]]:
    return [(f"{'abcdefgh'[: 8 - len(str(n))]}{n}.age", noise(size, n)) for n, size in enumerate(sizes)]


def without_list(members: list[tuple[str, bytes]]) -> list[bytes]:
    """Each with its header, as it stands in an archive."""
    return [header(name, len(content)) + content for name, content in members]


def contents(archive: bytes, *, max_members: int = MANY) -> list[bytes]:
    return [
        archive[each.offset :][: each.length] for each in salvage_table(Source(archive), max_members=max_members)[0]
    ]


sizes = st.lists(st.integers(0, 9000), min_size=1, max_size=12)
broken = st.one_of(
    st.binary(max_size=3000),
    st.lists(st.sampled_from([b"PK\3\4", header("a.age", 5), b"PK\1\2", b"zero" * 9, header("b.age", 1 << 30)])).map(
        b"".join
    ),
)


@given(content=broken)
def test_of_anything_it_ends_and_nothing_overlaps(content):
    end = 0
    for member in salvage_table(Source(content), max_members=50).members:
        assert end <= member.offset <= member.offset + member.length <= len(content)
        end = member.offset + member.length


def test_of_nothing_but_beginnings_it_ends_soon():
    source = Source(b"PK\x03\x04" * 3_000_000)
    assert salvage_table(source, max_members=50) == ((), True)
    assert source.read < 3 * source.length


def data_from(content: bytes, offset: int) -> int:
    """As a file system tells it of a file whose zeros are holes, sector by sector."""
    while offset < len(content) and not content[offset : (offset // SECTOR + 1) * SECTOR].strip(b"\0"):
        offset = (offset // SECTOR + 1) * SECTOR
    return min(offset, len(content))


@given(sizes=sizes, holes=st.lists(st.integers(0, 3 * SECTOR), min_size=12, max_size=12))
def test_holes_that_are_passed_hide_nothing(sizes, holes):
    parts = without_list(files(sizes))
    content = b"".join(part + bytes(hole) for part, hole in zip(parts, holes, strict=False))
    known = salvage_table(Source(content), max_members=MANY, data_from=lambda offset: data_from(content, offset))
    assert known == salvage_table(Source(content), max_members=MANY)


def test_what_lies_in_a_hole_is_not_read():
    first, last = without_list(files([5000, 5000]))
    content = first + bytes(40 << 20) + last
    source = Source(content)
    found, is_all = salvage_table(source, max_members=MANY, data_from=lambda offset: data_from(content, offset))
    assert [each.name[-5:] for each in found] == ["0.age", "1.age"]
    assert is_all
    assert source.read < 4 << 20


@pytest.mark.parametrize("far", [1 << 30, 700_000])
def test_lengths_that_lead_nowhere_are_not_followed_for_ever(far):
    source = Source(header("abcdefgh.age", far) * 20_000)
    salvage_table(source, max_members=50)
    assert source.read < 3 * source.length
    assert source.reads < 2000


@given(data=st.data())
def test_without_a_list_all_is_found_but_what_the_gaps_are_in(data):
    members = files(data.draw(sizes))
    archive = b"".join(write_zip(members))
    starts = {name: archive.index(name.encode()) - 30 for name, _ in members}
    at = data.draw(st.integers(0, len(archive)))
    found = salvage_table(Refusing(archive[:-20], [range(at, at + 1)]), max_members=MANY).members
    by_name = {each.name: each for each in found}
    for name, content in members:
        start = starts[name]
        near = start - 2 * SECTOR <= at <= start + 2 * SECTOR
        assert near or archive[by_name[name].offset :][: len(content)] == content


@given(data=st.data())
def test_whatever_stands_between_members_hides_none_of_them(data):
    """Four letters a million times, headers that claim what is behind them, or the name of what is behind them."""
    members = files(data.draw(sizes))
    lies = [
        b"PK\3\4" * data.draw(st.integers(1, 5000)),
        header("a234567a.age", data.draw(st.integers(1 << 20, 1 << 31))),
        header(members[-1][0], data.draw(st.integers(1 << 20, 1 << 31))) + b"another one",
        noise(data.draw(st.integers(1, 3000))),
    ]
    parts = without_list(members)
    for lie in data.draw(st.lists(st.sampled_from(lies), max_size=6)):
        parts.insert(data.draw(st.integers(0, len(parts))), lie)
    left = contents(b"".join(parts))
    for _, content in members:
        assert any(found.startswith(content) for found in left)


@given(data=st.data())
def test_a_list_that_lies_is_not_believed_where_headers_say_otherwise(data):
    """All entries at one place, or each at another's."""
    members = files(data.draw(sizes))
    archive = bytearray(b"".join(write_zip(members)))
    starts = [each.offset - 30 - len(each.name) for each in read_table(Source(bytes(archive)))]
    at = archive.index(b"PK\1\2")
    for _ in members:
        struct.pack_into("<I", archive, at + 42, data.draw(st.sampled_from(starts)))
        at = archive.find(b"PK\1\2", at + 1)
    assert contents(bytes(archive)) == [content for _, content in members]


@given(data=st.data())
def test_what_lost_its_header_is_known_by_the_list(data):
    members = files(data.draw(sizes))
    archive = bytearray(b"".join(write_zip(members)))
    table = read_table(Source(bytes(archive)))
    lost = data.draw(st.sampled_from(table))
    start = lost.offset - 30 - len(lost.name)
    archive[start : lost.offset] = bytes(lost.offset - start)
    assert salvage_table(Source(bytes(archive)), max_members=MANY) == (table, True)


@given(st.lists(st.integers(0, 3000), min_size=2, max_size=14, unique=True))
def test_of_several_with_one_name_the_longest_keeps_it(lengths):
    archive = b"".join(without_list([("abcdefgh.age", noise(length, length)) for length in lengths]))
    found = salvage_table(Source(archive), max_members=MANY).members
    longest = sorted(lengths, reverse=True)[: zip_salvage._MOST_OF_A_NAME]
    assert {each.name: each.length for each in found} == {
        f"abcdefgh.age.{number}" if number else "abcdefgh.age": length for number, length in enumerate(longest)
    }


@given(sizes=st.lists(st.integers(0, 60), min_size=1, max_size=40, unique=True), most=st.integers(1, 12))
def test_of_too_many_the_longest_are_kept_and_that_is_said(sizes, most):
    assume(len(sizes) > most)
    archive = b"".join(without_list(files(sizes)))
    found = salvage_table(Source(archive), max_members=most)
    assert sorted(each.length for each in found.members) == sorted(sizes)[-most:]
    assert not found.is_all


def test_a_medium_that_refuses_a_sector_is_asked_for_little_around_it_and_for_much_behind():
    (member,) = without_list(files([100]))
    source = Refusing(member + bytes(9 << 20) + member, [range(3 << 20, (3 << 20) + 1)])
    assert len(salvage_table(source, max_members=MANY).members) == 2
    assert source.reads < (1 << 20) // SECTOR + 30


def test_too_many_headers_end_it_and_that_is_said(monkeypatch):
    monkeypatch.setattr(zip_salvage, "_MOST_TRIES", 10)
    archive = b"".join(without_list(files([5] * 11)))
    assert not salvage_table(Source(archive), max_members=MANY).is_all
    assert salvage_table(Source(archive[:-60]), max_members=MANY).is_all


def test_nothing_behind_four_gibibytes_is_looked_at(monkeypatch):
    monkeypatch.setattr(zip_salvage, "MAX_LENGTH", 1 << 20)
    (member,) = without_list(files([100]))
    source = Source(member + bytes(3 << 20) + member)
    told = list[int]()
    found = salvage_table(source, max_members=MANY, passed=told.append)
    assert [each.length for each in found.members] == [100]
    assert source.read < 1 << 21
    assert (1 << 20) - SECTOR <= sum(told) <= 1 << 20


def test_how_far_it_is_is_told_and_never_too_much():
    archive = b"".join(without_list(files([50_000] * 40))) + bytes(5 << 20)
    told = list[int]()
    salvage_table(Source(archive), max_members=MANY, passed=told.append)
    assert min(told) >= 0
    assert len(told) > 40
    assert 4 << 20 < sum(told) <= len(archive)
