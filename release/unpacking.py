"""What runs first in the one file: from here on, what a module needs is unpacked when it is imported (ADR 0011).

The bootloader has unpacked Python alone. `parts.py` says how the rest was packed, and wrote `parts_needed`.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from fcntl import LOCK_EX, flock
from importlib.machinery import ExtensionFileLoader, ModuleSpec
from pathlib import Path, PurePosixPath

from parts_needed import NEEDED
from pyimod02_importers import pyz_archive

FOLDER = Path(sys._MEIPASS)  # noqa: SLF001  PyInstaller's own name
LOCK = FOLDER / "base_library.zip"


class Unpacking:
    """Is asked before others where a module is: finds the native ones, and for the rest only unpacks."""

    @staticmethod
    def find_spec(name: str, _path: object = None, _target: object = None) -> ModuleSpec | None:
        native, places = NEEDED.get(name, (None, ()))
        unpack([place for place in places if not (FOLDER / place).exists()])
        return native_spec(name, FOLDER / native) if native else None


def unpack(missing: list[str]) -> None:
    """Write them. Parsers that start together use one folder: one writes, the others wait."""
    if not missing:
        return
    try:
        with LOCK.open("rb") as held:
            flock(held, LOCK_EX)
            for place in missing:
                _write(place)
    except OSError as exc:
        from magnitizdat.program import no_room

        raise no_room(FOLDER) from exc


def _write(place: str) -> None:
    path = FOLDER / place
    if path.exists():
        return
    _make_folders(place)
    draft = path.with_name(f"{path.name}.part")
    draft.touch(0o700)
    draft.write_bytes(pyz_archive.extract(place.replace(".", ":")).co_consts[0])
    draft.rename(path)


def _make_folders(place: str) -> None:
    """All but the outermost: when that is gone the program has ended, and nothing shall be left behind it."""
    for folder in [*PurePosixPath(place).parents][-2::-1]:
        with suppress(FileExistsError):
            (FOLDER / folder).mkdir(0o700)


def native_spec(name: str, path: Path) -> ModuleSpec:
    """What the import system wants to know of native code in that file."""
    loader = ExtensionFileLoader(name, str(path))
    spec = ModuleSpec(name, loader, origin=str(path), is_package=loader.is_package(name))
    spec.has_location = True
    if spec.submodule_search_locations is not None:
        spec.submodule_search_locations.append(str(path.parent))
    return spec


sys.meta_path.insert(0, Unpacking)
