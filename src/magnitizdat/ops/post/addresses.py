"""Addresses for letters: those of friends' cards, those that labels sign, and one's own of both kinds.

A label that takes letters has an address of its own: who has a card and knows the label does not learn that they are
one person's.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Literal, NamedTuple

from msgspec import structs

from magnitizdat.catalogue.documents import LABEL_PATH, MAX_LABEL_LENGTH, LabelDocument, decode, encode
from magnitizdat.catalogue.publisher import listing
from magnitizdat.catalogue.refresh import review, stored_path
from magnitizdat.errors import DamagedError, LibraryError, NotFoundError, SourceError, UsageError
from magnitizdat.formats.age_keys import X25519Identity, X25519Recipient
from magnitizdat.formats.spool_paths import label_path
from magnitizdat.library.index.views import LabelView
from magnitizdat.library.letter_rows import LetterKeyRow
from magnitizdat.library.library import Changes, Library
from magnitizdat.library.members import letter_key_name
from magnitizdat.library.reclaim import destroy
from magnitizdat.model import Outcome, Value
from magnitizdat.ops.labels.labels import find_label, held_state, keep_documents, signing_label
from magnitizdat.ops.labels.publish import sign_documents
from magnitizdat.ops.post.return_addresses import slip_identities
from magnitizdat.scene.resting import Rest, rest
from magnitizdat.sentence import advice, say

ON_ITS_WAY = timedelta(days=180)
"""How long a letter to an address that was replaced is waited for: as long as couriers carry it."""
Wish = Literal["on", "new", "off"]
_ANY_TIME = datetime.fromtimestamp(0, UTC)


class Addressee(NamedTuple):
    """Whom a letter goes to: an address, what we call them, and their label where one is known."""

    recipient: X25519Recipient
    name: str
    imprint: str


class LettersReport(Value, frozen=True, kw_only=True, omit_defaults=False):
    """What a label says of its address now: `recipient` is empty where it takes no letters. `signed`: it is news."""

    label: str
    imprint: str
    recipient: str = ""
    signed: bool = False
    version: int = 0

    def outcome(self) -> Outcome:
        """Whether it takes letters, and how far that goes."""
        if not self.recipient:
            headline = say("«{label}» takes no letters.", label=self.label)
            late = say("Letters that are on their way still open here, for 180 days.")
            return Outcome(headline=headline, lines=(late,) if self.signed else ())
        if not self.signed:
            return Outcome(headline=say("«{label}» takes letters already.", label=self.label))
        return Outcome(
            headline=say("«{label}» takes letters: its address goes out with the next stick.", label=self.label),
            lines=(
                advice(
                    terminal=say(
                        "It is on none of your cards. Who gets the label can write to it; `mag inbox` shows what comes."
                    ),
                    page=say(
                        "It is on none of your cards. Who gets the label can write to it; what comes lies under Post."
                    ),
                ),
            ),
        )


# -- one's own ---------------------------------------------------------------------------------------------------------


def letter_identities(library: Library) -> tuple[X25519Identity, ...]:
    """What opens letters to this library: its own addresses, newest first, those of its labels, and those in reels."""
    rows = sorted(library.index.listening.kept(LetterKeyRow, "letter-key:"), key=lambda row: row.at, reverse=True)
    found = (letter_identity(library, row.recipient) for row in rows)
    of_labels = (each for each in found if each is not None)
    return (*library.secrets.addresses, *of_labels, *slip_identities(library))


def letter_identity(library: Library, recipient: str) -> X25519Identity | None:
    """What opens letters to one of the addresses of own labels; None where it is not here."""
    name = letter_key_name(recipient)
    if not library.has_member(name):
        return None
    with suppress(LibraryError, DamagedError):  # a hurt cell: `mag doctor` says so
        return X25519Identity.from_text(library.member(name).decode("ascii"))
    return None


def own_recipients(library: Library) -> frozenset[str]:
    """Addresses of this library, as letters name them: also those whose key is destroyed by now."""
    rows = library.index.listening.kept(LetterKeyRow, "letter-key:")
    return frozenset(each.recipient.text for each in library.secrets.addresses) | {row.recipient for row in rows}


def new_letter_key(changes: Changes, imprint: str, *, now: datetime) -> str:
    """A new address for letters of an own label; whoever calls signs it. The recipient comes back."""
    identity = X25519Identity.generate()
    recipient = identity.recipient.text
    changes.put_member(letter_key_name(recipient), identity.text.encode("ascii"))
    changes.row(LetterKeyRow(recipient=recipient, imprint=imprint, at=_moment(now)))
    return recipient


def take_letters(
    library: Library, label: str, wish: Wish | None, *, now: datetime, only_copy: bool = False
) -> LettersReport:
    """`mag label letters`: an own label takes letters, at a new address, or no more; None: whether it does.

    Raises: UsageError, LibraryBusyError; nothing is signed then.
    """
    with library.changes() as changes:
        view = signing_label(library, label)
        document = label_document(library, view.imprint)
        if document is None:
            raise UsageError(
                say("what «{name}» says of itself is not here; dub it from somewhere first", name=view.name)
            )
        known = document.letters if letter_identity(library, document.letters) is not None else ""
        if wish is None or (wish == "off" and not document.letters) or (wish == "on" and known):
            held = known if wish else document.letters
            return LettersReport(label=view.name, imprint=view.imprint, recipient=held)
        retire(library, changes, view.imprint, now=now)
        recipient = new_letter_key(changes, view.imprint, now=now) if wish != "off" else ""
        version = sign_letters(library, changes, view, recipient, now=now, only_copy=only_copy)
        changes.commit()
    return LettersReport(label=view.name, imprint=view.imprint, recipient=recipient, signed=True, version=version)


def sign_letters(
    library: Library, changes: Changes, view: LabelView, recipient: str, *, now: datetime, only_copy: bool = False
) -> int:
    """Sign what an own label says of itself, with this address for letters, or (empty) none: the version of its list.

    Raises: UsageError, LibraryBusyError, NotVerifiedError.
    """
    document = label_document(library, view.imprint) or LabelDocument(name=view.name)
    document = structs.replace(document, letters=recipient)
    return sign_about(library, changes, view, document, now=now, only_copy=only_copy)


def sign_about(
    library: Library,
    changes: Changes,
    view: LabelView,
    document: LabelDocument,
    *,
    now: datetime,
    only_copy: bool = False,
) -> int:
    """Sign what an own label says of itself: the version of its list. Raises: as `sign_letters`."""
    content = encode(document)
    listed = listing(LABEL_PATH, content)
    keep_documents(library, changes, view.imprint, {stored_path(LABEL_PATH, listed.hashes["sha256"]): content})
    return sign_documents(library, changes, {LABEL_PATH: listed}, view, now=now, only_copy=only_copy)


def retire(library: Library, changes: Changes, imprint: str, *, now: datetime) -> None:
    """Addresses of an own label are given out no more; what is on its way to them opens for 180 days."""
    for row in library.index.listening.kept(LetterKeyRow, "letter-key:"):
        if row.imprint == imprint and not row.retired:
            changes.row(structs.replace(row, retired=_moment(now)))


def destroy_retired(library: Library, changes: Changes, *, now: datetime) -> int:
    """Destroy the keys of addresses to which nothing is on its way any more, once they rested: how many.

    Before anything is put.
    """
    rests = [(row, Rest(row.over, row.looks)) for row in _retired(library)]
    found = [(row, noted, rest(noted, now, is_over=_is_outlived(row, now))) for row, noted in rests]
    names = [letter_key_name(row.recipient) for row, _, resting in found if resting.has_rested]
    if names:
        destroy(library, changes, names)
    for row, noted, resting in found:
        if resting != noted:
            changes.row(structs.replace(row, over=resting.over, looks=resting.looks))
    return len(names)


def _retired(library: Library) -> Iterator[LetterKeyRow]:
    """Addresses that are given out no more, and whose keys are here."""
    for row in library.index.listening.kept(LetterKeyRow, "letter-key:"):
        if row.retired and library.has_member(letter_key_name(row.recipient)):
            yield row


def _is_outlived(row: LetterKeyRow, now: datetime) -> bool:
    with suppress(ValueError, TypeError):
        return now - datetime.fromisoformat(row.retired) > ON_ITS_WAY
    return False


def _moment(now: datetime) -> str:
    return now.astimezone(UTC).isoformat(timespec="seconds")


# -- of others ---------------------------------------------------------------------------------------------------------


def label_document(library: Library, imprint: str) -> LabelDocument | None:
    """What a label says of itself, as held and verified; None where that is not here."""
    state = held_state(library, imprint)
    with suppress(SourceError, LibraryError):
        listed = review(state, now=_ANY_TIME).targets[LABEL_PATH]
        content = library.member(label_path(imprint, listed.stored_path))
        return decode(LabelDocument, content, max_length=MAX_LABEL_LENGTH)
    return None


def letter_address(library: Library, text: str) -> Addressee:
    """Whom a letter goes to, by a friend's name (any case), a label that takes letters, or `age1…`.

    Raises: UsageError where there is nobody, or the label takes none.
    """
    wanted = text.strip().casefold()
    for name, card in library.shelf.friends().items():
        if name.casefold() == wanted:
            return Addressee(_recipient(card.recipient, name), name, card.imprint)
    if wanted.startswith("age1"):
        return Addressee(_recipient(text.strip(), text.strip()), "", "")
    return _of_label(library, _found(library, text))


def _found(library: Library, text: str) -> LabelView:
    try:
        return find_label(library, text)
    except UsageError as exc:
        if isinstance(exc.__cause__, NotFoundError):
            raise UsageError(
                advice(
                    terminal=say(
                        "«{text}» is neither a friend nor a label here; add their card with `mag friend add`, or dub"
                        " the label first",
                        text=text,
                    ),
                    page=say(
                        "«{text}» is neither a friend nor a label here; add their card under Friends, or take the"
                        " label first",
                        text=text,
                    ),
                )
            ) from exc
        raise


def _of_label(library: Library, view: LabelView) -> Addressee:
    if held_state(library, view.imprint).is_frozen:
        raise UsageError(
            advice(
                terminal=say(
                    "«{name}» signed two different things, and one may be somebody else's: `mag label choose` first",
                    name=view.name,
                ),
                page=say(
                    "«{name}» signed two different things, and one may be somebody else's: choose one first,"
                    " under its name",
                    name=view.name,
                ),
            )
        )
    document = label_document(library, view.imprint)
    if document is None or not document.letters:
        raise UsageError(say("«{name}» takes no letters, as far as is known here; ask for a card", name=view.name))
    return Addressee(_recipient(document.letters, view.name), view.name, view.imprint)


def _recipient(text: str, name: str) -> X25519Recipient:
    try:
        return X25519Recipient.from_text(text)
    except (SourceError, ValueError) as exc:
        raise UsageError(say("«{name}» is not a whole address; copy it again", name=name)) from exc
