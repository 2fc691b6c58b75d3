from __future__ import annotations

import os
import random
import subprocess
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from magnitizdat.disk.disk import Disk
from magnitizdat.errors import LibraryError
from magnitizdat.library.keyring import Secrets
from magnitizdat.library.vault import OPEN_CELLS, Placement, Vault
from magnitizdat.model import PIECE_LENGTH
from tests.fakes import FaultyDisk


@pytest.fixture(scope="module")
def secrets():
    return Secrets.generate()


@pytest.fixture
def vault(tmp_path, secrets):
    return Vault(tmp_path / "vault", secrets, Disk(private=True))


def blob(number):
    return f"blobs/{number % 256:02x}/{number % 256:02x}{number:062x}"


def fill(vault, members, first_cell=0):
    with vault.batch(first_cell=first_cell) as batch:
        for name, content in members.items():
            batch.add(name, content)
        placements = batch.flush()
        return {placement.member: placement for placement in placements}, batch.next_cell


def fill_until_failure(batch):
    batch.add(blob(1) + ".0000", bytes(PIECE_LENGTH))
    batch.add(blob(2), bytes(2 * PIECE_LENGTH))


def files_of(vault):
    return sorted(path for path in vault._directory.rglob("*") if path.is_file())


@settings(max_examples=15)
@given(lengths=st.lists(st.integers(0, 3000) | st.integers(0, PIECE_LENGTH) | st.just(PIECE_LENGTH), max_size=12))
def test_what_goes_in_comes_out_of_cells_of_one_length(tmp_path_factory, secrets, lengths):
    vault = Vault(tmp_path_factory.mktemp("vault"), secrets, Disk(private=True))
    members = {blob(n): random.Random(n).randbytes(length) for n, length in enumerate(lengths)}
    placements, next_cell = fill(vault, members)
    assert placements.keys() == members.keys()
    for name, content in members.items():
        assert vault.read(placements[name]) == content
    files = files_of(vault)
    assert {path.stat().st_size for path in files} <= {vault.cell_length}
    assert len(files) == next_cell
    assert {cell for cell, _ in vault.cells()} == {placement.cell for placement in placements.values()}
    assert not list(vault.check({placement.cell for placement in placements.values()}))


@given(offset=st.integers(0, 220_000), length=st.integers(0, 220_000))
def test_a_range_is_a_slice(ranged, offset, length):
    vault, placement, content = ranged
    assert vault.read_range(placement, offset, length) == content[offset : offset + length]


@pytest.fixture(scope="module")
def ranged(tmp_path_factory, secrets):
    vault = Vault(tmp_path_factory.mktemp("ranged"), secrets, Disk(private=True))
    content = random.Random(1).randbytes(200_000)
    placements, _ = fill(vault, {"labels/x": b"before", blob(1): content})
    return vault, placements[blob(1)], content


def test_small_members_share_cells_and_full_pieces_do_not(vault):
    small = {blob(n): bytes(10_000) for n in range(100)}
    placements, next_cell = fill(vault, small)
    assert next_cell == 1
    assert {placement.cell for placement in placements.values()} == {0}
    full = {blob(n) + ".0001": bytes(PIECE_LENGTH) for n in range(5)}
    placements, next_cell = fill(vault, full, next_cell)
    assert sorted(placement.cell for placement in placements.values()) == [1, 2, 3, 4, 5]


def test_tails_are_packed_well(vault):
    lengths = random.Random(3)
    members = {blob(n): bytes(lengths.randrange(PIECE_LENGTH)) for n in range(120)}
    _, cells = fill(vault, members)
    held = sum(map(len, members.values()))
    assert held / (cells * PIECE_LENGTH) > 0.8


def test_a_member_that_fits_no_cell_is_refused_at_the_door(vault):
    limit = vault.member_limit("labels/a")
    assert limit >= PIECE_LENGTH
    placements, _ = fill(vault, {"labels/a": bytes(limit)})
    assert vault.read(placements["labels/a"]) == bytes(limit)
    with vault.batch(first_cell=9) as batch, pytest.raises(ValueError, match="does not fit"):
        batch.add("labels/a", bytes(limit + 1))


def test_a_reused_buffer_is_no_harm(vault):
    buffer = bytearray(b"first")
    with vault.batch(first_cell=0) as batch:
        batch.add("labels/a", buffer)
        buffer[:] = b"other"
        [placement] = batch.flush()
    assert vault.read(placement) == b"first"


def test_a_batch_goes_on_after_a_flush(vault):
    with vault.batch(first_cell=0) as batch:
        batch.add("labels/a", b"1")
        first = batch.flush()
        batch.add("labels/b", b"2")
        second = batch.flush()
        assert batch.flush() == []
    assert [vault.read(placement) for placement in (*first, *second)] == [b"1", b"2"]


def test_what_was_not_flushed_leaves_nothing_and_what_was_stays(vault):
    with vault.batch(first_cell=0) as batch:
        batch.add("labels/a", b"1")
        [kept] = batch.flush()
        batch.add(blob(1) + ".0000", bytes(PIECE_LENGTH))
    assert vault.read(kept) == b"1"
    assert len(files_of(vault)) == 1
    with pytest.raises(ValueError), vault.batch(first_cell=1) as batch:
        fill_until_failure(batch)
    assert len(files_of(vault)) == 1


def test_numbers_that_are_taken_are_passed_over(vault):
    fill(vault, {"labels/old": b"of a newer index"})
    placements, next_cell = fill(vault, {"labels/new": b"2"})
    assert placements["labels/new"].cell == 1
    assert next_cell == 2
    assert [cell for cell, _ in vault.cells()] == [0, 1]


def test_sweep_removes_what_an_interrupted_batch_left(vault):
    fill(vault, {blob(n): bytes(PIECE_LENGTH - 100) for n in range(6)})
    vault.remove(3)
    assert vault.sweep(2) == 3
    assert [cell for cell, _ in vault.cells()] == [0, 1]
    assert vault.sweep(2) == 0


def test_names_tell_nothing_and_differ_between_libraries(vault, tmp_path):
    other = Vault(tmp_path / "other", Secrets.generate(), Disk(private=True))
    names = {vault.cell_path(cell).name for cell in range(500)}
    assert len(names) == 500
    assert not names & {other.cell_path(cell).name for cell in range(500)}
    fill(vault, {blob(1): b"x" * 100})
    [path] = files_of(vault)
    assert blob(1)[9:20].encode() not in path.read_bytes()
    assert path.parent.name == path.name[:2]


def test_damage_is_an_error_and_never_other_bytes(vault):
    content = random.Random(2).randbytes(PIECE_LENGTH)
    placements, _ = fill(vault, {blob(1) + ".0000": content})
    [placement] = placements.values()
    path = vault.cell_path(placement.cell)
    sealed = path.read_bytes()
    positions = [0, 30, 120, 200, 300, 70_000, len(sealed) // 2, len(sealed) - 40_000, len(sealed) - 1]
    for position in positions:
        vault.close()
        path.write_bytes(sealed[:position] + bytes([sealed[position] ^ 1]) + sealed[position + 1 :])
        with pytest.raises(LibraryError, match="run `mag doctor`"):
            vault.read(placement)
        problems = list(vault.check({placement.cell}))
        assert [(problem.cell, problem.state) for problem in problems] == [(placement.cell, "damaged")]
    for shape in (b"", sealed[:100], sealed[:-1], sealed + b"x"):
        vault.close()
        path.write_bytes(shape)
        with pytest.raises(LibraryError, match="run `mag doctor`"):
            vault.read(placement)
        assert [problem.state for problem in vault.check({placement.cell})] == ["damaged"]


def test_cells_that_are_missing_swapped_or_no_files(vault):
    placements, _ = fill(vault, {blob(n) + ".0000": bytes([n]) * PIECE_LENGTH for n in range(2)})
    first, second = placements.values()
    one, two = vault.cell_path(first.cell), vault.cell_path(second.cell)
    sealed_one, sealed_two = one.read_bytes(), two.read_bytes()
    one.write_bytes(sealed_two)
    two.write_bytes(sealed_one)
    with pytest.raises(LibraryError, match="damaged"):
        vault.read(first)
    vault.close()
    one.unlink()
    with pytest.raises(LibraryError, match="missing"):
        vault.read(first)
    os.mkfifo(one)
    with pytest.raises(LibraryError, match="damaged"):
        vault.read(first)


def test_check_tells_apart_what_is_wrong(vault, secrets, tmp_path):
    fill(vault, {blob(n) + ".0000": bytes(PIECE_LENGTH) for n in range(4)})
    stranger = Vault(tmp_path / "stranger", Secrets.generate(), Disk(private=True))
    fill(stranger, {"labels/a": b"x"})
    [foreign] = files_of(stranger)
    vault.remove(0)
    vault.cell_path(1).write_bytes(foreign.read_bytes())
    (vault._directory / "00").mkdir()
    (vault._directory / "00" / "holiday.jpg").write_bytes(b"x")
    problems = {(problem.cell, problem.state) for problem in vault.check({0, 1, 2})}
    assert problems == {(0, "missing"), (1, "damaged"), (3, "unused"), (None, "foreign")}
    assert [cell for cell, _ in vault.cells()] == [2, 3]


def test_cells_alone_say_what_they_hold(vault, secrets):
    members = {blob(n): random.Random(n).randbytes(5000 * n) for n in range(40)}
    members |= {f"labels/{n}": bytes(n) for n in range(20)}
    fill(vault, members)
    again = Vault(vault._directory, secrets, Disk(private=True))
    found = {placement.member: placement for _, placements in again.cells() for placement in placements}
    assert {name: again.read(placement) for name, placement in found.items()} == members


def test_many_readers_and_few_descriptors(vault):
    members = {blob(n) + ".0000": bytes([n]) * PIECE_LENGTH for n in range(OPEN_CELLS + 8)}
    placements, _ = fill(vault, members)
    before = len(list(Path("/proc/self/fd").iterdir()))
    wrong: list[Placement] = []

    def read(seed):
        chance = random.Random(seed)
        for _ in range(60):
            name = chance.choice(list(members))
            if vault.read_range(placements[name], 1000, 2000) != members[name][1000:3000]:
                wrong.append(placements[name])

    threads = [threading.Thread(target=read, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert len(list(Path("/proc/self/fd").iterdir())) <= before + OPEN_CELLS
    vault.close()
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_what_a_flush_returned_survives_a_power_cut(tmp_path, secrets):
    disk = FaultyDisk()
    vault = Vault(tmp_path, secrets, disk)
    placements, _ = fill(vault, {blob(n): bytes([n]) * 300_000 for n in range(30)})
    disk.lose_power(random.Random(5))
    vault.close()
    for number in range(30):
        assert vault.read(placements[blob(number)]) == bytes([number]) * 300_000


def test_progress_is_told(vault):
    class Watcher:
        done = total = 0

        def start(self, what, total, *, unit="bytes"):
            self.total = total

        def advance(self, amount):
            self.done += amount

        def say(self, sentence):
            raise AssertionError(sentence)

    fill(vault, {blob(n): bytes(PIECE_LENGTH - 500) for n in range(3)})
    watcher = Watcher()
    assert not list(vault.check({0, 1, 2}, progress=watcher))
    assert watcher.done == watcher.total == 3 * vault.cell_length


@pytest.mark.debian
def test_a_vault_opens_with_stock_age_and_unzip(vault, secrets, tmp_path, require_program):
    age, unzip = require_program("age"), require_program("unzip")
    parts = [random.Random(n).randbytes(length) for n, length in enumerate((PIECE_LENGTH, PIECE_LENGTH, 777))]
    name = "blobs/ab/ab" + "0" * 62
    fill(vault, {f"{name}.{n:04d}": part for n, part in enumerate(parts)})
    (tmp_path / "id").write_text(secrets.vault.text + "\n")
    for path in files_of(vault):
        with (tmp_path / "cell.zip").open("wb") as plain:
            subprocess.run([age, "-d", "-i", tmp_path / "id", path], stdout=plain, check=True)
        subprocess.run([unzip, "-qo", tmp_path / "cell.zip", "-d", tmp_path / "out"], check=True)
    joined = b"".join(path.read_bytes() for path in sorted((tmp_path / "out").glob(f"{name}.*")))
    assert joined == b"".join(parts)
