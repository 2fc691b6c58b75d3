"""The inbox: letters that opened here, and what their signatures are worth.

A letter is kept as it came, sealed in the vault; nothing of its attachment is looked at before a person asks.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

from msgspec import structs

from magnitizdat.catalogue.documents import MAX_CARD_LENGTH, decode
from magnitizdat.catalogue.envelopes import prove
from magnitizdat.errors import LibraryBusyError, LibraryError, SourceError, UsageError
from magnitizdat.formats.age_keys import X25519Recipient
from magnitizdat.formats.names import clean_line, clean_lines, imprint_words
from magnitizdat.library import rows as journal_rows
from magnitizdat.library.club_rows import ClubNewsRow
from magnitizdat.library.letter_rows import LetterGone, LetterRow
from magnitizdat.library.library import Changes, Library
from magnitizdat.library.members import letter_name
from magnitizdat.library.reclaim import destroy
from magnitizdat.model import Card, Outcome, Value
from magnitizdat.ops.post import kept_letters
from magnitizdat.ops.post.addresses import Addressee, letter_address
from magnitizdat.ops.post.arriving import Arrivals, Received, proven
from magnitizdat.ops.post.blocking import Silenced
from magnitizdat.ops.post.senders import Senders
from magnitizdat.scene.letters import Attached, Kind, Letter, Verdict, kind_of
from magnitizdat.sentence import Sentence, advice, say

__all__ = [
    "Arrivals",
    "HeldLetter",
    "Inbox",
    "InboxLine",
    "OpenLetter",
    "Received",
    "attachment",
    "forget",
    "held",
    "inbox",
    "read_letter",
    "remove",
    "reply_address",
]

LEAST_ID = 6
"""Characters of the beginning of an id that may stand for it."""


class InboxLine(Value, frozen=True, kw_only=True, omit_defaults=False):
    """A letter in the list. `says` is the line above it; `imprint` and `words` are of the label that signed, if any.

    `name` is what we call that label, or what the letter calls its sender. Times are ISO 8601: `date_sent` as the
    sender says it, `received` when it came in here.
    """

    id: str
    says: Sentence
    verdict: Verdict
    name: str
    imprint: str = ""
    words: str = ""
    date_sent: str = ""
    received: str = ""
    begins: str = ""
    in_reply_to: str = ""
    attachment: Kind | None = None
    read: bool = False


class Inbox(Value, frozen=True, kw_only=True, omit_defaults=False):
    """Letters, newest first; how many nobody has read, and how many are of senders who are silenced."""

    letters: tuple[InboxLine, ...]
    unread: int = 0
    silenced: int = 0

    def outcome(self) -> Outcome:
        """How many there are."""
        if not self.letters:
            headline = say("No letters. What comes with sticks and reels lands here.")
        else:
            headline = say(
                "{letters} {letters:letter|letters}, {unread} unread.", letters=len(self.letters), unread=self.unread
            )
        silenced = say("Of senders whom you silenced, and not shown: {silenced}.", silenced=self.silenced)
        return Outcome(headline=headline, lines=(silenced,) if self.silenced else ())


class OpenLetter(Value, frozen=True, kw_only=True, omit_defaults=False):
    """A letter as it is read: its line, its text without tricks, and what lies beside it, unopened."""

    letter: InboxLine
    text: str
    attachment: Attached | None = None

    def outcome(self) -> Outcome:
        """What its signature is worth, first."""
        return Outcome(headline=self.letter.says)


class RemovedReport(Value, frozen=True, kw_only=True, omit_defaults=False):
    """A letter that is here no more."""

    id: str

    def outcome(self) -> Outcome:
        """That it is gone, and stays so."""
        return Outcome(headline=say("The letter is removed, and does not come again."))


class HeldLetter(NamedTuple):
    """A letter with what lies beside it, for whoever acts on it. `key` names it here.

    `signer` is the label that is proven to have signed it by keys that still sign, or empty; `is_mine`: it says that it
    was written to this library. `roots` of its sender's label came along, by version, and are verified by nobody.
    """

    key: str
    letter: Letter
    signer: str
    is_mine: bool
    roots: dict[int, bytes]
    attachment: bytes


def inbox(library: Library) -> Inbox:
    """The list: letters of senders who are not silenced."""
    senders, silenced = Senders(library), Silenced(library)
    rows = [row for row in library.index.listening.kept(LetterRow, "letter:") if not _is_settled(library, row)]
    heard = [row for row in rows if not silenced.is_silent(row.signer, row.name)]
    heard.sort(key=lambda row: (row.at, row.date_sent, row.key), reverse=True)
    return Inbox(
        letters=tuple(_line(senders, row) for row in heard),
        unread=sum(not row.read for row in heard),
        silenced=len(rows) - len(heard),
    )


def _is_settled(library: Library, row: LetterRow) -> bool:
    """News of a club that has no words for people, and was acted on."""
    if kind_of(row.media_type) != "club" or row.begins:
        return False
    news = library.index.listening.kept_one(ClubNewsRow, f"club-news:{row.key}")
    return news is not None and news.fate != "waiting"


def _line(senders: Senders, row: LetterRow) -> InboxLine:
    return InboxLine(
        id=row.id,
        says=senders.sentence(row),
        verdict=senders.verdict(row),
        name=senders.name(row),
        imprint=row.signer,
        words=imprint_words(row.signer) if row.signer else "",
        date_sent=row.date_sent,
        received=row.at,
        begins=row.begins,
        in_reply_to=row.in_reply_to,
        attachment=kind_of(row.media_type) if row.media_type else None,
        read=row.read,
    )


def find(library: Library, text: str) -> LetterRow:
    """A letter by its id or the beginning of it; of several that claim one id the one that is proven best.

    Raises: UsageError where there is none, or more than one.
    """
    wanted = text.strip().casefold()
    rows = [row for row in library.index.listening.kept(LetterRow, "letter:") if row.id.startswith(wanted)]
    if len(wanted) < LEAST_ID or not rows:
        raise UsageError(
            advice(
                terminal=say("no letter «{text}» is here; `mag inbox` shows which are", text=text),
                page=say("no letter «{text}» is here; look under Post", text=text),
            )
        )
    if len({row.id for row in rows}) > 1:
        raise UsageError(say("«{text}» can mean several letters; give more of its id", text=text))
    senders = Senders(library)
    worth: tuple[Verdict, ...] = ("signed", "replaced", "stranger", "forwarded", "unproven")
    return min(rows, key=lambda row: (worth.index(senders.verdict(row)), row.at, row.key))


def read_letter(library: Library, text: str) -> OpenLetter:
    """A letter, which counts as read from then on. What can be proven of it by now is proven.

    Raises: UsageError, LibraryError.
    """
    row = find(library, text)
    found = kept_letters.opened(library, row.key)
    senders = Senders(library)
    claimed = found.letter.sender.imprint
    now = structs.replace(row, read=True)
    if claimed and not row.signer:
        now = proven(now, prove(found.envelope, senders.state(claimed), found.roots))
    if now != row:
        with suppress(LibraryBusyError), library.index.transaction():  # where it is busy: the next time
            journal_rows.append(library.index, library.device, [now])
    return OpenLetter(
        letter=_line(senders, now), text=clean_lines(found.letter.text), attachment=found.letter.attachment
    )


def attachment(library: Library, text: str) -> tuple[Attached, bytes]:
    """What lies beside a letter: the very bytes that it names, parsed by nobody yet.

    Raises: UsageError where there is nothing; LibraryError.
    """
    found = kept_letters.opened(library, find(library, text).key)
    if found.letter.attachment is None:
        raise UsageError(say("nothing lies beside this letter"))
    return found.letter.attachment, found.attachment


def remove(library: Library, text: str) -> RemovedReport:
    """Destroy a letter; it does not arrive again. Raises: UsageError, LibraryBusyError."""
    with library.changes(frees=True) as changes:
        row = find(library, text)
        forget(library, changes, row.key)
        changes.commit()
    return RemovedReport(id=row.id)


# -- for who acts on letters -------------------------------------------------------------------------------------------


def held(library: Library, media_type: str) -> Iterator[HeldLetter]:
    """Letters beside which something of this type lies, in the order in which they came."""
    senders = Senders(library)
    rows = [row for row in library.index.listening.kept(LetterRow, "letter:") if row.media_type == media_type]
    for row in sorted(rows, key=lambda row: (row.at, row.key)):
        try:
            found = kept_letters.opened(library, row.key)
        except LibraryError:  # a hurt cell: `mag doctor` says so
            continue
        state = senders.state(found.letter.sender.imprint)
        proof = prove(found.envelope, state, found.roots)
        is_current = proof is not None and proof.signed == proof.newest and not state.is_frozen
        signer = found.letter.sender.imprint if is_current else ""
        yield HeldLetter(row.key, found.letter, signer, senders.is_mine(row), found.roots, found.attachment)


def forget(library: Library, changes: Changes, key: str) -> None:
    """Destroy a letter by what names it here; before anything else is put, and the caller commits."""
    row = library.index.listening.kept_one(LetterRow, f"letter:{key}")
    destroy(library, changes, [letter_name(key)])
    changes.row(LetterGone(key=key, words=row.words if row is not None else ""))


def reply_address(library: Library, text: str, *, otherwise: str = "") -> tuple[Addressee, str]:
    """Whom an answer goes to, and the id of the letter that it answers: who is named, else who wrote that.

    That is the card beside the letter, or the label that is proven to have signed it, where it takes letters.

    Raises: UsageError where nobody is named and the letter says no address.
    """
    row = find(library, text)
    if otherwise:
        return letter_address(library, otherwise), row.id
    found = kept_letters.opened(library, row.key)
    if kind_of(row.media_type) == "card":
        with suppress(SourceError):
            card = decode(Card, found.attachment, max_length=MAX_CARD_LENGTH)
            return Addressee(X25519Recipient.from_text(card.recipient), clean_line(card.name), card.imprint), row.id
    if row.signer:
        with suppress(UsageError):
            return letter_address(library, row.signer), row.id
    raise UsageError(_whom_to_name(library, found.letter, row.id))


def _whom_to_name(library: Library, letter: Letter, letter_id: str) -> Sentence:
    """A friend who is called as the letter calls its sender: nothing proves that it is they, so the person says so."""
    said = clean_line(letter.sender.name).casefold()
    friend = next((name for name in library.shelf.friends() if said and name.casefold() == said), None)
    if friend is None:
        return say("this letter brought no address to answer to; say to whom the answer goes")
    return advice(
        terminal=say(
            "this letter brought no address to answer to; if it is of your friend «{name}», say so: `mag"
            " letter write {to} --reply {id}`",
            name=friend,
            to=shlex.quote(friend),
            id=letter_id[:8],
        ),
        page=say(
            "this letter brought no address to answer to; if it is of your friend «{name}», choose them", name=friend
        ),
    )
