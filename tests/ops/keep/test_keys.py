"""What was switched decides what is told: a failure before it, and one after."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

import pytest

from magnitizdat.errors import EXIT_PARTLY, LibraryBusyError, MagError, TargetError, UsageError, WrongPassphraseError
from magnitizdat.formats.age import seal
from magnitizdat.library.keyring import armor
from magnitizdat.library.library import Library, read_slot, unlock
from magnitizdat.ops.keep import session
from magnitizdat.ops.keep.keys import MAX_ADDRESSES, add_address, change_passphrase
from magnitizdat.ops.labels.friends import my_card
from magnitizdat.pages.qr import svg_qr
from tests.fakes import FaultyDisk
from tests.fakes_library import PASSPHRASE, make_library


@pytest.fixture
def library(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    make_library(tmp_path / "library").close()
    return tmp_path / "library"


def passphrase_of(library: Path) -> str:
    try:
        unlock(library, PASSPHRASE)
    except WrongPassphraseError:
        unlock(library, "new words")
        return "new words"
    return PASSPHRASE


@pytest.mark.parametrize("code", [errno.EIO, errno.ENOSPC, errno.EROFS])
def test_what_was_switched_decides_what_is_told(library, tmp_path, code):
    done, number, partly = False, 0, 0
    while not done:
        number += 1
        copy = tmp_path / f"copy{number}"
        shutil.copytree(library, copy)
        disk = FaultyDisk(fail_at=number, code=code)
        try:
            report = change_passphrase(copy, PASSPHRASE, "new words", disk=disk, work_factor=1)
        except MagError:
            assert passphrase_of(copy) == PASSPHRASE
            continue
        assert passphrase_of(copy) == "new words"
        assert "is changed" in report.outcome().headline
        if disk.failed and (report.missing or code != errno.ENOSPC):  # else the reserve was room enough
            partly += 1
            assert report.outcome().exit_code == EXIT_PARTLY
            assert report.missing
        done = not disk.failed
    assert partly == 3
    assert not report.missing
    assert not list(copy.glob("key.age.*"))


def test_the_old_slot_is_nowhere_after_a_change(library):
    library.joinpath("old name").hardlink_to(library / "key.age")
    before = read_slot(library)
    change_passphrase(library, PASSPHRASE, "new words", disk=FaultyDisk(), work_factor=1)
    assert before[:64] not in library.joinpath("old name").read_bytes()


def test_a_new_address_stands_first_and_the_old_ones_open(library):
    with Library(library, unlock(library, PASSPHRASE)) as opened:
        first = my_card(opened, name="Natalia").recipient
        old = opened.secrets
    report = add_address(library, PASSPHRASE, disk=FaultyDisk(), work_factor=1)
    assert not report.missing
    with Library(library, unlock(library, PASSPHRASE)) as opened:
        assert my_card(opened, name="Natalia").recipient != first
        assert opened.secrets.addresses[1:] == old.addresses
        assert opened.secrets.vault == old.vault
    sealed = seal(b"an old reel", [old.addresses[0].recipient])
    from magnitizdat.formats.age import unseal

    assert unseal(sealed, unlock(library, PASSPHRASE).addresses) == b"an old reel"


def test_there_are_as_many_addresses_as_the_paper_copy_has_room_for(library):
    for _ in range(MAX_ADDRESSES - 1):
        add_address(library, PASSPHRASE, disk=FaultyDisk(), work_factor=1)
    assert svg_qr(armor(read_slot(library)))
    before = read_slot(library)
    with pytest.raises(UsageError, match="room for no more"):
        add_address(library, PASSPHRASE, disk=FaultyDisk(), work_factor=1)
    assert read_slot(library) == before


def test_a_slot_that_another_mag_changed_meanwhile_is_not_put_back(library):
    stale = read_slot(library)
    add_address(library, PASSPHRASE, disk=FaultyDisk(), work_factor=1)
    with (
        Library(library, unlock(library, PASSPHRASE)) as opened,
        pytest.raises(LibraryBusyError, match="changed by another"),
    ):
        opened.rewrap("new words", read=stale, work_factor=1)
    assert len(unlock(library, PASSPHRASE).addresses) == 2


def test_a_wrong_old_passphrase_changes_nothing(library):
    before = read_slot(library)
    with pytest.raises(WrongPassphraseError):
        change_passphrase(library, "wrong", "new words", disk=FaultyDisk(), work_factor=1)
    with pytest.raises(TargetError):
        change_passphrase(library, PASSPHRASE, "new words", disk=FaultyDisk(fail_at=1), work_factor=1)
    assert read_slot(library) == before


@pytest.mark.parametrize("short", ["", " ", "\t\u2003 \u00a0", " " * 20, "n", "  kino  ", "a      b"])
def test_what_keeps_nobody_out_is_no_passphrase(library, tmp_path, short):
    before = read_slot(library)
    with pytest.raises(UsageError, match="too short"):
        change_passphrase(library, PASSPHRASE, short, disk=FaultyDisk(), work_factor=1)
    with pytest.raises(UsageError, match="too short"):
        session.make_library(tmp_path / "new", short)
    assert (read_slot(library), (tmp_path / "new").exists()) == (before, False)
