"""The key leaves and comes home: at every accident it is here, or out there and proven to be."""

from __future__ import annotations

import errno
import itertools
import shutil
from pathlib import Path

import pytest
from shamir_mnemonic import combine_mnemonics

from magnitizdat.disk.disk import Disk
from magnitizdat.disk.roots import WRITTEN_NS
from magnitizdat.errors import (
    DamagedError,
    LibraryError,
    LockedError,
    MagError,
    NotMineError,
    TargetError,
    UsageError,
    WrongPassphraseError,
)
from magnitizdat.formats import shares
from magnitizdat.formats.age import seal, unseal
from magnitizdat.formats.age_keys import ScryptIdentity, X25519Identity
from magnitizdat.library.keyring import armor
from magnitizdat.library.library import Library, read_slot, unlock
from magnitizdat.library.slot import Standing, standing
from magnitizdat.ops.keep.restore import armored_in, put_back, read_given, require_wanted, slot_in
from magnitizdat.ops.keep.session import make_library as make_new
from magnitizdat.ops.keep.travel import Luggage, leave_in_shares, leave_to_friends, open_for_friend
from tests.fakes import FaultyDisk, Killed
from tests.fakes_library import PASSPHRASE, contents_of, make_library, put_album


@pytest.fixture(scope="module")
def stocked(tmp_path_factory):
    folder = tmp_path_factory.mktemp("stocked") / "library"
    with make_library(folder) as library:
        album, contents = put_album(library, lengths=(10_000,))
    return folder, album, contents


@pytest.fixture
def library(stocked, tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    shutil.copytree(stocked[0], tmp_path / "library")
    return tmp_path / "library"


def comes_home(stocked, library: Path, luggage: Luggage) -> bool:
    report = put_back(library, luggage.slot(), PASSPHRASE, disk=Disk(private=True))
    assert report.is_indexed
    with Library(library, unlock(library, PASSPHRASE)) as opened:
        return contents_of(opened, stocked[1]) == stocked[2]


def brought(*paths: Path) -> Luggage:
    luggage = Luggage()
    for path in paths:
        for content in read_given(path):
            luggage.add(content)
    return luggage


def test_so_many_friends_that_no_code_holds_the_file(stocked, library, tmp_path):
    friends, slot = [X25519Identity.generate() for _ in range(5)], read_slot(library)
    report = leave_to_friends(
        library, [each.recipient for each in friends], tmp_path / "stick", disk=Disk(), outside=Disk()
    )
    assert report.files == (str(tmp_path / "stick" / "travel.txt"),)
    assert all(open_for_friend(tmp_path / "stick" / "travel.txt", [each]) == slot for each in friends)


def test_no_time_says_when_it_left_and_came_home(stocked, library, tmp_path):
    Library(library, unlock(library, PASSPHRASE)).close()
    leave_in_shares(library, 2, 3, tmp_path / "stick", disk=Disk(private=True), outside=Disk())
    assert {each.stat().st_mtime_ns for each in (library, library / "away", library / "index.db")} == {WRITTEN_NS}
    assert comes_home(stocked, library, brought(*(tmp_path / "stick").glob("share-[12].txt")))
    assert {each.stat().st_mtime_ns for each in (library, library / "key.age")} == {WRITTEN_NS}


def test_to_a_friend_and_home(stocked, library, tmp_path):
    friend, stranger, slot = X25519Identity.generate(), X25519Identity.generate(), read_slot(library)
    library.joinpath("same file").hardlink_to(library / "key.age")
    report = leave_to_friends(library, [friend.recipient], tmp_path / "stick", disk=Disk(), outside=Disk())
    assert not report.missing
    assert standing(library) is Standing.AWAY
    assert slot[:40] not in library.joinpath("same file").read_bytes()
    library.joinpath("same file").unlink()
    for sent in (tmp_path / "stick" / "travel.txt", tmp_path / "stick" / "travel.png"):
        assert open_for_friend(sent, [friend]) == slot
        with pytest.raises(NotMineError):
            open_for_friend(sent, [stranger])
        with pytest.raises(UsageError, match="still sealed to your friend"):
            brought(sent).slot()
    (tmp_path / "handed").write_text(armor(slot))
    assert comes_home(stocked, library, brought(tmp_path / "handed"))
    assert sorted(path.name for path in library.iterdir() if path.name == "away") == []


def test_in_shares_any_of_which_suffice_and_stock_tools_open_them(stocked, library, tmp_path):
    slot, stick = read_slot(library), tmp_path / "stick"
    leave_in_shares(library, 2, 4, stick, disk=Disk(), outside=Disk())
    files = [stick / f"share-{number}.{kind}" for number, kind in zip(range(1, 5), itertools.cycle(["txt", "png"]))]
    for few in itertools.combinations(files, 1):
        with pytest.raises(UsageError, match="still needed: 1"):
            brought(*few).slot()
    for enough in [*itertools.combinations(files, 2), files]:
        assert brought(*enough).slot() == slot
    words = [shares.words_in((stick / f"share-{number}.txt").read_text())[0] for number in (2, 4)]
    by_others = combine_mnemonics(words).hex()
    sealed = armored_in((stick / "share-1.txt").read_text())
    assert unseal(sealed, [ScryptIdentity(by_others)]) == slot
    dictated = brought(stick / "share-1.txt")
    dictated.add(words[0].upper().encode())
    assert comes_home(stocked, library, dictated)


def test_a_mistyped_word_or_another_set_of_shares_opens_nothing(library, stocked, tmp_path):
    leave_in_shares(library, 2, 3, tmp_path / "stick", disk=Disk(), outside=Disk())
    shutil.copyfile(stocked[0] / "key.age", library / "key.age")
    leave_in_shares(library, 2, 3, tmp_path / "other", disk=Disk(), outside=Disk())
    mixed = brought(tmp_path / "stick" / "share-1.txt", tmp_path / "other" / "share-2.txt")
    assert mixed.lacking == 1
    with pytest.raises(UsageError, match="two journeys"):
        mixed.slot()
    with pytest.raises(UsageError, match="here twice"):
        brought(tmp_path / "stick" / "share-1.txt", tmp_path / "stick" / "share-1.png").slot()
    foreign = brought(tmp_path / "other" / "share-2.txt")
    words = [shares.words_in((tmp_path / "stick" / f"share-{number}.txt").read_text())[0] for number in (1, 2)]
    foreign.add_words("\n".join(words))
    with pytest.raises(UsageError, match="two journeys"):
        foreign.slot()
    text = (tmp_path / "stick" / "share-1.txt").read_text().splitlines()[1]
    first, _, rest = text.partition(" ")
    other = "academic" if first != "academic" else "acid"
    assert shares.words_in(f"{other} {rest}") == []
    (tmp_path / "slip").write_text((tmp_path / "stick" / "share-1.txt").read_text().replace(text, f"{other} {rest}"))
    for few in ([tmp_path / "slip"], [tmp_path / "slip", tmp_path / "stick" / "share-2.txt"]):
        with pytest.raises(UsageError, match="mistyped"):
            brought(*few).slot()
    typed = brought(tmp_path / "stick" / "share-2.txt")
    for wrong, why in ((f"{other} {rest}", "mistyped"), ("hello", "mistyped"), (words[1], "here twice")):
        with pytest.raises(UsageError, match=why):
            typed.add_words(wrong)
    typed.add_words(text.upper())
    assert typed.slot() == read_slot(stocked[0])


@pytest.mark.parametrize("text", ["1/3", "3/3", "4/3", "2/17", "3", "", "a/b", "2/3/4"])
def test_shares_of_which_none_may_be_lost_or_one_suffices_are_refused(text):
    with pytest.raises(UsageError, match="3/5"):
        shares.parse_shares(text)


def test_away_nobody_opens_it_and_init_refuses_the_folder(library, tmp_path):
    leave_in_shares(library, 2, 3, tmp_path / "stick", disk=Disk(), outside=Disk())
    with pytest.raises(LockedError, match="travel back"):
        unlock(library, PASSPHRASE)
    with pytest.raises(UsageError, match="is away"):
        make_new(library, PASSPHRASE)


def test_a_lost_slot_says_where_the_paper_goes(library):
    (library / "key.age").unlink()
    with pytest.raises(LibraryError, match="mag restore"):
        read_slot(library)
    with pytest.raises(UsageError, match="mag restore"):
        make_new(library, PASSPHRASE)


@pytest.mark.parametrize("how", [{"kill": True}, {"code": errno.EIO}, {"code": errno.ENOSPC, "forever": True}])
def test_at_any_accident_the_key_is_here_or_proven_to_be_out_there(stocked, tmp_path, monkeypatch, how):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setattr("magnitizdat.ops.keep.travel.read_given", lambda path: [path.with_suffix(".txt").read_bytes()])
    friend, done, number, left = X25519Identity.generate(), False, 0, 0
    while not done:
        number += 1
        library, stick = tmp_path / f"library{number}", tmp_path / f"stick{number}"
        shutil.copytree(stocked[0], library)
        disk = FaultyDisk(fail_at=number, **how)
        try:
            report = leave_to_friends(library, [friend.recipient], stick, disk=disk, outside=disk)
            assert standing(library) is Standing.AWAY
            done = not disk.failed
            assert done or report.missing or how
        except (MagError, Killed):
            pass
        assert disk.failed or done
        if standing(library) is Standing.HERE:
            unlock(library, PASSPHRASE)
            continue
        left += 1
        luggage = Luggage()
        luggage.add(open_for_friend(stick / "travel.txt", [friend]))
        assert comes_home(stocked, library, luggage)
    assert left >= 2


def test_a_stick_that_lies_keeps_the_key_here(library, tmp_path, monkeypatch):
    class LyingDisk(Disk):
        def _write(self, descriptor, content, path):
            mine = bytearray(content)
            if path.suffix == ".txt":
                mine[-100] ^= 1
            return super()._write(descriptor, memoryview(mine), path)

    with pytest.raises(TargetError, match="did not read back"):
        leave_in_shares(library, 2, 3, tmp_path / "stick", disk=Disk(), outside=LyingDisk())
    unlock(library, PASSPHRASE)


# -- restore -----------------------------------------------------------------------------------------------------------


def test_from_paper_as_typed_a_photo_a_backup_or_the_file(stocked, library, tmp_path):
    from magnitizdat.pages.qr import png_qr

    slot = read_slot(library)
    text = armor(slot)
    typed = tmp_path / "typed"
    typed.write_text("\n\n" + text.replace("\n", "\r\n  ").replace("=", "= "))
    (tmp_path / "photo.png").write_bytes(png_qr(text))
    (tmp_path / "binary").write_bytes(slot)
    for source in (typed, tmp_path / "photo.png", tmp_path / "binary", stocked[0]):
        (library / "key.age").unlink()
        found = slot_in(read_given(source), "x")
        assert found == slot
        assert put_back(library, found, PASSPHRASE, disk=Disk(private=True)).is_indexed
    with pytest.raises(UsageError, match="in its place"):
        require_wanted(library, lambda: PASSPHRASE)
    with pytest.raises(UsageError, match="no key file"):
        slot_in([b"a shopping list"], "list")


@pytest.mark.parametrize("kept", [0, 40, 300, -1])
def test_a_damaged_slot_is_replaced_and_a_sound_one_never(library, kept):
    slot = read_slot(library)
    for passphrase in (PASSPHRASE, "wrong"):
        with pytest.raises(UsageError, match="in its place"):
            put_back(library, slot, passphrase, disk=Disk(private=True))
    (library / "key.age").write_bytes(slot[:kept])
    with pytest.raises(LibraryError, match="mag restore"):
        unlock(library, PASSPHRASE)
    require_wanted(library, lambda: PASSPHRASE)
    put_back(library, slot, PASSPHRASE, disk=Disk(private=True))
    assert read_slot(library) == slot


def test_a_slip_in_a_typed_paper_is_called_one(library):
    slot = read_slot(library)
    text = armor(slot)
    (library / "key.age").unlink()
    lines = text.splitlines()
    for number, line in enumerate(lines):
        slips = [line[:9] + "*" + line[10:], line[:9] + line[10:]]
        for slip in slips:
            typed = "\n".join([*lines[:number], slip, *lines[number + 1 :]]).encode()
            with pytest.raises((DamagedError, WrongPassphraseError), match=r"line by line|of its day"):
                put_back(library, slot_in([typed], "typed"), PASSPHRASE, disk=Disk(private=True))
    assert standing(library) is Standing.LOST
    with pytest.raises(UsageError, match="no key file"):
        slot_in([armor(seal(b"x", [X25519Identity.generate().recipient])).encode()], "sealed")


def test_a_backup_where_no_library_is_is_one_itself(library, tmp_path):
    with pytest.raises(UsageError, match="copy the folder here"):
        require_wanted(tmp_path / "new", lambda: PASSPHRASE, library)
    for other in (None, tmp_path, library / "key.age"):
        with pytest.raises(UsageError, match="no library here yet"):
            require_wanted(tmp_path / "new", lambda: PASSPHRASE, other)


def test_what_does_not_fit_is_not_put_in_place(library, tmp_path):
    with make_library(tmp_path / "other"):
        pass
    slot = read_slot(library)
    (library / "key.age").unlink()
    with pytest.raises(LibraryError, match="another library"):
        put_back(library, read_slot(tmp_path / "other"), PASSPHRASE, disk=Disk(private=True))
    with pytest.raises(WrongPassphraseError, match="of its day"):
        put_back(library, slot, "wrong", disk=Disk(private=True))
    assert standing(library) is Standing.LOST
    (library / "index.db").unlink()
    report = put_back(library, slot, PASSPHRASE, disk=Disk(private=True))
    assert not report.is_indexed
    assert "doctor --rebuild" in report.outcome().lines[0]
    with pytest.raises(UsageError, match="no library here yet"):
        put_back(tmp_path / "nowhere", slot, PASSPHRASE, disk=Disk(private=True))
