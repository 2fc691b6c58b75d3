"""What a container's reader found, before it is cleaned. PURE."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from magnitizdat.formats.cue import CueSheet
from magnitizdat.sentence import Sentence
from magnitizdat.workers.text import Numbering, iso_date, number_pair, numbering

VALUES_LIMIT = 64
"""Values of one field that are looked at."""

FIELDS = {
    "title": "title",
    "artist": "artist",
    "album": "album",
    "albumartist": "album_artist",
    "album artist": "album_artist",
    "album_artist": "album_artist",
    "tracknumber": "track",
    "track": "track",
    "tracktotal": "track_total",
    "totaltracks": "track_total",
    "discnumber": "disc",
    "disc": "disc",
    "disctotal": "disc_total",
    "totaldiscs": "disc_total",
    "date": "date",
    "year": "date",
    "releasedate": "release_date",
    "release date": "release_date",
    "originaldate": "original_date",
    "originalyear": "original_date",
    "original date": "original_date",
    "original year": "original_date",
    "originalreleasedate": "original_date",
    "artists": "artists",
    "albumartists": "album_artists",
    "album artists": "album_artists",
    "album_artists": "album_artists",
    "artistsort": "artists_sort",
    "artists_sort": "artists_sort",
    "artistsortorder": "artists_sort",
    "albumartistsort": "album_artists_sort",
    "albumartists_sort": "album_artists_sort",
    "albumartistsortorder": "album_artists_sort",
    "titlesort": "title_sort",
    "titlesortorder": "title_sort",
    "albumsort": "album_sort",
    "albumsortorder": "album_sort",
    "composersort": "composer_sort",
    "composersortorder": "composer_sort",
    "discsubtitle": "disc_title",
    "disc subtitle": "disc_title",
    "setsubtitle": "disc_title",
    "genre": "genre",
    "composer": "composer",
    "comment": "comment",
    "description": "comment",
    "compilation": "compilation",
    "tcmp": "compilation",
    "itunescompilation": "compilation",
    "isrc": "isrc",
    "musicbrainz_trackid": "musicbrainz_recording",
    "musicbrainz track id": "musicbrainz_recording",
    "musicbrainz_albumid": "musicbrainz_release",
    "musicbrainz album id": "musicbrainz_release",
    "replaygain_track_gain": "gain",
    "replaygain_track_peak": "peak",
    "r128_track_gain": "r128_gain",
    "replaygain_album_gain": "album_gain",
    "replaygain_album_peak": "album_peak",
    "r128_album_gain": "r128_album_gain",
}
"""Names that taggers give to fields (lower case), to ours. Source: Picard's table of tag mappings."""

SEVERAL = {
    "artist": ", ",
    "album_artist": ", ",
    "artists": ", ",
    "album_artists": ", ",
    "artists_sort": ", ",
    "album_artists_sort": ", ",
    "composer": ", ",
    "genre": "; ",
}
"""Fields of which each value counts, and what stands between these in one line."""
SHEET_FIELD = "cuesheet"
LYRICS_FIELDS = frozenset({"lyrics", "unsyncedlyrics", "unsynced lyrics", "syncedlyrics"})


@dataclass
class RawTags:
    """Texts by our field names; covers as (ID3 picture type, bytes); lyrics as (language, text, timed).

    A cue sheet is `sheet_text` where it is a field, and `sheet` where it is a block of FLAC.
    """

    texts: dict[str, list[str]] = field(default_factory=dict)
    covers: list[tuple[int, bytes]] = field(default_factory=list)
    lyrics: list[tuple[str, str, bool]] = field(default_factory=list)
    omitted: list[Sentence] = field(default_factory=list)
    """What a reader had to leave out, a sentence each."""
    sheet_text: str = ""
    sheet: CueSheet | None = None

    def add(self, name: str, values: Iterable[str]) -> None:
        """Keep the values of one of our fields; those of the reader's first source come first."""
        kept = self.texts.setdefault(name, [])
        kept.extend(str(value) for value in values if len(kept) < VALUES_LIMIT)

    def add_named(self, foreign_name: str, values: Iterable[str]) -> None:
        """The same by a tagger's name for the field."""
        lower = foreign_name.lower()
        if lower in FIELDS:
            self.add(FIELDS[lower], values)
        elif lower in LYRICS_FIELDS:
            self.lyrics.extend(("und", value, False) for value in values)
        elif lower == SHEET_FIELD:
            self.sheet_text = self.sheet_text or next(iter(values), "")

    def all(self, name: str) -> list[str]:
        return self.texts.get(name, [])

    def first(self, name: str) -> str:
        kept = self.texts.get(name)
        return next((value for value in kept if value.strip()), "") if kept else ""

    def joined(self, name: str) -> str:
        """Several artists, composers or genres with NUL between; of titles and comments the first counts."""
        if name not in SEVERAL:
            return self.first(name)
        values = [value for text in self.all(name) for value in text.split("\0") if value.strip()]
        return "\0".join(dict.fromkeys(values))


class Dates(NamedTuple):
    """When music first came out; when this edition did, where that is said beside it."""

    date: str = ""
    released: str = ""


def dates_from(raw: RawTags) -> Dates:
    """Of each field what says most, whatever the order in the file: a plain date is that of the edition at hand."""
    plain, original, edition = (fullest(raw.all(name)) for name in ("date", "original_date", "release_date"))
    return Dates(original or plain or edition, edition or (plain if original else ""))


def fullest(texts: Iterable[str]) -> str:
    """The date that says most, of what people wrote."""
    return min(filter(None, map(iso_date, texts)), key=lambda date: (-len(date), date), default="")


def numbering_from(raw: RawTags) -> Numbering:
    """Where a track stands, in whichever of the fields that is said."""
    found = numbering(raw.first("track"))
    return found._replace(
        total=found.total or number_pair(raw.first("track_total"))[0],
        disc=number_pair(raw.first("disc"))[0] or found.disc,
    )


def disc_total_from(raw: RawTags) -> int:
    """How many discs there are."""
    return number_pair(raw.first("disc"))[1] or number_pair(raw.first("disc_total"))[0]
