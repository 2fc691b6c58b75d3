"""Small and full: what is made once, what goes along, what arrives, and what plays, whichever version is there."""

from __future__ import annotations

import hashlib
import io
import re
import shutil
from typing import NamedTuple
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs
from mutagen.oggopus import OggOpus

from magnitizdat.disk.disk import Disk
from magnitizdat.errors import EXIT_DONE, MagError, NoSpaceError, NotFoundError
from magnitizdat.formats.spool_paths import blob_path, parse_blob
from magnitizdat.library.journal import TrackRow
from magnitizdat.library.library import Library
from magnitizdat.model import Release, Rendition, Track
from magnitizdat.ops.albums import edit as editing
from magnitizdat.ops.albums import renditions
from magnitizdat.ops.albums.quality import pick, version_of
from magnitizdat.ops.albums.small_files import describe, seal_small
from magnitizdat.ops.albums.undo import undo_on
from magnitizdat.ops.dub.from_sources import outcome
from magnitizdat.ops.dub.from_spool import dub
from magnitizdat.ops.dub.previewing import preview
from magnitizdat.ops.give.cut import begun_quality, cut_reel
from magnitizdat.ops.give.export import export
from magnitizdat.ops.give.fitting import choose_for_reel, choose_for_spool, say_quality
from magnitizdat.ops.give.gathering import gather
from magnitizdat.ops.give.open_spool import write_open
from magnitizdat.ops.intake.importing import import_music
from magnitizdat.ops.keep.backup import backup
from magnitizdat.ops.keep.rebuild import rebuild
from magnitizdat.ops.keep.upkeep import doctor
from magnitizdat.ops.labels import publish
from magnitizdat.ops.listen.playing import play, tracks_of
from magnitizdat.ops.places.sources import open_sources
from magnitizdat.ops.places.spool import FolderSpool
from magnitizdat.ops.places.targets import FolderTarget
from magnitizdat.workers.child import understand
from magnitizdat.workers.pool import ParserPool
from tests.fakes import FaultyDisk
from tests.fakes_audio import PNG, make_audio
from tests.fakes_library import NOW, like_sound, make_library, put_album, rows
from tests.fakes_spool import is_sound, new_label, publish_all
from tests.ops.music import content, only, song, write


@pytest.fixture
def maker(tmp_path):
    with make_library(tmp_path / "maker") as library:
        yield library


@pytest.fixture
def mine(tmp_path):
    with make_library(tmp_path / "mine") as library:
        yield library


def flac(number, seconds=2.0, **tags):
    said = {"title": f"Song {number}", "artist": "Кино", "album": "45", "track": str(number), **tags}
    return make_audio("flac", seconds, said, tone=200.0 + number, cover=PNG)


def import_45(library, folder, *, also=()):
    """Two lossless tracks and a song that is small already."""
    files = {"45/1.flac": flac(1), "45/2.flac": flac(2), "45/3.mp3": song(3), **dict(also)}
    import_music(library, [write(folder / "Music", files)])
    return next(library.shelf.albums()).id


def put_small(library, album, *, lengths=(40_000, 3000)):
    """Small versions of the first tracks of an album: bytes that say they are."""
    release = library.shelf.release(album)
    with library.changes() as changes:
        for track, length in zip(release.tracks, lengths, strict=False):
            made = like_sound(hashlib.shake_128(track.id.encode()).digest(length))
            file = seal_small(library, changes, made, "audio/opus")
            rendition = Rendition(kind="opus-128", file=file)
            changes.row(TrackRow(release_id=album, track=structs.replace(track, renditions=(rendition,))))
        changes.commit()
    return library.shelf.release(album)


def versions(release):
    return [file for track in release.tracks for file in (track.file, track.small) if file]


def played(library, what="45"):
    """Its tracks one by one: what is no sound, as here, is in no stream of a whole album."""
    out = io.BytesIO()
    for track in tracks_of(library, what):
        play(library, track.id, out)
    return out.getvalue()


def spool_of(library, folder, quality):
    write_open(library, gather(library, now=NOW, quality=quality), FolderTarget(folder, disk=Disk()))
    return FolderSpool(folder)


# -- what goes along and what arrives: laws ---------------------------------------------------------------------------


QUALITIES = st.sampled_from(["small", "full", "both"])
STATES = st.sampled_from(["there", "absent", "garbage", "cut off"])


def a_file(text, media_type="audio/flac"):
    return describe(text.encode(), media_type)


EMPTY = Release(id="0" * 32, title="45", artist="Кино")
A_TRACK = Track(id="0" * 64, title="Song", artist="Кино", file=a_file(""), duration_s=1.0)


@given(st.data(), QUALITIES)
def test_of_each_track_something_goes_along_where_anything_is_there(data, quality):
    tracks = data.draw(st.lists(st.tuples(st.booleans(), st.booleans(), st.booleans()), min_size=1, max_size=5))
    release, there = structs.replace(EMPTY, tracks=()), set()
    for number, (has_small, full_there, small_there) in enumerate(tracks):
        file = a_file(f"full {number}")
        small = a_file(f"small {number}", "audio/opus")
        made = (Rendition(kind="opus-128", file=small),) if has_small else ()
        track = structs.replace(A_TRACK, id=file.sha256, file=file, renditions=made)
        release = structs.replace(release, tracks=(*release.tracks, track))
        there |= {file for file, is_there in ((file, full_there), (small, small_there and has_small)) if is_there}
    found = version_of(release, quality, there.__contains__)
    assert (found is None) == any(not {track.file, track.small} & there for track in release.tracks)
    for track in release.tracks:
        goes = pick(track, quality, there.__contains__)
        assert set(goes) <= there & {track.file, track.small}
        assert bool(goes) == bool({track.file, track.small} & there)
        if track.file in there and quality != "small":
            assert track.file in goes
        if track.small in there and quality != "full":
            assert track.small in goes
        if quality != "both":
            assert len(goes) <= 1
    assert found is None or set(found.files()) <= there


class Published(NamedTuple):
    folder: object
    release: object


@pytest.fixture(scope="module")
def everything(tmp_path_factory):
    """An open spool with both versions of the first two of three tracks."""
    top = tmp_path_factory.mktemp("quality")
    with make_library(top / "maker") as library:
        album, _ = put_album(library, lengths=(1_100_000, 5000, 40))
        put_small(library, album, lengths=(2000, 3000))
        publish_all(library, [album])
        spool_of(library, top / "spool", "both")
        return Published(top / "spool", library.shelf.release(album))


class Partial(FolderSpool):
    """A source that lacks some blobs, and lies about others."""

    def __init__(self, folder, states):
        super().__init__(folder)
        self._states = {blob_path(sha256): state for sha256, state in states.items()}
        self.asked = []

    def fetch_range(self, path, offset, length):
        self.asked.append(path)
        state, found = self._states.get(path, "there"), super().fetch_range(path, offset, length)
        if state == "absent":
            raise NotFoundError("the source does not have this file")
        if state == "garbage" and offset + length >= 10:
            return bytes(byte ^ 1 for byte in found)
        return found[: max(0, 39 - offset)] if state == "cut off" else found


@settings(max_examples=25)
@given(data=st.data())
def test_what_any_source_had_in_full_is_here_in_full_and_what_any_had_plays(everything, tmp_path_factory, data):
    files = versions(everything.release)
    sources = [{file.sha256: data.draw(STATES) for file in files} for _ in range(2)]
    with make_library(tmp_path_factory.mktemp("mine") / "library") as library:
        for states in sources:
            report = dub(library, Partial(everything.folder, states), now=NOW)
        (view,) = library.shelf.albums()
        assert is_sound(library)
        whole = {file for file in files if any(states[file.sha256] == "there" for states in sources)}
        tracks = everything.release.tracks
        for track in tracks:
            assert library.shelf.holds(track.file) == (track.file in whole)
            heard = library.shelf.plays(track)
            assert library.shelf.holds(heard) == bool({track.file, track.small} & whole)
            if library.shelf.holds(heard):
                assert hashlib.sha256(content(library, heard.sha256)).hexdigest() == heard.sha256
        assert view.complete == all({track.file, track.small} & whole for track in tracks)
        assert view.small == sum(track.file not in whole and track.small in whole for track in tracks)
        assert view.complete or report.missing
        assert bool(report.small) == bool(view.small)


def test_a_source_with_both_gives_originals_alone_unless_told(everything, tmp_path):
    tracks = everything.release.tracks
    wanted = {
        "full": {track.file for track in tracks},
        "small": {track.small or track.file for track in tracks},
        "both": set(versions(everything.release)),
    }
    for quality, files in wanted.items():
        with make_library(tmp_path / quality) as library:
            source = Partial(everything.folder, {})
            report = dub(library, source, now=NOW, quality=quality)
            assert report.missing == ()
            assert {file for file in versions(everything.release) if library.shelf.holds(file)} == files
            assert next(library.shelf.albums()).complete
            again = Partial(everything.folder, {})
            assert dub(library, again, now=NOW, quality=quality).length == 0
            assert not [path for path in again.asked if path.startswith("blobs/")]


def test_asked_for_small_ones_what_plays_already_is_enough(everything, mine):
    dub(mine, FolderSpool(everything.folder), now=NOW)
    source = Partial(everything.folder, {})
    assert dub(mine, source, now=NOW, quality="small").length == 0
    assert not [path for path in source.asked if path.startswith("blobs/")]
    assert dub(mine, source, now=NOW, quality="both").tracks == 2
    assert next(mine.shelf.albums()).small == 0


def test_a_damaged_original_is_told_of_where_only_the_small_one_came(everything, mine):
    hurt = everything.release.tracks[0]
    report = dub(mine, Partial(everything.folder, {hurt.file.sha256: "garbage"}), now=NOW)
    assert [each.what for each in report.missing] == [everything.release.title]
    assert [each.title for each in report.small] == [everything.release.title]
    assert mine.shelf.plays(hurt) == hurt.small
    assert dub(mine, FolderSpool(everything.folder), now=NOW).missing == ()
    assert mine.shelf.plays(hurt) == hurt.file


# -- making them ------------------------------------------------------------------------------------------------------


@pytest.fixture
def encodings(monkeypatch):
    """Lengths of the files that were encoded, one for each time."""
    made, encode = [], ParserPool.encode

    def counted(self, source, *arguments):
        made.append(source.length)
        return encode(self, source, *arguments)

    monkeypatch.setattr(ParserPool, "encode", counted)
    return made


def test_published_tracks_get_a_small_version_where_it_is_worth_it(maker, tmp_path, encodings):
    album = import_45(maker, tmp_path)
    label = new_label(maker)
    report = publish.publish(maker, [album], label, now=NOW)
    assert (report.small, report.without_small, len(encodings)) == (2, (), 2)
    release = only(maker)
    assert [track.small is not None for track in release.tracks] == [True, True, False]
    for track in release.tracks[:2]:
        assert track.small.length < track.file.length
        assert track.small.media_type == "audio/opus"
        parsed = understand(io.BytesIO(content(maker, track.small.sha256)))
        assert (parsed.codec, parsed.covers) == ("opus", ())
        assert (parsed.tags.title, parsed.tags.artist, parsed.tags.album) == (track.title, "Кино", "45")
        assert parsed.tags.track == track.position
        assert parsed.duration_s == pytest.approx(track.duration_s, abs=0.1)
        assert track.id == understand(io.BytesIO(flac(track.position))).track_id
    assert is_sound(maker)
    cargo = gather(maker, now=NOW, quality="both")
    assert next(cargo.releases(cargo.loaded[0])).tracks == release.tracks  # as signed


def test_edits_keep_small_versions_and_nothing_is_encoded_twice(maker, tmp_path, encodings):
    album = import_45(maker, tmp_path)
    label = new_label(maker)
    publish.publish(maker, [album], label, now=NOW)
    before = [track.renditions for track in only(maker).tracks]
    editing.edit(maker, album, {"date": "1982"})
    editing.edit(maker, f"{album}/1", {"title": "Время есть"})
    report = publish.publish(maker, [album], label, now=NOW)
    assert ([each.title for each in report.releases], report.small) == (["45"], 0)
    assert [track.renditions for track in only(maker).tracks] == before
    other = new_label(maker, "Other Tapes")
    publish.publish(maker, [album], other, now=NOW, second=True)
    assert len(encodings) == 2
    assert undo_on(maker, album) == 1
    assert only(maker).tracks[0].title == "Song 1"
    assert [track.renditions for track in only(maker).tracks] == before


def test_making_small_versions_is_no_edit_to_be_undone(maker, tmp_path):
    album = import_45(maker, tmp_path)
    editing.edit(maker, f"{album}/1", {"title": "Время есть"})
    publish.publish(maker, [album], new_label(maker), now=NOW)
    assert undo_on(maker, album) == 1
    (first, second, _) = only(maker).tracks
    assert first.title == "Song 1"
    assert first.small is not None
    assert second.small is not None


def test_an_interrupted_publish_goes_on_where_it_was(maker, tmp_path, encodings, monkeypatch):
    album = import_45(maker, tmp_path, also={"45/4.flac": flac(4), "45/5.flac": flac(5)}.items())
    label = new_label(maker)
    take, taken = renditions._Maker._take, []

    def pressed(self, *arguments):
        if len(taken) == 2:
            raise KeyboardInterrupt
        taken.append(take(self, *arguments))

    monkeypatch.setattr(renditions._Maker, "_take", pressed)
    with pytest.raises(KeyboardInterrupt):
        publish.publish(maker, [album], label, now=NOW)
    assert not only(maker).released
    assert sum(track.small is not None for track in only(maker).tracks) == 2
    monkeypatch.setattr(renditions._Maker, "_take", take)
    encodings.clear()
    assert publish.publish(maker, [album], label, now=NOW).small == 2
    assert len(encodings) == 2
    assert is_sound(maker)


def test_a_long_track_is_encoded_twice_rather_than_kept(maker, tmp_path, monkeypatch, encodings):
    monkeypatch.setattr(renditions, "KEEP_LENGTH", 10_000)
    monkeypatch.setattr(renditions, "COMMIT_LENGTH", 1)
    album = import_45(maker, tmp_path)
    publish.publish(maker, [album], new_label(maker), now=NOW)
    assert len(encodings) == 4
    small = only(maker).tracks[0].small
    assert understand(io.BytesIO(content(maker, small.sha256))).codec == "opus"
    assert is_sound(maker)


def test_what_cannot_be_encoded_is_signed_without_and_said(maker):
    album, _ = put_album(maker, lengths=(300_000,))
    track = structs.replace(maker.shelf.release(album).tracks[0], bit_depth=16)
    with maker.changes() as changes:
        changes.row(TrackRow(release_id=album, track=track))
        changes.commit()
    report = publish.publish(maker, [album], new_label(maker), now=NOW)
    assert [each.title for each in report.releases] == ["45"]
    assert [each.what for each in report.without_small] == ["45: Песня 1"]


def test_what_would_not_be_smaller_is_not_tried_again(maker, tmp_path, encodings, monkeypatch):
    monkeypatch.setattr(renditions, "WORTH_BIT_RATE", 1)
    file = io.BytesIO(song(1, "opus"))
    opened = OggOpus(file)
    file.seek(0)
    opened.save(file, padding=lambda _info: 0)  # its tags are as tight as those of a small version
    import_music(maker, [write(tmp_path / "Music", {"45/1.opus": file.getvalue()})])
    for name in ("One", "Two"):
        report = publish.publish(maker, ["45"], new_label(maker, name), now=NOW, second=True)
        assert ([each.title for each in report.releases], report.small, report.without_small) == (["45"], 0, ())
    assert len(encodings) == 1
    assert only(maker).tracks[0].renditions == ()


def test_no_small_versions_where_nobody_wants_them(maker, tmp_path, encodings):
    publish.publish(maker, [import_45(maker, tmp_path)], new_label(maker), now=NOW, small=False)
    assert encodings == []
    assert only(maker).tracks[0].renditions == ()


def test_a_foreign_small_version_is_not_signed_as_ones_own(everything, mine):
    """Bytes are what they are, but what a stranger calls their small version is the stranger's word."""
    dub(mine, FolderSpool(everything.folder), now=NOW, quality="both")
    assert mine.shelf.own_rendition(everything.release.tracks[0].file) is None


# -- reels ------------------------------------------------------------------------------------------------------------


def to(friend):
    return [friend.secrets.addresses[0].recipient]


def cut_to(library, friend, folder, quality, *, disk=None, **how):
    cargo = gather(library, now=NOW, quality=quality)
    return cut_reel(library, cargo, folder, disk=disk or Disk(), recipients=to(friend), **how)


def dub_from(library, folder, **how):
    source = next(iter(open_sources(library, str(folder))))
    assert source.shortfalls == ()
    return dub(library, source.spool, now=NOW, **how)


@pytest.fixture
def published(maker):
    """Two albums with small versions, one without, in a label."""
    albums = [put_album(maker, f"Album {number}", lengths=(700_000, 300_000))[0] for number in range(3)]
    for album in albums[:2]:
        put_small(maker, album, lengths=(60_000, 30_000))
    publish_all(maker, albums)
    return albums


def test_of_two_albums_of_one_title_each_has_its_own_quality(maker):
    small, _ = put_album(maker, "Live", artist="Кино", lengths=(700_000,))
    full, _ = put_album(maker, "Live", artist="Аквариум", lengths=(700_000,))
    put_small(maker, small, lengths=(60_000,))
    publish_all(maker, [small, full])
    cargo = gather(maker, now=NOW, quality="small")
    assert {each.id for each in cargo.albums()} == {small, full}
    assert [each.id for each in cargo.without_small] == [full]
    told = []
    say_quality(cargo, [each for each in cargo.albums() if each.id == small], told.append)
    assert told == []


def test_a_small_reel_is_whole_in_its_small_version_and_a_full_one_makes_it_full(maker, mine, published, tmp_path):
    small = cut_to(maker, mine, tmp_path / "small", "small")
    full = cut_to(maker, mine, tmp_path / "full", "full")
    both = cut_to(maker, mine, tmp_path / "both", "both")
    assert small.cut.total_bytes < full.cut.total_bytes < both.cut.total_bytes
    assert (small.quality, [each.title for each in small.without_small], small.only_small) == ("small", ["Album 2"], ())
    assert (full.quality, full.without_small, full.only_small) == ("full", (), ())
    report = dub_from(mine, tmp_path / "small")
    assert (report.missing, report.releases) == ((), 3)
    assert sorted(each.title for each in report.small) == ["Album 0", "Album 1"]
    assert [(view.title, view.complete, view.small) for view in mine.shelf.albums()] == [
        ("Album 0", True, 2),
        ("Album 1", True, 2),
        ("Album 2", True, 0),
    ]
    (offered, *_) = sorted(preview(mine, source_at(mine, tmp_path / "full"), now=NOW)[0], key=lambda each: each.title)
    assert (offered.here, offered.small) == (True, True)
    release = mine.shelf.release(next(mine.shelf.albums()).id)
    assert played(mine, "Album 0") == b"".join(content(maker, track.small.sha256) for track in release.tracks)
    assert dub_from(mine, tmp_path / "small").length == 0
    report = dub_from(mine, tmp_path / "full")
    assert (report.missing, report.small, report.tracks) == ((), (), 4)
    assert [view.small for view in mine.shelf.albums()] == [0, 0, 0]
    assert played(mine, "Album 0") == played(maker, "Album 0")
    assert dub_from(mine, tmp_path / "both").length == 0
    assert is_sound(mine)


def source_at(library, folder):
    return next(iter(open_sources(library, str(folder)))).spool


def choose(library, folder, friend, *, quality=None, size=None):
    """The choice, and what was said."""
    said = []
    choice = choose_for_reel(
        library,
        lambda chosen: gather(library, now=NOW, quality=chosen),
        folder,
        quality=quality,
        recipients=1 if friend else 0,
        parity_percent=10,
        size=size,
        tell=said.append,
    )
    return choice, "".join(said)


def test_short_of_space_the_small_versions_go_and_it_is_said(maker, mine, published, tmp_path, monkeypatch):
    full = cut_to(maker, mine, tmp_path / "full", "full").cut.total_bytes
    small = cut_to(maker, mine, tmp_path / "small", "small").cut.total_bytes
    choice, said = choose(maker, tmp_path / "reel", mine, size=full)
    assert (choice.cargo.quality, said) == ("full", "")
    for size in (full - 1, small):
        choice, said = choose(maker, tmp_path / "reel", mine, size=size)
        assert choice.cargo.quality == "small"
        assert "--quality full" in said
        report = cut_reel(maker, choice.cargo, tmp_path / f"reel{size}", recipients=to(mine), size=size, disk=Disk())
        assert (report.left_out, report.quality) == ((), "small")
        assert report.cut.total_bytes <= size
    assert choose(maker, tmp_path / "reel", mine, size=small, quality="full")[0].cargo.quality == "full"
    report = cut_reel(maker, choice.cargo, tmp_path / "less", recipients=to(mine), size=small - 1, disk=Disk())
    assert report.left_out
    assert set(report.without_small) <= set(report.albums)
    for free, quality in ((full, "full"), (full - 1, "small")):
        monkeypatch.setattr(shutil, "disk_usage", lambda _place, free=free: Usage(10**12, 0, free))
        assert choose(maker, tmp_path / "new", mine)[0].cargo.quality == quality
        assert choose(maker, tmp_path / "new", None)[0].cargo.quality == "small"  # words take one segment more
        assert choose_open(maker, tmp_path / "open").cargo.quality == "full"  # without parity and padding it fits


def test_a_small_reel_is_never_larger_than_a_full_one(maker, mine, tmp_path):
    """Segments come in few sizes, so that a little less music can need a little more."""
    album, _ = put_album(maker, lengths=(6_480_000,) * 5)
    put_small(maker, album, lengths=(6_285_600,) * 5)
    publish_all(maker, [album])
    for folder, quality in (("a", "small"), ("b", "full")):
        choice, said = choose(maker, tmp_path / folder, mine, quality=quality)
        assert choice.cargo.quality == "full"
        assert ("no smaller" in said) == (quality == "small")


def choose_open(library, folder):
    return choose_for_spool(
        lambda each: gather(library, now=NOW, quality=each), folder, quality=None, size=None, tell=str
    )


class Usage(NamedTuple):
    total: int
    used: int
    free: int


def test_the_quality_is_part_of_what_an_unfinished_reel_means(maker, mine, published, tmp_path):
    folder = tmp_path / "reel"
    with pytest.raises(MagError, match=r"again|another"):
        cut_to(maker, mine, folder, "small", disk=FaultyDisk(fail_at=9, forever=True))
    assert begun_quality(maker, folder) == "small"
    choice, said = choose(maker, folder, mine)
    assert choice.cargo.quality == "small"
    assert "begun" in said
    asked, _ = choose(maker, folder, mine, quality="full")
    assert asked.cargo.quality == "full"
    report = cut_reel(maker, asked.cargo, folder, recipients=to(mine), disk=Disk())
    assert sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) == report.cut.total_bytes
    assert begun_quality(maker, folder) is None
    assert dub_from(mine, folder).small == ()


def test_carried_music_gets_its_small_versions_when_they_are_asked_for(maker, mine, tmp_path, encodings):
    import_45(maker, tmp_path)
    cut_to(maker, mine, tmp_path / "older", "full")
    assert encodings == []
    report = cut_to(maker, mine, tmp_path / "small", "small")
    assert (len(encodings), report.without_small) == (2, ())
    cut_to(maker, mine, tmp_path / "both", "both")
    cut_to(maker, mine, tmp_path / "full", "full")
    assert len(encodings) == 2
    assert dub_from(mine, tmp_path / "small").missing == ()
    (view,) = mine.shelf.albums()
    assert (view.complete, view.carried, view.small, view.tracks) == (True, True, 2, 3)
    assert dub_from(mine, tmp_path / "full").missing == ()
    assert next(mine.shelf.albums()).small == 0
    assert played(mine) == played(maker)


def test_a_full_reel_from_before_the_small_versions_gives_its_originals_too(maker, mine, tmp_path):
    import_45(maker, tmp_path)
    cut_to(maker, mine, tmp_path / "older", "full")
    cut_to(maker, mine, tmp_path / "small", "small")
    dub_from(mine, tmp_path / "small")
    report = dub_from(mine, tmp_path / "older")
    assert (report.refused, report.missing, report.tracks) == (0, (), 2)
    (label,) = report.labels
    assert label.older.version < label.freshness.version
    assert not label.older.void_keys
    assert str(label.verdict) == "older than what you have"
    assert outcome(report).exit_code == EXIT_DONE
    assert next(mine.shelf.albums()).small == 0
    assert played(mine) == played(maker)


def test_who_has_only_small_versions_passes_these_on_and_says_so(maker, mine, published, tmp_path):
    cut_to(maker, mine, tmp_path / "small", "small")
    dub_from(mine, tmp_path / "small")
    with make_library(tmp_path / "third") as third:
        report = cut_to(mine, third, tmp_path / "on", "full")
        assert (report.quality, [each.title for each in report.only_small]) == ("full", ["Album 0", "Album 1"])
        assert dub_from(third, tmp_path / "on").missing == ()
        assert [view.complete for view in third.shelf.albums()] == [True] * 3
        assert is_sound(third)


# -- what is held small is held well ----------------------------------------------------------------------------------


@pytest.fixture
def listener(maker, mine, tmp_path):
    """A library that holds Kino's "45" in its small version; (library, the release)."""
    publish.publish(maker, [import_45(maker, tmp_path)], new_label(maker), now=NOW)
    dub(mine, spool_of(maker, tmp_path / "small", "small"), now=NOW)
    return mine, only(mine)


def test_small_versions_are_exported_with_their_own_suffix_and_right_tags(listener, maker, tmp_path):
    mine, release = listener
    editing.edit(maker, "45", {"title": "Сорок пять"})
    publish.publish(maker, ["Сорок пять"], new_label(maker, "Other"), now=NOW, second=True)
    for for_phone in (None, "opus-128"):
        folder = tmp_path / f"out {for_phone}"
        report = export(mine, list(mine.shelf.albums()), folder, for_phone=for_phone, disk=Disk())
        assert (report.tracks, report.missing) == (3, ())
        names = sorted(path.name for path in folder.rglob("*") if path.suffix in {".opus", ".mp3", ".flac"})
        assert names == ["01 Song 1.opus", "02 Song 2.opus", "03 Song 3.opus" if for_phone else "03 Song 3.mp3"]
        parsed = understand(io.BytesIO(next(folder.rglob("02*")).read_bytes()))
        assert (parsed.tags.title, parsed.tags.album, parsed.tags.artist) == ("Song 2", "45", "Кино")
        assert "01 Song 1.opus" in next(folder.rglob("*.m3u8")).read_text(encoding="utf-8")
    assert played(mine, "45/1") == content(mine, release.tracks[0].small.sha256)


def test_doctor_backup_rebuild_and_remove_where_only_small_versions_are(listener, tmp_path):
    mine, release = listener
    before = next(mine.shelf.albums())
    heard = played(mine)
    assert doctor(mine).missing == ()
    backup(mine, tmp_path / "copy", disk=Disk(private=True))
    report = rebuild(tmp_path / "copy", mine.secrets, now=NOW, disk=Disk(private=True))
    assert (report.missing, report.albums, report.tracks) == ((), 1, 3)
    with Library(tmp_path / "copy", mine.secrets) as copy:
        (view,) = copy.shelf.albums()
        assert (view.complete, view.small, view.length) == (True, 2, before.length)
        assert played(copy) == heard
        assert doctor(copy).missing == ()
    assert before.length == sum(file.length for file in release.files() if mine.shelf.holds(file))
    editing.remove(mine, [before.id])
    assert mine.shelf.unused_blobs() == []
    assert rows(mine, "SELECT 1 FROM piece") == []


def test_doctor_says_which_version_is_damaged(maker, mine, tmp_path):
    album, _ = put_album(maker, lengths=(2 << 20,))
    put_small(maker, album, lengths=(1 << 20,))  # in a cell of its own
    publish_all(maker, [album])
    spool = spool_of(maker, tmp_path / "spool", "both")
    dub(mine, spool, now=NOW, quality="both")
    track = only(mine).tracks[0]
    for file, said in ((track.small, "the originals are whole"), (track.file, "originals are damaged")):
        cell = mine.placements(file.sha256)[0].cell
        path = mine.vault.cell_path(cell)
        path.write_bytes(path.read_bytes()[:-5] + b"hurt!")
        mine.vault.close()
        (told,) = doctor(mine).missing
        assert told.what == "45"
        assert said in told.reason
        dub(mine, spool, now=NOW, quality="both")
    assert is_sound(mine)


def test_own_small_versions_that_are_lost_are_made_again(maker, tmp_path):
    publish.publish(maker, [import_45(maker, tmp_path)], label := new_label(maker), now=NOW)
    small = only(maker).tracks[0].small
    rows(maker, "DELETE FROM piece WHERE blob = ?", (bytes.fromhex(small.sha256),))
    rows(maker, "UPDATE blob SET complete = 0 WHERE digest = ?", (bytes.fromhex(small.sha256),))
    assert next(maker.shelf.albums()).complete
    report = publish.publish(maker, ["45"], label, now=NOW)
    assert (report.small, [each.title for each in report.unchanged]) == (1, ["45"])
    assert maker.shelf.holds(small)


LINK = re.compile(r'(?:href|src)="([^"]+)"')


@pytest.mark.parametrize("quality", ["small", "full", "both"])
def test_open_pages_link_nothing_that_is_not_there(maker, tmp_path, quality):
    publish.publish(maker, [import_45(maker, tmp_path)], new_label(maker), now=NOW)
    folder = tmp_path / "spool"
    spool_of(maker, folder, quality)
    links = set()
    for page in folder.rglob("*.html"):
        links |= {(page.parent / link).resolve() for link in LINK.findall(page.read_text()) if "blobs/" in link}
    for playlist in folder.rglob("*.m3u8"):
        lines = playlist.read_text(encoding="utf-8").splitlines()
        links |= {(playlist.parent / line).resolve() for line in lines if not line.startswith("#")}
    for feed in folder.rglob("feed.xml"):
        urls = [each.get("url") for each in ET.parse(feed).iter("{http://search.yahoo.com/mrss/}content")]
        assert len(urls) == 3
        links |= {(feed.parent / url).resolve() for url in urls}
    assert {path for path in links if not path.is_file()} == set()
    release = only(maker)
    heard = {blob_path(file.sha256) for file in versions(release)}
    linked = {link.relative_to(folder.resolve()).as_posix() for link in links}
    there = {path.relative_to(folder).as_posix() for path in folder.glob("blobs/*/*")}
    assert linked & heard == there & heard
    assert all(parse_blob(path) for path in there)


def test_an_open_spool_takes_what_fits_and_says_what_does_not(maker, published, tmp_path):
    def gathered(chosen):
        return gather(maker, now=NOW, quality=chosen)

    full, small = gathered("full").length, gathered("small").length
    assert choose_for_spool(gathered, tmp_path, quality=None, size=full, tell=str).cargo.quality == "full"
    choice = choose_for_spool(gathered, tmp_path, quality=None, size=small, tell=str)
    assert (choice.cargo.quality, choice.left_out) == ("small", ())
    choice = choose_for_spool(gathered, tmp_path, quality="full", size=full - 1, tell=str)
    assert (choice.cargo.quality, len(choice.left_out)) == ("full", 1)
    assert choice.cargo.length < full
    with pytest.raises(NoSpaceError):
        choose_for_spool(gathered, tmp_path, quality=None, size=10_000, tell=str)
    write_open(maker, choice.cargo, FolderTarget(tmp_path / "open", disk=Disk()))
    with make_library(tmp_path / "mine") as mine:
        report = dub(mine, FolderSpool(tmp_path / "open"), now=NOW)
        assert report.missing == ()
        assert len(list(mine.shelf.albums())) == 2
