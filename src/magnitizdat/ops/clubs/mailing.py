"""Letters that an officer of a club writes: with the keys of its door, or to somebody who was let out."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

from msgspec.structs import replace

from magnitizdat.catalogue.clubs import Admission
from magnitizdat.formats.age_keys import X25519Recipient
from magnitizdat.formats.letter_file import RECIPIENTS, SMALL, room
from magnitizdat.library.index.views import LabelView
from magnitizdat.library.library import Changes, Library
from magnitizdat.ops.clubs.rosters import club_root
from magnitizdat.ops.labels.labels import held_state
from magnitizdat.ops.post.writing import send_letter
from magnitizdat.scene.club_news import CLUB_NEWS, ClubNews, EpochKey, news_bytes, packed_ids
from magnitizdat.scene.clubs import LETTER_MEMBERS, KeyLetter
from magnitizdat.scene.letters import Letter, Sender, attached
from magnitizdat.sentence import Sentence, advice, say

BESIDE = 8192
"""Bytes of a letter file that are left for what lies beside the news: its envelope, roots of the officer's label."""


class Courier:
    """Writes for one officer of one club. `letters` counts them."""

    def __init__(self, library: Library, changes: Changes, club: str, officer: LabelView, *, now: datetime) -> None:
        self._library, self._changes, self._club, self._officer, self._now = library, changes, club, officer, now
        self._root = club_root(library, club)
        self.letters = 0

    def spare(self, members: int) -> int:
        """How many more a letter to so many members has room for."""
        return LETTER_MEMBERS - members

    def bring(self, letter: KeyLetter, keys: tuple[EpochKey, ...], officers: Sequence[str]) -> None:
        """Send keys, the newest last, to members and to these addresses of officers."""
        addresses = [*(each.address for each in letter.members), *officers]
        news = ClubNews(club=self._club, name=self._root.name, epochs=keys, gone=packed_ids(letter.epochs[0].gone))
        self._send(self._with_roots(news, len(addresses)), "", addresses)

    def invite(self, member: Admission, keys: tuple[EpochKey, ...], gone: Sequence[str]) -> None:
        """Send keys to somebody who was let in, with words that a person reads."""
        news = ClubNews(club=self._club, name=self._root.name, epochs=keys, gone=packed_ids(gone), admission=member.id)
        text = advice(
            terminal=say(
                "You are let into «{club}». `mag club join` with the id of this letter joins.", club=self._root.name
            ),
            page=say("You are let into «{club}». Join it from this letter.", club=self._root.name),
        )
        self._send(self._with_roots(news, 1), text, [member.address])

    def goodbye(self, member: Admission, ids: Sequence[str], *, until: int) -> None:
        """Send word to somebody that they were let out today, of all ids that they had, by the epoch of this number."""
        day = self._now.date().isoformat()
        news = ClubNews(club=self._club, name=self._root.name, gone=packed_ids(ids), out=day, until=until)
        self._send(self._with_roots(news, 1), out_sentence(self._root.name, day), [member.address])

    def _with_roots(self, news: ClubNews, recipients: int) -> ClubNews:
        """As many roots as there is room for: first the club's, then each officer's."""
        most = room(SMALL, next(step for step in RECIPIENTS if step >= recipients)) - BESIDE
        whole = replace(news, roots=self._roots(self._club))
        if len(news_bytes(whole)) > most:
            return news
        for imprint in self._root.officers:
            more = replace(whole, officers={**whole.officers, imprint: self._roots(imprint)})
            whole = more if imprint != self._officer.imprint and len(news_bytes(more)) <= most else whole
        return whole

    def _roots(self, imprint: str) -> tuple[str, ...]:
        return tuple(root.decode() for root in held_state(self._library, imprint).roots())

    def _send(self, news: ClubNews, text: str, addresses: Sequence[str]) -> None:
        content = news_bytes(news)
        letter = Letter(
            id=secrets.token_hex(16),
            recipient=addresses[0] if len(addresses) == 1 else self._club,
            sender=Sender(name=self._root.name, imprint=self._officer.imprint),
            date_sent=self._now.isoformat(timespec="seconds"),
            text=str(text),
            attachment=attached(content, CLUB_NEWS),
        )
        recipients = [X25519Recipient.from_text(each) for each in addresses]
        send_letter(
            self._library,
            self._changes,
            letter,
            recipients,
            signer=self._officer,
            attachment=content,
            now=self._now,
        )
        self.letters += 1


def out_sentence(club: str, day: str) -> Sentence:
    """What somebody reads who was let out."""
    return say(
        "You are no member of «{club}» since {day}. What you have plays; what comes is not for you.", club=club, day=day
    )
