"""Builds of this program: one executable file for one system each. What they are called and where they are found."""

from __future__ import annotations

import hashlib
import platform
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from magnitizdat import __version__, program
from magnitizdat.disk.reading import FileReader
from magnitizdat.errors import MagError, SourceError, UsageError
from magnitizdat.model import Progress, Silent
from magnitizdat.sentence import say

READ_LENGTH = 1 << 20
_NAME = re.compile(
    r"mag-(?P<version>\d[0-9a-z.+]{0,30})-(?P<system>linux|macos|windows)-(?P<machine>x86_64|arm64)(\.exe)?"
)
_BEGINNINGS = {
    "linux": (b"\x7fELF",),
    "macos": (b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe"),
    "windows": (b"MZ",),
}
_SYSTEMS = {"linux": "linux", "darwin": "macos", "win32": "windows"}
_MACHINES = {"x86_64": "x86_64", "amd64": "x86_64", "arm64": "arm64", "aarch64": "arm64"}


class Build(NamedTuple):
    """One build that is at hand; `name` is what it is called on a stick."""

    path: Path
    name: str
    version: str
    system: str
    machine: str

    @property
    def facts(self) -> dict[str, str]:
        """What its name says."""
        return {"name": self.name, "version": self.version, "system": self.system, "machine": self.machine}


def own_name() -> str:
    """What a build for this system is called: `mag-0.1.0-linux-x86_64`."""
    system = _SYSTEMS.get(sys.platform, sys.platform)
    machine = platform.machine().lower()
    return f"mag-{__version__}-{system}-{_MACHINES.get(machine, machine)}{'.exe' if system == 'windows' else ''}"


def own_file() -> Path | None:
    """The running file, where it is a build."""
    return Path(sys.executable) if program.is_frozen() else None


def folders() -> list[Path]:
    """Where builds for other systems are looked for: beside the running file, and a folder of the person's own."""
    from magnitizdat.program import data_folder

    own = own_file()
    return [*([own.parent] if own else []), data_folder() / "builds"]


def at_hand(given: Iterable[Path] = ()) -> list[Build]:
    """The running file, what was given, then the builds found in `folders`; one of each name.

    Raises: UsageError for a given file that is no build, or two different ones of one name.
    """
    own = own_file()
    found = [build_of(own, name=own_name())] if own else []
    found += [build_of(path) for path in given]
    chosen: dict[str, Build] = {}
    for build in found:
        if build.name in chosen and not build.path.samefile(chosen[build.name].path):
            raise UsageError(say("two builds are called {name}; leave one of them out", name=build.name))
        chosen[build.name] = build
    for build in found_in(folders()):
        chosen.setdefault(build.name, build)
    return list(chosen.values())


def found_in(places: Iterable[Path]) -> Iterator[Build]:
    """Builds in folders, by name; what only bears such a name is passed over."""
    for place in places:
        try:
            paths = sorted(place.iterdir())
        except OSError:
            continue
        for path in paths:
            if _NAME.fullmatch(path.name):
                try:
                    yield build_of(path)
                except (MagError, OSError):
                    continue


def build_of(path: Path, *, name: str = "") -> Build:
    """A file as a build: its name says for which system, and its first bytes agree.

    Raises: UsageError, and what opening a file raises.
    """
    named = _NAME.fullmatch(name or path.name)
    if named is None:
        raise UsageError(
            say("{name} does not say what it is for; name it like {value}", name=path.name, value=own_name())
        )
    with FileReader(path, follow=True) as reader:
        if not reader.read_at(0, 4).startswith(_BEGINNINGS[named["system"]]):
            raise UsageError(
                say("{name} is not a program for {named}; get that build again", name=path.name, named=named["system"])
            )
    return Build(path, named[0], named["version"], named["system"], named["machine"])


def version_in_name(path: Path) -> str:
    """The version that a build's name claims, or nothing."""
    named = _NAME.fullmatch(path.name)
    return named["version"] if named else ""


def fingerprint(path: Path, *, uncached: bool = False, progress: Progress | None = None) -> str:
    """SHA-256 of a file, as `sha256sum` prints it; with `uncached` as it lies on the medium, where the system can.

    Raises: SourceError, and what opening a file raises.
    """
    progress = progress or Silent()
    digest = hashlib.sha256()
    with FileReader(path, follow=True) as reader:
        if uncached:
            reader.forget_cached()
        try:
            for offset in range(0, reader.length, READ_LENGTH):
                content = reader.read_at(offset, READ_LENGTH)
                digest.update(content)
                progress.advance(len(content))
        except OSError as exc:
            raise SourceError(say("{name} cannot be read; get it again from somebody else", name=path.name)) from exc
    return digest.hexdigest()
