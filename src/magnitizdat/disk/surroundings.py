"""What surrounds a library on this computer, as far as the system says: which folder it really is."""

from __future__ import annotations

from pathlib import Path

from magnitizdat.disk import system


def place_of(folder: Path) -> str:
    """What tells a folder from every copy of it, and stays when it is moved or its disk goes into another computer.

    Empty where the file system cannot say: then nobody may conclude anything. A disk image has the same.
    """
    try:
        return f"{folder.parent.stat().st_ino}/{folder.stat().st_ino}" if system.keeps_its_numbers(folder) else ""
    except OSError:
        return ""
