"""Playlists of songs, smart playlists of a rule, and all songs in no order."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import chain, count
from secrets import token_hex

import msgspec

from magnitizdat.errors import NotFoundError, UsageError
from magnitizdat.library.index.smart import MAX_SONGS, Condition, Smart, Sort, SortOrder, checked_rule
from magnitizdat.library.journal import PlaylistGone, PlaylistRow
from magnitizdat.library.library import Library
from magnitizdat.ops.listen.listening import record, record_what, stamp
from magnitizdat.sentence import advice, say

Playlist = PlaylistRow
"""Entries are ids of songs, as players name them. Of a smart one `entries` is empty: `songs` finds them."""

MAX_ENTRIES = 100_000

__all__ = ["Condition", "Playlist", "Smart", "Sort", "SortOrder"]


def playlists(library: Library, listener: str) -> list[Playlist]:
    """The listener's own, and those that others made public; by name."""
    found = library.index.listening.kept(PlaylistRow, "playlist:")
    seen = [each for each in found if each.owner == listener or each.public]
    return sorted(seen, key=lambda each: (each.name.casefold(), each.id))


def playlist(library: Library, listener: str, wanted: str) -> Playlist:
    """One playlist by its id.

    Raises: NotFoundError where there is none that this listener may see.
    """
    found = library.index.listening.kept_one(PlaylistRow, f"playlist:{wanted}")
    if found is None or (found.owner != listener and not found.public):
        raise NotFoundError(say("there is no such playlist; it may have been removed"))
    return found


def find_playlist(library: Library, listener: str, text: str) -> Playlist:
    """The one playlist that an id or a name (in any case) means.

    Raises: UsageError where there is none, or more than one.
    """
    seen = playlists(library, listener)
    found = [each for each in seen if each.id == text] or [
        each for each in seen if each.name.casefold() == text.casefold()
    ]
    if len(found) == 1:
        return found[0]
    if not seen:
        raise UsageError(
            advice(
                terminal=say("there are no playlists here; `mag playlist make` with «{text}» makes one", text=text),
                page=say("there are no playlists here; make one first"),
            )
        )
    names = ", ".join(f"«{each.name}»" for each in seen)
    reason = (
        say("several playlists are called «{text}»", text=text)
        if found
        else say("no playlist is called «{text}»", text=text)
    )
    raise UsageError(say("{reason}; there are: {names}", reason=reason, names=names))


def create(
    library: Library,
    listener: str,
    name: str,
    *,
    entries: Sequence[str] = (),
    rule: Smart | None = None,
    comment: str = "",
    public: bool = False,
    now: datetime,
) -> Playlist:
    """A new playlist.

    Raises: UsageError without a name, with both entries and a rule, or with a rule that makes no sense.
    """
    made = _changed(
        _fresh(listener, name, now), {"entries": tuple(entries), "rule": rule, "comment": comment, "public": public}
    )
    record(library, [made])
    return made


def update(library: Library, listener: str, wanted: str, *, now: datetime, **fields: object) -> Playlist:
    """Change `name`, `comment`, `public`, `entries` or `rule` of an own playlist.

    Raises: NotFoundError, UsageError.
    """
    return amend(library, listener, wanted, lambda _: fields, now=now)


def amend(
    library: Library, listener: str, wanted: str, change: Callable[[Playlist], Mapping[str, object]], *, now: datetime
) -> Playlist:
    """The same with fields that follow from the playlist as it is: of several at once, each finds what was before it.

    Raises: NotFoundError, UsageError; what `change` raises.
    """
    made: list[Playlist] = []

    def decide() -> list[Playlist]:
        own = _own(library, listener, wanted)
        made.append(_changed(msgspec.structs.replace(own, changed=stamp(now)), change(own)))
        return made

    record_what(library, decide)
    return made[0]


def mark_of(lines: Iterable[str]) -> str:
    """What tells these lines from all others: 16 hex digits."""
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def take(library: Library, listener: str, name: str, entries: Sequence[str], *, source: str, now: datetime) -> Playlist:
    """The playlist that a list of another player becomes; `source` tells that list.

    It is the one that it became before, with what has come since where nobody changed it; else one that says the same;
    else a new one, under a name of its own. No playlist is ever replaced, and the same list again adds nothing.
    """
    said = {"entries": tuple(entries), "taken": mark_of(entries)}
    taken: list[Playlist] = []

    def decide() -> list[Playlist]:
        own = [each for each in playlists(library, listener) if each.owner == listener]
        known = _known(own, name, tuple(entries), source)
        if known is None:
            made = _changed(_fresh(listener, _unused(name, own), now), {**said, "source": source})
        elif _untouched(known) and known.entries != tuple(entries):
            made = _changed(known, {**said, "changed": stamp(now)})
        else:
            made = known
        taken.append(made)
        return [] if made is known else [made]

    record_what(library, decide)
    return taken[0]


def _known(own: Sequence[Playlist], name: str, entries: tuple[str, ...], source: str) -> Playlist | None:
    """What this list is here already: taken from it, saying the same, or an earlier state of it that nobody changed."""
    listings = [each for each in own if each.rule is None]
    same_name = [each for each in listings if _is_named(each, name)]
    return (
        next((each for each in listings if each.source == source), None)
        or next((each for each in same_name if each.entries == entries), None)
        or next((each for each in same_name if _untouched(each) and _is_within(each.entries, entries)), None)
    )


def _unused(name: str, own: Sequence[Playlist]) -> str:
    used = {each.name.casefold() for each in own}
    numbered = (f"{name} {number}" for number in count(2))
    return next(each for each in chain([name], numbered) if each.casefold() not in used)


def _is_named(known: Playlist, name: str) -> bool:
    """So, or so with a number behind it."""
    own, wanted = known.name.casefold(), name.casefold()
    return own == wanted or (own.startswith(f"{wanted} ") and own[len(wanted) + 1 :].isdecimal())


def _untouched(known: Playlist) -> bool:
    return bool(known.taken) and known.taken == mark_of(known.entries)


def _is_within(part: Sequence[str], whole: Sequence[str]) -> bool:
    """Whether all of `part` is in `whole`, in its order."""
    left = iter(whole)
    return all(each in left for each in part)


def delete(library: Library, listener: str, wanted: str) -> None:
    """Remove an own playlist; its songs stay.

    Raises: NotFoundError.
    """

    def gone() -> list[PlaylistGone]:
        own = _own(library, listener, wanted)
        return [PlaylistGone(id=own.id, owner=own.owner if own.source else "", source=own.source)]

    record_what(library, gone)


def was_removed(library: Library, listener: str, source: str) -> bool:
    """Whether this listener removed what was taken from that list, and did not ask for it again."""
    gone = library.index.listening.kept(PlaylistGone, "playlist:")
    here = library.index.listening.kept(PlaylistRow, "playlist:")
    removed, kept = ({each.source for each in rows if each.owner == listener} for rows in (gone, here))
    return source in removed - kept


def songs(library: Library, listener: str, wanted: Playlist, *, now: datetime) -> list[str]:
    """Ids of its songs in their order; those of a rule as it finds them now, for this listener."""
    if wanted.rule is None:
        return list(wanted.entries)
    return library.index.tracks.songs_by_rule(listener, wanted.rule, now=now)


def reordered(library: Library, entries: Sequence[str], songs: Sequence[str]) -> list[str]:
    """These songs in their order; a player sees no entry that is not here: such stay behind what they followed."""
    here = library.browse.named(entries)
    following: dict[tuple[str, int], list[str]] = {}
    seen, leader = Counter[str](), ("", 0)
    for entry in entries:
        if entry in here:
            leader = _next(seen, here[entry].song)
        else:
            following.setdefault(leader, []).append(entry)
    seen, found = Counter(), following.pop(("", 0), [])
    for song in songs:
        found += [song, *following.pop(_next(seen, song), [])]
    return found + [song for left in following.values() for song in left]


def _next(seen: Counter[str], song: str) -> tuple[str, int]:
    """A song, and which of several alike it is."""
    seen[song] += 1
    return song, seen[song]


def without(library: Library, entries: Sequence[str], places: Collection[int]) -> list[str]:
    """Entries without those at these places, which count, as players do, only what is here."""
    here = library.browse.named(entries)
    shown = (place for place, entry in enumerate(entries) if entry in here)
    gone = {place for number, place in enumerate(shown) if number in places}
    return [entry for place, entry in enumerate(entries) if place not in gone]


def shuffled(library: Library, *, count: int = MAX_SONGS) -> list[str]:
    """All songs in an order of chance, at most `count`."""
    return library.index.tracks.shuffled(count)


def _fresh(listener: str, name: str, now: datetime) -> Playlist:
    at = stamp(now)
    return Playlist(id=token_hex(8), name=name.strip(), owner=listener, created=at, changed=at)


def _own(library: Library, listener: str, wanted: str) -> Playlist:
    found = playlist(library, listener, wanted)
    if found.owner != listener:
        raise NotFoundError(say("there is no such playlist of yours; make one of your own"))
    return found


def _changed(earlier: Playlist, fields: Mapping[str, object]) -> Playlist:
    try:
        changed = msgspec.structs.replace(earlier, **fields)
    except TypeError as exc:
        raise UsageError(say("a playlist has a name, a comment, entries or a rule, and may be public")) from exc
    if not changed.name.strip():
        raise UsageError(say("a playlist needs a name"))
    if changed.rule is not None and changed.entries:
        raise UsageError(say("a playlist has songs or a rule, not both; make a second one"))
    if len(changed.entries) > MAX_ENTRIES:
        raise UsageError(
            say("a playlist holds at most {max_entries} songs; make a second one", max_entries=MAX_ENTRIES)
        )
    if changed.rule is not None:
        checked_rule(changed.rule)
    return changed
