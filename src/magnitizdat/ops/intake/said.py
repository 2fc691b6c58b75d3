"""What the tags of one track, or of all tracks of an album together, say in fields of ours. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from msgspec import structs

from magnitizdat.formats.folding import folded
from magnitizdat.model import Artist, DiscTitle, Release, Track
from magnitizdat.workers.values import Tags

T = TypeVar("T")
Titled = TypeVar("Titled", Track, Release)


def corrected(titled: Titled, fields: Mapping[str, Any]) -> Titled:
    """With other fields. Whoever has another artist, title or number now is not sorted by the one before."""
    gone: dict[str, Any] = {}
    if fields.get("artist", titled.artist) != titled.artist:
        gone = {"artists": ()} | ({"sort_name": ""} if isinstance(titled, Release) else {})
    if fields.get("title", titled.title) != titled.title:
        gone["title_sort"] = ""
    if isinstance(titled, Track) and fields.get("position"):
        gone["pregap"] = False
    return structs.replace(titled, **{**gone, **fields})


def credited(line: str, names: Sequence[str], sorts: Sequence[str]) -> tuple[Artist, ...]:
    """Those whom a track or album is by; none where `line` says it all."""
    names = names or (line,)
    if not any(sorts) and names == (line,):
        return ()
    matching = sorts if len(sorts) == len(names) else ("",) * len(names)
    found = tuple(Artist(name=name, sort_name=sort) for name, sort in zip(names, matching, strict=True))
    return () if found == (Artist(name=line),) else found


def artists_of(tags: Tags) -> tuple[Artist, ...]:
    """Those whom a track is by, as `track_of` takes its artist."""
    if tags.artist:
        return credited(tags.artist, tags.artists, tags.artists_sort)
    return album_artists_of(tags)


def album_artists_of(tags: Tags) -> tuple[Artist, ...]:
    """Those whom its album is by, where the tags say that."""
    line = tags.album_artist
    return credited(line, tags.album_artists, tags.album_artists_sort) if line else ()


def album_fields(members: Sequence[tuple[Tags, Track]], artist: str) -> dict[str, Any]:
    """Fields of an album by `artist`: each is what most of its tracks say."""
    by = tuple(of_most(_by(tags, artist) for tags, _ in members) or ())
    (alone,) = by if len(by) == 1 else (None,)
    return {
        "date": of_most(tags.date for tags, _ in members) or "",
        "released": of_most(tags.released for tags, _ in members) or "",
        "artists": () if alone and alone.name == artist else by,
        "sort_name": alone.sort_name if alone else "",
        "title_sort": of_most(tags.album_sort for tags, _ in members) or "",
        "disc_titles": _disc_titles(members),
    }


def of_most(said: Iterable[T]) -> T | None:
    """What most say; of several the one that says more, whatever the order of files."""
    values = [each for each in said if each]
    if not values or values.count(values[0]) == len(values):
        return values[0] if values else None
    counts = Counter(values)
    return max(counts, key=lambda each: (counts[each], len(str(each)), str(each)), default=None)


def _by(tags: Tags, artist: str) -> tuple[Artist, ...]:
    if tags.album_artist:
        return album_artists_of(tags) if folded(tags.album_artist) == folded(artist) else ()
    return artists_of(tags) if folded(tags.artist) == folded(artist) else ()


def _disc_titles(members: Sequence[tuple[Tags, Track]]) -> tuple[DiscTitle, ...]:
    said: dict[int, list[str]] = {}
    for tags, track in members:
        said.setdefault(track.disc, []).append(tags.disc_title)
    found = ((disc, of_most(said[disc])) for disc in sorted(said))
    return tuple(DiscTitle(disc=disc, title=title) for disc, title in found if title)


def with_one_pregap(tracks: Sequence[Track]) -> tuple[Track, ...]:
    """A disc has one track 0: where several say that, some program wrote it for want of a number."""
    zeros = Counter(track.disc for track in tracks if track.pregap)
    return tuple(structs.replace(track, pregap=False) if zeros[track.disc] > 1 else track for track in tracks)


def grown(existing: Release, found: Release) -> Release:
    """An album with what later files add: titles of discs that came now, names to sort by where it had none."""
    known = {each.disc for each in existing.disc_titles}
    new = [each for each in found.disc_titles if each.disc not in known]
    fields: dict[str, Any] = {}
    if new:
        titles = sorted((*existing.disc_titles, *new), key=lambda each: each.disc)
        fields["disc_titles"] = tuple(titles)
    if existing.artist == found.artist and not (existing.artists or existing.sort_name):
        fields |= {"artists": found.artists, "sort_name": found.sort_name}
    if existing.title == found.title:
        fields["title_sort"] = existing.title_sort or found.title_sort
    return structs.replace(existing, **fields)
