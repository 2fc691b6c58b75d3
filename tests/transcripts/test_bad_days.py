"""The command line on a bad day: one sentence, the right exit code, no traceback, and the library as it was."""

from __future__ import annotations

import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from magnitizdat.cli import give, label, publish, safe, take
from magnitizdat.cli.face import Face
from magnitizdat.errors import (
    EXIT_INTERRUPTED,
    EXIT_LIBRARY,
    EXIT_LOCKED,
    EXIT_PARTLY,
    EXIT_SOURCE,
    EXIT_UNEXPECTED,
    EXIT_USAGE,
    NoSpaceError,
)
from magnitizdat.library.library import Library, unlock
from magnitizdat.ops.keep.upkeep import doctor
from tests.fakes import FaultyDisk
from tests.fakes_audio import make_audio
from tests.fakes_library import PASSPHRASE, make_library
from tests.ops.music import releases, song, write, zipped
from tests.transcripts.conftest import Said

PATIENCE_S = 60


def assert_refused(said: Said, code: int, *words: str) -> None:
    """One sentence on stderr, nothing on stdout."""
    assert (said.code, said.out) == (code, "")
    assert re.fullmatch(r"mag: [^\n]+\n", said.err)
    assert "something unexpected" not in said.err
    for word in words:
        assert word in said.err


def assert_sound(library: Path, tracks: int = 2) -> None:
    with Library(library, unlock(library, PASSPHRASE)) as opened:
        report = doctor(opened)
        assert (report.damaged, report.missing, report.tracks) == (0, (), tracks)


# -- usage -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        "frobnicate",
        "list --frobnicate",
        "show",
        "show nothing",
        "show 45 46",
        "search",
        "search x --limit none",
        "search x --limit 0",
        "play 45/77",
        "play 45 --json",
        "export --all",
        "export",
        "export 45 --all out",
        "edit 45",
        "edit 45 --date yesterday",
        "edit 45 --kind opera",
        "edit 45/1 --kind album",
        "edit 45/1 --disc -1",
        "edit 45 --split 45/1",
        "edit 45 --merge 45",
        "edit 45 --undo",
        "edit nothing --title x",
        "remove 45",
        "remove",
        "publish",
        "publish 45",
        "publish --all",
        "label",
        "label follow nobody",
        "label address",
        "label create",
        "follow nobody",
        "friend add",
        "reel",
        "reel cut",
        "reel cut out --for nobody",
        "reel cut out --open --for nobody",
        "reel cut out --size huge",
        "reel cut out --size 1",
        "reel cut out --parity 101",
        "backup",
        "passwd",
        "unlock --hours 0",
        "unseal",
        "--library",
        "list --lang",
    ],
)
def test_usage_errors_say_what_to_do(mag, tmp_path, monkeypatch, line):
    monkeypatch.chdir(tmp_path)
    said = mag(*line.split())
    assert said.code in {EXIT_USAGE, EXIT_LOCKED if line == "passwd" else EXIT_USAGE}
    assert said.err.count("\n") == 1 or "Usage:" in said.out
    assert "something unexpected" not in said.err
    assert not (tmp_path / "out").exists()


WORDS = st.sampled_from(
    (
        "list search show play export import dub edit remove reel cut check mend label create publish card friend add"
        " status doctor backup follow address restore choose 45 45/1 / // . .. nowhere - -- --json --yes --quiet -v"
        " --lang ru --limit 3 --all --for-phone --mp3 --move --fix-tags --undo --title x --cover --merge --split --for"
        " age1x --open --size 1G --label --to --from --draft --words-file --known-only --parity 5 --rebuild --paper"
        " --name --help -h --library= http://[ s3://x file:///nowhere \u202e \x1b[31m \udcff '' * ( \0 mag1x"
    ).split(" ")
)


@settings(
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    derandomize=True,
)
@given(arguments=st.lists(WORDS | st.text(max_size=8), max_size=6))
def test_no_line_whatever_gives_a_traceback(arguments, mag, tmp_path, monkeypatch, offline):
    inside = tmp_path / "inside"
    inside.mkdir(exist_ok=True)
    monkeypatch.chdir(inside)
    monkeypatch.setattr("magnitizdat.ops.places.sources.mounted", list)
    # Without a verb the page opens, and stays open.
    monkeypatch.setattr("magnitizdat.cli.serve._open_page", lambda service: service.close() or 0)
    said = mag(*arguments)
    offline.attempts.clear()  # an address that somebody named may be asked for
    assert said.code in {0, EXIT_USAGE, EXIT_PARTLY, EXIT_SOURCE, EXIT_LIBRARY, EXIT_LOCKED, EXIT_UNEXPECTED}, said
    assert "something unexpected" not in said.err, (arguments, said.err)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", said.out + said.err)


# -- the key -----------------------------------------------------------------------------------------------------------


def test_wrong_passphrase_and_locked(bare, library, tmp_path):
    wrong = write(tmp_path, {"wrong": b"not it at all\n"}) / "wrong"
    assert_refused(bare("--library", library, "list", "--passphrase-file", wrong), EXIT_LOCKED)
    assert_refused(bare("--library", library, "list"), EXIT_LOCKED, "mag unlock")
    assert_refused(bare("--library", library, "unlock"), EXIT_LOCKED)
    said = bare("--library", library, "list", "--json")
    assert said.code == EXIT_LOCKED
    assert said.document["exit_code"] == EXIT_LOCKED
    assert "locked" in said.document["error"]
    assert_sound(library)


@pytest.mark.parametrize("content", [None, b"", b"\n", b"\xff\xfe", b"\0"])
def test_a_passphrase_file_that_holds_none(bare, library, tmp_path, content):
    path = tmp_path / "file"
    if content is not None:
        path.write_bytes(content)
    said = bare("--library", library, "--passphrase-file", path, "list")
    assert_refused(said, EXIT_LOCKED if content == b"\0" else EXIT_USAGE)


def test_a_missing_or_foreign_library(bare, library, passphrase, tmp_path):
    for place in (tmp_path / "nowhere", passphrase, passphrase / "below"):
        for verb in (["list"], ["import", tmp_path], ["status"], ["doctor"], ["doctor", "--rebuild"], ["unlock"]):
            assert_refused(bare("--library", place, "--passphrase-file", passphrase, *verb), EXIT_USAGE, "no library")
    shutil.copytree(library, tmp_path / "foreign")
    (tmp_path / "foreign" / "key.age").write_bytes(b"age-encryption.org/v1\nnot really")
    assert bare("--library", tmp_path / "foreign", "--passphrase-file", passphrase, "list").code in {
        EXIT_LIBRARY,
        EXIT_SOURCE,
    }
    for content in (b"", b"not a database", os.urandom(8192)):
        (library / "index.db").write_bytes(content)
        for extra in ("index.db-wal", "index.db-shm"):
            (library / extra).unlink(missing_ok=True)
        assert_refused(bare("--library", library, "--passphrase-file", passphrase, "list"), EXIT_LIBRARY, "--rebuild")
    assert bare("--library", library, "--passphrase-file", passphrase, "doctor", "--rebuild").code == 0
    assert_sound(library)


def test_init_where_something_is(bare, tmp_path, passphrase):
    write(tmp_path / "full", {"thesis.doc": b"precious"})
    assert_refused(
        bare("--library", tmp_path / "full", "--passphrase-file", passphrase, "init"), EXIT_USAGE, "not empty"
    )
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["thesis.doc"]
    assert bare("--library", passphrase, "--passphrase-file", passphrase, "init").code in {EXIT_USAGE, EXIT_UNEXPECTED}


def test_two_at_one_library(mag, library, tmp_path):
    write(tmp_path / "New", {"1.mp3": song(11)})
    with Library(library, unlock(library, PASSPHRASE)) as other, other.changes():
        assert_refused(mag("import", tmp_path / "New"), EXIT_LIBRARY, "another Magnitizdat is writing")
        assert mag("list").code == 0
    assert mag("import", tmp_path / "New").code == 0


def test_a_damaged_cell_is_found_and_told(mag, library, tmp_path):
    for cell in (library / "vault").rglob("*.age"):
        content = bytearray(cell.read_bytes())
        content[len(content) // 2] ^= 1
        cell.write_bytes(content)
    said = mag("doctor", "--json")
    assert said.code == EXIT_PARTLY
    assert said.document["damaged"] >= 1
    assert mag("play", "45/1").code in {0, EXIT_LIBRARY}
    assert mag("export", "--all", tmp_path / "out").code in {0, EXIT_PARTLY}
    assert mag("list").code == 0


# -- sources -----------------------------------------------------------------------------------------------------------


def test_sources_that_are_none(mag, tmp_path, monkeypatch):
    write(tmp_path / "empty", {"x.txt": b"x"})
    write(tmp_path / "fake", {"abcdefgh.age": b"not sealed", "bcdefghi.age": os.urandom(5000)})
    for place in (tmp_path / "nowhere", tmp_path / "empty", tmp_path / "fake"):
        assert mag("dub", place).code == EXIT_SOURCE
        assert mag("reel", "check", place).code == EXIT_SOURCE
        assert mag("reel", "list", place).code == EXIT_SOURCE
    assert_refused(mag("reel", "check", tmp_path / "nowhere"), EXIT_SOURCE, "is not there; check the path")
    one = tmp_path / "fake" / "abcdefgh.age"
    assert_refused(mag("reel", "check", one), EXIT_SOURCE, "is no reel as one file; name the folder that holds a reel")
    monkeypatch.setattr("magnitizdat.ops.places.sources.mounted", list)
    assert_refused(mag("dub"), EXIT_USAGE, "no reel")
    assert mag("friend", "add", tmp_path / "nowhere").code == EXIT_SOURCE
    assert mag("friend", "add", tmp_path / "fake" / "bcdefghi.age").code == EXIT_SOURCE
    assert mag("import", tmp_path / "nowhere").code in {EXIT_PARTLY, EXIT_SOURCE}


# -- targets -----------------------------------------------------------------------------------------------------------


def test_targets_that_are_files_or_below_files(mag, tmp_path, library):
    file = write(tmp_path, {"file": b"precious"}) / "file"
    mag("card", "--name", "Me")  # whose label is born with it, and told whatever becomes of a file
    for verb in (
        ["export", "--all", file],
        ["export", "--all", file / "below"],
        ["reel", "cut", file],
        ["reel", "cut", file / "below"],
        ["backup", file],
        ["backup", file / "below"],
        ["reel", "cut", "--open", file / "below"],
        ["card", "--to", file / "below"],
        ["backup", "--paper", file / "below"],
    ):
        said = mag(*verb)
        assert said.code in {EXIT_USAGE, EXIT_UNEXPECTED}, verb
        assert "something unexpected" not in said.err, (verb, said.err)
        assert said.err.count("\n") == 1, verb
    assert file.read_bytes() == b"precious"
    assert_sound(library)


@pytest.mark.parametrize("code", [28, 30, 5, 19])
def test_a_target_that_fills_up_or_goes_away(mag, tmp_path, monkeypatch, library, code):
    monkeypatch.setattr(Face, "disk", lambda _face: FaultyDisk(fail_at=3, code=code, forever=True))
    said = mag("export", "--all", tmp_path / "out")
    assert said.code == (NoSpaceError.exit_code if code == 28 else EXIT_UNEXPECTED)
    assert re.fullmatch(r"mag: [^\n]+[;,:] [^\n]+\n", said.err)
    assert "something unexpected" not in said.err
    assert_sound(library)


# -- interrupted -------------------------------------------------------------------------------------------------------


def start(*arguments: object, **options) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "magnitizdat.cli", *map(str, arguments)]
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "start_new_session": True, **options}
    return subprocess.Popen(command, **options)


def test_ctrl_c_while_importing(library, passphrase, tmp_path, mag):
    write(
        tmp_path / "New",
        {f"{n}/x.flac": make_audio("flac", 1.0, {"album": f"A{n}"}, tone=100.0 + n) for n in range(150)},
    )
    running = start("--library", library, "--passphrase-file", passphrase, "import", tmp_path / "New")
    vault = library / "vault"
    before = len(list(vault.rglob("*.age")))
    deadline = time.monotonic() + PATIENCE_S
    while len(list(vault.rglob("*.age"))) == before and running.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    os.killpg(running.pid, signal.SIGINT)  # as a terminal does it: to the workers too
    out, err = running.communicate(timeout=PATIENCE_S)
    assert b"Traceback" not in out + err
    assert running.returncode in {EXIT_INTERRUPTED, 0}
    if running.returncode:
        assert err.decode().strip() == "mag: interrupted; run the same command again to go on"
    with Library(library, unlock(library, PASSPHRASE)) as opened:
        kept = len(releases(opened)) - 1
        assert doctor(opened).damaged == 0
    report = mag("import", tmp_path / "New", "--json").document
    assert report["imported"] == 150 - kept
    assert_sound(library, tracks=152)


def test_a_reader_who_has_seen_enough(library, passphrase):
    for line in (["list"], ["list", "--json"], ["--help"], ["play", "45"]):
        reading, writing = os.pipe()
        os.close(reading)
        running = start("--library", library, "--passphrase-file", passphrase, *line, stdout=writing)
        os.close(writing)
        _, err = running.communicate(timeout=PATIENCE_S)
        assert (running.returncode, err) == (0, b""), line


def test_a_full_output_is_said(library, passphrase):
    with Path("/dev/full").open("wb") as full:
        running = start("--library", library, "--passphrase-file", passphrase, "list", stdout=full)
        _, err = running.communicate(timeout=PATIENCE_S)
    assert running.returncode == EXIT_UNEXPECTED
    assert b"Traceback" not in err
    assert err.count(b"\n") == 1


def test_a_terminal_that_speaks_ascii_only(library, passphrase):
    running = start(
        "--library",
        library,
        "--passphrase-file",
        passphrase,
        "list",
        env={**os.environ, "LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
    )
    out, err = running.communicate(timeout=PATIENCE_S)
    assert (running.returncode, err) == (0, b"")
    assert b"45" in out


def test_on_a_terminal_yes_and_a_passphrase_file_never_ask(library, passphrase, tmp_path):
    master, slave = pty.openpty()
    try:
        for line in (["remove", "45"], ["--yes", "unlock"], ["--yes", "passwd"], ["label", "restore", "x"]):
            options = (
                ["--library", library]
                if line[0] == "--yes"
                else ["--library", library, "--passphrase-file", passphrase]
            )
            running = start(*options, *line, stdin=slave)
            _, err = running.communicate(timeout=PATIENCE_S)
            assert running.returncode in {EXIT_USAGE, EXIT_LOCKED}, line
            assert err.count(b"\n") == 1
    finally:
        os.close(master)
        os.close(slave)


@pytest.mark.parametrize(("options", "seen"), [((), False), (("--visible",), True)])
def test_a_passphrase_is_seen_by_whoever_asks_for_that_alone(library, options, seen):
    master, slave = pty.openpty()
    running = start("--library", library, *options, "list", stdin=slave, stderr=slave)
    os.close(slave)
    try:
        shown = b""
        while not shown.rstrip().endswith(b":"):
            shown += os.read(master, 1024)
        os.write(master, f"{PASSPHRASE}\n".encode())
        out, _ = running.communicate(timeout=PATIENCE_S)
        with suppress(OSError):  # Linux says so where nobody holds the other end any more
            shown += os.read(master, 1024)
    finally:
        os.close(master)
    assert (running.returncode, b"45" in out, PASSPHRASE.encode() in shown) == (0, True, seen)


# -- hostile names -----------------------------------------------------------------------------------------------------

POISON = "\x1b]0;owned\x07\x1b[2J\u202egnp\u2066\x9b31m\u200f"


def test_hostile_names_never_reach_the_terminal_raw(mag, tmp_path):
    """Tags, file names, arguments and a reel's names, in every verb that shows them."""
    (tmp_path / "New").mkdir()
    (tmp_path / "New" / f"x{POISON}.mp3").write_bytes(
        song(11, title=POISON + "T", album=f"A{POISON}lbum", artist=f"K{POISON}")
    )
    (tmp_path / "New" / f"broken{POISON}.mp3").write_bytes(b"no")
    write(tmp_path / "New", {"z.zip": zipped({f"in{POISON}side.mp3": b"no"})})
    said = [mag("import", tmp_path / "New")]
    identity = next(each["id"] for each in mag("list", "--json").document["releases"] if each["title"] != "45")
    for line in (
        ["list"],
        ["show", identity],
        ["search", "lbum"],
        ["show", POISON],
        [POISON],
        ["edit", identity, "--title", f"Neu{POISON}"],
        ["edit", identity, "--date", POISON],
        ["list", f"--{POISON}"],
        ["list"],
        ["remove", identity],
        ["label", "create", f"L{POISON}"],
        ["label", "list"],
        ["publish", identity, "--label", f"L{POISON}"],
        ["publish", identity],
        ["card"],
        ["reel", "cut", tmp_path / "open", "--open"],
        ["dub", tmp_path / "open"],
        ["export", identity, tmp_path / f"out{POISON}"],
        ["friend", "add", tmp_path / POISON],
        ["dub", tmp_path / POISON],
        ["import", tmp_path / POISON],
        ["reel", "check", tmp_path / POISON],
        ["--library", tmp_path / POISON, "list"],
    ):
        said.append(mag(*line))
        said.append(mag(*line, "--json"))
        assert "something unexpected" not in said[-1].err + said[-2].err, line
    for each in said:
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]", each.err), each
        people = "" if each.out.startswith("{") else each.out
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]", people), each
        if not people:
            assert "\x1b" not in each.out
            assert "\x9b" not in each.out


# -- clocks ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("year", [1970, 2099])
def test_a_wrong_clock_stops_no_music(mag, bare, tmp_path, monkeypatch, year):
    mag("label", "create", "Zoopark Tapes")
    mag("publish", "45", "--to", tmp_path / "open")
    make_library(tmp_path / "other").close()
    other = ["--library", tmp_path / "other", "--passphrase-file", tmp_path / "passphrase"]

    class Wrong(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime(year, 1, 2, tzinfo=UTC)

    monkeypatch.setattr("datetime.datetime", Wrong)
    for module in (give, label, publish, safe, take):
        if hasattr(module, "datetime"):
            monkeypatch.setattr(module, "datetime", Wrong)
    said = bare(*other, "dub", tmp_path / "open")
    assert said.code == 0, said
    (release,) = bare(*other, "list", "--json").document["releases"]
    assert release["freshness"].get("expired", False) == (year == 2099)
    assert bare(*other, "export", "--all", tmp_path / "out").code == 0
    assert bare(*other, "list").code == bare(*other, "show", "45").code == bare(*other, "label", "list").code == 0
    assert mag("edit", "45", "--title", "Later").code == 0
    assert mag("publish", "Later").code == 0
    assert mag("reel", "cut", tmp_path / "reel").code == 0
    monkeypatch.undo()
    assert bare(*other, "doctor", "--rebuild").code == 0
    assert bare(*other, "list").code == 0


def test_a_title_of_four_thousand_letters_leaves_the_table_a_table(mag, tmp_path):
    title = "x" * 4000
    mag("import", write(tmp_path / "Music", {"long/1.mp3": song(7, title=title, album=title)}))
    assert max(map(len, mag("list").out.splitlines())) < 240
    assert any(album["title"].startswith("x" * 200) for album in mag("--json", "list").document["releases"])


def test_a_verb_that_is_none_is_answered_with_one_that_is(bare):
    assert bare("lst") == (2, "", "mag: No such command 'lst'. Did you mean 'list'? `mag --help` shows all.\n")


@pytest.mark.parametrize("name", ["LC_ALL", "LANG"])
def test_a_broken_catalogue_in_the_data_folder_stops_nothing(mag, tmp_path, monkeypatch, name):
    """Somebody brought it, and the environment chose it: English, with a warning; `--lang en` does without that."""
    from magnitizdat import program

    for each in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(each, raising=False)
    write(program.data_folder(), {"xb.po": b"\xff\xfe\x00 no catalogue"})
    monkeypatch.setenv(name, "xb_XB.UTF-8")
    warned = mag("list")
    assert (warned.code, "ALBUM" in warned.out) == (0, True)
    assert "xb.po cannot be read as a catalogue" in warned.err
    assert mag("--lang", "en", "list").err == ""
    assert mag("--lang", "xb", "list").code == 2
