"""The agent: a process of its own that keeps an unlocked library's secrets, so that nobody waits for scrypt twice.

It outlives the command that started it, answers only the user who started it, and forgets after some idle hours, on
`mag lock`, on a signal. Secrets reach it through a pipe, never as an argument or in the environment. What it cannot
do: hide from root, or from whoever runs as the same user and asks it.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from magnitizdat import program
from magnitizdat.disk.disk import Disk
from magnitizdat.errors import LibraryBusyError, LibraryError, MagError, TargetError
from magnitizdat.library import channel, holders, panic, process
from magnitizdat.sentence import say

if TYPE_CHECKING:
    from magnitizdat.library.keyring import Secrets

DEFAULT_HOURS = 8.0

_REQUEST_LIMIT = 1 << 20
_TALKS = 64
"""Conversations at a time: one that says nothing keeps nobody else waiting."""
_START_S = 30.0
_READY, _BUSY = b"ready", b"busy"
_NONE, _SOME = b"-", b"+"


def start(library: Path, secrets: Secrets, *, hours: float = DEFAULT_HOURS) -> None:
    """Let an agent keep `secrets` until nobody has asked for `hours`; one that runs takes the new secrets and hours.

    Raises: TargetError if there is no private place for its socket, or it does not come up.
    """
    fields = {"do": "keep", "slot": slot_digest(library), "idle_s": hours * 3600.0}
    if _converse(library, fields, secrets.to_bytes()) is not None:
        return
    address = _new_address(library)
    order = json.dumps({**fields, "address": str(address), "library": os.path.realpath(library)}).encode()
    flags = getattr(subprocess, "DETACHED_PROCESS", 0)
    with subprocess.Popen(
        program.command("agent"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=program.environment(lasting=True),
        cwd=address.anchor,  # it must not keep a stick busy
        start_new_session=True,
        creationflags=flags,
    ) as child:
        said = _instruct(child, order + b"\n" + secrets.to_bytes())
    if said == _BUSY:
        raise LibraryBusyError(say("this library's agent is there but does not answer; end it and unlock again"))
    if said != _READY:
        raise TargetError(say("the agent did not start; every command can ask for the passphrase instead"))


def ask(library: Path) -> Secrets | None:
    """The secrets that an agent keeps for this library, or None. Counts as use."""
    from magnitizdat.library.keyring import Secrets

    answer = _converse(library, {"do": "ask", "slot": slot_digest(library)})
    if not answer:
        return None
    try:
        return Secrets.from_bytes(answer)
    except LibraryError:  # an agent of another version
        return None


def remaining_s(library: Path) -> float | None:
    """Seconds until the agent locks if nobody asks; None if there is no agent. Does not count as use."""
    answer = _converse(library, {"do": "status", "slot": slot_digest(library)})
    return float(answer) if answer else None


def stop(library: Path, *, patience_s: float = channel.PATIENCE_S) -> bool:
    """Lock: the agent has forgotten when this returns, and ends. False if there was none.

    Raises: LibraryBusyError if there is one that does not answer.
    """
    silent: list[Path] = []
    stopped = _converse(library, {"do": "lock"}, patience_s=patience_s, silent=silent) is not None
    if silent and not stopped:
        raise LibraryBusyError(say("the agent does not answer and still holds the keys; end its process, then repeat"))
    return stopped


def slot_digest(library: Path) -> str:
    """What an agent checks: it never answers for another library at the same path, nor after a new passphrase."""
    try:
        slot = (library / holders.SLOT_NAME).read_bytes()
    except OSError:
        slot = b""
    return hashlib.sha256(slot).hexdigest()


class Holder:
    """What the agent knows, and its answers; no I/O. `clock` gives seconds that only rise."""

    def __init__(self, kept: bytearray, *, slot: str, idle_s: float, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._kept = bytearray()
        self.keep(kept, slot=slot, idle_s=idle_s)

    def keep(self, kept: bytearray, *, slot: str, idle_s: float) -> None:
        """Take new secrets and hours; the old bytes are overwritten."""
        self.wipe()
        self._kept, self._slot, self._idle_s = kept, slot, idle_s
        process.pin(self._kept)
        self._used()

    def remaining_s(self) -> float:
        """Seconds until it is time to forget; 0 or less when it is, or when there is nothing to keep."""
        return self._deadline - self._clock() if self._kept else 0.0

    def wipe(self) -> None:
        """Overwrite and forget."""
        self._kept[:] = bytes(len(self._kept))
        self._kept = bytearray()

    def answer(self, request: bytes) -> bytes:
        """One request, one answer; nonsense gets nothing."""
        if self.remaining_s() <= 0:
            self.wipe()
        try:
            line, _, body = request.partition(b"\n")
            fields: dict[str, Any] = json.loads(line)
            return self._do(fields, body)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return _NONE

    def _do(self, fields: dict[str, Any], body: bytes) -> bytes:
        what, mine = fields["do"], fields.get("slot") == getattr(self, "_slot", None)
        if what == "lock":
            self.wipe()
            return _SOME
        if what == "keep":
            self.keep(bytearray(body), slot=str(fields["slot"]), idle_s=float(fields["idle_s"]))
            return _SOME
        if not mine or not self._kept:
            return _NONE
        if what == "ask":
            self._used()
            return _SOME + self._kept
        return _SOME + b"%f" % self.remaining_s() if what == "status" else _NONE

    def _used(self) -> None:
        self._deadline = self._clock() + self._idle_s


def serve(holder: Holder, listener: channel.Listener, look: Callable[[], None] = lambda: None) -> None:
    """Answer until it is time to forget, or told to; each is heard in a thread. The caller closes the listener.

    Every while it does `look`.
    """
    places, turn = threading.BoundedSemaphore(_TALKS), threading.Lock()

    def hear(conversation: channel.Channel) -> None:
        with suppress(OSError, EOFError):
            request = conversation.recv_bytes(_REQUEST_LIMIT)
            with turn:
                reply(conversation, holder.answer(request))
        conversation.close()
        places.release()

    def reply(conversation: channel.Channel, answer: bytes) -> None:
        if holder.remaining_s() <= 0:
            listener.close()  # before the answer: who asked to lock may unlock again at once
            _release()
        conversation.send_bytes(answer)

    while (remaining := holder.remaining_s()) > 0:
        conversation = listener.accept(min(remaining, panic.LOOK_S))
        look()
        if conversation is None:
            continue
        if places.acquire(blocking=False):
            threading.Thread(target=hear, args=(conversation,), daemon=True).start()
        else:
            conversation.close()
    with turn:  # who asked to lock has its answer
        holder.wipe()


def main() -> None:
    """The agent's process: orders come on stdin, one word goes back on stdout when it listens."""
    process.hide_memory()
    line, _, body = sys.stdin.buffer.read().partition(b"\n")
    order = json.loads(line)
    if hasattr(os, "fork") and os.fork() > 0:
        os._exit(0)  # the command that started us waits for this one; the agent belongs to nobody
    process.hide_memory()  # a child's pages are not kept from swap as its parent's were
    address, library, disk = Path(order["address"]), Path(order["library"]), Disk(private=True)
    try:
        _hold.append(disk.lock(address.with_suffix(".lock")))
        _hold.append(holders.hold(library, disk, kind=holders.Kind.AGENT))
    except LibraryBusyError:
        _say(_BUSY)
        return
    if not (library / holders.SLOT_NAME).exists():  # a panic came before we were listed
        return
    disk.remove(address)  # whoever held the lock before was killed
    if sys.platform == "win32":
        disk.write_atomic(address.with_suffix(".token"), os.urandom(32))
    holder = Holder(bytearray(body), slot=order["slot"], idle_s=order["idle_s"], clock=process.uptime_s)
    del body
    with channel.Listener(address, disk) as listener:
        for name in ("SIGTERM", "SIGINT", "SIGHUP"):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), _leave)
        if sys.platform == "win32":
            _watch(holder)
        _say(_READY)
        try:
            serve(holder, listener, lambda: panic.carry_out_if_asked(library, disk))
        finally:
            holder.wipe()


_hold: list[Any] = []


def _release() -> None:
    while _hold:
        _hold.pop().release()


def _leave(_signal: int, _frame: object) -> NoReturn:
    raise SystemExit(0)


def _watch(holder: Holder) -> None:
    """Windows: nothing ends a wait on a pipe, so a thread ends the process."""
    import time

    def watch() -> None:
        while (remaining := holder.remaining_s()) > 0:
            time.sleep(min(remaining, panic.LOOK_S))
        holder.wipe()
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()


def _say(word: bytes) -> None:
    """Tell the command that started us, and let go of its pipes."""
    sys.stdout.buffer.write(word)
    sys.stdout.flush()
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)


def _instruct(child: subprocess.Popen[bytes], order: bytes) -> bytes:
    try:
        said, _ = child.communicate(order, timeout=_START_S)
    except subprocess.TimeoutExpired:
        child.kill()
        return b""
    return said


def _converse(
    library: Path,
    fields: dict[str, Any],
    body: bytes = b"",
    *,
    patience_s: float = channel.PATIENCE_S,
    silent: list[Path] | None = None,
) -> bytes | None:
    """The body of an agent's answer; None if there is no agent, or it has nothing for us.

    Where somebody is there and does not answer in time goes into `silent`.
    """
    request = json.dumps(fields).encode() + b"\n" + body
    for address in _addresses(library):
        if not _is_private(address.parent):
            continue
        try:
            answer = _asked(address, request, patience_s)
        except TimeoutError:
            answer = _NONE
            if silent is not None:
                silent.append(address)
        if answer[:1] == _SOME:
            return answer[1:]
    return None


def _asked(address: Path, request: bytes, patience_s: float) -> bytes:
    """What is answered at `address`. Raises: TimeoutError."""
    conversation = channel.connect(address, patience_s)
    if conversation is None:
        return _NONE
    try:
        conversation.send_bytes(request)
        return conversation.recv_bytes(_REQUEST_LIMIT)
    except TimeoutError:
        raise
    except (OSError, EOFError):
        return _NONE
    finally:
        conversation.close()


def _addresses(library: Path) -> Iterator[Path]:
    """Where an agent of this library may listen, best first: the runtime folder, then one in the temporary folder."""
    name = hashlib.sha256(os.fsencode(os.path.realpath(library))).hexdigest()[:16] + ".sock"
    for folder in _folders():
        address = folder / name
        if len(os.fsencode(address)) <= channel.ADDRESS_LIMIT:
            yield address


def _folders() -> Iterator[Path]:
    from platformdirs import user_runtime_dir

    with warnings.catch_warnings(), suppress(OSError):
        warnings.simplefilter("ignore")  # no runtime folder is usual on servers
        yield Path(user_runtime_dir("magnitizdat", appauthor=False))
    owner = os.getuid() if hasattr(os, "getuid") else "user"
    yield Path(tempfile.gettempdir()) / f"magnitizdat-{owner}"
    if os.name == "posix":
        yield Path("/tmp") / f"magnitizdat-{owner}"  # noqa: S108 - its owner and mode are checked, and TMPDIR may be long


def _new_address(library: Path) -> Path:
    for address in _addresses(library):
        with suppress(MagError):
            Disk(private=True).mkdir(address.parent)
            if _is_private(address.parent):
                return address
    raise TargetError(say("there is no private folder for the agent's socket; set XDG_RUNTIME_DIR to one of your own"))


def _is_private(folder: Path) -> bool:
    """Whether it is a real folder that only we can enter: another user could have made it first."""
    try:
        found = folder.lstat()
    except OSError:
        return False
    if not hasattr(os, "getuid"):
        return stat.S_ISDIR(found.st_mode)
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not stat.S_IMODE(found.st_mode) & 0o077


if __name__ == "__main__":
    main()
