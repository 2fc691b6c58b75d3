"""A folder that was copied, moved or put back: a copy knows that it is one, the library itself stays what it is."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from magnitizdat.disk.disk import Disk
from magnitizdat.disk.surroundings import place_of
from magnitizdat.errors import UsageError
from magnitizdat.library.library import Library, unlock
from magnitizdat.ops.keep.backup import backup
from magnitizdat.ops.labels import publish
from tests.fakes_library import NOW, PASSPHRASE, make_library, put_album
from tests.fakes_spool import new_label


@pytest.fixture(autouse=True)
def places(monkeypatch):
    monkeypatch.setattr("magnitizdat.library.places.place_of", place_of)


def opened(folder):
    return Library(folder, unlock(folder, PASSPHRASE))


@pytest.fixture
def on_disk(tmp_path):
    """A folder on a file system that does not make its numbers up, as one in memory does."""
    with TemporaryDirectory(dir=tmp_path if place_of(tmp_path) else "/var/tmp") as folder:
        if not place_of(Path(folder)):
            pytest.skip("this file system makes its numbers up")
        yield Path(folder)


def test_a_copied_folder_gets_a_device_of_its_own_and_does_not_publish(on_disk):
    with make_library(on_disk / "mine") as mine:
        album, _ = put_album(mine, lengths=(10,))
        label = new_label(mine)
        before = mine.device
    shutil.copytree(on_disk / "mine", on_disk / "clone")
    with opened(on_disk / "clone") as clone:
        device = clone.device
        assert device != before
        with pytest.raises(UsageError, match="another copy"):
            publish.publish(clone, [album], label, now=NOW)
    with opened(on_disk / "clone") as clone:
        assert clone.device == device
    with opened(on_disk / "mine") as mine:
        assert mine.device == before
        assert publish.publish(mine, [album], label, now=NOW).version == 2


def test_a_moved_folder_is_the_library(tmp_path):
    with make_library(tmp_path / "mine") as mine:
        before = mine.device
    (tmp_path / "mine").rename(tmp_path / "moved")
    with opened(tmp_path / "moved") as moved:
        assert moved.device == before
        assert not moved.index.settings.is_copied()


def test_a_backup_keeps_the_name_that_it_was_given(tmp_path):
    with make_library(tmp_path / "mine") as mine:
        backup(mine, tmp_path / "copy", disk=Disk(private=True))
        with opened(tmp_path / "copy") as copy:
            device = copy.device
        with opened(tmp_path / "copy") as copy:
            assert copy.device == device
        assert backup(mine, tmp_path / "copy", disk=Disk(private=True)).missing == 0


def test_a_folder_that_is_not_there_says_nothing(tmp_path):
    assert place_of(tmp_path / "nothing") == ""
