"""Words and keys planted in a library, and the search for them in what is left: files, and memory of processes.

Each is looked for as UTF-8, UTF-16, hex and base64 (wherever it begins).
"""

from __future__ import annotations

import base64
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from magnitizdat.disk.disk import Disk
from magnitizdat.library import holders
from magnitizdat.library.keyring import Secrets
from magnitizdat.library.slot import SLOT_NAME
from magnitizdat.ops.keep.panic import panic
from magnitizdat.ops.labels import friends
from magnitizdat.ops.listen import playlists
from tests.fakes_library import NOW, PASSPHRASE, put_album
from tests.fakes_spool import new_label
from tests.faults.accidents import MAG, Theatre, Verb, process_environment
from tests.faults.verbs import PROCESSES
from tests.faults.world import World, temporary_below

WORDS = ("Planted-Title-739", "Planted-Исполнитель-739", "Planted-Label-739", "Planted-Friend-739", "Planted-List-739")
SEARCHED = ("library", "temporary", "home")
"""Folders of the world that may say nothing; others are plain by intent: exports, open spools, the music itself."""


def plant(world: World) -> list[bytes]:
    """Put the words into a library; all that must not be found once its keys are gone."""
    title, artist, label, friend, listed = WORDS
    library = world.library
    album, _ = put_album(library, title, artist, lengths=(40_000,))
    new_label(library, label)
    friends.add_friend(library, library.shelf.friends()["Natalia"], name=friend)
    playlists.create(library, "", listed, entries=[f"{album}-1"], now=NOW)
    return [spelled for marker in (*WORDS, PASSPHRASE, *_keys(library.secrets)) for spelled in spellings(marker)]


def _keys(secrets: Secrets) -> Iterator[str | bytes]:
    yield from (secrets.database_key, secrets.cell_names_key, secrets.web_key)
    yield from (secrets.vault.text, *(address.text for address in secrets.addresses))


def spellings(marker: str | bytes) -> list[bytes]:
    """A word or a key in the forms that programs keep them in."""
    raw = marker.encode() if isinstance(marker, str) else marker
    wide = [marker.encode("utf-16-le")] if isinstance(marker, str) else []
    # In base64 the bytes before shift it; of each shift the characters that depend on the marker alone.
    shifted = [base64.b64encode(bytes(shift) + raw)[4 if shift else 0 : -4] for shift in range(3)]
    return [raw, *wide, raw.hex().encode(), raw.hex().upper().encode(), *shifted]


def found_in_files(markers: list[bytes], folders: list[Path]) -> list[str]:
    """Names and contents of files that hold a marker, and which."""
    found = []
    for path in (path for folder in folders for path in folder.rglob("*")):
        content = path.read_bytes() if path.is_file() else b""
        found += [f"{path}: {marker!r}" for marker in markers if marker in content or marker in os.fsencode(path.name)]
    return found


def found_in_memory(markers: list[bytes], pid: int) -> list[bytes]:
    """Markers in what a process may write to of its memory; none of one that is gone."""
    found = set[bytes]()
    process = Path("/proc") / str(pid)
    with suppress(OSError), (process / "mem").open("rb", buffering=0) as memory:
        for line in (process / "maps").read_text().splitlines():
            extent, permissions = line.split()[:2]
            first, last = (int(each, 16) for each in extent.split("-"))
            if permissions.startswith("rw"):
                with suppress(OSError, OverflowError, ValueError):
                    memory.seek(first)
                    content = memory.read(last - first)
                    found.update(marker for marker in markers if marker in content)
    return sorted(found)


def processes_of(root: Path) -> list[int]:
    """Whoever has keys, or names the world on its command line or in what it was started with."""
    wanted, found = os.fsencode(root), _with_keys(root)
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and int(folder.name) != os.getpid():
            with suppress(OSError):
                said = (folder / "cmdline").read_bytes() + (folder / "environ").read_bytes()
                found += [int(folder.name)] if wanted in said else []
    return found


def _with_keys(root: Path) -> list[int]:
    return [each.pid for each in holders.others(root / "library" / "mine")]


def seize(theatre: Theatre, name: str, verb: Verb, after_s: float, *, unlocked: bool = False) -> None:
    """Panic `after_s` after a verb has the keys: then nothing is found, in files or in memory.

    With `unlocked` an agent holds the keys, and they are found in its memory until then: the search can find.
    """
    root = theatre.root
    theatre.stage()
    with temporary_below(root), World(root) as world:
        verb.before(world)
        markers = plant(world)
        words = [*MAG, "--library", root / "library" / "mine", "--yes", *PROCESSES[name](world)]
    environment = process_environment(root)
    if unlocked:
        subprocess.run([*words[:5], "unlock"], env=environment, check=True, capture_output=True)
        assert any(found_in_memory(markers, pid) for pid in processes_of(root)), "the search finds nothing"
    child = subprocess.Popen(words, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    while child.pid not in _with_keys(root) and child.poll() is None:
        time.sleep(0.01)
    with suppress(subprocess.TimeoutExpired):
        child.wait(after_s)
    report = panic(root / "library" / "mine", disk=Disk(private=True))
    assert child.wait(20) is not None
    assert not (root / "library" / "mine" / SLOT_NAME).exists(), report
    assert not report.holding, report
    _require_gone(root)
    found = found_in_files(markers, [root / folder for folder in SEARCHED if (root / folder).is_dir()])
    assert not found, f"{name}, panic after {after_s} s: {found}"
    theatre.counts[name, "panics"] += 1


def _require_gone(root: Path) -> None:
    """Nobody of the world runs any more; workers end with their parent, so a moment is waited for."""
    until = time.monotonic() + 10
    while (left := processes_of(root)) and time.monotonic() < until:
        time.sleep(0.05)
    assert not left, f"processes {left} are left"
