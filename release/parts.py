"""Which parts of the one file wait, packed, until a module that needs them is imported: `mag.spec` asks (ADR 0011).

A part is what the bootloader would unpack at each start: its place in the folder, its source, and PyInstaller's word
for its kind.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterable
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import PurePosixPath
from types import CodeType

Part = tuple[str, str, str]
Needed = dict[str, tuple[str | None, list[str]]]
"""Module to the place of its native code, where it has some, and to all places that have to be unpacked for it."""

FIRST = {"fcntl"}
"""Modules that unpacking itself imports."""


def needed(parts: Iterable[Part], pure: Collection[str], libraries: Callable[[str], Iterable[str]]) -> Needed:
    """A native module needs itself and its libraries, a package the other files in its folder.

    `pure` are the names of modules without native code; `libraries` tells the names of the libraries that a file is
    linked with, of whatever depth.
    """
    kept = {place: (source, kind) for place, source, kind in parts if kind != "SYMLINK"}
    by_name = {PurePosixPath(place).name: place for place in kept}

    def linked(source: str) -> set[str]:
        return {by_name[name] for name in libraries(source) if name in by_name}

    python = {place for place in kept if place.startswith("libpython")}
    python |= {place for found in python.copy() for place in linked(kept[found][0])}
    native = {module_of(place): place for place, (_, kind) in kept.items() if kind == "EXTENSION"}
    found: Needed = {
        name: (place, [place, *sorted(linked(kept[place][0]) - python)])
        for name, place in sorted(native.items())
        if name not in FIRST
    }
    known = {place for _, places in found.values() for place in places} | python
    for place in sorted(kept.keys() - known):
        package = package_of(place, {*pure, *native})
        if package:
            found.setdefault(package, (None, []))[1].append(place)
    return found


def module_of(place: str) -> str:
    """The name under which a native module is imported."""
    path = place.removeprefix(f"python{sys.version_info[0]}.{sys.version_info[1]}/lib-dynload/")
    ending = next(suffix for suffix in EXTENSION_SUFFIXES if path.endswith(suffix))
    return path.removesuffix(ending).removesuffix("/__init__").replace("/", ".")


def package_of(place: str, modules: Collection[str]) -> str | None:
    """The innermost package that a file lies in."""
    folders = (".".join(folder.parts) for folder in PurePosixPath(place).parents)
    return next((name for name in folders if name in modules), None)


def name_of(place: str) -> str:
    """What a packed part is called among modules, where a dot would make it one of a package."""
    return place.replace(".", ":")


def packed(content: bytes) -> CodeType:
    """A module of one constant: PyInstaller's archive of modules keeps nothing else."""
    return compile("", "part", "exec").replace(co_consts=(content,))
