"""An export that is repeated: the tree follows the library, and nothing of anybody else's is touched."""

from __future__ import annotations

import errno
import itertools
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from magnitizdat.disk.disk import Disk
from magnitizdat.disk.space import Space
from magnitizdat.disk.surroundings import Medium
from magnitizdat.errors import NoSpaceError, TargetError
from magnitizdat.ops.albums.edit import edit, remove
from magnitizdat.ops.give import export as export_module
from magnitizdat.ops.give.export import export
from magnitizdat.ops.intake.importing import import_music
from tests.fakes import FaultyDisk, FoldingDisk
from tests.fakes_audio import PNG
from tests.fakes_library import make_library, rows
from tests.ops.music import releases, song, write

MUSIC = {
    "45/1.mp3": song(1, lyrics=""),
    "45/2.flac": song(2, "flac"),
    "45/1.lrc": b"[00:01.00]la",
    "45/cover.png": PNG,
    "Noch/1.mp3": song(11, album="Noch"),
    "Noch/2.wav": song(12, "wav", album="Noch"),
    "Noch 2/1.mp3": song(21, album="Noch 2"),
}


@pytest.fixture
def library(tmp_path):
    with make_library(tmp_path / "library") as made:
        import_music(made, [write(tmp_path / "Music", MUSIC)])
        yield made


def export_all(library, destination, **options):
    return export(library, list(library.shelf.albums()), destination, **{"disk": Disk(), **options})


def tree(folder: Path) -> dict[str, bytes]:
    found = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


def folders(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


NAMES = st.sampled_from(["Ночь", "Noch", "45", "CON", "Ж" * 80])
CHANGES = st.one_of(
    st.tuples(st.just("album"), st.integers(0, 2), st.fixed_dictionaries({"title": NAMES})),
    st.tuples(st.just("album"), st.integers(0, 2), st.fixed_dictionaries({"artist": NAMES, "date": st.just("1982")})),
    st.tuples(st.just("track"), st.integers(0, 2), st.fixed_dictionaries({"title": NAMES})),
    st.tuples(st.just("remove"), st.integers(0, 2), st.just({})),
)
numbers = itertools.count()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=12)
@given(rounds=st.lists(st.lists(CHANGES, max_size=2), min_size=1, max_size=3), kind=st.sampled_from([None, "opus-128"]))
def test_after_any_changes_the_tree_is_as_if_it_were_new(tmp_path_factory, rounds, kind):
    """But for numbers behind names: who was there first keeps the plain one."""
    where = tmp_path_factory.mktemp("again")
    with make_library(where / "library") as library:
        import_music(library, [write(where / "Music", MUSIC)])
        export_all(library, where / "out", for_phone=kind)
        for changes in rounds:
            for what, place, fields in changes:
                here = releases(library)[place : place + 1]
                for release in here:
                    if what == "remove":
                        remove(library, [release.id])
                    else:
                        edit(
                            library, release.id + (f"/{release.tracks[0].position}" if what == "track" else ""), fields
                        )
            report = export_all(library, where / "out", for_phone=kind, prune=True)
            assert report.missing == ()
        export_all(library, where / "new", for_phone=kind)
        old, new = tree(where / "out"), tree(where / "new")
        assert sorted(old.values()) == sorted(new.values())
        assert sorted(map(plain, old)) == sorted(map(plain, new))
        again = export_all(library, where / "out", for_phone=kind, prune=True)
        assert (again.written, again.updated, again.removed) == (0, 0, 0)
        assert again.unchanged == len(old)


def plain(name: str) -> str:
    """A path without the number of its folder."""
    folder, _, file = name.partition("/")
    return f"{folder.removesuffix(' (2)').removesuffix(' (3)')}/{file}"


def test_a_retitled_album_stands_there_once(library, tmp_path):
    first = export_all(library, tmp_path / "out")
    assert first.written == len(tree(tmp_path / "out"))
    (album,) = [release.id for release in releases(library) if release.title == "45"]
    edit(library, album, {"title": "Сорок пять"})
    report = export_all(library, tmp_path / "out")
    assert folders(tmp_path / "out") == {"Кино - Сорок пять", "Кино - Noch", "Кино - Noch 2"}
    assert (report.written, report.updated, report.removed) == (5, 0, 5)
    edit(library, f"{album}/1", {"title": "Song 1!"})
    changed = export_all(library, tmp_path / "out")
    assert (changed.written, changed.updated, changed.removed) == (2, 1, 2), "its track and words, and the list"


def test_only_what_was_asked_for_goes_and_only_what_is_ours(library, tmp_path):
    out = tmp_path / "out"
    export_all(library, out)
    write(out, {"Кино - Noch/mine.txt": b"a letter", "Кино - 45/01 Song 1.mp3": b"changed by me"})
    views = {view.title: view for view in library.shelf.albums()}
    export(library, [views["Noch 2"]], out, disk=Disk())
    assert folders(out) == {"Кино - 45", "Кино - Noch", "Кино - Noch 2"}
    report = export(library, [views["Noch 2"]], out, disk=Disk(), prune=True)
    left = tree(out)
    assert left.pop("Кино - Noch/mine.txt") == b"a letter"
    assert left.pop("Кино - 45/01 Song 1.mp3") == b"changed by me"
    assert {name.partition("/")[0] for name in left} == {"Кино - Noch 2"}
    assert report.removed == 7


def test_another_library_prunes_nothing(library, tmp_path):
    export_all(library, tmp_path / "out")
    before = tree(tmp_path / "out")
    with make_library(tmp_path / "other") as other:
        import_music(other, [write(tmp_path / "More", {"1.mp3": song(99, album="New")})])
        assert export_all(other, tmp_path / "out", prune=True).removed == 0
    assert before.items() <= tree(tmp_path / "out").items()


def test_nothing_in_the_tree_tells_of_the_library(library, tmp_path):
    export_all(library, tmp_path / "out")
    assert {Path(name).suffix for name in tree(tmp_path / "out")} == {".mp3", ".flac", ".wav", ".lrc", ".png", ".m3u8"}


def test_a_playlist_that_became_shorter(library, tmp_path):
    songs = [name for (name,) in rows(library, "SELECT song FROM track ORDER BY key")]
    export(library, [], tmp_path / "out", lists=[("Party", songs)], disk=Disk())
    report = export(library, [], tmp_path / "out", lists=[("Party", songs[1:])], disk=Disk())
    assert len(list((tmp_path / "out" / "Party").iterdir())) == len(songs)
    assert report.removed == len(songs)


@pytest.mark.parametrize("kind", [None, "opus-128"])
def test_room_is_asked_for_before_anything_is_written(library, tmp_path, monkeypatch, kind):
    out = tmp_path / "out"
    export_all(library, tmp_path / "probe", for_phone=kind)
    needed = sum(map(len, tree(tmp_path / "probe").values()))
    monkeypatch.setattr(export_module, "space", lambda _: Space(needed // 2, 1 << 40))
    with pytest.raises(NoSpaceError, match=r"are missing; nothing was written"):
        export_all(library, out, for_phone=kind)
    assert not out.exists()
    export_all(library, tmp_path / "probe", for_phone=kind)  # what is there takes no room again
    monkeypatch.setattr(export_module, "space", lambda _: Space(1 << 30, 1 << 40, names=3))
    with pytest.raises(NoSpaceError, match=r"takes 3 more names"):
        export_all(library, out, for_phone=kind)
    assert not out.exists()


def test_what_is_too_long_for_the_medium_is_told(library, tmp_path, monkeypatch):
    monkeypatch.setattr(export_module, "medium", lambda _: Medium(tmp_path, "vfat", ""))
    monkeypatch.setattr(export_module, "FAT_LIMIT", max(len(each) for each in MUSIC.values()) - 1)
    report = export_all(library, tmp_path / "out")
    assert [each.reason for each in report.missing] == [export_module.TOO_LONG]
    assert report.tracks == 4


@pytest.mark.parametrize(("kind", "suffix"), [("opus-128", ".opus"), ("mp3", ".mp3")])
def test_a_small_tree_is_never_larger(tmp_path, kind, suffix):
    """A tone compresses so well that most encodings of it are longer than it is."""
    files = {f"{number}.{name}": song(number, name) for number, name in enumerate(("mp3", "opus", "flac", "wav"), 1)}
    with make_library(tmp_path / "library") as library:
        import_music(library, [write(tmp_path / "Music", files)])
        export_all(library, tmp_path / "full")
        report = export_all(library, tmp_path / "small", for_phone=kind)
        assert (report.tracks, report.missing) == (4, ())
        lengths = {
            folder: {name.partition(" ")[0]: len(body) for name, body in tree(tmp_path / folder / "Кино - 45").items()}
            for folder in ("full", "small")
        }
        if kind == "mp3":
            assert {Path(name).suffix for name in tree(tmp_path / "small")} == {".mp3", ".m3u8"}
        else:
            assert all(
                length <= lengths["full"][number] for number, length in lengths["small"].items() if number[0] == "0"
            )
        assert any(name.endswith(suffix) for name in tree(tmp_path / "small"))
        again = export_all(library, tmp_path / "small", for_phone=kind)
        assert (again.unchanged, again.written, again.updated) == (5, 0, 0)


def test_what_was_interrupted_anywhere_goes_on(library, tmp_path):
    export_all(library, tmp_path / "new")
    wanted = tree(tmp_path / "new")
    (album,) = [release.id for release in releases(library) if release.title == "45"]
    for number in itertools.count(1, 3):
        out = tmp_path / f"out {number}"
        edit(library, album, {"title": "Old"})
        export_all(library, out)
        edit(library, album, {"title": "45"})
        disk = FaultyDisk(fail_at=number, code=errno.EIO, forever=True)
        try:
            export_all(library, out, disk=disk)
        except TargetError:
            assert disk.failed
        export_all(library, out)
        assert tree(out) == wanted
        if not disk.failed:
            break


MINE = [b"mine", song(1, lyrics=""), song(11, album="Noch"), PNG]
FOREIGN = ["01 Song 1.mp3", "01 Song 1.lrc", "02 Song 2.flac", "cover.png", "45.m3u8", "01 Song 1 (2).mp3", "notes.txt"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=8)
@given(
    before=st.dictionaries(st.sampled_from(FOREIGN), st.sampled_from(MINE)),
    later=st.dictionaries(st.sampled_from(FOREIGN), st.sampled_from(MINE)),
    title=st.sampled_from(["45", "КИНО", "Noch"]),
    alike=st.booleans(),
)
def test_files_of_others_stay_whatever_they_are(tmp_path_factory, before, later, title, alike):
    """By name, by bytes, by both: what no export wrote, none replaces and none removes."""
    where = tmp_path_factory.mktemp("foreign")
    out, folder = where / "out", where / "out" / "Кино - 45"
    with make_library(where / "library") as library:
        import_music(library, [write(where / "Music", MUSIC)])
        export_all(library, where / "probe")
        same = tree(where / "probe" / "Кино - 45") if alike else {}
        write(folder, before | same)
        report = export_all(library, out)
        assert (report.missing, report.tracks) == ((), 5)
        wanted = tree(where / "probe" / folder.name)
        assert report.unchanged == len((before | same).items() & wanted.items())
        theirs = before | same | {name: body for name, body in later.items() if not (folder / name).exists()}
        write(folder, theirs)
        assert theirs.items() <= tree(folder).items()
        assert {song(1, lyrics=""), PNG, MUSIC["45/2.flac"], MUSIC["45/1.lrc"]} <= set(tree(folder).values())
        (album,) = [release.id for release in releases(library) if release.title == "45"]
        edit(library, album, {"title": title})
        export_all(library, out, prune=True)
        assert theirs.items() <= tree(folder).items()
        again = export_all(library, out, prune=True)
        assert (again.written, again.updated, again.removed) == (0, 0, 0)
        export(library, [], out, disk=Disk(), prune=True)
        assert tree(out) == {f"{folder.name}/{name}": body for name, body in theirs.items()}


def test_ours_beside_a_file_of_that_name_has_a_number_and_says_so(library, tmp_path):
    mine = {"Кино - Noch/11 Song 11.mp3": b"another recording"}
    write(tmp_path / "out", mine)
    report = export_all(library, tmp_path / "out")
    assert report.beside == 1
    assert "have the names of 1" in str(report.outcome(tmp_path / "out").lines[1])
    there = tree(tmp_path / "out")
    assert mine.items() <= there.items()
    assert there["Кино - Noch/11 Song 11 (2).mp3"] == MUSIC["Noch/1.mp3"]
    assert "11 Song 11 (2).mp3" in there["Кино - Noch/Noch.m3u8"].decode().splitlines()
    (tmp_path / "out" / "Кино - Noch" / "11 Song 11.mp3").unlink()
    export_all(library, tmp_path / "out")
    assert tree(tmp_path / "out").keys() == there.keys() - {"Кино - Noch/11 Song 11 (2).mp3"}, "its name is free now"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=8)
@given(rounds=st.lists(st.tuples(st.sampled_from(["album", "track"]), st.integers(0, 2)), max_size=5))
def test_where_case_makes_no_name_nothing_goes_that_was_just_written(tmp_path_factory, rounds):
    where = tmp_path_factory.mktemp("folding")
    with make_library(where / "library") as library:
        import_music(library, [write(where / "Music", MUSIC)])
        export_all(library, where / "out", disk=FoldingDisk())
        for what, place in rounds:
            release = releases(library)[place]
            if what == "track":
                track = release.tracks[0]
                edit(library, f"{release.id}/{track.position}", {"title": track.title.swapcase()})
            else:
                edit(library, release.id, {"title": release.title.swapcase(), "artist": release.artist.swapcase()})
            report = export_all(library, where / "out", disk=FoldingDisk(), prune=True)
            assert (report.missing, report.removed) == ((), 0)
            export_all(library, where / "new", disk=FoldingDisk(), prune=True)
            there = {name: (where / "out" / name).read_bytes() for name in tree(where / "new")}
            assert there == tree(where / "new")
        export(library, [], where / "out", disk=FoldingDisk(), prune=True)
        assert tree(where / "out") == {}
