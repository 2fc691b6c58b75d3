"""Rows about what one asks for: albums and labels that are not here."""

from __future__ import annotations

from magnitizdat.model import ImprintOrNone, Moment, ReleaseIdOrNone, ShownName, Value, WishedId


class WishRow(Value, frozen=True, kw_only=True, tag="wish", tag_field="row"):
    """An album (by its release id), or (without one) all of a label, is asked for; what is known of it stands beside.

    `imprint` is empty where nobody said whose album it is.
    """

    release_id: ReleaseIdOrNone = ""
    imprint: ImprintOrNone = ""
    title: ShownName = ""
    label: ShownName = ""
    at: Moment = ""

    @property
    def id(self) -> str:
        """What names it to others."""
        return self.release_id or self.imprint

    @property
    def subject(self) -> str:
        return f"wish:{self.id}"


class WishGone(Value, frozen=True, kw_only=True, tag="wish-gone", tag_field="row"):
    """It is asked for no more."""

    id: WishedId

    @property
    def subject(self) -> str:
        return f"wish:{self.id}"


WishesRow = WishRow | WishGone
