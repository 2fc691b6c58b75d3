"""Disc images at import: cut into their tracks where that loses nothing, else kept whole with chapters (ADR 0053)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from msgspec import structs

from magnitizdat.errors import DamagedError, UnsupportedError
from magnitizdat.formats.cue import CueError, CuePart, parts
from magnitizdat.library.index.shelf import Shelf
from magnitizdat.model import MAX_BIT_RATE, PIECE_LENGTH, Chapter, DiscImage, File, ReadAt
from magnitizdat.ops.intake.grouping import Taken
from magnitizdat.ops.intake.one_file import Taker, track_of
from magnitizdat.ops.intake.scan import ScannedFile, readable
from magnitizdat.ops.intake.sheets import FileSheet, single_tags, tags_of, title_of, whole_tags
from magnitizdat.sentence import Sentence, say
from magnitizdat.workers.discs import disc_folder
from magnitizdat.workers.pool import ParserPool
from magnitizdat.workers.text import one_line
from magnitizdat.workers.values import Made, Parsed, Tags

LONG_S = 600
"""Seconds from which a file may be an image whose sheet is not beside it any more."""

Whole = Callable[[Parsed], Taken]


class Music(NamedTuple):
    """A file that was parsed, and is sealed as `file`."""

    found: ScannedFile
    source: ReadAt
    file: File
    parsed: Parsed


class Cutter:
    """Makes tracks of the files that one import brings, whatever a sheet says of them."""

    def __init__(self, pool: ParserPool, taker: Taker, shelf: Shelf, tell: Callable[[str, Sentence], object]) -> None:
        self._pool = pool
        self._taker = taker
        self._shelf = shelf
        self._tell = tell
        self._images: dict[str, DiscImage] = {}

    def images_of(self, taken: Iterable[Taken]) -> dict[str, DiscImage]:
        """What these tracks were cut from, by their digests; once it was asked it is forgotten here."""
        names = [each.track.file.sha256 for each in taken]
        return {name: self._images.pop(name) for name in names if name in self._images}

    def has_cut(self, music: Music, sheet: FileSheet | None) -> bool:
        """Whether tracks were cut from a file before, now or in an earlier import."""
        if sheet is None and music.parsed.duration_s < LONG_S:
            return False
        own = music.file.sha256
        return any(image.file.sha256 == own for image in self._images.values()) or bool(
            self._shelf.own_albums_from(own)
        )

    def take(self, music: Music, sheet: FileSheet | None, whole: Whole) -> list[Taken]:
        """The tracks that a file becomes; where it stays in one piece, what `whole` makes of it."""
        parsed = music.parsed
        if sheet is None or not sheet.tracks:
            return [whole(parsed)]
        if not sheet.is_of_image:
            return [whole(structs.replace(parsed, tags=single_tags(sheet, parsed.tags, music.found.hint)))]
        try:
            wanted = _parts(sheet, parsed)
        except CueError as exc:
            self._tell(music.found.hint, exc.sentence)
            return [whole(parsed)]
        return self._cut(music, sheet, wanted) or [_with_chapters(whole, parsed, sheet, wanted)]

    def _cut(self, music: Music, sheet: FileSheet, wanted: Sequence[CuePart]) -> list[Taken]:
        """All tracks of an image; none where it would lose, is a half, or has more bits or channels than FLAC."""
        if not music.parsed.bit_depth or music.parsed.cut_off:
            return []
        try:
            taken = [self._track(music, part, tags_of(sheet, part, music.parsed.tags)) for part in wanted]
        except UnsupportedError:
            return []
        except DamagedError as exc:
            self._tell(music.found.hint, exc.sentence)
            return []
        cover = self._taker.front(music.parsed)
        beside = self._taker.keep(sheet.content, "text/plain") if sheet.content else None
        image = DiscImage(name=readable(music.found.path.name)[:512], file=music.file, sheet=beside)
        self._images |= {each.track.file.sha256: image for each in taken}
        return [each._replace(cover=cover) for each in taken]

    def _track(self, music: Music, part: CuePart, tags: Tags) -> Taken:
        parsed, is_wav = music.parsed, music.parsed.media_type == "audio/wav"
        cut = _CutTrack(self._pool, music.source, part, tags)
        file = self._taker.seal_pieces(cut.pieces, "audio/wav" if is_wav else "audio/flac")
        facts = structs.replace(
            parsed,
            media_type=file.media_type,
            codec="pcm" if is_wav else "flac",
            track_id=cut.made.track_id,
            duration_s=round(part.samples / parsed.sample_rate, 6),
            bit_rate=min(MAX_BIT_RATE, round(cut.made.length * 8 * parsed.sample_rate / part.samples)),
            bit_depth=cut.made.bit_depth,
        )
        hint = _hint(music.found, tags)
        return Taken(hint, tags, track_of(tags, facts, file, hint, ()))


class _CutTrack:
    """A track while it is made, as often as it is asked for; `made` is what it turned out to be."""

    def __init__(self, pool: ParserPool, source: ReadAt, part: CuePart, tags: Tags) -> None:
        self._pool, self._source, self._part, self._tags = pool, source, part, tags
        self._made: Made | None = None

    @property
    def made(self) -> Made:
        if self._made is None:
            raise DamagedError(say("it cannot be understood; get an undamaged copy"))
        return self._made

    def pieces(self) -> Iterator[bytes]:
        """Of 1 MiB each."""
        held = bytearray()
        for part in self._pool.cut(self._source, self._part.start, self._part.samples, self._tags):
            if isinstance(part, Made):
                self._made = part
                continue
            held += part
            while len(held) >= PIECE_LENGTH:
                yield bytes(held[:PIECE_LENGTH])
                del held[:PIECE_LENGTH]
        if held:
            yield bytes(held)


def _parts(sheet: FileSheet, parsed: Parsed) -> tuple[CuePart, ...]:
    samples = round(parsed.duration_s * parsed.sample_rate)
    return parts(sheet.cue, sheet.file, rate=parsed.sample_rate, samples=samples)


def _with_chapters(whole: Whole, parsed: Parsed, sheet: FileSheet, wanted: Sequence[CuePart]) -> Taken:
    taken = whole(structs.replace(parsed, tags=whole_tags(sheet, parsed.tags)))
    chapters = _chapters(wanted, parsed.sample_rate)
    return taken._replace(track=structs.replace(taken.track, chapters=chapters))


def _chapters(wanted: Sequence[CuePart], rate: int) -> tuple[Chapter, ...]:
    return tuple(
        Chapter(start_s=round(part.start / rate, 6), title=title_of(part), artist=one_line(part.track.performer))
        for part in wanted
    )


def _hint(found: ScannedFile, tags: Tags) -> str:
    """Where the track would lie, had it come as a file; an image called "CD 2" is a folder of that name."""
    folder, _, name = found.hint.rpartition("/")
    stem = name.rpartition(".")[0]
    track = f"{tags.track:02} {tags.title}".replace("/", "_")
    return "/".join(part for part in (folder, stem if disc_folder(stem) else "", f"{track}.flac") if part)
