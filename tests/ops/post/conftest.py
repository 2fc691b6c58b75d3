"""Libraries that write to each other, and the bag in which their letters lie."""

from __future__ import annotations

import pytest

from magnitizdat.formats.age import BytesReader
from magnitizdat.formats.letter_file import open_letter
from magnitizdat.ops.labels.friends import add_friend, my_card
from magnitizdat.ops.post import carrying
from magnitizdat.ops.post.addresses import letter_identities
from magnitizdat.ops.post.inbox import Arrivals
from tests.fakes_letters import WHEN
from tests.fakes_library import make_library


class Bag:
    """Letter files as they went out, oldest first; ids of those that were answered."""

    def __init__(self):
        self.sealed, self.answered = [], []

    def send(self, _changes, sealed, *, letter_id, now):
        self.sealed.append(sealed)

    def answer(self, *found):
        self.answered.append(found[-1])

    def opened(self, library, at=-1):
        """The members of the letter that went out then, as this library opens it."""
        return open_letter(BytesReader(self.sealed[at]), letter_identities(library))

    def deliver(self, library, at=-1):
        """It arrives."""
        return arrive(library, self.opened(library, at))


def arrive(library, *letters):
    """What opened comes in, in one dub; what became of the last."""
    with library.changes() as changes:
        arrivals = Arrivals(library, changes, now=WHEN)
        found = [arrivals.receive(members) for members in letters]
        changes.commit()
    return found[-1]


@pytest.fixture
def bag(monkeypatch):
    found = Bag()
    monkeypatch.setattr(carrying, "send", found.send)
    monkeypatch.setattr(carrying, "answered", found.answer)
    return found


@pytest.fixture
def mike(tmp_path):
    with make_library(tmp_path / "mike") as library:
        yield library


@pytest.fixture
def viktor(tmp_path):
    with make_library(tmp_path / "viktor") as library:
        yield library


@pytest.fixture
def friends(mike, viktor):
    """Each has the other's card, under a name of his own."""
    cards = my_card(mike, name="Mike"), my_card(viktor, name="Viktor")
    add_friend(mike, cards[1], name="Vitya")
    add_friend(viktor, cards[0])
    return cards
