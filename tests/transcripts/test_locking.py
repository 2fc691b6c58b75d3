"""`mag lock` against real processes in every state: nobody holds the keys afterwards, or it says who does."""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from magnitizdat.errors import EXIT_LIBRARY, EXIT_LOCKED
from magnitizdat.library import agent, channel, holders
from magnitizdat.library.holders import Kind
from tests.transcripts.test_serve import started

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the system keeps no list of holders")

WITHIN_S = 60.0
"""What is promised is a second, on a machine that does nothing else; `python -m bench locking` measures it."""


@pytest.fixture(autouse=True)
def whoever_waits_waits_long(monkeypatch):
    """Whoever waited for somebody who says nothing would be found out, however slow the machine is."""
    for function in (agent.stop, agent._converse):
        monkeypatch.setitem(function.__kwdefaults__, "patience_s", 10 * WITHIN_S)
    for function in (channel.connect, channel.SocketChannel.__init__):
        monkeypatch.setattr(function, "__defaults__", (10 * WITHIN_S,))


@pytest.fixture
def slow_machine(monkeypatch):
    """Processes have the time that they need to do as they are told, and to die."""
    monkeypatch.setitem(holders.make_let_go.__kwdefaults__, "patience_s", WITHIN_S)
    monkeypatch.setattr(holders, "DEATH_S", WITHIN_S)


@pytest.fixture
def unlocked(bare, library, passphrase):
    """An agent that holds the keys; its process's number."""
    assert bare("--library", library, "unlock", "--passphrase-file", passphrase).code == 0
    [held] = holders.holders(library)
    assert held.kind == Kind.AGENT
    yield held.pid
    holders.end(library, holders.others(library))


def runs(pid):
    """Whether it is a process still, and no zombie that nobody has waited for."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def locked(bare, library):
    """What `mag lock` says, within its time."""
    begun = time.monotonic()
    said = bare("--library", library, "lock", "--json")
    assert time.monotonic() - begun < WITHIN_S
    return said


@contextmanager
def silent_conversations(library, count=40):
    """So many connections to the agent that say nothing."""
    address = next(each for each in agent._addresses(library) if each.is_socket())
    talks = [socket.socket(socket.AF_UNIX) for _ in range(count)]
    try:
        for each in talks:
            each.connect(str(address))
        yield
    finally:
        for each in talks:
            each.close()


@pytest.mark.usefixtures("slow_machine")
def test_a_stopped_agent_is_not_taken_for_none(bare, library, unlocked):
    os.kill(unlocked, signal.SIGSTOP)
    said = locked(bare, library)
    assert (said.code, said.document["was_unlocked"], said.document["locked"]) == (0, True, True)
    assert holders.holders(library) == []
    assert not runs(unlocked)
    assert locked(bare, library).document["was_unlocked"] is False


@pytest.mark.usefixtures("slow_machine", "unlocked")
def test_silent_conversations_keep_nobody_waiting(bare, library):
    with silent_conversations(library):
        begun = time.monotonic()
        assert agent.ask(library) is not None
        assert time.monotonic() - begun < WITHIN_S
        assert locked(bare, library).document["was_unlocked"]
    assert holders.holders(library) == []


@pytest.mark.usefixtures("slow_machine")
def test_servers_with_keys_of_their_own_lock_and_go_on(bare, library, passphrase):
    opened = ("--library", library, "--passphrase-file", passphrase)
    with (
        started(*opened, "serve", "--port", 0, "--json") as one,
        started(*opened, "serve", "--port", 0, "--json") as two,
    ):
        for server in (one, two):
            url = json.loads(server.child.stdout.readline())["url"]
            assert server.get(url)[0] == 200
        assert sorted(each.kind for each in holders.others(library)) == [Kind.SERVER] * 2
        said = locked(bare, library).document
        assert (said["was_unlocked"], said["ended"]) == (True, [])
        assert holders.others(library) == []
        for server in (one, two):
            assert server.end()[0] == 0


@pytest.mark.usefixtures("slow_machine")
def test_a_stopped_server_is_ended(bare, library, passphrase):
    with started("--library", library, "--passphrase-file", passphrase, "serve", "--port", 0, "--json") as server:
        server.child.stdout.readline()
        server.child.send_signal(signal.SIGSTOP)
        said = locked(bare, library)
        assert said.code == 0
        assert [each["kind"] for each in said.document["ended"]] == ["server"]
        assert server.child.wait(WITHIN_S) == -signal.SIGKILL


@pytest.mark.usefixtures("slow_machine")
def test_an_evening_ends(bare, library, passphrase):
    opened = ("--library", library, "--passphrase-file", passphrase)
    with started(*opened, "share", "--all", "--bind", "127.0.0.1", "--port", 0, "--json") as venue:
        venue.child.stdout.readline()
        assert locked(bare, library).code == 0
        assert venue.child.wait(WITHIN_S) in {0, -signal.SIGKILL}


@pytest.mark.usefixtures("slow_machine")
def test_a_command_under_way_is_ended_and_told_of(bare, library):
    code = (
        "import signal, sys; from pathlib import Path; from magnitizdat.disk.disk import Disk;"
        "from magnitizdat.library import holders; lock = holders.hold(Path(sys.argv[1]), Disk());"
        "print('here', flush=True); signal.pause()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, library], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as command:
        assert command.stdout.readline() == b"here\n"
        said = locked(bare, library)
        assert said.document["ended"] == [{"process": command.pid, "kind": "command", "is_known": True}]
        assert said.document["lines"][0].startswith(f"Ended: a command (process {command.pid}).")


def test_what_cannot_be_ended_is_named(bare, library, unlocked, monkeypatch):
    monkeypatch.setattr(holders, "_machine", lambda: 77)
    said = locked(bare, library)
    assert said.code == EXIT_LIBRARY
    assert said.document["locked"] is False
    assert said.document["headline"].startswith("Not locked")
    assert f"the agent (process {unlocked}, on another computer" in said.document["lines"][0]
    assert said.document["holding"] == [{"process": unlocked, "kind": "agent", "is_known": False}]


def test_an_agent_that_is_not_listed_and_does_not_answer_is_told_of(bare, library, unlocked):
    """As of a library that was moved: the file that it marked is another one by now."""
    (library / holders.HOLDERS_NAME).unlink()
    assert holders.holders(library) == []
    os.kill(unlocked, signal.SIGSTOP)
    try:
        said = locked(bare, library)
        assert (said.code, said.document["was_unlocked"]) == (EXIT_LIBRARY, True)
        assert "does not answer" in said.document["lines"][0]
    finally:
        os.kill(unlocked, signal.SIGKILL)


@pytest.mark.usefixtures("slow_machine")
def test_the_page_locks_all_too(bare, library, passphrase, unlocked):
    """A server of its own, locked by itself, takes the agent along."""
    from magnitizdat.library.library import Library, unlock
    from magnitizdat.web.http.service import Service
    from tests.fakes_library import PASSPHRASE

    service = Service(library)
    service.open(Library(library, unlock(library, PASSPHRASE)))
    service.lock()
    assert holders.holders(library) == []
    assert not runs(unlocked)
    assert bare("--library", library, "list").code == EXIT_LOCKED


# -- memory ------------------------------------------------------------------------------------------------------------


def allow_cores() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (most, most))


def test_a_server_that_crashes_leaves_no_core(library, passphrase, tmp_path):
    command = [sys.executable, "-m", "magnitizdat.cli", "--library", library, "--passphrase-file", passphrase]
    for number in (signal.SIGABRT, signal.SIGSEGV):
        with subprocess.Popen(
            [*command, "serve", "--port", "0", "--json"],
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            preexec_fn=allow_cores,  # noqa: PLW1509 -- as a shell does with ulimit
        ) as child:
            child.stdout.readline()
            assert "Max core file size        0" in Path(f"/proc/{child.pid}/limits").read_text()
            os.kill(child.pid, number)
            _, status = os.waitpid(child.pid, 0)
            child.returncode = -number
        assert os.WIFSIGNALED(status)
        assert not os.WCOREDUMP(status)
    assert not list(tmp_path.glob("core*"))


@pytest.mark.parametrize(
    "code",
    [
        "from magnitizdat.library.keyring import Secrets; Secrets.generate()",
        "from magnitizdat.ops.keep.session import read_passphrase_file; read_passphrase_file(Path(sys.argv[1]))",
    ],
    ids=["secrets", "passphrase"],
)
def test_whoever_has_a_secret_is_hidden(passphrase, code):
    """Not dumpable, so that no other process of the same user reads its memory either."""
    code = f"import ctypes, resource, sys; from pathlib import Path; {code}; "
    code += "print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0), resource.getrlimit(resource.RLIMIT_CORE)[0])"
    done = subprocess.run([sys.executable, "-c", code, passphrase], capture_output=True, check=True, text=True)
    assert done.stdout == "0 0\n"


def test_the_agent_has_no_environment(library, unlocked, monkeypatch):
    assert Path(f"/proc/{unlocked}/environ").read_bytes() == b""
