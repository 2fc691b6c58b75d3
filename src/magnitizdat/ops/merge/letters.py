"""Letters of another library: those that came there and are not here, and what opens letters to it.

What one of the two removed is removed.
"""

from __future__ import annotations

from magnitizdat.errors import LibraryError
from magnitizdat.library.letter_rows import LetterRow
from magnitizdat.library.library import Changes, Library
from magnitizdat.library.members import letter_name
from magnitizdat.library.reclaim import destroy
from magnitizdat.model import Shortfall
from magnitizdat.sentence import say

LETTERS_A_COMMIT = 256


def join_letter_keys(library: Library, other: Library, changes: Changes) -> bool:
    """Keep keys of addresses for letters that are not here; whether there are any. The caller commits."""
    there = other.index.cells
    names = [*there.members_like("letter-key/*"), *there.members_like("slip-key/*")]
    names = [name for name in names if not library.has_member(name)]
    for name in names:
        changes.put_member(name, other.member(name))
    return bool(names)


def join_letters(library: Library, other: Library) -> tuple[Shortfall, ...]:
    """After the journals are one: keep letters of which it speaks, and destroy those that it says are gone.

    Those come back that are damaged in the other library.
    """
    rows = library.index.listening.kept(LetterRow, "letter:")
    wanted = {letter_name(row.key): row for row in rows}
    with library.changes() as changes:
        gone = [name for name in library.index.cells.members_like("letter/*.zip") if name not in wanted]
        if gone:
            destroy(library, changes, gone)
            changes.commit()
        missing = []
        lacking = [name for name in wanted if not library.has_member(name) and other.has_member(name)]
        for number, name in enumerate(lacking, 1):
            try:
                changes.put_member(name, other.member(name))
            except LibraryError as exc:
                missing.append(
                    Shortfall(what=say("a letter of {date}", date=wanted[name].at[:10]), reason=exc.sentence)
                )
            if number % LETTERS_A_COMMIT == 0:
                changes.commit()
        if lacking:
            changes.commit()
    return tuple(missing)
