"""Letter files: age files of one of two exact lengths, to 1, 64 or 256 recipients, with a ZIP of stored members inside.

The sealed container of cells and segments in two more lengths. PURE but for the randomness drawn in `age_keys`.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

from magnitizdat.errors import DamagedError, NoSpaceError, UsageError
from magnitizdat.formats import age_stream
from magnitizdat.formats.age_header import header_length, read_header
from magnitizdat.formats.age_keys import Identity, X25519Identity, X25519Recipient
from magnitizdat.formats.container import Container, ContainerShape, seal_container
from magnitizdat.formats.container import room as container_room
from magnitizdat.formats.zip_store import PAD_NAME, member_cost
from magnitizdat.model import ReadAt
from magnitizdat.sentence import say

SMALL, LARGE = 65_536, 1_048_576
LENGTHS = (SMALL, LARGE)
"""Bytes of a whole letter file."""
RECIPIENTS = (1, 64, 256)
"""How many recipients a letter file names: one person, or a club in one of two steps."""
_STEPS = {header_length(count): count for count in RECIPIENTS}
SHORT_HEADER, LONGEST_HEADER = min(_STEPS), max(_STEPS)
"""Bytes of a header that names one, and of the longest."""

_BASE64 = rb"[A-Za-z0-9+/]{43}\n"
_HEADER = re.compile(rb"age-encryption\.org/v1\n(?:-> X25519 %b%b)+--- %b" % (_BASE64, _BASE64, _BASE64))
_NO_LETTER = say("this is no letter: it has not the form of one; leave it alone")


def shape(length: int, recipients: int) -> ContainerShape:
    """The container that makes a file of exactly `length` bytes with so many recipients.

    Raises: ValueError where no letter file has them.
    """
    if length not in LENGTHS or recipients not in RECIPIENTS:
        raise ValueError("no letter file has that length or that many recipients")
    return ContainerShape(age_stream.plain_length(length - header_length(recipients)), recipients)


def room(length: int, recipients: int) -> int:
    """Bytes of `member_cost` that fit a letter file."""
    return container_room(shape(length, recipients))


def seal_letter(
    members: Sequence[tuple[str, bytes]], recipients: Sequence[X25519Recipient], *, length: int | None = None
) -> bytes:
    """A letter file with these members: of `length` bytes, or of the smaller length where they fit it.

    Recipients are filled up with throw-away ones, and shuffled.

    Raises: UsageError for nobody or more than 256, NoSpaceError if the members do not fit.
    """
    padded = _filled_up(recipients)
    needed = sum(member_cost(name, len(content)) for name, content in members)
    for each in LENGTHS if length is None else (length,):
        if needed <= room(each, len(padded)):
            return bytes(seal_container(members, shape(each, len(padded)), padded))
    raise NoSpaceError(say("this does not fit a letter; shorten it, or leave the attachment away"))


def _filled_up(recipients: Sequence[X25519Recipient]) -> list[X25519Recipient]:
    step = next((each for each in RECIPIENTS if each >= len(recipients) > 0), None)
    if step is None:
        raise UsageError(say("a letter goes to between one and 256 people; write several"))
    padded = [*recipients, *(X25519Identity.generate().recipient for _ in range(step - len(recipients)))]
    random.SystemRandom().shuffle(padded)
    return padded


def to_nobody(length: int) -> bytes:
    """A letter that nobody can open, like any other to one person."""
    return seal_letter([], [X25519Identity.generate().recipient], length=length)


def open_letter(source: ReadAt, identities: Sequence[Identity]) -> dict[str, bytes]:
    """The members of a letter, but for what fills it up.

    Raises: NotMineError if no identity fits, DamagedError, OSError from the source.
    """
    if not is_letter(source.length, source.read_at(0, LONGEST_HEADER)):
        raise DamagedError(_NO_LETTER)
    container = Container(source, identities)
    return {name: container.read(name) for name in container.members if name != PAD_NAME}


def is_for(header: bytes, identities: Sequence[Identity]) -> bool:
    """Whether a letter with this header, in which one is named, opens with one of these: its payload is not asked."""
    try:
        stanzas = read_header(header).stanzas
        return any(identity.unwrap(stanzas) is not None for identity in identities)
    except DamagedError:
        return False


def is_letter(length: int, header: bytes) -> bool:
    """Whether a file of this length that begins like this has the form of a letter; `header` holds all of it."""
    return recipients_of(length, header) > 0


def recipients_of(length: int, header: bytes) -> int:
    """How many recipients it names; 0 where it has not the form of a letter."""
    found = _HEADER.match(header) if length in LENGTHS else None
    return _STEPS.get(found.end(), 0) if found else 0
