"""What the system says of itself, from trees of our own making: what is known is said, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from magnitizdat.disk.surroundings import Medium, Surroundings, medium, surroundings, too_open


class System:
    """A `/proc` and a `/sys` in a folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.mounts: list[str] = []
        self.mount("/", "ext4", "/dev/sda1", "8:1")

    def put(self, path: str, text: str) -> None:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")

    def mount(self, point: str, kind: str, source: str, numbers: str = "0:33") -> None:
        self.mounts.append(f"36 25 {numbers} / {point} rw,relatime shared:1 - {kind} {source} rw")
        self.put("proc/self/mountinfo", "\n".join(self.mounts) + "\n")

    def block(
        self, name: str, numbers: str, /, *, under: tuple[str, ...] = (), removable: str = "0", **mapped: str
    ) -> None:
        """A block device as the kernel shows it; `under` are those that it stands on."""
        home = "sys/devices/" + (f"pci/{name.rstrip('0123456789')}/{name}" if not mapped else f"virtual/block/{name}")
        self.put(f"{home}/size", "1")
        self.put(f"{Path(home).parent}/removable", removable)
        for fact, text in mapped.items():
            self.put(f"{home}/dm/{fact}", text)
        for each in under:
            self.put(f"{home}/slaves/{each}/size", "1")
        for link in (f"sys/class/block/{name}", f"sys/dev/block/{numbers}"):
            (self.root / link).parent.mkdir(parents=True, exist_ok=True)
            (self.root / link).symlink_to(self.root / home)

    def swap(self, name: str, kind: str = "partition") -> None:
        self.put("proc/swaps", f"Filename\t\tType\t\tSize\tUsed\tPriority\n{name}  {kind}\t\t8388604\t0\t-2\n")

    def says(self, folder: str | Path = "/srv/viktor/library") -> Surroundings:
        return surroundings(Path(folder), root=self.root)


@pytest.fixture
def system(tmp_path):
    return System(tmp_path / "root")


def test_a_system_that_says_nothing_is_not_blamed(tmp_path):
    assert surroundings(Path("/home"), root=tmp_path) == Surroundings()


@pytest.mark.parametrize("name", ["sda1", "nvme0n1p2", "vda", "mmcblk0p1"])
def test_a_drive_without_a_cipher(system, name):
    system.block(name, "8:1")
    assert system.says().is_encrypted is False


def test_what_stands_on_a_cipher_is_encrypted(system):
    """LUKS, and LVM on LUKS."""
    system.block("sda1", "8:99")
    system.block("dm-0", "254:0", under=("sda1",), uuid="CRYPT-LUKS2-8f-luks", name="luks")
    system.block("dm-1", "8:1", under=("dm-0",), uuid="LVM-x", name="vg-home")
    assert system.says().is_encrypted is True


def test_a_volume_on_bare_drives_is_not(system):
    system.block("sda1", "8:99")
    system.block("dm-1", "8:1", under=("sda1",), uuid="LVM-x", name="vg-home")
    assert system.says().is_encrypted is False


@pytest.mark.parametrize("device", ["loop0", "zram0", "dm-7", "md0", "rbd0"])
def test_of_what_is_not_known_nothing_is_said(system, device):
    system.block(device, "8:1", **({"name": "veracrypt1", "uuid": ""} if device == "dm-7" else {}))
    assert system.says().is_encrypted is None


def test_btrfs_and_ciphering_file_systems_are_found_by_their_source(system):
    system.block("sda2", "8:2")
    system.put("dev/sda2", "")
    system.mount("/srv", "btrfs", "/dev/sda2")
    assert medium(Path("/srv/viktor"), root=system.root) == Medium(Path("/srv"), "btrfs", "sda2")
    assert system.says().is_encrypted is False
    system.mount("/srv/viktor/library", "fuse.gocryptfs", "/srv/viktor/sealed")
    assert system.says().is_encrypted is True


def test_a_mount_point_with_a_space(system):
    system.mount(r"/media/my\040stick", "vfat", "/dev/sdb1", "8:17")
    found = medium(Path("/media/my stick/library"), root=system.root)
    assert found is not None
    assert found.mount == Path("/media/my stick")


def test_swap_is_named_where_it_is_plain(system):
    system.block("sda1", "8:1")
    system.block("sda3", "8:3")
    system.put("dev/sda3", "")
    system.swap("/dev/sda3")
    assert system.says().swap == ("/dev/sda3",)
    system.swap("/swapfile", "file")
    assert system.says().swap == ("/swapfile",)
    system.swap("/dev/zram0")
    assert system.says().swap == ()


def test_swap_on_a_cipher_is_none(system):
    system.block("dm-3", "254:3", uuid="CRYPT-PLAIN-swap", name="swap")
    system.swap("/dev/mapper/swap")
    assert system.says().swap == ()


def test_hibernation_counts_where_it_would_be_written_plain(system):
    system.block("sda3", "8:3")
    system.put("sys/power/state", "freeze mem disk\n")
    system.put("sys/power/disk", "[platform] shutdown reboot\n")
    system.put("sys/power/resume", "0:0\n")
    assert not system.says().hibernation
    system.put("sys/power/resume", "8:3\n")
    assert system.says().hibernation == "sda3"
    system.put("sys/power/disk", "[disabled]\n")
    assert not system.says().hibernation


def test_sticks_and_cards(system):
    system.block("sdb1", "8:1", removable="1")
    assert system.says().is_removable


def test_a_drive_that_stays_is_none(system):
    system.block("sda1", "8:1")
    assert not system.says().is_removable


@pytest.mark.parametrize(
    ("pattern", "who"),
    [
        ("|/usr/lib/systemd/systemd-coredump %P %u", "systemd-coredump"),
        ("|/usr/share/apport/apport -p%p", "apport"),
        ("core", ""),
        ("", ""),
    ],
)
def test_who_keeps_memory_of_crashes(system, pattern, who):
    system.put("proc/sys/kernel/core_pattern", pattern + "\n")
    assert system.says().cores == who


def test_snapshots(system, tmp_path):
    home = tmp_path / "home"
    (home / "viktor" / "library").mkdir(parents=True)
    system.mount(str(home), "btrfs", "/dev/sda2")
    assert not system.says(home / "viktor/library").snapshots
    (home / ".snapshots" / "1").mkdir(parents=True)
    assert system.says(home / "viktor/library").snapshots == "Btrfs"
    system.mount(str(home / "viktor"), "zfs", "pool/viktor")
    assert not system.says(home / "viktor/library").snapshots
    (home / "viktor" / ".zfs" / "snapshot" / "daily").mkdir(parents=True)
    assert system.says(home / "viktor/library").snapshots == "ZFS"


def test_a_volume_of_which_lvm_keeps_a_snapshot(system):
    system.block("dm-2", "254:2", uuid="LVM-abc-real", name="vg-home-real")
    system.block("dm-1", "8:1", under=("dm-2",), uuid="LVM-abc", name="vg-home")
    assert system.says().snapshots == "LVM"


@pytest.mark.parametrize(
    ("folder", "marker", "service"),
    [
        ("Dropbox/library", "Dropbox/.dropbox.cache", "Dropbox"),
        ("Sync/library", "Sync/.stfolder", "Syncthing"),
        ("Cloud/a/library", "Cloud/.sync_0123456789ab.db", "Nextcloud"),
        ("OneDrive/library", "", "OneDrive"),
        ("OneDrive - Zoopark/library", "", "OneDrive"),
        ("Library/Mobile Documents/library", "", "iCloud"),
        ("Dropbox/library", "", ""),
        ("library", "library/.stfolder", ""),
    ],
)
def test_folders_that_a_service_copies(tmp_path, folder, marker, service):
    (tmp_path / folder).mkdir(parents=True)
    if marker:
        (tmp_path / marker).mkdir(parents=True)
    assert surroundings(tmp_path / folder, root=tmp_path / "nothing").synced == service


def test_what_others_may_read(tmp_path):
    for name, mode in (("open", 0o644), ("closed", 0o600)):
        (tmp_path / name).write_bytes(b"")
        (tmp_path / name).chmod(mode)
    assert too_open(tmp_path / name for name in ("open", "closed", "absent")) == [tmp_path / "open"]
