"""What waits on a label's desk, as `mag status` says it."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from magnitizdat.sentence import Sentence, listed, say

if TYPE_CHECKING:
    from magnitizdat.ops.give.desk import LabelDesk

MOST_NAMED = 3
"""Titles on a line that names them."""


def desk_sentences(waits: LabelDesk) -> Iterator[Sentence]:
    """What waits, and which command takes it up."""
    if waits.unsigned:
        yield say(
            "{n} {n:album of yours is|albums of yours are} in no label yet; `mag publish --all` signs.",
            n=waits.unsigned,
        )
    if waits.edited:
        yield say(
            "{n} {n:album was|albums were} edited since signed ({titles}); `mag publish --edited` signs again.",
            n=len(waits.edited),
            titles=_names([each.title for each in waits.edited]),
        )
    for each in waits.frozen:
        yield say(
            "«{name}» is frozen: it signed two different things. `mag label choose {imprint}` goes on with one.",
            name=each.name,
            imprint=each.imprint,
        )
    for lacks in waits.friends:
        if lacks.at and (lacks.new or lacks.corrected):
            yield say(
                "The last reel for {name} ({day}) lacked {new} new and {corrected} corrected {corrected:album|albums};"
                " `mag reel cut … --new-for {named}` brings that.",
                name=lacks.name,
                day=lacks.at[:10],
                new=len(lacks.new),
                corrected=len(lacks.corrected),
                named=shlex.quote(lacks.name),
            )


def _names(titles: Sequence[str]) -> Sentence:
    named = listed([f"«{title}»" for title in titles[:MOST_NAMED]])
    more = len(titles) - MOST_NAMED
    return say("{named} and {more} more", named=named, more=more) if more > 0 else named
