"""Export: bit for bit what came in, under names that any player's file system takes; corrected tags in the copy."""

from __future__ import annotations

import errno
import io
import itertools
from pathlib import Path

import av
import mutagen
import pytest

from magnitizdat.disk.disk import Disk
from magnitizdat.errors import NoSpaceError, TargetError, UsageError
from magnitizdat.formats.age import BytesReader
from magnitizdat.ops.albums.edit import edit, merge_albums, split_album
from magnitizdat.ops.albums.ids import track_numbers
from magnitizdat.ops.albums.undo import undo_on
from magnitizdat.ops.give import tree as tree_module
from magnitizdat.ops.give.export import ExportReport, export
from magnitizdat.ops.intake.importing import import_music
from magnitizdat.workers.pool import ParserPool
from magnitizdat.workers.retag import retag
from magnitizdat.workers.values import Parsed, Tags
from tests.fakes import FaultyDisk
from tests.fakes_audio import KINDS, PNG
from tests.fakes_library import make_library, put_album, rows
from tests.fakes_tags import full_audio
from tests.ops.music import old_song, only, releases, song, write

AUDIO = {".flac", ".mp3", ".ogg", ".opus", ".m4a", ".wav", ".aiff", ".wv", ".oga"}


@pytest.fixture
def library(tmp_path):
    with make_library(tmp_path / "library") as made:
        yield made


@pytest.fixture
def music(tmp_path) -> Path:
    return tmp_path / "Music"


@pytest.fixture
def out(tmp_path) -> Path:
    return tmp_path / "out"


def export_all(library, destination: Path, *, disk: Disk | None = None, **options) -> ExportReport:
    return export(library, list(library.shelf.albums()), destination, disk=disk or Disk(), **options)


def audio_files(folder: Path) -> dict[str, bytes]:
    found = sorted(path for path in folder.rglob("*") if path.suffix in AUDIO)
    return {path.name: path.read_bytes() for path in found}


def parse(*contents: bytes) -> list[Parsed]:
    with ParserPool() as pool:
        found = [parsed for _, parsed in pool.parse((n, BytesReader(each), "") for n, each in enumerate(contents))]
    assert all(isinstance(each, Parsed) for each in found)
    return found  # type: ignore[return-value]


def test_what_came_in_goes_out_bit_for_bit(library, music, out):
    originals = {f"{n}.x": song(n, kind) for n, kind in enumerate(KINDS, 1)}
    import_music(library, [write(music, originals)])
    report = export_all(library, out)
    assert (report.tracks, report.missing) == (len(releases(library)[0].tracks), ())
    assert set(audio_files(out).values()) <= set(originals.values())
    assert len(audio_files(out)) == report.tracks
    assert len({Path(name).stem for name in audio_files(out)}) == report.tracks


def test_an_album_that_came_in_pieces_goes_out_bit_for_bit(library, music, out):
    """Discs in two folders, a second import with a cover: nobody edited anything, so nothing is retagged."""
    files = {
        f"45/CD{disc}/{n}.flac": song(10 * disc + n, "flac", track=str(n), disc=str(disc))
        for disc in (1, 2)
        for n in (1, 2)
    }
    import_music(library, [write(music, files)])
    later = {"45/CD1/3.flac": song(13, "flac", track="3", disc="1", artist="Гость"), "45/CD1/cover.png": PNG}
    import_music(library, [write(music, later)])
    export_all(library, out)
    assert sorted(audio_files(out).values()) == sorted([*files.values(), later["45/CD1/3.flac"]])


def test_names_playlists_covers_and_words(library, music, out):
    files = {"45/1.mp3": song(1), "45/2.mp3": song(2), "45/1.lrc": b"[00:01.00]la", "45/cover.png": PNG}
    import_music(library, [write(music, files)])
    edit(library, only(library).id, {"date": "1982"})
    export_all(library, out)
    folder = out / "Кино - 45 (1982)"
    assert {path.name for path in folder.iterdir()} == {
        "01 Song 1.mp3",
        "01 Song 1.lrc",
        "02 Song 2.mp3",
        "cover.png",
        "45.m3u8",
    }
    assert (folder / "cover.png").read_bytes() == PNG
    lines = (folder / "45.m3u8").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "#EXTM3U"
    assert [line for line in lines if not line.startswith("#")] == ["01 Song 1.mp3", "02 Song 2.mp3"]


def test_track_0_goes_out_first_and_none_goes_out_without_a_number(library, music, out):
    files = {"45/a.flac": song(1, "flac", track="0"), "45/b.flac": song(2, "flac", track="1")}
    files["45/c.flac"] = song(3, "flac", track="")
    import_music(library, [write(music, files)])
    export_all(library, out)
    assert set(audio_files(out)) == {"00 Song 1.flac", "01 Song 2.flac", "Song 3.flac"}
    assert set(audio_files(out).values()) == set(files.values())
    assert next(iter(only(library).tracks)).title == "Song 1"


def test_a_playlist_stays_one_line_a_thing(library, music, out):
    import_music(library, [write(music, {"1.mp3": song(1, title="A\nrm -rf", artist="x\r#EXTINF:")})])
    export_all(library, out)
    (playlist,) = out.rglob("*.m3u8")
    assert len(playlist.read_text(encoding="utf-8").splitlines()) == 3


HOSTILE = [
    "CON",
    "a/b\\c",
    "../../up",
    "x" * 400,
    "dots...",
    "Ж" * 200,
    '<>:"|?*',
    "\u202egpj",
    "café",
    "cafe\u0301",
    "CAFÉ",
    "-rf",
    ".x",
]


def test_hostile_names_become_portable_ones(library, music, out):
    files = {f"{n}.mp3": song(n, title=name, track="1", album="45") for n, name in enumerate(HOSTILE, 1)}
    import_music(library, [write(music, {f"45/{name}": each for name, each in files.items()})])
    edit(library, only(library).id, {"title": "../..", "artist": "NUL"})
    report = export_all(library, out)
    assert report.tracks == len(HOSTILE)
    written = [path for path in out.rglob("*") if path.is_file()]
    assert len([path for path in written if path.suffix == ".mp3"]) == len(HOSTILE)
    assert {path.parent.parent for path in written} == {out}
    names = [path.name for path in written] + [path.parent.name for path in written]
    assert all(len(name.encode()) <= 255 and not set(name) & set('<>:"|?*\\/\n') for name in names)
    folded = [path.name.casefold() for path in written]
    assert len(set(folded)) == len(folded)


def test_two_albums_of_one_name_get_two_folders(library, music, out):
    files = {"A/1.mp3": song(1, album="Hits", artist="X"), "B/1.mp3": song(2, album="More Hits", artist="X")}
    import_music(library, [write(music, files)])
    edit(library, "More Hits", {"title": "Hits"})
    assert export_all(library, out).albums == 2
    assert len([path for path in out.iterdir() if path.is_dir()]) == 2


def test_corrected_tags_stand_in_the_copy_and_the_music_stays(library, music, out):
    kinds = [kind for kind in KINDS if kind != "wavpack"]
    originals = [song(n, kind) for n, kind in enumerate(kinds, 1)]
    import_music(library, [write(music, {f"{n}.x": each for n, each in enumerate(originals)})])
    before = [track.id for track in only(library).tracks]
    edit(library, only(library).id, {"title": "Сорок пять", "artist": "Виктор"})
    export_all(library, out)
    copies = parse(*audio_files(out).values())
    assert [copy.track_id for copy in copies] == before
    assert {(copy.tags.album, copy.tags.album_artist) for copy in copies} == {("Сорок пять", "Виктор")}


def test_one_corrected_track_leaves_the_others_alone(library, music, out):
    originals = [song(n) for n in (1, 2)]
    import_music(library, [write(music, {f"{n}.mp3": each for n, each in enumerate(originals)})])
    edit(library, f"{only(library).id}/1", {"title": "Электричка"})
    export_all(library, out)
    first, second = audio_files(out).values()
    assert parse(first)[0].tags.title == "Электричка"
    assert parse(first)[0].track_id == parse(originals[0])[0].track_id
    assert second == originals[1]


@pytest.mark.parametrize("kind", ["flac", "mp3-2.3", "mp3-2.4", "aac", "opus", "wav-info"])
def test_only_what_was_corrected_differs_in_the_copy(library, music, out, kind):
    """No field is added that a library has and the file has not, and none is lost that only the file has."""
    original = full_audio(kind)
    import_music(library, [write(music, {"Al/1": original, "Al/2": song(2, "mp3", album="Al", track="4")})])
    album = next(each for each in releases(library) if any(track.title == "Wrnog" for track in each.tracks))
    number = 1 + [track.title for track in album.tracks].index("Wrnog")
    edit(library, f"{album.id}/{track_numbers(album)[number - 1]}", {"title": "Right"})
    export_all(library, out)
    copies = [each for each in audio_files(out).values() if parse(each)[0].tags.title == "Right"]
    assert copies == [retag(original, Tags(title="Right"), {"title"})]


def test_an_edit_that_was_taken_back_changes_nothing(library, music, out):
    import_music(library, [write(music, {"1.mp3": song(1)})])
    edit(library, only(library).id, {"title": "Wrong"})
    undo_on(library, only(library).id)
    export_all(library, out)
    assert list(audio_files(out).values()) == [song(1)]


def test_tracks_of_a_merged_or_split_album_say_so(library, music, out):
    import_music(
        library,
        [write(music, {"A/1.mp3": song(1, album="A"), "B/1.mp3": song(2, album="B"), "B/2.mp3": song(3, album="B")})],
    )
    one, other = releases(library)
    merge_albums(library, one.id, [other.id])
    export_all(library, out)
    assert {each.tags.album for each in parse(*audio_files(out).values())} == {only(library).title}
    split_album(library, [f"{only(library).id}/2"], "Новый")
    export_all(library, out / "again")
    assert {each.tags.album for each in parse(*audio_files(out / "again").values())} == {"A", "Новый"}


def test_repaired_names_stand_in_the_copy(library, music, out):
    import_music(library, [write(music, {"1.mp3": old_song(1)})])
    export_all(library, out)
    (copy,) = audio_files(out).values()
    file = mutagen.File(io.BytesIO(copy))
    assert str(file.tags["TALB"]) == "Звезда по имени Солнце"
    assert parse(copy)[0].track_id == parse(old_song(1))[0].track_id


@pytest.mark.parametrize(("kind", "codec"), [("opus-128", "opus"), ("mp3", "mp3")])
def test_a_tree_for_the_phone(library, music, out, kind, codec):
    import_music(library, [write(music, {"1.flac": song(1, "flac"), "2.wav": song(2, "wav"), "cover.png": PNG})])
    report = export_all(library, out, for_phone=kind)
    assert (report.tracks, report.small, report.missing) == (2, 2, ())
    files = audio_files(out)
    assert {Path(name).suffix for name in files} == {f".{codec}"}
    for number, (name, each) in enumerate(files.items(), 1):
        (parsed,) = parse(each)
        assert (parsed.codec, parsed.tags.title, parsed.tags.track) == (codec, f"Song {number}", number)
        assert (parsed.tags.album, parsed.tags.artist) == ("45", "Кино")
        with av.open(io.BytesIO(each)) as opened:
            assert abs(opened.duration / 1e6 - 0.2) < 0.08, name


@pytest.mark.parametrize(
    "case",
    [
        (("opus", "opus"), 0, "Small files would be no shorter than these"),
        (("opus", "wav"), 1, "Small files for a phone: 1 of 2;"),
        (("wav", "wav"), 2, ""),
    ],
)
def test_what_would_be_no_shorter_for_the_phone_is_told(library, music, out, monkeypatch, case):
    kinds, small, said = case
    monkeypatch.setitem(tree_module.BYTES_A_SECOND, "opus-128", 50_000)  # a fifth of a second of Opus is shorter
    files = {f"{number}.{kind}": song(number, kind) for number, kind in enumerate(kinds, 1)}
    import_music(library, [write(music, files)])
    for _ in range(2):  # also where all of it stands there already
        report = export_all(library, out, for_phone="opus-128")
        assert (report.tracks, report.small) == (2, small)
        lines = [line for line in report.outcome(out).lines if line.startswith("Small files")]
        assert [line.startswith(said) for line in lines] == [True] * bool(said)
    assert not [line for line in export_all(library, out / "plain").outcome(out).lines if "mall" in line]


def test_a_second_export_writes_nothing_again(library, music, out):
    import_music(library, [write(music, {"1.mp3": song(1), "2.flac": song(2, "flac")})])
    export_all(library, out)
    stamps = {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.suffix in AUDIO}
    report = export_all(library, out)
    assert report.already == 2
    assert {path: path.stat().st_mtime_ns for path in stamps} == stamps
    (out / "Кино - 45" / "01 Song 1.mp3").write_bytes(b"hurt")
    assert export_all(library, out).already == 1
    assert audio_files(out)["01 Song 1.mp3"] == song(1)


def test_what_is_hurt_in_the_vault_is_listed_and_the_rest_goes_out(library, music, out):
    import_music(library, [write(music, {f"{n}.wav": song(n, "wav", title=f"S{n}") for n in (1, 2, 3)})])
    track = only(library).tracks[0]
    with library.index.transaction():
        rows(library, "DELETE FROM piece WHERE blob = ?", (bytes.fromhex(track.file.sha256),))
    report = export_all(library, out)
    assert report.tracks == 2
    assert [each.what for each in report.missing] == [f"45: {track.title}"]
    assert len(audio_files(out)) == 2


def test_a_file_where_the_folder_should_be(library, music, tmp_path):
    import_music(library, [write(music, {"1.mp3": song(1)})])
    (tmp_path / "out").write_bytes(b"precious")
    with pytest.raises(UsageError, match="name a folder"):
        export_all(library, tmp_path / "out")
    assert (tmp_path / "out").read_bytes() == b"precious"


def test_a_link_in_the_way_stays_and_is_not_followed(library, music, out, tmp_path):
    import_music(library, [write(music, {"1.mp3": song(1)})])
    precious = write(tmp_path, {"precious": b"precious"}) / "precious"
    (out / "Кино - 45").mkdir(parents=True)
    (out / "Кино - 45" / "01 Song 1.mp3").symlink_to(precious)
    export_all(library, out)
    assert precious.read_bytes() == b"precious"
    assert (out / "Кино - 45" / "01 Song 1.mp3").readlink() == precious
    assert (out / "Кино - 45" / "01 Song 1 (2).mp3").read_bytes() == song(1)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EIO, errno.ENODEV, errno.ENOENT])
def test_a_target_that_fails_at_any_write_leaves_no_half_files(library, music, tmp_path, code):
    import_music(library, [write(music, {"1.mp3": song(1), "2.mp3": song(2), "cover.png": PNG})])
    said: list[Exception] = []
    for number in itertools.count(1):
        disk = FaultyDisk(fail_at=number, code=code, forever=True)
        out = tmp_path / f"out {number}"
        try:
            export_all(library, out, disk=disk)
        except (NoSpaceError, TargetError) as exc:
            said.append(exc)
        assert set(audio_files(out).values()) <= {song(1), song(2)}
        if not disk.failed:
            break
    assert len(said) > 10
    assert {type(each) for each in said} == {NoSpaceError if code == errno.ENOSPC else TargetError}
    assert not [each for each in said if "\n" in str(each)]
    export_all(library, tmp_path / "out 9")
    assert list(audio_files(tmp_path / "out 9").values()) == [song(1), song(2)]
    assert not list((tmp_path / "out 9").rglob("*.new"))


def test_tags_that_cannot_be_written_leave_the_music_as_it_was(library, music, out, monkeypatch):
    import_music(library, [write(music, {"1.mp3": song(1), "2.mp3": song(2)})])
    edit(library, only(library).id, {"title": "Anders"})
    monkeypatch.setattr(tree_module, "WHOLE_LIMIT", 1)
    report = export_all(library, out)
    assert list(audio_files(out).values()) == [song(1), song(2)]
    assert len(report.missing) == 2
    assert "old ones" in report.missing[0].reason


def test_a_full_disk_says_how_much_is_there(tmp_path, monkeypatch):
    with make_library(tmp_path / "library") as library:
        put_album(library)
        write_new, written = Disk.write_new, []

        def fills_up(disk, path, chunks):
            if written:
                raise NoSpaceError(f"no space is left in {path.parent}")
            written.append(path)
            return write_new(disk, path, chunks)

        albums = list(library.shelf.albums())
        with monkeypatch.context() as full:
            full.setattr(Disk, "write_new", fills_up)
            with pytest.raises(NoSpaceError, match=r"only a part of it is there \(tracks, each of them whole: 1\)"):
                export(library, albums, tmp_path / "plain", disk=Disk())
        left = [path for path in (tmp_path / "plain").rglob("*") if path.is_file()]
        assert [path.stat().st_size for path in left] == [2_500_000]
        assert export(library, albums, tmp_path / "plain", disk=Disk()).already == 1
