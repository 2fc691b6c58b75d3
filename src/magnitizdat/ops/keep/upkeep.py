"""`mag status` and `mag doctor`: how a library is."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from magnitizdat.errors import LibraryError
from magnitizdat.library.database import Database
from magnitizdat.library.library import Library
from magnitizdat.library.prepared import Prepared
from magnitizdat.library.shelf import AlbumView, Shelf
from magnitizdat.model import Progress, Shortfall, Value
from magnitizdat.ops.keep.cell_repair import mend_members


class Status(Value, frozen=True, kw_only=True):
    """A library at a glance. `labels` are those with a name of their own, not carriers of what others made.

    `waiting` counts covers and tracks that nobody has looked at or listened to yet.
    """

    albums: int
    tracks: int
    duration_s: float
    length: int
    on_disk: int
    incomplete: int
    labels: int
    new_labels: int
    friends: int
    waiting: int


class DoctorReport(Value, frozen=True, kw_only=True):
    """What a check of the library found. `missing` names albums that are not whole, and why.

    `given_back` are bytes of cells that killed commands had left. `newer` counts cells of an index newer than this one
    (an older one was put back): they are let be, and `doctor --rebuild` takes up what is in them.
    """

    cells: int
    damaged: int
    unused: int
    foreign: int = 0
    given_back: int = 0
    newer: int = 0
    rebuilt: bool
    albums: int
    tracks: int
    missing: tuple[Shortfall, ...]


_LACKING = "SELECT DISTINCT f.album FROM blob b CROSS JOIN album_file f ON f.blob = b.digest WHERE NOT b.complete"
_AMONG = "a.id IN (SELECT value FROM json_each(?))"
_LENGTH = "SELECT sum(b.length) FROM album_file f JOIN blob b ON b.digest = f.blob WHERE b.complete"


def _count(db: Database, statement: str) -> Any:
    """The one number that a statement asks for; 0 of nothing."""
    return (db.one(statement) or (0,))[0] or 0


def status(library: Library) -> Status:
    """Counts; the vault's files are counted, not read."""
    shelf = library.shelf
    lacking = json.dumps([album for (album,) in library.db.all(_LACKING)])
    views = [view for view in library.shelf.labels() if view.standing != "carrier"]
    prepared = Prepared(library.db)
    return Status(
        albums=_count(library.db, "SELECT count(*) FROM album"),
        tracks=_count(library.db, "SELECT count(*) FROM track"),
        duration_s=round(_count(library.db, "SELECT sum(duration_s) FROM track"), 3),
        length=_count(library.db, _LENGTH),
        on_disk=library.vault.length_on_disk(),
        incomplete=sum(not album.complete for album in shelf.albums(_AMONG, (lacking,))),
        labels=len(views),
        new_labels=sum(view.standing == "new" for view in views),
        friends=len(library.shelf.friends()),
        waiting=len(prepared.unseen()) + len(prepared.unheard()),
    )


def doctor(library: Library, *, progress: Progress | None = None) -> DoctorReport:
    """Read every cell and say what is hurt; pieces in hurt cells count as missing, so that a dub brings them again."""
    if not library.db.is_sound():
        raise LibraryError("the index is damaged; run `mag doctor --rebuild`")
    swept = library.sweep()
    named = named_cells(library.db)
    problems = list(library.vault.check(named, progress=progress))
    hurt = {
        problem.cell for problem in problems if problem.state in {"missing", "damaged"} and problem.cell is not None
    }
    counts = Counter(problem.state for problem in problems)
    albums = {album for cell in hurt for album in _albums_in_cell(library, cell)}
    with library.changes() as changes:
        missing = list(mend_members(library, changes, hurt))
        changes.then(lambda shelf: _forget_pieces(shelf, hurt))
        changes.commit()
        changes.commit()  # and what a hurt page of the journal said, which waits in the tail since
    missing = [_hurt_album(view) for view in map(library.shelf.album, sorted(albums)) if view is not None] + missing
    return DoctorReport(
        cells=len(named),
        damaged=len(hurt),
        unused=counts["unused"],
        foreign=counts["foreign"],
        given_back=swept.removed * library.vault.cell_length,
        newer=swept.kept,
        rebuilt=False,
        albums=len(list(library.shelf.albums())),
        tracks=int((library.db.one("SELECT count(*) FROM track") or (0,))[0]),
        missing=tuple(dict.fromkeys(missing)),
    )


def named_cells(db: Database) -> set[int]:
    return {cell for (cell,) in db.all("SELECT cell FROM piece UNION SELECT cell FROM member")}


def _albums_in_cell(library: Library, cell: int) -> Iterator[str]:
    lines = library.db.all(
        "SELECT DISTINCT f.album FROM piece p JOIN album_file f ON f.blob = p.blob WHERE p.cell = ?", (cell,)
    )
    yield from (str(album) for (album,) in lines)


def _hurt_album(view: AlbumView) -> Shortfall:
    """What is left of an album of which a cell is damaged, and what to do."""
    reason = "a cell with a part of it is damaged; dub or import it again"
    if view.complete and view.small:
        reason = "originals are damaged, and what is left of them is their small version; dub or import it again"
    elif view.complete:
        reason = "a small version is damaged, the originals are whole; `mag publish` or a dub brings it again"
    return Shortfall(what=view.title, reason=reason)


def _forget_pieces(shelf: Shelf, cells: set[int]) -> None:
    if cells:
        shelf.db.run("DELETE FROM source")  # a re-import looks at every file again
    for cell in cells:
        shelf.db.run("UPDATE blob SET complete = 0 WHERE digest IN (SELECT blob FROM piece WHERE cell = ?)", (cell,))
        shelf.db.run("DELETE FROM piece WHERE cell = ?", (cell,))
