"""Cards and friends: who I am to others, and who they are to me."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from magnitizdat.catalogue.documents import MAX_CARD_LENGTH, decode, encode
from magnitizdat.catalogue.refresh import checkpoint, heard, remembered
from magnitizdat.disk.reading import FileReader
from magnitizdat.errors import DamagedError, NotFoundError, NotSureError, UnsupportedError, UsageError
from magnitizdat.formats import budgets
from magnitizdat.formats.age_keys import X25519Recipient
from magnitizdat.formats.names import imprint_words
from magnitizdat.library.journal import FriendGone, FriendRow
from magnitizdat.library.library import Library
from magnitizdat.model import Card
from magnitizdat.ops.labels.alike import check_friend
from magnitizdat.ops.labels.labels import create, held_state, own_labels, signing_label
from magnitizdat.sentence import advice, say

if TYPE_CHECKING:
    from magnitizdat.workers.pool import ParserPool

NO_LABEL = say(
    "a card shows one of your labels, and you have none yet; {what}",
    what=advice(terminal=say("`mag card --name NAME` makes one called so"), page=say("make one first")),
)
_NO_CARD = say("no card was found in this picture; photograph its QR again, straight and sharp")
_NO_PICTURE = say("this is neither a card nor a picture of one; give the card itself, or a sharp photo of its QR")
MAX_PHOTO_LENGTH = budgets.CARD_PHOTO.most
"""Bytes of a photo in which we look for a QR."""


def my_card(library: Library, *, name: str = "", label: str = "") -> Card:
    """The card of this library: a label of one's own (the first is made by that `name`), and the newest address.

    Raises: UsageError where there is neither a label nor a name, or there are several labels and none is named.
    """
    if not label and not own_labels(library):
        if not name:
            raise UsageError(NO_LABEL)
        create(library, name, now=datetime.now(UTC))
    view = signing_label(library, label)
    recipient = library.secrets.addresses[0].recipient.text
    shown = name or view.name or imprint_words(view.imprint)
    root = checkpoint(held_state(library, view.imprint))
    return Card(name=shown, imprint=view.imprint, recipient=recipient, checkpoint=root)


def card_bytes(card: Card) -> bytes:
    """A card as its small file, and as the text of its QR."""
    return encode(card)


def read_card(path: Path) -> Card:
    """A card out of its file, or out of a photo of its QR.

    Raises: DamagedError if neither is in it.
    """
    with FileReader(path.resolve()) as reader:
        budgets.CARD_PHOTO.check(reader.length)
        content = reader.read_at(0, reader.length)
    from magnitizdat.workers.pool import ParserPool

    with ParserPool(workers=1) as pool:
        return card_in(content, pool)


def card_in(content: bytes, pool: ParserPool) -> Card:
    """A card out of its own bytes, or out of a picture of its QR, which a worker looks at.

    Raises: DamagedError if neither is in it.
    """
    if content.lstrip()[:1] == b"{":
        return decode(Card, content, max_length=MAX_CARD_LENGTH)
    try:
        texts = pool.read_qr(content)
    except UnsupportedError as exc:
        raise DamagedError(_NO_PICTURE) from exc
    for text in texts:
        if text.lstrip().startswith("{"):
            return decode(Card, text.encode(), max_length=MAX_CARD_LENGTH)
    raise DamagedError(_NO_CARD)


def add_friend(library: Library, card: Card, *, name: str = "", replace: bool = False, sure: bool = False) -> str:
    """Keep a friend's card; the name under which it stands comes back.

    Raises: NotSureError if another card stands under that name (a changed address is told, never taken silently),
    unless `replace`; AlikeError if the name could be taken for one that is known, unless `sure`.
    """
    wanted = (name or card.name).strip()
    with library.changes() as changes:  # first: nobody else adds or changes a card between the questions and the answer
        _check_free(library, wanted, card, replace=replace, sure=sure)
        changes.row(FriendRow(name=wanted, card=card))
        state = heard(held_state(library, card.imprint), card.checkpoint)
        changes.put_label(card.imprint, state.files, remembered(state))
        changes.commit()
    return wanted


def is_own(library: Library, card: Card) -> bool:
    """Whether it is a card of this library: a reel that is sealed to it opens here, and nowhere else."""
    return card.recipient in {each.recipient.text for each in library.secrets.addresses}


def _check_free(library: Library, wanted: str, card: Card, *, replace: bool, sure: bool) -> None:
    known = library.shelf.friends().get(wanted)
    if known is not None and known != card and not replace:
        raise NotSureError(
            advice(
                terminal=say(
                    "«{wanted}» is already a friend with another card; ask by voice whether it changed, then"
                    " repeat with --replace, or give this one another name with --name",
                    wanted=wanted,
                ),
                page=say(
                    "«{wanted}» is already a friend with another card; ask by voice whether it changed before"
                    " you go on, or give this one another name",
                    wanted=wanted,
                ),
            )
        )
    if known is None and not sure:
        check_friend(library, wanted, card)


def remove_friend(library: Library, name: str) -> str:
    """Forget a friend's card; the name (given in any case) under which it stood.

    Raises: UsageError where there is none.
    """
    with library.changes() as changes:
        known = friend_named(library, name)
        changes.row(FriendGone(name=known))
        changes.commit()
    return known


def friend_named(library: Library, name: str) -> str:
    """How a friend is called here, by that name in any case.

    Raises: UsageError where there is none.
    """
    friends = library.shelf.friends()
    found = [name] if name in friends else [each for each in friends if each.casefold() == name.strip().casefold()]
    if len(found) != 1:
        raise UsageError(
            advice(
                terminal=say("«{name}» is not a friend; `mag friend list` shows who is", name=name),
                page=say("«{name}» is not a friend; look under Friends", name=name),
            )
        )
    return found[0]


def recipients(library: Library, names: list[str]) -> list[X25519Recipient]:
    """Addresses of friends by name (any case), or `age1…` as it is.

    Raises: UsageError for a name that is no friend, or an address that is none.
    """
    friends = {name.casefold(): card for name, card in library.shelf.friends().items()}
    found = []
    for name in names:
        card = friends.get(name.casefold())
        text = card.recipient if card is not None else name
        if card is None and not name.startswith("age1"):
            raise UsageError(
                advice(
                    terminal=say("«{name}» is not a friend yet; add their card with `mag friend add` first", name=name),
                    page=say("«{name}» is not a friend yet; add their card under Friends first", name=name),
                )
            )
        try:
            found.append(X25519Recipient.from_text(text))
        except (DamagedError, NotFoundError, ValueError) as exc:
            raise UsageError(say("«{name}» is not a whole address; copy it again", name=name)) from exc
    return found
