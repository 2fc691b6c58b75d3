"""Names that could be taken for others that are known here: before a friend is added, a label made or followed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from magnitizdat.catalogue.lookalike import names_clash
from magnitizdat.errors import AlikeError
from magnitizdat.formats.names import imprint_words
from magnitizdat.library.library import Library
from magnitizdat.model import Card
from magnitizdat.ops.labels.vouches import KNOWN, known_by_others
from magnitizdat.sentence import advice, say

_GO_ON = advice(terminal=say("then repeat with --yes"), page=say("then go on"))
_GO_ON_OR_RENAME = advice(
    terminal=say("then repeat with --yes, or give this one another name with --name"),
    page=say("then go on, or give this one another name"),
)


def known_names(library: Library) -> Iterator[tuple[str, str]]:
    """Name and imprint of every label and friend that a person knows."""
    yield from ((view.name, view.imprint) for view in library.shelf.labels() if view.standing in KNOWN)
    yield from ((name, card.imprint) for name, card in library.shelf.friends().items())


def alike(library: Library, names: Iterable[str], imprint: str) -> tuple[str, str] | None:
    """Name and imprint of another one that is known, for which any of these could be taken."""
    known = [(name, other) for name, other in known_names(library) if other != imprint]
    return next((each for name in names for each in known if names_clash(name, each[0])), None)


def check_label(library: Library, name: str, imprint: str) -> None:
    """Raises: AlikeError for a label that could be taken for another that is known, here or to somebody known here."""
    found = alike(library, (name,), imprint)
    if found is not None:
        raise AlikeError(
            say(
                "«{name}» ({imprint}) is NOT your «{known}» ({known_imprint}); compare the four words with its people,"
                " {then}",
                name=name,
                imprint=imprint_words(imprint),
                known=found[0],
                known_imprint=imprint_words(found[1]),
                then=_GO_ON,
            )
        )
    word = next((word for word in known_by_others(library, imprint) if names_clash(name, word.title)), None)
    if word is not None:
        raise AlikeError(
            say(
                "«{name}» ({imprint}) is NOT the «{known}» ({known_imprint}) that {who} knows; compare the four words"
                " with its people, {then}",
                name=name,
                imprint=imprint_words(imprint),
                known=word.title,
                known_imprint=imprint_words(word.about),
                who=word.label,
                then=_GO_ON,
            )
        )


def check_friend(library: Library, name: str, card: Card) -> None:
    """Raises: AlikeError for a friend whose name could be taken for another friend, a label, or oneself."""
    found = alike(library, (name,), card.imprint)
    if found is not None:
        raise AlikeError(
            say(
                "«{name}» ({imprint}) is NOT your «{known}» ({known_imprint}); compare the four words by voice, {then}",
                name=name,
                imprint=imprint_words(card.imprint),
                known=found[0],
                known_imprint=imprint_words(found[1]),
                then=_GO_ON_OR_RENAME,
            )
        )
    for known, other in library.shelf.friends().items():
        if other != card and other.imprint == card.imprint and names_clash(known, name):
            raise AlikeError(
                say(
                    "«{name}» has the four words of your friend «{known}», but another address; ask by voice whether it"
                    " changed, {then}",
                    name=name,
                    known=known,
                    then=_GO_ON_OR_RENAME,
                )
            )
