"""Verbs that close albums and open them, for the table of `verbs`."""

from __future__ import annotations

from datetime import date

from magnitizdat.ops.albums.withheld import withheld_albums
from magnitizdat.ops.dub.from_spool import dub
from magnitizdat.ops.labels.labels import find_label
from magnitizdat.ops.places.spool import FolderSpool
from magnitizdat.ops.premieres.dropping import drop
from magnitizdat.ops.premieres.making import PremiereWish, make
from magnitizdat.ops.premieres.opening import open_premiere
from magnitizdat.ops.premieres.withheld import ClosedAlbum, premieres
from tests.fakes_closing import Closing, made
from tests.fakes_library import NOW, put_album
from tests.faults.accidents import Verb
from tests.faults.world import World

TITLE = "Closed"
CLOSING = PremiereWish(opens=date(2026, 12, 24), need=2, holders=("Anna", "Boris", "Vera"))


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


def _own_album(world: World) -> None:
    put_album(world.library, TITLE, lengths=(1_200_000, 2000))


def _make(world: World) -> None:
    """Repeated by somebody who looks first: one that is closed is not closed again."""
    if not _made_here(world):
        label = find_label(world.library, "Zoopark Tapes")
        make(world.library, TITLE, label, CLOSING, now=NOW, small=False)


def _made_here(world: World) -> list[ClosedAlbum]:
    return [each for each in premieres(world.library) if each.title == TITLE]


def _is_made(world: World) -> bool:
    """Its closed file is here whole, and the album is, too."""
    (state,) = _made_here(world)
    (view,) = [view for view in world.library.shelf.albums() if view.title == TITLE]
    return state.here and not state.opened and view.complete and _stays(world)


def _stays(world: World) -> bool:
    """As soon as its label lists it, nothing of it leaves."""
    (view,) = [view for view in world.library.shelf.albums() if view.title == TITLE]
    return not _made_here(world) or view.id in withheld_albums(world.library)


def _dropped(world: World) -> None:
    """Repeated by somebody who looks first."""
    if _made_here(world):
        drop(world.library, TITLE, now=NOW)


def _closed_here(world: World) -> None:
    _own_album(world)
    _make(world)


def _is_dropped(world: World) -> bool:
    """An ordinary album, whole and of no label."""
    (view,) = [view for view in world.library.shelf.albums() if view.title == TITLE]
    is_free = view.id not in withheld_albums(world.library) and not view.imprint
    return not _made_here(world) and view.complete and is_free


def _is_closed_or_dropped(world: World) -> bool:
    return _is_made(world) if _made_here(world) else _is_dropped(world)


OPENINGS = {
    "premiere-drop": Verb(_dropped, _is_dropped, before=_closed_here, meanwhile=_is_closed_or_dropped),
    "premiere-make": Verb(_make, _is_made, before=_own_album, meanwhile=_stays),
    "premiere-open": Verb(_open, _is_said, before=_closed, meanwhile=_is_whole_where_open),
    "premiere-said": Verb(lambda world: _take(world, "said"), _is_open, before=_closed, meanwhile=_is_whole_where_open),
}
OPENING_COMMANDS = {
    "premiere drop": ("premiere-drop",),
    "premiere make": ("premiere-make",),
    "premiere open": ("premiere-open", "premiere-said"),
}
