"""`mag discover`: what labels that one follows say of albums that one has not heard, best first, and why."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from magnitizdat.formats.names import imprint_words
from magnitizdat.library.index.views import AlbumView
from magnitizdat.library.library import Library
from magnitizdat.model import Outcome, Value
from magnitizdat.ops.voices.meeting import meetings
from magnitizdat.ops.voices.ranking import Ranking, Unheard, Weighed, Why, as_one
from magnitizdat.ops.voices.spoken import Hearsay, described, likings, spoken
from magnitizdat.sentence import Sentence, framed, listed, say, verbatim

MOST_LINES = 500
MOST_NAMED = 3
_AT_ONCE = 1000
"""Albums among which other names of each are looked for, the best first."""


class Discovery(Value, frozen=True, kw_only=True):
    """An album that is worth a listen, and why.

    `id` is that on the shelf, and `here` where something of it plays. `imprint` and `release_id` are its name, where
    its label gave it one, and `label` what that label is called, where it is known: it is the one to ask. Of an album
    that only a compilation speaks of there is no `title`. `sum` is what labels say, `taste` from 1 to 2.
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
    """Albums, the best first; `followed` labels were asked."""

    albums: tuple[Discovery, ...] = ()
    followed: int = 0

    def outcome(self) -> Outcome:
        """A line for each album."""
        if self.albums:
            head = say("{n} {n:album|albums} that you have not heard, best first.", n=len(self.albums))
            return Outcome(headline=head, lines=tuple(map(_line, self.albums)))
        if self.followed:
            return Outcome(headline=say("No label that you follow speaks for anything that you have not heard."))
        return Outcome(headline=say("You follow no label yet; `mag follow` makes the word of one count."))


def discover(library: Library, *, listener: str = "", size: int = 20) -> DiscoverReport:
    """What a listener (empty: the owner) has not heard, in the order of `ranking`; nothing is written.

    Heard is an album that something was played from, or of which half was played from elsewhere.
    """
    index = library.index.discovering
    said, followed, liked = spoken(index), index.followed(), likings(index, listener)
    order = _in_order(library, said, listener, followed, liked)
    found = list(islice(order, max(0, min(size, MOST_LINES))))
    return DiscoverReport(albums=_told(library, said, found, followed, liked), followed=len(followed))


class _Found(NamedTuple):
    """An album in its place; of several names that mean it the one that stays."""

    weighed: Weighed
    why: Why


def _in_order(
    library: Library, said: Hearsay, listener: str, followed: Collection[str], liked: Collection[str]
) -> Iterator[_Found]:
    index = library.index.discovering
    heard, played = index.heard_albums(listener), index.heard_tracks(listener)
    ranking = Ranking(said.praises, said.vouches, followed=followed, liked=liked)
    order = ranking.order(each for each in said.albums if each.id not in heard)
    for start in range(0, len(order), _AT_ONCE):
        some = [each.album for each in order[start : start + _AT_ONCE]]
        tracks = _tracks(library, said, some)
        fresh = [each for each in some if 2 * len(tracks[each.id] & played) < max(1, len(tracks[each.id]))]
        ones = _ones(meetings({each.id: tracks[each.id] for each in fresh}), said)
        renamed = [each._replace(album=ones.get(each.album, each.album)) for each in said.praises] if ones else []
        again = Ranking(renamed, said.vouches, followed=followed, liked=liked) if ones else ranking
        for each in again.order(as_one(fresh, ones)):
            yield _Found(each, again.why(each))


def _tracks(library: Library, said: Hearsay, albums: Sequence[Unheard]) -> dict[str, frozenset[bytes]]:
    keys = {each.id: said.elsewhere[each.id].key for each in albums if each.id in said.elsewhere}
    shelved = [each.id for each in albums if each.id not in keys]
    on_shelf, named = library.index.discovering.tracks(shelved, keys.values())
    found = {album: frozenset(on_shelf.get(album, ())) for album in shelved}
    return found | {album: frozenset(named.get(key, ())) for album, key in keys.items()}


def _ones(met: Mapping[str, str], said: Hearsay) -> dict[str, str]:
    """Of names that mean one album one that is on the shelf, where there is such a one, stays."""
    groups: dict[str, list[str]] = {}
    for name, first in met.items():
        groups.setdefault(first, []).append(name)
    stays = {first: min(names, key=lambda name: (name in said.elsewhere, name)) for first, names in groups.items()}
    return {name: stays[first] for name, first in met.items()}


def _told(
    library: Library, said: Hearsay, found: Iterable[_Found], followed: Mapping[str, str], liked: Mapping[str, str]
) -> tuple[Discovery, ...]:
    found = list(found)
    index = library.index.discovering
    views = {view.id: view for view in library.shelf.albums_among(each.weighed.album.id for each in found)}
    playing = index.playing(views)
    labels = index.label_names({imprint for each in found for imprint in each.weighed.album.imprints})
    lines = []
    for each in found:
        album, view = each.weighed.album, views.get(each.weighed.album.id)
        name = _name_here(view) if view else _name_elsewhere(library, said, album.id)
        lines.append(
            Discovery(
                **name,
                sum=each.weighed.total,
                taste=each.weighed.score / each.weighed.total,
                here=album.id in playing,
                label=labels.get(name["imprint"], ""),
                reasons=(*_spoken(each.why, followed), *_to_taste(each.weighed, name["artist"], liked)),
            )
        )
    return tuple(lines)


def _name_here(view: AlbumView) -> dict[str, str]:
    named = {"imprint": view.imprint, "release_id": view.release_id if view.imprint else ""}
    return {"id": view.id, "artist": view.artist, "title": view.title, **named}


def _name_elsewhere(library: Library, said: Hearsay, album: str) -> dict[str, str]:
    return described(library, said.elsewhere[album])._asdict()


def _spoken(why: Why, followed: Mapping[str, str]) -> Iterator[Sentence]:
    if why.picked:
        yield say("picked by {who}", who=_names(why.picked, followed))
    if why.rated:
        marks = [say("{stars} of 5 by {who}", stars=stars, who=followed[label]) for label, stars in why.rated]
        yield say("rated {marks}", marks=_some(marks))
    if why.compiled:
        yield say("on a compilation by {who}", who=_names(why.compiled, followed))
    if why.vouched:
        yield say("its label is vouched for by {who}", who=_names(why.vouched, followed))


def _to_taste(weighed: Weighed, artist: str, liked: Mapping[str, str]) -> Iterator[Sentence]:
    mine = [f"«{liked[kind] or artist}»" for kind in weighed.liked]
    if mine:
        yield say("like {what} that you play or star", what=_some(mine))


def _names(labels: Iterable[str], followed: Mapping[str, str]) -> Sentence:
    return _some(sorted(followed[label] for label in labels))


def _some(names: Iterable[object]) -> Sentence:
    """The first of them, and how many more there are."""
    every = list(names)
    more = len(every) - MOST_NAMED
    first = listed(every[:MOST_NAMED])
    return say("{first} and {n} more", first=first, n=more) if more > 0 else first


def _line(album: Discovery) -> Sentence:
    what = f"{album.artist} — {album.title}" if album.title else album.artist
    return framed("{what}: {why}", what=what, why=listed([*album.reasons, *_where(album)], "; "))


def _where(album: Discovery) -> Iterator[Sentence]:
    if album.here:
        yield verbatim(album.id[:8])
    elif album.label:
        yield say("not here, ask {label}", label=album.label)
    elif album.imprint:
        yield say("not here, its label is {words}", words=imprint_words(album.imprint))
    else:
        yield say("not here")
