"""Spare parts of one group: made by par2 from what the medium gave back, and whether they are what was planned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from magnitizdat.disk.disk import Disk
from magnitizdat.disk.reading import REFUSED, FileReader
from magnitizdat.reel import par2_child, par2_packets
from magnitizdat.reel.layout import Layout
from magnitizdat.reel.paths import Paths


class GroupParity:
    """The spare parts of one group. `crcs`: of each of its segments those of the slices, as they were sealed."""

    def __init__(self, layout: Layout, paths: Paths, group: int, crcs: Mapping[int, bytes]) -> None:
        self._layout, self._paths, self._group, self._crcs = layout, paths, group, crcs

    @property
    def names(self) -> list[str]:
        """Of its segments, sorted."""
        return sorted(Path(self._paths.segment(index)).name for index in self._layout.group(self._group))

    def make(self, folder: Path, disk: Disk, *, threads: int) -> None:
        """par2 reads every segment in `folder`, and writes beside them. Raises: TargetError."""
        par2_child.create(
            folder,
            self._paths.base(self._group),
            self.names,
            slice_length=self._layout.slice_length,
            blocks=self._layout.blocks(self._group),
            volumes=len(self._layout.volumes(self._group)),
            threads=threads,
            disk=disk,
        )

    def count_wrong(self, found: par2_packets.Scan) -> int:
        """Segments of which par2 read something else than was sealed."""
        ids: dict[str, bytes] = {}
        crcs: dict[bytes, bytes] = {}
        for packet in found.packets:
            if isinstance(packet.body, par2_packets.Description):
                ids[packet.body.name.decode("ascii", "replace")] = packet.body.file_id
            elif isinstance(packet.body, par2_packets.Checksums):
                crcs[packet.body.file_id] = packet.body.all_crc32()
        segments = ((index, Path(self._paths.segment(index)).name) for index in self._layout.group(self._group))
        return sum(crcs.get(ids.get(name, b"")) != self._crcs[index] for index, name in segments)

    def is_whole(self, files: Sequence[Path]) -> bool:
        """Whether all par2 files are there, at their planned lengths, every packet of them sound."""
        exponents: set[int] = set()
        for path, length in zip(files, self._layout.parity_lengths(self._group), strict=True):
            try:
                source = FileReader(path)
            except REFUSED:
                return False
            found = par2_packets.scan(source)
            if source.length != length or found.damaged or self.count_wrong(found):
                return False
            exponents |= {each.body.exponent for each in found.packets if isinstance(each.body, par2_packets.Recovery)}
        return exponents == set(range(self._layout.blocks(self._group)))
