"""`mag discover`: what labels that one follows say of albums that one has not heard, best first, and why."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from magnitizdat.formats.names import imprint_words
from magnitizdat.library.index.discovering import Discovering
from magnitizdat.library.index.views import AlbumView
from magnitizdat.library.library import Library
from magnitizdat.model import Outcome, Value
from magnitizdat.ops.voices.meeting import meetings
from magnitizdat.ops.voices.ranking import Ranking, Saying, Unheard, Weighed, Why, as_one, best, sums
from magnitizdat.ops.voices.spoken import Hearsay, described, hearsay, kinds_of_all, likings
from magnitizdat.sentence import Sentence, advice, framed, listed, say, verbatim

MOST_LINES = 500
MOST_NAMED = 3
_CLOSELY = 250
"""Of so many albums, the best, it is looked for other names of theirs and for what was heard from elsewhere."""


class Discovery(Value, frozen=True, kw_only=True, omit_defaults=False):
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


class DiscoverReport(Value, frozen=True, kw_only=True, omit_defaults=False):
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
        return Outcome(
            headline=advice(
                terminal=say("You follow no label yet; `mag follow` makes the word of one count."),
                page=say("You follow no label yet; follow one, and its word counts."),
            )
        )


def discover(library: Library, *, listener: str = "", size: int = 20) -> DiscoverReport:
    """What a listener (empty: the owner) has not heard, in the order of `ranking`; nothing is written.

    Heard is an album that something was played from, or of which half was played from elsewhere.
    """
    index = library.index.discovering
    asked = _Asked(index, hearsay(index), index.followed(), likings(index, listener), index.heard_tracks(listener))
    found = list(islice(_in_order(asked, index.heard_albums(listener), size), max(0, min(size, MOST_LINES))))
    return DiscoverReport(albums=_told(library, asked, found), followed=len(asked.followed))


class _Asked(NamedTuple):
    """What followed labels say, what they are called, what a listener likes, and songs that were heard."""

    questions: Discovering
    said: Hearsay
    followed: dict[str, str]
    liked: dict[str, str]
    played: set[bytes]


class _Found(NamedTuple):
    """An album in its place; of several names that mean it the one that stays."""

    weighed: Weighed
    why: Why


def _in_order(asked: _Asked, heard: Collection[str], size: int) -> Iterator[_Found]:
    """The best are looked at closely; more of them only where too many of these were heard.

    What one's own labels signed is news to nobody here.
    """
    said, own = asked.said, asked.questions.own()
    totals = sums(said.praises, said.vouches, said.signers, asked.followed)
    unheard = {
        album: total for album, total in totals.items() if album not in heard and said.signers.get(album, "") not in own
    }
    for most in (_CLOSELY, 10 * _CLOSELY, len(unheard)):
        ranking, order = _closely(asked, unheard, most)
        if len(order) >= size or len(unheard) <= most:
            return (_Found(each, ranking.why(each)) for each in order)
    return iter(())


def _closely(asked: _Asked, totals: Mapping[str, int], most: int) -> tuple[Ranking, list[Weighed]]:
    """The best `most` of these albums, without what was heard from elsewhere, each under one of its names."""
    kinds = best(totals, lambda few: kinds_of_all(asked.questions, asked.said, few), asked.liked, most)
    few = {album: Unheard(album, _signers(asked.said, album), kinds[album]) for album in kinds}
    praises = [each for each in asked.said.praises if each[1] in few]
    some = [each.album for each in _ranking(asked, praises).order(few.values())[:most]]
    tracks = _tracks(asked, some)
    fresh = [each for each in some if 2 * len(tracks[each.id] & asked.played) < max(1, len(tracks[each.id]))]
    ones = _ones(meetings({each.id: tracks[each.id] for each in fresh}), asked.said)
    names = {each.id: ones.get(each.id, each.id) for each in fresh}
    merged = [(each[0], names[each[1]], *each[2:]) for each in praises if each[1] in names]
    ranking = _ranking(asked, merged)
    return ranking, ranking.order(as_one(fresh, ones))


def _signers(said: Hearsay, album: str) -> tuple[str, ...]:
    imprint = said.signers.get(album)
    return (imprint,) if imprint else ()


def _ranking(asked: _Asked, praises: Sequence[Saying]) -> Ranking:
    return Ranking(praises, asked.said.vouches, followed=asked.followed, liked=asked.liked)


def _tracks(asked: _Asked, albums: Sequence[Unheard]) -> dict[str, frozenset[bytes]]:
    elsewhere = {album: each for album, each in asked.said.elsewhere.items() if not each.compiled}
    keys = {each.id: elsewhere[each.id].key for each in albums if each.id in elsewhere}
    shelved = [each.id for each in albums if each.id not in keys]
    on_shelf, named = asked.questions.tracks(shelved, keys.values())
    found = {album: frozenset(on_shelf.get(album, ())) for album in shelved}
    return found | {album: frozenset(named.get(key, ())) for album, key in keys.items()}


def _ones(met: Mapping[str, str], said: Hearsay) -> dict[str, str]:
    """Of names that mean one album one that is on the shelf, where there is such a one, stays."""
    groups: dict[str, list[str]] = {}
    for name, first in met.items():
        groups.setdefault(first, []).append(name)
    stays = {first: min(names, key=lambda name: (name in said.elsewhere, name)) for first, names in groups.items()}
    return {name: stays[first] for name, first in met.items()}


def _told(library: Library, asked: _Asked, found: Sequence[_Found]) -> tuple[Discovery, ...]:
    views = {view.id: view for view in library.shelf.albums_among(each.weighed.album.id for each in found)}
    playing = asked.questions.playing(views)
    labels = asked.questions.label_names({imprint for each in found for imprint in each.weighed.album.imprints})
    lines = []
    for weighed, why in found:
        album, view = weighed.album, views.get(weighed.album.id)
        name = _name_here(view) if view else described(library, asked.said.elsewhere[album.id])._asdict()
        reasons = (*_spoken(why, asked.followed), *_to_taste(weighed, name["artist"], asked.liked))
        line = Discovery(
            **name,
            sum=weighed.total,
            taste=weighed.score / weighed.total,
            here=album.id in playing,
            label=labels.get(name["imprint"], ""),
            reasons=reasons,
        )
        lines.append(line)
    return tuple(lines)


def _name_here(view: AlbumView) -> dict[str, str]:
    named = {"imprint": view.imprint, "release_id": view.release_id if view.imprint else ""}
    return {"id": view.id, "artist": view.artist, "title": view.title, **named}


def _spoken(why: Why, followed: Mapping[str, str]) -> Iterator[Sentence]:
    if why.picked:
        yield say("picked by {who}", who=_names(why.picked, followed))
    if why.rated:
        marks = [say("{stars} of 5 by {who}", stars=stars, who=followed[label]) for label, stars in why.rated]
        yield say("rated {marks}", marks=_some(marks))
    if why.compiled:
        yield say("on a compilation by {who}", who=_names(why.compiled, followed))
    if why.vouched:
        yield say("{who} vouches for its label", who=_names(why.vouched, followed))


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
