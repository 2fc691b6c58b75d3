"""Introductions: of whom nothing is held yet, is this who somebody that I follow knows? See ADR 0060."""

from __future__ import annotations

from collections.abc import Iterable

from magnitizdat.catalogue.introductions import agrees
from magnitizdat.catalogue.refresh import LabelState
from magnitizdat.errors import NotVerifiedError
from magnitizdat.ops.labels.vouches import VouchLine
from magnitizdat.sentence import Sentence, advice, say


class NotIntroducedError(NotVerifiedError):
    """A root chain, of a label of which nothing is held, without a root that somebody (`word`) vouches for."""

    def __init__(self, sentence: Sentence, word: VouchLine) -> None:
        super().__init__(sentence)
        self.word = word


def require_introduced(held: LabelState, offered: LabelState, vouched: Iterable[VouchLine]) -> None:
    """Where roots are held no word of others refuses anything.

    Raises: NotIntroducedError.
    """
    if held.roots():
        return
    for line in vouched:
        agreed = agrees(offered, line.checkpoint)
        if agreed is None:
            raise NotIntroducedError(
                advice(
                    terminal=say(
                        "this copy of «{known_as}» is older than what {name} knows of it; ask for a newer one, or"
                        " take it with --without «{name}»",
                        known_as=line.known_as,
                        name=line.name,
                    ),
                    page=say(
                        "this copy of «{known_as}» is older than what {name} knows of it; ask for a newer one, or"
                        " take it although {name} knows another",
                        known_as=line.known_as,
                        name=line.name,
                    ),
                ),
                line,
            )
        if not agreed:
            raise NotIntroducedError(
                advice(
                    terminal=say(
                        "this is not the «{known_as}» that {name} knows; ask {name} by another way, or take it with"
                        " --without «{name}»",
                        known_as=line.known_as,
                        name=line.name,
                    ),
                    page=say(
                        "this is not the «{known_as}» that {name} knows; ask {name} by another way, or take it"
                        " although {name} knows another",
                        known_as=line.known_as,
                        name=line.name,
                    ),
                ),
                line,
            )
