"""Rows of the journal as they lie in cells: a page may be sealed by the device that wrote it, or by another for it."""

from __future__ import annotations

from magnitizdat.library.index.tail import PAST
from magnitizdat.library.journal import member_name, page_pattern, split_page
from magnitizdat.library.library import Library
from magnitizdat.library.members import whole_name


def page_lines(library: Library, device: str, first: int) -> dict[int, bytes]:
    """Lines by their counters, of the page of a device that begins with `first`, whoever sealed it.

    Raises: LibraryError if it is not there or damaged.
    """
    names = {whole_name(name) for name in library.index.cells.members_like(page_pattern(device, first))}
    found = dict[int, bytes]()
    for name in sorted(names) or [member_name(device, first)]:
        lines = enumerate(split_page(library.member(name)), first)
        found |= {counter: line for counter, line in lines if line != PAST}
    return found
