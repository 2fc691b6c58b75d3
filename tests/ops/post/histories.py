"""Histories of letters by chance: written, stolen, forged, handed on, sent again, read, removed, silenced.

What the inbox shows is compared with a model of numbers and names that knows no key: who really wrote what to whom,
with which of their keys, and what the reader had heard by then.
"""

from __future__ import annotations

import random
import secrets
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from msgspec import structs

from magnitizdat.catalogue.refresh import remembered
from magnitizdat.errors import UsageError
from magnitizdat.library.journal import LabelRow
from magnitizdat.ops.post.arriving import Arrivals
from magnitizdat.ops.post.blocking import block
from magnitizdat.ops.post.inbox import inbox, read_letter, remove
from tests.fakes_letters import NOBODY, WHEN, Author, file_of, letter_to
from tests.fakes_library import make_library

EVENTS = 24
KEYS = 3
WORTH = ("signed", "replaced", "stranger", "forwarded", "unproven")


@cache
def authors() -> tuple[Author, ...]:
    """Three labels, two of one name, whose keys were replaced twice each."""
    found = tuple(map(Author, ("Zoopark", "Zoopark", "Kochegarka")))
    for author in found:
        for _ in range(KEYS - 1):
            author.replace_keys()
    return found


@dataclass
class Truth:
    """A letter as it is: `author` is who signed it (None: nobody), with that `key`, bringing so many roots.

    `words` tells what is signed apart from all else. `proven` is the newest root that the reader knew when it was
    proven; 0 while it is not.
    """

    words: int
    id: str
    name: str
    author: int | None
    key: int
    mine: bool
    roots: int
    proven: int = 0
    read: bool = False


@dataclass
class Reader:
    """What the reader has heard: so many roots of each label, which of them they follow, and whom they silenced."""

    held: list[int] = field(default_factory=lambda: [0] * 3)
    follows: set[int] = field(default_factory=set)
    silent: set[int | str] = field(default_factory=set)
    letters: list[Truth] = field(default_factory=list)
    met: dict[tuple[str, int | None], Truth] = field(default_factory=dict)

    def prove(self, letter: Truth) -> None:
        """A signature counts where a root is known that names its key."""
        if letter.author is not None and not letter.proven:
            known = max(self.held[letter.author], letter.roots)
            letter.proven = known if letter.key < known else 0

    def is_silent(self, letter: Truth) -> bool:
        return (letter.author if letter.proven else letter.name.casefold()) in self.silent

    def arrive(self, letter: Truth) -> None:
        letter = Truth(**vars(letter))
        self.prove(letter)
        place = (letter.id, letter.author if letter.proven else None)
        same = [each for each in self.met.values() if each.words == letter.words]
        if same or place in self.met:
            for each in same if place not in self.met else ():  # an author may give one id to two letters
                each.proven = each.proven or letter.proven
        elif not self.is_silent(letter):
            self.met[place] = letter
            self.letters.append(letter)

    def verdict(self, letter: Truth) -> str:
        if not letter.proven:
            return "unproven"
        is_current = letter.key == max(letter.proven, self.held[letter.author]) - 1
        is_known = letter.author in self.follows
        if not (is_known or is_current):
            return "unproven"
        if not letter.mine:
            return "forwarded"
        if not is_known:
            return "stranger"
        return "signed" if is_current else "replaced"

    def shown(self) -> list[tuple[str, str, bool]]:
        heard = (each for each in self.letters if not self.is_silent(each))
        return sorted((each.id, self.verdict(each), each.read) for each in heard)

    def best(self, chance: random.Random) -> Truth | None:
        """A letter that is shown: of several of one id the one that is proven best; none where two are alike."""
        shown = self.shown()
        letter_id = chance.choice(shown)[0] if shown else ""
        named = [each for each in self.letters if each.id == letter_id]
        named.sort(key=lambda each: WORTH.index(self.verdict(each)))
        alike = len(named) > 1 and self.verdict(named[0]) == self.verdict(named[1])
        return named[0] if named and not alike else None


class History:
    """One reader's library, and all who write to it."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.chance = random.Random(seed)
        self.library = make_library(folder)
        self.reader = Reader()
        self.me = self.library.secrets.addresses[0].recipient.text
        self.sent: list[tuple[Truth, dict[str, bytes]]] = []

    def run(self) -> None:
        """Raises: AssertionError where the inbox shows something else than is true."""
        with self.library:
            for _ in range(EVENTS):
                self.chance.choice(
                    (self.write, self.write, self.forge, self.again, self.again, self.hear, self.read, self.act)
                )()
                found = [(each.id, each.verdict, each.read) for each in inbox(self.library).letters]
                assert sorted(found) == self.reader.shown()

    # -- what happens -----------------------------------------------------------------------------------------------

    def write(self) -> None:
        """An author, or a thief with one of their old keys, to the reader or to somebody else who hands it on."""
        chance, number = self.chance, self.chance.randrange(3)
        author, key = authors()[number], chance.randrange(KEYS)
        is_signed, mine, roots = chance.random() < 0.8, chance.random() < 0.7, chance.randrange(KEYS + 1)
        name = author.name if is_signed else chance.choice(("Zoopark", "Spam", ""))
        letter = letter_to(self.me if mine else NOBODY, sender=author if is_signed else name)
        members = file_of(letter, author=author if is_signed else None, key=key, roots=roots)
        truth = Truth(len(self.sent), letter.id, name, number if is_signed else None, key, mine, roots)
        self.deliver(truth, members)

    def forge(self) -> None:
        """Under the name of an author by another's key, or under the id of a letter that somebody knows."""
        chance = self.chance
        victim, thief = chance.sample(range(3), 2)
        letter = letter_to(self.me, sender=authors()[victim], text=f"forged {len(self.sent)}")
        if self.sent and chance.random() < 0.5:
            letter = structs.replace(letter, id=chance.choice(self.sent)[0].id)
        if chance.random() < 0.5:  # signed by the thief, who says to be the victim: proves nothing
            members = file_of(letter, author=authors()[thief], roots=chance.randrange(KEYS + 1))
            self.deliver(Truth(len(self.sent), letter.id, authors()[victim].name, None, 0, True, 0), members)
        else:  # signed by the thief as what he is
            mine = structs.replace(letter, sender=letter_to(sender=authors()[thief]).sender)
            members = file_of(mine, author=authors()[thief], roots=KEYS)
            truth = Truth(len(self.sent), letter.id, authors()[thief].name, thief, KEYS - 1, mine=True, roots=KEYS)
            self.deliver(truth, members)

    def again(self) -> None:
        """A courier brings what came before, or with the roots taken out."""
        if self.sent:
            truth, members = self.chance.choice(self.sent)
            if self.chance.random() < 0.3:
                truth = Truth(**{**vars(truth), "roots": 0})
                members = {name: body for name, body in members.items() if not name.startswith("roots/")}
            self.deliver(truth, members)

    def deliver(self, truth: Truth, members: dict[str, bytes]) -> None:
        self.sent.append((truth, members))
        with self.library.changes() as changes:
            arrivals = Arrivals(self.library, changes, now=WHEN)
            for _ in range(self.chance.randrange(1, 3)):
                arrivals.receive(members)
            changes.commit()
        self.reader.arrive(truth)

    def hear(self) -> None:
        """A dub brings newer roots of a label, or the reader follows it."""
        number, reader = self.chance.randrange(3), self.reader
        reader.held[number] = self.chance.randrange(max(1, reader.held[number]), KEYS + 1)
        reader.follows |= {number} if self.chance.random() < 0.7 else set()
        author, state = authors()[number], authors()[number].held(reader.held[number])
        standing = "followed" if number in reader.follows else "new"
        with self.library.changes() as changes:
            changes.put_label(author.imprint, state.files, remembered(state))
            changes.row(LabelRow(imprint=author.imprint, name=author.name, standing=standing))
            changes.commit()

    def read(self) -> None:
        letter = self.reader.best(self.chance)
        if letter is not None:
            read_letter(self.library, letter.id)
            letter.read = True
            self.reader.prove(letter)

    def act(self) -> None:
        """The reader removes a letter, or wants to hear somebody no more."""
        letter = self.reader.best(self.chance)
        if letter is None:
            return
        if self.chance.random() < 0.5:
            remove(self.library, letter.id)
            self.reader.letters.remove(letter)
        elif len([each for each in self.reader.letters if each.id == letter.id]) == 1:
            try:
                block(self.library, letter.id, now=WHEN)
            except UsageError:
                assert not letter.proven
                assert not letter.name
            else:
                self.reader.silent.add(letter.author if letter.proven else letter.name.casefold())


def run(folder: Path, seed: int) -> None:
    """One history. Raises: AssertionError."""
    History(folder / f"{seed}-{secrets.token_hex(4)}", seed).run()
