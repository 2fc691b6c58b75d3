"""What a container's reader found, before it is cleaned. PURE."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from magnitizdat.workers.text import Numbering, number_pair, numbering

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
    "releasedate": "date",
    "originaldate": "original_date",
    "originalyear": "original_date",
    "genre": "genre",
    "composer": "composer",
    "comment": "comment",
    "description": "comment",
    "compilation": "compilation",
    "isrc": "isrc",
    "musicbrainz_trackid": "musicbrainz_recording",
    "musicbrainz track id": "musicbrainz_recording",
    "musicbrainz_albumid": "musicbrainz_release",
    "musicbrainz album id": "musicbrainz_release",
    "replaygain_track_gain": "gain",
    "replaygain_track_peak": "peak",
    "r128_track_gain": "r128_gain",
}
"""Names that taggers give to fields (lower case), to ours. Source: Picard's table of tag mappings."""

LYRICS_FIELDS = frozenset({"lyrics", "unsyncedlyrics", "unsynced lyrics", "syncedlyrics"})


@dataclass
class RawTags:
    """Texts by our field names; covers as (ID3 picture type, bytes); lyrics as (language, text, timed)."""

    texts: dict[str, list[str]] = field(default_factory=dict)
    covers: list[tuple[int, bytes]] = field(default_factory=list)
    lyrics: list[tuple[str, str, bool]] = field(default_factory=list)

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

    def all(self, name: str) -> list[str]:
        return self.texts.get(name, [])

    def first(self, name: str) -> str:
        return next((value for value in self.all(name) if value.strip()), "")

    def joined(self, name: str) -> str:
        """Several artists, composers or genres in one line; of titles and comments the first counts."""
        separators = {"artist": ", ", "album_artist": ", ", "composer": ", ", "genre": "; "}
        if name not in separators:
            return self.first(name)
        values = [value for text in self.all(name) for value in text.split("\0") if value.strip()]
        return separators[name].join(dict.fromkeys(values))


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
