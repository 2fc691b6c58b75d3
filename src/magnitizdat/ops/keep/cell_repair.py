"""What `mag doctor` writes anew where a cell was hurt: small files of which the index still knows the content."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from magnitizdat.formats.spool_paths import parse_label_file
from magnitizdat.library import tail
from magnitizdat.library.journal import AlbumGone, AlbumRow, FriendRow, LabelRow, PublishedRow, Row, TrackRow
from magnitizdat.library.library import Changes, Library
from magnitizdat.library.listening import rows_of_page
from magnitizdat.library.members import memory_name, whole_name
from magnitizdat.library.shelf import Shelf
from magnitizdat.model import Shortfall

_KEYS = "keys/"
_ROWS = "rows/"


def mend_members(library: Library, changes: Changes, cells: set[int]) -> list[Shortfall]:
    """Write anew what of these hurt cells the index knows, and forget the rest, so that a dub brings it again.

    What cannot come back by itself is returned.
    """
    names = {name for cell in cells for (name,) in library.db.all("SELECT name FROM member WHERE cell = ?", (cell,))}
    for cell in cells:
        changes.then(_forget_members(cell))
    missing: list[Shortfall] = []
    journal = False
    for name in sorted(set(map(whole_name, names))):
        found = parse_label_file(name)
        if name.startswith(_KEYS):
            missing.append(_lost_key(library, name.removeprefix(_KEYS)))
        elif name.startswith(_ROWS):
            journal = True
            _keep_listening(library, changes, name)
        elif found is not None and found[1].startswith("metadata/"):
            held = library.label_files(found[0])
            body = held.get(found[1].removeprefix("metadata/"))
            if body is not None:
                changes.put_member(name, body)
        elif name == memory_name(imprint := name.removeprefix("memory/").removesuffix(".json")):
            changes.put_member(name, library.label_memory(imprint))
    if journal:
        for row in _present(library):
            changes.row(row)
    return missing


def _keep_listening(library: Library, changes: Changes, name: str) -> None:
    """What a hurt page said of listening is written again under its own counters: newer rows stay newer."""
    _, device, page = name.split("/")
    rows = [tail.Waiting(*row) for row in rows_of_page(library.db, device, int(page.split(".")[0]))]
    changes.then(lambda shelf: tail.put_back(shelf.db, rows))


def _forget_members(cell: int):  # type: ignore[no-untyped-def]  # noqa: ANN202 -- a `library.Step`
    return lambda shelf: _forget(shelf, cell)


def _forget(shelf: Shelf, cell: int) -> None:
    for (name,) in shelf.db.all("SELECT name FROM member WHERE cell = ? AND name GLOB 'rows/*'", (cell,)):
        _, device, page = name.split("/")
        shelf.db.run("DELETE FROM row WHERE device = ? AND first = ?", (device, int(page.split(".")[0])))
    shelf.db.run("DELETE FROM member WHERE cell = ?", (cell,))


def _lost_key(library: Library, imprint: str) -> Shortfall:
    name = next((view.name for view in library.shelf.labels() if view.imprint == imprint), "a label")
    reason = "its signing key is damaged; `mag label restore` takes the label back with its paper words"
    return Shortfall(what=f"label {name}", reason=reason)


def _present(library: Library) -> Iterator[Row]:
    """The state of the library as rows, tombstones first: what a hurt page of the journal said is not known."""
    for (album,) in library.db.all("SELECT DISTINCT substr(subject, 7) FROM row WHERE subject GLOB 'album:*'"):
        if not album.startswith("mag1"):
            yield AlbumGone(release_id=album)
    for imprint, release_id in library.db.all("SELECT imprint, release_id FROM release WHERE gone"):
        yield AlbumGone(release_id=release_id, imprint=imprint)
    for view in list(library.shelf.albums("a.own")):
        release = library.shelf.release(view.id)
        if release is not None:
            yield AlbumRow(release=msgspec.structs.replace(release, tracks=()))
            for track in release.tracks:
                yield TrackRow(release_id=release.id, track=track)
            if view.imprint:
                yield PublishedRow(release_id=release.id, imprint=view.imprint)
    for label in library.shelf.labels():
        yield LabelRow(
            imprint=label.imprint,
            name=label.name,
            standing=label.standing,
            heard=label.heard,
            frozen=label.frozen,
        )
    for name, card in library.shelf.friends().items():
        yield FriendRow(name=name, card=card)
