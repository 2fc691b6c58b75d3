"""Tagged anew by another program and imported again: the same tracks, with every star, and no ghosts."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import mutagen
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from magnitizdat.library.library import Library
from magnitizdat.ops.albums.corrections import Edits
from magnitizdat.ops.albums.edit import edit
from magnitizdat.ops.intake.importing import import_music
from magnitizdat.ops.keep.upkeep import doctor
from magnitizdat.ops.labels import labels, publish
from magnitizdat.ops.listen import listening
from tests.fakes_audio import PNG
from tests.fakes_library import NOW, make_library
from tests.ops.music import content, only, releases, song, write

SUFFIXES = {"flac": "flac", "mp3": "mp3", "vorbis": "ogg", "opus": "opus", "aac": "m4a"}


@pytest.fixture
def library(tmp_path):
    with make_library(tmp_path / "library") as made:
        yield made


@pytest.fixture
def music(tmp_path) -> Path:
    folder = tmp_path / "Music"
    folder.mkdir()
    return folder


def retag(path: Path, **tags: str) -> None:
    file = mutagen.File(path, easy=True)
    for name, text in tags.items():
        file[name] = [text]
    file.save()


def by_metaflac(path: Path, title: str) -> None:
    subprocess.run(["metaflac", "--remove-tag=TITLE", f"--set-tag=TITLE={title}", path], check=True)


def by_kid3(path: Path, title: str) -> None:
    subprocess.run(["kid3-cli", "-c", f'set title "{title}"', path], check=True, capture_output=True)


def by_ffmpeg(path: Path, title: str) -> None:
    other = path.with_name(f"other{path.suffix}")
    place = "-metadata:s:a" if path.suffix in {".ogg", ".opus"} else "-metadata"
    command = ["ffmpeg", "-v", "error", "-y", "-i", path, "-map", "0", "-c", "copy", place, f"title={title}", other]
    subprocess.run(command, check=True)
    other.replace(path)


TOOLS = [
    *((retag, "", kind) for kind in SUFFIXES),
    (by_metaflac, "metaflac", "flac"),
    *((by_kid3, "kid3-cli", kind) for kind in SUFFIXES),
    *((by_ffmpeg, "ffmpeg", kind) for kind in SUFFIXES),
]


@pytest.mark.parametrize(("tool", "program", "kind"), TOOLS)
def test_every_star_stays_and_no_track_is_added(library, music, tool, program, kind):
    if program and not shutil.which(program):
        pytest.skip(f"{program} is not installed")
    paths = [music / f"{n}.{SUFFIXES[kind]}" for n in (1, 2)]
    import_music(library, [write(music, {path.name: song(n, kind) for n, path in enumerate(paths, 1)})])
    before = only(library)
    listening.star(library, "", "track", [track.id for track in before.tracks], now=NOW)
    for number, path in enumerate(paths, 1):
        tool(path, title=f"Corrected {number}")
    report = import_music(library, [music])
    after = only(library)
    assert (report.updated, report.imported, report.missing) == (2, 0, ())
    assert [track.id for track in after.tracks] == [track.id for track in before.tracks]
    assert [track.title for track in after.tracks] == ["Corrected 1", "Corrected 2"]
    assert len(listening.starred(library, "", "track")) == 2
    assert [content(library, track.file.sha256) for track in after.tracks] == [path.read_bytes() for path in paths]
    assert not any(library.shelf.is_complete(track.file.sha256) for track in before.tracks)
    again = import_music(library, [music])
    assert (again.unchanged, again.updated, only(library)) == (2, 0, after)
    found = doctor(library)
    assert (found.damaged, found.missing) == (0, ())


def test_an_album_has_another_name_once_all_its_tracks_say_so(library, music):
    write(music, {f"{n}.flac": song(n, "flac", album="Albmu", album_artist="Кино") for n in (1, 2, 3)})
    import_music(library, [music])
    album = only(library).id
    listening.star(library, "", "album", [album], now=NOW)
    for number in (1, 2, 3):
        retag(music / f"{number}.flac", album="Album", date="1999")
        import_music(library, [music])
        assert only(library).title == ("Album" if number == 3 else "Albmu")
    assert (only(library).id, only(library).date, len(only(library).tracks)) == (album, "1999", 3)
    assert listening.starred(library, "", "album") == [album]


def test_what_was_corrected_here_stays(library, music):
    import_music(library, [write(music, {"1.mp3": song(1, date="1982"), "2.mp3": song(2, date="1982")})])
    edit(library, only(library).id, {"title": "Forty-five"})
    edit(library, f"{only(library).id}/1", {"title": "Mine"})
    for number in (1, 2):
        retag(music / f"{number}.mp3", title=f"Theirs {number}", composer="Цой", album="46", date="1983")
    assert import_music(library, [music]).updated == 2
    album = only(library)
    assert (album.title, album.date) == ("Forty-five", "1983")
    assert [(track.title, track.composer) for track in album.tracks] == [("Mine", "Цой"), ("Theirs 2", "Цой")]
    changed = [Edits(library).changed(album, track) for track in album.tracks]
    assert ["title" in each for each in changed] == [True, False]


def test_a_copy_that_was_tagged_anew_elsewhere_counts_and_the_old_one_adds_nothing(library, music, tmp_path):
    old = write(music / "old", {f"{n}.flac": song(n, "flac", album_artist="Кино") for n in (1, 2)})
    new = shutil.copytree(old, tmp_path / "new")
    import_music(library, [old])
    for number in (1, 2):
        retag(new / f"{number}.flac", title=f"Better {number}")
    assert import_music(library, [new]).updated == 2
    after = only(library)
    assert [track.title for track in after.tracks] == ["Better 1", "Better 2"]
    for _ in range(2):
        report = import_music(library, [old, new])
        assert (report.updated, report.imported) == (0, 0)
        assert only(library) == after


def test_a_recording_on_another_album_is_a_track_there(library, music):
    import_music(library, [write(music, {"45/1.flac": song(1, "flac")})])
    best = write(music, {"Best/7.flac": song(1, "flac", album="Best", track="7")})
    assert import_music(library, [best]).imported == 1
    assert sorted((album.title, len(album.tracks)) for album in releases(library)) == [("45", 1), ("Best", 1)]


def test_what_a_label_signed_keeps_its_file_and_says_the_new_words(library, music):
    import_music(library, [write(music, {"1.flac": song(1, "flac")})])
    label = labels.own_label(library, make_as="Red Wave")[0]
    publish.publish(library, ["45"], label, now=NOW, small=False)
    signed = only(library).tracks[0].file
    retag(music / "1.flac", title="Better")
    import_music(library, [music])
    (track,) = only(library).tracks
    assert (track.file, track.title) == (signed, "Better")
    assert library.shelf.is_complete(signed.sha256)
    assert import_music(library, [music]).unchanged == 1
    assert import_music(library, [music], move=True).moved == 0
    assert (music / "1.flac").exists()


def test_the_picture_in_the_files_goes_with_them_unless_another_was_chosen(library, music):
    write(music, {f"{n}.mp3": song(n, cover=PNG + b"old") for n in (1, 2)})
    import_music(library, [music])
    write(music, {f"{n}.mp3": song(n, cover=PNG + b"new") for n in (1, 2)})
    assert import_music(library, [music]).updated == 2
    assert content(library, only(library).cover.sha256) == PNG + b"new"
    assert [track.cover for track in only(library).tracks] == [None, None]
    edit(library, only(library).id, {}, cover=write(music.parent, {"mine.png": PNG + b"mine"}) / "mine.png")
    write(music, {f"{n}.mp3": song(n, cover=PNG + b"newer") for n in (1, 2)})
    import_music(library, [music])
    assert content(library, only(library).cover.sha256) == PNG + b"mine"


@settings(deadline=None, max_examples=8, phases=[Phase.explicit, Phase.generate])
@given(
    rounds=st.lists(st.dictionaries(st.integers(1, 3), st.text("abcж", min_size=1, max_size=3), max_size=3), max_size=3)
)
def test_whatever_is_tagged_anew_and_when_the_tracks_are_the_same(tmp_path_factory, rounds):
    top = tmp_path_factory.mktemp("law")
    music = write(top / "Music", {f"{n}.flac": song(n, "flac", album_artist="Кино") for n in (1, 2, 3)})
    with make_library(top / "library") as library:
        import_music(library, [music])
        ids = _ids(library)
        titles = {n: f"Song {n}" for n in (1, 2, 3)}
        for tags in rounds:
            for number, title in tags.items():
                retag(music / f"{number}.flac", title=title)
            titles |= tags
            import_music(library, [music])
            assert _ids(library) == ids
            assert [track.title for track in only(library).tracks] == [titles[n] for n in (1, 2, 3)]
            assert import_music(library, [music]).unchanged == 3


def _ids(library: Library) -> list[str]:
    return [track.id for track in only(library).tracks]
