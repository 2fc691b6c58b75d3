"""Letters to several that are carried on for others, and hold keys of a club for us too: they go when its keys go."""

from __future__ import annotations

from collections.abc import Callable

from magnitizdat.errors import SourceError
from magnitizdat.formats.age import BytesReader
from magnitizdat.formats.letter_file import LONGEST_HEADER, open_letter, recipients_of
from magnitizdat.library.library import Changes, Library
from magnitizdat.ops.post.addresses import letter_identities
from magnitizdat.ops.post.carrying import destroy_carried, of_others, read
from magnitizdat.scene.club_news import ClubNews, read_news
from magnitizdat.scene.letters import ATTACHMENT


def let_go(library: Library, changes: Changes, is_over: Callable[[ClubNews], bool]) -> int:
    """Destroy carried letters to several that open here with such news: how many. Before anything else is put.

    It costs as much as trying all of them; the caller commits.
    """
    identities = letter_identities(library)

    def holds(content: bytes) -> bool:
        if recipients_of(len(content), content[:LONGEST_HEADER]) < 2:
            return False
        try:
            return is_over(read_news(open_letter(BytesReader(content), identities).get(ATTACHMENT, b"")))
        except SourceError:
            return False

    found = [each for each in of_others(library) if holds(read(library, each))]
    destroy_carried(library, changes, found)
    return len(found)
