"""Workers that outlive their pools: starting one takes a quarter of a second, and none knows whom it works for."""

from __future__ import annotations

import os
import threading
from collections import defaultdict
from typing import Any

from magnitizdat.workers import pool
from magnitizdat.workers.worker import WorkerProcess

KEPT = 3
"""Idle workers of a kind; whoever has more ends them as ever."""


class Stock:
    """Sound, idle workers of pools that were closed, for the pools of later tests in this process.

    A worker that was ended, or had to end, never comes here, nor one of a program that a test brings.
    """

    def __init__(self) -> None:
        self.is_open = True
        self._process = os.getpid()
        self._lock = threading.Lock()
        self._idle: dict[tuple[Any, ...], list[WorkerProcess]] = defaultdict(list)
        self._close = pool.ParserPool.close

    def install(self, patch: Any) -> None:
        """Stand between pools and their workers, by means of a pytest MonkeyPatch."""

        def close(closed: pool.ParserPool) -> None:
            self.close(closed)

        patch.setattr(pool, "WorkerProcess", self.worker)
        patch.setattr(pool.ParserPool, "close", close)

    def worker(self, memory_limit: int, seconds: float, *, nice: int = 0, command: Any = ()) -> WorkerProcess:
        """One that waits here, or a new one."""
        while self._serves(command):
            with self._lock:
                waiting = self._idle[memory_limit, seconds, nice]
                found = waiting.pop() if waiting else None
            if found is None:
                break
            if not found.is_gone:
                return found
            found.close()
        return WorkerProcess(memory_limit, seconds, nice=nice, command=command)

    def close(self, closed: pool.ParserPool) -> None:
        """End a pool, and take what can still be of use."""
        if self._serves(closed._command):
            kind = (closed._memory_limit, closed._seconds, closed._nice)
            with self._lock, closed._lock:
                sound = [worker for worker in closed._idle if not worker.is_gone]
                taken = sound[: KEPT - len(self._idle[kind])]
                self._idle[kind] += taken
                closed._idle = [worker for worker in closed._idle if worker not in taken]
        self._close(closed)

    def empty(self) -> None:
        """End them all."""
        with self._lock:
            left = [worker for waiting in self._idle.values() for worker in waiting]
            self._idle.clear()
        for worker in left:
            worker.close()

    def _serves(self, command: Any) -> bool:
        """A fork has the pipes of this process and may not use them."""
        return self.is_open and not command and os.getpid() == self._process
