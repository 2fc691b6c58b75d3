"""Files that wait: the quota holds whatever comes in whatever order, and nothing of what was refused stays."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magnitizdat.disk.disk import Disk
from magnitizdat.disk.space import Space
from magnitizdat.errors import MagError, NoSpaceError, NotFoundError, TargetError, UsageError
from magnitizdat.formats.age_keys import X25519Identity
from magnitizdat.ops.intake import uploads as uploads_module
from magnitizdat.ops.intake.uploads import FOLDER, Uploads, readable_hint
from tests.fakes import FaultyDisk
from tests.fakes_library import make_library

MAX_FILES, MAX_LENGTH = 4, 1000


def uploads_in(folder: Path, **more) -> Uploads:
    return Uploads(folder, X25519Identity.generate(), **more)


def waiting(folder: Path) -> list[Path]:
    return list((folder / FOLDER).glob("*")) if (folder / FOLDER).is_dir() else []


@given(
    st.lists(st.tuples(st.integers(1, 6), st.one_of(st.none(), st.lists(st.integers(0, 400), max_size=4))), max_size=16)
)
def test_the_quota_holds(steps):
    """Puts (parts of these lengths under a number) and drops, against a plain dict."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        uploads = uploads_in(folder, max_files=MAX_FILES, max_length=MAX_LENGTH, spare=0, disk=Disk(private=True))
        held: dict[int, bytes] = {}
        for number, parts in steps:
            if parts is None:
                uploads.drop([number])
                held.pop(number, None)
                continue
            chunks = [os.urandom(length) for length in parts]
            fits = len(held) < MAX_FILES and sum(map(len, held.values())) + sum(parts) <= MAX_LENGTH
            if fits:
                uploads.put(number, f"{number}.flac", chunks)
                held[number] = b"".join(chunks)
            else:
                with pytest.raises(UsageError):
                    uploads.put(number, "more", chunks)
            assert len(waiting(folder)) == len(held)
        for number, landed in uploads.landed(list(held)).items():
            assert landed.length == len(held[number])
            assert landed.read_at(0, landed.length) == held[number]
            landed.close()
        uploads.sweep()
        assert len(waiting(folder)) == len(uploads.waiting()) == len(held)
        uploads.drop([each.number for each in uploads.waiting()])
        assert waiting(folder) == []
        with pytest.raises(NotFoundError):
            uploads.landed([1])


def test_what_does_not_come_whole_leaves_nothing(tmp_path):
    uploads = uploads_in(tmp_path, spare=0, disk=Disk(private=True))

    def broken():
        yield b"x" * 100_000
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        uploads.put(1, "1.flac", broken())
    assert waiting(tmp_path) == []
    uploads.put(1, "1.flac", [b"whole"])


def test_a_disk_that_fails_once_takes_the_next_file(tmp_path):
    whole = FaultyDisk()
    uploads_in(tmp_path / "whole", spare=0, disk=whole).put(1, "1.flac", [b"x" * 100_000])
    for number in range(1, len(whole.operations) + 1):
        folder = tmp_path / str(number)
        uploads = uploads_in(folder, spare=0, disk=FaultyDisk(fail_at=number))
        with pytest.raises(TargetError):
            uploads.put(1, "1.flac", [b"x" * 100_000])
        assert waiting(folder) == []
        uploads.put(2, "2.flac", [b"whole"])
        assert len(waiting(folder)) == 1


def test_the_disk_is_looked_at_while_a_file_comes(tmp_path, monkeypatch):
    monkeypatch.setattr(uploads_module, "LOOK_LENGTH", 1000)
    free = [3000]
    monkeypatch.setattr(uploads_module, "space", lambda _folder: Space(free[0], None))

    def filling():
        for _ in range(20):
            free[0] = max(0, free[0] - 500)
            yield bytes(500)

    with pytest.raises(NoSpaceError, match="free some space"):
        uploads_in(tmp_path, spare=1000, disk=Disk(private=True)).put(1, "1.flac", filling())
    assert waiting(tmp_path) == []
    with pytest.raises(NoSpaceError):
        uploads_in(tmp_path, spare=1000, disk=Disk(private=True)).put(1, "1.flac", [b"x"])


def test_what_is_in_no_list_is_swept(tmp_path):
    uploads_in(tmp_path, spare=0, disk=Disk(private=True)).put(1, "1.flac", [b"left behind"])
    (left,) = waiting(tmp_path)
    assert b"left behind" not in left.read_bytes()
    uploads_in(tmp_path, spare=0, disk=Disk(private=True)).sweep()
    assert waiting(tmp_path) == []


def test_a_file_that_comes_while_the_library_is_locked_leaves_nothing(tmp_path):
    library = make_library(tmp_path / "library")
    uploads = Uploads.of(library, disk=Disk(private=True))

    def locked():
        yield b"half"
        library.close()

    with pytest.raises(MagError):
        uploads.put(1, "1.flac", locked())
    assert waiting(tmp_path / "library") == []


def test_two_files_of_one_name_stay_two(tmp_path):
    uploads = uploads_in(tmp_path, spare=0, disk=Disk(private=True))
    uploads.put(1, "a/1.flac", [b"one"])
    uploads.put(2, "a/1.flac", [b"two"])
    found = uploads.landed([1, 2])
    assert found[1].found.path != found[2].found.path


def test_what_waits_from_before_moves_no_file_out_of_its_folder(tmp_path):
    uploads = uploads_in(tmp_path, spare=0, disk=Disk(private=True))
    for number in (1, 2, 3, 4):
        uploads.put(number, f"album/{number % 2}.flac", [b"one"])
    assert [each.found.hint for each in uploads.landed([3, 4]).values()] == ["album/1.flac", "album/0.flac"]


@given(st.text(max_size=60))
def test_a_name_steers_nothing(name):
    hint = readable_hint(name)
    assert all(part not in {"", ".", ".."} for part in hint.split("/")) or not hint
    assert "\\" not in hint
    assert hint.isprintable() or not hint
