"""Rows about what reels for friends carried."""

from __future__ import annotations

from typing import Annotated

import msgspec

from magnitizdat.model import DigestOrNone, Imprint, Moment, ReleaseIdOrNone, Value


class GivenRow(Value, frozen=True, kw_only=True, tag="given", tag_field="row"):
    """A reel for the friend of that imprint carried an album (by its id here), as its label signed it then.

    Without an album: when the last reel for them was cut. `rows`: of an album in no label, how many rows of the journal
    spoke of it then; none where an older mag wrote this. `reel`: the id of that reel, where a slip may speak of it.
    """

    friend: Imprint
    at: Moment
    album: ReleaseIdOrNone = ""
    sha256: DigestOrNone = ""
    rows: Annotated[int, msgspec.Meta(ge=0, lt=1 << 53)] = 0
    reel: ReleaseIdOrNone = ""

    @property
    def subject(self) -> str:
        return f"given:{self.friend}:{self.album}"


class GivenGone(Value, frozen=True, kw_only=True, tag="given-gone", tag_field="row"):
    """What a friend was given before is forgotten: rows about it that another library still has say nothing."""

    friend: Imprint
    at: Moment

    @property
    def subject(self) -> str:
        return f"given-gone:{self.friend}"


GivenRows = GivenRow | GivenGone
