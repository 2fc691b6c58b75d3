"""`mag reel cut --dry-run`: which albums a stick would carry, in which order, and why. Nothing is written to it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from msgspec import structs

from magnitizdat.disk.space import space
from magnitizdat.library.library import Library
from magnitizdat.model import AlbumName, Outcome, Progress, Shortfall, Value
from magnitizdat.ops.give.chosen import PreparedStick, StickWish, Tell, prepare
from magnitizdat.ops.give.fill import NO_ROOM
from magnitizdat.ops.give.fitting import say_withdrawn
from magnitizdat.ops.give.planned import plan_reel
from magnitizdat.ops.give.stowing import StowedAlbum
from magnitizdat.sentence import say, size_words


class StickPlan(Value, frozen=True, kw_only=True, omit_defaults=False):
    """What a stick would carry, best first; `length` bytes in all; what does not fit; how many came there before."""

    albums: tuple[StowedAlbum, ...]
    left_out: tuple[AlbumName, ...]
    length: int
    had: int = 0

    def outcome(self) -> Outcome:
        """A line an album."""
        headline = say(
            "{albums} {albums:album|albums} would go, {length} in all; nothing was written.",
            albums=len(self.albums),
            length=size_words(self.length),
        )
        lines = [each.sentence() for each in self.albums]
        if self.had:
            lines.append(
                say("Albums that had come there before, or that nobody lacks, and that stay here: {n}.", n=self.had)
            )
        missing = tuple(Shortfall(what=each.title, reason=NO_ROOM, id=each.id) for each in self.left_out)
        return Outcome(headline=headline, lines=tuple(lines), missing=missing)


def rehearse(
    library: Library, folder: Path, wish: StickWish, *, now: datetime, tell: Tell, progress: Progress
) -> StickPlan:
    """What `fill` would write, where nobody says how much into the room that is there.

    Small versions of what is only passed on are made for it, and kept. Raises: as `fill`.
    """
    if wish.size is None:
        wish = structs.replace(wish, size=space(folder).free or 1 << 62)
    prepared = prepare(library, folder, wish, now=now, tell=tell, progress=progress)
    say_withdrawn(prepared.choice.cargo, tell)
    length, going = _measured(prepared)
    stowed = tuple(each for each in prepared.choice.stowed if each.id in going)
    left = tuple(each for each in prepared.choice.cargo.albums() if each.id not in going)
    return StickPlan(albums=stowed, left_out=(*left, *prepared.choice.left_out), length=length, had=prepared.choice.had)


def _measured(prepared: PreparedStick) -> tuple[int, set[str]]:
    """Bytes in all, and ids of the albums that go."""
    wish, to, cargo = prepared.wish, prepared.to, prepared.choice.cargo
    if wish.is_open:
        return cargo.length, {each.id for each in cargo.albums()}
    _, order = plan_reel(
        cargo,
        recipients=max(1, len(to.recipients)),
        word_sealed=not to.recipients,
        parity_percent=wish.parity,
        size=wish.size,
        as_one_file=wish.one_file,
    )
    return order.total_bytes, {each.id for each in order.albums}
