"""One folder of an import while its files are parsed."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from magnitizdat.ops.intake.beside import Lying, Words
from magnitizdat.ops.intake.grouping import Taken
from magnitizdat.ops.intake.one_file import LazyFile
from magnitizdat.ops.intake.scan import ScannedFile
from magnitizdat.ops.intake.sheets import Sheets


class MetFolder:
    """What was found in one folder, until its last file is parsed."""

    def __init__(self, path: Path, words: Words) -> None:
        self.path = path
        self.words = words
        self.waiting = 0
        self.listed = False
        self.taken: list[Taken] = []
        self.twins: list[Taken] = []
        """Music that stands on albums of other folders, and may stand on one of this too."""
        self.copies: list[tuple[ScannedFile, Taken]] = []
        """Music of which the sound is here in other bytes, on an album of that title."""
        self.sources: list[tuple[ScannedFile, str]] = []
        """Music that was read now."""
        self.retagged: list[tuple[ScannedFile, str]] = []
        """The same, with the digest of the file that its track has until then."""
        self.unchanged: list[ScannedFile] = []
        """Music that is as it was."""
        self.pictures: list[Lying] = []
        self.pictures_above: list[Lying] = []
        self.rest: list[ScannedFile] = []
        self.sheets = Sheets(())

    def instead(self, found: ScannedFile, sha256: str) -> None:
        """What was read last stands here as another file, with this digest."""
        self.sources.pop()
        self.retagged.append((found, sha256))

    @property
    def is_whole(self) -> bool:
        """Whether every file of it was looked at."""
        return self.listed and not self.waiting

    @property
    def has_music(self) -> bool:
        return bool(self.sources or self.retagged or self.unchanged)

    @property
    def candidates(self) -> list[Lying]:
        """Pictures that may be its cover; a disc's folder without any has those of the folder above."""
        return self.pictures or self.pictures_above


class AudioItem(NamedTuple):
    """One audio file on its way through the parser."""

    folder: MetFolder
    found: ScannedFile
    source: LazyFile
