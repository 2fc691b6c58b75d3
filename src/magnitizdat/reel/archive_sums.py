"""The checksums that a reel as one file itself says of what is in it: `unzip -t` looks at nothing else.

PAR2 says better what is whole. But a file that we call whole and everybody else's program calls damaged is handed to
nobody, so both have to agree.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from magnitizdat.disk.reading import REFUSED
from magnitizdat.formats.checksum import crc32
from magnitizdat.formats.zip_store import Member
from magnitizdat.model import Progress
from magnitizdat.reel.one_file import reader_of, table_of

_CHUNK = 1 << 20


class ArchiveSums:
    """The files of an archive that is as it was written, with the sum that it says of each; else none."""

    def __init__(self, place: Path) -> None:
        """Raises: as `table_of`."""
        found = table_of(place) if place.is_file() else None
        self._place, self._members = place, found.members if found is not None and found.is_strict else {}

    def unread(self, known: Mapping[str, int]) -> int:
        """Bytes that `wrong` has yet to read."""
        return sum(each.length for path, each in self._members.items() if path not in known)

    def wrong(self, known: Mapping[str, int], progress: Progress) -> set[str]:
        """Files with another CRC-32 than is said of them; `known` are those of files that were read already."""
        return {
            path
            for path, member in self._members.items()
            if (known[path] if path in known else self._sum_of(member, progress)) != member.crc32
        }

    def _sum_of(self, member: Member, progress: Progress) -> int | None:
        """None where the medium refuses some of it."""
        try:
            with reader_of(self._place / member.name) as source:
                found, buffer = 0, memoryview(bytearray(min(_CHUNK, max(1, source.length))))
                for offset in range(0, source.length, len(buffer)):
                    found = crc32(buffer[: source.read_into(buffer, offset)], found)
                return found
        except REFUSED:
            return None
        finally:
            progress.advance(member.length)
