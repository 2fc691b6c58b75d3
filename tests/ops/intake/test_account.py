"""One account of every name met: laws over whatever may lie in a folder or a zip, then what single ones come to."""

from __future__ import annotations

import os

import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from magnitizdat.errors import EXIT_DONE, EXIT_PARTLY, EXIT_SOURCE
from magnitizdat.library.library import Library
from magnitizdat.ops.albums.edit import edit
from magnitizdat.ops.intake.account import ImportReport
from magnitizdat.ops.intake.importing import import_music
from magnitizdat.ops.intake.quarantine import Quarantine
from tests.fakes_audio import PNG, make_audio
from tests.fakes_library import NOW, make_library
from tests.ops.music import content, only, releases, song, write, zipped

ENDS = "imported updated known unchanged opened covers lyrics beside passed_over left_out".split()
THINGS = {
    "1.mp3": song(1, album_artist="Кино"),
    "2.mp3": song(2, album_artist="Кино"),
    "2.lrc": b"[00:01.00]Words",
    "1 once more.mp3": song(1, album_artist="Кино"),
    "none.lrc": b"[00:01.00]Nobody's",
    "void.lrc": b"",
    "cover.png": PNG,
    "back.png": PNG + b"back",
    "folder.bmp": b"BM" + bytes(60),
    "45.cue": b'FILE "1.mp3" MP3',
    "list.m3u": b"1.mp3",
    "notes.txt": b"x",
    "empty.mp3": b"",
    "broken.flac": b"fLaC" + bytes(50),
    "old.rar": b"Rar!\x1a\x07\0" + bytes(20),
    "half.mp3.part": song(3),
    ".DS_Store": b"x",
    "._1.mp3": b"x",
    "inside.zip": zipped({"5.mp3": song(5, album_artist="Кино"), "read me.txt": b"x"}),
}
FOLDERS = ("", "45/", ".hidden/", "45/CD1/", "__MACOSX/", "...And Justice/")
LAW = settings(deadline=None, max_examples=10, phases=[Phase.explicit, Phase.generate])
"""Each example is an import or more: to find a smaller one that fails takes minutes."""
TREES = st.sets(st.tuples(st.sampled_from(FOLDERS), st.sampled_from(sorted(THINGS))), max_size=12)


def ends(report: ImportReport) -> dict[str, int]:
    return {name: count for name in ENDS if (count := getattr(report, name))}


def reasons(report: ImportReport) -> dict[str, str]:
    return {each.what: each.reason for each in report.missing}


def shelf(library: Library) -> list[tuple]:
    return sorted(
        (r.title, r.artist, str(r.cover), sorted((t.id, t.title, t.lyrics) for t in r.tracks))
        for r in releases(library)
    )


def _tree(tree) -> dict[str, bytes]:
    return {f"{folder}{name}": THINGS[name] for folder, name in tree}


def _accounted(report: ImportReport) -> None:
    assert report.met == sum(ends(report).values())
    assert report.left_out <= len(report.missing)
    assert len(report.named) + report.unnamed == report.covers + report.lyrics + report.beside + report.passed_over


@LAW
@given(tree=TREES)
@example(tree=set())
@example(tree={("", name) for name in THINGS})
def test_every_name_is_accounted_for_and_again_changes_nothing(tmp_path_factory, tree):
    top = tmp_path_factory.mktemp("law")
    music = write(top / "Music", _tree(tree))
    music.mkdir(exist_ok=True)
    with make_library(top / "library") as library:
        first = import_music(library, [music])
        _accounted(first)
        junk_folder = any(folder == "__MACOSX/" for folder, _ in tree)
        names = sum(folder != "__MACOSX/" for folder, _ in tree) + junk_folder
        inside = 2 * sum(name == "inside.zip" and folder != "__MACOSX/" for folder, name in tree)
        assert first.met == max(1, names + inside)
        before = shelf(library)
        again = import_music(library, [music])
        _accounted(again)
        assert (again.imported, again.updated, again.covers, again.lyrics) == (0, 0, 0, 0)
        assert shelf(library) == before
        assert {each.what for each in again.missing} == {each.what for each in first.missing}


@LAW
@given(
    tree=st.sets(st.tuples(st.just("45/"), st.sampled_from(sorted(THINGS))), max_size=12),
    order=st.randoms(use_true_random=False),
    cut=st.integers(0, 12),
)
def test_files_in_any_order_and_after_an_interruption_are_what_their_folder_is(tmp_path_factory, tree, order, cut):
    """Named one by one in any order, a part of them before the rest: the albums are those of the folder."""
    top = tmp_path_factory.mktemp("law")
    files = {name: content for name, content in _tree(tree).items() if not name.endswith(".zip")}
    music = write(top / "Music", files)
    music.mkdir(exist_ok=True)
    shelves = []
    with make_library(top / "whole") as library:
        import_music(library, [music])
        shelves.append(shelf(library))
    with make_library(top / "single") as library:
        named = [music / name for name in sorted(files) if not name.startswith("__MACOSX")]
        order.shuffle(named)
        import_music(library, named[:cut])
        _accounted(import_music(library, named))
        import_music(library, [music])
        shelves.append(shelf(library))
    assert shelves[0] == shelves[1]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("45.cue", "cue sheet"),
        ("2.lrc", "words of a song"),
        ("cover.png", "picture"),
        ("list.m3u", "playlist"),
        ("notes.txt", "not music"),
        ("old.rar", "archive"),
        ("empty.mp3", "empty"),
        ("half.mp3.part", "download"),
    ],
)
def test_whoever_names_a_file_that_is_no_music_is_told_what_it_is(library, music, name, reason):
    report = import_music(library, [write(music, {name: THINGS[name]}) / name])
    assert ends(report) == {"left_out": 1}
    assert reason in reasons(report)[f"Music/{name}"]
    assert report.outcome().exit_code == EXIT_SOURCE


def test_a_folder_without_music_and_one_without_anything_are_bad_sources(library, music):
    empty = import_music(library, [music])
    assert (reasons(empty), empty.outcome().exit_code) == ({"Music": "there is no file in it"}, EXIT_SOURCE)
    texts = write(music, {"a.txt": b"x", "b.zip": zipped({"c.nfo": b"x", "d.txt": b"x"})})
    for _ in range(2):
        report = import_music(library, [texts])
        assert ends(report) == {"beside": 3, "opened": 1}
        assert report.outcome().exit_code == EXIT_SOURCE
        assert report.outcome().headline == "Nothing of it is music."


def test_what_lies_beside_music_is_counted_once_and_named_in_the_report(library, music):
    files = {"1.mp3": song(1), "1.lrc": b"[00:01.00]La", "cover.png": PNG, "back.png": PNG + b"b"}
    files["a.cue"] = b"FILE 1.wav WAVE\nTRACK 01 AUDIO\nINDEX 01 00:00:00\n"
    report = import_music(library, [write(music, {f"45/{name}": each for name, each in files.items()})])
    assert ends(report) == {"imported": 1, "covers": 1, "lyrics": 1, "beside": 2}
    assert {(each.what, each.kind, each.of) for each in report.named} == {
        ("45/1.lrc", "lyrics", "Song 1"),
        ("45/cover.png", "cover", "45"),
        ("45/back.png", "picture", ""),
        ("45/a.cue", "cue sheet", ""),
    }
    outcome = report.outcome()
    assert outcome.exit_code == EXIT_DONE
    assert outcome.lines[0] == (
        "5 files met, among them: 1 cover taken along, 1 file of lyrics taken along,"
        " 2 left beside (texts, pictures, lists)."
    )


def test_what_is_left_out_of_a_song_or_an_album_is_told_of_it(library, music):
    large = make_audio("mp3", 0.2, {"album": "45", "title": "A"}, cover=PNG + bytes(16 << 20))
    files = {
        "45/1.mp3": large,
        "45/folder.bmp": b"BM" + bytes(90),
        "46/2.mp3": song(2, album="46"),
        "46/2.lrc": bytes(2 << 20),
    }
    report = import_music(library, [write(music, files)])
    told = reasons(report)
    assert "16 MiB" in told["45/1"]
    assert "damaged" in told["45/folder.bmp"]
    assert "1 MiB" in told["46/2.lrc"]
    assert (report.imported, report.left_out) == (2, 2)
    assert report.outcome().exit_code == EXIT_PARTLY


def test_files_named_one_by_one_belong_together_as_their_folder_would(library, music):
    write(music, {"45/1.mp3": song(1), "45/1.lrc": b"[00:01.00]La", "45/cover.png": PNG, "45/notes.txt": b"x"})
    report = import_music(library, sorted((music / "45").iterdir()))
    assert ends(report) == {"imported": 1, "covers": 1, "lyrics": 1, "beside": 1}
    assert only(library).cover is not None


def test_what_guests_left_beside_music_waits_until_it_is_refused(library):
    quarantine = Quarantine(library)
    for name, bytes_ in {"1.mp3": song(1), "notes.txt": b"x", "cover.png": PNG}.items():
        quarantine.receive(name, [bytes_], now=NOW, giver="guest")
    accepted = quarantine.accept([left.arrival.id for left in quarantine.files()])
    assert ends(accepted.report) == {"imported": 1, "covers": 1, "beside": 1}
    assert [left.arrival.name for left in quarantine.files()] == ["notes.txt"]


# -- what comes later --------------------------------------------------------------------------------------------------


def test_words_and_a_cover_that_come_later_are_taken(library, music):
    import_music(library, [write(music, {"45/1.mp3": song(1), "45/2.mp3": song(2)})])
    write(music, {"45/2.lrc": "[00:01.00]Слова".encode("cp1251"), "45/cover.png": PNG})
    report = import_music(library, [music])
    assert ends(report) == {"unchanged": 2, "covers": 1, "lyrics": 1}
    album = only(library)
    assert album.cover is not None
    assert [len(track.lyrics) for track in album.tracks] == [0, 1]
    assert content(library, album.tracks[1].lyrics[0].file.sha256) == "[00:01.00]Слова".encode()
    assert ends(import_music(library, [music])) == {"unchanged": 4}
    assert only(library) == album


def test_they_take_the_place_of_what_the_same_file_held_and_of_nothing_else(library, music):
    write(music, {"45/1.mp3": song(1, cover=PNG + b"in it"), "45/1.lrc": b"[00:01.00]La"})
    import_music(library, [music])
    write(music, {"45/1.lrc": b"[00:01.00]La la", "45/cover.png": PNG})
    import_music(library, [music])
    album = only(library)
    assert content(library, album.cover.sha256) == PNG
    assert [content(library, each.file.sha256) for each in album.tracks[0].lyrics] == [b"[00:01.00]La la"]
    edit(library, album.id, {}, cover=write(music.parent, {"mine.png": PNG + b"mine"}) / "mine.png")
    write(music, {"45/cover.png": PNG + b"another"})
    report = import_music(library, [music])
    assert ends(report) == {"unchanged": 2, "beside": 1}
    assert content(library, only(library).cover.sha256) == PNG + b"mine"


def test_a_title_that_was_corrected_here_stays_when_words_come(library, music):
    import_music(library, [write(music, {"1.mp3": song(1)})])
    edit(library, f"{only(library).id}/1", {"title": "Corrected"})
    write(music, {"1.lrc": b"[00:01.00]La"})
    os.utime(music / "1.mp3", ns=(1, 1))
    assert ends(import_music(library, [music])) == {"known": 1, "lyrics": 1}
    (track,) = only(library).tracks
    assert (track.title, len(track.lyrics)) == ("Corrected", 1)
