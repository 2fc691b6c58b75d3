"""What somebody is told whose address opens no reel: perhaps a letter that lets them into its club waits here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from magnitizdat.errors import NotMineError, UsageError
from magnitizdat.library.library import Library
from magnitizdat.ops.clubs.receiving import Waiting, invitations
from magnitizdat.ops.places.remote import is_far
from magnitizdat.sentence import Sentence, advice, say

FoundT = TypeVar("FoundT")


def told_of_doors(library: Library, found: Iterable[FoundT], source: str, words: str) -> Iterator[FoundT]:
    """What comes of a source, which is given `words`.

    Raises: what was raised; NotMineError that names the club whose letter waits for a word; UsageError for six words
    where nobody asks for any.
    """
    _require_no_words(source, words)
    try:
        yield from found
    except NotMineError as exc:
        waiting = invitations(library)
        if not waiting:
            raise
        raise NotMineError(_waits(exc.sentence, waiting[0])) from exc


def _waits(why: Sentence, letter: Waiting) -> Sentence:
    return advice(
        terminal=say(
            "{why}. A letter lets you into «{club}»: `mag club join {id}` joins, and opens reels for it",
            why=why,
            club=letter.name,
            id=letter.letter[:8],
        ),
        page=say(
            "{why}. A letter lets you into «{club}»: join it under Post, and reels for it open",
            why=why,
            club=letter.name,
        ),
    )


def _require_no_words(source: str, words: str) -> None:
    """Raises: UsageError where six words are given for an address that asks for none: a share has no `http://`."""
    scheme, joint, rest = source.partition("://")
    if not (words and joint and is_far(source) and scheme.lower() in {"http", "https"} and "#" not in rest):
        return
    address = rest.partition("/")[0]
    raise UsageError(
        advice(
            terminal=say(
                "an address with {scheme}:// asks for no six words; that of a share has none before it:"
                " `mag dub {address} --words-file FILE`",
                scheme=scheme,
                address=address,
            ),
            page=say(
                "an address with {scheme}:// asks for no six words; that of a share has none before it: {address}",
                scheme=scheme,
                address=address,
            ),
        )
    )
