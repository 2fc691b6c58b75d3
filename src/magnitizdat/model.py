"""Frozen values that every layer may speak of. No I/O, no secrets (`repr` prints a Struct).

The documents (`Release` and what it holds) are what a label signs; their JSON schemas are published in `docs/schema/`.
Field names follow MusicBrainz and OpenSubsonic where these have one. `Digest` is 64 lowercase hex characters.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal, NewType, Protocol

import msgspec
from msgspec import Meta

from magnitizdat.errors import EXIT_DONE
from magnitizdat.sentence import Advice, Sentence

MAX_BIT_RATE = 1 << 40
PIECE_LENGTH = 1 << 20
"""Bytes of one piece; the last piece of a blob is shorter (DESIGN, section 1)."""

RELEASE_SCHEMA: Literal["magnitizdat/release/1"] = "magnitizdat/release/1"
CARD_SCHEMA: Literal["magnitizdat/card/1"] = "magnitizdat/card/1"

END = r"$(?!\n)"
"""End of a pattern: Python's `$` alone lets one newline through."""
HEX64 = "^[0-9a-f]{64}" + END

Digest = NewType("Digest", str)
DigestField = Annotated[str, Meta(pattern=HEX64)]
DigestOrNone = Annotated[str, Meta(pattern="^([0-9a-f]{64})?" + END)]
"""Empty where there is none, like all called so: msgspec refuses that of a union with `Literal[""]`."""
Name = Annotated[str, Meta(min_length=1, max_length=512)]
ShortText = Annotated[str, Meta(max_length=4096)]
ShownName = Annotated[str, Meta(max_length=512)]
"""A name that may be left out."""
Moment = Annotated[str, Meta(max_length=32)]
"""ISO 8601 with its offset from UTC; empty where nobody said it."""
LanguageTag = Annotated[str, Meta(pattern="^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*" + END)]
Imprint = Annotated[str, Meta(pattern="^mag1[02-9ac-hj-np-z]{58}" + END)]
ImprintOrNone = Annotated[str, Meta(pattern="^(mag1[02-9ac-hj-np-z]{58})?" + END)]
ReleaseId = Annotated[str, Meta(pattern="^[0-9a-f]{32}" + END)]
ReleaseIdOrNone = Annotated[str, Meta(pattern="^([0-9a-f]{32})?" + END)]
WishedId = Annotated[str, Meta(pattern="^([0-9a-f]{32}|mag1[02-9ac-hj-np-z]{58})" + END)]
"""Of what can be asked for: a release's id, or a label's imprint."""
AgeRecipient = Annotated[str, Meta(pattern="^age1[02-9ac-hj-np-z]{58}" + END)]
AgeRecipientOrNone = Annotated[str, Meta(pattern="^(age1[02-9ac-hj-np-z]{58})?" + END)]

_AUDIO = (
    "flac=.flac mpeg=.mp3 ogg=.ogg opus=.opus mp4=.m4a wav=.wav aiff=.aiff x-wavpack=.wv aac=.aac webm=.webm amr=.amr"
    " x-matroska=.mka x-ms-wma=.wma x-ape=.ape x-tta=.tta x-musepack=.mpc"
)
AUDIO_TYPES = {f"audio/{name}": suffix for name, _, suffix in (each.partition("=") for each in _AUDIO.split())}
IMAGE_TYPES: dict[str, str] = {"image/jpeg": ".jpg", "image/png": ".png", "image/gif": ".gif", "image/webp": ".webp"}
TEXT_TYPES: dict[str, str] = {"text/markdown": ".md", "text/plain": ".txt", "text/x-lrc": ".lrc"}
MEDIA_TYPES: dict[str, str] = {**AUDIO_TYPES, **IMAGE_TYPES, **TEXT_TYPES}
"""Media type to suffix: the allow-list. Nothing else is taken in, published, played, shown or exported (law 1)."""


class ReadAt(Protocol):
    """Random access to bytes; safe to call from several threads."""

    @property
    def length(self) -> int:
        """Bytes in all."""
        ...

    def read_at(self, offset: int, length: int) -> bytes:
        """The bytes `offset:offset + length`, cut off at the end like a slice.

        Raises: DamagedError if they do not verify, OSError from the medium.
        """
        ...


class Progress(Protocol):
    """Somebody who watches long work. Calls are cheap and may come from several threads."""

    def start(self, what: Sentence, total: int | None, *, unit: Literal["bytes", "files"] = "bytes") -> None: ...
    def advance(self, amount: int) -> None: ...
    def say(self, sentence: Sentence) -> None: ...


class Silent:
    """The `Progress` of nobody."""

    def start(self, what: Sentence, total: int | None, *, unit: Literal["bytes", "files"] = "bytes") -> None:
        """Say nothing."""

    def advance(self, amount: int) -> None:
        """Say nothing."""

    def say(self, sentence: Sentence) -> None:
        """Say nothing."""


class Value(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """Base of all values; defaults are left out of the JSON. The garbage collector need not look: none holds itself."""


def fields(value: object) -> dict[str, Any]:
    """What a value says, as built-in values; its sentences stay sentences."""
    found: dict[str, Any] = msgspec.to_builtins(value, builtin_types=(Sentence, Advice))
    return found


class Document(Value, frozen=True, kw_only=True, forbid_unknown_fields=False):
    """Something that is signed. Unknown fields are ignored by readers: newer writers may add some."""


class File(Value, frozen=True, kw_only=True):
    """The bytes of one file. `pieces` holds the SHA-256 of each 1 MiB; empty where the file is at most one piece."""

    sha256: DigestField
    length: Annotated[int, Meta(ge=0, le=1 << 44)]
    media_type: Annotated[str, Meta(max_length=64)]
    pieces: tuple[DigestField, ...] = ()

    def piece_digests(self) -> tuple[str, ...]:
        """SHA-256 of each piece, also where `pieces` is left out."""
        return self.pieces or (self.sha256,)

    def piece_length(self, number: int) -> int:
        """Length in bytes of piece `number` (from 0)."""
        return max(0, min(PIECE_LENGTH, self.length - number * PIECE_LENGTH))

    def is_consistent(self) -> bool:
        """Whether the count of piece digests fits the length."""
        expected = -(-self.length // PIECE_LENGTH)
        return len(self.pieces) == expected if expected > 1 else not self.pieces


Quality = Literal["small", "full", "both"]
"""Which version of each track goes along: a small one where there is one, the original, or both."""


SMALL_KIND = "opus-128"
"""The kind of rendition that is a small version. Those of other kinds are of a newer mag."""


class Rendition(Value, frozen=True, kw_only=True):
    """Another encoding of a track, signed beside the original: a small version of it, or what a newer mag made."""

    kind: Annotated[str, Meta(pattern="^[a-z0-9][a-z0-9.-]{0,31}" + END)]
    file: File


class Lyrics(Value, frozen=True, kw_only=True):
    """Words of a track: plain text, or LRC where they are timed."""

    language: LanguageTag = "und"
    file: File


class Credit(Value, frozen=True, kw_only=True):
    """Who did what."""

    name: Name
    role: Annotated[str, Meta(max_length=128)]


class Artist(Value, frozen=True, kw_only=True):
    """One of those whom a track or release is by. `sort_name`: "Ogura, Yui". Source: MusicBrainz, "Artist Credits"."""

    name: Name
    sort_name: ShortText = ""


class DiscTitle(Value, frozen=True, kw_only=True):
    """What one disc of several is called."""

    disc: Annotated[int, Meta(ge=1, le=9999)]
    title: Name


class Gain(Value, frozen=True, kw_only=True):
    """EBU R128 loudness as tagged or measured, in dB and linear peak."""

    gain_db: float
    peak: float | None = None


class Chapter(Value, frozen=True, kw_only=True):
    """A song within a track that is a whole disc: where it begins, what it is called, and whose it is if another's."""

    start_s: Annotated[float, Meta(ge=0, le=1e7)]
    title: Name
    artist: ShortText = ""


class DiscImage(Value, frozen=True, kw_only=True):
    """The file that tracks were cut from, and the cue sheet beside it, as they came in; `name` without folders.

    `folder` is the one of its disc ("CD1"), where it lay in such a one, and `track_id` is that of its sound. Kept in
    the library of whoever imported it, so that it can go out bit for bit. It is neither signed nor carried.
    """

    name: Name
    file: File
    sheet: File | None = None
    folder: ShortText = ""
    track_id: DigestOrNone = ""


class Track(Value, frozen=True, kw_only=True):
    """One recording on a release. `id` is the digest of its audio packets without tags (law 11).

    `artist` is whom it is by in one line; `artists` says it where they are several, or one has a name to be sorted by.
    Its `position` is 0 where nobody said it, and of the track before the first (`pregap`), which players number 0.
    """

    id: DigestField
    title: Name
    artist: Name
    file: File
    duration_s: Annotated[float, Meta(ge=0, le=1e7)]
    disc: Annotated[int, Meta(ge=1, le=9999)] = 1
    position: Annotated[int, Meta(ge=0, le=99999)] = 0
    codec: Annotated[str, Meta(max_length=32)] = ""
    bit_rate: Annotated[int, Meta(ge=0, le=MAX_BIT_RATE)] = 0
    sample_rate: Annotated[int, Meta(ge=0, le=1 << 30)] = 0
    channels: Annotated[int, Meta(ge=0, le=256)] = 0
    bit_depth: Annotated[int, Meta(ge=0, le=256)] = 0
    cut_off: bool = False
    promised_s: Annotated[float, Meta(ge=0, le=1e7)] = 0.0
    genres: tuple[Name, ...] = ()
    composer: ShortText = ""
    comment: ShortText = ""
    isrc: Annotated[str, Meta(max_length=64)] = ""
    musicbrainz_id: Annotated[str, Meta(max_length=64)] = ""
    credits: tuple[Credit, ...] = ()
    gain: Gain | None = None
    cover: File | None = None
    lyrics: tuple[Lyrics, ...] = ()
    renditions: tuple[Rendition, ...] = ()
    artists: tuple[Artist, ...] = ()
    title_sort: ShortText = ""
    composer_sort: ShortText = ""
    pregap: bool = False
    album_gain: Gain | None = None
    chapters: Annotated[tuple[Chapter, ...], Meta(max_length=1024)] = ()

    @property
    def by(self) -> tuple[Artist, ...]:
        """Each whom it is by."""
        return self.artists or (Artist(name=self.artist),)

    @property
    def number(self) -> int | None:
        """Its number on the disc, also 0; None where it has none."""
        return 0 if self.pregap else self.position or None

    @property
    def place(self) -> tuple[int, int]:
        """Its disc, and its place there: -1 is before all that say a number or none."""
        return self.disc, -1 if self.pregap else self.position

    @property
    def small(self) -> File | None:
        """Its small version, where one was signed that can be played here."""
        found = (each.file for each in self.renditions if each.kind == SMALL_KIND)
        return next((file for file in found if file.media_type in AUDIO_TYPES), None)

    @property
    def spare(self) -> tuple[File, ...]:
        """Its other renditions: of kinds that nobody here knows, or a small version once more."""
        return tuple(each.file for each in self.renditions if each.file not in (self.file, self.small))


RELEASE_KINDS = ("album", "ep", "single", "compilation", "live", "other")
"""What a release can be called here. One that a newer mag signed may be of another kind: it is shown as it is."""
ReleaseKind = Annotated[str, Meta(pattern="^[a-z][a-z0-9-]{0,31}" + END)]


class Release(Document, frozen=True, kw_only=True):
    """An album, EP or single: the signed document that lists tracks by digest (a TUF target).

    `date` is when it first came out, `released` when this edition of it did, `published` when the label first signed
    it, where that is another day. `artist` and `artists` are as in `Track`; `sort_name` is what `artist` is sorted by,
    `title_sort` what the title is.
    """

    schema: Literal["magnitizdat/release/1"] = RELEASE_SCHEMA
    id: ReleaseId
    title: Name
    artist: Name
    kind: ReleaseKind = "album"
    date: Annotated[str, Meta(pattern=r"^(\d{4}(-\d{2}(-\d{2})?)?)?" + END)] = ""
    released: Annotated[str, Meta(pattern=r"^(\d{4}(-\d{2}(-\d{2})?)?)?" + END)] = ""
    sort_name: ShortText = ""
    aliases: tuple[Name, ...] = ()
    genres: tuple[Name, ...] = ()
    licence: ShortText = ""
    support: ShortText = ""
    credits: tuple[Credit, ...] = ()
    notes: dict[LanguageTag, File] = {}
    cover: File | None = None
    tracks: tuple[Track, ...] = ()
    carried: bool = False
    withdrawn: bool = False
    withdrawn_reason: ShortText = ""
    artists: tuple[Artist, ...] = ()
    title_sort: ShortText = ""
    disc_titles: tuple[DiscTitle, ...] = ()
    published: Annotated[str, Meta(pattern=r"^(\d{4}(-\d{2}(-\d{2})?)?)?" + END)] = ""
    images: tuple[DiscImage, ...] = ()
    musicbrainz_id: Annotated[str, Meta(max_length=64)] = ""

    @property
    def by(self) -> tuple[Artist, ...]:
        """Each whom it is by."""
        return self.artists or (Artist(name=self.artist, sort_name=self.sort_name),)

    def is_newer(self) -> bool:
        """Whether a newer mag signed it: it, a rendition or a file of it is of a kind that nobody here knows."""
        renditions = (each for track in self.tracks for each in track.renditions)
        return (
            self.kind not in RELEASE_KINDS
            or any(file.media_type not in MEDIA_TYPES for file in self._all_files())
            or any(each.kind != SMALL_KIND or each.file.media_type not in MEDIA_TYPES for each in renditions)
        )

    def files(self) -> Iterator[File]:
        """Every file that this release names, each digest once, in the order of listening (cover and notes first)."""
        seen: set[str] = set()
        for file in self._all_files():
            if file.sha256 not in seen:
                seen.add(file.sha256)
                yield file

    def spare_files(self) -> Iterator[File]:
        """Files that it is whole without."""
        yield from (file for track in self.tracks for file in track.spare)
        for image in self.images:
            yield image.file
            if image.sheet is not None:
                yield image.sheet

    def _all_files(self) -> Iterator[File]:
        if self.cover is not None:
            yield self.cover
        yield from self.notes.values()
        for track in self.tracks:
            if track.cover is not None:
                yield track.cover
            for lyrics in track.lyrics:
                yield lyrics.file
            yield track.file
            if track.small is not None:
                yield track.small


class Checkpoint(Value, frozen=True, kw_only=True):
    """Newest root version that somebody knows of, and the SHA-256 of that root file's canonical `signed` part."""

    version: Annotated[int, Meta(ge=1)]
    sha256: DigestField


class Card(Value, frozen=True, kw_only=True):
    """What friends exchange: as one QR or small file."""

    schema: Literal["magnitizdat/card/1"] = CARD_SCHEMA
    name: Name
    imprint: Imprint
    recipient: Annotated[str, Meta(pattern="^age1[02-9ac-hj-np-z]{58}" + END)]
    checkpoint: Checkpoint | None = None


class Freshness(Value, frozen=True, kw_only=True):
    """The second verdict: how current what we hold of a label may be. Never makes verified music unplayable (law 2)."""

    version: int
    signed_on: str = ""
    heard_days_ago: int | None = None
    expired: bool = False
    seen_by: int = 0


class Shortfall(Value, frozen=True, kw_only=True):
    """One thing that a report says is missing, and why: `what` for people, `reason` one sentence.

    Where it is an album, or of one, `id` is that of its release.
    """

    what: str
    reason: Sentence
    id: str = ""


class Outcome(Value, frozen=True, kw_only=True, omit_defaults=False):
    """How a verb ended: each report makes its own, and terminal, `--json` and page show that.

    `headline` is one sentence, `lines` say more, `warnings` are for whoever looks at nothing else. `missing` was left
    out or is not whole; neither `headline` nor `lines` say it again. `words` open a reel that was sealed to them.
    `safe_to_pull` only where the stick was flushed and read back.
    """

    headline: Sentence
    lines: tuple[Sentence, ...] = ()
    warnings: tuple[Sentence, ...] = ()
    missing: tuple[Shortfall, ...] = ()
    exit_code: int = EXIT_DONE
    words: str = ""
    safe_to_pull: bool = False


class AlbumName(Value, frozen=True, kw_only=True):
    """An album in a report: two of one title are told apart by `id`, that of its release."""

    id: str
    title: str


class SpoolFile(Value, frozen=True, kw_only=True):
    """One file of a spool: path with forward slashes, length in bytes; `is_text`: words of somebody's, as a blob."""

    path: str
    length: int
    is_text: bool = False
