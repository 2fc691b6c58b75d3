from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magnitizdat.errors import TargetError
from magnitizdat.library import agent, channel
from magnitizdat.library.agent import Holder
from magnitizdat.library.keyring import Secrets, create_slot

PATIENCE_S = 20


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


def a_holder(clock, idle_s=60.0):
    return Holder(bytearray(b"secret"), slot="s1", idle_s=idle_s, clock=clock)


def test_asking_is_use_and_looking_is_not():
    clock = Clock()
    holder = a_holder(clock)
    clock.now += 40
    assert holder.answer(b'{"do": "status", "slot": "s1"}') == b"+20.000000"
    assert holder.answer(b'{"do": "ask", "slot": "s1"}') == b"+secret"
    clock.now += 59
    assert holder.answer(b'{"do": "ask", "slot": "s1"}') == b"+secret"


def test_idle_hours_wipe():
    clock = Clock()
    kept = bytearray(b"secret")
    holder = Holder(kept, slot="s1", idle_s=60.0, clock=clock)
    clock.now += 60
    assert holder.answer(b'{"do": "ask", "slot": "s1"}') == b"-"
    assert bytes(kept) == bytes(6)
    assert holder.remaining_s() <= 0


def test_lock_wipes_at_once():
    kept = bytearray(b"secret")
    holder = Holder(kept, slot="s1", idle_s=60.0, clock=Clock())
    assert holder.answer(b'{"do": "lock"}') == b"+"
    assert bytes(kept) == bytes(6)
    assert holder.answer(b'{"do": "ask", "slot": "s1"}') == b"-"


def test_another_slot_gets_nothing():
    assert a_holder(Clock()).answer(b'{"do": "ask", "slot": "s2"}') == b"-"


def test_new_secrets_replace_the_old_bytes():
    old = bytearray(b"secret")
    holder = Holder(old, slot="s1", idle_s=60.0, clock=Clock())
    assert holder.answer(b'{"do": "keep", "slot": "s2", "idle_s": 120}\nnewer') == b"+"
    assert bytes(old) == bytes(6)
    assert holder.answer(b'{"do": "ask", "slot": "s2"}') == b"+newer"
    assert holder.remaining_s() == 120


@given(request=st.binary(max_size=300) | st.sampled_from([b"[1]", b"{}", b'{"do": []}', b"[" * 5000, b'{"do":"keep"}']))
def test_nonsense_gets_nothing_and_harms_nothing(request):
    holder = a_holder(Clock())
    assert holder.answer(request) == b"-"
    assert holder.answer(b'{"do": "ask", "slot": "s1"}') == b"+secret"


@pytest.fixture
def library(tmp_path, monkeypatch):
    """A folder with a key slot, its secrets, and a runtime folder of its own; whatever agent runs ends after."""
    folder = tmp_path / "library"
    folder.mkdir()
    secrets = Secrets.generate()
    (folder / "key.age").write_bytes(create_slot(secrets, "word", work_factor=1))
    with tempfile.TemporaryDirectory() as runtime:  # pytest's own folders can be too long for a socket
        monkeypatch.setattr(agent, "_folders", lambda: iter([Path(runtime) / "magnitizdat"]))
        yield folder, secrets
        agent.stop(folder)


def test_an_agent_outlives_the_command_and_answers_until_locked(library):
    folder, secrets = library
    assert agent.ask(folder) is None
    assert agent.stop(folder) is False
    agent.start(folder, secrets, hours=1)
    assert agent.ask(folder) == secrets
    assert 3500 < agent.remaining_s(folder) <= 3600
    assert agent.stop(folder) is True
    assert agent.ask(folder) is None
    agent.start(folder, secrets)  # at once again
    assert agent.ask(folder) == secrets
    assert agent.remaining_s(folder) > 7 * 3600


def test_a_second_unlock_takes_the_new_hours_and_secrets(library):
    folder, secrets = library
    agent.start(folder, secrets, hours=1)
    first = _agent_pid(folder)
    newer = Secrets.generate()
    agent.start(folder, newer, hours=2)
    assert _agent_pid(folder) == first
    assert agent.remaining_s(folder) > 7100
    assert agent.ask(folder) == newer


def test_a_new_passphrase_ends_what_the_agent_says(library):
    folder, secrets = library
    agent.start(folder, secrets)
    (folder / "key.age").write_bytes(create_slot(secrets, "another", work_factor=1))
    assert agent.ask(folder) is None
    agent.start(folder, secrets)
    assert agent.ask(folder) == secrets


def test_libraries_have_agents_of_their_own(library, tmp_path):
    folder, secrets = library
    other = tmp_path / "other"
    other.mkdir()
    agent.start(folder, secrets)
    assert agent.ask(other) is None


def test_the_same_library_by_another_path(library, tmp_path):
    folder, secrets = library
    (tmp_path / "link").symlink_to(folder)
    agent.start(tmp_path / "link", secrets)
    assert agent.ask(folder) == secrets


def test_it_ends_after_the_idle_hours(library):
    folder, secrets = library
    agent.start(folder, secrets, hours=0.5 / 3600)
    pid = _agent_pid(folder)
    _wait_until(lambda: not _runs(pid))
    assert agent.ask(folder) is None
    assert not list(_sockets(folder))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_it_cleanly(library, number):
    folder, secrets = library
    agent.start(folder, secrets)
    pid = _agent_pid(folder)
    os.kill(pid, number)
    _wait_until(lambda: not _runs(pid))
    assert not list(_sockets(folder))


def test_a_killed_agent_leaves_nothing_in_the_way(library):
    folder, secrets = library
    agent.start(folder, secrets)
    pid = _agent_pid(folder)
    os.kill(pid, signal.SIGKILL)
    _wait_until(lambda: not _runs(pid))
    assert list(_sockets(folder))
    assert agent.ask(folder) is None
    agent.start(folder, secrets)
    assert agent.ask(folder) == secrets


def test_secrets_are_in_no_argument_environment_or_file(library, tmp_path):
    folder, secrets = library
    agent.start(folder, secrets)
    seen = Path(f"/proc/{_agent_pid(folder)}/cmdline").read_bytes()
    for needle in (secrets.database_key.hex().encode(), secrets.vault.text.encode()):
        assert needle not in seen
        for path in (*tmp_path.rglob("*"), *next(agent._addresses(folder)).parent.rglob("*")):
            assert not path.is_file() or needle not in path.read_bytes()


def test_it_is_hidden_and_private(library):
    folder, secrets = library
    agent.start(folder, secrets)
    pid = _agent_pid(folder)
    assert Path(f"/proc/{pid}/cwd").readlink() == Path("/")
    assert "Max core file size        0" in Path(f"/proc/{pid}/limits").read_text()
    [address] = _sockets(folder)
    assert stat.S_IMODE(address.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(address.stat().st_mode) == 0o600


def test_a_conversation_that_says_nothing_stops_nobody(library, monkeypatch):
    folder, secrets = library
    agent.start(folder, secrets)
    [address] = _sockets(folder)
    for said in (b"", b"\xff\xff\xff\xff", b"\0\0\0\x09half"):
        with socket.socket(socket.AF_UNIX) as rude:
            rude.connect(str(address))
            rude.sendall(said)
    assert agent.ask(folder) == secrets


def test_a_full_queue_is_not_taken_for_nobody(tmp_path):
    with tempfile.TemporaryDirectory() as runtime, socket.socket(socket.AF_UNIX) as busy:
        address = Path(runtime) / "busy.sock"
        busy.bind(str(address))
        busy.listen(0)
        with socket.socket(socket.AF_UNIX) as first:
            first.connect(str(address))
            with pytest.raises(TimeoutError):
                channel.connect(address, 0.05)


def test_a_folder_that_others_may_enter_is_not_used(library):
    folder, secrets = library
    place = next(agent._addresses(folder)).parent
    place.mkdir(mode=0o755)
    place.chmod(0o755)
    with pytest.raises(TargetError, match="XDG_RUNTIME_DIR"):
        agent.start(folder, secrets)
    assert agent.ask(folder) is None


def test_a_path_too_long_for_a_socket_falls_to_the_next(monkeypatch, tmp_path):
    monkeypatch.setattr(agent, "_folders", lambda: iter([tmp_path / ("long" * 30), Path("/tmp/short")]))
    assert [each.parent for each in agent._addresses(tmp_path)] == [Path("/tmp/short")]


def test_the_runtime_folder_comes_first(monkeypatch, tmp_path):
    tmp_path.chmod(0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    first, *others = agent._folders()
    assert first == tmp_path / "magnitizdat"
    assert others


def test_nobody_listens(tmp_path):
    assert channel.connect(tmp_path / "none") is None


def test_the_agent_loads_no_cryptography():
    """It must come up quickly and be small: it only keeps bytes."""
    code = "import sys, magnitizdat.library.agent; print('cryptography' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout.strip() == b"False"


def _sockets(folder):
    return (address for address in agent._addresses(folder) if address.is_socket())


def _agent_pid(folder):
    [address] = _sockets(folder)
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(address))
        return int.from_bytes(connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)[:4], sys.byteorder)


def _runs(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")")[-1].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def _wait_until(happened):
    deadline = time.monotonic() + PATIENCE_S
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.01)
