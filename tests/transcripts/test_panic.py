"""`mag panic` and the file `panic` against real processes: within a second the slot is gone, and who held its keys."""

from __future__ import annotations

import os
import signal
import sys
import time
from contextlib import contextmanager

import pytest

from magnitizdat.cli import face
from magnitizdat.errors import EXIT_LIBRARY, EXIT_LOCKED, EXIT_UNEXPECTED, EXIT_USAGE
from magnitizdat.library import holders
from tests.transcripts.test_locking import (  # noqa: F401 -- fixtures
    WITHIN_S,
    runs,
    silent_conversations,
    slow_machine,
    unlocked,
    whoever_waits_waits_long,
)
from tests.transcripts.test_serve import started

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the system keeps no list of holders"),
    pytest.mark.usefixtures("slow_machine"),
]


@contextmanager
def in_time():
    begun = time.monotonic()
    yield
    assert time.monotonic() - begun < WITHIN_S


def until(happened):
    deadline = time.monotonic() + WITHIN_S
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_it_says_what_it_did_and_what_is_out_of_reach(bare, library):
    with in_time():
        said = bare("--library", library, "panic", "--yes", "--json")
    assert said.code == 0
    assert said.document["slot"] == "gone"
    assert said.document["headline"].startswith("The keys are destroyed")
    beyond = " ".join(said.document["lines"])
    assert all(word in beyond for word in ("backups", "paper", "snapshots", "flash"))
    assert not (library / "key.age").exists()
    again = bare("--library", library, "panic", "--yes", "--json")
    assert (again.code, again.document["slot"]) == (0, "absent")
    assert again.document["headline"] == f"There is no key in {library} to destroy."


def test_the_slot_goes_before_the_line_is_read_and_the_words_are_loaded(bare, library, monkeypatch):
    there = []
    monkeypatch.setattr("magnitizdat.cli.run.run", lambda _arguments: there.append((library / "key.age").exists()) or 0)
    bare("--library", library, "panic", "--yes")
    assert there == [False]


@pytest.mark.parametrize(
    "line",
    [["panic", "--yes", "--help"], ["panic", "x", "--yes"], ["search", "panic", "--yes"]],
)
def test_no_other_line_is_taken_for_it(bare, library, line):
    bare("--library", library, *line)
    assert (library / "key.age").exists()


def test_a_slip_destroys_nothing(bare, library):
    """Without a terminal nobody can be asked, and a passphrase file answers nothing."""
    said = bare("--library", library, "panic")
    assert said.code == EXIT_USAGE
    assert "`mag panic --yes`" in said.err
    assert (library / "key.age").exists()


@pytest.mark.parametrize("verb", [["panic", "--yes"], ["lock"]])
def test_where_no_library_is_nothing_is_told_done(bare, tmp_path, verb):
    said = bare("--library", tmp_path / "none", *verb)
    assert said.code == EXIT_USAGE
    assert f"there is no library in {tmp_path / 'none'}" in said.err


def test_a_no_is_not_taken_for_done(bare, library, monkeypatch):
    monkeypatch.setattr(face.Face, "confirm", lambda *_, **_words: False)
    said = bare("--library", library, "panic")
    assert (said.code, said.out) == (EXIT_UNEXPECTED, "Nothing was touched.\n")
    assert (library / "key.age").exists()


@pytest.mark.parametrize(
    "verb", [["unlock"], ["list"], ["status"], ["doctor"], ["serve", "--port", "0"], ["page"], ["share", "--all"]]
)
def test_the_file_is_seen_by_every_verb_that_opens(mag, library, verb):
    (library / "panic").touch()
    said = mag(*verb)
    assert (said.code, said.out) == (EXIT_LIBRARY, "")
    assert "a file called `panic` lay" in said.err
    assert not (library / "key.age").exists()
    assert not (library / "panic").exists()


def test_the_file_does_not_destroy_what_is_restored(mag, library, tmp_path):
    (tmp_path / "copy").write_bytes((library / "key.age").read_bytes())
    mag("panic", "--yes")
    (library / "panic").touch()
    assert mag("restore", tmp_path / "copy").code == 0
    assert mag("list").code == 0


@pytest.mark.parametrize("verb", [["serve", "--port", "0"], ["page"], ["share", "--all"]])
@pytest.mark.parametrize(("is_away", "sentence"), [(False, "its key file `key.age` is not"), (True, "is away")])
def test_no_server_starts_without_the_slot(mag, library, verb, is_away, sentence):
    """It would offer to make a library where one is."""
    (library / "key.age").unlink()
    if is_away:
        (library / "away").touch()
    said = mag(*verb)
    assert (said.code, said.out) == (EXIT_LOCKED if is_away else EXIT_LIBRARY, "")
    assert sentence in said.err


@pytest.mark.parametrize("state", ["well", "stopped", "busy"])
def test_the_agent_is_ended_in_any_state(bare, library, unlocked, state):  # noqa: F811
    if state == "stopped":
        os.kill(unlocked, signal.SIGSTOP)
    with silent_conversations(library, 40 if state == "busy" else 0), in_time():
        said = bare("--library", library, "panic", "--yes", "--json")
    assert said.document["ended"] == [{"process": unlocked, "kind": "agent", "is_known": True}]
    assert not (library / "key.age").exists()
    assert not runs(unlocked)


def test_servers_are_ended(bare, library, passphrase):
    opened = ("--library", library, "--passphrase-file", passphrase)
    with (
        started(*opened, "serve", "--port", 0, "--json") as one,
        started(*opened, "share", "--all", "--bind", "127.0.0.1", "--port", 0) as two,
    ):
        one.child.stdout.readline()
        until(lambda: len(holders.others(library)) == 2)
        one.child.send_signal(signal.SIGSTOP)
        with in_time():
            assert bare("--library", library, "panic", "--yes").code == 0
        assert (one.child.wait(WITHIN_S), two.child.wait(WITHIN_S)) == (-signal.SIGKILL, -signal.SIGKILL)
    assert not (library / "key.age").exists()


def test_the_file_is_seen_by_the_agent(library, unlocked):  # noqa: F811
    (library / "panic").touch()
    until(lambda: not runs(unlocked))
    assert not (library / "key.age").exists()
    assert not (library / "panic").exists()


def test_the_file_is_seen_by_a_server(library, passphrase):
    with started("--library", library, "--passphrase-file", passphrase, "serve", "--port", 0, "--json") as server:
        server.child.stdout.readline()
        (library / "panic").touch()
        assert server.child.wait(WITHIN_S) == -signal.SIGKILL
    assert not (library / "key.age").exists()
    assert holders.holders(library) == []


def test_a_server_that_is_locked_sees_it_too(bare, library):
    with started("--library", library, "serve", "--port", 0, "--json") as server:
        server.child.stdout.readline()
        (library / "panic").touch()
        assert server.child.wait(WITHIN_S) == -signal.SIGKILL
    assert not (library / "key.age").exists()
