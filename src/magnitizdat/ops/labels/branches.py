"""Forks of a label for people: what the two branches differ in, and how to choose one of them."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime

from msgspec import structs

from magnitizdat.catalogue import kinds
from magnitizdat.catalogue.documents import MAX_RELEASE_LENGTH, decode
from magnitizdat.catalogue.following import Fetch
from magnitizdat.catalogue.forks import freeze
from magnitizdat.catalogue.memory import Fork
from magnitizdat.catalogue.older import branch_of
from magnitizdat.catalogue.refresh import LabelState, Listed, remembered, review, verify_document
from magnitizdat.errors import LibraryError, SourceError
from magnitizdat.formats.names import clean_line
from magnitizdat.formats.spool_paths import label_path
from magnitizdat.library.journal import LabelRow
from magnitizdat.library.library import Changes, Library
from magnitizdat.model import Release, Value
from magnitizdat.sentence import Sentence, advice, framed, listed, say

MOST_TITLES = 64
"""Albums of each branch that are remembered by their title."""
_SHOWN = 6
_FEWEST = 8
"""Characters of a digest that are shown, where so many tell branches apart."""


class ForkTold(Value, frozen=True, kw_only=True):
    """One fork: two statements of one `role` and `version`, by the beginnings of digests that choose one of them.

    `here` are albums that only the held branch names so, `there` those of the other one.
    """

    role: str
    version: int
    held: str
    other: str
    here: tuple[str, ...] = ()
    there: tuple[str, ...] = ()

    def sentence(self, label: str) -> Sentence:
        """What was signed twice, and what differs."""
        if self.role == "root":
            return say(
                "«{label}» has two different sets of keys, both signed as version {version}: nothing new of it is taken"
                " until you choose; ask its people by another way",
                label=label,
                version=self.version,
            )
        return say(
            "«{label}» signed two different lists as version {version}: {difference}; nothing new of it is taken until"
            " you choose; ask its people by another way which one is theirs",
            label=label,
            version=self.version,
            difference=self._difference(),
        )

    def _difference(self) -> Sentence:
        here, there = _titles(self.here), _titles(self.there)
        if self.here and self.there:
            return say("yours names {here}, the other one {there}", here=here, there=there)
        if self.here:
            return say("yours names {here}, and the other one does not", here=here)
        if self.there:
            return say("the other one names {there}, and yours does not", there=there)
        return say("what differs in the other one cannot be read here")

    def how_to_choose(self, label: str) -> Sentence:
        """The two commands, or where the page asks."""
        return advice(
            terminal=say(
                "`mag label choose {label} {held}` goes on with what you have, `mag label choose {label} {other}` with"
                " the other one",
                label=shlex.quote(label),
                held=self.held,
                other=self.other,
            ),
            page=say("the label's own sheet asks which one you go on with"),
        )


def _titles(titles: tuple[str, ...]) -> Sentence:
    shown: list[Sentence] = [framed("«{title}»", title=each) for each in titles[:_SHOWN]]
    if len(titles) > _SHOWN:
        shown.append(say("{n} more", n=len(titles) - _SHOWN))
    return listed(shown)


def forks_of(state: LabelState) -> tuple[ForkTold, ...]:
    """The forks that wait for a choice."""
    digests = {digest for fork in state.memory.forks for digest in (fork.held, fork.other)}
    short = _short(digests)
    return tuple(
        ForkTold(
            role=fork.role,
            version=fork.version,
            held=short[fork.held],
            other=short[fork.other],
            here=fork.here,
            there=fork.there,
        )
        for fork in state.memory.forks
    )


def _short(digests: Iterable[str]) -> dict[str, str]:
    """The same number of characters of each, enough to tell them apart."""
    every = set(digests)
    length = next(n for n in range(_FEWEST, 65) if len({each[:n] for each in every}) == len(every))
    return {each: each[:length] for each in every}


def with_difference(
    library: Library, state: LabelState, fork: Fork, *, metadata: Fetch, documents: Fetch, now: datetime
) -> Fork:
    """`fork` with the albums that only one of its branches names in that form, as far as this can be read.

    The other one is asked for its `metadata` by name, and for `documents` by their path in a spool.
    """
    with suppress(SourceError, LibraryError, RecursionError):
        held, other = review(state, now=now).targets, branch_of(state, fork, metadata, now=now)
        ours, theirs = _only(held, other), _only(other, held)
        here = tuple(_read_titles(ours, lambda path, _most: library.member(path), state.imprint))
        there = tuple(_read_titles(theirs, documents, state.imprint))
        return structs.replace(fork, here=here, there=there)
    return fork


def freeze_label(library: Library, changes: Changes, held: LabelState, fork: Fork) -> tuple[ForkTold, ...]:
    """Nothing new of a label enters until somebody chooses. What there is to choose."""
    frozen = freeze(held, fork)
    changes.put_label(held.imprint, held.files, remembered(frozen))
    for view in library.shelf.labels():
        if view.imprint == held.imprint:
            row = LabelRow(
                imprint=view.imprint,
                name=view.name,
                standing=view.standing,
                heard=view.heard,
                frozen=f"{fork.role} {fork.version}",
            )
            changes.row(row)
    return forks_of(frozen)


def _only(these: Mapping[str, Listed], others: Mapping[str, Listed]) -> list[Listed]:
    return [
        each
        for path, each in these.items()
        if kinds.parse_target(path).kind == kinds.RELEASE and (path not in others or others[path].sha256 != each.sha256)
    ]


def _read_titles(documents: Iterable[Listed], read: Fetch, imprint: str) -> Iterator[str]:
    """Titles by documents that are verified first; what cannot be read is left out."""
    for each in [*documents][:MOST_TITLES]:
        with suppress(SourceError, LibraryError):
            if each.length <= MAX_RELEASE_LENGTH:
                content = verify_document(each, read(label_path(imprint, each.stored_path), each.length))
                yield clean_line(decode(Release, content, max_length=MAX_RELEASE_LENGTH).title)
