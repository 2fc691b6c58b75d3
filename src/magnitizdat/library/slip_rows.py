"""Rows about slips: addresses that lie in reels, the reels they lie in, and what came back."""

from __future__ import annotations

from typing import Annotated

import msgspec

from magnitizdat.model import AgeRecipient, Imprint, Moment, ReleaseId, Value, WishedId

Count = Annotated[int, msgspec.Meta(ge=0, lt=1 << 53)]


class SlipKeyRow(Value, frozen=True, kw_only=True, tag="slip-key", tag_field="row"):
    """A return address, of that `quarter` (`2026-4`) by the clock of then; the highest numbers are in force."""

    recipient: AgeRecipient
    quarter: Annotated[str, msgspec.Meta(max_length=16)]
    number: Count = 0

    @property
    def subject(self) -> str:
        return f"slip-key:{self.recipient}"


class SlipReelRow(Value, frozen=True, kw_only=True, tag="slip-reel", tag_field="row"):
    """A reel with a return address, and the friends (by imprint) whom it was for."""

    reel: ReleaseId
    friends: Annotated[tuple[Imprint, ...], msgspec.Meta(max_length=1024)] = ()
    at: Moment = ""

    @property
    def subject(self) -> str:
        return f"slip-reel:{self.reel}"


class SlipRow(Value, frozen=True, kw_only=True, tag="slip", tag_field="row"):
    """What the newest slip of a reel said, and ids of the letters that were slips of it: each counts once."""

    reel: ReleaseId
    at: Moment
    letters: Annotated[tuple[ReleaseId, ...], msgspec.Meta(max_length=64)] = ()
    whole: bool = False
    arrived: Annotated[tuple[ReleaseId, ...], msgspec.Meta(max_length=4096)] = ()
    damaged: Count = 0
    wanted: Annotated[tuple[WishedId, ...], msgspec.Meta(max_length=4096)] = ()

    @property
    def subject(self) -> str:
        return f"slip:{self.reel}"


SlipsRow = SlipKeyRow | SlipReelRow | SlipRow
