"""Which fields of a tag change, and what their entries say then; entries of others stay as they are. PURE."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple, Protocol, Self

from magnitizdat.workers.code_pages import repair
from magnitizdat.workers.raw_tags import SEVERAL, fullest
from magnitizdat.workers.text import many_lines
from magnitizdat.workers.values import Tags

SOURCES: dict[str, tuple[str, ...]] = {
    "title": ("title",),
    "artist": ("artist", "artists"),
    "artists": ("artist", "artists"),
    "album": ("album",),
    "album_artist": ("album_artist", "album_artists"),
    "album_artists": ("album_artist", "album_artists"),
    "track": ("track", "pregap"),
    "track_total": ("track_total",),
    "disc": ("disc",),
    "disc_total": ("disc_total",),
    "date": ("date",),
    "released": ("released",),
    "genre": ("genres",),
    "composer": ("composer",),
    "comment": ("comment",),
    "compilation": ("compilation",),
    "isrc": ("isrc",),
    "musicbrainz_recording": ("musicbrainz_recording",),
    "musicbrainz_release": ("musicbrainz_release",),
    "artists_sort": ("artists_sort",),
    "album_artists_sort": ("album_artists_sort",),
    "title_sort": ("title_sort",),
    "album_sort": ("album_sort",),
    "composer_sort": ("composer_sort",),
    "disc_title": ("disc_title",),
}
"""What can be written, as the readers call it (`raw_tags`), and by which of `Tags` that is told."""
WRITTEN = frozenset(name for names in SOURCES.values() for name in names)
TOTALS = {"track_total": "track", "disc_total": "disc"}
"""What is written into one entry with its number, as "3/12"."""
DATES = ("original_date", "date", "release_date")
_FIELDS = {*SOURCES, *DATES}
_NUMBER = re.compile(r"\s*(\d+)")


class TagEntry(NamedTuple):
    """One entry of a tag as it stands in the file: what its format calls it, our field ("" for all others), its texts.

    `raw` is all of its bytes.
    """

    name: str
    field: str
    texts: tuple[str, ...]
    raw: bytes


class Form(Protocol):
    """How a format writes entries. `pairs`: a total stands with its number."""

    pairs: bool

    def made(self, field: str, texts: tuple[str, ...], old: TagEntry | None) -> list[TagEntry]:
        """Entries of a field, in the place of `old`, where there was one; none for what is not kept apart."""
        ...


class Wishes(NamedTuple):
    """What the file says by our own reader, what it shall say, and in which fields it is made to."""

    before: Tags
    after: Tags
    fields: tuple[str, ...]

    @classmethod
    def of(cls, before: Tags, after: Tags) -> Self:
        """All that differs."""
        differing = {name for name in WRITTEN if getattr(before, name) != getattr(after, name)}
        return cls(before, after, tuple(field for field, names in SOURCES.items() if differing & set(names)))

    def only(self, fields: Container[str]) -> Self:
        """Those of these fields."""
        return self._replace(fields=tuple(field for field in self.fields if field in fields))

    def without(self, fields: Container[str]) -> Self:
        """Those of all other fields."""
        return self._replace(fields=tuple(field for field in self.fields if field not in fields))

    def texts(self, field: str) -> tuple[str, ...]:
        """What it shall say; empty for what is taken out."""
        if field in {"artist", "album_artist"}:
            line, names = getattr(self.after, field), getattr(self.after, f"{field}s")
            return names if names and SEVERAL[field].join(names) == line else _texts(line)
        if field == "track" and self.after.pregap:
            return ("0",)
        return _texts(getattr(self.after, SOURCES[field][-1] if field != "track" else field))

    def is_meant(self, entry: TagEntry) -> bool:
        """Of comments a tag has several: that one changes which was read."""
        said = _texts(self.before.comment)
        return entry.field != "comment" or any(
            many_lines(text) in said or many_lines(repair(text) or "") in said for text in entry.texts
        )

    def is_list_needed(self, field: str) -> bool:
        """Whether names have to be listed beside a line that says more than them."""
        return self.texts(field.removesuffix("s")) != self.texts(field)


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, tuple):
        return value
    if isinstance(value, bool):
        return ("1",) if value else ()
    return (str(value),) if value else ()


def field_of(field: str) -> str:
    """The field that an entry is written for; "" for what stays as it is."""
    return field if field in _FIELDS else ""


def rewritten(entries: Iterable[TagEntry], wishes: Wishes, form: Form) -> list[TagEntry]:
    """The entries of a tag, in their order, with what is wished for."""
    found = list(entries)
    for field in wishes.fields:
        if field in TOTALS:
            found = _with_total(found, field, wishes, form)
        elif field in {"artists", "album_artists"} and not _named(found, field) and not wishes.is_list_needed(field):
            continue
        elif field in {"date", "released"}:
            found = _with_dates(found, wishes, form)
        else:
            found = _with(found, field, wishes.texts(field), wishes, form)
    return found


def _with_dates(entries: Sequence[TagEntry], wishes: Wishes, form: Form) -> list[TagEntry]:
    """Both dates in as many entries as that takes; one that says so already stays as it is written."""
    found = list(entries)
    there = {date for date in DATES if _named(found, date)}
    ours = {*there, "date", *(["release_date"] if "released" in wishes.fields else [])}
    for name, text in _dates(there, wishes.after.date, wishes.after.released).items():
        if name in ours and fullest(text for entry in found if entry.field == name for text in entry.texts) != text:
            found = _with(found, name, (text,) if text else (), wishes, form)
    return found


def _dates(there: AbstractSet[str], date: str, released: str) -> dict[str, str]:
    """What each entry is to say, of those that are there and those that it takes. Mirrors `raw_tags.dates_from`."""
    is_alone = there == {"release_date"}
    if not date:
        return dict.fromkeys(there if is_alone else there - {"release_date"}, "")
    if not released:
        kept = "original_date" if there & {"original_date", "date"} == {"original_date"} else "date"
        return {name: date if name == kept else "" for name in DATES}
    if is_alone and date == released:
        return {"release_date": released}
    first = "original_date" if "original_date" in there else "date"
    second = "date" if there == {"original_date", "date"} else "release_date"
    return {first: date, second: released}


def _with(
    entries: Sequence[TagEntry], field: str, texts: tuple[str, ...], wishes: Wishes, form: Form
) -> list[TagEntry]:
    meant = {id(entry) for entry in entries if entry.field == field and wishes.is_meant(entry)}
    if not meant:
        return [*entries, *(form.made(field, texts, None) if texts else [])]
    found, done = [], set[str]()
    for entry in entries:
        if id(entry) not in meant:
            found.append(entry)
        elif entry.name not in done:  # of several with one name the first has all values now
            done.add(entry.name)
            found += form.made(field, _in_place_of(entry, texts), entry) if texts else []
    return found


def _in_place_of(entry: TagEntry, texts: tuple[str, ...]) -> tuple[str, ...]:
    """A number is written like the one before it: with noughts in front, and with its total behind."""
    if entry.field not in TOTALS.values() or not entry.texts:
        return texts
    _, slash, total = entry.texts[0].partition("/")
    found = _NUMBER.match(entry.texts[0])
    number = texts[0].zfill(len(found[1])) if found and found[1].startswith("0") else texts[0]
    return (f"{number}{slash}{total}",)


def _with_total(entries: Sequence[TagEntry], field: str, wishes: Wishes, form: Form) -> list[TagEntry]:
    """A total is changed wherever it stands: in an entry of its own, and behind the number."""
    number, totals = TOTALS[field], wishes.texts(field)
    alone = not form.pairs or _named(entries, field) or not _named(entries, number)
    found, behind = [], False
    for entry in entries:
        first, slash, _ = entry.texts[0].partition("/") if entry.texts else ("", "", "")
        if entry.field != number or not first or not (slash or not alone):
            found.append(entry)
            continue
        behind = True
        found += form.made(number, (f"{first}/{totals[0]}" if totals else first,), entry)
    return found if behind and not _named(found, field) else _with(found, field, totals, wishes, form)


def _named(entries: Iterable[TagEntry], field: str) -> bool:
    return any(entry.field == field for entry in entries)
