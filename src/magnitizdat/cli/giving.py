"""`mag dub TICKET --give`: what is given in the same meeting."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from magnitizdat.cli import face
from magnitizdat.errors import EXIT_DONE, UsageError
from magnitizdat.model import fields
from magnitizdat.sentence import say

if TYPE_CHECKING:
    from magnitizdat.library.library import Library
    from magnitizdat.model import Progress
    from magnitizdat.ops.give.giving_back import GivenBack
    from magnitizdat.ops.give.table import Table
    from magnitizdat.ops.places.remote import Ask
    from magnitizdat.ops.places.socks import Proxy
    from magnitizdat.sentence import Sentence

Gives = Annotated[
    list[str] | None,
    typer.Option("--give", metavar="ALBUM", help="Give this album in the same meeting; may be repeated."),
]
GivesAll = Annotated[bool, typer.Option("--all", help="Give every album in the same meeting.")]


class Giving:
    """What is to be given to whoever is taken from, if anything. Raises: UsageError where nobody takes it."""

    def __init__(self, sources: Sequence[str], albums: Sequence[str], *, every: bool) -> None:
        from magnitizdat.ops.give.giving_back import require_share

        self._every = every or "--all" in albums  # `--give --all` says it, too
        self._albums = [each for each in albums if each != "--all"]
        if self._every and self._albums:
            raise UsageError(say("say --give ALBUM or --all, not both"))
        if self:
            if len(sources) != 1:
                raise UsageError(say("name one share to give to; take from the others by a command of its own"))
            require_share(sources[0])
        self._source = sources[0] if sources else ""
        self._table: Table | None = None

    def __bool__(self) -> bool:
        return self._every or bool(self._albums)

    def choose(self, library: Library) -> None:
        """What may be asked for. Raises: UsageError."""
        from magnitizdat.ops.give.giving_back import chosen

        if self:
            self._table = chosen(library, self._albums, now=datetime.now(UTC))
            face.current.missing(self._table.lacking)

    def give(self, words: str, ask: Ask | None, proxy: Proxy | None, progress: Progress) -> GivenBack | None:
        """Give it, if there is something. Raises: as `give_to`."""
        from magnitizdat.ops.give.giving_back import give_to

        if self._table is None:
            return None
        given = give_to(self._source, self._table, words=words, ask=ask, proxy=proxy, progress=progress)
        face.current.tell(given.outcome())
        return given


def asked_once(ask: Ask) -> Ask:
    """Asks, and remembers the answer: whoever gives comes to the same door twice."""
    said: dict[Sentence, str] = {}

    def again(question: Sentence) -> str:
        if question not in said:
            said[question] = ask(question)
        return said[question]

    return again


def given_fields(given: GivenBack | None) -> dict[str, Any]:
    """What scripts hear of it, where something was given."""
    return {} if given is None else {"given": fields(given)}


def given_exit(given: GivenBack | None) -> int:
    """How that ended."""
    return EXIT_DONE if given is None else given.outcome().exit_code
