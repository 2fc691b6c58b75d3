"""`mag club create`: a label whose root keys are its officers', and the label in which its first officer writes."""

from __future__ import annotations

from datetime import datetime

from magnitizdat.catalogue.club_roots import club_fields
from magnitizdat.catalogue.clubs import ClubRoot
from magnitizdat.catalogue.publisher import create_label
from magnitizdat.formats.age_keys import X25519Identity
from magnitizdat.formats.names import imprint_words, passphrase_words
from magnitizdat.library.club_rows import ClubLabelRow, ClubRow, ClubVoiceRow
from magnitizdat.library.letter_rows import LetterKeyRow
from magnitizdat.library.library import Changes, Library
from magnitizdat.library.members import letter_key_name
from magnitizdat.model import Outcome, Value
from magnitizdat.ops.labels.labels import check_unlike, keep_new
from magnitizdat.sentence import advice, say

NAME_WORDS = 2
"""Of the name that a club label gets by chance: nothing in it says whose it is."""


class CreatedClub(Value, frozen=True, kw_only=True):
    """A club that was made: its imprint and four words, the imprint of its first officer's label, words for paper."""

    name: str
    imprint: str
    four_words: str
    officer: str
    paper_words: str

    def outcome(self) -> Outcome:
        """That it is there, and what it is before others are appointed."""
        return Outcome(
            headline=say("«{name}» is a club now: {words}", name=self.name, words=self.four_words),
            lines=(
                advice(
                    terminal=say(
                        "You are its only officer: whoever takes this library, unlocked, takes the club. `mag club"
                        " officers` puts it into several hands."
                    ),
                    page=say(
                        "You are its only officer: whoever takes this library, unlocked, takes the club. Name others"
                        " to put it into several hands."
                    ),
                ),
            ),
        )


def create_club(library: Library, name: str, *, now: datetime) -> CreatedClub:
    """A new club, whose only officer this library's person is: 1-of-2, one root key here and one on paper.

    Raises: UsageError if a label that is known is called like that.
    """
    with library.changes() as changes:
        check_unlike(library, name)
        officer = new_club_label(library, changes, now=now)
        club = create_label(name, now=now, fields=club_fields(ClubRoot(name=name, officers=(officer,))))
        keep_new(library, changes, club, name, standing="own", now=now)
        speak_in(changes, officer, club.imprint)
        stay_in(changes, club.imprint, club.imprint)
        changes.row(ClubRow(imprint=club.imprint, name=name, at=now.isoformat(timespec="seconds")))
        changes.commit()
    return CreatedClub(
        name=name,
        imprint=club.imprint,
        four_words=imprint_words(club.imprint),
        officer=officer,
        paper_words=club.paper_words,
    )


def new_club_label(library: Library, changes: Changes, *, now: datetime) -> str:
    """A label in which an officer writes for one club, with an address for letters: its imprint. `speak_in` says which.

    Its paper key is shown to nobody: who loses the library is appointed with another label.
    """
    key, name = X25519Identity.generate(), passphrase_words(NAME_WORDS).title()
    new = create_label(name, now=now, letters=key.recipient.text)
    keep_new(library, changes, new, name, standing="own", now=now)
    recipient, at = key.recipient.text, now.isoformat(timespec="seconds")
    changes.put_member(letter_key_name(recipient), key.text.encode())
    changes.row(LetterKeyRow(recipient=recipient, imprint=new.imprint, at=at))
    return new.imprint


def stay_in(changes: Changes, imprint: str, club: str) -> None:
    """Nothing of that label goes to anybody but this club."""
    changes.row(ClubLabelRow(imprint=imprint, club=club, made=True))


def speak_in(changes: Changes, imprint: str, club: str) -> None:
    """That label was made here to speak in this club, and stays in it."""
    stay_in(changes, imprint, club)
    changes.row(ClubVoiceRow(imprint=imprint, club=club))
