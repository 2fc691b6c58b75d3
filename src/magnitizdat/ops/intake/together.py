"""Old code pages that a file alone does not show, and the files beside it do. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from msgspec import structs

from magnitizdat.model import Track
from magnitizdat.ops.intake.grouping import Taken
from magnitizdat.ops.intake.preview import RepairedTag, repairs_of
from magnitizdat.workers.code_pages import read_as
from magnitizdat.workers.text import one_line
from magnitizdat.workers.values import Repair

_OF_TRACKS = ("title", "artist", "composer")


def read_together(taken: Sequence[Taken]) -> list[Taken]:
    """Files whose texts are too short to tell, read in the code page that most of the folder show.

    Nothing changes where more would be read so than show it.
    """
    shown = Counter(each.code_page for each in taken if each.code_page)
    if not shown or not any(each.undecided for each in taken):
        return list(taken)
    page, count = max(shown.items(), key=lambda each: (each[1], each[0]))
    read = [_read(each, page) if each.undecided and each.code_page != page else each for each in taken]
    return read if sum(map(_differ, taken, read)) <= count else list(taken)


def repairs(taken: Sequence[Taken], names: Mapping[str, str]) -> list[RepairedTag]:
    """What of their tags was repaired; of tracks of one file once. `names`: what to call a file, by its place."""
    return list(dict.fromkeys(each for one in taken for each in repairs_of(names.get(one.hint, one.hint), one.tags)))


def _differ(before: Taken, after: Taken) -> bool:
    return before.tags.repaired != after.tags.repaired


def _read(taken: Taken, page: str) -> Taken:
    written, track = taken.raw or taken.tags, taken.as_written or taken.track
    better = read_as({each.field: each.text for each in taken.undecided}, page)
    before = {field: getattr(written, field) for field in better}
    after = {field: one_line(text) for field, text in better.items()}
    repaired = tuple(Repair(field=field, before=before[field], after=after[field]) for field in better)
    if not repaired:
        return taken
    others = tuple(each for each in taken.tags.repaired if each.field not in better)
    return taken._replace(
        tags=structs.replace(taken.tags, **after, repaired=(*others, *repaired)),
        track=_renamed(taken.track, track, before, after),
        raw=written,
        as_written=track,
    )


def _renamed(track: Track, written: Track, before: dict[str, str], after: dict[str, str]) -> Track:
    """The track with those of its names that came from these tags."""
    artist = before.get("artist") or before.get("album_artist")
    names = {field: after[field] for field in _OF_TRACKS if field in after and getattr(written, field) == before[field]}
    if artist and written.artist == artist:
        names["artist"] = after.get("artist") or after.get("album_artist") or artist
    return structs.replace(track, **names)
