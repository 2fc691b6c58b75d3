"""An officer of a club at work: what they do is written into the label that they have for it, and signed once."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from magnitizdat.catalogue.clubs import Admission, Epoch, Roster, RosterPart
from magnitizdat.catalogue.kinds import Said
from magnitizdat.errors import UsageError
from magnitizdat.formats.age_keys import X25519Identity
from magnitizdat.library.index.views import LabelView
from magnitizdat.library.library import Changes, Library
from magnitizdat.ops.clubs.keys import identity, keep_key, keys_here
from magnitizdat.ops.clubs.mailing import Courier
from magnitizdat.ops.clubs.rosters import club_root, letters_address, my_label, own_parts, words_of
from magnitizdat.ops.labels.of_clubs import made_for
from magnitizdat.ops.voices.saying import say_voices
from magnitizdat.scene.club_news import MAX_KEYS, EpochKey
from magnitizdat.scene.clubs import KeyLetter, OfficerWords, key_letters, maker_of, next_epoch, taken_over, view
from magnitizdat.scene.rosters import Act, added, given_acts, sealed_part, together, without_ended, without_given
from magnitizdat.sentence import say


class Desk:
    """What an officer does to one club, in one change of the library; nothing of it counts before `sign`.

    Raises: UsageError where this library's person is no officer of it; LibraryError where their roster does not open.
    """

    def __init__(
        self, library: Library, changes: Changes, club: str, *, now: datetime, only_copy: bool = False
    ) -> None:
        self.library, self.changes, self.club, self.now = library, changes, club, now
        self.root = club_root(library, club)
        self.mine = _required(my_label(library, club, self.root), self.root.name)
        self._only_copy = only_copy
        self._heard = words_of(library, club, self.root)
        self._parts = own_parts(library, self.mine.imprint, club)
        self._changed = set[int]()
        self._made: dict[str, tuple[Epoch, X25519Identity]] = {}
        self._courier = Courier(library, changes, club, self.mine, now=now)
        self.view = view(self.root, self._heard)
        if self.mine.imprint not in self.view.speaking:
            raise UsageError(
                say(
                    "your label in «{club}» forked, and speaks for it no more; have another officer appoint you anew",
                    club=self.root.name,
                )
            )

    @property
    def moment(self) -> str:
        """Now, as documents say it."""
        return self.now.isoformat(timespec="seconds")

    @property
    def letters(self) -> int:
        """How many letters were written here."""
        return self._courier.letters

    def held(self) -> set[str]:
        """Ids of epochs whose keys are here."""
        return {row.id for row in keys_here(self.library, self.club)} | self._made.keys()

    def add(self, acts: Iterable[Act]) -> None:
        """Write these into the roster."""
        self._put(added(self._parts, acts, writer=self.library.device))

    def begin_epoch(self, expelled: Iterable[str] = ()) -> Epoch:
        """Give the door another key, in force at once."""
        self.take_over()
        key, before = X25519Identity.generate(), self.view.in_force
        epoch = next_epoch(
            self.view,
            club=self.club,
            epoch_id=secrets.token_hex(16),
            recipient=key.recipient.text,
            expelled=expelled,
            at=self.moment,
        )
        keep_key(self.library, self.changes, epoch, key, officer=self.mine.imprint)
        self._made[epoch.id] = epoch, key
        self._forget_given({epoch.id, before.id if before is not None else ""})
        self._look()
        return epoch

    def take_over(self, officers: Collection[str] = ()) -> None:
        """What these did counts from now on by this one's word, as far as it is known here.

        Also what officers did whose labels forked, and what this one did in another label.
        """
        own = made_for(self.library, self.club).intersection(self.root.former)
        theirs = taken_over(self.view, {*officers, *self.view.still, *own})
        mine = together(self._parts.values())
        known = {each.id for each in mine.admissions}, {each.id for each in mine.expulsions}
        self.add(each for each in theirs.admissions if each.id not in known[0])
        self.add(each for each in theirs.expulsions if each.id not in known[1])

    def ready_epoch(self) -> Epoch:
        """The epoch in force, whose key is here; one is begun where that is not so."""
        epoch = self.view.in_force
        return epoch if epoch is not None and epoch.id in self.held() else self.begin_epoch()

    def bring_keys(self, members: Sequence[Admission], *, officers: Sequence[str] = ()) -> None:
        """Write to these members, and to other officers, with the keys that they lived through."""
        epoch = self.view.in_force
        letters = list(key_letters(self.view, held=self.held(), to=members))
        if epoch is None or epoch.id not in self.held():
            return
        left = self._reachable(officers)
        for letter in letters:
            left = self._bring(letter, left)
        if left:
            self._bring(KeyLetter((), self._newest()), left)

    def invite(self, member: Admission, *, past: bool) -> None:
        """Write to somebody who was let in, with the keys that they lived through, or with all that are here."""
        held, epoch = self.held(), self.ready_epoch()
        lived = [each for letter in key_letters(self.view, held=held, to=[member]) for each in letter.epochs]
        before = [each for each in self.view.epochs if each.id in held and each != epoch][: MAX_KEYS - 1]
        epochs = [epoch, *before] if past else lived
        self._courier.invite(member, tuple(self._key(each) for each in reversed(epochs)), epoch.gone)
        self.add(given_acts(epoch.id, [member.id], at=self.moment))

    def say_goodbye(self, member: Admission, ids: Sequence[str], *, until: int) -> None:
        """Write to somebody that they were let out, of all ids that they had, by the epoch of this number."""
        self._courier.goodbye(member, ids, until=until)

    def forget_ended(self) -> None:
        """To whom keys went in letters that have ended they are owed again: nobody reports that one arrived."""
        self._put(without_ended(self._parts, self.now))

    def seal_anew(self) -> bool:
        """Seal the roster to those who are officers now, where it was sealed to others; whether that was so."""
        to = tuple(sorted(self._addresses()))
        stale = {number: part for number, part in self._parts.items() if part.sealed_to != to}
        self._changed |= stale.keys()
        return bool(stale)

    def sign(self) -> bool:
        """Sign what was done, if anything; whether there was. The caller commits."""
        addresses = self._addresses()
        said = [
            Roster(club=self.club, part=number, sealed=sealed_part(self._parts[number], addresses))
            for number in sorted(self._changed)
        ]
        made = [epoch for epoch, _ in self._made.values()]
        if not said and not made:
            return False
        documents: list[Said] = [*said, *made]
        say_voices(self.library, self.changes, self.mine, documents, now=self.now, only_copy=self._only_copy)
        return True

    # -- their parts ---------------------------------------------------------------------------------------------

    def _forget_given(self, kept: set[str]) -> None:
        """Nobody asks to whom older keys went; if one is in force again, it goes out once more."""
        given = {each.epoch for part in self._parts.values() for each in part.given}
        self._put(without_given(self._parts, given - kept))

    def _put(self, changed: dict[int, RosterPart]) -> None:
        self._parts |= changed
        self._changed |= changed.keys()
        self._look()

    def _look(self) -> None:
        mine = next(
            (each for each in self._heard if each.imprint == self.mine.imprint and each.roster is not None), None
        )
        epochs = (*(mine.epochs if mine is not None else ()), *(epoch for epoch, _ in self._made.values()))
        words = OfficerWords(self.mine.imprint, together(self._parts.values()), epochs)
        others = (each for each in self._heard if each is not mine)
        self.view = view(self.root, (*others, words))

    def _addresses(self) -> list[str]:
        """Where rosters are sealed to: every officer's address for letters, as far as it is known here."""
        found = (letters_address(self.library, each) for each in self.root.officers)
        return sorted({each for each in found if each})

    def _reachable(self, officers: Sequence[str]) -> dict[str, str]:
        found = {each: letters_address(self.library, each) for each in officers if each != self.mine.imprint}
        return {each: address for each, address in found.items() if address}

    def _bring(self, letter: KeyLetter, officers: dict[str, str]) -> dict[str, str]:
        """Write one letter, with as many of these officers as it has room for; the others come back."""
        along = dict(list(officers.items())[: self._courier.spare(len(letter.members))])
        keys = tuple(self._key(each) for each in reversed(letter.epochs))
        self._courier.bring(letter, keys, tuple(along.values()))
        self.add(given_acts(letter.epochs[0].id, [each.id for each in letter.members], tuple(along), at=self.moment))
        return {each: address for each, address in officers.items() if each not in along}

    def _newest(self) -> tuple[Epoch, ...]:
        held = self.held()
        return tuple(each for each in self.view.epochs if each.id in held)[:8]

    def _key(self, epoch: Epoch) -> EpochKey:
        made = self._made.get(epoch.id)
        key = made[1] if made is not None else identity(self.library, self.club, epoch.id)
        return EpochKey(id=epoch.id, number=epoch.number, identity=key.text, officer=maker_of(self.view, epoch))


def _required(mine: LabelView | None, name: str) -> LabelView:
    if mine is None:
        raise UsageError(say("you are no officer of «{club}»; ask one of them", club=name))
    return mine
