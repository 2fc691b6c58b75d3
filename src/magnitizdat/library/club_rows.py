"""Rows about clubs: how we stand to each, which labels are known through one alone, and whose keys are here."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from magnitizdat.model import AgeRecipient, Imprint, ImprintOrNone, Moment, ReleaseId, ReleaseIdOrNone, ShownName, Value

ClubStanding = Literal["member", "left", "out"]
Fate = Literal["taken", "waiting", "passed over"]
MAX_IDS = 64
"""Ids under which one person was let into one club, or out of it; of more the last count."""
Ids = Annotated[tuple[ReleaseId, ...], msgspec.Meta(max_length=MAX_IDS)]


class ClubRow(Value, frozen=True, kw_only=True, tag="club", tag_field="row"):
    """How we stand to a club since that day; `left`: we went, `out`: one of its officers wrote that we were let out.

    `ids`, under which we were let in, and `gone`, under which we were let out; `until` is the number of the first epoch
    whose key is not for us since.
    """

    imprint: Imprint
    name: ShownName = ""
    standing: ClubStanding = "member"
    at: Moment = ""
    ids: Ids = ()
    gone: Ids = ()
    until: Annotated[int, msgspec.Meta(ge=0, lt=1 << 53)] = 0

    @property
    def subject(self) -> str:
        return f"club:{self.imprint}"


class ClubLabelRow(Value, frozen=True, kw_only=True, tag="club-label", tag_field="row"):
    """A label that was first heard of through a club, and stays there: the club's own, its officers', and others.

    `made`: it is the club's own, or was made for its sake. No club is named where the person let it out.
    """

    imprint: Imprint
    club: ImprintOrNone = ""
    made: bool = False

    @property
    def subject(self) -> str:
        return f"club-label:{self.imprint}"


class ClubVoiceRow(Value, frozen=True, kw_only=True, tag="club-voice", tag_field="row"):
    """A label that was made here to speak in a club. Nobody else says so, and what a club's root says makes none."""

    imprint: Imprint
    club: Imprint

    @property
    def subject(self) -> str:
        return f"club-voice:{self.imprint}"


class EpochRow(Value, frozen=True, kw_only=True, tag="epoch", tag_field="row"):
    """The key of a club's door, which that officer made; `gone` are the ids that they knew.

    `teller`: the officer whose letter says all this; empty where it was made here.

    `out`: since when it has not been in force, as far as was heard here; `over`: the last look that counts and
    found its time over, after so many `looks`: its key rests; `destroyed`: that is here no more.
    """

    club: Imprint
    id: ReleaseId
    number: Annotated[int, msgspec.Meta(ge=1, lt=1 << 53)]
    recipient: AgeRecipient
    officer: ImprintOrNone = ""
    teller: ImprintOrNone = ""
    gone: Annotated[tuple[ReleaseId, ...], msgspec.Meta(max_length=1500)] = ()
    out: Moment = ""
    over: Moment = ""
    looks: Annotated[int, msgspec.Meta(ge=0)] = 0
    destroyed: bool = False

    @property
    def subject(self) -> str:
        return f"epoch:{self.club}:{self.id}"


class ClubNewsRow(Value, frozen=True, kw_only=True, tag="club-news", tag_field="row"):
    """What became of a letter of a club: its news is acted on once, or waits for a word of the person.

    `letter` names it here; `id` is what its sender called it, of one that was taken.
    """

    letter: ReleaseId
    club: ImprintOrNone = ""
    fate: Fate
    id: ReleaseIdOrNone = ""

    @property
    def subject(self) -> str:
        return f"club-news:{self.letter}"


ClubsRow = ClubRow | ClubLabelRow | ClubVoiceRow | EpochRow | ClubNewsRow
