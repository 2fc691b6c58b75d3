"""`mag friend forget`: what a friend was given, and what they asked for, is not known here any more."""

from __future__ import annotations

from datetime import UTC, datetime

from magnitizdat.library.forgetting import forget_rows
from magnitizdat.library.given_rows import GivenGone
from magnitizdat.library.library import Library
from magnitizdat.library.slip_rows import SlipReelRow
from magnitizdat.model import Outcome, Value
from magnitizdat.ops.labels.friends import friend_named
from magnitizdat.sentence import say


class ForgottenReport(Value, frozen=True, kw_only=True, omit_defaults=False):
    """Of how many albums it was known that a friend had them from here."""

    name: str
    albums: int

    def outcome(self) -> Outcome:
        """What that does, and what it does not."""
        return Outcome(
            headline=say(
                "Forgotten: which albums «{name}» had from here ({albums}), and what they asked for.",
                name=self.name,
                albums=self.albums,
            ),
            lines=(
                say("They stay a friend; the next reel for them carries everything again. Older backups still know."),
            ),
        )


def forget_given(library: Library, name: str, *, now: datetime) -> ForgottenReport:
    """Destroy what is known of reels for a friend.

    Raises: UsageError where there is none of that name, LibraryError.
    """
    with library.changes(frees=True) as changes:
        known = friend_named(library, name)
        imprint = library.shelf.friends()[known].imprint
        given = {subject for subject, _ in library.index.pages.below(f"given:{imprint}:")}
        reels = [row for row in library.index.listening.kept(SlipReelRow, "slip-reel:") if imprint in row.friends]
        of_reels = {f"{kind}:{row.reel}" for row in reels for kind in ("slip-reel", "slip")}
        forget_rows(library, changes, given | of_reels)
        changes.row(GivenGone(friend=imprint, at=now.astimezone(UTC).isoformat(timespec="seconds")))
        changes.commit()
    return ForgottenReport(name=known, albums=len(given - {f"given:{imprint}:"}))
