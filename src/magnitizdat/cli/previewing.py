"""What lies on sources, and what a dub would make of it: `mag reel list`, `mag dub --dry-run`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from magnitizdat.cli import face
from magnitizdat.errors import SourceError, UsageError, WrongPassphraseError, partly
from magnitizdat.model import Shortfall, fields
from magnitizdat.sentence import SILENCE, say

if TYPE_CHECKING:
    from magnitizdat.ops.dub.previewing import Offered, Preview
    from magnitizdat.ops.dub.wishes import DubWishes
    from magnitizdat.ops.places.socks import Proxy


def show_sources(
    places: Sequence[str], spoken: str, wishes: DubWishes | None = None, *, proxy: Proxy | None = None
) -> int:
    """A table of albums, one for all sources; one that fails is told as missing, and stops no other. Nothing is taken.

    Raises: what one raised, where it is all there is.
    """
    from magnitizdat.ops.dub.previewing import Preview, preview
    from magnitizdat.ops.places.sources import PassedOver, open_sources

    out, found, sources = face.current, Preview([], [], []), 0
    short, unread = list[Shortfall](), list[PassedOver]()
    with out.library() as library:
        ask = out.ask_line if out.may_ask else None
        for place in places:
            try:
                for each in open_sources(library, place, words=spoken, ask=ask, proxy=proxy, unread=unread):
                    lying = preview(library, each.spool, now=datetime.now(UTC), wishes=wishes)
                    found.albums.extend(lying.albums)
                    found.missing.extend(lying.missing)
                    found.older.extend(lying.older)
                    short += each.shortfalls
                    sources += 1
            except (SourceError, WrongPassphraseError) as exc:
                unread.append(PassedOver(place, exc))
    if len(unread) == 1 and not sources:
        raise unread[0].error
    found.missing.extend(each.shortfall for each in unread)
    if not sources and not unread:
        raise UsageError(say("no reel is mounted here; plug a stick in, or name a folder or an address"))
    if wishes is not None:
        wishes.require_met()
    missing = (*short, *found.missing)
    out.document({"releases": fields(found.albums), "older": fields(found.older), "missing": fields(missing)})
    _show(found)
    out.missing(missing)
    return partly(missing) if sources else unread[0].error.exit_code


def _show(found: Preview) -> None:
    out = face.current
    rows = [
        [_who(each), out.artist(each.artist), each.title, _tracks(each), out.spoken(each.sentence())]
        for each in found.albums
    ]
    if rows:
        out.table([say("LABEL"), say("ARTIST"), say("ALBUM"), say("TRACKS"), SILENCE], rows)
    elif not found.missing:
        out.say("No album is on it that a label signed.")
    for each in found.albums:
        if each.news == "withdrawn" and each.reason:
            out.say("«{label}» withdrew «{title}»: {reason}", label=each.label, title=each.title, reason=each.reason)
    for label in found.older:
        out.say(label.sentence())


def _who(each: Offered) -> str:
    return face.current.spoken(say("passed on")) if each.carried else each.label


def _tracks(offered: Offered) -> str:
    """How many of its tracks are on it, or until when it is closed."""
    if offered.closed:
        return face.current.spoken(say("closed until {day}", day=offered.closed))
    return f"{offered.tracks}/{offered.tracks + offered.elsewhere}" if offered.elsewhere else str(offered.tracks)
