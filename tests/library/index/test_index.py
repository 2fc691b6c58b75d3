"""Laws of the index: what was put comes back, the newest counts, and what is forgotten is not there."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magnitizdat.formats.spool_paths import blob_path
from magnitizdat.library.batch import Placement
from magnitizdat.library.index.index import Index
from magnitizdat.library.index.signed import SignedRelease
from magnitizdat.library.index.tail import PAST, WaitingRow, pages

NAMES = st.sampled_from(["a", "b", "c"])
BODIES = st.binary(max_size=20)
DIGESTS = st.sampled_from(["ab" * 32, "cd" * 32])
CELLS = st.integers(0, 3)
MEMBERS = st.builds(str.format, st.sampled_from(["rows/{}", "keys/{}", "labels/{}/metadata/1.root.json"]), NAMES)
PLACEMENTS = st.builds(Placement, MEMBERS, CELLS, st.integers(0, 99), st.integers(0, 99))
PIECES = st.builds(
    lambda sha256, number, cell: Placement(f"{blob_path(sha256)}.{number:04d}", cell, number, 9),
    DIGESTS,
    st.integers(0, 4),
    CELLS,
)
FILES = st.dictionaries(st.sampled_from(["1.root.json", "timestamp.json"]), BODIES)
WAITING = st.builds(
    WaitingRow, NAMES, st.integers(0, 2000), NAMES, st.text("abc", min_size=1, max_size=9).map(str.encode)
)


class TakenBackError(Exception):
    """What ends each example: the next one finds the index empty."""


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    with Index(tmp_path_factory.mktemp("index") / "index.db", os.urandom(32), create=True) as index:
        yield index


@contextmanager
def taken_back(index):
    with suppress(TakenBackError), index.transaction():
        yield index
        raise TakenBackError


@given(acts=st.lists(st.tuples(st.sampled_from(["put", "drop", "take"]), NAMES, NAMES, BODIES), max_size=20))
def test_jobs_are_what_was_left_last(empty, acts):
    left = {}
    with taken_back(empty) as index:
        for act, kind, target, body in acts:
            if act == "put":
                index.jobs.put(kind, target, body)
                left[kind, target] = body
            elif act == "take":
                assert index.jobs.take(kind, target) == left.pop((kind, target), None)
            else:
                index.jobs.drop(kind, target)
                left.pop((kind, target), None)
            assert index.jobs.get(kind, target) == left.get((kind, target))
        for kind in "abc":
            assert index.jobs.of_kind(kind) == {target: body for (of, target), body in left.items() if of == kind}
        index.jobs.drop_all()
        assert not index.jobs.of_kind("a")


@given(placed=st.lists(PLACEMENTS | PIECES, max_size=30), hurt=CELLS)
def test_a_member_is_where_it_was_placed_last(empty, placed, hurt):
    known = {placement.member: placement for placement in placed}
    with taken_back(empty) as index:
        index.cells.place(placed)
        assert index.cells.named() == {placement.cell for placement in known.values()}
        assert index.cells.last() == max(index.cells.named(), default=-1)
        for name, placement in known.items():
            if "blobs/" not in name:
                assert index.cells.member(name) == [placement]
        for sha256 in ("ab" * 32, "cd" * 32):
            held = [each for name, each in known.items() if sha256 in name]
            assert sorted(each[1:] for each in index.cells.pieces(sha256).values()) == sorted(each[1:] for each in held)
            assert index.cells.cells_of(sha256) == {each.cell for each in held}
        index.cells.forget_members_in(hurt)
        index.cells.forget_pieces_in(hurt)
        assert not index.cells.is_named(hurt)
        assert index.cells.named() == {each.cell for each in known.values()} - {hurt}


@given(rows=st.lists(WAITING, max_size=30, unique_by=lambda row: row[:2]))
def test_what_waits_is_sealed_once_and_found_again(empty, rows):
    with taken_back(empty) as index:
        index.tail.put(rows)
        assert index.tail.waiting() == sorted(rows)
        sealed = pages(index.tail.waiting())
        lines = {
            (page.device, page.first + number): line
            for page in sealed
            for number, line in enumerate(page.lines().removesuffix(b"\n").split(b"\n"))
            if line != PAST
        }
        assert lines.keys() == {row[:2] for row in rows}
        index.tail.settle(sealed)
        assert index.tail.waiting() == []
        assert all(index.pages.says(row.subject) and index.pages.was_written_by(row.device) for row in rows)
        for page in sealed:
            index.pages.drop(page.device, page.first)
        assert not any(index.pages.says(row.subject) for row in rows)


@given(counts=st.lists(st.integers(0, 600), max_size=10))
def test_no_counter_is_given_out_twice(empty, counts):
    with taken_back(empty) as index:
        firsts = [index.settings.reserve(count) for count in counts]
        given_out = [first + number for first, count in zip(firsts, counts, strict=True) for number in range(count)]
        assert given_out == list(range(sum(counts)))


def test_every_change_has_a_state_of_its_own(empty):
    with taken_back(empty) as index:
        states = [index.settings.note_change() or index.settings.changed() for _ in range(100)]
        assert states == sorted(set(states))


@given(
    files=st.lists(st.tuples(NAMES, FILES, BODIES)),
    releases=st.lists(st.tuples(NAMES, st.builds(SignedRelease, NAMES, NAMES, NAMES, st.booleans(), st.booleans()))),
)
def test_of_a_label_the_newest_counts(empty, files, releases):
    with taken_back(empty) as index:
        for imprint, held, memory in files:
            index.signed.put_files(imprint, held, memory)
        for imprint, held, memory in {imprint: (imprint, *rest) for imprint, *rest in files}.values():
            assert (index.signed.files(imprint), index.signed.memory(imprint)) == (held, memory)
        for imprint, release in releases:
            index.signed.put_release(imprint, release)
        newest = {(imprint, release.release_id): release for imprint, release in releases}
        assert all(index.signed.release(*name) == release for name, release in newest.items())
        assert sorted(index.signed.removed()) == sorted(name for name, release in newest.items() if release.is_gone)


@given(length=st.integers(0, 9), mtime_ns=st.integers(0, 9), asked=st.tuples(st.integers(0, 9), st.integers(0, 9)))
def test_a_file_that_is_as_it_was_is_known(empty, length, mtime_ns, asked):
    with taken_back(empty) as index:
        index.sources.put("/a.flac", length=length, mtime_ns=mtime_ns, sha256="")
        same = index.sources.is_unchanged("/a.flac", length=asked[0], mtime_ns=asked[1])
        assert same == (asked == (length, mtime_ns))
        index.sources.forget()
        assert not index.sources.is_unchanged("/a.flac", length=length, mtime_ns=mtime_ns)
