"""Disc images at import: cut into their tracks where that loses nothing, else kept whole with chapters (ADR 0053)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from msgspec import structs

from magnitizdat.errors import DamagedError, LibraryError, UnsupportedError
from magnitizdat.formats.cue import CueError, CuePart, CueSheet, parts, read_cue
from magnitizdat.library.library import Library
from magnitizdat.model import MAX_BIT_RATE, PIECE_LENGTH, Chapter, DiscImage, File, ReadAt
from magnitizdat.ops.intake.folder import MetFolder
from magnitizdat.ops.intake.grouping import Taken
from magnitizdat.ops.intake.one_file import Taker, track_of
from magnitizdat.ops.intake.scan import ScannedFile, path_text, readable
from magnitizdat.ops.intake.sheets import FileSheet, single_tags, tags_of, title_of, whole_tags
from magnitizdat.sentence import Sentence, advice, say
from magnitizdat.workers.code_pages import decoded
from magnitizdat.workers.discs import disc_folder, may_be_a_disc
from magnitizdat.workers.pool import ParserPool
from magnitizdat.workers.text import one_line
from magnitizdat.workers.values import Made, Parsed, Tags

LONG_S = 600
"""Seconds from which a file may be an image whose sheet is not beside it any more."""

_CORRECTED = advice(
    terminal=say(
        "the cue sheet says otherwise than when its tracks were cut; correct these with `mag edit`,"
        " or remove the album and import it again"
    ),
    page=say(
        "the cue sheet says otherwise than when its tracks were cut; correct the album, or remove it"
        " and import it again"
    ),
)

Whole = Callable[[Parsed], Taken]


class Music(NamedTuple):
    """A file that was parsed, and is sealed as `file`."""

    found: ScannedFile
    source: ReadAt
    file: File
    parsed: Parsed


class Cutter:
    """Makes tracks of the files that one import brings, whatever a sheet says of them."""

    def __init__(
        self,
        pool: ParserPool,
        taker: Taker,
        library: Library,
        tell: Callable[[str, Sentence], object],
        end_with: Callable[..., object],
    ) -> None:
        """`end_with` is told of an image, its digest, and what of the same sound stands here instead (`stands_as`)."""
        self._pool = pool
        self._taker = taker
        self._library = library
        self._tell = tell
        self._end_with = end_with
        self._images: dict[str, DiscImage] = {}

    def images_of(self, taken: Iterable[Taken]) -> dict[str, DiscImage]:
        """What these tracks were cut from, by their digests; once it was asked it is forgotten here."""
        names = [each.track.file.sha256 for each in taken]
        return {name: self._images.pop(name) for name in names if name in self._images}

    def has_cut(self, folder: MetFolder, music: Music, sheet: FileSheet | None) -> bool:
        """Whether tracks were cut from this sound before, now or in an earlier import, whatever its tags were then."""
        if sheet is None and music.parsed.duration_s < LONG_S:
            return False
        image = self._known.get(music.file.sha256) or self._known.get(music.parsed.track_id)
        if image is None:
            return False
        self._compare(music.found, sheet, image)
        if image.file.sha256 != music.file.sha256:
            folder.instead(music.found, image.file.sha256)
            self._end_with(music.found, music.file.sha256, stands_as=image.file.sha256)
        return True

    def look_again(self, found: ScannedFile, sheet: FileSheet | None) -> None:
        """At the sheet of a file that is as it was."""
        seen = self._library.index.sources.get(path_text(found.path)) if sheet is not None else None
        if seen is not None and seen.sha256 in self._known:
            self._compare(found, sheet, self._known[seen.sha256])

    @cached_property
    def _known(self) -> dict[str, DiscImage]:
        """All that tracks were cut from, by their digests and by the ids of their sound."""
        known = dict[str, DiscImage]()
        for image in self._library.shelf.own_images():
            known |= _by_names(image)
        return known

    def _compare(self, found: ScannedFile, sheet: FileSheet | None, image: DiscImage) -> None:
        """Tell where a sheet says otherwise than when its image was cut: of the tracks much may be corrected since."""
        if sheet is None or not sheet.content or image.sheet is None:
            return
        if hashlib.sha256(sheet.content).hexdigest() != image.sheet.sha256 and sheet.cue != self._read(image.sheet):
            self._tell(found.hint, _CORRECTED)

    def _read(self, sheet: File) -> CueSheet | None:
        try:
            return read_cue(decoded(b"".join(self._library.blob(sheet.sha256).pieces())))
        except (LibraryError, CueError):
            return None

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
        image = DiscImage(
            name=readable(music.found.path.name)[:512],
            file=music.file,
            sheet=beside,
            folder=_disc_folder_of(music.found),
            track_id=music.parsed.track_id,
        )
        self._known.update(_by_names(image))
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


def _by_names(image: DiscImage) -> dict[str, DiscImage]:
    return {name: image for name in (image.file.sha256, image.track_id) if name}


def _disc_folder_of(found: ScannedFile) -> str:
    folder = readable(found.path.parent.name)
    return folder[:512] if may_be_a_disc(folder) else ""


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
