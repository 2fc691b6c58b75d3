"""The page for browsers put on a stick: it is the genuine one or none, and what lies beside it names nothing else."""

from __future__ import annotations

import errno
import random
import re
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magnitizdat.disk.disk import Disk
from magnitizdat.errors import MagError, NoSpaceError, TargetError, UsageError
from magnitizdat.language import voices
from magnitizdat.ops.give.builds import fingerprint
from magnitizdat.ops.give.copying import copy_reel
from magnitizdat.ops.give.looking import file_at, look_at
from magnitizdat.ops.give.page_placing import place_page
from magnitizdat.pages import pocket
from magnitizdat.pages.page_leaflet import NAME as LEAFLET
from magnitizdat.pages.page_leaflet import is_page_leaflet, page_leaflet
from magnitizdat.pages.page_words import page_words
from magnitizdat.reel.check import check
from tests.fakes import FaultyDisk, Killed
from tests.fakes_reel import cut_reel, spool_of

PAGE = pocket.NAME
VOICES = voices()


@pytest.fixture(autouse=True)
def _own_world(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


def lying(stick):
    there = stick.iterdir() if stick.is_dir() else []
    return {path.name: path.read_bytes() for path in there if not path.name.endswith(".new")}


# -- writing -----------------------------------------------------------------------------------------------------------


def test_the_page_and_its_leaflet_lie_there_and_a_second_run_keeps_them(tmp_path):
    stick = tmp_path / "stick"
    first = place_page(stick, Disk())
    assert lying(stick) == {PAGE: pocket.page(), LEAFLET: page_leaflet(VOICES)}
    assert (first.page.sha256, first.page.already) == (fingerprint(stick / PAGE), False)
    before = (stick / PAGE).stat().st_mtime_ns
    assert place_page(stick, Disk()).page.already
    assert (stick / PAGE).stat().st_mtime_ns == before


def test_what_is_said_has_the_whole_fingerprint_and_that_it_is_safe_to_pull(tmp_path):
    outcome = place_page(tmp_path / "stick", Disk()).outcome()
    assert outcome.safe_to_pull
    assert "".join("".join(outcome.lines[-4:]).split()) == pocket.fingerprint()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (PAGE, b"mine"),
        (PAGE, pocket.page()[:-1] + b" "),
        (LEAFLET, b"mine"),
        (LEAFLET, b"\xef\xbb\xbfLibrary.html is the catalogue of my books"),
    ],
)
def test_another_file_of_that_name_is_never_overwritten(tmp_path, name, content):
    stick = tmp_path / "stick"
    stick.mkdir()
    (stick / name).write_bytes(content)
    with pytest.raises(UsageError, match="is there already"):
        place_page(stick, Disk())
    assert lying(stick) == {name: content}


def test_an_older_leaflet_makes_room(tmp_path):
    stick = tmp_path / "stick"
    stick.mkdir()
    (stick / LEAFLET).write_bytes(page_leaflet(VOICES[:1]))
    place_page(stick, Disk())
    assert (stick / LEAFLET).read_bytes() == page_leaflet(VOICES)


def test_what_will_not_fit_is_refused_before_the_first_byte(tmp_path, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(total=10**9, free=4_000))
    with pytest.raises(NoSpaceError, match="nothing was written"):
        place_page(tmp_path / "stick", Disk())
    assert not (tmp_path / "stick").exists()


def steps(stick):
    disk = FaultyDisk()
    place_page(stick, disk)
    return len(disk.operations)


def is_honest(stick):
    """A page there is the genuine one, and nothing speaks of one that is not there."""
    there = lying(stick)
    assert there.get(PAGE, pocket.page()) == pocket.page()
    assert LEAFLET not in there or PAGE in there


@pytest.mark.parametrize("code", [errno.EIO, errno.ENOSPC])
def test_a_disk_that_fails_at_any_step_leaves_no_half_page_and_the_next_run_completes(tmp_path, code):
    for number in range(1, steps(tmp_path / "first") + 1):
        stick = tmp_path / f"stick{number}"
        with pytest.raises(MagError):
            place_page(stick, FaultyDisk(fail_at=number, code=code, forever=True))
        is_honest(stick)
        place_page(stick, Disk())
        assert {path.name for path in stick.iterdir()} == {PAGE, LEAFLET}


def test_power_lost_at_any_step_is_taken_up_by_the_next_run(tmp_path):
    chance = random.Random(4)
    for number in range(1, steps(tmp_path / "first") + 1):
        stick = tmp_path / f"stick{number}"
        disk = FaultyDisk(fail_at=number, kill=True)
        with pytest.raises(Killed):
            place_page(stick, disk)
        disk.lose_power(chance)
        is_honest(stick)
        place_page(stick, Disk())
        assert set(lying(stick)) == {PAGE, LEAFLET}


@pytest.mark.parametrize("victim", [f"{PAGE}.new", LEAFLET])
def test_a_stick_that_gives_back_other_bytes_gets_no_good_word(tmp_path, victim):
    stick = tmp_path / "stick"

    class Forgetful(Disk):
        """Takes everything and keeps zeros, as sticks of fake capacity do."""

        def _sync_folder(self, path):
            super()._sync_folder(path)
            if (stick / victim).exists():
                (stick / victim).write_bytes(bytes((stick / victim).stat().st_size))

    with pytest.raises(TargetError, match="does not give back"):
        place_page(stick, Forgetful())
    assert victim.removesuffix(".new") not in lying(stick)


def test_within_a_reel_it_hurts_nothing_and_no_copy_takes_it_along(tmp_path):
    reel, copy = tmp_path / "reel", tmp_path / "copy"
    cut_reel(reel, spool_of([400_000] * 3))
    before = {path.name for path in reel.iterdir()}
    place_page(reel, Disk())
    assert check(reel).is_valid
    assert copy_reel(reel, [copy], disk=Disk()).outcome().exit_code == 0
    assert {path.name for path in copy.iterdir()} == before


# -- its leaflet -------------------------------------------------------------------------------------------------------

OURS = r"\bmag\b|magnitizdat|магнитиздат|\bGPL\b|reel|spole|катуш|label|лейбл|music|musik|музык|song|песн|sang\b"
"""What would say more than the page itself says when it is opened."""


def test_it_names_neither_the_program_nor_what_it_is_for():
    assert re.findall(OURS, page_leaflet(VOICES).decode("utf-8-sig"), re.IGNORECASE) == []


def test_it_has_every_language_whole_and_is_narrow():
    text = page_leaflet(VOICES).decode("utf-8-sig")
    assert text.count("\n") == text.count("\r\n")
    assert max(map(len, text.splitlines())) <= 80
    assert "English · Dansk · Русский" in text.splitlines()[:6]
    flowed = " ".join(text.split())
    for voice in VOICES:
        words = page_words(voice)
        for part in [words.what, words.check_worth, *words.steps_how, *words.where_lines, *words.honest_lines]:
            assert " ".join(part.split()) in flowed
    for command in ("sha256sum Library.html", "shasum -a 256 Library.html", "certutil -hashfile Library.html SHA256"):
        assert text.count(command) == len(VOICES)


@pytest.mark.parametrize("voice", VOICES, ids=lambda voice: voice.language)
def test_it_tells_where_the_page_opens_and_what_was_not_tried(voice):
    rows = page_words(voice).where_lines
    for named in ("Chromium", "Firefox", "WebKitGTK", "Safari", "Edge", "Android", "132", "iPhone", "iPad", "iOS 18.4"):
        assert any(named in row for row in rows), named
    untried = {"en": "Not tried", "da": "Ikke prøvet", "ru": "не проверено"}[voice.language]
    assert sum(untried.casefold() in row.casefold() for row in rows) >= 2


@given(start=st.binary(max_size=40))
def test_only_its_own_beginning_is_taken_for_it(start):
    assert not is_page_leaflet(start)
    assert is_page_leaflet(page_leaflet(VOICES)[:64])


# -- looking at one ----------------------------------------------------------------------------------------------------

CALLED = ["Library.html", "library.htm", "Library (1).html", "Library-2.HTML", "Library - Copy.html", "Library.xhtml"]


@pytest.mark.parametrize("name", [*CALLED, "gift"])
def test_the_page_is_known_whatever_it_is_called(tmp_path, name):
    (tmp_path / name).write_bytes(pocket.page())
    found = look_at(tmp_path / name)
    assert (found.verdict, found.sha256, found.page) == ("same", pocket.fingerprint(), True)
    assert "the same, byte for byte" in found.sentence


def test_of_a_stick_the_page_is_meant_that_lies_on_it(tmp_path):
    program = tmp_path / "mag-0.1.0-linux-x86_64"
    program.write_bytes(b"x")
    assert [file_at(path) for path in (tmp_path, program)] == [tmp_path, program]
    (tmp_path / "Library.html").write_bytes(pocket.page())
    assert [file_at(path) for path in (tmp_path, program)] == [tmp_path / "Library.html", program]


@given(at=st.integers(0, len(pocket.page()) - 1), bit=st.integers(0, 7), name=st.sampled_from(CALLED))
def test_one_bit_is_another_page_of_that_name(tmp_path_factory, at, bit, name):
    content = bytearray(pocket.page())
    content[at] ^= 1 << bit
    path = tmp_path_factory.mktemp("page") / name
    path.write_bytes(content)
    found = look_at(path)
    assert (found.verdict, found.page) == ("different", True)
    assert "Type no words into it" in found.sentence


@pytest.mark.parametrize("name", ["Librarian.html", "My library.html", "Library.html.exe", "page.html"])
def test_of_a_page_of_another_name_nothing_can_be_told(tmp_path, name):
    (tmp_path / name).write_bytes(pocket.page() + b"\n")
    found = look_at(tmp_path / name)
    assert (found.verdict, found.page) == ("unknown", False)
    assert "cannot be told" in found.sentence
