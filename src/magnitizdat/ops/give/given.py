"""What the last reel for a friend lacked: kept when one is cut, asked by the desk and by `mag reel cut --new-for`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from magnitizdat.library.given_rows import GivenRow
from magnitizdat.library.index.given import AlbumAtHand, GivenAlbum, JournalSaid, ShelvedAlbum
from magnitizdat.library.library import Library
from magnitizdat.library.slip_rows import SlipReelRow, SlipRow
from magnitizdat.model import AlbumName, Value
from magnitizdat.ops.albums.withheld import withheld_albums
from magnitizdat.ops.clubs.staying import gate
from magnitizdat.ops.give.cargo import Cargo
from magnitizdat.ops.post.slips import slips
from magnitizdat.scene.slips import MOST_IDS

MOST_FRIENDS = 1024


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
        if each.id not in staying
        and (each.is_withdrawn or each.id not in lacking)
        and passes.reason(each.imprint) is None
    ]
    return _Goes(albums, library.index.given.said())


def _lacks(library: Library, goes: _Goes, name: str, imprint: str) -> FriendLacks:
    given = given_to(library, imprint)
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
    return {friend: frozenset(given_to(library, friend)) - {""} for friend in library.index.given.friends()}


def given_to(library: Library, friend: str) -> dict[str, GivenAlbum]:
    """By album's id here (empty: of the last reel), what a friend's reels carried, but for what a slip says is lost."""
    given, came = library.index.given.to(friend), slips(library)
    if not came:
        return given
    shelved = library.index.given.shelved()
    lost = {album for album, had in given.items() if album and _is_lost(came.get(had.reel), shelved.get(album))}
    return {album: had for album, had in given.items() if album not in lost}


def _is_lost(slip: SlipRow | None, album: ShelvedAlbum | None) -> bool:
    """Of more than a slip can name nobody knows which did not arrive."""
    if slip is None or album is None or slip.whole or len(slip.arrived) >= MOST_IDS:
        return False
    return album.release_id not in slip.arrived


def note_given(
    library: Library,
    friends: Sequence[str],
    cargo: Cargo,
    left_out: Sequence[AlbumName],
    *,
    reel: str = "",
    now: datetime,
) -> None:
    """Keep what a reel for these friends (by imprint) carries; parts of albums do not count.

    `reel`: what slips call it, where it holds a return address.
    """
    at = now.astimezone(UTC).isoformat(timespec="seconds")
    carried, said = dict(_carried(library, cargo, {each.id for each in left_out})), library.index.given.said()
    with library.changes() as changes:
        if reel:
            changes.row(SlipReelRow(reel=reel, friends=tuple(friends[:MOST_FRIENDS]), at=at))
        for friend in friends:
            had = given_to(library, friend)
            changes.row(GivenRow(friend=friend, at=at))
            for album, sha256 in carried.items():
                rows = said.get(album, JournalSaid()).rows
                if album not in had or (had[album].sha256, had[album].rows) != (sha256, rows):
                    changes.row(GivenRow(friend=friend, at=at, album=album, sha256=sha256, rows=rows, reel=reel))
        changes.commit()


def _carried(library: Library, cargo: Cargo, left_out: set[str]) -> Iterator[tuple[str, str]]:
    for label in cargo.loaded:
        parts = {each.id for each in label.releases if each.tracks is not None}
        for release, album in label.documents.items():
            signed = library.index.signed.release(label.view.imprint, release)
            if signed is not None and release not in parts | left_out:
                yield album, signed.sha256
