"""What the last reel for a friend lacked: kept when one is cut, asked by the desk and by `mag reel cut --new-for`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from magnitizdat.library.given_rows import GivenRow
from magnitizdat.library.index.given import AlbumAtHand, GivenAlbum, JournalSaid
from magnitizdat.library.library import Library
from magnitizdat.model import AlbumName, Value
from magnitizdat.ops.albums.withheld import withheld_albums
from magnitizdat.ops.clubs.staying import gate
from magnitizdat.ops.give.cargo import Cargo


class FriendLacks(Value, frozen=True, kw_only=True, omit_defaults=False):
    """What a friend has not had from here: `at` is when the last reel for them was cut, empty where none was.

    `new` albums were on none, `corrected` ones say something else since.
    """

    name: str
    imprint: str
    at: str = ""
    new: tuple[AlbumName, ...] = ()
    corrected: tuple[AlbumName, ...] = ()


class _Goes(NamedTuple):
    """Albums that may go to anybody, and what the journal says of them."""

    albums: list[AlbumAtHand]
    said: dict[str, JournalSaid]


def friends_lack(library: Library, names: Sequence[str] | None = None) -> list[FriendLacks]:
    """What each of these friends (None: everybody) has not had from here."""
    friends = library.shelf.friends()
    goes = _goes(library)
    return [_lacks(library, goes, name, friends[name].imprint) for name in (friends if names is None else names)]


def _goes(library: Library) -> _Goes:
    passes, staying, lacking = gate(library), withheld_albums(library), set(library.shelf.lacking())
    albums = [
        each
        for each in library.index.given.here()
        if each.id not in staying and each.id not in lacking and passes.reason(each.imprint) is None
    ]
    return _Goes(albums, library.index.given.said())


def _lacks(library: Library, goes: _Goes, name: str, imprint: str) -> FriendLacks:
    given = library.index.given.to(imprint)
    new, corrected = list[AlbumName](), list[AlbumName]()
    for album in goes.albums:
        had = given.get(album.id)
        if album.imprint == imprint or (had is None and album.is_withdrawn):
            continue  # their own, or what its label takes back
        if had is None:
            new.append(AlbumName(id=album.id, title=album.title))
        elif _is_corrected(album, had, goes.said):
            corrected.append(AlbumName(id=album.id, title=album.title))
    last = given.get("")
    return FriendLacks(
        name=name, imprint=imprint, at=last.at if last else "", new=tuple(new), corrected=tuple(corrected)
    )


def _is_corrected(album: AlbumAtHand, had: GivenAlbum, said: dict[str, JournalSaid]) -> bool:
    """What is in no label is signed anew when it goes: the journal says whether it changed.

    Another library that was merged in may have written before, by its own count, what comes here after.
    """
    if album.imprint:
        return album.sha256 != had.sha256
    now = said.get(album.id, JournalSaid())
    return now.rows != had.rows if had.rows else now.counter > had.counter


def given_now(library: Library) -> dict[str, frozenset[str]]:
    """By friend (an imprint), albums here that their reels carried."""
    given = library.index.given
    return {friend: frozenset(given.to(friend)) - {""} for friend in given.friends()}


def note_given(
    library: Library, friends: Sequence[str], cargo: Cargo, left_out: Sequence[AlbumName], *, now: datetime
) -> None:
    """Keep what a reel for these friends (by imprint) carries; parts of albums do not count."""
    at = now.astimezone(UTC).isoformat(timespec="seconds")
    carried, said = dict(_carried(library, cargo, {each.id for each in left_out})), library.index.given.said()
    with library.changes() as changes:
        for friend in friends:
            had = library.index.given.to(friend)
            changes.row(GivenRow(friend=friend, at=at))
            for album, sha256 in carried.items():
                rows = said.get(album, JournalSaid()).rows
                if album not in had or (had[album].sha256, had[album].rows) != (sha256, rows):
                    changes.row(GivenRow(friend=friend, at=at, album=album, sha256=sha256, rows=rows))
        changes.commit()


def _carried(library: Library, cargo: Cargo, left_out: set[str]) -> Iterator[tuple[str, str]]:
    for label in cargo.loaded:
        for release in label.releases:
            signed = library.index.signed.release(label.view.imprint, release.id)
            if signed is not None and release.tracks is None and release.id not in left_out:
                yield release.album, signed.sha256
