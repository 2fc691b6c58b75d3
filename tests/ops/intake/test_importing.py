"""Import: what comes in, under which name, what stays out and why, and that nothing stops it or is lost."""

from __future__ import annotations

import errno
import hashlib
import io
import itertools
import os
import struct
import zipfile
from pathlib import Path

import msgspec
import mutagen.id3
import mutagen.mp3
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from magnitizdat.errors import LibraryBusyError, MagError, NoSpaceError, UsageError
from magnitizdat.library.journal import decode_row, member_name, split_page
from magnitizdat.library.library import Library, unlock
from magnitizdat.model import Silent
from magnitizdat.ops.albums.edit import edit, remove
from magnitizdat.ops.albums.lyrics import layers
from magnitizdat.ops.albums.undo import log, undo_on
from magnitizdat.ops.intake import importing as intake
from magnitizdat.ops.intake import one_file as taking
from magnitizdat.ops.intake.account import ImportReport
from magnitizdat.ops.intake.importing import import_music
from magnitizdat.ops.intake.preview import preview_repairs
from magnitizdat.ops.keep.upkeep import doctor
from magnitizdat.workers.protocol import SMALL_FILE
from tests.fakes import FaultyDisk
from tests.fakes_audio import KINDS, PNG, RECIPES, make_audio, write_tags
from tests.fakes_library import PASSPHRASE, make_library, rows
from tests.ops.music import content, old_song, only, releases, song, write, zipped


def reasons(report: ImportReport) -> dict[str, str]:
    return {each.what.rpartition("/")[2]: each.reason for each in report.missing}


def assert_sound(library: Library) -> None:
    report = doctor(library)
    assert (report.damaged, report.missing) == (0, ())


# -- formats -----------------------------------------------------------------------------------------------------------


def test_every_format_is_known_by_its_first_bytes(library, music):
    """One album in ten encodings; the names lie about what is inside."""
    kinds = [kind for kind in KINDS if kind != "wavpack"]
    originals = {
        f"{number:02d} track.{suffix}": song(number, kind)
        for number, (kind, suffix) in enumerate(
            zip(kinds, ["bin", "txt", "mp3", "flac", "jpg", "", "zip", "ogg", "x"], strict=True), 1
        )
    }
    report = import_music(library, [write(music, originals)])
    assert (report.imported, report.missing) == (len(kinds), ())
    album = only(library)
    assert (album.title, album.artist) == ("45", "Кино")
    assert [track.file.media_type for track in album.tracks] == [RECIPES[kind].media_type for kind in kinds]
    assert [track.title for track in album.tracks] == [f"Song {number}" for number in range(1, len(kinds) + 1)]
    assert all(0.15 < track.duration_s < 0.3 for track in album.tracks)
    assert [content(library, track.file.sha256) for track in album.tracks] == list(originals.values())
    assert_sound(library)


def test_a_name_inside_a_zip_may_lie_too(library, music):
    packed = zipped({"45/one.dat": song(1), "45/two": song(2, "flac"), "45/read me.txt": b"hello", "45/x.exe": b"MZ"})
    report = import_music(library, [write(music, {"all.music": packed})])
    assert report.imported == 2
    assert reasons(report) == {
        "x.exe": "it is not music that can be taken in; FLAC, MP3, Ogg, Opus, M4A, WAV and some others can"
    }


def test_folders_files_and_zips_in_one_call(library, music, tmp_path):
    write(music, {"45/1.mp3": song(1, album_artist="Кино")})
    single = write(tmp_path / "elsewhere", {"2.flac": song(2, "flac", album_artist="Кино")}) / "2.flac"
    packed = zipped({"3.opus": song(3, "opus", album_artist="Кино")})
    archive = write(tmp_path / "elsewhere", {"rest.zip": packed}) / "rest.zip"
    report = import_music(library, [music, single, archive])
    assert (report.imported, report.albums) == (3, (only(library).id,))
    assert [track.position for track in only(library).tracks] == [1, 2, 3]


# -- names, covers, words ----------------------------------------------------------------------------------------------


def test_names_come_from_the_path_where_tags_are_missing(library, music):
    write(music, {"Kino - Gruppa krovi (1988)/01 - Gruppa krovi.wav": make_audio("wav", 0.2)})
    import_music(library, [music])
    album = only(library)
    assert (album.title, album.artist, album.date) == ("Gruppa krovi", "Kino", "1988")
    assert (album.tracks[0].title, album.tracks[0].artist, album.tracks[0].position) == ("Gruppa krovi", "Kino", 1)


def test_a_folders_picture_is_the_cover_and_is_passed_through(library, music):
    cover = PNG + b"anything behind it"
    write(music, {"45/1.mp3": song(1), "45/scan 07.png": PNG, "45/Folder.PNG": cover})
    import_music(library, [music])
    found = only(library).cover
    assert found is not None
    assert found.media_type == "image/png"
    assert content(library, found.sha256) == cover


def test_a_cover_above_the_discs_counts_for_all_of_them(library, music):
    files = {
        "Album/cover.png": PNG,
        "Album/CD1/1.mp3": song(1, disc=""),
        "Album/CD2/1.mp3": song(2, disc="", track="1"),
    }
    import_music(library, [write(music, files)])
    album = only(library)
    assert album.cover is not None
    assert [(track.disc, track.position) for track in album.tracks] == [(1, 1), (2, 1)]


def test_a_disc_with_a_cover_and_one_without(library, music):
    files = {"Album/CD1/cover.png": PNG, "Album/CD1/1.mp3": song(1), "Album/CD2/1.mp3": song(2, track="1")}
    import_music(library, [write(music, files)])
    assert only(library).cover is not None


def test_embedded_covers_stand_for_the_album_and_odd_ones_for_their_track(library, music):
    other = PNG + b"\0"
    write(
        music,
        {"1.flac": song(1, "flac", cover=PNG), "2.flac": song(2, "flac", cover=PNG), "3.mp3": song(3, cover=other)},
    )
    import_music(library, [music])
    album = only(library)
    assert album.cover is not None
    assert content(library, album.cover.sha256) == PNG
    assert [track.cover is None for track in album.tracks] == [True, True, False]


@pytest.mark.parametrize("picture", [b"", b"<svg onload='x'>", b"GIF8", b"\x89PNG\r\n\x1a\n" + bytes(17 << 20)])
def test_a_cover_that_is_no_picture_is_left_alone(library, music, picture):
    report = import_music(library, [write(music, {"45/1.mp3": song(1), "45/cover.png": picture})])
    assert report.imported == 1
    assert only(library).cover is None or not picture.startswith(b"<")


def test_words_beside_a_track_and_inside_one(library, music):
    files = {"1.mp3": song(1), "1.LRC": "[00:01.00]Стук".encode(), "2.flac": song(2, "flac", lyrics="Восьмиклассница")}
    import_music(library, [write(music, files)])
    first, second = only(library).tracks
    assert content(library, first.lyrics[0].file.sha256).decode() == "[00:01.00]Стук"
    assert first.lyrics[0].file.media_type == "text/x-lrc"
    assert content(library, second.lyrics[0].file.sha256).decode() == "Восьмиклассница"


@pytest.mark.parametrize("order", [("rus", "dan"), ("dan", "rus")])
def test_the_original_is_what_is_in_the_letters_of_the_title(library, music, order):
    said = {"rus": "Стук стучит", "dan": "Det banker på i natten, hele natten lang, til solen står op igen"}
    content = io.BytesIO(song(1, title="Стук"))
    tags = mutagen.id3.ID3(content)
    for language in order:
        tags.add(mutagen.id3.USLT(encoding=3, lang=language, text=said[language]))
    content.seek(0)
    tags.save(content)
    import_music(library, [write(music, {"1.mp3": content.getvalue()})])
    (track,) = only(library).tracks
    assert [each.language for each in layers(library, track)] == ["rus", "dan", "rus-Latn"]


def test_words_in_a_zip_and_in_an_old_encoding(library, music):
    packed = zipped({"45/1.mp3": song(1), "45/1.lrc": "[00:01.00]Стук".encode("cp1251"), "45/front.png": PNG})
    import_music(library, [write(music, {"45.zip": packed})])
    (track,) = only(library).tracks
    assert content(library, track.lyrics[0].file.sha256).decode() == "[00:01.00]Стук"
    assert only(library).cover is not None


def test_a_compilation_stays_one_album(library, music):
    files = {f"{n}.mp3": song(n, artist=f"Band {n}", album="Red Wave") for n in (1, 2, 3)}
    import_music(library, [write(music, {f"Red Wave/{name}": each for name, each in files.items()})])
    album = only(library)
    assert (album.title, album.artist, album.kind) == ("Red Wave", "Various Artists", "compilation")
    assert [track.artist for track in album.tracks] == ["Band 1", "Band 2", "Band 3"]


def test_a_compilation_on_two_discs_stays_one_album(library, music):
    files = {f"Red Wave/CD{n}/{n}.mp3": song(n, artist=f"Band {n}", album="Red Wave", track="1") for n in (1, 2)}
    import_music(library, [write(music, files)])
    album = only(library)
    assert (album.artist, album.kind, len(album.tracks)) == ("Various Artists", "compilation", 2)


def test_numbers_beyond_all_shelves_still_read_back(library, music):
    import_music(library, [write(music, {"1.mp3": song(1, disc="99999", track="99999")})])
    assert only(library).tracks[0].position == 99999
    assert_journal_reads(library)


def assert_journal_reads(library: Library) -> None:
    for device, first in set(rows(library, "SELECT device, first FROM row")):
        [decode_row(line) for line in split_page(library.member(member_name(device, first)))]


@pytest.mark.parametrize("gain", ["nan dB", "inf dB", "-1e999 dB", "x", "1e308 dB"])
def test_absurd_loudness_does_not_spoil_the_journal(library, music, gain):
    file = io.BytesIO(song(1))
    opened = mutagen.mp3.MP3(file)
    opened.tags.add(mutagen.id3.TXXX(encoding=3, desc="replaygain_track_gain", text=[gain]))
    file.seek(0)
    opened.save(file)
    import_music(library, [write(music, {"1.mp3": file.getvalue()})])
    assert only(library).tracks[0].title == "Song 1"
    assert_journal_reads(library)


# -- old Cyrillic ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["cp1251", "koi8-r"])
def test_old_cyrillic_is_shown_first_then_repaired_then_taken_back(library, music, encoding):
    write(music, {f"{n}.mp3": old_song(n, encoding) for n in (1, 2)})
    shown = preview_repairs([music])
    assert {each.after for each in shown} >= {"Кино", "Звезда по имени Солнце"}
    assert releases(library) == []

    report = import_music(library, [music])
    assert set(report.repaired) == set(shown)
    album = only(library)
    assert (album.title, album.artist) == ("Звезда по имени Солнце", "Кино")
    assert album.tracks[1].title == "Звезда по имени Солнце 2"

    assert undo_on(library, album.id) == 3
    raw = only(library)
    assert raw.title == "Звезда по имени Солнце".encode(encoding).decode("latin-1")
    assert raw.id == album.id
    assert [track.id for track in raw.tracks] == [track.id for track in album.tracks]
    assert undo_on(library, album.id) == 3
    assert only(library) == album
    assert [each.verb for each in log(library).commands] == ["undo", "undo", "repair"]
    assert_journal_reads(library)


def test_the_preview_looks_into_whatever_import_takes(music):
    write(music, {"one.bin": old_song(1), "rest.zip": zipped({"2.mp3": old_song(2)}), "notes.txt": b"x"})
    assert {each.what.rpartition("/")[2] for each in preview_repairs([music])} == {"one.bin", "2.mp3"}


def test_what_systems_leave_is_counted_alike_in_folders_and_zips(library, music):
    junk = {"._1.mp3": b"x", ".DS_Store": b"x", "__MACOSX/45/._2.mp3": b"x"}
    write(music, {"1.mp3": song(1), **junk, "rest.zip": zipped({"45/2.mp3": song(2), **junk})})
    report = import_music(library, [music])
    assert (report.imported, report.passed_over, report.missing) == (2, 6, ())


def test_a_download_that_has_not_ended_is_left_out_and_told(library, music):
    report = import_music(library, [write(music, {"1.mp3": song(1), "2.mp3.part": song(2)})])
    assert report.imported == 1
    assert [each.what.rpartition("/")[2] for each in report.missing] == ["2.mp3.part"]


@pytest.mark.parametrize(
    ("best", "others"),
    [
        ("cover_front", ["cover_back"]),
        ("Cover (Front)", ["Cover (Back)", "Cover (Inlay)", "folder"]),
        ("folder", ["back", "cd", "booklet 1"]),
        ("forside", ["bagside", "cover"]),
    ],
)
def test_the_front_is_the_cover_whatever_stands_first(library, music, best, others):
    pictures = {f"{name}.png": PNG + name.encode() for name in (best, *others)}
    import_music(library, [write(music, {"1.mp3": song(1), **pictures})])
    assert only(library).cover.sha256 == hashlib.sha256(pictures[f"{best}.png"]).hexdigest()


def test_the_preview_of_what_is_not_there_says_so(tmp_path):
    with pytest.raises(UsageError, match="nowhere"):
        preview_repairs([tmp_path / "nowhere"])


# -- once, and again ---------------------------------------------------------------------------------------------------


def test_an_unchanged_file_costs_a_stat(library, music, monkeypatch):
    write(music, {"1.mp3": song(1), "2.flac": song(2, "flac"), "z.zip": zipped({"45/3.mp3": song(3)})})
    import_music(library, [music])
    opened = []
    monkeypatch.setattr(taking, "FileReader", lambda path, **_: opened.append(path))
    report = import_music(library, [music])
    assert (report.unchanged, report.imported, report.known, opened) == (3, 0, 0, [])


def test_the_same_bytes_twice_are_one_track(library, music):
    import_music(library, [write(music, {"a/1.mp3": song(1)})])
    report = import_music(library, [write(music, {"b/copy of 1.mp3": song(1), "b/again.mp3": song(1)})])
    assert (report.imported, report.known) == (0, 2)
    assert len(only(library).tracks) == 1


def test_twins_in_one_run_are_one_track(library, music):
    report = import_music(library, [write(music, {"a/1.mp3": song(1), "b/1.mp3": song(1), "b/2.mp3": song(1)})])
    assert report.imported + report.known == 3
    assert len(only(library).tracks) == 1
    assert_sound(library)


def test_a_changed_file_is_looked_at_again(library, music):
    import_music(library, [write(music, {"1.mp3": song(1)})])
    report = import_music(library, [write(music, {"1.mp3": song(7)})])
    assert report.imported == 1
    assert len(only(library).tracks) == 2


def test_what_was_removed_can_be_taken_in_again(library, music):
    write(music, {"1.mp3": song(1), "z.zip": zipped({"3.mp3": song(3, album="Noch")})})
    import_music(library, [music])
    remove(library, [release.id for release in releases(library)])
    assert releases(library) == []
    report = import_music(library, [music])
    assert report.imported == 2
    assert {release.title for release in releases(library)} == {"45", "Noch"}
    assert_sound(library)


def test_more_of_an_album_later_keeps_what_was_corrected(library, music):
    import_music(library, [write(music, {"1.mp3": song(1)})])
    edit(library, only(library).id, {"title": "Сорок пять"})
    import_music(library, [write(music, {"2.mp3": song(2)})])
    album = only(library)
    assert (album.title, len(album.tracks)) == ("Сорок пять", 2)


class Impatient(Silent):
    """Presses Ctrl-C when so many files are done."""

    def __init__(self, after: int) -> None:
        self._left = after

    def advance(self, amount: int) -> None:
        self._left -= amount
        if self._left <= 0:
            raise KeyboardInterrupt


@pytest.mark.parametrize("after", [1, 3, 5])
def test_ctrl_c_keeps_what_was_done_and_the_next_run_goes_on(library, music, after):
    write(
        music,
        {
            f"{folder}/{n}.mp3": song(n, album=folder)
            for folder, n in [("A", 1), ("A", 2), ("B", 3), ("B", 4), ("C", 5)]
        },
    )
    with pytest.raises(KeyboardInterrupt):
        import_music(library, [music], progress=Impatient(after))
    kept = sum(len(release.tracks) for release in releases(library))
    assert kept >= after
    assert_sound(library)
    report = import_music(library, [music])
    assert (report.imported, report.missing) == (5 - kept, ())
    assert [len(release.tracks) for release in releases(library)] == [2, 2, 1]
    assert_sound(library)


def test_ctrl_c_in_the_middle_of_sealing(library, music, monkeypatch):
    write(music, {f"{n}.wav": song(n, "wav") for n in range(1, 5)})
    calls = []
    real = intake.Taker.seal

    def seal(self, source, media_type):
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return real(self, source, media_type)

    monkeypatch.setattr(intake.Taker, "seal", seal)
    with pytest.raises(KeyboardInterrupt):
        import_music(library, [music])
    monkeypatch.undo()
    assert_sound(library)
    import_music(library, [music])
    assert len(only(library).tracks) == 4


def test_a_full_disk_is_said_and_the_next_run_goes_on(library, music, monkeypatch):
    write(music, {f"{n}.mp3": song(n) for n in (1, 2)})

    def full(*_args):
        raise NoSpaceError("the disk is full; free some space and run the same command again")

    with monkeypatch.context() as patched:
        patched.setattr(library.disk.__class__, "create", full)
        with pytest.raises(NoSpaceError):
            import_music(library, [music])
    assert releases(library) == []
    assert import_music(library, [music]).imported == 2
    assert_sound(library)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EROFS])
def test_a_library_disk_that_fails_at_any_write(music, tmp_path, code):
    write(music, {f"{n}.mp3": song(n) for n in (1, 2)})
    with make_library(tmp_path / "library"):
        pass
    secrets = unlock(tmp_path / "library", PASSPHRASE)
    said: list[str] = []
    for number in itertools.count(1):
        disk = FaultyDisk(fail_at=number, code=code)
        with Library(tmp_path / "library", secrets, disk=disk) as library:
            try:
                import_music(library, [music])
            except MagError as exc:
                said.append(str(exc))
        if not disk.failed:
            break
        with Library(tmp_path / "library", secrets) as library:
            assert_sound(library)
            remove(library, [release.id for release in releases(library)])
    assert len(said) > 3
    assert not [sentence for sentence in said if "\n" in sentence]
    with Library(tmp_path / "library", secrets) as library:
        assert len(only(library).tracks) == 2


def test_a_second_import_at_the_same_time_is_refused(library, music):
    write(music, {"1.mp3": song(1)})
    secrets = unlock(library.directory, PASSPHRASE)
    with library.changes(), Library(library.directory, secrets) as other, pytest.raises(LibraryBusyError):
        import_music(other, [music])


# -- move --------------------------------------------------------------------------------------------------------------


def test_move_removes_originals_that_read_back(library, music):
    write(music, {"45/1.mp3": song(1), "45/cover.png": PNG, "45/broken.mp3": b"\xff\xfbnot really"})
    report = import_music(library, [music], move=True)
    assert (report.imported, report.moved) == (1, 1)
    assert sorted(path.name for path in (music / "45").iterdir()) == ["broken.mp3", "cover.png"]
    assert content(library, only(library).tracks[0].file.sha256) == song(1)


def test_move_takes_away_what_came_in_before(library, music):
    write(music, {"1.mp3": song(1)})
    import_music(library, [music])
    report = import_music(library, [music], move=True)
    assert (report.imported, report.known, report.moved) == (0, 1, 1)


def test_move_of_the_same_file_named_twice(library, music):
    write(music, {"1.mp3": song(1)})
    report = import_music(library, [music, music / "1.mp3"], move=True)
    assert report.moved == 1
    assert content(library, only(library).tracks[0].file.sha256) == song(1)


@pytest.mark.parametrize("other", ["song.wvc", "SONG.WVC", "song.txt"])
def test_move_keeps_half_of_a_wavpack_where_the_other_lies(library, music, other):
    """Only together they are lossless, and the other half is not taken in."""
    write(music, {"song.wv": make_audio("wavpack", 0.5), other: b"anything"})
    report = import_music(library, [music], move=True)
    is_half = other.lower().endswith(".wvc")
    assert (report.imported, report.moved, (music / "song.wv").exists()) == (1, 1 - is_half, is_half)
    assert ("wvc" in reasons(report).get("song.wv", "")) == is_half


def test_move_keeps_an_original_that_does_not_read_back(library, music, monkeypatch):
    write(music, {"1.mp3": song(1)})

    class Rotten:
        def pieces(self):
            yield b"something else"

    monkeypatch.setattr(Library, "blob", lambda self, sha256: Rotten())
    report = import_music(library, [music], move=True)
    assert report.moved == 0
    assert "not removed" in reasons(report)["1.mp3"]
    assert (music / "1.mp3").exists()


def test_move_keeps_an_original_that_changed_meanwhile(library, music, monkeypatch):
    write(music, {"1.mp3": song(1)})
    blob = Library.blob

    def slow(self, sha256):
        (music / "1.mp3").write_bytes(song(2))
        return blob(self, sha256)

    monkeypatch.setattr(Library, "blob", slow)
    report = import_music(library, [music], move=True)
    assert report.moved == 0
    assert (music / "1.mp3").read_bytes() == song(2)


# -- what is not music -------------------------------------------------------------------------------------------------


def test_what_cannot_be_understood_is_listed_and_stops_nothing(library, music):
    flac, mp3 = song(2, "flac"), song(3)
    files = {
        "1 good.mp3": song(1),
        "2 truncated.flac": flac[: len(flac) // 3],
        "3 head only.flac": flac[:60],
        "4 empty.mp3": b"",
        "5 picture.mp3": PNG,
        "6 words.ogg": b"these are only words",
        "7 zeros.wav": bytes(4096),
        "8 riff.wav": b"RIFF\xff\xff\xff\xffWAVEfmt \xff\xff\xff\xff",
        "9 bad.zip": b"PK\x03\x04" + bytes(100),
        "good again.mp3": mp3,
        "booklet.pdf": b"%PDF-1.4",
        "strange.thing": b"?",
    }
    report = import_music(library, [write(music, files)])
    told = reasons(report)
    assert report.imported >= 2
    assert set(told) >= {
        "3 head only.flac",
        "4 empty.mp3",
        "5 picture.mp3",
        "6 words.ogg",
        "8 riff.wav",
        "9 bad.zip",
        "strange.thing",
    }
    assert "booklet.pdf" not in told
    assert told["4 empty.mp3"] == "it is empty"
    assert all(reason and "Error" not in reason and "\n" not in reason for reason in told.values())
    assert_sound(library)
    again = import_music(library, [music])
    assert reasons(again) == told  # what stays out is told each time


def test_gigantic_tags(library, music):
    huge = write_tags(
        "mp3", make_audio("mp3", 0.2), {"title": "T" * 3_000_000, "artist": "A" * 100, "comment": "c" * 2_000_000}
    )
    pictures = write_tags("flac", make_audio("flac", 0.2), {"title": "cover"}, cover=PNG + bytes(10 << 20))
    report = import_music(library, [write(music, {"huge.mp3": huge, "pictures.flac": pictures})])
    titles = [track.title for release in releases(library) for track in release.tracks]
    assert report.imported == len(titles) == 2 - len(report.missing)
    assert all(len(title) <= 512 for title in titles)
    assert_journal_reads(library)


def test_pipes_links_and_devices_are_named_not_opened(library, music):
    write(music, {"1.mp3": song(1), "elsewhere/2.mp3": song(2)})
    os.mkfifo(music / "pipe.mp3")
    (music / "link.mp3").symlink_to(music / "1.mp3")
    (music / "loop").symlink_to(music)
    (music / "dangling.mp3").symlink_to(music / "gone")
    report = import_music(library, [music, Path("/dev/zero"), music / "nowhere", music / "1.mp3" / "x"])
    told = reasons(report)
    assert report.imported == 2
    assert told["pipe.mp3"] == "it is a pipe"
    assert told["link.mp3"] == told["dangling.mp3"] == told["loop"] == "it is a link; give the file itself"
    assert told["zero"] == "it is not a plain file"
    assert told["nowhere"] == "it is not there; check the name"
    assert "x" in told
    assert all(reason[0].islower() and not reason.endswith(".") for reason in told.values()), "one style"


def test_a_name_with_nul_is_no_file(library):
    report = import_music(library, [Path("a\0b")])
    assert len(report.missing) == 1


def test_a_file_that_may_not_be_read(library, music):
    write(music, {"1.mp3": song(1), "2.mp3": song(2), "shut/3.mp3": song(3)})
    (music / "2.mp3").chmod(0)
    (music / "shut").chmod(0)
    try:
        report = import_music(library, [music])
    finally:
        (music / "shut").chmod(0o700)
    assert report.imported + len(report.missing) == 3
    assert report.imported >= 1


def long_song(number):
    """More than is read at once."""
    long = make_audio("wav", 8.0, tone=700.0 + number)
    assert len(long) > SMALL_FILE
    return long


def test_a_file_that_changes_while_it_is_read(library, music, monkeypatch):
    write(music, {"1.mp3": song(1), "2.wav": long_song(2), "3.mp3": song(3)})
    real = intake.Taker.seal

    def seal(self, source, media_type):
        file = real(self, source, media_type)
        if source.length > SMALL_FILE:
            os.utime(music / "2.wav", ns=(1, 1))
        return file

    monkeypatch.setattr(intake.Taker, "seal", seal)
    report = import_music(library, [music])
    assert report.imported == 2
    assert "changed while it was read" in reasons(report)["2.wav"]
    monkeypatch.undo()
    assert import_music(library, [music]).imported == 1
    assert_sound(library)


def test_a_file_that_goes_away(library, music, monkeypatch):
    write(music, {"1.wav": long_song(1), "2.wav": long_song(2)})
    real = intake.Taker.seal

    def seal(self, source, media_type):
        (music / "2.wav").unlink(missing_ok=True)
        return real(self, source, media_type)

    monkeypatch.setattr(intake.Taker, "seal", seal)
    report = import_music(library, [music])
    assert report.imported == 1
    assert set(reasons(report)) == {"2.wav"}


def test_a_small_file_is_what_was_read_of_it_once(library, music, monkeypatch):
    """What comes in its place meanwhile is met by the next import."""
    write(music, {"1.mp3": song(1)})
    real = intake.Taker.seal

    def seal(self, source, media_type):
        write(music, {"1.mp3": song(2)})
        return real(self, source, media_type)

    monkeypatch.setattr(intake.Taker, "seal", seal)
    import_music(library, [music])
    ((track,),) = [release.tracks for release in releases(library)]
    assert track.file.sha256 == hashlib.sha256(song(1)).hexdigest()
    assert library.blob(track.file.sha256).read_at(0, track.file.length) == song(1)
    monkeypatch.undo()
    assert import_music(library, [music]).imported == 1


# -- hostile names -----------------------------------------------------------------------------------------------------

HOSTILE = ["\u202egnp.3pm", "a\x1b[31mred", "tab\there", "CON", "x\u200by", "café", "cafe\u0301", "CAFÉ", "-rf", "a\nb"]


def test_hostile_names_in_folders(library, music):
    for number, name in enumerate(HOSTILE, 1):
        (music / f"{name}.mp3").write_bytes(make_audio("mp3", 0.2, tone=500.0 + number))
    (music / os.fsdecode(b"not \xff utf-8.mp3")).write_bytes(make_audio("mp3", 0.2, tone=499.0))
    (music / os.fsdecode(b"bad \xfe.mp3")).write_bytes(b"no music")
    report = import_music(library, [music])
    assert report.imported == len(HOSTILE) + 1
    assert b"bad" in msgspec.json.encode(report, enc_hook=str)  # about what --json prints
    titles = [track.title for release in releases(library) for track in release.tracks]
    assert len(titles) == len(HOSTILE) + 1
    assert not [title for title in titles if any(ord(char) < 32 or 0xD800 <= ord(char) < 0xE000 for char in title)]
    assert_journal_reads(library)
    assert import_music(library, [music]).unchanged == len(HOSTILE) + 1


def test_hostile_names_in_zips_never_reach_the_file_system(library, music, tmp_path):
    names = [
        "../../evil.mp3",
        "/etc/cron.d/x.mp3",
        "C:\\Windows\\x.mp3",
        *(f"{name}.mp3" for name in HOSTILE),
        "nul\0byte.mp3",
    ]
    packed = zipped({name: make_audio("mp3", 0.2, tone=600.0 + n) for n, name in enumerate(names)})
    write(music, {"deep/down/evil.zip": packed})
    before = sorted(path for path in tmp_path.rglob("*") if "library" not in path.parts)
    report = import_music(library, [music])
    assert report.imported + len(report.missing) == len(names)
    assert report.imported >= len(names) - 3
    assert sorted(path for path in tmp_path.rglob("*") if "library" not in path.parts) == before
    assert_journal_reads(library)


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.text(min_size=1, max_size=40))
def test_no_name_in_a_zip_stops_the_import(library, tmp_path, name):
    archive = tmp_path / "one.zip"
    try:
        archive.write_bytes(zipped({name: song(1), "good.mp3": song(2)}))
    except UnicodeEncodeError:
        return
    report = import_music(library, [archive])
    assert report.imported + report.known + report.unchanged >= 1
    remove(library, [release.id for release in releases(library)])


# -- hostile zips ------------------------------------------------------------------------------------------------------


def test_a_zip_of_65_535_members(library, music):
    archive = zipped({f"{n}.txt": b"" for n in range(65_535)}, method=zipfile.ZIP_STORED)
    report = import_music(library, [write(music, {"many.zip": archive, "1.mp3": song(1)})])
    assert report.imported == 1
    assert "20000 files" in reasons(report)["many.zip"]


def test_bombs(library, music):
    flat = zipped({"silence.wav": bytes(60 << 20)})
    nested = zipped({"inner.zip": zipped({"silence.wav": bytes(20 << 20)})})
    report = import_music(library, [write(music, {"flat.zip": flat, "nested.zip": nested, "1.mp3": song(1)})])
    assert report.imported == 1
    told = reasons(report)
    assert "absurdly much" in told["flat.zip"]
    assert len(told) == 2
    assert_sound(library)


def test_a_bomb_that_lies_about_its_length(library, music):
    archive = bytearray(zipped({"a.wav": b"RIFF" + bytes(30 << 20), "b.mp3": song(2)}))
    central = archive.rindex(b"PK\x01\x02", 0, archive.rindex(b"PK\x01\x02"))
    archive[central + 24 : central + 28] = struct.pack("<I", 1000)
    report = import_music(library, [write(music, {"liar.zip": bytes(archive), "1.mp3": song(1)})])
    assert report.imported >= 1
    assert report.missing
    assert_sound(library)


def test_a_zip_with_one_damaged_member(library, music):
    good, bad = song(1), song(2)
    archive = bytearray(zipped({"1.mp3": good, "2.mp3": bad}, method=zipfile.ZIP_STORED))
    archive[archive.index(bad) + 200] ^= 1
    write(music, {"half.zip": bytes(archive)})
    report = import_music(library, [music])
    assert (report.imported, set(reasons(report))) == (1, {"2.mp3"})
    again = import_music(library, [music])
    assert (again.imported, set(reasons(again))) == (0, {"2.mp3"})  # told each time


def test_an_encrypted_and_a_linked_member_are_listed(library, music):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        link = zipfile.ZipInfo("link.mp3")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("1.mp3", song(1))
    content_ = bytearray(out.getvalue())
    report = import_music(library, [write(music, {"odd.zip": bytes(content_)})])
    assert report.imported == 1
    assert "link.mp3" in reasons(report)


# -- halves ------------------------------------------------------------------------------------------------------------


def test_a_file_that_ends_too_early_is_taken_in_marked_and_told(library, music):
    whole = make_audio("flac", 4.0, {"title": "Half", "album": "Stick"})
    write(music, {"half.flac": whole[: len(whole) // 2], "whole.flac": make_audio("flac", 4.0, {"album": "Stick"})})
    report = import_music(library, [music])
    assert (report.imported, report.left_out) == (2, 0)
    told = "it ends after 0:02 of 0:04; look for a whole copy; it was taken in as it is"
    assert reasons(report) == {"half.flac": told}
    marked = {track.title: (track.cut_off, track.promised_s) for track in only(library).tracks}
    assert marked == {"Half": (True, 4.0), "whole": (False, 0.0)}
    assert import_music(library, [music]).missing == ()


def test_a_file_is_unchanged_only_while_its_music_is_here(library, tmp_path):
    """An album may be listed without its music: removed, and dubbed again from who lacks it."""
    folder = write(tmp_path / "Music", {"45/1.mp3": song(1)})
    import_music(library, [folder])
    whole = only(library)
    sha256 = whole.tracks[0].file.sha256
    with library.changes() as changes:
        for placed in library.placements(sha256).values():
            changes.then(lambda index, cell=placed.cell: index.cells.forget_pieces_in(cell))
        changes.commit()
    assert not library.shelf.is_complete(sha256)
    assert import_music(library, [folder]).unchanged == 0
    assert library.shelf.is_complete(sha256)
    assert only(library) == whole
    assert import_music(library, [folder]).unchanged == 1
