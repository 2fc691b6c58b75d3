"""A reel as one file, for the table of `verbs`."""

from __future__ import annotations

from pathlib import Path

from magnitizdat.ops.give.cut_file import cut_reel_as_one_file
from magnitizdat.ops.give.gathering import gather
from magnitizdat.ops.give.mending import mend_reel
from magnitizdat.ops.labels import friends
from magnitizdat.reel.check import check
from tests.fakes_library import NOW
from tests.fakes_reel import overwrite
from tests.faults.accidents import NotDoneError, Verb
from tests.faults.world import World


def _cut(world: World, *, words: bool = False) -> None:
    library = world.library
    to = [] if words else friends.recipients(library, ["Natalia"])
    cargo = gather(library, now=NOW)
    cut_reel_as_one_file(library, cargo, world / "stick" / "sent", recipients=to, work_factor=1, disk=world.disk())


def _files(world: World) -> list[Path]:
    return sorted((world / "stick" / "sent").glob("*.zip"))


def _is_cut(world: World) -> bool:
    """A file that is whole, or two where all was done already, and nothing that they were made with."""
    there = sorted((world / "stick" / "sent").iterdir())
    return there == _files(world) and len(there) in {1, 2} and _are_whole(world)


def _are_whole(world: World) -> bool:
    """What has its name is whole, at any time."""
    return all(check(each).is_valid for each in _files(world))


def _hurt(world: World) -> None:
    _cut(world)
    overwrite(_files(world)[0], 300, b"scratched")


def _mend(world: World) -> None:
    report = mend_reel(_files(world)[0], world.disk())
    if report.missing:
        raise NotDoneError(report.missing[0].reason)


def _is_mended(world: World) -> bool:
    return check(_files(world)[0].with_suffix("")).is_valid


def _is_left_alone(world: World) -> bool:
    """The file is what can still be mended."""
    found = check(_files(world)[0])
    return found.is_mendable and not found.is_valid


ONE_FILE: dict[str, Verb] = {
    "cut-file": Verb(_cut, _is_cut, meanwhile=_are_whole),
    "cut-file-words": Verb(lambda world: _cut(world, words=True), _is_cut, meanwhile=_are_whole),
    "mend-file": Verb(_mend, _is_mended, before=_hurt, meanwhile=_is_left_alone),
}
