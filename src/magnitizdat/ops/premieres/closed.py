"""Closed sleeves: what is told of an album before it is open."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from magnitizdat.errors import UsageError
from magnitizdat.library.library import Library
from magnitizdat.ops.premieres.withheld import ClosedAlbum, premieres
from magnitizdat.sentence import Sentence, say, size_words


def closed_named(library: Library, text: str) -> ClosedAlbum | None:
    """The sleeve that a title or the beginning of an id means, unless an album here is called so."""
    with suppress(UsageError):
        library.shelf.find(text)
        return None
    wanted = text.casefold()
    closed = [each for each in premieres(library) if not each.opened]
    found = [each for each in closed if wanted and each.title.casefold() == wanted]
    found = found or [each for each in closed if len(wanted) >= 4 and each.id.startswith(wanted)]
    return found[0] if len(found) == 1 else None


def closed_sentence(closed: ClosedAlbum) -> Sentence:
    """A sleeve in a line of a list."""
    if not closed.title:
        return say(
            "Closed until {opens}: an album of {label}, which says no title ({id}).",
            opens=closed.opens,
            label=closed.label,
            id=closed.id[:8],
        )
    return say(
        "Closed until {opens}: «{title}», {artist} ({id}).",
        opens=closed.opens,
        title=closed.title,
        artist=closed.artist or closed.label,
        id=closed.id[:8],
    )


def about_closed(closed: ClosedAlbum) -> Iterator[Sentence]:
    """The same in full."""
    yield closed_sentence(closed)
    yield say(
        "{label} gave shares of its words to {of} friends; any {need} of them open it with `mag premiere open`, also"
        " before that day.",
        label=closed.label,
        of=closed.of,
        need=closed.need,
    )
    if closed.own:
        yield say("It is yours: until it is open nothing of it leaves this library but its closed file.")
    if closed.here:
        yield say("Its closed file is here: {length}.", length=size_words(closed.length))
    else:
        yield say("Its closed file is not whole here; dub it from a copy that has it.")
