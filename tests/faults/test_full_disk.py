"""A disk that is really full: from every such state there is a way out, and what needs no room goes on."""

from __future__ import annotations

import ctypes
import os
from contextlib import contextmanager, suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from magnitizdat.disk.disk import Disk
from magnitizdat.errors import NoSpaceError
from magnitizdat.library import reserve
from magnitizdat.library.library import Library, unlock
from magnitizdat.ops.albums.edit import remove
from magnitizdat.ops.give.export import export
from magnitizdat.ops.keep.rebuild import rebuild
from magnitizdat.ops.keep.upkeep import doctor
from magnitizdat.ops.listen.listening import flush_tail, star
from tests.conftest import missing
from tests.fakes_library import NOW, PASSPHRASE, contents_of, make_library, put_album
from tests.fakes_spool import is_sound

MIB = 1 << 20
SIZE = 40 * MIB
_LIBC = ctypes.CDLL(None, use_errno=True)


@contextmanager
def small_disk(place):
    """A file system of its own, of `SIZE` bytes."""
    place.mkdir()
    if _LIBC.mount(b"none", bytes(place), b"tmpfs", 0, f"size={SIZE}".encode()) != 0:
        missing("no file system can be mounted here")
    try:
        yield place
    finally:
        _LIBC.umount2(bytes(place), 2)


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.setattr(reserve, "LENGTH", 8 * MIB)
    with small_disk(tmp_path / "disk") as found:
        yield found


def fill(place, *, left):
    """Somebody else's file takes all but so many bytes."""
    free = os.statvfs(place).f_bavail * os.statvfs(place).f_frsize
    with suppress(OSError), (place / "somebody's").open("ab") as file:
        file.write(bytes(max(0, free - left)))


def albums_on(library, lengths):
    """An album of one track each until the disk is full: the ids of those that are there."""
    made = []
    with suppress(NoSpaceError):
        for number, length in enumerate(lengths):
            made.append(put_album(library, f"Album {number}", lengths=(length, 700))[0])
    return made


@given(
    lengths=st.lists(st.integers(1, 12 * MIB), min_size=1, max_size=8),
    left=st.sampled_from([0, 0, 4096, 100_000, 700_000, 3 * MIB]),
    opened=st.booleans(),
)
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_from_any_full_disk_the_biggest_album_can_go_and_a_smaller_one_come(tmp_path_factory, lengths, left, opened):
    with pytest.MonkeyPatch.context() as patched, small_disk(tmp_path_factory.mktemp("full") / "disk") as place:
        patched.setattr(reserve, "LENGTH", 8 * MIB)
        library = make_library(place / "library")
        made = albums_on(library, lengths)
        if not opened:
            library.close()
        fill(place, left=left)
        if not opened:
            library = Library(place / "library", unlock(place / "library", PASSPHRASE))
        with library:
            sizes = {each: sum(map(len, contents_of(library, each))) for each in made}
            biggest = max(sizes, key=sizes.__getitem__, default=None)
            if biggest is None:
                return
            remove(library, [biggest])
            kept = {each: contents_of(library, each) for each in made if each != biggest}
            if sizes[biggest] > 5 * MIB:  # of less, cells that it shared with others and the journal may take all
                smaller, contents = put_album(library, "Smaller", lengths=(sizes[biggest] // 2 - 2 * MIB, 10))
                assert contents_of(library, smaller) == contents
                assert library.reserve.is_there
            assert kept == {each: contents_of(library, each) for each in kept}
            assert is_sound(library)


def test_what_needs_no_room_goes_on(place, tmp_path):
    """Listen, mark or be told so, copy to elsewhere, look after, lock, change the passphrase: then as before."""
    library = make_library(place / "library")
    (album, contents) = put_album(library, lengths=(12 * MIB, 10))
    library.close()
    fill(place, left=0)
    with Library(place / "library", unlock(place / "library", PASSPHRASE)) as library:
        assert contents_of(library, album) == contents
        out = tmp_path / "out"
        export(library, [library.shelf.find(album)], out, disk=Disk())
        assert sum(path.stat().st_size for path in out.rglob("*.flac")) >= 12 * MIB
        with suppress(NoSpaceError):
            star(library, "", "track", ["ab" * 32], now=NOW)
            flush_tail(library)
        library.rewrap("another passphrase", work_factor=4)
        assert not doctor(library).missing
        library.sweep()
    secrets = unlock(place / "library", "another passphrase")
    with suppress(NoSpaceError):
        rebuild(place / "library", secrets, now=NOW, disk=Disk(private=True))
    assert not list((place / "library").glob("*.new*"))
    with Library(place / "library", secrets) as library:
        assert contents_of(library, album) == contents
        assert is_sound(library)
        remove(library, [album])
        put_album(library, "46", lengths=(MIB,))


def test_what_takes_room_is_begun_only_while_the_reserve_stands(place):
    library = make_library(place / "library")
    library.reserve.release()
    fill(place, left=7 * MIB)
    with library, pytest.raises(NoSpaceError):
        put_album(library, lengths=(10,))
    assert not library.reserve.is_there


def test_a_reserve_tells_nothing(place):
    """One length and no sense, whatever a library holds; one that a crash cut short is whole after the next change."""
    lengths = set()
    for name, album in (("empty", ()), ("one", (10,)), ("other", (3 * MIB, 5))):
        with make_library(place / name) as library:
            if album:
                put_album(library, lengths=album)
            content = (place / name / reserve.RESERVE_NAME).read_bytes()
            lengths.add(len(content))
            assert len(set(content[:MIB])) == 256
            (place / name / reserve.RESERVE_NAME).write_bytes(b"cut short")
            put_album(library, "46", lengths=(10,))
            lengths.add((place / name / reserve.RESERVE_NAME).stat().st_size)
            library.reserve.release()
    assert lengths == {8 * MIB}
