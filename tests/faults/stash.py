"""A courier's stash, for the table of `verbs`."""

from __future__ import annotations

from pathlib import Path

from magnitizdat.ops.give.cut import cut_reel
from magnitizdat.ops.give.gathering import gather
from magnitizdat.ops.stash.book import Stash
from magnitizdat.ops.stash.giving import give
from magnitizdat.ops.stash.keeping import drop
from magnitizdat.ops.stash.taking import take
from magnitizdat.reel.check import check
from tests.fakes_library import NOW
from tests.fakes_stash import tiny_reel
from tests.faults.accidents import NotDoneError, Verb
from tests.faults.world import World

QUOTA = 1 << 30


def _stash(world: World) -> Path:
    return world / "second" / "stash"


def _reels(world: World) -> dict[str, int]:
    """How often each that lies whole in the stash was handed on."""
    stash = Stash(_stash(world), world.disk())
    for name in stash.reels:
        assert stash.files(name), "what is listed is there"
    return {name: held.copies for name, held in stash.reels.items()}


def _two_reels(world: World) -> None:
    cut_reel(world.library, gather(world.library, now=NOW), world / "stick" / "reel", work_factor=1, disk=world.disk())
    tiny_reel(world / "stick" / "tinyaaaa")


def _take(world: World, *, quota: int = QUOTA) -> None:
    report = take(_stash(world), [world / "stick"], world.disk(), now=NOW, quota=quota)
    if report.missing:
        raise NotDoneError(report.missing[0].reason)


def _give(world: World, stick: str = "out/first") -> None:
    report = give(_stash(world), [world / stick], world.disk(), now=NOW)
    if report.missing:
        raise NotDoneError(report.missing[0].reason)


def _taken(world: World) -> None:
    _two_reels(world)
    _take(world)
    for stick in ("out/first", "out/second"):  # plugged in before
        (world / stick).mkdir(parents=True, exist_ok=True)


def _is_given(world: World) -> bool:
    names = _reels(world)
    return bool(names) and all((world / "out" / "first" / name).is_dir() for name in names) and _is_sound(world)


def _is_sound(world: World) -> bool:
    """The one with spare parts can be asked."""
    large = [path for path in _stash(world).iterdir() if path.is_dir() and any(path.glob("*.par2"))]
    return all(check(path).is_valid for path in large)


def _handed_on(world: World) -> None:
    _taken(world)
    for stick in ("out/first", "out/second"):
        _give(world, stick)


def _drop(world: World) -> None:
    if names := [*_reels(world), *Stash(_stash(world), world.disk()).unfinished()]:
        drop(_stash(world), names, world.disk(), now=NOW)
    else:
        take(_stash(world), [world / "stick"], world.disk(), now=NOW, quota=0)


def _give_again(world: World) -> None:
    """Whoever lost power in the midst of it gives again what did not come."""
    _give(world)


STASH: dict[str, Verb] = {
    "stash-take": Verb(_take, lambda world: len(_reels(world)) == 2 and _is_sound(world), before=_two_reels),
    "stash-give": Verb(
        _give_again, _is_given, before=_taken, meanwhile=lambda world: len(_reels(world)) == 2 and _is_sound(world)
    ),
    "stash-drop": Verb(_drop, lambda world: not _reels(world), before=_handed_on),
}
STASH_COMMANDS = {"stash take": ("stash-take",), "stash give": ("stash-give",), "stash drop": ("stash-drop",)}
