"""The program passed on: what lies on the stick is what was at hand, or nothing there looks as if it were."""

from __future__ import annotations

import errno
import os
import random
import re
import stat
import subprocess
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magnitizdat.disk.disk import Disk
from magnitizdat.errors import MagError, NoSpaceError, SourceError, TargetError, UsageError
from magnitizdat.language import voices
from magnitizdat.ops.give import builds
from magnitizdat.ops.give.builds import at_hand, build_of, fingerprint
from magnitizdat.ops.give.looking import look_at
from magnitizdat.ops.give.pass_on import pass_on
from magnitizdat.ops.places import sources
from magnitizdat.ops.places.sources import cargo_beside
from magnitizdat.pages import pocket
from magnitizdat.pages.leaflet import leaflet, leaflet_names
from magnitizdat.pages.leaflet_lines import grouped
from tests.fakes import FaultyDisk, Killed

LINUX, WINDOWS = "mag-0.1.0-linux-x86_64", "mag-0.1.0-windows-x86_64.exe"
BEGINNINGS = {LINUX: b"\x7fELF", WINDOWS: b"MZ"}

VOICES = voices()
LEAFLET_NAMES = leaflet_names(VOICES)
PAGE = pocket.NAME


@pytest.fixture(autouse=True)
def _own_world(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


def a_build(folder, name=LINUX, seed=1):
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(BEGINNINGS.get(name, b"\x7fELF") + random.Random(seed).randbytes(3_000_000))
    return build_of(path)


@pytest.fixture
def both(tmp_path):
    return [a_build(tmp_path / "dist"), a_build(tmp_path / "dist", WINDOWS, seed=2)]


def lying(stick):
    """Name to content of what a person would take for finished."""
    there = stick.iterdir() if stick.is_dir() else []
    return {path.name: path.read_bytes() for path in there if not path.name.endswith(".new")}


# -- fingerprints ------------------------------------------------------------------------------------------------------


@given(content=st.binary(max_size=3000))
def test_a_fingerprint_is_what_sha256sum_prints(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("sum") / "file"
    path.write_bytes(content)
    printed = subprocess.run(["sha256sum", path], capture_output=True, check=True, text=True).stdout
    assert printed.split()[0] == fingerprint(path) == fingerprint(path, uncached=True)


@given(digest=st.binary(min_size=32, max_size=32))
def test_groups_are_the_same_signs_in_fours(digest):
    lines = grouped(digest.hex()).split("\n")
    assert [len(line.split()) for line in lines] == [4, 4, 4, 4]
    assert all(len(group) == 4 for line in lines for group in line.split())
    assert "".join("".join(lines).split()) == digest.hex()


# -- copying -----------------------------------------------------------------------------------------------------------


def test_every_build_is_there_bit_for_bit_and_can_be_run(both, tmp_path):
    stick = tmp_path / "stick"
    report = pass_on(both, stick, Disk())
    assert set(lying(stick)) == {LINUX, WINDOWS, PAGE, *LEAFLET_NAMES}
    assert (stick / PAGE).read_bytes() == pocket.page()
    assert (report.page.sha256, report.page.length) == (fingerprint(stick / PAGE), len(pocket.page()))
    for build, done in zip(both, report.builds, strict=True):
        copied = stick / build.name
        assert copied.read_bytes() == build.path.read_bytes()
        assert copied.stat().st_mode & stat.S_IXUSR
        assert (done.sha256, done.length, done.already) == (fingerprint(copied), copied.stat().st_size, False)
    assert not list(stick.glob("*.new"))


def test_a_second_run_copies_nothing_and_a_new_build_joins(both, tmp_path):
    stick = tmp_path / "stick"
    pass_on(both[:1], stick, Disk())
    before = (stick / LINUX).stat().st_mtime_ns
    report = pass_on(both, stick, Disk())
    assert [each.already for each in [*report.builds, report.page]] == [True, False, True]
    assert (stick / LINUX).stat().st_mtime_ns == before
    for name in LEAFLET_NAMES:
        assert WINDOWS in (stick / name).read_text(encoding="utf-8")


def test_a_program_that_the_leaflet_does_not_speak_of_is_named(both, tmp_path):
    stick = tmp_path / "stick"
    a_build(stick, "mag-0.0.9-linux-arm64")
    assert pass_on(both, stick, Disk()).unlisted == ("mag-0.0.9-linux-arm64",)


@pytest.mark.parametrize("name", [LINUX, PAGE, "READ-ME.en.txt", "READ-ME.html"])
def test_another_file_of_that_name_is_never_overwritten(both, tmp_path, name):
    stick = tmp_path / "stick"
    stick.mkdir()
    (stick / name).write_bytes(b"mine")
    with pytest.raises(UsageError, match="is there already"):
        pass_on(both, stick, Disk())
    assert lying(stick) == {name: b"mine"}


def test_a_link_of_that_name_is_not_followed(both, tmp_path):
    stick = tmp_path / "stick"
    stick.mkdir()
    (stick / LINUX).symlink_to(both[0].path)
    with pytest.raises(UsageError, match="is there already"):
        pass_on(both, stick, Disk())


def test_what_will_not_fit_is_refused_before_the_first_byte(both, tmp_path, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(total=10**9, free=4_000_000))
    with pytest.raises(NoSpaceError, match="nothing was written"):
        pass_on(both, tmp_path / "stick", Disk())
    assert not (tmp_path / "stick").exists()


def is_honest(stick, wanted):
    """Every program there is one that was at hand; the whole leaflet only where all of them are."""
    there = lying(stick)
    assert all(content == wanted[name] for name, content in there.items() if name in wanted)
    assert set(there) <= {*wanted, *LEAFLET_NAMES}
    if set(there) & set(LEAFLET_NAMES):
        assert set(wanted) <= set(there)


def steps(both, stick):
    disk = FaultyDisk()
    pass_on(both, stick, disk)
    return len(disk.operations)


@pytest.mark.parametrize("code", [errno.EIO, errno.ENOSPC])
def test_a_disk_that_fails_at_any_step_leaves_nothing_that_looks_done_and_the_next_run_completes(both, tmp_path, code):
    wanted = {PAGE: pocket.page()} | {build.name: build.path.read_bytes() for build in both}
    for number in range(1, steps(both, tmp_path / "first") + 1):
        stick = tmp_path / f"stick{number}"
        with pytest.raises(MagError):
            pass_on(both, stick, FaultyDisk(fail_at=number, code=code, forever=True))
        is_honest(stick, wanted)
        pass_on(both, stick, Disk())
        assert set(lying(stick)) == {*wanted, *LEAFLET_NAMES}
        assert not list(stick.glob("*.new"))


def test_power_lost_at_any_step_is_taken_up_by_the_next_run(both, tmp_path):
    wanted = {PAGE: pocket.page()} | {build.name: build.path.read_bytes() for build in both}
    chance = random.Random(4)
    for number in range(1, steps(both, tmp_path / "first") + 1):
        stick = tmp_path / f"stick{number}"
        disk = FaultyDisk(fail_at=number, kill=True)
        with pytest.raises(Killed):
            pass_on(both, stick, disk)
        disk.lose_power(chance)
        is_honest(stick, wanted)
        pass_on(both, stick, Disk())
        assert set(lying(stick)) == {*wanted, *LEAFLET_NAMES}


@pytest.mark.parametrize("victim", [f"{WINDOWS}.new", f"{PAGE}.new", "READ-ME.html"])
def test_a_stick_that_gives_back_other_bytes_gets_no_good_word(both, tmp_path, victim):
    stick = tmp_path / "stick"

    class Forgetful(Disk):
        """Takes everything and keeps zeros, as sticks of fake capacity do."""

        def _sync_folder(self, path):
            super()._sync_folder(path)
            if (stick / victim).exists():
                (stick / victim).write_bytes(bytes((stick / victim).stat().st_size))

    with pytest.raises(TargetError, match="does not give back"):
        pass_on(both, stick, Forgetful())
    assert victim.removesuffix(".new") not in lying(stick)
    assert not list(stick.glob("*.new"))


# -- which builds ------------------------------------------------------------------------------------------------------


def test_the_running_file_comes_first_then_what_was_given_then_what_lies_about(tmp_path, monkeypatch):
    own = tmp_path / "bin" / "mag"  # whatever the person called it
    a_build(own.parent, "mag-0.0.9-linux-x86_64")
    own.write_bytes(b"\x7fELF" + bytes(100))
    given = a_build(tmp_path / "given", WINDOWS)
    monkeypatch.setattr(builds, "own_file", lambda: own)
    monkeypatch.setattr(builds, "own_name", lambda: LINUX)
    found = at_hand([given.path])
    assert [(build.name, build.path) for build in found] == [
        (LINUX, own),
        (WINDOWS, given.path),
        ("mag-0.0.9-linux-x86_64", own.parent / "mag-0.0.9-linux-x86_64"),
    ]


def test_builds_are_found_in_a_folder_of_the_persons_own(tmp_path):
    folder = tmp_path / "data" / "magnitizdat" / "builds"
    a_build(folder)
    (folder / WINDOWS).write_bytes(b"#!/bin/sh\n")
    (folder / "notes.txt").write_bytes(b"hello")
    assert [build.path for build in at_hand()] == [folder / LINUX]


def test_without_any_build_it_says_how_to_name_one(tmp_path):
    with pytest.raises(UsageError, match="--build FILE"):
        pass_on(at_hand(), tmp_path / "stick", Disk())


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("mag", b"\x7fELF", "name it like"),
        (WINDOWS, b"\x7fELF", "program for windows"),
        (LINUX, b"", "not a program"),
    ],
)
def test_a_file_that_is_no_build_is_not_passed_on(tmp_path, name, content, words):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UsageError, match=words):
        at_hand([tmp_path / name])


def test_two_builds_of_one_name_are_refused(tmp_path):
    paths = [a_build(tmp_path / "a").path, a_build(tmp_path / "b", seed=2).path]
    with pytest.raises(UsageError, match="two builds"):
        at_hand(paths)


# -- looking at one ----------------------------------------------------------------------------------------------------


def test_a_copy_of_a_build_at_hand_is_the_same_whatever_it_is_called(tmp_path):
    known = a_build(tmp_path / "data" / "magnitizdat" / "builds")
    other = tmp_path / "gift"
    other.write_bytes(known.path.read_bytes())
    found = look_at(other)
    assert (found.verdict, found.like) == ("same", str(known.path))
    assert found.sha256 == fingerprint(known.path)


def test_one_bit_is_a_different_program_of_the_same_name(tmp_path):
    known = a_build(tmp_path / "data" / "magnitizdat" / "builds")
    content = bytearray(known.path.read_bytes())
    content[1_000_000] ^= 1
    (tmp_path / LINUX).write_bytes(content)
    found = look_at(tmp_path / LINUX)
    assert found.verdict == "different"
    assert "Do not start it" in found.sentence


def test_a_build_is_not_compared_with_itself(tmp_path):
    known = a_build(tmp_path / "data" / "magnitizdat" / "builds")
    assert look_at(known.path).verdict == "unknown"


def test_of_another_version_nothing_can_be_told_but_its_fingerprint(tmp_path):
    a_build(tmp_path / "data" / "magnitizdat" / "builds")
    newer = a_build(tmp_path, "mag-9.9.9-linux-x86_64", seed=3)
    found = look_at(newer.path)
    assert (found.verdict, found.version) == ("unknown", "9.9.9")
    assert "calls itself version 9.9.9" in found.sentence


def test_a_folder_or_nothing_cannot_be_looked_at(tmp_path):
    for path in (tmp_path, tmp_path / "none"):
        with pytest.raises(SourceError):
            look_at(path)


# -- the leaflet -------------------------------------------------------------------------------------------------------


class Page(HTMLParser):
    """Texts of a page, and what it would fetch or run."""

    def __init__(self, content):
        super().__init__()
        self.texts, self.fetched, self.languages = [], [], []
        self.feed(content)

    def handle_starttag(self, tag, attrs):
        self.languages += [value for name, value in attrs if name == "lang" and tag == "article"]
        self.fetched += [value for name, value in attrs if name in {"src", "href"}]
        assert tag != "script"

    def handle_data(self, data):
        self.texts.append(data)


@pytest.fixture
def written(both, tmp_path):
    report = pass_on(both, tmp_path / "stick", Disk())
    return report, leaflet(report.builds, report.page, version="0.1.0", voices=VOICES)


def test_every_leaflet_has_every_fingerprint_and_how_each_system_makes_it(written):
    report, files = written
    for name, content in files.items():
        text = " ".join(Page(content.decode()).texts) if name.endswith("html") else content.decode("utf-8-sig")
        for copied in [*report.builds, report.page]:
            assert copied.name in text
            assert grouped(copied.sha256).replace("\n", " ") in " ".join(text.split())
        for command in ("sha256sum mag-", "shasum -a 256 mag-", "certutil -hashfile mag-", "pass-on check mag-"):
            assert command in text


def test_plain_leaflets_are_narrow_and_have_the_sum_as_the_tools_print_it(written):
    report, files = written
    for name, content in files.items():
        if name.endswith(".txt"):
            assert content.startswith(b"\xef\xbb\xbf")
            assert content.count(b"\n") == content.count(b"\r\n")
            lines = content.decode("utf-8-sig").splitlines()
            assert max(map(len, lines)) <= 80
            assert {copied.sha256 for copied in [*report.builds, report.page]} <= set(lines)


def test_the_page_runs_and_fetches_nothing_and_marks_its_languages(written):
    page = Page(written[1]["READ-ME.html"].decode())
    assert page.fetched == []
    assert page.languages == [voice.language for voice in VOICES] == ["en", "da", "ru"]


def test_systems_without_a_build_get_no_way_to_start_it(tmp_path):
    report = pass_on([a_build(tmp_path / "dist")], tmp_path / "stick", Disk())
    text = leaflet(report.builds, report.page, version="0.1.0", voices=VOICES)["READ-ME.en.txt"].decode("utf-8-sig")
    assert "./mag-0.1.0-linux-x86_64 tour" in text
    assert not re.search(r"\.exe|do not know who made it", text)


# -- its own stick -----------------------------------------------------------------------------------------------------


def test_music_and_reels_beside_it_are_noticed(tmp_path):
    assert cargo_beside(tmp_path) == []
    (tmp_path / "reel").mkdir()
    (tmp_path / "reel" / "abcdefgh.age").write_bytes(b"")
    (tmp_path / "songs").mkdir()
    (tmp_path / "songs" / "01.flac").write_bytes(b"")
    assert cargo_beside(tmp_path) == ["a reel", "music"]
    assert cargo_beside(tmp_path / "not there yet") == []


def test_the_whole_stick_counts_not_only_the_folder(tmp_path, monkeypatch):
    stick = tmp_path / "media" / "stick"
    monkeypatch.setattr(sources, "MOUNTS", [str(tmp_path / "media")])
    monkeypatch.setattr(os.path, "ismount", lambda path: path == stick)
    (stick / "labels").mkdir(parents=True)
    (stick / "blobs").mkdir()
    assert cargo_beside(stick / "program") == ["an open spool"]
    assert cargo_beside(tmp_path / "program") == []
