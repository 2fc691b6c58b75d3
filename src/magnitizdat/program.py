"""How the program starts itself again, as a parser or as the agent: from Python, or from one frozen file (ADR 0011).

A frozen file unpacks itself, part by part, into a temporary folder and notes that folder in the environment. Started
again with these notes it uses the same folder; without them it makes another. The folder goes when the first of them
ends.
"""

from __future__ import annotations

import os
import runpy
import sys
from pathlib import Path

from magnitizdat.errors import TargetError
from magnitizdat.sentence import Sentence, say

ROLES = {"parser": "magnitizdat.workers", "agent": "magnitizdat.library.agent"}
"""Role to the module that plays it, run as `python -m` would."""

_BE = "--be"
_NOTES = "_PYI_"
"""What the names of the bootloader's notes begin with. Source: PyInstaller, "Run-time Information"."""


def is_frozen() -> bool:
    """Whether this is one executable file, without a Python beside it."""
    return bool(getattr(sys, "frozen", False))


def by_this_one() -> Sentence:
    """For sentences about what is not installed: the one file holds less than an installation can."""
    return say("by mag in one file; installed with Python it can") if is_frozen() else say("on this computer")


def command(role: str, *arguments: str) -> list[str]:
    """The command line that starts this program in a role."""
    if is_frozen():
        return [sys.executable, _BE, role, *arguments]
    return [sys.executable, "-E", "-P", "-B", "-m", ROLES[role], *arguments]


def environment(*, lasting: bool = False) -> dict[str, str]:
    """All that such a start needs of the environment: nothing, but for a frozen program and on Windows.

    `lasting` for what outlives this process. It forks, and has loaded all that it will ever need when this folder goes;
    where nothing forks it unpacks one of its own (written for Windows, not run there).
    """
    if lasting and is_frozen() and not hasattr(os, "fork"):
        return {**os.environ, "PYINSTALLER_RESET_ENVIRONMENT": "1"}
    needed = {name: value for name, value in os.environ.items() if name == "SYSTEMROOT" or name.startswith(_NOTES)}
    if is_frozen() and sys.platform == "linux":
        needed["LD_LIBRARY_PATH"] = sys._MEIPASS  # type: ignore[attr-defined]  # noqa: SLF001  PyInstaller's own name
    return needed


def no_room(folder: Path) -> TargetError:
    """For a frozen program that could not write a part of itself."""
    return TargetError(
        say("the program cannot unpack itself into {folder}; set TMPDIR to a folder with 150 MB free", folder=folder)
    )


def data_folder() -> Path:
    """The platform's folder for what a person keeps with us."""
    from platformdirs import user_data_path

    return user_data_path("magnitizdat", appauthor=False)


def library_folder() -> Path:
    """`MAG_LIBRARY`, or a folder in that one."""
    named = os.environ.get("MAG_LIBRARY")
    return Path(named) if named else data_folder() / "library"


def stash_folder() -> Path:
    """`MAG_STASH`, or a folder in that one."""
    named = os.environ.get("MAG_STASH")
    return Path(named) if named else data_folder() / "stash"


def play_role() -> bool:
    """In a frozen program: be what `command` asked for. False where a person typed the arguments."""
    match sys.argv[1:]:
        case [word, role, *arguments] if word == _BE and role in ROLES:
            sys.argv[1:] = arguments
            runpy.run_module(ROLES[role], run_name="__main__", alter_sys=True)
            return True
    return False


def restore_environment() -> None:
    """Give children that are not ours the libraries of their own system, as before the bootloader."""
    before = os.environ.pop("LD_LIBRARY_PATH_ORIG", None)
    if before is not None:
        os.environ["LD_LIBRARY_PATH"] = before
    elif is_frozen():
        os.environ.pop("LD_LIBRARY_PATH", None)
