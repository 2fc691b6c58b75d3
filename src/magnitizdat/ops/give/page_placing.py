"""The page that opens a sealed reel in a browser: put on a stick, alone or beside the program, and read back.

Order of writes (law 5): the page as a draft, flushed, read back, then named; a leaflet last.
"""

from __future__ import annotations

from pathlib import Path

from magnitizdat import language, program
from magnitizdat.disk.disk import Disk
from magnitizdat.model import Outcome, Progress, Silent, Value
from magnitizdat.ops.give.placing import is_there, place, place_leaflet, refuse_foreign, refuse_what_will_not_fit
from magnitizdat.pages import pocket
from magnitizdat.pages.leaflet_lines import grouped
from magnitizdat.pages.page_leaflet import NAME, PassedFile, is_page_leaflet, page_leaflet
from magnitizdat.sentence import say, size_words, verbatim


class PagePlaced(Value, frozen=True, kw_only=True):
    """The page as it lies on a stick now, and what its leaflet is called."""

    page: PassedFile
    leaflet: str

    def outcome(self) -> Outcome:
        """What lies there, its fingerprint, and what that is good for."""
        facts = {"name": self.page.name, "length": size_words(self.page.length)}
        fingerprint = tuple(verbatim(f"  {line}") for line in grouped(self.page.sha256).split("\n"))
        return Outcome(
            headline=say("{name}: {length}, was there already, read back. Safe to pull.", **facts)
            if self.page.already
            else say("{name}: {length}, copied, read back. Safe to pull.", **facts),
            lines=(
                say("{leaflet} says how to open it, and names nothing else.", leaflet=self.leaflet),
                say("Its fingerprint, to be read to whoever is told the words; on the stick alone it proves nothing:"),
                *fingerprint,
            ),
            safe_to_pull=True,
        )


class PagePlan(Value, frozen=True, kw_only=True):
    """What is to be done for the page, found before anything is written."""

    target: Path
    already: bool

    @property
    def length(self) -> int:
        """Bytes that are to be written."""
        return 0 if self.already else len(pocket.page())

    def carry_out(self, disk: Disk, progress: Progress) -> PassedFile:
        """Raises: TargetError."""
        if not self.already:
            place([pocket.page()], pocket.fingerprint(), self.target, disk, progress=progress)
        return passed_page(already=self.already)


def passed_page(*, already: bool = False) -> PassedFile:
    """What a leaflet says of it."""
    return PassedFile(name=pocket.NAME, length=len(pocket.page()), sha256=pocket.fingerprint(), already=already)


def plan_page(destination: Path, progress: Progress) -> PagePlan:
    """Whether it is there. Raises: UsageError where something else of its name is, an older page too."""
    target = destination / pocket.NAME
    otherwise = say(
        "{target} is there already and is not this page: it is of another version, or false; move it away, or choose"
        " another folder",
        target=target,
    )
    return PagePlan(target=target, already=is_there(target, pocket.fingerprint(), progress, otherwise=otherwise))


def place_page(destination: Path, disk: Disk, *, progress: Progress | None = None) -> PagePlaced:
    """Write the page and a small leaflet that names nothing else. What is there already and the same is kept.

    Raises: UsageError where another file has such a name, NoSpaceError, TargetError.
    """
    progress = progress or Silent()
    disk.confine(destination)
    progress.start(verbatim(pocket.NAME), len(pocket.page()))
    planned = plan_page(destination, progress)
    refuse_foreign(destination / NAME, is_page_leaflet)
    refuse_what_will_not_fit(destination, planned.length)
    disk.mkdir(destination)
    page = planned.carry_out(disk, progress)
    voices = language.voices(program.data_folder())
    place_leaflet({NAME: page_leaflet(voices)}, destination, disk)
    return PagePlaced(page=page, leaflet=NAME)
