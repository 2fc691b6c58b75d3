"""What surrounds a library on this computer, as far as the system says: which folder it really is, what lies beneath.

All of it is read, below a `root`, from what Linux shows of itself. What is not known is not concluded: None, or
nothing. macOS and Windows show nothing of it in files.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from magnitizdat.disk import system

ROOT = Path("/")
_DISKS = re.compile(r"(sd[a-z]+|vd[a-z]+|xvd[a-z]+|hd[a-z]+|nvme\d+n\d+p?|mmcblk\d+p?)\d*")
"""Names of drives and their partitions, which cipher nothing that the system knows of."""
_CIPHERING = frozenset(("ecryptfs", "fuse.gocryptfs", "fuse.cryfs", "fuse.encfs", "fuse.securefs"))
_SYNCED = (
    ("Dropbox", ".dropbox.cache"),
    ("Syncthing", ".stfolder"),
    ("Nextcloud", ".nextcloudsync.log"),
    ("Nextcloud", ".sync_*.db"),
    ("ownCloud", ".owncloudsync.log"),
    ("Seafile", ".seafile-data"),
    ("Resilio Sync", ".sync/ID"),
    ("Google Drive", ".tmp.drivedownload"),
)
"""What services keep in the folders that they copy elsewhere."""


class Medium(NamedTuple):
    """What a folder lies on: `device` is the kernel's name of a block device, empty where there is none."""

    mount: Path
    kind: str
    device: str


class Surroundings(NamedTuple):
    """What is known. `swap` and `hibernation` are named where they are written without a cipher.

    `snapshots` and `synced` say who keeps older states, or copies, of the folder; `cores` who keeps memory of programs
    that crashed. `is_encrypted`: whether the system ciphers what the drive gets; None where it cannot be told.
    """

    is_encrypted: bool | None = None
    swap: tuple[str, ...] = ()
    hibernation: str = ""
    snapshots: str = ""
    synced: str = ""
    is_removable: bool = False
    cores: str = ""


def place_of(folder: Path) -> str:
    """What tells a folder from every copy of it, and stays when it is moved or its disk goes into another computer.

    Empty where the file system cannot say: then nobody may conclude anything. A disk image has the same.
    """
    try:
        return f"{folder.parent.stat().st_ino}/{folder.stat().st_ino}" if system.keeps_its_numbers(folder) else ""
    except OSError:
        return ""


def surroundings(folder: Path, *, root: Path = ROOT) -> Surroundings:
    """What surrounds a folder."""
    under = medium(folder, root=root)
    return Surroundings(
        is_encrypted=_is_encrypted(under, root),
        swap=tuple(_plain_swap(root)),
        hibernation=_plain_hibernation(root),
        snapshots=_snapshots(folder, under, root),
        synced=_synced(folder),
        is_removable=under is not None and any(map(_is_removable, _drives(under.device, root))),
        cores=_cores(root),
    )


def medium(folder: Path, *, root: Path = ROOT) -> Medium | None:
    """What a folder lies on. Source: proc_pid_mountinfo(5)."""
    found: Medium | None = None
    for line in _text(root / "proc/self/mountinfo").splitlines():
        before, _, after = line.partition(" - ")
        numbers, mount, kind, source = before.split(" ")[2], before.split(" ")[4], *after.split(" ")[:2]
        point = Path(_unescaped(mount))
        if folder.is_relative_to(point) and (found is None or point.is_relative_to(found.mount)):
            found = Medium(point, kind, _device(numbers, _unescaped(source), root))
    return found


def _text(path: Path) -> str:
    """A file of the system; nothing where it is not there or not ours to read."""
    with suppress(OSError):
        return path.read_text("utf-8", "replace").strip()
    return ""


def _unescaped(text: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), text)


# -- block devices ----------------------------------------------------------------------------------------------------


def _device(numbers: str, source: str, root: Path) -> str:
    """The kernel's name of a device, by its numbers or the name that it was mounted by."""
    there = root / "sys/dev/block" / numbers
    return there.resolve().name if there.exists() else _named(source, root)


def _named(source: str, root: Path) -> str:
    if not source.startswith("/dev/"):
        return ""
    blocks = root / "sys/class/block"
    name = (root / source[1:]).resolve().name
    mapped = (each.name for each in blocks.glob("dm-*") if _text(each / "dm/name") == name)
    return name if (blocks / name).exists() else next(mapped, "")


def _ciphers(device: str, root: Path) -> bool | None:
    """Whether all that a device gets is ciphered before it reaches a drive."""
    there = root / "sys/class/block" / device
    if _text(there / "dm/uuid").startswith("CRYPT-"):
        return True
    beneath = [_ciphers(each.name, root) for each in _listed(there / "slaves")]
    if beneath:
        return False if False in beneath else None if None in beneath else True
    return False if device and there.exists() and _DISKS.fullmatch(device) else None


def _drives(device: str, root: Path) -> Iterator[Path]:
    """What a device stands on, down to the drives."""
    there = root / "sys/class/block" / device
    beneath = _listed(there / "slaves")
    for each in beneath:
        yield from _drives(each.name, root)
    if device and not beneath:
        yield there.resolve()


def _is_removable(drive: Path) -> bool:
    """A stick or a card; also of one of its partitions."""
    return "1" in (_text(drive / "removable"), _text(drive.parent / "removable"))


def _listed(folder: Path) -> list[Path]:
    with suppress(OSError):
        return sorted(folder.iterdir())
    return []


def _is_encrypted(under: Medium | None, root: Path) -> bool | None:
    if under is None:
        return None
    return True if under.kind in _CIPHERING else _ciphers(under.device, root)


# -- what keeps memory ------------------------------------------------------------------------------------------------


def _plain_swap(root: Path) -> Iterator[str]:
    """Swap on a drive without a cipher; what is compressed in memory is none. Source: proc_swaps(5)."""
    for line in _text(root / "proc/swaps").splitlines()[1:]:
        name, kind = line.split()[:2]
        path = Path(_unescaped(name))
        under = medium(path, root=root) if kind == "file" else None
        device = _named(str(path), root) if kind == "partition" else under.device if under is not None else ""
        if _ciphers(device, root) is False:
            yield str(path)


def _plain_hibernation(root: Path) -> str:
    """The device to which the memory goes when the computer hibernates. Source: the kernel's `sysfs-power`."""
    numbers = _text(root / "sys/power/resume")
    can = "disk" in _text(root / "sys/power/state").split() and "[disabled]" not in _text(root / "sys/power/disk")
    device = _device(numbers, "", root) if can and numbers not in {"", "0:0"} else ""
    return device if _ciphers(device, root) is False else ""


def _cores(root: Path) -> str:
    """Who is given the memory of programs that crash. Source: core(5)."""
    pattern = _text(root / "proc/sys/kernel/core_pattern")
    return Path(pattern[1:].split()[0]).name if pattern.startswith("|/") else ""


# -- what keeps copies ------------------------------------------------------------------------------------------------


def _snapshots(folder: Path, under: Medium | None, root: Path) -> str:
    if under is None:
        return ""
    above = [each for each in (folder, *folder.parents) if each.is_relative_to(under.mount)]
    if under.kind == "btrfs" and any(_listed(each / ".snapshots") for each in above):
        return "Btrfs"
    if under.kind == "zfs" and _listed(under.mount / ".zfs/snapshot"):
        return "ZFS"
    if under.kind == "nilfs2":
        return "NILFS"
    blocks = root / "sys/class/block"
    originals = (_text(blocks / each.name / "dm/uuid") for each in _listed(blocks / under.device / "slaves"))
    return "LVM" if any(uuid.startswith("LVM-") and uuid.endswith("-real") for uuid in originals) else ""


def _synced(folder: Path) -> str:
    """The service that copies a folder elsewhere, by what it keeps there or the name that it gives to its folder."""
    for above in folder.absolute().parents:
        for name, marker in _SYNCED:
            if any(above.glob(marker)):
                return name
        if above.name == "OneDrive" or above.name.startswith("OneDrive - "):
            return "OneDrive"
        if above.name == "Mobile Documents" and above.parent.name == "Library":
            return "iCloud"
    return ""


def too_open(paths: Iterator[Path]) -> list[Path]:
    """Those that others of this computer may read or write; nothing where a file system knows no owners."""
    if os.name != "posix":
        return []
    found = []
    for path in paths:
        with suppress(OSError):
            if path.stat().st_mode & 0o077:
                found.append(path)
    return found
