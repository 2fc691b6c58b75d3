"""Long work for the page that needs no key: what lies on a stick, reels of anybody, the page for browsers, a city."""

from __future__ import annotations

from pathlib import Path

import msgspec

from magnitizdat.disk.disk import Disk
from magnitizdat.ops.give.mending import beside
from magnitizdat.ops.jobs import chores
from magnitizdat.ops.jobs.jobs import Work
from magnitizdat.program import stash_folder
from magnitizdat.web.http.service import Service
from magnitizdat.web.owner import city
from magnitizdat.web.owner.work import room


class Check(msgspec.Struct, frozen=True, tag="check", tag_field="verb"):
    reel: str
    words: str = ""


class Mend(msgspec.Struct, frozen=True, tag="mend", tag_field="verb"):
    reel: str


class Copy(msgspec.Struct, frozen=True, tag="copy", tag_field="verb"):
    reel: str
    sticks: tuple[str, ...]


class StashTake(msgspec.Struct, frozen=True, tag="stash_take", tag_field="verb"):
    sticks: tuple[str, ...]


class StashGive(msgspec.Struct, frozen=True, tag="stash_give", tag_field="verb"):
    sticks: tuple[str, ...]


class PutPage(msgspec.Struct, frozen=True, tag="pocket", tag_field="verb"):
    """The page that opens sealed files in a browser, on a stick."""

    stick: str


Upkeep = Check | Mend | Copy | StashTake | StashGive | PutPage | city.Simulate
KEYLESS = (Check, Mend, Copy, StashTake, StashGive, PutPage, city.Simulate)


def begin(service: Service, wanted: Upkeep) -> Work:
    """Raises: NotFoundError for what was not offered."""
    places = room(service).places
    match wanted:
        case StashTake(sticks=names) | StashGive(sticks=names):
            verb = chores.stash_take if isinstance(wanted, StashTake) else chores.stash_give
            return verb(stash_folder(), [places.find(each) for each in names], now=service.now, disk=service.disk())
        case Check(reel=reel, words=words):
            return chores.check(places.find(reel), service.library(), now=service.now, words=words)
        case Mend(reel=reel):
            return chores.mend(places.find(reel), disk=service.disk())
        case Copy(reel=reel, sticks=names):
            folder = places.find(reel)
            name = beside(folder).name if folder.is_file() else folder.name
            targets = [places.find(each) / name for each in names]
            return chores.copy(folder, targets, disk=disk_for(service, *(target.parent for target in targets)))
        case PutPage(stick=stick):
            return chores.put_page(places.find(stick), disk=service.disk())
        case city.Simulate():
            return city.begin(wanted, keep=service.only(city.LastReport))


def disk_for(service: Service, *sticks: Path) -> Disk:
    """What writes to these: nobody chose the folders on them, so none of them may be a link."""
    disk = service.disk()
    for stick in sticks:
        disk.confine(stick)
    return disk
