"""A sound server of a test's own, of which the only device comes and goes as a headphone does."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import missing

PATIENCE_S = 60


@dataclass
class Sound:
    """A PulseAudio server behind a socket in a folder."""

    folder: Path

    @property
    def address(self) -> str:
        return f"unix:{self.folder / 'native'}"

    def plug(self) -> None:
        """Something that sounds, though nobody hears it."""
        self._ask("load-module", "module-null-sink")

    def unplug(self) -> None:
        self._ask("unload-module", "module-null-sink")

    def end(self) -> None:
        self._ask("exit")

    def _ask(self, *command: str) -> None:
        subprocess.run(["pactl", "-s", self.address, *command], check=True, capture_output=True, timeout=PATIENCE_S)


@contextmanager
def sound_server(folder: Path) -> Iterator[Sound]:
    """PulseAudio without its usual modules: no device of this machine is touched, and root may run it."""
    if shutil.which("pulseaudio") is None:
        missing("pulseaudio is not installed")
    sound = Sound(folder)
    at_home = dict.fromkeys(("HOME", "PULSE_RUNTIME_PATH", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR"), str(folder))
    speaks = f"module-native-protocol-unix socket={folder / 'native'} auth-anonymous=1"
    bare = ["-n", "--daemonize=yes", "--exit-idle-time=-1", "--use-pid-file=no", "--disable-shm=yes", "-L", speaks]
    # It goes into the background when it is ready.
    subprocess.run(["pulseaudio", *bare], env={**os.environ, **at_home}, check=True, capture_output=True)
    try:
        yield sound
    finally:
        sound.end()
