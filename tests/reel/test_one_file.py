"""A reel as one file: what is said of it before is what it is, and it is the same reel as in a folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from magnitizdat.disk.disk import Disk
from magnitizdat.errors import EXIT_PARTLY, DamagedError, MagError, NoSpaceError, SourceError
from magnitizdat.formats import zip_store
from magnitizdat.formats.age_keys import X25519Identity
from magnitizdat.formats.letter_file import SMALL
from magnitizdat.formats.zip_store import Unread, write_zip
from magnitizdat.model import Silent, SpoolFile
from magnitizdat.ops.give.mending import mend_reel
from magnitizdat.reel import one_file_writer
from magnitizdat.reel import plan as plan_module
from magnitizdat.reel.along import look_over
from magnitizdat.reel.archive_sums import ArchiveSums
from magnitizdat.reel.check import check
from magnitizdat.reel.copy import copy
from magnitizdat.reel.filesystem import ReelFileSystem
from magnitizdat.reel.folder import AGE_MAGIC, LEAST_SEALED, letters, survey
from magnitizdat.reel.layout import Layout, shapes
from magnitizdat.reel.mend import mend
from magnitizdat.reel.one_file import files_in, is_broken, is_one_file, reader_of, table_of
from magnitizdat.reel.one_file_writer import cut_one_file, places_of
from magnitizdat.reel.opening import open_reel
from magnitizdat.reel.paths import Paths, random_names
from magnitizdat.reel.plan import archive_length, fits, plan
from magnitizdat.reel.post import PostCount
from magnitizdat.reel.words import WordLock
from tests.conftest import missing
from tests.fakes import FaultyDisk
from tests.fakes_reel import WORK_FACTOR, files_of, noise, overwrite, reader, spool_of

LENGTHS = [12_000] * 24
"""Two groups of the smallest segments."""
WORDS = "one two three four five six"
LETTERS = str.maketrans("0123456789", "abcdefghij")


class OneFile:
    """A reel of a spool in one file, and what opens it."""

    def __init__(self, folder: Path, lengths=LENGTHS, *, words: str = "", disk: Disk | None = None, post: int = 0):
        self.spool, self.identity, names = spool_of(lengths), X25519Identity.generate(), random_names()
        self.plan = plan(files_of(self.spool), word_sealed=bool(words), as_one_file=True, post=PostCount(post, 0))
        lock = WordLock(words, identity=self.identity, work_factor=WORK_FACTOR) if words else None
        self.letters = [(AGE_MAGIC + noise(SMALL, number))[:SMALL] for number in range(post)]
        self.report = cut_one_file(
            self.plan,
            reader(self.spool),
            [] if words else [self.identity.recipient],
            folder,
            disk or Disk(),
            names=names,
            lock=lock,
            letters=[Unread(SMALL, lambda content=content: content) for content in self.letters],
        )
        self.file = places_of(folder, names, self.plan.layout.segments + self.plan.layout.groups).target


def contents(opened) -> dict[str, bytes]:
    filesystem = ReelFileSystem(opened)
    return {path: filesystem.cat_file(path) for path in filesystem.find("")}


def readable(reel: Path) -> dict[str, bytes] | type[MagError]:
    """The files of it that come whole; or how it does not open."""
    try:
        filesystem, came = ReelFileSystem(open_reel(reel, words=WORDS)), dict[str, bytes]()
    except MagError as exc:
        return type(exc)
    for path in filesystem.find(""):
        with suppress(OSError, MagError):
            came[path] = filesystem.cat_file(path)
    return came


@pytest.fixture(scope="module")
def cut(tmp_path_factory) -> OneFile:
    return OneFile(tmp_path_factory.mktemp("one") / "out", words=WORDS, post=4)


def copied(cut: OneFile, folder: Path) -> Path:
    folder.mkdir()
    path = folder / "came.zip"
    path.write_bytes(cut.file.read_bytes())
    return path


def test_a_folder_may_be_named_from_here_or_through_a_link(tmp_path, monkeypatch):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    monkeypatch.chdir(tmp_path)
    for folder in (Path("out"), tmp_path / "link" / "out"):
        one = OneFile(folder, words=WORDS)
        assert [each.name for each in folder.iterdir()] == [one.file.name]
        assert check(one.file).is_valid


def test_nothing_but_the_file_is_there_and_it_has_the_length_that_was_planned(cut):
    assert list(cut.file.parent.iterdir()) == [cut.file]
    assert cut.file.stat().st_size == cut.plan.total_bytes == cut.report.total_bytes
    assert cut.plan.layout.groups == 2
    assert cut.plan.total_bytes < cut.plan.needed_bytes < 2 * cut.plan.total_bytes


def test_it_opens_with_its_words_and_is_whole(cut):
    opened = open_reel(cut.file, words=WORDS)
    assert contents(opened) == cut.spool
    assert opened.unreadable == []
    report = check(cut.file)
    assert report.is_valid
    assert report.unprotected == report.foreign == report.useless == ()


def test_letters_are_beside_the_segments(cut):
    found = letters(cut.file)
    assert sorted(reader_of(cut.file / each.path).read_at(0, SMALL) for each in found) == sorted(cut.letters)
    assert not any(each.path.startswith("post/") for each in survey(cut.file))


def test_taken_apart_by_another_program_it_is_a_reel_in_a_folder(cut, tmp_path):
    with zipfile.ZipFile(cut.file) as archive:
        assert archive.testzip() is None
        assert {each.compress_type for each in archive.infolist()} == {zipfile.ZIP_STORED}
        archive.extractall(tmp_path / "reel")
    assert check(tmp_path / "reel").is_valid
    assert contents(open_reel(tmp_path / "reel", words=WORDS)) == cut.spool


def test_it_is_what_the_writer_of_archives_makes_of_its_files(cut):
    with zipfile.ZipFile(cut.file) as archive:
        members = [(each.filename, archive.read(each)) for each in archive.infolist()]
    assert b"".join(write_zip(members)) == cut.file.read_bytes()


def test_copied_it_is_a_reel_in_a_folder(cut, tmp_path):
    report = copy(cut.file, [(tmp_path / "stick", Disk())])
    assert [each.verdict for each in report.targets] == ["done"]
    assert check(tmp_path / "stick").is_valid
    assert len(letters(tmp_path / "stick")) == 4
    assert contents(open_reel(tmp_path / "stick", words=WORDS)) == cut.spool


@given(
    data_segments=st.integers(1, 2000),
    words=st.booleans(),
    parity=st.integers(0, 100),
    post=st.builds(PostCount, st.integers(0, 64), st.integers(0, 8)),
    shape=st.sampled_from(shapes(1)),
)
def test_what_the_archive_takes_is_what_any_archive_of_such_names_takes(data_segments, words, parity, post, shape):
    layout = Layout(shape, data_segments, parity, 2 * words)
    names = [f"{'a' * 8}.age"] * layout.segments
    paths = Paths(layout, lambda _: "b" * 8)
    names += [path for group in range(layout.groups) for path in paths.parity(group)]
    names += [f"post/{'c' * 8}.age"] * post.files
    assert archive_length(layout, post) == zip_store.zip_length((name, 0) for name in names)


@given(budget=st.integers(0, 1 << 23), sizes=st.lists(st.integers(0, 1 << 20), min_size=1, max_size=9))
def test_what_fits_is_told_with_the_archive_around_it(budget, sizes):
    groups = [[SpoolFile(path=f"blobs/aa/{number}", length=size)] for number, size in enumerate(sizes)]
    taken = fits(groups, budget, as_one_file=True)
    if taken:
        assert plan([file for group in groups[:taken] for file in group], as_one_file=True).total_bytes <= budget
    if taken < len(groups):
        assert taken <= fits(groups, budget)


def test_four_gibibytes_are_refused_before_anything_is_read(monkeypatch):
    monkeypatch.setattr(plan_module, "MOST_AS_ONE_FILE", 1 << 20)
    files = files_of(spool_of([1 << 20]))
    assert plan(files).total_bytes > 1 << 20
    with pytest.raises(NoSpaceError, match="less than 4 GiB"):
        plan(files, as_one_file=True)


# -- accidents --------------------------------------------------------------------------------------------------------


def test_whatever_write_fails_nothing_stays(tmp_path):
    number, done = 1, False
    while not done:
        folder = tmp_path / f"out{number}"
        try:
            OneFile(folder, [9000] * 3, disk=FaultyDisk(fail_at=number))
            done = True
        except MagError:
            assert not folder.exists()
        number += 1
    assert number > 20


def test_no_room_is_told_before_the_first_byte(tmp_path, monkeypatch):
    class Room:
        free = 1000

    monkeypatch.setattr(one_file_writer, "space", lambda _folder: Room)
    with pytest.raises(NoSpaceError, match="while it is made"):
        OneFile(tmp_path / "out")
    assert not (tmp_path / "out").exists()


@given(data=st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
def test_cut_off_or_flipped_anywhere_it_is_mended_or_told(cut, tmp_path_factory, data):
    """What a broken way did to it is never taken for whole, and what is little is mended."""
    folder = tmp_path_factory.mktemp("broken")
    path, sealed = folder / "came.zip", bytearray(cut.file.read_bytes())
    kind = data.draw(st.sampled_from(["flip", "cut", "zeros"]))
    at = data.draw(st.integers(0, len(sealed) - 1))
    if kind == "flip":
        sealed[at] ^= 1 << data.draw(st.integers(0, 7))
    elif kind == "zeros":
        sealed[at : at + 12_000] = bytes(len(sealed[at : at + 12_000]))
    else:
        del sealed[max(at, len(sealed) - 30_000) :]
    path.write_bytes(sealed)
    report = check(path)
    if report.is_valid:  # what nobody reads was hit
        assert zipfile.ZipFile(path).testzip() is None
        assert contents(open_reel(path, words=WORDS)) == cut.spool
    copy(path, [(folder / "reel", Disk())])
    assert readable(path) == readable(folder / "reel")
    assert mend(folder / "reel", Disk()).after.is_mendable
    assert check(folder / "reel").is_complete
    assert contents(open_reel(folder / "reel", words=WORDS)) == cut.spool


def say_another_sum(path: Path, name: str) -> None:
    """Of a member, in the list and where it lies alike."""
    sealed, member = bytearray(path.read_bytes()), table_of(path).members[name]
    listed = sealed.index(name.encode(), sealed.index(b"PK\1\2"))
    for at in (member.offset - len(name) - 16, listed - 30):
        sealed[at] ^= 1
    path.write_bytes(sealed)


@pytest.mark.parametrize("kind", [".age", ".par2", "post/"])
def test_where_the_archive_says_another_sum_check_mend_and_share_say_one_thing(cut, tmp_path, kind):
    """And every other program too, which knows nothing but that sum."""
    path = copied(cut, tmp_path / "way")
    name = next(each for each in table_of(path).members if each.startswith(kind) or ("/" not in each and kind in each))
    say_another_sum(path, name)
    assert zipfile.ZipFile(path).testzip() == name
    report = check(path)
    assert (report.mislisted, report.is_valid, report.is_mendable) == ((name,), False, True)
    assert "list of the archive says otherwise" in report.outcome().headline
    assert report.outcome().exit_code == EXIT_PARTLY
    with pytest.raises(DamagedError, match="mend it"):
        look_over(path)
    mended = mend_reel(path, Disk())
    assert mended.after.is_valid
    look_over(Path(mended.folder))


def test_whatever_bit_of_the_archive_is_wrong_unzip_minds_none_that_check_does_not(tmp_path):
    if not shutil.which("unzip"):
        missing("Debian's unzip is not installed")
    path, members = tmp_path / "two.zip", [("abcdefgh.age", noise(60)), ("abcdefga.par2", noise(70))]
    sealed = b"".join(write_zip(members))
    around = sorted({*range(len(sealed))}.difference(*(_places(sealed, content) for _, content in members)))
    passed = 0
    for at in around:
        path.write_bytes(sealed[:at] + bytes([sealed[at] ^ 1 << at % 8]) + sealed[at + 1 :])
        os.utime(path, ns=(at, at))  # clocks of file systems are coarse
        found = table_of(path)
        if found.is_strict and not ArchiveSums(path).wrong({}, Silent()):
            passed += 1
            subprocess.run(["unzip", "-tq", path], check=True, capture_output=True)
    assert 20 < passed < len(around) - 100


def _places(sealed: bytes, content: bytes) -> range:
    start = sealed.index(content)
    return range(start, start + len(content))


def test_a_damaged_file_is_not_said_to_be_listed_wrongly_too(cut, tmp_path):
    path = copied(cut, tmp_path / "way")
    member = next(each for each in table_of(path).members.values() if each.name.endswith(".age"))
    overwrite(path, member.offset + 5000, b"rotten")
    assert (check(path).mislisted, check(path).count("damaged")) == ((), 1)


def test_what_lost_its_beginning_is_known_by_its_end(cut, tmp_path):
    path = copied(cut, tmp_path / "way")
    overwrite(path, 0, bytes(5000))
    assert files_in(path.parent) == [path]
    assert check(path).is_mendable


def test_thousands_of_files_of_nothing_are_left_where_they_are(cut, tmp_path):
    """They cost neither a file each, nor a place among those that are looked at."""
    members = table_of(cut.file).members
    sealed = [(name, reader_of(cut.file / name).read_at(0, member.length)) for name, member in members.items()]
    nothing = [(f"{number:08}".translate(LETTERS) + ".age", b"") for number in range(5000)]
    path = tmp_path / "many.zip"
    path.write_bytes(b"".join(write_zip([*nothing, *sealed])))
    assert check(path).count("whole") == cut.plan.layout.segments
    mended = mend_reel(path, Disk())
    assert mended.after.is_valid
    assert len([each for each in Path(mended.folder).rglob("*") if each.is_file()]) == len(sealed)


def test_how_far_a_broken_one_was_looked_through_is_told(cut, tmp_path):
    path = copied(cut, tmp_path / "way")
    with path.open("ab") as file:
        file.write(bytes(9 << 20))
    watch = Watch()
    check(path, progress=watch)
    assert watch.steps["looking for its files"] == [
        path.stat().st_size,
        pytest.approx(path.stat().st_size, abs=2 << 20),
    ]


class Watch:
    """What each step was said to have, and how much of that was done."""

    def __init__(self) -> None:
        self.steps: dict[str, list[int]] = {}

    def start(self, what, total, *, unit="bytes"):
        self.steps[str(what)] = self.now = [total, 0]

    def advance(self, amount):
        self.now[1] += amount


def test_a_broken_archive_is_opened_by_what_is_whole(cut, tmp_path):
    path = copied(cut, tmp_path / "way")
    overwrite(path, path.stat().st_size - 10, b"XXXX")
    assert contents(open_reel(path, words=WORDS)) == cut.spool
    assert is_broken(path)
    assert not check(path).is_valid
    assert check(path).is_mendable


def test_what_is_no_reel_is_said_to_be_none(tmp_path):
    path = tmp_path / "holiday.zip"
    path.write_bytes(b"".join(write_zip([("a.txt", b"hello")])))
    (tmp_path / "noise.zip").write_bytes(noise(100_000))
    (tmp_path / "empty.zip").write_bytes(b"")
    for each in tmp_path.iterdir():
        assert not is_one_file(each)
        with pytest.raises(SourceError, match="no reel as one file"):
            survey(each)
    assert files_in(tmp_path) == []


def test_those_in_a_folder_are_found(cut, tmp_path):
    path = copied(cut, tmp_path / "way")
    path.with_name("link.zip").symlink_to(path)
    path.with_name("other.zip").write_bytes(b"PK")
    assert files_in(path.parent) == [path]


# -- hostile ----------------------------------------------------------------------------------------------------------


def test_what_lies_deeper_than_in_a_reel_is_none_of_it(tmp_path):
    path = tmp_path / "deep.zip"
    sealed = b"age-encryption.org/v1\n" + noise(LEAST_SEALED)
    path.write_bytes(b"".join(write_zip([("abcdefgh.age", sealed), ("a/b/c.age", sealed), ("post/a/b.age", sealed)])))
    assert [each.path for each in survey(path)] == ["abcdefgh.age"]
    assert letters(path) == []
    assert [each.verdict for each in copy(path, [(tmp_path / "out", Disk())]).targets] == ["done"]
    assert [each.name for each in (tmp_path / "out").rglob("*")] == ["abcdefgh.age"]


def test_a_file_that_is_replaced_meanwhile_is_read_anew(cut, tmp_path):
    path = copied(cut, tmp_path / "way")
    before = table_of(path)
    path.write_bytes(b"".join(write_zip([("abcdefgh.age", b"age")])))
    os.utime(path, ns=(1, 1))
    assert list(table_of(path).members) == ["abcdefgh.age"] != list(before.members)
