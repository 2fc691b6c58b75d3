"""Music that is here in other bytes, from elsewhere: of another edition it is an album of its own, else nothing new.

Which edition it is the whole folder says, as it does of what is new: each song of a best-of may say its own year.
"""

from __future__ import annotations

from collections.abc import Iterator

from magnitizdat.ops.intake.account import Account
from magnitizdat.ops.intake.folder import MetFolder
from magnitizdat.ops.intake.grouping import AlbumGroup, Taken, group
from magnitizdat.ops.intake.likeness import fold
from magnitizdat.ops.intake.shelve import Shelves
from magnitizdat.ops.intake.standing import differ


class Copies:
    """Decides about them when their folder is whole."""

    def __init__(self, account: Account, shelves: Shelves) -> None:
        self._account = account
        self._shelves = shelves

    def choose(self, folder: MetFolder) -> list[Taken]:
        """Those of another edition. Of a folder that was interrupted all are looked at once more."""
        copies, folder.copies = folder.copies, []
        if not copies:
            return []
        if not folder.is_whole:
            later = {each for each, _ in copies}
            folder.sources = [each for each in folder.sources if each[0] not in later]
            return []
        editions = set(self._editions(group([*folder.taken, *(taken for _, taken in copies)])))
        names = {each.name for each in folder.taken}
        chosen = list[Taken]()
        for found, taken in copies:
            if taken.track.file.sha256 in editions and taken.name not in names:
                names.add(taken.name)
                chosen.append(taken)
                self._account.end("imported")
                self._account.length += taken.track.file.length
            else:
                self._account.name(found, "copy", "known", of=taken.tags.album)
        return chosen

    def _editions(self, albums: list[AlbumGroup]) -> Iterator[str]:
        """Digests of files whose album is none that has their sound."""
        for album in albums:
            for track in album.tracks:
                if self._is_of_another(album, track.id):
                    yield track.file.sha256

    def _is_of_another(self, album: AlbumGroup, track: str) -> bool:
        found = (self._shelves.release(each) for each in self._shelves.with_sound(track))
        alike = [each for each in found if each is not None and fold(each.title) == album.marks.title]
        return bool(alike) and all(differ(album, each) for each in alike)
