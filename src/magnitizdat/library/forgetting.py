"""Rows of the journal that are destroyed: nothing of what they said is left in cells, index or tail.

A line that says nothing takes the place of each, so that counters stay. A backup, and another library that took them
up, has them still.
"""

from __future__ import annotations

from collections.abc import Iterable

from magnitizdat.library.index.pages import RowPlace
from magnitizdat.library.index.tail import PAST
from magnitizdat.library.journal import page_pattern, split_page
from magnitizdat.library.library import Changes, Library
from magnitizdat.library.members import whole_name
from magnitizdat.library.reclaim import rewrite_all


def forget_rows(library: Library, changes: Changes, subjects: Iterable[str]) -> None:
    """Destroy all rows about these, before anything else is put; the caller commits, and writes a row besides.

    Raises: LibraryError where a page is hurt.
    """
    gone = list(subjects)
    contents, pages = dict[str, bytes](), dict[tuple[str, int], set[int]]()
    for place in _places(library, gone):
        pages.setdefault((place.device, place.first), set()).add(place.counter)
    for (device, first), counters in pages.items():
        for name in {whole_name(each) for each in library.index.cells.members_like(page_pattern(device, first))}:
            lines = enumerate(split_page(library.member(name)), first)
            contents[name] = b"".join((PAST if at in counters else line) + b"\n" for at, line in lines)
    rewrite_all(library, changes, contents)
    changes.then(lambda index: index.listening.forget(gone))
    changes.then(lambda index: index.pages.forget(gone))


def _places(library: Library, subjects: Iterable[str]) -> Iterable[RowPlace]:
    return (place for subject in subjects for place in library.index.pages.of_subject(subject))
