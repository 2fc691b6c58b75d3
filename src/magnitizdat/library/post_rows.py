"""Rows about post: sealed letters that lie in the vault to go along, own ones and those of others."""

from __future__ import annotations

from typing import Annotated

import msgspec

from magnitizdat.formats.letter_file import LARGE, SMALL
from magnitizdat.library.letter_rows import LettersRow
from magnitizdat.model import DigestField, Moment, ReleaseIdOrNone, Value


class CarriedRow(Value, frozen=True, kw_only=True, tag="carried", tag_field="row"):
    """A letter file goes along: an own one since it was written, one of others since it was first seen here.

    `letter` is the id of an own one. `untried`: to several, and nobody here has tried yet whether it opens.
    `over`: the last look that counts and found its time over, after so many `looks`: it rests.
    """

    sha256: DigestField
    length: Annotated[int, msgspec.Meta(ge=SMALL, le=LARGE)]
    since: Moment
    letter: ReleaseIdOrNone = ""
    untried: bool = False
    over: Moment = ""
    looks: Annotated[int, msgspec.Meta(ge=0)] = 0

    @property
    def subject(self) -> str:
        return f"carried:{self.sha256}"


class CarriedGone(Value, frozen=True, kw_only=True, tag="carried-gone", tag_field="row"):
    """It goes along no more, and is not taken in again: its time is over, or it was answered."""

    sha256: DigestField

    @property
    def subject(self) -> str:
        return f"carried:{self.sha256}"


PostRow = LettersRow | CarriedRow | CarriedGone
