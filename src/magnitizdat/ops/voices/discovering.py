"""`mag discover`: what labels that one follows say of albums that one has not heard, best first, and why."""

from __future__ import annotations

from magnitizdat.library.library import Library
from magnitizdat.model import Outcome, Value
from magnitizdat.sentence import Sentence, framed, listed, say

MOST_LINES = 500


class Discovery(Value, frozen=True, kw_only=True):
    """An album that is worth a listen, and why.

    `id` is that on the shelf, and `here` where something of it plays; else it is what voices call it: `imprint` and
    `release_id` where its label gave it a name, and the label to ask (`label`) where that one is known. An album of
    which only songs are known has no title. `sum` is what labels say, `taste` from 1 to 2.
    """

    artist: str
    title: str
    sum: int
    taste: float
    id: str = ""
    here: bool = False
    imprint: str = ""
    release_id: str = ""
    label: str = ""
    reasons: tuple[Sentence, ...] = ()


class DiscoverReport(Value, frozen=True, kw_only=True):
    """Albums, the likeliest first; `followed` labels were asked."""

    albums: tuple[Discovery, ...] = ()
    followed: int = 0

    def outcome(self) -> Outcome:
        """A line for each album."""
        if self.albums:
            count = len(self.albums)
            head = say("{n} {n:album|albums} that you have not heard, best first.", n=count)
            return Outcome(headline=head, lines=tuple(map(_line, self.albums)))
        if self.followed:
            return Outcome(headline=say("No label that you follow speaks for anything that you have not heard."))
        return Outcome(headline=say("You follow no label yet; `mag follow` makes the word of one count."))


def discover(library: Library, *, listener: str = "", size: int = 20) -> DiscoverReport:
    """What a listener (empty: the owner) has not heard, by the order of `ranking`; nothing is written."""
    raise NotImplementedError


def _line(album: Discovery) -> Sentence:
    return framed("{what}: {why}", what=f"{album.artist} — {album.title}", why=listed(album.reasons, "; "))
