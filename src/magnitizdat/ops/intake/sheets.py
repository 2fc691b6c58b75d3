"""Cue sheets of a folder: which of its files each is about. What they say of tracks, in fields of ours, is here too."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection, Sequence
from contextlib import closing
from typing import NamedTuple

from msgspec import structs

from magnitizdat.errors import MagError
from magnitizdat.formats.cue import MAX_LENGTH, CueError, CuePart, CueSheet, CueTrack, read_cue
from magnitizdat.ops.intake.one_file import LazyFile
from magnitizdat.ops.intake.scan import ScannedFile, reason_of
from magnitizdat.sentence import Sentence, say
from magnitizdat.workers.code_pages import decoded
from magnitizdat.workers.discs import disc_folder
from magnitizdat.workers.from_path import guess
from magnitizdat.workers.sniff import AUDIO_SUFFIXES
from magnitizdat.workers.text import genre_names, iso_date, one_line
from magnitizdat.workers.values import Parsed, Tags

SUFFIX = ".cue"
UNTITLED = "[untitled]"
"""Of what is hidden. Source: MusicBrainz style, "Untitled and unknown"."""
MOST_LENGTH = 8 << 20
MOST_NAMES = 10_000
"""Bytes of the sheets of one folder, and files named in them: those beyond are told."""
_TOO_MANY = say("there are too many cue sheets in that folder; what lies beside it is taken as it is")
_EXACT, _SAME_STEM, _OWN_STEM, _ALONE = range(4)


class FileSheet(NamedTuple):
    """What a cue sheet says of one file: of number `file` that it names. `content`: its bytes, where it lay beside."""

    cue: CueSheet
    file: int = 0
    content: bytes = b""

    @property
    def tracks(self) -> tuple[CueTrack, ...]:
        """Those that begin in the file."""
        return self.cue.tracks_in(self.file)

    @property
    def is_of_image(self) -> bool:
        """Whether the file is several tracks in one piece."""
        return len(self.tracks) > 1


class Sheets:
    """Those that lie in one folder."""

    def __init__(self, files: Sequence[ScannedFile], open_: Callable[[ScannedFile], LazyFile] | None = None) -> None:
        music = {_fold(found.path.name) for found in files if found.path.suffix.lower() in AUDIO_SUFFIXES}
        self._named = _FoldedNames(music)
        self._about: dict[str, tuple[int, FileSheet]] = {}
        sheets = [found for found in files if found.path.suffix.lower() == SUFFIX and not found.odd]
        self._is_only = len(music) == 1 == len(sheets)
        self._length = self._names = 0
        self.wrong: dict[ScannedFile, Sentence] = {}
        """Sheets that cannot be followed, and why."""
        if open_ is not None:
            for found in sheets:
                self._read(found, open_(found))

    def _read(self, found: ScannedFile, source: LazyFile) -> None:
        try:
            with closing(source):
                content = self._content(source)
            cue = read_cue(decoded(content))
            self._names += len(cue.files)
        except (OSError, MagError) as exc:
            self.wrong[found] = reason_of(exc)
        else:
            for number, name in enumerate(cue.files):
                self._tie(found, name, FileSheet(cue, number, content))

    def _content(self, source: LazyFile) -> bytes:
        """Raises: CueError where the sheets before were too many."""
        length = min(source.length, MAX_LENGTH)
        self._length += length
        if self._length > MOST_LENGTH or self._names > MOST_NAMES:
            raise CueError(_TOO_MANY)
        return source.read_at(0, length)

    def about(self, found: ScannedFile, parsed: Parsed) -> FileSheet | None:
        """The sheet of a file: one beside it may have been corrected by hand, so it counts before one inside."""
        tied = self.beside(found)
        if tied is not None:
            return tied
        return FileSheet(parsed.sheet) if parsed.sheet is not None and len(parsed.sheet.files) == 1 else None

    def beside(self, found: ScannedFile) -> FileSheet | None:
        """The sheet that lies beside a file."""
        tied = self._about.get(_fold(found.path.name))
        return tied[1] if tied is not None else None

    def _tie(self, cue: ScannedFile, name: str, sheet: FileSheet) -> None:
        """To the file of that name, or of that name but for its suffix: rips are encoded after they are described.

        A sheet of one file may also bear the name of that file, or lie alone beside it.
        """
        named = _fold(name.replace("\\", "/").rpartition("/")[2])
        ranked = [(_EXACT, self._named.called(named)), (_SAME_STEM, self._named.of_stem(_stem(named)))]
        if len(sheet.cue.files) == 1:
            own = _fold(cue.path.stem)
            ranked.append((_OWN_STEM, {*self._named.called(own), *self._named.of_stem(own)}))
            ranked.append((_ALONE, self._named.music if self._is_only else ()))
        for rank, names in ranked:
            for music in names:
                if music not in self._about or rank < self._about[music][0]:
                    self._about[music] = (rank, sheet)


class _FoldedNames:
    """Music of a folder by its folded name, and by that without its suffix."""

    def __init__(self, music: set[str]) -> None:
        self.music = music
        self._stems = dict[str, list[str]]()
        for name in music:
            self._stems.setdefault(_stem(name), []).append(name)

    def called(self, name: str) -> Collection[str]:
        return (name,) if name in self.music else ()

    def of_stem(self, stem: str) -> Collection[str]:
        return self._stems.get(stem, ())


def _fold(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _stem(name: str) -> str:
    return name.rpartition(".")[0] or name


# -- what they say ----------------------------------------------------------------------------------------------------


def tags_of(sheet: FileSheet, part: CuePart, image: Tags) -> Tags:
    """What a track of an image says about itself; `image` is what the whole says."""
    track = part.track
    whole = whole_tags(sheet, image)
    return Tags(
        title=title_of(part),
        artist=one_line(track.performer) or whole.artist,
        album=whole.album,
        album_artist=whole.album_artist,
        track=track.number,
        track_total=len(sheet.cue.tracks),
        disc=whole.disc,
        disc_total=whole.disc_total,
        date=whole.date,
        released=whole.released,
        genres=whole.genres,
        composer=one_line(track.songwriter or sheet.cue.songwriter) or whole.composer,
        compilation=whole.compilation,
        isrc=one_line(track.isrc, limit=64),
        musicbrainz_release=whole.musicbrainz_release,
        gain=track.gain,
        album_gain=whole.album_gain,
        pregap=part.is_hidden,
    )


def title_of(part: CuePart) -> str:
    """What a track is called, also where the sheet does not say it."""
    return one_line(part.track.title) or (UNTITLED if part.is_hidden else f"Track {part.track.number}")


def whole_tags(sheet: FileSheet, image: Tags) -> Tags:
    """What an image says about itself, with what the sheet says of the album before all else."""
    cue = sheet.cue
    named = disc_folder(cue.title)
    album = one_line(named.album if named and named.album else cue.title) or image.album or image.title
    disc = cue.disc or (named.number if named and named.album else 0) or image.disc
    artist = one_line(cue.performer) or image.album_artist or image.artist
    return structs.replace(
        image,
        title=one_line(cue.title) or image.title,
        artist=artist,
        album=album,
        album_artist=artist,
        disc=disc,
        disc_total=cue.discs or image.disc_total,
        date=iso_date(cue.date) or image.date,
        genres=genre_names([cue.genre]) or image.genres,
        album_gain=cue.album_gain or image.album_gain,
        **({"artists": (), "artists_sort": ()} if artist != image.artist else {}),
        **({"album_artists": (), "album_artists_sort": ()} if artist != image.album_artist else {}),
    )


def single_tags(sheet: FileSheet, tags: Tags, hint: str) -> Tags:
    """Tags of a file that is one track of a sheet: where they say nothing of their own, it counts before the path."""
    (track,) = sheet.tracks
    said = tags_of(sheet, CuePart(track, 0, 0), tags)
    guessed = guess(hint)
    fields = ("title", "artist", "album", "album_artist", "track", "disc", "date", "genres", "composer", "isrc", "gain")
    changes = {
        name: getattr(said, name)
        for name in fields
        if getattr(said, name) and getattr(tags, name) in (getattr(Tags(), name), getattr(guessed, name))
    }
    if not track.title:
        changes.pop("title", None)
    return structs.replace(tags, **changes)
