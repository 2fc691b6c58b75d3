"""Verbs that open closed albums, for the table of `verbs`."""

from __future__ import annotations

from magnitizdat.ops.dub.from_spool import dub
from magnitizdat.ops.places.spool import FolderSpool
from magnitizdat.ops.premieres.opening import open_premiere
from magnitizdat.ops.premieres.withheld import ClosedAlbum, premieres
from tests.fakes_closing import Closing, made
from tests.fakes_library import NOW
from tests.faults.accidents import Verb
from tests.faults.world import World

TITLE = "Closed"


def _take(world: World, name: str):
    return dub(world.library, FolderSpool(world / "stick" / name), now=NOW)


def _closed(world: World) -> None:
    """A premiere lies closed here; on the stick a friend says its words."""
    label, each = Closing(world / "stick" / "closed", "Premieres"), made(title=TITLE, lengths=[1_200_000, 2000])
    label.premiere(each)
    _take(world, "closed")
    Closing(world / "stick" / "said", "Mike").opening(label, each)
    (world / "out" / "words").write_text(each.words)


def _state(world: World) -> ClosedAlbum:
    (state,) = (each for each in premieres(world.library) if each.title == TITLE)
    return state


def _open(world: World) -> None:
    open_premiere(world.library, TITLE, words=(world / "out" / "words").read_text(), as_="Zoopark Tapes", now=NOW)


def _is_open(world: World) -> bool:
    return _state(world).opened and _is_whole_where_open(world)


def _is_whole_where_open(world: World) -> bool:
    """What is open is whole, and what is closed can still be opened."""
    state = _state(world)
    views = [view for view in world.library.shelf.albums() if view.title == TITLE]
    return all(view.complete for view in views) if state.opened else state.here and not views


def _is_said(world: World) -> bool:
    said = {imprint for imprint, _ in world.library.index.documents.of_kinds(["opening"])}
    own = {view.imprint for view in world.library.shelf.labels() if view.standing == "own"}
    return _is_open(world) and bool(said & own)


OPENINGS = {
    "premiere-open": Verb(_open, _is_said, before=_closed, meanwhile=_is_whole_where_open),
    "premiere-said": Verb(lambda world: _take(world, "said"), _is_open, before=_closed, meanwhile=_is_whole_where_open),
}
OPENING_COMMANDS = {"premiere open": ("premiere-open", "premiere-said")}
