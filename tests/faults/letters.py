"""Verbs about letters, for the table of verbs."""

from __future__ import annotations

from magnitizdat.formats.age_keys import X25519Identity
from magnitizdat.library.letter_rows import LetterKeyRow, SentRow, SilencedRow
from magnitizdat.library.members import letter_name
from magnitizdat.ops.labels import labels
from magnitizdat.ops.post import carrying
from magnitizdat.ops.post.addresses import label_document, letter_identities, take_letters
from magnitizdat.ops.post.blocking import block
from magnitizdat.ops.post.inbox import Arrivals, inbox, read_letter, remove
from magnitizdat.ops.post.writing import write
from tests.fakes_letters import file_of, letter_to
from tests.fakes_library import NOW
from tests.faults.accidents import Verb
from tests.faults.world import World

NAME, ID = "With an address", 32 * "a"
FRIEND = X25519Identity.generate().recipient.text


def _label(world: World) -> str:
    return labels.find_label(world.library, NAME).imprint


def _born(world: World) -> None:
    labels.create(world.library, NAME, now=NOW)


def _takes(world: World) -> None:
    _born(world)
    take_letters(world.library, NAME, "on", now=NOW)


def _opens_what_it_says(world: World) -> bool:
    """At no time does the label name an address whose key is not here."""
    document = label_document(world.library, _label(world))
    mine = {each.recipient.text for each in letter_identities(world.library)}
    return document is not None and (not document.letters or document.letters in mine)


def _has_address(world: World) -> bool:
    return bool(label_document(world.library, _label(world)).letters) and _opens_what_it_says(world)


def _is_retired(world: World) -> bool:
    rows = world.library.index.listening.kept(LetterKeyRow, "letter-key:")
    return len(rows) > 1 and sum(not row.retired for row in rows) == 1 and _opens_what_it_says(world)


def _is_on_its_way(world: World) -> bool:
    """What is noted as sent lies in the bag."""
    rows = world.library.index.listening.kept(SentRow, "sent:")
    return bool(rows) and carrying.carried(world.library, now=NOW).own == len(rows)


def _came(world: World) -> None:
    mine = world.library.secrets.addresses[0].recipient.text
    with world.library.changes() as changes:
        arrivals = Arrivals(world.library, changes, now=NOW)
        for number, letter in enumerate((ID, 32 * "b")):
            arrivals.receive(file_of(letter_to(mine, id=letter, sender=f"Sender {number}", text=f"text {number}")))
        changes.commit()


def _reads(world: World) -> bool:
    return read_letter(world.library, 32 * "b").text == "text 1"


def _is_gone(world: World) -> bool:
    ids = {line.id for line in inbox(world.library).letters}
    return ids == {32 * "b"} and not world.library.has_member(letter_name(ID)) and _reads(world)


def _is_silenced(world: World) -> bool:
    return len(world.library.index.listening.kept(SilencedRow, "silenced:")) == 1


LETTERS = {
    "label-letters": Verb(
        lambda world: take_letters(world.library, NAME, "on", now=NOW),
        _has_address,
        before=_born,
        meanwhile=_opens_what_it_says,
    ),
    "label-letters-new": Verb(
        lambda world: take_letters(world.library, NAME, "new", now=NOW),
        _is_retired,
        before=_takes,
        meanwhile=_opens_what_it_says,
    ),
    "letter-write": Verb(lambda world: write(world.library, FRIEND, "Hello", now=NOW), _is_on_its_way),
    "letter-remove": Verb(lambda world: remove(world.library, ID), _is_gone, before=_came, meanwhile=_reads),
    "letter-block": Verb(
        lambda world: block(world.library, "Sender 0", now=NOW), _is_silenced, before=_came, meanwhile=_reads
    ),
}
LETTER_COMMANDS = {
    "label letters": ("label-letters", "label-letters-new"),
    "letter write": ("letter-write",),
    "inbox": ("letter-remove", "letter-block"),
}
