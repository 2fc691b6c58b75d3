"""Programs that bring files from one machine to another, each on the loopback: rsync over ssh, syncthing."""

from __future__ import annotations

import json
import os
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from bench.measure import command, fresh

SSH_PORT, SYNC_PORTS, API_PORTS = 18022, (18001, 18002), (18003, 18004)
_PATIENCE_S = 600


class Rsync:
    """rsync, which flushes each file, through an sshd of its own with a key that is made for it."""

    def __init__(self, folder: Path) -> None:
        self._folder = fresh(folder / "rsync")
        for name in ("host", "guest"):
            command(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", self._folder / name])
        (self._folder / "guest.pub").rename(self._folder / "allowed")
        options = ("StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "LogLevel=ERROR")
        said = " ".join(f"-o {each}" for each in options)
        self._shell = f"ssh -p {SSH_PORT} -i {self._folder / 'guest'} -o IdentitiesOnly=yes {said}"

    @contextmanager
    def serving(self) -> Iterator[None]:
        """As long as this is open it can be copied from here."""
        Path("/run/sshd").mkdir(exist_ok=True)
        options = {
            "ListenAddress": f"127.0.0.1:{SSH_PORT}",
            "HostKey": self._folder / "host",
            "AuthorizedKeysFile": self._folder / "allowed",
            "PidFile": "none",
            "StrictModes": "no",
            "PermitRootLogin": "prohibit-password",
        }
        words = [word for name, value in options.items() for word in ("-o", f"{name}={value}")]
        with _running(["/usr/sbin/sshd", "-D", "-e", "-f", "/dev/null", *words]):
            yield

    def copy(self, music: Path) -> float:
        """Seconds until all of it is here, and flushed."""
        here = fresh(self._folder / "here")
        return command(["rsync", "-a", "--fsync", "-e", self._shell, f"127.0.0.1:{music}/", here])


class Syncthing:
    """Two of it, that know each other and nobody else."""

    def __init__(self, folder: Path) -> None:
        self._homes = [fresh(folder / f"syncthing-{name}") for name in ("host", "guest")]
        for home in self._homes:
            command(["syncthing", "generate", f"--home={home}", "--no-default-folder"])
        self._devices = [self._identity(home) for home in self._homes]

    @staticmethod
    def _identity(home: Path) -> str:
        done = subprocess.run(
            ["syncthing", f"--home={home}", "--device-id"], capture_output=True, text=True, check=True
        )
        return done.stdout.split()[-1]

    def copy(self, music: Path) -> float:
        """Seconds from when they meet until all is here, and flushed. The host has looked at its files by then."""
        here = fresh(self._homes[1].parent / "syncthing-here")
        for index, place in enumerate((music, here)):
            self._configure(index, place)
        with self._started(0):
            _until(lambda: self._ask(0, "/rest/db/status?folder=music")["state"] == "idle")
            wanted = self._ask(0, "/rest/db/status?folder=music")["globalBytes"]
            begun = time.perf_counter()
            with self._started(1):
                _until(lambda: self._ask(1, "/rest/db/status?folder=music")["inSyncBytes"] >= wanted > 0)
                command(["sync", "-f", here])
                return time.perf_counter() - begun

    def _configure(self, index: int, place: Path) -> None:
        home = self._homes[index]
        for index_folder in home.glob("index-*"):
            subprocess.run(["rm", "-r", str(index_folder)], check=True)
        tree = ET.parse(home / "config.xml")
        top = tree.getroot()
        for old in [*top.findall("folder"), *top.findall("device")]:
            top.remove(old)
        folder = ET.SubElement(top, "folder", id="music", path=str(place), type=("sendonly", "receiveonly")[index])
        for number, device in enumerate(self._devices):
            ET.SubElement(folder, "device", id=device)
            known = ET.SubElement(top, "device", id=device, name=str(number))
            ET.SubElement(known, "address").text = f"tcp://127.0.0.1:{SYNC_PORTS[number]}"
        (place / ".stfolder").mkdir(exist_ok=True)
        _set(top, "gui", address=f"127.0.0.1:{API_PORTS[index]}", apikey="key")
        _set(
            top,
            "options",
            listenAddress=f"tcp://127.0.0.1:{SYNC_PORTS[index]}",
            **dict.fromkeys(("globalAnnounceEnabled", "localAnnounceEnabled", "relaysEnabled", "natEnabled"), "false"),
            crashReportingEnabled="false",
            urAccepted="-1",
            reconnectionIntervalS="1",
        )
        tree.write(home / "config.xml")

    @contextmanager
    def _started(self, index: int) -> Iterator[None]:
        words = ["syncthing", "serve", f"--home={self._homes[index]}", "--no-browser", "--no-restart", "--no-upgrade"]
        with _running(words):
            _until(lambda: self._ask(index, "/rest/system/ping")["ping"] == "pong")
            yield

    @staticmethod
    def _ask(index: int, path: str) -> dict[str, Any]:
        asked = urllib.request.Request(f"http://127.0.0.1:{API_PORTS[index]}{path}", headers={"X-API-Key": "key"})
        with urllib.request.urlopen(asked, timeout=10) as answer:
            found: dict[str, Any] = json.load(answer)
            return found


def _set(top: ET.Element, name: str, **values: str) -> None:
    part = top.find(name)
    assert part is not None
    for each, value in values.items():
        found = part.find(each)
        if found is None:
            found = ET.SubElement(part, each)
        found.text = value


def _until(is_so: Any) -> None:
    end = time.monotonic() + _PATIENCE_S
    while time.monotonic() < end:
        try:
            if is_so():
                return
        except (OSError, KeyError):
            pass
        time.sleep(0.02)
    raise TimeoutError


@contextmanager
def _running(words: list[str]) -> Iterator[None]:
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    program = subprocess.Popen(words, env=dict(os.environ), **quiet)
    try:
        yield
    finally:
        program.terminate()
        program.wait()
