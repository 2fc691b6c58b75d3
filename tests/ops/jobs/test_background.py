"""What comes in is prepared in the background: resumably, gently, never in the way; and in the foreground by a verb."""

from __future__ import annotations

import time

import pytest

from magnitizdat.disk.locking import WriteLock
from magnitizdat.errors import LibraryError
from magnitizdat.ops.albums.analysis import album_gains, analysis, track_gains
from magnitizdat.ops.intake.importing import import_music
from magnitizdat.ops.jobs import preparing
from magnitizdat.ops.jobs.background import Background
from magnitizdat.ops.jobs.preparing import Preparer, WaitingCount, prepare, waiting
from magnitizdat.ops.labels.publish import publish
from magnitizdat.ops.listen.searching import find
from magnitizdat.workers.pool import ParserPool
from tests.fakes_audio import PNG, make_audio
from tests.fakes_library import NOW, database_of, make_library, put_album, rows
from tests.fakes_spool import new_label
from tests.ops.haystack import names


@pytest.fixture
def library(tmp_path):
    with make_library(tmp_path / "library") as made:
        yield made


def take_in(library, tmp_path, *, album="45", seconds=1.5, tracks=2):
    folder = tmp_path / album
    folder.mkdir()
    for number in range(1, tracks + 1):
        tags = {"title": f"Song {number}", "artist": "Viktor", "album": album, "track": str(number)}
        sound = make_audio("wav", seconds, tags, cover=PNG, tone=300 + 100 * number + len(album))
        (folder / f"{number}.wav").write_bytes(sound)
    import_music(library, [folder])


def until(found, *, seconds=60.0):
    """Wait for something that another thread brings about."""
    end = time.monotonic() + seconds
    while not (value := found()):
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.01)
    return value


def tracks_of(library):
    return [track for view in library.shelf.albums() for track in library.shelf.release(view.id).tracks]


def test_all_that_waits_is_made_once(library, tmp_path):
    take_in(library, tmp_path)
    assert waiting(library) == WaitingCount(covers=1, tracks=2, small=2)
    report = prepare(library)
    assert (report.covers, report.tracks, report.small, report.missing) == (1, 2, 2, ())
    assert waiting(library).total == 0
    again = prepare(library)
    assert (again.covers, again.tracks, again.small) == (0, 0, 0)
    (view,) = library.shelf.albums()
    for track in tracks_of(library):
        assert library.shelf.holds(track.small)
        found = analysis(library, track.file.sha256)
        assert found is not None
        assert len(found.waveform) == 800
        assert found.gain_db == pytest.approx(track_gains(library, [track])[track.file.sha256].gain_db)
    gains = track_gains(library, tracks_of(library))
    album = album_gains(library, [view.id])[view.id]
    assert min(gain.gain_db for gain in gains.values()) - 0.2 <= album.gain_db
    assert album.gain_db <= max(gain.gain_db for gain in gains.values()) + 0.2
    assert album.peak == max(gain.peak for gain in gains.values())


def test_publishing_finds_small_versions_made(library, tmp_path):
    take_in(library, tmp_path)
    prepare(library)
    label = new_label(library)
    (view,) = library.shelf.albums()
    assert publish(library, [view.id], label, now=NOW).small == 0
    assert all(track.small for track in library.shelf.release(view.id).tracks)


def test_what_is_no_music_is_tried_once(library):
    put_album(library, lengths=(3000,))
    report = prepare(library)
    assert (report.covers, report.tracks) == (1, 1)
    assert waiting(library).total == 0
    (track,) = tracks_of(library)
    assert analysis(library, track.file.sha256) is None
    assert track_gains(library, [track]) == {}


def test_a_damaged_cell_is_reported_and_does_not_stop_the_rest(library, tmp_path):
    take_in(library, tmp_path)
    first, _second = tracks_of(library)
    rows(library, "DELETE FROM piece WHERE blob = ?", (bytes.fromhex(first.file.sha256),))
    report = prepare(library)
    assert report.tracks == 1
    assert [shortfall.what for shortfall in report.missing] == ["45: Song 1"]


def test_an_edit_brings_the_loudness_of_the_album_back(library, tmp_path):
    take_in(library, tmp_path, seconds=0.6)
    prepare(library)
    (view,) = library.shelf.albums()
    before = album_gains(library, [view.id])
    rows(library, "UPDATE track SET title = 'x'")
    rows(library, "DELETE FROM album_loudness")
    prepare(library)
    assert album_gains(library, [view.id]) == before


def test_what_was_made_before_an_interruption_stays(library, tmp_path):
    take_in(library, tmp_path, tracks=3, seconds=0.6)

    class Enough(Exception):
        pass

    def gate():
        if preparer.made["tracks"] >= 1:
            raise Enough

    with ParserPool(1) as pool:
        preparer = Preparer(library, pool, gate=gate)
        with pytest.raises(Enough):
            all(iter(preparer.round, False))
    left = waiting(library)
    assert left.covers == 0
    assert 1 <= left.tracks < 3
    assert prepare(library).tracks == left.tracks


def test_the_background_prepares_and_wakes_for_more(library, tmp_path):
    background = Background()
    background.opened(library)
    try:
        take_in(library, tmp_path, seconds=0.6)
        background.wake()
        until(lambda: waiting(library).total == 0)
        with background.hold():
            take_in(library, tmp_path, album="second", seconds=0.6)
            assert background.is_paused
        until(lambda: waiting(library).total == 0)
        until(lambda: background.waiting().total == 0)
    finally:
        background.closing(library)
    assert background.waiting() == WaitingCount()


def test_the_background_stops_in_the_middle_of_a_track(library, tmp_path):
    take_in(library, tmp_path, seconds=60, tracks=1)
    background = Background()
    background.opened(library)
    until(lambda: background.waiting().tracks == 1 and waiting(library).covers == 0)
    background.stop()
    assert waiting(library).tracks == 1, "it did not wait for the end of the track"
    background.stop()


def test_the_background_pauses_for_music_and_for_whoever_writes(library, tmp_path):
    now = [100.0]
    background = Background(clock=lambda: now[0])
    background.played()
    assert background.is_paused
    now[0] += 11
    assert not background.is_paused
    take_in(library, tmp_path, seconds=0.6, tracks=1)
    with library.changes():
        background.opened(library)
        now[0] += 1
        assert background.is_paused
        assert waiting(library).tracks == 1
        began = time.monotonic()
        background.stop()
        assert time.monotonic() - began < 1
    assert waiting(library).tracks == 1


def test_a_change_waits_for_the_moment_that_the_background_needs(library):
    lock = WriteLock(library.disk, library.directory / "lock")
    held = lock.take()
    assert lock.is_taken()
    began = time.monotonic()
    with pytest.raises(LibraryError, match="another Magnitizdat is writing to this library; wait for it"):
        lock.take()
    assert 0.9 < time.monotonic() - began < 3
    held.release()
    assert not lock.is_taken()
    lock.take().release()


def test_a_library_that_takes_no_writes_is_let_be(library, monkeypatch):
    def refuse():
        raise LibraryError("the library is on a read-only medium; copy it somewhere writable first")

    monkeypatch.setattr(database_of(library), "require_writable", refuse)
    background = Background()
    background.opened(library)
    assert background._thread is None
    with pytest.raises(LibraryError, match="read-only"):
        prepare(library)


def test_rounds_are_short(library, tmp_path, monkeypatch):
    monkeypatch.setattr(preparing, "ROUND", 1)
    monkeypatch.setattr(preparing, "KEEP_EVERY_S", 0.0)
    monkeypatch.setattr(preparing, "COMMIT_LENGTH", 1)
    take_in(library, tmp_path, seconds=0.6)
    assert prepare(library).tracks == 2
    assert waiting(library).total == 0


def parts_of_full_text(library):
    """How many parts a search looks through."""
    tables = ("search", "naming", "sound")
    return sum(database_of(library).one(f"SELECT count(DISTINCT segid) FROM {table}_idx")[0] for table in tables)


def test_full_text_of_many_commits_is_brought_together_and_finds_the_same(library):
    artists = list(names(15))
    for number, artist in enumerate(artists):
        put_album(library, f"Tape {number}", artist, lengths=(10 + number,))
    parts, found = parts_of_full_text(library), [find(library, artist) for artist in artists]
    prepare(library)
    assert parts_of_full_text(library) < parts
    assert [find(library, artist) for artist in artists] == found
    merged = parts_of_full_text(library)
    prepare(library)
    assert parts_of_full_text(library) == merged
