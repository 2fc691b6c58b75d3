"""Who wrote a letter, as far as that is known here."""

from __future__ import annotations

from functools import lru_cache

from magnitizdat.catalogue.envelopes import Proof, still_speak
from magnitizdat.catalogue.refresh import LabelState
from magnitizdat.formats.names import imprint_words
from magnitizdat.library.club_rows import ClubRow
from magnitizdat.library.letter_rows import LetterRow
from magnitizdat.library.library import Library
from magnitizdat.ops.labels.labels import held_state
from magnitizdat.ops.labels.vouches import KNOWN
from magnitizdat.scene.letters import Verdict, verdict, verdict_sentence
from magnitizdat.sentence import Sentence


class Senders:
    """Labels as this library knows them now; each is looked up once."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._labels = {view.imprint: view.name for view in library.shelf.labels() if view.standing in KNOWN}
        self._friends = {card.imprint: name for name, card in library.shelf.friends().items()}
        clubs = library.index.listening.kept(ClubRow, "club:")
        self._clubs = frozenset(row.imprint for row in clubs if row.standing == "member")
        self.state = lru_cache(256)(self._state)

    def _state(self, imprint: str) -> LabelState:
        return held_state(self._library, imprint)

    def called(self, imprint: str) -> str:
        """What a label that is known is called here: by its friend's name, else its own; nothing for others."""
        return self._friends.get(imprint) or self._labels.get(imprint, "")

    def is_known(self, imprint: str) -> bool:
        """Whether it is an own label, a followed one, or a friend's."""
        return imprint in self._labels or imprint in self._friends

    def is_mine(self, row: LetterRow) -> bool:
        """Whether a letter says that it was written to this library, or to a club that its person is in."""
        return row.is_mine or row.recipient in self._clubs

    def verdict(self, row: LetterRow) -> Verdict:
        """What a letter's signature is worth now: keys may have been replaced since it came.

        Of a label that signed two different things, it proves nothing until somebody chose.
        """
        proof = proof_of(row)
        return verdict(
            is_proven=proof is not None and not self.state(proof.imprint).is_frozen,
            is_known=self.is_known(row.signer),
            is_current=proof is not None and still_speak(proof, self.state(proof.imprint)),
            is_mine=self.is_mine(row),
        )

    def name(self, row: LetterRow) -> str:
        """Whom to show: what we call the label that signed, else what the letter says."""
        return self.called(row.signer) or row.name

    def sentence(self, row: LetterRow) -> Sentence:
        """The line above a letter."""
        found, name = self.verdict(row), self.name(row)
        if found == "forwarded" and not self.is_known(row.signer):
            name = imprint_words(row.signer)
        return verdict_sentence(found, name=name, imprint=row.signer)


def proof_of(row: LetterRow) -> Proof | None:
    """What was proven when the letter came, or was read last."""
    if not row.signer:
        return None
    return Proof(imprint=row.signer, keys=row.keys, signed=row.signed, newest=row.newest)
