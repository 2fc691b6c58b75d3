"""What `mag doctor` writes anew where a cell was hurt: small files of which the index still knows the content."""

from __future__ import annotations

from magnitizdat.formats.spool_paths import parse_label_file
from magnitizdat.library import rows
from magnitizdat.library.index.index import Index
from magnitizdat.library.index.tail import WaitingRow
from magnitizdat.library.library import Changes, Library, Step
from magnitizdat.library.members import memory_name, whole_name
from magnitizdat.model import Shortfall
from magnitizdat.sentence import advice, say

_KEYS = "keys/"
_ROWS = "rows/"


def mend_members(library: Library, changes: Changes, cells: set[int]) -> list[Shortfall]:
    """Write anew what of these hurt cells the index knows, and forget the rest, so that a dub brings it again.

    What cannot come back by itself is returned.
    """
    names = {placement.member for cell in cells for placement in library.index.cells.members_in(cell)}
    for cell in cells:
        changes.then(_forget_members(cell))
    missing: list[Shortfall] = []
    journal = False
    for name in sorted(set(map(whole_name, names))):
        if name.startswith(_KEYS):
            missing.append(_lost_key(library, name.removeprefix(_KEYS)))
        elif name.startswith(_ROWS):
            journal = True
            _restore_page(library, changes, name)
        elif content := _still_known(library, name):
            changes.put_member(name, content)
    if journal:
        for row in rows.mend(library.index):
            changes.row(row)
    return missing


def _still_known(library: Library, name: str) -> bytes:
    """What the index knows of a small file that has to do with a label; nothing where it does not."""
    found = parse_label_file(name)
    if found is None:
        imprint = name.removeprefix("memory/").removesuffix(".json")
        return library.label_memory(imprint) if name == memory_name(imprint) else b""
    folder, _, file = found[1].partition("/")
    if folder == "metadata":
        return library.label_files(found[0]).get(file, b"")
    return library.index.documents.body(found[0], file.rpartition("/")[2].partition(".")[0])


def _restore_page(library: Library, changes: Changes, name: str) -> None:
    """What the index still holds of a hurt page is written again under its own counters: newer rows stay newer."""
    _, device, page = name.split("/")
    held = [WaitingRow(*line) for line in rows.restore(library.index, device, int(page.split(".")[0]))]
    changes.then(lambda index: index.tail.put(held))


def _forget_members(cell: int) -> Step:
    return lambda index: _forget(index, cell)


def _forget(index: Index, cell: int) -> None:
    for placement in index.cells.members_in(cell):
        if placement.member.startswith(_ROWS):
            _, device, page = placement.member.split("/")
            index.pages.drop(device, int(page.split(".")[0]))
    index.cells.forget_members_in(cell)


def _lost_key(library: Library, imprint: str) -> Shortfall:
    name = next((view.name for view in library.shelf.labels() if view.imprint == imprint), "a label")
    reason = advice(
        terminal=say("its signing key is damaged; `mag label restore` takes the label back with its paper words"),
        page=say("its signing key is damaged; the label's paper words bring it back, under its name"),
    )
    return Shortfall(what=say("label {name}", name=name), reason=reason)
