"""Documents of a club: who is let in, which key its door has, where it meets. PURE.

A club is a label whose root keys are its officers'; its signed root names it and its officers. Each officer writes
alone, in a label made for this club: these documents. What they say together is found in `scene.clubs`.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from magnitizdat.catalogue.voices import voice_id
from magnitizdat.model import (
    END,
    AgeRecipient,
    DigestField,
    Document,
    Imprint,
    ImprintOrNone,
    Moment,
    Name,
    ReleaseId,
    ShortText,
    Value,
)

ROSTER: Final = "roster"
EPOCH: Final = "epoch"
GIG: Final = "gig"

CLUB: Final = "x-club"
"""Field of a club's signed root: its name and the imprints of its officers' club labels."""
MAX_OFFICERS = 16
MAX_FORMER = 64
"""Officers who were removed, the last ones: as many as a root has room for."""
MAX_NUMBER = (1 << 53) - 1
"""Of an epoch: what every reader of JSON keeps whole."""
MAX_PARTS = 64
"""Documents over which an officer's roster may be spread."""
MAX_GONE = 1500
MAX_ADMISSIONS = 200
"""Members that one part of a roster names."""


class ClubRoot(Value, frozen=True, kw_only=True):
    """What a club's root says of it: club labels of its officers, and `former` ones, which speak for it no more.

    `keys` are the root keys (hex) of officers by their club labels; a founder's stands there when others are appointed.
    """

    name: Name
    officers: Annotated[tuple[Imprint, ...], Meta(max_length=MAX_OFFICERS)] = ()
    keys: Annotated[dict[Imprint, DigestField], Meta(max_length=MAX_OFFICERS)] = msgspec.field(default_factory=dict)
    former: Annotated[tuple[Imprint, ...], Meta(max_length=MAX_FORMER)] = ()


class Admission(Value, frozen=True, kw_only=True):
    """Somebody who was let in, under an id of chance: a new one for who comes back.

    `address` is where letters to them are sealed to, `since` the number of the epoch that was in force then.
    """

    id: ReleaseId
    name: Name
    address: AgeRecipient
    imprint: ImprintOrNone = ""
    since: Annotated[int, Meta(ge=0, le=MAX_NUMBER)] = 0
    at: Moment = ""


class Expulsion(Value, frozen=True, kw_only=True):
    """Somebody who was let out, by the id of their admission."""

    id: ReleaseId
    at: Moment = ""


class GivenEpoch(Value, frozen=True, kw_only=True):
    """To whom an officer sent the key of an epoch: ids of admissions, and imprints of other officers' club labels.

    `at`: when the letter was written; once that has ended nobody knows whether they have it.
    """

    epoch: ReleaseId
    members: tuple[ReleaseId, ...] = ()
    officers: Annotated[tuple[Imprint, ...], Meta(max_length=MAX_OFFICERS)] = ()
    at: Moment = ""


class RosterPart(Value, frozen=True, kw_only=True):
    """What a roster says, once it is opened. All parts of one officer are one roster.

    `sealed_to` are the addresses of those who can open it, `writer` is the copy of a library that adds to it.
    """

    admissions: Annotated[tuple[Admission, ...], Meta(max_length=MAX_ADMISSIONS)] = ()
    expulsions: tuple[Expulsion, ...] = ()
    given: tuple[GivenEpoch, ...] = ()
    sealed_to: Annotated[tuple[AgeRecipient, ...], Meta(max_length=MAX_OFFICERS)] = ()
    writer: Annotated[str, Meta(max_length=32)] = ""


class Roster(Document, frozen=True, kw_only=True):
    """A part of an officer's roster: `sealed` is an age file, in base64, of a `RosterPart` for the officers alone."""

    schema: Literal["magnitizdat/roster/1"] = "magnitizdat/roster/1"
    club: Imprint
    part: Annotated[int, Meta(ge=0, lt=MAX_PARTS)] = 0
    sealed: Annotated[str, Meta(max_length=63 << 10, pattern="^[A-Za-z0-9+/]+={0,2}" + END)]

    @property
    def id(self) -> str:
        """One for each part."""
        return voice_id(ROSTER, self.club, str(self.part))


class Epoch(Document, frozen=True, kw_only=True):
    """A key of the club's door: reels for it are sealed to `recipient`. `gone`: every expelled id its maker knew."""

    schema: Literal["magnitizdat/epoch/1"] = "magnitizdat/epoch/1"
    id: ReleaseId
    club: Imprint
    number: Annotated[int, Meta(ge=1, le=MAX_NUMBER)]
    recipient: AgeRecipient
    gone: Annotated[tuple[ReleaseId, ...], Meta(max_length=MAX_GONE)] = ()
    at: Moment = ""


class Gig(Document, frozen=True, kw_only=True):
    """Where a club meets. Field names, and what they hold, follow iCalendar (RFC 5545), in small letters."""

    schema: Literal["magnitizdat/gig/1"] = "magnitizdat/gig/1"
    club: Imprint
    uid: ReleaseId
    summary: Name
    dtstart: Moment
    dtend: Moment = ""
    location: ShortText = ""
    status: Literal["TENTATIVE", "CONFIRMED", "CANCELLED"] = "CONFIRMED"
    sequence: Annotated[int, Meta(ge=0, lt=1 << 31)] = 0

    @property
    def id(self) -> str:
        """One for each gig."""
        return voice_id(GIG, self.club, self.uid)


CLUB_KINDS: dict[str, type[Roster | Epoch | Gig]] = {ROSTER: Roster, EPOCH: Epoch, GIG: Gig}
