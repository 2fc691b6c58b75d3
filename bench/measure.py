"""Running commands and timing them: children alone, never the code in this process."""

from __future__ import annotations

import os
import platform
import shutil
import statistics
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

MIB = 1 << 20


class CommandFailedError(RuntimeError):
    """A measured command did not do what it should."""


class Timing(NamedTuple):
    """Seconds of each run; what is compared is the median."""

    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    @property
    def spread(self) -> float:
        """Half of what lies between the fastest and the slowest run, as a part of the median."""
        return (max(self.seconds) - min(self.seconds)) / 2 / self.median


def command(
    argv: Sequence[str | Path],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    ok: Sequence[int] = (0,),
) -> float:
    """Seconds that a command takes, from start to end.

    Raises: CommandFailedError if it ends with another code than those of `ok`.
    """
    begun = time.perf_counter()
    done = subprocess.run(
        [str(each) for each in argv],
        cwd=cwd,
        env=surroundings(env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    seconds = time.perf_counter() - begun
    if done.returncode not in ok:
        said = done.stdout.decode(errors="replace")[-2000:]
        raise CommandFailedError(f"{' '.join(map(str, argv))} ended with {done.returncode}:\n{said}")
    return seconds


def surroundings(env: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of a user, for whom pip compiled what it installed."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"} | dict(env or {})


def in_turns(work: Mapping[str, Callable[[], float]], runs: int) -> dict[str, Timing]:
    """Each piece of work `runs` times, one after the other in turns, so that a slow minute hits all alike.

    A piece of work prepares itself and answers the seconds that count.
    """
    seconds: dict[str, list[float]] = {name: [] for name in work}
    for turn in range(runs):
        for name, piece in work.items():
            settle()
            seconds[name].append(piece())
            print(f"  {turn + 1}/{runs} {name}: {seconds[name][-1]:.2f} s", flush=True)
    return {name: Timing(tuple(each)) for name, each in seconds.items()}


def settle() -> None:
    """Let the disk finish what others wrote, so that nobody pays for it."""
    os.sync()


def settle_inodes() -> None:
    """After much was deleted: ext4 looks long for inodes that it did not free in the last five seconds."""
    settle()
    time.sleep(6)


def warm(folder: Path) -> None:
    """Read every file below a folder once."""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb", buffering=0) as opened:
                while opened.read(MIB):
                    pass


def forget(folder: Path) -> None:
    """Drop from memory what the system holds of every flushed file below a folder: what is read next is on the disk."""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb", buffering=0) as opened:
                os.posix_fadvise(opened.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def bytes_in(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def fresh(folder: Path) -> Path:
    """The folder, empty."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


class Memory(NamedTuple):
    """Peak bytes of one process, and of a command with all its children at one time (shared pages counted once)."""

    largest: int
    together: int


def memory_of(argv: Sequence[str | Path], *, env: Mapping[str, str] | None = None, ok: Sequence[int] = (0,)) -> Memory:
    """Peak memory of a command. Slows it down; not for timing. Linux alone."""
    child = subprocess.Popen(
        [str(each) for each in argv],
        env=surroundings(env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    peaks: dict[int, int] = {}
    together = 0
    ended = threading.Event()

    def watch() -> None:
        nonlocal together
        while not ended.wait(0.02):
            family = _family(child.pid)
            for pid in family:
                peaks[pid] = max(peaks.get(pid, 0), _status(pid, "VmHWM:"))
            together = max(together, sum(_proportional(pid) for pid in family))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        code = child.wait()
    finally:
        ended.set()
        watcher.join()
    if code not in ok:
        raise CommandFailedError(f"{' '.join(map(str, argv))} ended with {code}")
    return Memory(max(peaks.values(), default=0), together)


def _family(pid: int) -> list[int]:
    found = [pid]
    for each in found:
        try:
            for task in Path(f"/proc/{each}/task").iterdir():
                found += map(int, (task / "children").read_text().split())
        except OSError:
            continue
    return found


def _status(pid: int, field: str, file: str = "status") -> int:
    try:
        for line in Path(f"/proc/{pid}/{file}").read_text().splitlines():
            if line.startswith(field):
                return int(line.split()[1]) << 10
    except OSError:
        pass
    return 0


def _proportional(pid: int) -> int:
    return _status(pid, "Pss:", "smaps_rollup")


def machine() -> dict[str, str]:
    """What this was measured on."""
    model = memory = ""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
        memory = Path("/proc/meminfo").read_text().split()[1]
    except OSError:
        pass
    return {
        "cpu": model or platform.processor(),
        "cores": str(os.cpu_count()),
        "memory": f"{int(memory or 0) / MIB:.0f} GiB",
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
    }
