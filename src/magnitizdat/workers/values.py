"""What comes out of a worker: values only, bounded at the door, because the worker itself is not trusted."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, field

from magnitizdat.formats.cue import CueSheet
from magnitizdat.model import MAX_BIT_RATE, DigestField, Gain, LanguageTag, Name, ShortText, Value
from magnitizdat.sentence import Sentence, framed

COVER_LIMIT = 16 << 20
"""Bytes of one embedded cover; larger ones are left out."""

LYRICS_LIMIT = 1 << 20
"""Characters of one lyrics text; the rest is cut off."""

Number = Annotated[int, Meta(ge=0, le=99999)]
ShortName = Annotated[str, Meta(max_length=512)]
Identifier = Annotated[str, Meta(max_length=64)]
DateText = Annotated[str, Meta(pattern=r"^(\d{4}(-\d{2}(-\d{2})?)?)?$")]
EncodeKind = Literal["opus-128", "mp3", "demo"]


class Fit(Value, frozen=True, kw_only=True):
    """How small a `demo` shall be: so many bits a second, and its first seconds alone."""

    bit_rate: Annotated[int, Meta(ge=6_000, le=256_000)]
    seconds: Annotated[float, Meta(gt=0, le=1e7)]


class Repair(Value, frozen=True, kw_only=True):
    """One tag that was declared latin-1 and held an old Cyrillic encoding; `before` is how it read."""

    field: Identifier
    before: ShortText
    after: ShortText


MOST_ARTISTS = 64
"""Of one track; those beyond stand in the line of all of them."""
Names = Annotated[tuple[Name, ...], Meta(max_length=MOST_ARTISTS)]
SortNames = Annotated[tuple[ShortName, ...], Meta(max_length=MOST_ARTISTS)]


class Undecided(Value, frozen=True, kw_only=True):
    """A text as it was written, with bytes of which nothing in its own file says which code page they are of."""

    field: Identifier
    text: ShortText


class Tags(Value, frozen=True, kw_only=True):
    """What a file says about itself; "" or 0 where it says nothing. Cleaned of control characters.

    `date` is when this music first came out, `released` when this edition did, where that is said too. `artists` where
    they are several, with `artist` all in one line; `artists_sort` are theirs in the same order, or of all together. A
    `pregap` track is number 0, which is not the same as none. `from_folder`: no album was named, so the path was asked.
    """

    title: ShortName = ""
    artist: ShortName = ""
    album: ShortName = ""
    album_artist: ShortName = ""
    track: Number = 0
    track_total: Number = 0
    disc: Number = 0
    disc_total: Number = 0
    date: DateText = ""
    genres: tuple[Name, ...] = ()
    composer: ShortText = ""
    comment: ShortText = ""
    compilation: bool = False
    isrc: Identifier = ""
    musicbrainz_recording: Identifier = ""
    musicbrainz_release: Identifier = ""
    gain: Gain | None = None
    artists: Names = ()
    artists_sort: SortNames = ()
    album_artists: Names = ()
    album_artists_sort: SortNames = ()
    title_sort: ShortName = ""
    album_sort: ShortName = ""
    composer_sort: ShortName = ""
    released: DateText = ""
    disc_title: ShortName = ""
    pregap: bool = False
    album_gain: Gain | None = None
    from_folder: bool = False
    repaired: tuple[Repair, ...] = ()


class EmbeddedCover(Value, frozen=True, kw_only=True):
    """A picture as it stood in the tags, undecoded; `media_type` by its first bytes (one of `model.IMAGE_TYPES`)."""

    kind: Literal["front", "other"] = "front"
    media_type: Identifier
    data: Annotated[bytes, Meta(max_length=COVER_LIMIT)]


class EmbeddedLyrics(Value, frozen=True, kw_only=True):
    """Words of a track; LRC where `timed`."""

    language: LanguageTag = "und"
    text: Annotated[str, Meta(max_length=LYRICS_LIMIT)]
    timed: bool = False


class Said(Value, frozen=True, kw_only=True):
    """A sentence between two processes: which one it is, and what stands in it."""

    template: Annotated[str, Meta(max_length=512)]
    values: Annotated[dict[str, Annotated[str, Meta(max_length=512)]], Meta(max_length=8)] = field(default_factory=dict)

    @classmethod
    def of(cls, sentence: Sentence) -> Said:
        """One to be sent."""
        return cls(
            template=sentence.template, values={hole: str(value)[:512] for hole, value in sentence.values.items()}
        )

    @property
    def sentence(self) -> Sentence:
        """One that came."""
        return framed(self.template, **self.values)


class Parsed(Value, frozen=True, kw_only=True):
    """One audio file understood. `track_id` is the SHA-256 of its audio packets without tags (law 11).

    `duration_s` counts samples, not header claims; `bit_rate` in bits a second over the packets; `bit_depth` is 0 for
    lossy codecs. `cut_off`: it ends before it should; `promised_s` is what its header says, 0 where it does not. `tags`
    is what the file says: missing names are empty (see `from_path.guess`).
    """

    media_type: Identifier
    codec: Annotated[str, Meta(max_length=32)]
    track_id: DigestField
    duration_s: Annotated[float, Meta(ge=0, le=1e7)]
    bit_rate: Annotated[int, Meta(ge=0, le=MAX_BIT_RATE)]
    sample_rate: Annotated[int, Meta(ge=0, le=1 << 30)]
    channels: Annotated[int, Meta(ge=0, le=256)]
    bit_depth: Annotated[int, Meta(ge=0, le=256)] = 0
    cut_off: bool = False
    promised_s: Annotated[float, Meta(ge=0, le=1e7)] = 0.0
    tags: Tags = Tags()
    covers: tuple[EmbeddedCover, ...] = ()
    lyrics: tuple[EmbeddedLyrics, ...] = ()
    omitted: Annotated[tuple[Said, ...], Meta(max_length=16)] = ()
    """What of it is not taken along, and why: a sentence each."""
    sheet: CueSheet | None = None
    code_page: Identifier = ""
    """The old code page that its texts show; where they hardly do, `undecided` are those that others may decide."""
    undecided: Annotated[tuple[Undecided, ...], Meta(max_length=8)] = ()


class Samples(Value, frozen=True, kw_only=True):
    """A shape of plain samples: so many a second, of one or two channels, of 16 or 32 bits."""

    rate: Annotated[int, Meta(ge=1, le=768_000)]
    channels: Literal[1, 2] = 2
    depth: Literal[16, 32] = 16


class Made(Value, frozen=True, kw_only=True):
    """A track that was cut out of an image: its id, and the bytes of its audio packets."""

    media_type: Identifier
    track_id: DigestField
    length: Annotated[int, Meta(ge=0, le=1 << 44)]
    bit_depth: Annotated[int, Meta(ge=0, le=256)] = 0


class ParseFailure(Value, frozen=True, kw_only=True):
    """Why one file was not understood: one plain sentence."""

    reason: Sentence


class ZipEntry(Value, frozen=True, kw_only=True):
    """One file of an archive. `name` is a hint for people, never a path; `reason` says why it cannot be read.

    The rest is where and how it is packed: `offset` of its local header.
    """

    index: Annotated[int, Meta(ge=0)]
    name: ShortText
    length: Annotated[int, Meta(ge=0)]
    reason: Said | None = None
    offset: Annotated[int, Meta(ge=0, le=1 << 62)] = 0
    packed_length: Annotated[int, Meta(ge=0, le=1 << 62)] = 0
    deflated: bool = False
    crc32: Annotated[int, Meta(ge=0, lt=1 << 32)] = 0


class Cage(Value, frozen=True, kw_only=True):
    """Which limits are in force in a worker; what the platform lacks is False."""

    memory: bool = False
    processor_time: bool = False
    file_size: bool = False
    core_dumps: bool = False
    descriptors: bool = False
    no_new_privileges: bool = False
    not_dumpable: bool = False
    own_network: bool = False
    files: bool = False
    system_calls: bool = False
