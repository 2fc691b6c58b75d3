"""Disc images and their cue sheets: the tracks have the image's samples, and the image goes out as it came in."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import mutagen.flac
import mutagen.wavpack
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from magnitizdat.disk.disk import Disk
from magnitizdat.disk.space import Space
from magnitizdat.errors import NoSpaceError, UsageError
from magnitizdat.formats.drawing import Drawing, png
from magnitizdat.library.library import Library
from magnitizdat.model import Gain
from magnitizdat.ops.albums import edit as editing
from magnitizdat.ops.dub.from_spool import dub
from magnitizdat.ops.give import images
from magnitizdat.ops.give.export import export
from magnitizdat.ops.give.images import export_images
from magnitizdat.ops.intake import sheets
from magnitizdat.ops.intake.importing import import_music
from magnitizdat.ops.intake.scan import ScannedFile
from magnitizdat.ops.intake.sheets import Sheets
from magnitizdat.ops.keep.rebuild import rebuild
from magnitizdat.ops.labels import publish
from magnitizdat.ops.places.spool import FolderSpool
from tests.fakes_audio import RATE, make_audio
from tests.fakes_library import NOW, make_library
from tests.fakes_spool import new_label, write_spool
from tests.workers.test_cutting import samples_of

TITLES = ("Перекур", "Время есть, а денег нет", "Просто хочешь ты знать")
STARTS = ("00:00:00", "00:01:40", "00:03:10")
AT = (0, round(RATE * (1 + 40 / 75)), round(RATE * (3 + 10 / 75)), 5 * RATE)
FLAC = make_audio("flac", 5.0)


def sheet_of(file="image.flac", *, titles=TITLES, starts=STARTS, performer="Кино", title="45", rem=""):
    lines = [f'PERFORMER "{performer}"', f'TITLE "{title}"', rem, f'FILE "{file}" WAVE']
    for number, (name, start) in enumerate(zip(titles, starts, strict=True), 1):
        lines += [f"  TRACK {number:02} AUDIO", f'    TITLE "{name}"', f"    INDEX 01 {start}"]
    return "\r\n".join(lines) + "\r\n"


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "music" / "45"
    path.mkdir(parents=True)
    return path


def taken_in(library, folder):
    """The report, and all albums."""
    report = import_music(library, [folder])
    return report, [library.shelf.release(view.id) for view in library.shelf.albums()]


class SheetFile:
    """A sheet as import reads it."""

    def __init__(self, text):
        self._content = text.encode()
        self.length = len(self._content)

    def read_at(self, offset, length):
        return self._content[offset : offset + length]

    def close(self):
        pass


def heard(library, track, form="s16"):
    return samples_of(b"".join(library.blob(track.file.sha256).pieces()), form)


def exported_images(library, destination):
    report = export_images(library, list(library.shelf.albums()), destination, disk=Disk())
    assert not report.missing
    return {path.name: path.read_bytes() for path in destination.rglob("*") if path.is_file()}


@pytest.mark.parametrize("kind", ["flac", "wav", "wavpack", "aiff", "alac"])
def test_an_image_becomes_its_tracks_and_goes_out_as_it_came(library, folder, tmp_path, kind):
    suffix = {"flac": "flac", "wav": "wav", "wavpack": "wv", "aiff": "aiff", "alac": "m4a"}[kind]
    image, sheet = make_audio(kind, 5.0), sheet_of(f"image.{suffix}", rem="REM DATE 1982").encode("cp1251")
    (folder / f"image.{suffix}").write_bytes(image)
    (folder / "image.cue").write_bytes(sheet)
    report, (release,) = taken_in(library, folder)
    assert (report.imported, report.further, report.beside, report.missing) == (1, 2, 1, ())
    assert (release.title, release.artist, release.date) == ("45", "Кино", "1982")
    assert [(track.title, track.position) for track in release.tracks] == list(zip(TITLES, (1, 2, 3), strict=True))
    whole = samples_of(image)
    for track, start, end in zip(release.tracks, AT[:-1], AT[1:], strict=True):
        assert heard(library, track) == whole[4 * start : 4 * end]
        assert track.duration_s == pytest.approx((end - start) / RATE, abs=1e-6)
        assert (track.file.media_type == "audio/wav") == (kind == "wav")
    assert exported_images(library, tmp_path / "out") == {f"image.{suffix}": image, "image.cue": sheet}


def test_again_it_is_known(library, folder):
    (folder / "image.flac").write_bytes(FLAC)
    (folder / "image.cue").write_text(sheet_of(), encoding="utf-8")
    taken_in(library, folder)
    before = library.shelf.release(next(library.shelf.albums()).id)
    assert taken_in(library, folder)[0].unchanged >= 1
    (folder / "copy.flac").write_bytes(FLAC)
    (folder / "copy.cue").write_text(sheet_of("copy.flac"), encoding="utf-8")
    report, (release,) = taken_in(library, folder)
    assert (report.imported, report.known) == (0, 1)
    assert release == before


@pytest.mark.parametrize(
    ("file", "image", "cue"),
    [
        ("CDImage.wav", "cdimage.FLAC", "album.cue"),
        ("C:\\rips\\Kino - 45.wav", "Kino - 45.flac", "x.cue"),
        ("Range.wav", "45.flac", "45.cue"),
        ("Range.wav", "45.flac", "45.flac.cue"),
        ("Range.wav", "anything.flac", "other.CUE"),
    ],
)
def test_a_sheet_finds_its_image(library, folder, file, image, cue):
    (folder / image).write_bytes(FLAC)
    (folder / cue).write_text(sheet_of(file), encoding="utf-16")
    assert len(taken_in(library, folder)[1][0].tracks) == 3


@pytest.mark.parametrize("most", ["MOST_LENGTH", "MOST_NAMES"])
def test_too_many_sheets_are_told(library, folder, monkeypatch, most):
    for name in ("a", "b", "c"):
        (folder / f"{name}.flac").write_bytes(make_audio("flac", 5.0, tone=ord(name) * 3.0))
        sheet = sheet_of(f"{name}.flac", title=name)
        (folder / f"{name}.cue").write_text(sheet, encoding="utf-8")
    monkeypatch.setattr(sheets, most, 1 if most == "MOST_NAMES" else 2 * len(sheet.encode()))
    report, releases = taken_in(library, folder)
    assert [(each.what, "too many" in str(each.reason)) for each in report.missing] == [("45/c.cue", True)]
    assert sorted(len(release.images) for release in releases) in ([1, 1], [0, 1, 1])
    assert sum(len(release.tracks) for release in releases) == 7


def test_each_of_many_files_has_its_own_sheet():
    files = [ScannedFile(Path(f"/x/{n}.{end}"), f"x/{n}.{end}", 1, 0) for n in range(300) for end in ("ape", "cue")]
    found = Sheets(files, lambda each: SheetFile(sheet_of("wrong.wav", title=each.path.stem)))
    assert [found.beside(music).cue.title for music in files[::2]] == [str(number) for number in range(300)]
    exact = Sheets(files[:4], lambda each: SheetFile(sheet_of("1.ape", title=each.path.stem)))
    assert [exact.beside(music).cue.title for music in files[:4:2]] == ["0", "0"]


def test_a_sheet_inside_counts_where_none_is_beside(library, folder, tmp_path):
    opened = mutagen.flac.FLAC(io.BytesIO(FLAC))
    opened["cuesheet"], opened["album"], opened["genre"] = sheet_of(title=""), "Сорок пять", "Rock"
    (folder / "image.flac").write_bytes(FLAC)
    opened.save(folder / "image.flac")
    _, (release,) = taken_in(library, folder)
    assert [track.title for track in release.tracks] == list(TITLES)
    assert (release.title, release.artist, release.genres) == ("Сорок пять", "Кино", ("Rock",))
    assert exported_images(library, tmp_path / "out") == {"image.flac": (folder / "image.flac").read_bytes()}


def test_all_that_a_sheet_says_reaches_the_tracks(library, folder):
    (folder / "image.flac").write_bytes(FLAC)
    (folder / "image.cue").write_text(
        'REM GENRE "New Wave"\nREM DATE 1982\nREM DISCNUMBER 2\nREM REPLAYGAIN_ALBUM_GAIN -7.5 dB\nPERFORMER Разные\n'
        "TITLE Сборник\nFILE image.flac WAVE\nTRACK 01 AUDIO\nPERFORMER Кино\nSONGWRITER Цой\nISRC RUA018200001\n"
        "REM REPLAYGAIN_TRACK_GAIN -6 dB\nINDEX 01 00:00:00\nTRACK 02 AUDIO\nTITLE Вторая\nPERFORMER Зоопарк\n"
        "INDEX 00 00:01:00\nINDEX 01 00:02:00\n",
        encoding="utf-8",
    )
    _, (release,) = taken_in(library, folder)
    first, second = release.tracks
    assert (first.title, first.artist, first.composer, first.isrc) == ("Track 1", "Кино", "Цой", "RUA018200001")
    assert (first.disc, first.genres, first.gain.gain_db) == (2, ("New Wave",), -6)
    assert (second.title, second.artist, second.album_gain) == ("Вторая", "Зоопарк", Gain(gain_db=-7.5))
    assert first.duration_s == 2  # the pause is of the track before it
    assert release.date == "1982"


def test_what_is_hidden_before_the_first_track_is_track_0(library, folder):
    (folder / "image.flac").write_bytes(make_audio("flac", 9.0))
    (folder / "image.cue").write_text(sheet_of(starts=("00:05:00", "00:06:00", "00:07:00")), encoding="utf-8")
    _, (release,) = taken_in(library, folder)
    assert [(track.position, track.pregap, track.title) for track in release.tracks[:2]] == [
        (0, True, "[untitled]"),
        (1, False, TITLES[0]),
    ]
    assert [track.duration_s for track in release.tracks] == [5, 1, 1, 2]


def test_two_discs_in_one_folder_are_one_album(library, folder):
    for disc in (1, 2):
        (folder / f"CD{disc}.flac").write_bytes(make_audio("flac", 5.0, tone=300.0 * disc))
        sheet = sheet_of(f"CD{disc}.wav", title=f"Концерт (Disc {disc})", titles=[f"{disc}{name}" for name in TITLES])
        (folder / f"CD{disc}.cue").write_text(sheet, encoding="utf-8")
    _, (release,) = taken_in(library, folder)
    assert release.title == "Концерт"
    assert [(track.disc, track.position) for track in release.tracks] == [(d, n) for d in (1, 2) for n in (1, 2, 3)]
    assert [image.name for image in release.images] == ["CD1.flac", "CD2.flac"]


def test_a_sheet_of_several_images(library, folder):
    for side, tone in (("a", 300.0), ("b", 500.0)):
        (folder / f"{side}.wav").write_bytes(make_audio("wav", 4.0, tone=tone))
    lines = ['PERFORMER "X"', 'TITLE "Two sides"']
    for side, first in (("a", 1), ("b", 3)):
        lines += [f'FILE "{side}.wav" WAVE', f"TRACK {first} AUDIO", "INDEX 01 00:00:00"]
        lines += [f"TRACK {first + 1} AUDIO", "INDEX 01 00:02:00"]
    (folder / "x.cue").write_text("\n".join(lines), encoding="utf-8")
    _, (release,) = taken_in(library, folder)
    assert [track.position for track in release.tracks] == [1, 2, 3, 4]
    assert len(release.images) == 2


def test_a_sheet_of_one_track_a_file_only_names_them(library, folder):
    lines = ['PERFORMER "Кино"', 'TITLE "Сорок пять"']
    for number, title in enumerate(TITLES, 1):
        (folder / f"{number:02}.wav").write_bytes(make_audio("wav", 1.0, tone=200.0 * number))
        lines += [f'FILE "{number:02}.wav" WAVE', f"TRACK {number} AUDIO", f'TITLE "{title}"', "INDEX 01 00:00:00"]
    (folder / "45.cue").write_text("\n".join(lines), encoding="utf-8")
    report, (release,) = taken_in(library, folder)
    assert (report.imported, release.images) == (3, ())
    assert [(track.title, track.artist) for track in release.tracks] == [(title, "Кино") for title in TITLES]
    assert (release.title, release.artist) == ("Сорок пять", "Кино")
    assert {bytes(b"".join(library.blob(track.file.sha256).pieces())) for track in release.tracks} == {
        path.read_bytes() for path in folder.glob("*.wav")
    }


def test_what_tags_say_themselves_stays(library, folder):
    (folder / "01.flac").write_bytes(make_audio("flac", 1.0, {"title": "Own", "artist": "Own", "album": "Own"}))
    (folder / "x.cue").write_text(sheet_of("01.flac", titles=["Other"], starts=["00:00:00"]), encoding="utf-8")
    _, (release,) = taken_in(library, folder)
    assert (release.title, release.tracks[0].title, release.tracks[0].artist) == ("Own", "Own", "Own")


@pytest.mark.parametrize("kind", ["mp3", "vorbis", "opus", "aac"])
def test_what_would_lose_stays_whole_with_chapters(library, folder, kind):
    suffix = {"mp3": "mp3", "vorbis": "ogg", "opus": "opus", "aac": "m4a"}[kind]
    (folder / f"mix.{suffix}").write_bytes(make_audio(kind, 5.0))
    (folder / "mix.cue").write_text(sheet_of(f"mix.{suffix}"), encoding="utf-8")
    _, (release,) = taken_in(library, folder)
    (track,) = release.tracks
    assert [(chapter.title, chapter.start_s) for chapter in track.chapters] == [
        (title, pytest.approx(at / RATE, abs=1e-6)) for title, at in zip(TITLES, AT[:-1], strict=True)
    ]
    assert (track.title, track.artist, release.images) == ("45", "Кино", ())


@pytest.mark.parametrize(
    ("sheet", "said"),
    [
        (sheet_of(starts=("00:00:00", "00:01:00", "00:09:00")), "track 3 begin"),
        (sheet_of(starts=("00:00:00", "00:01:00", "00:01:00")), "track 3 does not begin after"),
        ("TITLE x\n", "names no file"),
        ("", "names no file"),
    ],
)
def test_a_wrong_sheet_is_told_and_costs_no_music(library, folder, sheet, said):
    (folder / "image.flac").write_bytes(FLAC)
    (folder / "image.cue").write_text(sheet, encoding="utf-8")
    report, (release,) = taken_in(library, folder)
    assert [said in str(missing.reason) for missing in report.missing] == [True]
    assert [b"".join(library.blob(track.file.sha256).pieces()) for track in release.tracks] == [FLAC]


def test_tracks_closer_than_a_sample_stop_nothing(library, folder):
    slow = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 996, b"WAVE", b"fmt ", 16, 1, 1, 8, 16, 2, 16, b"data", 960)
    (folder / "slow.wav").write_bytes(slow + bytes(range(240)) * 4)
    sheet = sheet_of("slow.wav", starts=("00:00:00", "00:00:01", "00:00:02"))
    (folder / "slow.cue").write_text(sheet, encoding="utf-8")
    (folder.parent / "01.flac").write_bytes(make_audio("flac", 1.0, {"title": "After", "album": "Z"}))
    report, releases = taken_in(library, folder.parent)
    assert ["no music for track 1" in str(missing.reason) for missing in report.missing] == [True]
    assert sorted(track.title for release in releases for track in release.tracks) == ["After", "slow"]


def test_a_cover_that_comes_later_is_taken_along(library, folder):
    imported_image(library, folder)
    (folder / "cover.png").write_bytes(png(Drawing("c2211c", ()), 64))
    report, (release,) = taken_in(library, folder)
    assert (report.covers, report.imported) == (1, 0)
    assert release.cover is not None


def retag(path, title):
    tagged = mutagen.flac.FLAC(path)
    tagged["comment"] = title
    tagged.save()


def test_an_image_with_other_tags_is_cut_no_more(library, folder):
    release = imported_image(library, folder)
    editing.edit(library, f"{release.id}/1", {"title": "Mine"})
    retag(folder / "image.flac", "other")
    for again in (folder / "image.flac", folder / "moved.flac"):
        (folder / "image.flac").rename(again)
        (folder / "image.cue").write_text(sheet_of(again.name), encoding="utf-8")
        report, (after,) = taken_in(library, folder)
        assert (report.imported, report.known) == (0, 1)
        assert [track.title for track in after.tracks] == ["Mine", *TITLES[1:]]
        assert after.images == release.images


def test_an_image_of_which_other_bytes_are_kept_is_not_moved(library, folder):
    imported_image(library, folder)
    retag(folder / "image.flac", "other")
    report = import_music(library, [folder], move=True)
    assert (report.imported, report.known, report.moved) == (0, 1, 0)
    assert (folder / "image.flac").exists()


@pytest.mark.parametrize("touch", [False, True])
def test_a_sheet_that_was_corrected_is_told(library, folder, touch):
    release = imported_image(library, folder)
    (folder / "image.cue").write_text(sheet_of(), encoding="utf-16")
    assert taken_in(library, folder)[0].missing == ()  # it says the same
    (folder / "image.cue").write_text(sheet_of(titles=("One", "Two", "Three")), encoding="utf-8")
    if touch:
        retag(folder / "image.flac", "other")
    report, (after,) = taken_in(library, folder)
    assert [(each.what, "otherwise" in str(each.reason)) for each in report.missing] == [("45/image.flac", True)]
    assert after == release


def test_every_name_ends_in_one_way(library, folder):
    (folder / "image.flac").write_bytes(FLAC)
    (folder / "image.cue").write_text(sheet_of(), encoding="utf-8")
    (folder / "wrong.cue").write_text("TITLE x", encoding="utf-8")
    report, _ = taken_in(library, folder)
    assert (report.met, report.imported, report.beside, report.left_out) == (3, 1, 1, 1)
    assert [missing.what for missing in report.missing] == ["45/wrong.cue"]
    again, _ = taken_in(library, folder)
    assert (again.met, again.unchanged, again.beside, again.missing) == (3, 1, 1, report.missing)


def test_a_torn_image_stays_whole(library, folder):
    (folder / "image.flac").write_bytes(FLAC[: len(FLAC) * 3 // 4])
    (folder / "image.cue").write_text(sheet_of(), encoding="utf-8")
    report, (release,) = taken_in(library, folder)
    assert len(release.tracks) in {1, 3}
    assert report.missing or len(release.tracks) == 3


@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(starts=st.lists(st.integers(0, 5 * 75 - 1), min_size=2, max_size=6, unique=True).map(sorted))
def test_no_sample_is_lost_whatever_the_sheet_says(tmp_path_factory, starts):
    root = tmp_path_factory.mktemp("law")
    folder = root / "45"
    folder.mkdir()
    times = [f"00:{start // 75:02}:{start % 75:02}" for start in starts]
    (folder / "image.flac").write_bytes(FLAC)
    (folder / "image.cue").write_text(sheet_of(titles=["x"] * len(times), starts=times), encoding="utf-8")
    with make_library(root / "library") as library:
        _, (release,) = taken_in(library, folder)
        joined = b"".join(heard(library, track) for track in release.tracks)
        assert joined == samples_of(FLAC)[4 * (0 if starts[0] > 300 else starts[0] * RATE // 75) :]
        assert exported_images(library, root / "out")["image.flac"] == FLAC


def imported_image(library, folder):
    (folder / "image.flac").write_bytes(FLAC)
    (folder / "image.cue").write_text(sheet_of(), encoding="utf-8")
    return taken_in(library, folder)[1][0]


def test_labels_sign_tracks_and_not_their_image(library, folder, tmp_path):
    release = imported_image(library, folder)
    label = new_label(library)
    publish.publish(library, [release.id], label, now=NOW, small=False)
    write_spool(library, tmp_path / "spool")
    with make_library(tmp_path / "friend") as friend:
        dub(friend, FolderSpool(tmp_path / "spool"), now=NOW)
        (view,) = friend.shelf.albums()
        assert friend.shelf.release(view.id).tracks == release.tracks
        assert friend.shelf.release(view.id).images == ()
        assert not friend.shelf.is_complete(release.images[0].file.sha256)
    assert library.shelf.release(release.id).images == release.images


def test_a_track_that_went_out_is_the_same_track_when_it_comes_in(library, folder, tmp_path):
    release = imported_image(library, folder)
    export(library, list(library.shelf.albums()), tmp_path / "plain", disk=Disk())
    with make_library(tmp_path / "other") as other:
        _, (again,) = taken_in(other, tmp_path / "plain")
    assert [(track.id, track.title) for track in again.tracks] == [(track.id, track.title) for track in release.tracks]
    assert (again.title, again.artist) == (release.title, release.artist)


def test_the_image_lives_as_long_as_its_album(folder, tmp_path):
    with make_library(tmp_path / "library") as library:
        release, secrets = imported_image(library, folder), library.secrets
        editing.edit(library, release.id, {"title": "46"})
    rebuild(tmp_path / "library", secrets, now=NOW, disk=Disk(private=True))
    with Library(tmp_path / "library", secrets) as library:
        again = library.shelf.release(release.id)
        assert (again.title, again.images, again.tracks) == ("46", release.images, release.tracks)
        assert exported_images(library, tmp_path / "out")["image.flac"] == FLAC
        editing.remove(library, [release.id])
        assert not library.shelf.is_complete(release.images[0].file.sha256)
        assert len(imported_image(library, folder).tracks) == 3  # from the beginning


def discs(folder, names):
    """Two images of one album; what they hold by where they lie."""
    for number, (below, stem) in enumerate(names, 1):
        (folder / below).mkdir(parents=True, exist_ok=True)
        (folder / below / f"{stem}.flac").write_bytes(make_audio("flac", 5.0, tone=200.0 * number))
        titles = [f"{title} {number}" for title in TITLES]
        rem = f"REM DISCNUMBER {number}"
        (folder / below / f"{stem}.cue").write_text(sheet_of(f"{stem}.flac", titles=titles, rem=rem), encoding="utf-8")
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("names", "kept"),
    [
        ([("CD1", "CDImage"), ("CD2", "CDImage")], True),
        ([("CD 1", "a"), ("cd 1", "A")], False),
        ([("first", "CDImage"), ("second", "CDImage")], False),
    ],
)
def test_every_disc_of_an_album_goes_out(library, folder, tmp_path, names, kept):
    files = discs(folder, names)
    _, (release,) = taken_in(library, folder)
    assert len(release.images) == 2
    for already in (0, 2):
        report = export_images(library, list(library.shelf.albums()), tmp_path / "out", disk=Disk())
        assert (report.images, report.missing, report.already) == (2, (), already)
    written = {path: path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert sorted(written.values()) == sorted(files.values())
    assert len({str(path).casefold() for path in written}) == 4
    if kept:
        assert {path.relative_to(tmp_path / "out" / "Кино - 45"): content for path, content in written.items()} == files


def test_files_of_others_stay_where_images_go(library, folder, tmp_path):
    imported_image(library, folder)
    there = tmp_path / "out" / "Кино - 45" / "image.flac"
    there.parent.mkdir(parents=True)
    there.write_bytes(b"mine")
    report = export_images(library, list(library.shelf.albums()), tmp_path / "out", disk=Disk())
    assert (report.images, ["another file" in str(each.reason) for each in report.missing]) == (0, [True])
    assert there.read_bytes() == b"mine"


def test_images_ask_for_room_before_the_first_byte(library, folder, tmp_path, monkeypatch):
    imported_image(library, folder)
    monkeypatch.setattr(images, "space", lambda folder: Space(len(FLAC) // 2, 10**9))
    with pytest.raises(NoSpaceError, match="nothing was written"):
        export_images(library, list(library.shelf.albums()), tmp_path / "out", disk=Disk())
    assert not (tmp_path / "out").exists()


def test_albums_of_plain_tracks_have_no_images_to_give(library, folder, tmp_path):
    (folder / "01.flac").write_bytes(FLAC)
    taken_in(library, folder)
    with pytest.raises(UsageError, match="none of it was cut"):
        export_images(library, list(library.shelf.albums()), tmp_path / "out", disk=Disk())
