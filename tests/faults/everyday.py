"""Verbs of every day for the table of verbs: a folder that is watched, two bad copies, what is edited, what is new."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec

from magnitizdat.model import Silent
from magnitizdat.ops.albums.edit import edit
from magnitizdat.ops.give.cut import cut_reel
from magnitizdat.ops.give.fill import StickWish, fill
from magnitizdat.ops.give.gathering import gather
from magnitizdat.ops.give.given import friends_lack
from magnitizdat.ops.give.mending import mend_reel
from magnitizdat.ops.intake.watching import SETTLED_S, Watcher, stop_watching, watch_folder, watched_folder
from magnitizdat.ops.jobs.in_hand import in_hand, keep
from magnitizdat.ops.labels.editions import edited
from magnitizdat.ops.labels.labels import find_label
from magnitizdat.ops.labels.publish import publish
from magnitizdat.reel.check import check
from tests.fakes_library import NOW, contents_of
from tests.faults.accidents import NotDoneError, Verb
from tests.faults.world import World
from tests.ops.music import song


def _album(world: World, title: str) -> str:
    return next((view.id for view in world.library.shelf.albums() if view.title == title and view.complete), "")


def _watch(world: World) -> None:
    watch_folder(world.library, world / "music")


def _is_watched(world: World) -> bool:
    watched = watched_folder(world.library)
    return watched is not None and watched.folder == str((world / "music").resolve())


def _look(world: World) -> None:
    """Once to see what lies there, and once when it has lain there for long enough."""
    moments = iter((0.0, SETTLED_S))
    watcher = Watcher(world.library, clock=lambda: next(moments), now=lambda: NOW)
    watcher.look()
    told = watcher.look()
    if told is not None and told.left_out:
        raise NotDoneError("something was left out")


def _stays_in_the_folder(world: World) -> bool:
    """What is watched is only read."""
    return {song(1), song(2)} == {path.read_bytes() for path in (world / "music").rglob("*.mp3")}


def _sealed_files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.age"))


def _two_bad_copies(world: World) -> None:
    """Neither has spare parts, and each has lost a file that the other has."""
    reel, other = world / "stick" / "reel", world / "second" / "reel"
    cut_reel(world.library, gather(world.library, now=NOW), reel, work_factor=1, disk=world.disk())
    for volume in reel.glob("*.vol*"):
        volume.unlink()
    shutil.copytree(reel, other)
    _sealed_files(reel)[0].unlink()
    _sealed_files(other)[1].unlink()


def _fuse(world: World) -> None:
    report = mend_reel(world / "stick" / "reel", world.disk(), others=[world / "second" / "reel"])
    if report.missing:
        raise NotDoneError(report.missing[0].reason)


def _is_fused(world: World) -> bool:
    return check(world / "stick" / "reel").is_valid


def _other_is_as_it_was(world: World) -> bool:
    """Another copy is only read."""
    names = {path.name for path in _sealed_files(world / "second" / "reel")}
    return len({path.name for path in _sealed_files(world / "stick" / "reel")} - names) <= 1


def _edit(world: World) -> None:
    edit(world.library, _album(world, "Kept"), {"date": "1982"})


def _sign_edited(world: World) -> None:
    names = [each.id for each in edited(world.library)]
    if names:
        publish(world.library, names, find_label(world.library, "Zoopark Tapes"), now=NOW)


def _cut_new(world: World) -> None:
    if _lacks(world):
        wish = StickWish(new_for=("Natalia",))
        folder = world / "stick" / "new"
        fill(world.library, folder, wish, now=NOW, disk=world.disk(), tell=lambda _: None, progress=Silent())


def _lacks(world: World) -> int:
    """How many albums a friend has not had."""
    found = friends_lack(world.library, ["Natalia"])[0]
    return len(found.new) + len(found.corrected)


def _note_is_whole(world: World) -> bool:
    """What counts as had is on the stick."""
    return _lacks(world) > 0 or check(world / "stick" / "new").is_valid


def _keep(world: World) -> None:
    keep(world.library, "edit/1", msgspec.Raw(b'{"title":"Kept"}'), now=NOW)


EVERYDAY = {
    "watch": Verb(_watch, _is_watched),
    "watch-look": Verb(
        _look,
        lambda world: len(contents_of(world.library, _album(world, "45"))) == 2,
        before=_watch,
        meanwhile=_stays_in_the_folder,
    ),
    "watch-stop": Verb(
        lambda world: stop_watching(world.library),
        lambda world: watched_folder(world.library) is None,
        before=_watch,
    ),
    "mend-from": Verb(_fuse, _is_fused, before=_two_bad_copies, meanwhile=_other_is_as_it_was),
    "publish-edited": Verb(_sign_edited, lambda world: not edited(world.library), before=_edit),
    "cut-new": Verb(_cut_new, lambda world: _lacks(world) == 0, meanwhile=_note_is_whole),
    "in-hand": Verb(_keep, lambda world: "edit/1" in in_hand(world.library)),
}
