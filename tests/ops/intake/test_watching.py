"""A folder that is watched: whole albums come in, half ones wait, nothing in it is touched."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from zipfile import ZipFile

import pytest

from magnitizdat.errors import UsageError
from magnitizdat.ops.albums import edit as editing
from magnitizdat.ops.intake.importing import import_music
from magnitizdat.ops.intake.watching import SETTLED_S, Watcher, stop_watching, watch_folder, watched_folder
from tests.fakes_library import make_library
from tests.fakes_web import Clock
from tests.ops.music import song

NOW = datetime(2026, 11, 30, tzinfo=UTC)


@pytest.fixture
def library(tmp_path):
    with make_library(tmp_path / "library") as library:
        yield library


@pytest.fixture
def folder(tmp_path):
    found = tmp_path / "incoming"
    found.mkdir()
    return found


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def watcher(library, folder, clock):
    watch_folder(library, folder)
    return Watcher(library, clock=clock, now=lambda: NOW)


def titles(library) -> list[str]:
    return sorted(view.title for view in library.shelf.albums())


def put(folder, name: str, number: int = 1, *, whole: bool = True) -> None:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    content = song(number, title=f"Song {number}", album=path.parent.name)
    path.write_bytes(content if whole else content[: len(content) // 2])


def test_what_grows_waits_and_what_stands_still_comes_in_once(library, folder, clock, watcher):
    put(folder, "Tram/1.mp3", whole=False)
    watcher.look()
    clock.seconds += SETTLED_S - 1
    put(folder, "Tram/1.mp3")
    watcher.look()
    clock.seconds += SETTLED_S - 1
    assert watcher.look().last == ""
    assert titles(library) == []
    clock.seconds += 1
    told = watcher.look()
    assert (told.tracks, told.albums, told.left_out, titles(library)) == (1, 1, 0, ["Tram"])
    assert "Tram" not in told.sentence()
    clock.seconds += 10 * SETTLED_S
    assert watcher.look() == told
    assert [path.name for path in folder.rglob("*.mp3")] == ["1.mp3"]


def test_one_album_that_grows_keeps_no_other_waiting(library, folder, clock, watcher):
    put(folder, "Whole/1.mp3", 1)
    put(folder, "Growing/1.mp3", 2)
    watcher.look()
    clock.seconds += SETTLED_S
    put(folder, "Growing/2.mp3", 3)
    put(folder, "Loading/1.mp3", 4)
    (folder / "Loading" / "2.mp3.part").write_bytes(b"half")
    watcher.look()
    assert titles(library) == ["Whole"]
    clock.seconds += SETTLED_S
    watcher.look()
    assert titles(library) == ["Growing", "Whole"]
    (folder / "Loading" / "2.mp3.part").rename(folder / "Loading" / "2.mp3")
    put(folder, "Loading/2.mp3", 5)
    watcher.look()
    clock.seconds += SETTLED_S
    watcher.look()
    assert titles(library) == ["Growing", "Loading", "Whole"]


def test_it_is_watched_again_after_a_restart_and_brings_nothing_twice(library, folder, clock, watcher):
    put(folder, "Tram/1.mp3")
    watcher.look()
    clock.seconds += SETTLED_S
    told = watcher.look()
    again = Watcher(library, clock=clock, now=lambda: NOW)
    again.look()
    clock.seconds += SETTLED_S
    assert again.look() == told
    assert library.index.tracks.count() == 1


def test_removed_music_stays_removed_from_neither_side_by_watching(library, folder, clock, watcher):
    put(folder, "Tram/1.mp3")
    watcher.look()
    clock.seconds += SETTLED_S
    watcher.look()
    (folder / "Tram" / "1.mp3").unlink()
    watcher.look()
    clock.seconds += SETTLED_S
    watcher.look()
    assert titles(library) == ["Tram"], "what came in stays, whatever becomes of the folder"


def take_in(library, clock) -> None:
    """As a server does that starts anew: what it has seen before is not in memory."""
    watcher = Watcher(library, clock=clock, now=lambda: NOW)
    watcher.look()
    clock.seconds += SETTLED_S
    watcher.look()


def remove(library, title: str) -> None:
    editing.remove(library, [view.id for view in library.shelf.albums() if view.title == title])


def test_what_was_taken_out_of_the_library_does_not_come_back(library, folder, clock, watcher):
    for number, album in enumerate(("Tram", "Metro")):
        put(folder, f"{album}/1.mp3", number)
    with ZipFile(folder / "Bus.zip", "w") as packed:
        packed.writestr("1.mp3", song(7, title="Song", album="Bus"))
    take_in(library, clock)
    assert titles(library) == ["Bus", "Metro", "Tram"]
    for album in ("Tram", "Bus"):
        remove(library, album)
    take_in(library, clock)
    assert titles(library) == ["Metro"]
    import_music(library, [folder])
    assert titles(library) == ["Bus", "Metro", "Tram"], "whoever asks for it has it again"
    take_in(library, clock)
    assert titles(library) == ["Bus", "Metro", "Tram"]


def test_what_is_new_beside_what_was_taken_out_comes_alone(library, folder, clock, watcher):
    (folder / "Band").mkdir()
    for number, album in enumerate(("Tram", "Metro")):
        put(folder / "Band", f"{album}/1.mp3", number)
    take_in(library, clock)
    remove(library, "Tram")
    put(folder / "Band", "Bus/1.mp3", 5)
    take_in(library, clock)
    assert titles(library) == ["Bus", "Metro"]
    put(folder / "Band", "Tram/2.mp3", 6)
    take_in(library, clock)
    (tram,) = (view for view in library.shelf.albums() if view.title == "Tram")
    assert [track.title for track in library.shelf.release(tram.id).tracks] == ["Song 6"]


def test_a_song_that_another_album_has_too_does_not_bring_its_album_back(library, folder, clock, watcher):
    put(folder, "Tram/1.mp3")
    (folder / "Best").mkdir()
    shutil.copy(folder / "Tram" / "1.mp3", folder / "Best" / "1.mp3")
    put(folder, "Best/2.mp3", 2)
    take_in(library, clock)
    before = titles(library)
    remove(library, "Tram")
    take_in(library, clock)
    assert titles(library) == [each for each in before if each != "Tram"]


def test_stopped_it_looks_at_nothing(library, folder, clock, watcher):
    stop_watching(library)
    put(folder, "Tram/1.mp3")
    assert watcher.look() is None
    clock.seconds += SETTLED_S
    assert watcher.look() is None
    assert watched_folder(library) is None
    assert titles(library) == []


def test_a_folder_that_is_not_there_just_now_is_waited_for(library, folder, clock, watcher):
    folder.rmdir()
    assert watcher.look().last == ""
    folder.mkdir()
    put(folder, "Tram/1.mp3")
    watcher.look()
    clock.seconds += SETTLED_S
    assert watcher.look().tracks == 1


def test_a_folder_whose_name_is_no_text_is_refused_in_words(library, folder):
    odd = Path(os.fsdecode(os.fsencode(folder) + b"/music\xff"))
    odd.mkdir()
    with pytest.raises(UsageError, match="cannot be written"):
        watch_folder(library, odd)
    assert watched_folder(library) is None


def test_the_library_does_not_watch_itself(library, folder, tmp_path):
    for own in (library.directory, library.directory.parent, tmp_path / "nowhere", folder / "no" / "such"):
        with pytest.raises(UsageError):
            watch_folder(library, own)
    assert watched_folder(library) is None
