"""An officer's roster in parts, each sealed to the officers: opened, added to, sealed anew. PURE but for randomness.

What an officer did is only ever added, so that a part which is full stays as it is.
"""

from __future__ import annotations

import random
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime

from msgspec.structs import replace

from magnitizdat.catalogue.clubs import MAX_ADMISSIONS, MAX_PARTS, Admission, Expulsion, GivenEpoch, RosterPart
from magnitizdat.catalogue.documents import decode, encode
from magnitizdat.errors import DamagedError, NotMineError, UsageError
from magnitizdat.formats.age import seal, unseal
from magnitizdat.formats.age_keys import Identity, X25519Recipient, pad_recipients
from magnitizdat.scene.post import is_over
from magnitizdat.sentence import say

STEPS = (2048, 4096, 8192, 16_384, 32_768, 46_000)
"""Bytes to which a part is filled up before it is sealed, so that members learn little of how many there are."""
MAX_PLAIN = STEPS[-1]
"""Bytes of a part: sealed to as many officers as there may be, and in base64, it is a document that others take."""
BESIDE = 2048
"""Bytes of a part that are left for the addresses of those who can open it."""
_NAMES = 128
"""Bytes of what frames the lists of a part."""

Act = Admission | Expulsion | GivenEpoch


def sealed_part(part: RosterPart, addresses: Sequence[str]) -> str:
    """A part for these alone, in base64.

    Raises: DamagedError where one of them is no address, UsageError where the part is too long.
    """
    said = encode(replace(part, sealed_to=tuple(sorted(addresses))))
    length = next((step for step in STEPS if step >= len(said)), 0)
    if not length:
        raise UsageError(say("this part of the list of members is too long; nothing was changed"))
    recipients = [X25519Recipient.from_text(each) for each in sorted(set(addresses))]
    return b64encode(seal(said.ljust(length), pad_recipients(recipients))).decode()


def opened_part(sealed: str, identities: Sequence[Identity]) -> RosterPart | None:
    """What it says; None where it is sealed to others, or is damaged."""
    with suppress(NotMineError, DamagedError, ValueError):
        return decode(RosterPart, unseal(b64decode(sealed, validate=True), identities), max_length=MAX_PLAIN)
    return None


def together(parts: Iterable[RosterPart]) -> RosterPart:
    """All parts as one roster."""
    every = list(parts)
    return RosterPart(
        admissions=tuple(each for part in every for each in part.admissions),
        expulsions=tuple(each for part in every for each in part.expulsions),
        given=tuple(each for part in every for each in part.given),
    )


def added(parts: Mapping[int, RosterPart], acts: Iterable[Act], *, writer: str = "") -> dict[int, RosterPart]:
    """The parts that change when these are added, by their numbers.

    `writer` names a copy of a library: it writes on in parts of its own, so that two of one person's lose nothing.

    Raises: UsageError where no part has room.
    """
    now, changed = dict(parts), set[int]()
    lengths = {number: _length(part) for number, part in parts.items() if part.writer == writer}
    for act in acts:
        length = _length(act) + 1
        number = next((each for each in sorted(lengths) if _has_room(now[each], lengths[each], act, length)), -1)
        if number < 0:
            number = _free(now)
            now[number], lengths[number] = RosterPart(writer=writer), _NAMES
        now[number] = _with(now[number], act)
        lengths[number] += length
        changed.add(number)
    return {each: now[each] for each in sorted(changed)}


def without_given(parts: Mapping[int, RosterPart], epochs: Iterable[str]) -> dict[int, RosterPart]:
    """The parts that change when it is forgotten to whom the keys of these epochs went."""
    gone = set(epochs)
    return _thinner(parts, lambda given: given.epoch not in gone)


def without_ended(parts: Mapping[int, RosterPart], now: datetime) -> dict[int, RosterPart]:
    """The parts that change when keys are owed again that went by letters which go along no more."""
    return _thinner(parts, lambda given: not _has_ended(given.at, now))


def _thinner(parts: Mapping[int, RosterPart], is_kept: Callable[[GivenEpoch], bool]) -> dict[int, RosterPart]:
    thinner = {
        number: replace(part, given=tuple(each for each in part.given if is_kept(each)))
        for number, part in parts.items()
    }
    return {number: part for number, part in thinner.items() if part != parts[number]}


def _has_ended(at: str, now: datetime) -> bool:
    """Of a list without a day, or with an odd one, that is not known."""
    with suppress(ValueError, TypeError):
        return is_over(datetime.fromisoformat(at), now)
    return False


def given_acts(
    epoch: str, members: Sequence[str], officers: Sequence[str] = (), *, at: str = ""
) -> Iterator[GivenEpoch]:
    """To whom the key of an epoch went, in pieces that fit a part."""
    for start in range(0, max(1, len(members)), MAX_ADMISSIONS):
        piece = tuple(members[start : start + MAX_ADMISSIONS])
        yield GivenEpoch(epoch=epoch, members=piece, officers=() if start else tuple(officers), at=at)


def _with(part: RosterPart, act: Act) -> RosterPart:
    if isinstance(act, Admission):
        return replace(part, admissions=(*part.admissions, act))
    if isinstance(act, Expulsion):
        return replace(part, expulsions=(*part.expulsions, act))
    return replace(part, given=(*part.given, act))


def _has_room(part: RosterPart, length: int, act: Act, more: int) -> bool:
    is_full = isinstance(act, Admission) and len(part.admissions) >= MAX_ADMISSIONS
    return not is_full and length + more <= MAX_PLAIN - BESIDE


def _length(said: RosterPart | Act) -> int:
    return len(encode(said))


def _free(parts: Mapping[int, RosterPart]) -> int:
    """One of chance: two copies of a library that begin a part apart hardly ever take the same."""
    numbers = [each for each in range(MAX_PARTS) if each not in parts]
    if not numbers:
        raise UsageError(say("your list of members is full; let another officer admit"))
    return random.SystemRandom().choice(numbers)
