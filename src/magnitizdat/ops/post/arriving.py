"""Letters that opened come into the inbox: each once, nothing of whom one does not want to hear, and never too many.

What is held is never displaced by what comes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from msgspec import structs

from magnitizdat.catalogue.envelopes import Proof, prove
from magnitizdat.errors import DamagedError
from magnitizdat.formats import budgets
from magnitizdat.formats.budgets import Budget
from magnitizdat.formats.names import clean_line
from magnitizdat.library.letter_rows import LetterGone, LetterRow, SentRow
from magnitizdat.library.library import Changes, Library
from magnitizdat.ops.post import carrying, kept_letters
from magnitizdat.ops.post.addresses import own_recipients
from magnitizdat.ops.post.blocking import Silenced
from magnitizdat.ops.post.senders import Senders
from magnitizdat.ops.post.slips import SlipTaker
from magnitizdat.scene.letters import Letter, OpenedLetter, Verdict, arrival_key, open_members
from magnitizdat.sentence import Sentence

BEGINNING = 80
"""Characters of a letter that a list shows."""


class Received(NamedTuple):
    """A letter that is new here: what names it, and what its signature is worth."""

    key: str
    verdict: Verdict


class Arrivals:
    """What comes in together: one dub. The caller commits, as often as it likes.

    `left` counts letters for which the inbox has no room, and `full` says what it is full of.
    """

    def __init__(self, library: Library, changes: Changes, *, now: datetime) -> None:
        self._library, self._changes = library, changes
        self._at = now.astimezone(UTC).isoformat(timespec="seconds")
        self._senders, self._silenced = Senders(library), Silenced(library)
        self._mine = own_recipients(library)
        self._room = _InboxRoom(library, self._senders)
        self._met = dict[str, LetterRow]()
        self._brought = 0
        self.left, self.full = 0, dict[Sentence, None]()
        self._slips = SlipTaker(library, changes, self.full, now=now)

    def receive(self, members: Mapping[str, bytes]) -> Received | None:
        """Take in a letter file that opened; None for what is no letter, here already, of somebody silenced, or over.

        Nothing but its envelope is looked at. What it answers goes along no more.
        """
        try:
            found = open_members(members)
        except DamagedError:
            return None
        if self._slips.is_slip(found):
            self._slips.take(found)
            return None
        row = self._row(found, self._proof(found))
        if self._is_here(row):
            return None
        self._answer(found.letter)
        if self._silenced.is_silent(row.signer, row.name):
            return None
        content = kept_letters.kept_bytes(members)
        row = structs.replace(row, length=len(content))
        over = self._room.lacking(row)
        if over is not None:
            self.left += 1
            self.full[over.sentence] = None
            return None
        self._met[row.key] = row
        kept_letters.keep(self._changes, row.key, content)
        self._changes.row(row)
        return Received(row.key, self._senders.verdict(row))

    @property
    def slips(self) -> int:
        """How many of them said what arrived of a reel from here."""
        return self._slips.taken

    def _is_here(self, row: LetterRow) -> bool:
        """Whether it is here or was, also as what proved nothing then; by what came now it may prove something."""
        if self._known(row.key) is not None:
            return True
        other = self._known(row.id if row.signer else arrival_key(row.id, row.claimed))
        if other is None or other.words != row.words:
            return False
        if isinstance(other, LetterRow) and row.signer and not other.signer:
            self._changes.row(signed_as(other, row))
        return True

    def _known(self, key: str) -> LetterRow | LetterGone | None:
        """What is known here under a key."""
        listening, subject = self._library.index.listening, f"letter:{key}"
        met = self._met.get(key) or listening.kept_one(LetterRow, subject)
        return met or listening.kept_one(LetterGone, subject)

    def _proof(self, found: OpenedLetter) -> Proof | None:
        """Roots of labels that nobody here knows are looked at up to as many bytes as one source sends of such."""
        imprint = found.letter.sender.imprint
        if not imprint:
            return None
        roots = found.roots
        if not self._senders.is_known(imprint):
            self._brought += sum(map(len, roots.values()))
            roots = roots if self._brought <= budgets.ALL_STRANGE_METADATA.allowed() else {}
        return prove(found.envelope, self._senders.state(imprint), roots)

    def _row(self, found: OpenedLetter, proof: Proof | None) -> LetterRow:
        letter, attachment = found.letter, found.letter.attachment
        row = LetterRow(
            key=arrival_key(letter.id, proof.imprint if proof else ""),
            id=letter.id,
            words=hashlib.sha256(found.envelope.payload).hexdigest(),
            at=self._at,
            name=clean_line(letter.sender.name),
            claimed=letter.sender.imprint,
            is_mine=letter.recipient in self._mine,
            recipient=letter.recipient,
            date_sent=clean_line(letter.date_sent),
            begins=clean_line(letter.text[: 4 * BEGINNING])[:BEGINNING],
            in_reply_to=letter.in_reply_to,
            attached=clean_line(attachment.name) if attachment else "",
            media_type=attachment.media_type if attachment else "",
        )
        return proven(row, proof)

    def _answer(self, letter: Letter) -> None:
        """Who names the id of a letter has read it; but of one that went to several one speaks for himself alone."""
        subject = f"sent:{letter.in_reply_to}"
        sent = self._library.index.listening.kept_one(SentRow, subject) if letter.in_reply_to else None
        if sent is not None and not sent.several:
            carrying.answered(self._library, self._changes, letter.in_reply_to)


def proven(row: LetterRow, proof: Proof | None) -> LetterRow:
    """A letter with what is proven of it."""
    if proof is None:
        return row
    return structs.replace(row, signer=proof.imprint, keys=proof.keys, signed=proof.signed, newest=proof.newest)


def signed_as(row: LetterRow, other: LetterRow) -> LetterRow:
    """A letter with what is proven of another copy of it."""
    return structs.replace(row, signer=other.signer, keys=other.keys, signed=other.signed, newest=other.newest)


class _InboxRoom:
    """How much more the inbox takes: of each label that is known, and of all others together."""

    def __init__(self, library: Library, senders: Senders) -> None:
        self._senders = senders
        self._counts = dict[str, int]()
        self._lengths = dict[str, int]()
        for row in library.index.listening.kept(LetterRow, "letter:"):
            self._add(row)

    def lacking(self, row: LetterRow) -> Budget | None:
        """The budget that one more would be over; None where there is room, which it then takes."""
        whose = self._whose(row)
        count, length = self._counts.get(whose, 0) + 1, self._lengths.get(whose, 0) + row.length
        most = (budgets.KNOWN_INBOX, budgets.KNOWN_INBOX_LENGTH) if whose else (budgets.INBOX, budgets.INBOX_LENGTH)
        over = next((each for each, amount in zip(most, (count, length), strict=True) if amount > each.most), None)
        if over is None:
            self._add(row)
        return over

    def _add(self, row: LetterRow) -> None:
        whose = self._whose(row)
        self._counts[whose] = self._counts.get(whose, 0) + 1
        self._lengths[whose] = self._lengths.get(whose, 0) + row.length

    def _whose(self, row: LetterRow) -> str:
        """Who is proven to have written it to us, where we know them."""
        return row.signer if self._senders.is_known(row.signer) and self._senders.is_mine(row) else ""
