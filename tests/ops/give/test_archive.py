"""Archives: valid to others, whole without us, and taken back bit for bit."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from pathlib import Path

import bagit
import pytest
from msgspec import structs

from magnitizdat.catalogue.documents import encode
from magnitizdat.catalogue.voices import Compilation, CompiledTrack, Vouch
from magnitizdat.disk.disk import Disk
from magnitizdat.errors import EXIT_PARTLY, NoSpaceError, TargetError, UsageError
from magnitizdat.formats import m3u
from magnitizdat.formats.names import imprint_text
from magnitizdat.library.library import Library
from magnitizdat.model import Checkpoint, Lyrics, Rendition
from magnitizdat.ops.dub.dubbed import DubReport
from magnitizdat.ops.dub.from_sources import dub_all, outcome, together
from magnitizdat.ops.give import archive as archive_module
from magnitizdat.ops.give.archive import ArchiveReport, archive
from magnitizdat.ops.give.archive_voices import said_in
from magnitizdat.ops.labels.publish import publish
from magnitizdat.ops.places.sources import cargo_beside
from magnitizdat.ops.places.sticks import Sticks
from magnitizdat.ops.voices.reviewing import review
from tests.fakes import FaultyDisk
from tests.fakes_library import NOW, contents_of, make_library, put_album
from tests.fakes_spool import Liar, is_sound, new_label, publish_all, release_of
from tests.fakes_voices import path_of, review_of

LABEL = imprint_text(hashlib.sha256(b"a root").digest())
HOSTILE = (
    "100% Live",
    "$HOME",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "../../up",
    "CON",
    "a\r\nb",
    "#1 Crush?",
    "e\u0301te\u0301",
    "Ж" * 120,
)


@pytest.fixture
def maker(tmp_path):
    with make_library(tmp_path / "maker") as made:
        yield made


@pytest.fixture
def anna(tmp_path):
    with make_library(tmp_path / "anna") as made:
        yield made


@pytest.fixture
def bag(tmp_path) -> Path:
    return tmp_path / "bag"


def archived(
    library: Library, folder: Path, label: str = "Zoopark Tapes", *, disk: Disk | None = None
) -> ArchiveReport:
    view = next(view for view in library.shelf.labels() if view.name == label)
    return archive(library, view, folder, now=NOW, disk=disk or Disk())


def dubbed(library: Library, folder: Path) -> DubReport:
    return together([report for _, report in dub_all(library, str(folder), now=lambda: NOW)])


def validate(folder: Path) -> None:
    bagit.Bag(str(folder)).validate()


def payload(folder: Path) -> dict[str, bytes]:
    found = (path for path in sorted((folder / "data").rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def sound_of(library: Library) -> dict[str, list[bytes]]:
    return {view.title: contents_of(library, view.id) for view in library.shelf.albums()}


def papers(library: Library) -> dict[str, bytes]:
    return {name: body for view in library.shelf.labels() for name, body in library.label_files(view.imprint).items()}


def test_an_archive_is_valid_to_others_and_comes_back_bit_for_bit(maker, anna, bag):
    publish_all(maker, [put_album(maker, "45")[0], put_album(maker, "46", lengths=(1 << 21, 0))[0]])
    report = archived(maker, bag)
    validate(bag)
    assert (report.albums, report.tracks, report.missing) == (2, 5, ())
    taken = dubbed(anna, bag)
    assert (taken.missing, taken.refused) == ((), 0)
    assert sound_of(anna) == sound_of(maker)
    assert papers(anna) == papers(maker)
    assert is_sound(anna)


def test_names_of_strangers_are_names_of_files_to_everybody(maker, anna, bag, monkeypatch):
    monkeypatch.setenv("HOME", "/somewhere")
    publish_all(maker, [put_album(maker, name, name, lengths=(100 + at,))[0] for at, name in enumerate(HOSTILE)])
    report = archived(maker, bag)
    assert report.missing == ()
    validate(bag)
    assert not re.search(r"[%$\\:*?\"<>|]", "".join(payload(bag)))
    dubbed(anna, bag)
    assert sound_of(anna) == sound_of(maker)


def test_the_same_bytes_stand_there_once_and_each_playlist_finds_them(maker, bag):
    shared = os.urandom(3000)
    first, _ = put_album(maker, "First", contents=(shared, b"1" * 900))
    second, _ = put_album(maker, "Second", contents=(b"2" * 900, shared))
    publish_all(maker, [first, second])
    archived(maker, bag)
    files = payload(bag)
    assert list(files.values()).count(shared) == 1
    for title in ("First", "Second"):
        (playlist,) = (bag / "data").glob(f"*/{title}.m3u8")
        entries = m3u.parse(playlist.read_text(encoding="utf-8")).entries
        assert [(playlist.parent / entry.path).read_bytes() for entry in entries] == contents_of(
            maker, maker.shelf.find(title).id
        )


def test_pages_stand_there_in_three_languages_without_scripts(maker, bag):
    album, _ = put_album(maker, "<script>x</script>", "&lt;b&gt;")
    publish_all(maker, [album], "A <b>label</b>")
    archived(maker, bag, "A <b>label</b>")
    pages = {name: page.decode() for name, page in payload(bag).items() if name.endswith(".html")}
    assert len(pages) == 6
    for page in pages.values():
        assert "<script" not in page.lower()
        assert "<b>label" not in page
        assert "Content-Security-Policy" in page
    assert "Что это за страница" in pages["data/index.ru.html"]
    assert 'lang="da"' in pages["data/index.da.html"]


def test_whom_nobody_named_is_told_in_the_language_of_the_page(maker, bag):
    album, _ = put_album(maker, "Kassette", "Unknown Artist")
    publish_all(maker, [album], "Zoopark Tapes")
    archived(maker, bag)
    pages = {name: page.decode() for name, page in payload(bag).items() if name.endswith(".html")}
    for language, nobody in (("da", "Ukendt kunstner"), ("ru", "Неизвестный исполнитель")):
        found = [page for page in pages.values() if f'<html lang="{language}"' in page]
        assert len(found) == 2
        assert all(nobody in page and "Unknown Artist" not in page for page in found)


def test_the_same_again_writes_nothing_and_goes_on_after_a_cut(maker, bag):
    publish_all(maker, [put_album(maker, "45")[0]])
    archived(maker, bag)
    before = payload(bag)
    again = archived(maker, bag)
    assert (again.written, again.already, again.missing) == (0, again.files, ())
    (bag / "tagmanifest-sha256.txt").unlink()
    (bag / "manifest-sha256.txt").unlink()
    hurt = next(bag.rglob("*.flac"))
    hurt.write_bytes(b"half")
    archived(maker, bag)
    assert payload(bag) == before
    validate(bag)


def test_an_archive_follows_its_label(maker, anna, bag):
    view = publish_all(maker, [put_album(maker, "45")[0]])
    archived(maker, bag)
    publish(maker, [put_album(maker, "46")[0]], view, now=NOW)
    publish(maker, ["45"], view, now=NOW, withdraw=True, reason="sold")
    report = archived(maker, bag)
    validate(bag)
    assert report.removed
    assert [each.title for each in report.withdrawn] == ["45"]
    assert not [name for name in payload(bag) if " 45" in name and name.endswith(".flac")]
    dubbed(anna, bag)
    assert anna.shelf.find("46").complete


def test_what_others_put_there_stays_and_is_told(maker, bag):
    publish_all(maker, [put_album(maker, "45")[0]])
    archived(maker, bag)
    (bag / "data" / "mine.txt").write_bytes(b"mine")
    report = archived(maker, bag)
    assert [each.what for each in report.missing] == ["data/mine.txt"]
    assert (bag / "data" / "mine.txt").read_bytes() == b"mine"


@pytest.mark.parametrize("name", ["bagit.txt", "song.flac", "bag-info.txt"])
def test_a_folder_with_something_else_is_left_alone(maker, bag, name):
    publish_all(maker, [put_album(maker, "45")[0]])
    bag.mkdir()
    (bag / name).write_bytes(b"something")
    with pytest.raises(UsageError, match="holds something else"):
        archived(maker, bag)
    assert [path.name for path in bag.iterdir()] == [name]


def test_the_archive_of_another_label_is_something_else(maker, bag):
    publish_all(maker, [put_album(maker, "45")[0]])
    new_label(maker, "Second")
    archived(maker, bag)
    with pytest.raises(UsageError, match="holds something else"):
        archived(maker, bag, "Second")


def test_a_label_that_says_nothing_yet_is_an_archive_too(maker, anna, bag):
    new_label(maker)
    assert archived(maker, bag).missing == ()
    validate(bag)
    assert dubbed(anna, bag).labels[0].genuine


def test_links_on_the_way_are_not_followed(maker, bag, tmp_path):
    publish_all(maker, [put_album(maker, "45")[0]])
    archived(maker, bag)
    shutil.move(bag / "data", tmp_path / "elsewhere")
    (bag / "data").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(TargetError, match="is a link"):
        archived(maker, bag)


def test_too_little_room_is_said_before_anything_is_written(maker, bag, monkeypatch):
    publish_all(maker, [put_album(maker, "45")[0]])
    room = archive_module.space(bag)
    monkeypatch.setattr(archive_module, "space", lambda _: room._replace(free=100_000))
    with pytest.raises(NoSpaceError, match="nothing was written"):
        archived(maker, bag)
    assert not bag.exists()


def test_a_full_disk_leaves_what_can_go_on(maker, bag):
    publish_all(maker, [put_album(maker, "45")[0]])
    with pytest.raises((NoSpaceError, TargetError)):
        archived(maker, bag, disk=FaultyDisk(fail_at=40))
    archived(maker, bag)
    validate(bag)


# -- what is not here --------------------------------------------------------------------------------------------------


@pytest.fixture
def liar(tmp_path):
    """A label whose documents a test writes itself."""
    return Liar(tmp_path / "liar", "Zoopark Tapes")


def take(library: Library, liar: Liar) -> DubReport:
    reports = [report for _, report in dub_all(library, str(liar.folder), now=lambda: NOW)]
    return together(reports)


def test_what_is_not_here_is_named_and_the_rest_is_archived(maker, anna, bag, liar):
    here, gone = liar.blob(b"here"), liar.blob(b"gone")
    liar.release(release_of([here, gone], "Half", number=7))
    (next(liar.folder.rglob(gone.sha256))).unlink()
    take(maker, liar)
    report = archived(maker, bag)
    assert [each.what for each in report.missing] == ["Half: Track 2"]
    assert "is not here" in report.missing[0].reason
    assert report.outcome(bag).exit_code == 3
    validate(bag)
    assert "Half: Track 2" in (bag / "data" / "index.html").read_text(encoding="utf-8")


def test_of_a_track_that_is_here_in_its_small_version_that_goes_and_is_told(maker, anna, bag, liar):
    original, small = liar.blob(b"original"), structs.replace(liar.blob(b"small"), media_type="audio/opus")
    release = release_of([original], "Small", number=7)
    track = structs.replace(release.tracks[0], renditions=(Rendition(kind="opus-128", file=small),))
    liar.release(structs.replace(release, tracks=(track,)))
    (next(liar.folder.rglob(original.sha256))).unlink()
    take(maker, liar)
    report = archived(maker, bag)
    assert "only its small version" in report.missing[0].reason
    assert [content for name, content in payload(bag).items() if name.endswith(".opus")] == [b"small"]
    dubbed(anna, bag)
    assert anna.shelf.holds(small)


def test_of_a_track_that_is_here_in_both_versions_the_original_goes(maker, bag, liar):
    original, small = liar.blob(b"original"), structs.replace(liar.blob(b"small"), media_type="audio/opus")
    release = release_of([original], "Both", number=7)
    track = structs.replace(release.tracks[0], renditions=(Rendition(kind="opus-128", file=small),))
    liar.release(structs.replace(release, tracks=(track,)))
    for _ in dub_all(maker, str(liar.folder), now=lambda: NOW, quality="both"):
        pass
    assert archived(maker, bag).missing == ()
    assert [name for name in payload(bag) if name.endswith(".opus")] == []


def test_words_of_a_track_stand_beside_it_and_an_unknown_type_is_nothing_that_opens(maker, bag, liar):
    words = structs.replace(liar.blob(b"<html>la"), media_type="text/plain")
    odd = structs.replace(liar.blob(b"<html>odd"), media_type="audio/x-future")
    release = release_of([liar.blob(b"a"), odd], "Words", number=7)
    first = structs.replace(release.tracks[0], lyrics=(Lyrics(file=words), Lyrics(language="ru", file=words)))
    liar.release(structs.replace(release, tracks=(first, release.tracks[1])))
    take(maker, liar)
    assert archived(maker, bag).missing == ()
    names = {Path(name).name for name in payload(bag) if "labels" not in name}
    assert {"01 Track 1.txt", "02 Track 2.bin"} <= names


def test_a_document_of_a_kind_to_come_goes_and_a_page_among_them_does_not(maker, anna, bag, liar):
    film = "ab/" + "ab" * 16 + ".film.json"
    liar.sign({film: b'{"schema":"film/9"}', "ab/page.html": b"<html>"})
    liar.release(release_of([liar.blob(b"a")], "Film", number=7))
    take(maker, liar)
    report = archived(maker, bag)
    assert [each.what for each in report.missing] == ["ab/page.html"]
    assert [name for name in payload(bag) if name.endswith(".film.json")]
    dubbed(anna, bag)
    imprint = anna.shelf.labels()[0].imprint
    assert [held.path for held in anna.index.documents.held(imprint)] == [film]


def test_a_file_that_is_damaged_in_the_library_is_named(maker, bag):
    album, _ = put_album(maker, "45", lengths=(2_000_000, 1_500_000))
    publish_all(maker, [album])
    release = maker.shelf.release(album)
    cell = maker.placements(release.tracks[0].file.sha256)[0].cell
    maker.vault.cell_path(cell).unlink()
    report = archived(maker, bag)
    assert [each.what for each in report.missing] == ["Виктор - 45 (2026)/01 Песня 1.flac"]
    validate(bag)


def test_what_the_label_says_of_others_goes_and_what_others_say_does_not(maker, anna, bag):
    album, _ = put_album(maker, "45")
    publish_all(maker, [album])
    review(
        maker, "45", as_="Zoopark Tapes", now=NOW, rating=4, headline="<b>Loud</b>", body="One\n\nTwo", recommended=True
    )
    new_label(maker, "Second")
    review(maker, "45", as_="Second", now=NOW, headline="Nobody's business")
    assert archived(maker, bag).missing == ()
    page = (bag / "data" / "index.ru.html").read_text(encoding="utf-8")
    assert "★★★★" in page
    assert "&lt;b&gt;Loud&lt;/b&gt;" in page
    assert b"Nobody" not in b"".join(payload(bag).values())
    dubbed(anna, bag)
    imprint = anna.shelf.labels()[0].imprint
    assert [held.kind for held in anna.index.documents.held(imprint)] == ["review"]


ODD = "a\u202eb\x1b\x07\n2. c"


@pytest.mark.parametrize(
    ("voice", "about", "text"),
    [
        (
            review_of("ab" * 32, artist=ODD, title=ODD, headline=ODD, review_body=ODD),
            "ab 2. c — ab 2. c",
            "ab 2. c\n\nab\n2. c",
        ),
        (
            Vouch(imprint=LABEL, name=ODD, checkpoint=Checkpoint(version=1, sha256="ab" * 32), note=ODD),
            "ab 2. c",
            "ab 2. c",
        ),
        (
            Compilation(
                playlist="c0" * 16, name=ODD, tracks=(CompiledTrack(track_id="ab" * 32, title=ODD, artist=ODD),)
            ),
            "ab 2. c",
            "1. ab 2. c — ab 2. c",
        ),
    ],
    ids=["review", "vouch", "compilation"],
)
def test_what_a_label_says_stands_on_pages_in_letters_that_are_seen(voice, about, text):
    (line,) = said_in(path_of(voice), encode(voice))
    assert (line.about, line.text) == (about, text)


def test_a_vouch_for_what_no_label_can_be_stands_on_no_page():
    voice = Vouch(imprint="mag1" + "q" * 58, name="Kino", checkpoint=Checkpoint(version=1, sha256="ab" * 32))
    assert not list(said_in(path_of(voice), encode(voice)))


# -- bags of strangers -------------------------------------------------------------------------------------------------


@pytest.fixture
def packed(maker, bag):
    publish_all(maker, [put_album(maker, "45", lengths=(3000, 2000))[0]])
    archived(maker, bag)
    return bag


def test_packed_again_by_others_it_still_comes_back(maker, anna, packed):
    bagit.make_bag(str(packed))
    validate(packed)
    assert dubbed(anna, packed).missing == ()
    assert sound_of(anna) == sound_of(maker)


def test_packed_again_with_digests_that_we_do_not_know_too(maker, anna, packed):
    bagit.make_bag(str(packed), checksums=["md5"])
    assert dubbed(anna, packed).missing == ()
    assert sound_of(anna) == sound_of(maker)


@pytest.mark.parametrize("place", ["data", "."])
def test_the_folder_of_the_music_is_as_good_a_name(maker, anna, packed, place):
    assert dubbed(anna, packed / place).tracks == 2


def test_lists_with_other_ends_of_lines_come_back(maker, anna, packed):
    for path in packed.glob("*.txt"):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert dubbed(anna, packed).missing == ()
    assert sound_of(anna) == sound_of(maker)


def test_an_altered_file_is_refused_and_the_rest_comes(anna, packed):
    path = next(packed.rglob("01*.flac"))
    path.write_bytes(bytes(len(path.read_bytes())))
    report = dubbed(anna, packed)
    assert (report.tracks, len(report.missing)) == (1, 1)
    assert "not what its label signed" in report.missing[0].reason


def test_an_altered_paper_refuses_its_label(anna, packed):
    path = next(packed.rglob("*.targets.json"))
    path.write_bytes(path.read_bytes().replace(b'"version":2', b'"version":9'))
    report = dubbed(anna, packed)
    assert (report.refused, report.tracks) == (1, 0)


def test_a_list_that_lies_gives_nothing_false(maker, anna, packed):
    """Digests of the list are exchanged: each file is another than it says."""
    path = packed / "manifest-sha256.txt"
    lines = [line.split("  ", 1) for line in path.read_text(encoding="utf-8").splitlines()]
    sounds = [line for line in lines if line[1].endswith(".flac")]
    sounds[0][0], sounds[1][0] = sounds[1][0], sounds[0][0]
    path.write_text("".join("  ".join(line) + "\n" for line in lines), encoding="utf-8")
    report = dubbed(anna, packed)
    assert (report.tracks, len(report.missing)) == (0, 1)


@pytest.mark.parametrize("name", ["x" * 300, "я" * 255])
def test_a_name_that_no_file_can_have_hides_that_file_alone(anna, packed, name):
    path = packed / "manifest-sha256.txt"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    first = next(number for number, line in enumerate(lines) if line.endswith(".flac\n"))
    lines[first] = f"{lines[first][:64]}  data/{name}/a.flac\n"
    path.write_text("".join(lines), encoding="utf-8")
    report = dubbed(anna, packed)
    assert report.tracks == 1
    assert "45" in [each.what for each in report.missing]


def test_a_half_copied_archive_says_so(anna, packed):
    (packed / "manifest-sha256.txt").unlink()
    with pytest.raises(Exception, match="without its list of files") as caught:
        dubbed(anna, packed)
    assert caught.value.exit_code == 10


def test_an_archive_of_which_files_are_missing_names_them(anna, packed):
    next(packed.rglob("01*.flac")).unlink()
    report = dubbed(anna, packed)
    assert [each.what for each in report.missing] == ["45"]
    assert report.tracks == 1


@pytest.mark.parametrize("what", ["file", "folder"])
def test_links_in_a_bag_are_not_followed(anna, packed, tmp_path, what):
    path = next(packed.rglob("01*.flac"))
    linked = path if what == "file" else path.parent
    shutil.move(linked, tmp_path / "elsewhere")
    linked.symlink_to(tmp_path / "elsewhere")
    report = dubbed(anna, packed)
    assert "link" in str(report.missing[0].reason)
    assert report.tracks == (1 if what == "file" else 0)


def test_paths_that_lead_elsewhere_are_told(anna, packed):
    outside = hashlib.sha256(b"outside").hexdigest()
    with (packed / "manifest-sha256.txt").open("a", encoding="utf-8") as file:
        file.write(f"{outside}  /etc/hostname\n{outside}  data/../../x\n{outside}  DATA/labels\nnothing\n")
    report = dubbed(anna, packed)
    assert report.tracks == 2
    assert [str(each.what) for each in report.missing] == ["4 lines of manifest-sha256.txt"]


def test_what_a_bag_wants_fetched_is_not_and_is_told(anna, packed):
    path = next(packed.rglob("01*.flac"))
    name = path.relative_to(packed).as_posix()
    path.unlink()
    (packed / "fetch.txt").write_text(f"https://example.org/a 3000 {name}\nhttps://example.org/b - data/index.html\n")
    report = dubbed(anna, packed)
    assert [str(each.what) for each in report.missing] == ["45", "1 file of the bag"]
    assert "nothing is fetched" in report.missing[1].reason


def wanted(anna, packed, *paths):
    (packed / "fetch.txt").write_text("".join(f"https://example.org/ 1 {path}\n" for path in paths), encoding="utf-8")
    (told,) = dubbed(anna, packed).missing
    return told.what


def test_odd_names_of_files_elsewhere_count_as_the_others_do(anna, packed):
    odd = (f"data/{'x' * 300}", f"data/{'я' * 255}", "data/../up", "data/gone", "data/index.html")
    assert wanted(anna, packed, *odd) == "4 files of the bag"


def test_of_a_long_list_of_files_elsewhere_the_beginning_is_looked_at(anna, packed):
    line = "https://example.org/ 1 data/00000\n"
    most = ((1 << 16) + 1) // len(line)
    assert (
        wanted(anna, packed, *(f"data/{number:05}" for number in range(20_000))) == f"at least {most} files of the bag"
    )


def test_an_archive_on_a_stick_is_seen(packed):
    (stick,) = Sticks(lambda: [packed.parent]).look([])
    assert [(each.folder, each.is_open) for each in stick.reels] == [(packed, True)]
    assert cargo_beside(packed.parent / "mag") == []
    assert "an open spool" in cargo_beside(packed.parent)


def test_somebody_elses_bag_is_no_source(anna, bag):
    bag.mkdir()
    (bag / "letter.txt").write_text("hello")
    bagit.make_bag(str(bag))
    with pytest.raises(Exception, match="no reel, and no archive"):
        dubbed(anna, bag)


def test_beside_a_broken_archive_the_others_come_first(maker, anna, packed):
    stick = packed.parent / "stick"
    shutil.copytree(packed, stick / "whole")
    shutil.copytree(packed, stick / "broken")
    (stick / "broken" / "manifest-sha256.txt").unlink()
    report = dubbed(anna, stick)
    assert [each.what for each in report.missing] == [str(stick / "broken")]
    assert "without its list of files" in str(report.missing[0].reason)
    assert outcome(report).exit_code == EXIT_PARTLY
    assert sound_of(anna) == sound_of(maker)
