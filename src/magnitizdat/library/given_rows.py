"""Rows about what reels for friends carried."""

from __future__ import annotations

from typing import Literal

from magnitizdat.model import DigestField, Imprint, Moment, ReleaseId, Value


class GivenRow(Value, frozen=True, kw_only=True, tag="given", tag_field="row"):
    """A reel for the friend of that imprint carried an album (by its id here), as its label signed it then.

    Without an album: when the last reel for them was cut.
    """

    friend: Imprint
    at: Moment
    album: ReleaseId | Literal[""] = ""
    sha256: DigestField | Literal[""] = ""

    @property
    def subject(self) -> str:
        return f"given:{self.friend}:{self.album}"
