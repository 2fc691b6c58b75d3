"""A label's desk: what is in no label yet, what is to be signed again, and which labels are frozen."""

from __future__ import annotations

from magnitizdat.library.library import Library
from magnitizdat.model import Value
from magnitizdat.ops.albums.withheld import withheld_albums
from magnitizdat.ops.give.given import FriendLacks, friends_lack
from magnitizdat.ops.labels.editions import EditedAlbum, edited


class FrozenLabel(Value, frozen=True, kw_only=True):
    """A label that signed two different things: nothing new enters of it until somebody chooses one."""

    imprint: str
    name: str
    own: bool = False


class LabelDesk(Value, frozen=True, kw_only=True, omit_defaults=False):
    """`unsigned` counts own albums that are in no label and may be signed; `edited` are to be signed again."""

    unsigned: int = 0
    edited: tuple[EditedAlbum, ...] = ()
    frozen: tuple[FrozenLabel, ...] = ()
    friends: tuple[FriendLacks, ...] = ()
    """What the last reel for each lacked."""


def desk(library: Library) -> LabelDesk:
    """As it is now; nothing is signed or read but what may have been edited."""
    return LabelDesk(
        unsigned=len(unsigned(library)),
        edited=tuple(edited(library)),
        frozen=tuple(
            FrozenLabel(imprint=view.imprint, name=view.name, own=view.standing == "own")
            for view in library.shelf.labels()
            if view.frozen
        ),
        friends=tuple(friends_lack(library)),
    )


def unsigned(library: Library) -> list[str]:
    """Ids of own albums in no label that may be signed, in the order of a shelf."""
    closed = withheld_albums(library)
    return [
        view.id for view in library.shelf.unsigned_albums() if view.own and not view.carried and view.id not in closed
    ]
