"""One worker process, seen from the program: started, asked, timed, ended."""

from __future__ import annotations

import math
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import BinaryIO, cast

from magnitizdat import program
from magnitizdat.errors import DamagedError, MagError, UnsupportedError
from magnitizdat.model import ReadAt
from magnitizdat.sentence import Sentence, say
from magnitizdat.workers import protocol
from magnitizdat.workers.values import Cage, Made

if sys.platform == "linux":
    import fcntl

START_SECONDS = 30.0
BUFFER_LENGTH = 64 << 10
RECYCLE_SECONDS = 2 * 3600.0
"""Seconds of work after which a worker is replaced, well before its processor time runs out."""


class WorkerGone(Exception):  # noqa: N818  an end, which the pool turns into a failure of one file
    """The worker died or was ended; `timed_out` says which."""

    def __init__(self, *, timed_out: bool) -> None:
        super().__init__()
        self.timed_out = timed_out

    @property
    def sentence(self) -> Sentence:
        if self.timed_out:
            return say("it takes too long to understand; it is probably not what it says it is")
        return say("it makes the parser stop; it is damaged or made to do harm")


class WorkerProcess:
    """A child and its two pipes. For one thread at a time."""

    def __init__(self, memory_limit: int, seconds: float, *, nice: int = 0, command: Sequence[str] = ()) -> None:
        self._seconds = seconds
        self._left = START_SECONDS
        self._interrupted = False
        self._process = subprocess.Popen(
            list(command) or program.command("parser", str(memory_limit), str(nice)),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=BUFFER_LENGTH,
            env=program.environment(),
            cwd="/" if sys.platform != "win32" else None,
        )
        _widen(self._process)
        self._alarm = _Alarm(self._process)
        self._cage: Cage | None = None
        self.busy_s = 0.0

    @property
    def is_worn(self) -> bool:
        return self.busy_s > RECYCLE_SECONDS

    def cage(self) -> Cage:
        """Wait until it is ready.

        Raises: MagError if it does not start.
        """
        if self._cage is None:
            try:
                first = self._read()
            except WorkerGone:
                first = None
            if not isinstance(first, protocol.Ready):
                self.kill()
                raise MagError(say("the parser process cannot be started; install the program again"))
            self._cage = first.cage
        return self._cage

    def ask(self, request: protocol.Message, *, more_s: float = 0.0) -> None:
        """Send a request; the time for its first reply begins, with so many seconds more than usual.

        Raises: WorkerGone, MagError if it does not start.
        """
        self.cage()
        self.renew()
        self._left += more_s
        try:
            with _Watched(self):
                protocol.write_message(self._stdin, request)
        except protocol.BrokenPipe as exc:
            raise self._gone() from exc

    def renew(self) -> None:
        """Give it its seconds again: the next file, or the next chunk."""
        self._left = self._seconds

    def replies(self, source: ReadAt | None) -> Iterator[protocol.Reply]:
        """Replies as they come; ranges of the source that it needs are served in between.

        Raises: WorkerGone; what reading the source raised, once the worker has given up on it.
        """
        trouble: Exception | None = None
        while True:
            reply = self._read()
            if isinstance(reply, protocol.Need) and source is not None:
                trouble = self._serve(reply, source) or trouble
                continue
            if trouble is not None:
                raise trouble
            self.renew()
            yield reply

    def stream(self, source: ReadAt | None) -> Iterator[bytes | Made]:
        """The chunks of an answer, and what is said of them at the end.

        Raises: WorkerGone, DamagedError, UnsupportedError, what reading the source raised.
        """
        for reply in self.replies(source):
            match reply:
                case protocol.Chunk(data):
                    yield data
                case protocol.Finished(made):
                    yield made
                case protocol.Done():
                    return
                case _:
                    raise self.refusal(reply)

    def refusal(self, reply: protocol.Reply) -> Exception:
        """What a reply that is not the one hoped for means."""
        if isinstance(reply, protocol.Failed):
            self.busy_s += RECYCLE_SECONDS if reply.ending else 0
            kind = UnsupportedError if reply.kind == "unsupported" else DamagedError
            return kind(reply.reason.sentence)
        self.kill()
        return WorkerGone(timed_out=False)

    def kill(self) -> None:
        """End it now, whatever it does."""
        self.interrupt()
        self.close()

    def interrupt(self) -> None:
        """End it from another thread: whoever waits for it is told that it is gone."""
        self._interrupted = True  # first: it dies a little later, and nobody may take it for alive until then
        self._process.kill()

    @property
    def is_gone(self) -> bool:
        return self._interrupted or self._process.poll() is not None

    def close(self) -> None:
        """Close the pipes, which ends it, and wait until it is gone."""
        self._alarm.stop()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:  # unsent bytes of a request that nobody reads any more
                    continue
        try:
            self._process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    @property
    def _stdin(self) -> BinaryIO:
        return cast(BinaryIO, self._process.stdin)

    def _read(self) -> protocol.Reply:
        try:
            with _Watched(self):
                return protocol.read_reply(cast(BinaryIO, self._process.stdout))
        except protocol.BrokenPipe as exc:
            raise self._gone() from exc

    def _serve(self, need: protocol.Need, source: ReadAt) -> Exception | None:
        """Send the range; an error of the source is sent as nothing, and returned."""
        trouble: Exception | None = None
        try:
            part = bytes(source.read_at(need.offset, need.length))
        except (MagError, OSError) as exc:
            part, trouble = b"", exc
        try:
            with _Watched(self):
                protocol.write_frame(self._stdin, part[: need.length])
        except protocol.BrokenPipe as exc:
            raise self._gone() from exc
        return trouble

    def _gone(self) -> WorkerGone:
        self.kill()
        return WorkerGone(timed_out=self._alarm.has_rung)

    def _waited(self, seconds: float) -> None:
        self._left -= seconds
        self.busy_s += seconds


def _widen(process: subprocess.Popen[bytes]) -> None:
    """Let more lie in its pipes. Best effort: how much all of a user's may hold has a limit."""
    if sys.platform == "linux":
        for pipe in (process.stdin, process.stdout):
            with suppress(OSError):
                fcntl.fcntl(cast(BinaryIO, pipe), fcntl.F_SETPIPE_SZ, protocol.PIPE_LENGTH)


class _Watched:
    """Waiting for a worker: on its time, with the alarm set. Time that the program itself takes does not count."""

    def __init__(self, worker: WorkerProcess) -> None:
        self._worker = worker

    def __enter__(self) -> None:
        self._began = time.monotonic()
        self._worker._alarm.set(self._began + max(self._worker._left, 0.001))  # noqa: SLF001  one unit, two classes

    def __exit__(self, *_: object) -> None:
        self._worker._alarm.unset()  # noqa: SLF001  see above
        self._worker._waited(time.monotonic() - self._began)  # noqa: SLF001  see above


class _Alarm:
    """Kills a process at a deadline. A thread, because pipes cannot be waited on with a time limit everywhere."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._changed = threading.Condition()
        self._deadline = math.inf
        self._awaited = math.inf
        self._stopped = False
        self.has_rung = False
        threading.Thread(target=self._watch, name="parser-alarm", daemon=True).start()

    def set(self, deadline: float) -> None:
        """Ring at `deadline` (of `time.monotonic`). The thread is only woken where it would sleep too long."""
        with self._changed:
            self._deadline = deadline
            if deadline < self._awaited:
                self._changed.notify()

    def unset(self) -> None:
        """Not told to the thread: it finds out at the old deadline, and most waits are far shorter."""
        self._deadline = math.inf

    def stop(self) -> None:
        with self._changed:
            self._stopped = True
            self._changed.notify()

    def _watch(self) -> None:
        with self._changed:
            while not self._stopped:
                self._awaited = self._deadline
                left = self._awaited - time.monotonic()
                if left <= 0:
                    self.has_rung = True
                    self._process.kill()
                    return
                self._changed.wait(None if left == math.inf else left)
