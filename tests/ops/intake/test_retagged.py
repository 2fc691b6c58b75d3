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
from magnitizdat.model import Track
from magnitizdat.ops.albums.contents import song_ids
from magnitizdat.ops.albums.corrections import Edits
from magnitizdat.ops.albums.edit import edit
from magnitizdat.ops.albums.undo import log, undo
from magnitizdat.ops.intake.importing import import_music
from magnitizdat.ops.intake.quarantine import Quarantine
from magnitizdat.ops.intake.retagged import SIGNED
from magnitizdat.ops.keep.upkeep import doctor
from magnitizdat.ops.labels import labels, publish
from magnitizdat.ops.listen import listening
from tests.fakes_audio import PNG, make_audio
from tests.fakes_library import NOW, make_library
from tests.ops.music import content, only, releases, song, write, zipped

SUFFIXES = {"flac": "flac", "mp3": "mp3", "vorbis": "ogg", "opus": "opus", "aac": "m4a"}


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
    assert all(library.shelf.is_complete(track.file.sha256) for track in before.tracks)  # for an undo
    again = import_music(library, [music])
    assert (again.unchanged, again.updated, only(library)) == (2, 0, after)
    found = doctor(library)
    assert (found.damaged, found.missing) == (0, ())


@pytest.mark.parametrize("which", [(1,), (2,), (3,), (1, 2), (2, 3), (1, 3), (1, 2, 3)])
def test_without_numbers_a_new_file_stands_where_the_old_one_stood(library, music, which):
    titles = {1: "Pine", 2: "Birch", 3: "Ash"}
    import_music(library, [write(music, {f"{t}.mp3": song(n, track="", title=t) for n, t in titles.items()})])
    before = only(library)
    called = song_ids(library, before.id)
    for number in which:
        retag(music / f"{titles[number]}.mp3", composer="Виктор")
    import_music(library, [music])
    for _ in range(3):
        assert [track.id for track in only(library).tracks] == [track.id for track in before.tracks]
        assert song_ids(library, before.id) == called
        assert len({track.file.sha256 for track in only(library).tracks}) == 3
        undo(library)


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


def test_a_copy_that_was_tagged_anew_elsewhere_changes_nothing_and_is_told(library, music, tmp_path):
    old = write(music / "old", {f"{n}.flac": song(n, "flac", album_artist="Кино") for n in (1, 2)})
    new = shutil.copytree(old, tmp_path / "new")
    import_music(library, [old])
    before = only(library)
    for number in (1, 2):
        retag(new / f"{number}.flac", title=f"www.example {number}")
    report = import_music(library, [new])
    assert (report.updated, report.imported, report.known, report.missing) == (0, 0, 2, ())
    assert [(each.kind, each.of) for each in report.named] == [("copy", "45")] * 2
    for _ in range(2):
        again = import_music(library, [old, new])
        assert (again.updated, again.imported, only(library)) == (0, 0, before)


@pytest.mark.parametrize("renamed", [False, True])
def test_a_folder_that_was_renamed_and_tagged_anew_is_the_album_that_it_was(library, music, renamed):
    write(
        music, {f"A/{n}.flac": song(n, "flac", album="Albmu", album_artist="Кино", composer="Цой") for n in (1, 2, 3)}
    )
    import_music(library, [music])
    before = only(library)
    (music / "A").rename(music / "Album")
    for number in (1, 2, 3):
        path = music / "Album" / f"{number}.flac"
        if renamed:
            path = path.rename(path.with_name(f"0{number} - Track.flac"))
        file = mutagen.File(path)
        del file["composer"]
        file.save()
        retag(path, title=f"Track {number}", album="Album")
    assert import_music(library, [music]).updated == 3
    after = only(library)
    assert (after.id, after.title) == (before.id, "Album")
    assert [(track.title, track.composer) for track in after.tracks] == [(f"Track {n}", "Цой") for n in (1, 2, 3)]
    assert import_music(library, [music]).unchanged == 3


@pytest.mark.parametrize("order", [["First", "Second"], ["Second", "First"], ["."]])
@pytest.mark.parametrize("tag", ["date", "musicbrainz_albumid"])
def test_a_reissue_of_the_same_sound_is_whole_whatever_came_first(library, music, order, tag):
    for folder, year, numbers in (("First", 1990, (1, 2)), ("Second", 2010, (1, 2, 3))):
        for number in numbers:
            name = f"{folder}/{number}.flac"
            write(music, {name: song(number, "flac", album="Alb", album_artist="Кино")})
            retag(music / name, **{tag: str(year) if tag == "date" else f"{year}1111-1111-1111-1111-111111111111"})
    for each in order:
        import_music(library, [music / each])
    before = releases(library)
    assert sorted(len(each.tracks) for each in before) == [2, 3]
    assert import_music(library, [music]).imported == 0
    assert releases(library) == before


def test_what_move_took_away_did_not_move_elsewhere(library, music):
    import_music(library, [write(music, {"A/1.flac": song(1, "flac")})], move=True)
    before = only(library)
    import_music(
        library, [write(music, {"B/1.flac": song(1, "flac", title="Other"), "A/1.flac": song(1, "flac", title="Else")})]
    )
    assert only(library) == before


@pytest.mark.parametrize("above", [".", "Band/Album"])
def test_other_words_count_whichever_folder_was_named(library, music, above):
    """Files without tags at first: their titles were those of their names."""
    files = [music / "Band" / "Album" / f"0{n} Song{n}.flac" for n in (1, 2)]
    write(music, {f"Band/Album/{path.name}": make_audio("flac", 0.2, tone=300.0 + n) for n, path in enumerate(files)})
    import_music(library, [music / above])
    assert [track.title for track in only(library).tracks] == ["Song1", "Song2"]
    for number, path in enumerate(files, 1):
        retag(path, title=f"New {number}", artist="The Band")
    import_music(library, [music / above])
    assert [(track.title, track.artist) for track in only(library).tracks] == [(f"New {n}", "The Band") for n in (1, 2)]


def test_undo_takes_back_what_a_file_says_anew_and_an_edit_before_it(library, music):
    import_music(library, [write(music, {f"{n}.flac": song(n, "flac", album_artist="Кино") for n in (1, 2)})])
    first = only(library)
    edit(library, f"{first.id}/1", {"title": "Mine"})
    edited = only(library)
    for number in (1, 2):
        retag(music / f"{number}.flac", composer="Цой", album="46")
    import_music(library, [music])
    tagged = only(library)
    assert [each.verb for each in log(library).commands] == ["update", "edit"]
    assert undo(library).changed
    assert only(library) == edited
    assert import_music(library, [music]).imported == 0
    assert only(library) == edited
    undo(library, 1)
    assert only(library) == first
    undo(library)
    undo(library, 3)
    assert only(library) == tagged


def test_a_cover_that_was_replaced_comes_back_though_another_album_was_tagged_anew(library, music):
    write(music, {"A/1.mp3": song(1, album="A", cover=PNG + b"old"), "B/1.mp3": song(2, album="B")})
    import_music(library, [music])
    album = next(each for each in releases(library) if each.title == "A")
    edit(library, album.id, {}, cover=write(music.parent, {"mine.png": PNG + b"mine"}) / "mine.png")
    retag(music / "B" / "1.mp3", composer="Цой")
    import_music(library, [music])
    undo(library, 1)
    assert content(library, library.shelf.release(album.id).cover.sha256) == PNG + b"old"


def test_a_recording_on_another_album_is_a_track_there(library, music):
    import_music(library, [write(music, {"45/1.flac": song(1, "flac")})])
    best = write(music, {"Best/7.flac": song(1, "flac", album="Best", track="7")})
    assert import_music(library, [best]).imported == 1
    assert sorted((album.title, len(album.tracks)) for album in releases(library)) == [("45", 1), ("Best", 1)]


def test_what_a_label_signed_keeps_its_file_and_says_the_new_words(library, music):
    import_music(library, [write(music, {"1.flac": song(1, "flac")})])
    label = labels.find_label(library, labels.create(library, "Red Wave", now=NOW)[0].imprint)
    publish.publish(library, ["45"], label, now=NOW, small=False)
    signed = only(library).tracks[0].file
    retag(music / "1.flac", title="Better")
    assert [each.reason for each in import_music(library, [music]).missing] == [SIGNED]
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


BROUGHT = st.fixed_dictionaries(
    {
        "number": st.integers(1, 3),
        "title": st.sampled_from(["Song 1", "bad [www.site.example]", ""]),
        "album": st.sampled_from(["45", "Forty-five", ""]),
        "track": st.sampled_from(["1", "2", ""]),
        "date": st.sampled_from(["1982", "2010", ""]),
        "composer": st.sampled_from(["Цой", "Nobody"]),
    }
)


@settings(deadline=None, max_examples=12, phases=[Phase.explicit, Phase.generate])
@given(brought=st.lists(BROUGHT, min_size=1, max_size=3), is_zip=st.booleans(), move=st.booleans())
def test_whatever_a_guest_or_a_zip_brings_no_track_that_is_here_changes(tmp_path_factory, brought, is_zip, move):
    top = tmp_path_factory.mktemp("law")
    music = write(top / "Music", {f"{n}.flac": song(n, "flac", date="1982", composer="Цой") for n in (1, 2)})
    files = {f"x/{place}.flac": song(kind="flac", **tags) for place, tags in enumerate(brought)}
    with make_library(top / "library") as library:
        import_music(library, [music], move=move)
        before = _tracks(library)
        if is_zip:
            import_music(library, [write(top / "Music", {"1.zip": zipped(files)}) / "1.zip"])
        else:
            quarantine = Quarantine(library)
            for name, body in files.items():
                quarantine.receive(name, [body], now=NOW, giver="Anna")
            quarantine.accept([each.arrival.id for each in quarantine.files()])
        after = _tracks(library)
        assert {key: after[key] for key in before} == before


@settings(deadline=None, max_examples=12, phases=[Phase.explicit, Phase.generate])
@given(brought=st.lists(st.tuples(st.sampled_from("AB"), BROUGHT), min_size=1, max_size=4))
def test_move_removes_only_what_stands_on_an_album(tmp_path_factory, brought):
    top = tmp_path_factory.mktemp("law")
    files = {f"{folder}/{n} x.flac": song(kind="flac", **tags) for n, (folder, tags) in enumerate(brought)}
    music = write(top / "Music", files)
    with make_library(top / "library") as library:
        report = import_music(library, [music], move=True)
        kept = {content(library, track.file.sha256) for each in releases(library) for track in each.tracks}
        left = {name for name in files if (music / name).exists()}
        assert all(name in left or body in kept for name, body in files.items())
        assert (report.moved, len(report.missing)) == (len(files) - len(left), len(left))


def _tracks(library: Library) -> dict[tuple[str, str], Track]:
    return {(each.id, track.file.sha256): track for each in releases(library) for track in each.tracks}


def _ids(library: Library) -> list[str]:
    return [track.id for track in only(library).tracks]
